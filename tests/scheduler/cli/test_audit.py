"""The audit trail from the command line."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest

from scheduler.cli.main import run


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("DOORSTEP_USER", "dispatcher-7")
    folder = tmp_path / "w"
    assert run(["init", str(folder), "--pack", "house", "-q"]) == 0
    table = tmp_path / "cases.csv"
    for name in ("Kaino Kanaria", "Kaino Uusi"):
        row = f"C1,{name},Kanariakuja 7,100.00,30"
        table.write_text(f"case id,name,address,overdue,days past due\n{row}\n", "utf-8")
        assert run(["import", "cases", str(table), "-w", str(folder), "-q"]) == 0
    return folder


def call(capsys, *arguments: str) -> tuple[int, dict, str]:
    capsys.readouterr()
    code = run([*arguments, "--json"])
    said = capsys.readouterr()
    return code, json.loads(said.out) if said.out.strip() else {}, said.err


def tamper(home, words: str) -> None:
    with closing(sqlite3.connect(home / "doorstep.db")) as connection, connection:
        connection.execute(words)


def test_the_trail_says_who_did_what_and_no_names(home, capsys) -> None:
    code, data, _ = call(capsys, "audit", "show", "-w", str(home))
    assert code == 0
    assert [(row["who"], row["event"]) for row in data["rows"]] == [("dispatcher-7", "import_cases")] * 2
    assert "Kan" not in json.dumps(data)
    assert call(capsys, "audit", "show", "--event", "nothing", "-w", str(home))[1]["rows"] == []
    assert call(capsys, "audit", "show", "--since", "2100-01-01", "-w", str(home))[1]["rows"] == []
    assert call(capsys, "audit", "show", "--since", "soon", "-w", str(home))[0] == 2


def test_a_sound_trail_verifies_and_its_head_can_be_kept(home, capsys) -> None:
    code, data, _ = call(capsys, "audit", "verify", "-w", str(home))
    assert (code, data["rows"], data["signed"], data["findings"]) == (0, 2, False, [])
    assert call(capsys, "audit", "verify", "--head", data["head"], "-w", str(home))[0] == 0
    code, _, said = call(capsys, "audit", "verify", "--head", "2:abc", "-w", str(home))
    assert code == 2
    assert "NUMBER:HASH" in said


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("update audit set actor = 'nobody' where number = 1", ("audit_altered", 1)),
        ("delete from audit where number = 1", ("audit_removed", 1)),
        ("delete from audit where number = 2", ("audit_end_changed", 1)),
        ("update audit_head set hash = 'x'", ("audit_end_changed", 2)),
        ("update audit set number = 3 - number + 2", ("audit_altered", 3)),
    ],
)
def test_whatever_was_done_to_it_is_found(home, capsys, words, expected) -> None:
    tamper(home, words)
    code, data, said = call(capsys, "audit", "verify", "-w", str(home))
    assert code == 1
    assert expected in {(found["code"], found["row"]) for found in data["findings"]}
    assert "audit trail" in said
