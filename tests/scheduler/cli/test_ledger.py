"""The ledger from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from scheduler.cli.main import cli, run

CASES = """case id,customer id,name,address,overdue,days past due,phone
C1,K1,Kaino Kanaria,Kanariakuja 7,100.00,30,0407654321
C2,K1,Kaino Kanaria,Kanariakuja 7,200.00,30,0407654321
C3,K3,Pulmu Varpunen,Varpuskuja 1,300.00,30,0401111111
"""
LIST = """kind,case,customer,at,reached,since,until,reason,agency,source
visit,C1,,2026-11-20 10:30,no,,,,AG2,their list
call,C3,,2026-11-21 09:00,yes,,,,,our list
pause,,K1,,,2026-11-22,2026-12-22,hospital,,letter
call,C9,,2026-11-21 09:00,yes,,,,,
call,C1,,2199-11-21 09:00,yes,,,,,
"""


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("DOORSTEP_USER", "dispatcher-7")
    folder = tmp_path / "w"
    assert run(["init", str(folder), "--pack", "house", "-q"]) == 0
    (tmp_path / "cases.csv").write_text(CASES, "utf-8")
    (tmp_path / "list.csv").write_text(LIST, "utf-8")
    assert (
        run(["import", "cases", str(tmp_path / "cases.csv"), "-w", str(folder), "-q"]) == 1
    )  # two loans of one
    return folder


def call(capsys, *arguments: str) -> tuple[int, dict, str]:
    capsys.readouterr()
    code = run([*arguments, "--json"])
    said = capsys.readouterr()
    return code, json.loads(said.out) if said.out.strip() else {}, said.err


def shown(capsys, home, case: str) -> list[tuple[str, str, bool]]:
    _, data, _ = call(capsys, "ledger", "show", case, "-w", str(home))
    return [(row["kind"], row["what"], row["stands"]) for row in data["cases"][0]["entries"]]


def test_a_list_is_taken_once_and_its_bad_rows_are_told(home, tmp_path, capsys) -> None:
    code, data, said = call(capsys, "ledger", "import", str(tmp_path / "list.csv"), "-w", str(home))
    assert (code, data["rows"], data["added"]) == (1, 5, 3)
    assert [(found["code"], found["row"]) for found in data["findings"]] == [
        ("nobody", 5),
        ("no_such_day", 6),
    ]
    assert "Kanaria" not in said
    code, data, _ = call(capsys, "ledger", "import", str(tmp_path / "list.csv"), "-w", str(home))
    assert (data["added"], data["there_already"]) == (0, 3)
    assert shown(capsys, home, "C1") == [
        ("visit", "not reached, by AG2", True),
        ("pause", "reason hospital", True),
    ]
    assert shown(capsys, home, "C2") == [("pause", "reason hospital", True)]


def test_added_corrected_withdrawn_and_taken_back(home, capsys) -> None:
    where = ("-w", str(home))
    contact = ("--case", "C1", "--at", "2026-11-20 10:30")
    first = call(capsys, "ledger", "add", "visit", *contact, "--reached", "no", *where)[1]["added"][0]
    second = call(
        capsys, "ledger", "add", "visit", *contact, "--reached", "yes", "--corrects", first, *where
    )[1]["added"][0]
    pause = call(
        capsys,
        "ledger",
        "add",
        "pause",
        "--customer",
        "K1",
        "--since",
        "2026-11-20",
        "--reason",
        "hospital",
        *where,
    )[1]["added"][0]
    gone = ("--customer", "K1", "--since", "2026-11-20", "--of", pause)
    assert call(capsys, "ledger", "add", "withdrawal", *gone, *where)[0] == 0
    assert [entry[2] for entry in shown(capsys, home, "C1")] == [False, True, False, True]
    assert call(capsys, "ledger", "void", second, *where)[0] == 0
    assert [entry[:2] for entry in shown(capsys, home, "C1") if entry[2]] == [
        ("visit", "not reached"),
        ("withdrawal", f"of {pause}"),
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("add", "call", "--case", "C9", "--at", "2026-11-20 10:00", "--reached", "no"),
            "No case or customer",
        ),
        (("add", "call", "--case", "C1", "--at", "2199-01-01 10:00", "--reached", "no"), "no such day"),
        (("add", "call", "--case", "C1", "--reached", "no"), "and a day"),
        (("add", "settlement", "--case", "C1", "--since", "2026-11-20", "--corrects", "x"), "Only a contact"),
        (
            ("add", "call", "--case", "C1", "--at", "2026-11-20 10:00", "--reached", "no", "--corrects", "x"),
            "no entry x",
        ),
        (("void", "nothing"), "no contact nothing"),
        (("show", "C9"), "no such case"),
        (("show",), "Name one case"),
    ],
)
def test_what_cannot_be_is_told(home, capsys, arguments, words) -> None:
    code, _, said = call(capsys, "ledger", *arguments, "-w", str(home))
    assert code == 2
    assert words in said


def test_a_customer_who_calls_is_found_by_number(home) -> None:
    done = CliRunner().invoke(cli, ["ledger", "show", "--by-phone", "-w", str(home)], input="040-7654321\n")
    assert "C1: 0 contacts" in done.stdout
    assert "C2: 0 contacts" in done.stdout
    assert "C3" not in done.stdout


def test_who_looked_is_on_the_trail(home, capsys) -> None:
    call(capsys, "ledger", "show", "C1", "-w", str(home))
    _, data, _ = call(capsys, "audit", "show", "--event", "looked", "-w", str(home))
    assert [row["who"] for row in data["rows"]] == ["dispatcher-7"]
