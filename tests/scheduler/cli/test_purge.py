"""Purge and erasure from the command line."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from scheduler.cli.main import run

CASES = """case id,customer id,name,address,overdue,days past due,settled on
C1,K1,Kaino Kanaria,Kanariakuja 7,100.00,30,
C2,K2,Pulmu Varpunen,Varpuskuja 1,300.00,30,
C3,K3,Vanha Velka,Menneisyys 1,300.00,30,2019-01-01
"""
PLAN = {"routes": [{"stops": [{"case": "C1"}]}], "unassigned": []}


@pytest.fixture
def home(tmp_path) -> Path:
    folder = tmp_path / "w"
    assert run(["init", str(folder), "--pack", "house", "-q"]) == 0
    (tmp_path / "cases.csv").write_text(CASES, "utf-8")
    assert run(["import", "cases", str(tmp_path / "cases.csv"), "-w", str(folder), "-q"]) == 0
    return folder


@pytest.fixture
def pages(home, tmp_path) -> dict[str, Path]:
    """Pages of two days, written outside the workspace too, and a review."""
    from scheduler.settings import Workspace
    from scheduler.store.opening import open_store
    from scheduler.store.written import note_written

    made = {}
    with open_store(Workspace.open(home)) as store:
        for name, cases in (("with", ["C1"]), ("without", ["C2"])):
            folder = tmp_path / "pages" / name
            folder.mkdir(parents=True)
            plan = {"routes": [{"stops": [{"case": case} for case in cases]}], "unassigned": []}
            (folder / "plan.json").write_text(json.dumps(plan))
            (folder / "index.html").write_text("x")
            note_written(store, "day", folder, [folder / "plan.json", folder / "index.html"])
            made[name] = folder / "index.html"
        made["review"] = home / "out" / "review.html"
        made["review"].parent.mkdir()
        made["review"].write_text("x")
        note_written(store, "review", home / "out", [made["review"]])
    return made


def call(capsys, *arguments: str) -> tuple[int, dict, str]:
    capsys.readouterr()
    code = run([*arguments, "--json"])
    said = capsys.readouterr()
    return code, json.loads(said.out) if said.out.strip() else {}, said.err


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("doorstep.db*")))


def test_a_dry_run_says_what_would_go_and_changes_nothing(home, capsys) -> None:
    before = bytes_of(home)
    code, data, _ = call(capsys, "purge", "--dry-run", "-w", str(home))
    assert (code, data["purged"], data["counts"]["cases"]) == (0, False, 1)
    assert bytes_of(home) == before


def test_a_purge_takes_it_out_of_the_file(home, capsys) -> None:
    assert b"Vanha Velka" in bytes_of(home)
    assert call(capsys, "purge", "--yes", "-w", str(home))[1]["purged"] is True
    assert b"Vanha Velka" not in bytes_of(home)
    assert b"Kaino Kanaria" in bytes_of(home)
    assert call(capsys, "purge", "--yes", "-w", str(home))[1]["purged"] is False


def test_what_could_not_be_wiped_goes_with_the_next_purge(home, capsys, monkeypatch) -> None:
    monkeypatch.setattr("scheduler.store.engine._WAIT_MS", 50)
    with closing(sqlite3.connect(home / "doorstep.db", isolation_level=None)) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from cases").fetchall()
        code, _, said = call(capsys, "purge", "--customer", "K1", "--yes", "-w", str(home))
        assert code == 2
        assert "still holds what was deleted" in said
        assert b"Kaino Kanaria" in bytes_of(home)
    settings = home / "doorstep.toml"
    settings.write_text(settings.read_text("utf-8") + "[retention]\ncases_years = 90\n", "utf-8")
    code, data, _ = call(capsys, "purge", "--yes", "-w", str(home))
    assert (code, data["purged"]) == (0, False)
    assert b"Kaino Kanaria" not in bytes_of(home)


def test_the_longer_of_pack_and_settings_counts(home, capsys) -> None:
    settings = home / "doorstep.toml"
    text = settings.read_text("utf-8").replace('packs = ["house"]', 'packs = ["house", "us-regulation-f"]')
    settings.write_text(text + "[retention]\ncontacts_years = 1\ncases_years = 10\n", "utf-8")
    capsys.readouterr()
    assert run(["purge", "--dry-run", "-w", str(home)]) == 0
    said = capsys.readouterr().out
    assert "Kept: cases 3660 days ([retention])" in said
    assert "Kept: contacts 1098 days (" in said
    assert "[retention]" not in said.split("Kept: contacts")[1].splitlines()[0]


def test_one_customer_is_erased_with_the_pages_they_stand_on(home, pages, capsys) -> None:
    code, data, _ = call(capsys, "purge", "--customer", "K1", "--dry-run", "-w", str(home))
    assert (code, data["erased"], data["cases"], data["files"]) == (0, False, 1, 3)
    code, data, _ = call(capsys, "purge", "--customer", "K1", "--yes", "-w", str(home))
    assert (code, data["erased"], data["files"]) == (0, True, 3)
    assert {name for name, page in pages.items() if page.exists()} == {"without"}
    assert b"Kanaria" not in bytes_of(home)
    with closing(sqlite3.connect(home / "doorstep.db")) as connection:
        assert connection.execute("select id from cases").fetchall() == [("C2",), ("C3",)]
    _, data, _ = call(capsys, "import", "cases", str(home.parent / "cases.csv"), "-w", str(home))
    assert data["erased"] == 1
    assert b"Kanaria" not in bytes_of(home)


def test_nothing_goes_unless_a_person_says_yes(home, capsys, monkeypatch) -> None:
    before = bytes_of(home)
    monkeypatch.setattr("sys.stdin", None)
    for arguments in (["purge"], ["purge", "--customer", "K1"]):
        assert run([*arguments, "-w", str(home)]) != 0
    assert bytes_of(home) == before


def test_somebody_unknown_is_told(home, capsys) -> None:
    code, _, said = call(capsys, "purge", "--customer", "K9", "--yes", "-w", str(home))
    assert code == 2
    assert "no customer" in said


def test_impossible_clocks_are_refused(home, capsys) -> None:
    settings = home / "doorstep.toml"
    settings.write_text(settings.read_text("utf-8") + "[retention]\npages_days = 0\n", "utf-8")
    code, _, said = call(capsys, "purge", "--dry-run", "-w", str(home))
    assert code == 2
    assert "[retention]" in said
