from __future__ import annotations

import sqlite3

import pytest

from scheduler.model.findings import DoorstepError
from scheduler.store.query import read_sql


@pytest.fixture
def url(tmp_path) -> str:
    path = tmp_path / "bank.db"
    connection = sqlite3.connect(path)
    connection.execute("create table overdue (id text, amount real, at text)")
    connection.execute("insert into overdue values ('A', 12.5, '09:30'), ('B', null, '50%')")
    connection.commit()
    connection.close()
    return f"sqlite:///{path}"


def test_a_select_gives_names_and_rows(url) -> None:
    assert read_sql(url, "select id, amount as overdue from overdue order by id;") == (
        ("id", "overdue"),
        [("A", 12.5), ("B", None)],
    )


def test_colons_and_percent_signs_are_text(url) -> None:
    assert read_sql(url, "with x as (select * from overdue) select id from x where at = '09:30'")[1] == [
        ("A",)
    ]
    assert read_sql(url, "select id from overdue where at like ':%' or at = '50%'")[1] == [("B",)]


@pytest.mark.parametrize(
    "query",
    ["delete from overdue", "select 1; drop table overdue", "", "pragma user_version = 3", "selection"],
)
def test_what_is_not_one_select_is_refused(url, query) -> None:
    with pytest.raises(DoorstepError, match="not one SELECT"):
        read_sql(url, query)
    assert len(read_sql(url, "select * from overdue")[1]) == 2


def test_a_select_that_writes_is_rolled_back(url) -> None:
    with pytest.raises(DoorstepError):
        read_sql(url, "with x as (select 1) delete from overdue")
    assert len(read_sql(url, "select * from overdue")[1]) == 2


def test_errors_repeat_neither_url_nor_query(url) -> None:
    for where, query in (
        (url, "select secret from overdue"),
        ("sqlite:////no/such.db", "select secret from x"),
    ):
        with pytest.raises(DoorstepError) as caught:
            read_sql(where, query)
        assert "secret" not in f"{caught.value} {caught.value.mend}"
        assert "such.db" not in f"{caught.value} {caught.value.mend}"
