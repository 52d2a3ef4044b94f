from __future__ import annotations

import pytest

from scheduler.intake.columns import AGENT_COLUMNS, CASE_COLUMNS, POINT_COLUMNS
from scheduler.intake.headers import knower, letter, plain, read_header
from scheduler.intake.readers import Table
from scheduler.model.findings import DoorstepError

REQUIRED = (("id",), ("address", "lat"), ("overdue",))


def header(*names: str):
    return read_header(Table("t.csv", names, ()), CASE_COLUMNS, REQUIRED)


@pytest.mark.parametrize("columns", [CASE_COLUMNS, AGENT_COLUMNS, POINT_COLUMNS])
def test_no_name_means_two_columns(columns) -> None:
    names = [plain(name) for field, aliases in columns.items() for name in {field, *aliases}]
    spelt_alike = {plain(field) for field in columns}
    twice = {name for name in names if names.count(name) > 1} - spelt_alike
    assert not twice
    assert len(spelt_alike) == len(columns)


@pytest.mark.parametrize(
    "name",
    ["Overdue Amount", "overdue_amount", "OVERDUE-AMOUNT", " 逾期金额 ", "逾期金额：", "【逾期金额】"[1:5]],
)
def test_names_in_any_spelling(name: str) -> None:
    found, findings = header("案件编号", "地址", name)
    assert found.at == {"id": 0, "address": 1, "overdue": 2}
    assert found.names["overdue"] == name.strip()
    assert findings == []


def test_one_of_a_group_is_enough() -> None:
    assert header("id", "纬度", "逾期金额")[0].at["lat"] == 1


def test_a_missing_column_is_told_with_what_was_found_and_expected() -> None:
    with pytest.raises(DoorstepError) as caught:
        header("案件编号", "地址", "overdu amnt", "Maija Meikäläinen")
    said = f"{caught.value} {caught.value.mend}"
    assert "no column for: overdue" in said
    assert "逾期金额" in said
    assert "Found: 案件编号, 地址" in said
    assert "Column C may be overdue" in said
    assert "Maija" not in said


def test_unknown_and_repeated_columns_are_told() -> None:
    _, findings = header("id", "地址", "overdue", "逾期金额", "Maija Meikäläinen", "prduct")
    assert [(found.code, found.column) for found in findings] == [
        ("column_twice", "D"),
        ("columns_unused", ""),
    ]
    assert "E, F" in findings[1].cause
    assert "F may be product" in findings[1].mend
    assert "Maija" not in f"{findings}"


def test_letters() -> None:
    assert [letter(number) for number in (0, 25, 26, 51, 701, 702)] == ["A", "Z", "AA", "AZ", "ZZ", "AAA"]


def test_known_names_are_counted_once() -> None:
    assert knower(CASE_COLUMNS)(["id", "案件编号", "地址", "nonsense", ""]) == 2
