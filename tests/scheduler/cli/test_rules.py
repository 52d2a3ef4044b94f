"""Rules from the command line: which there are, what they say, and what they do to a day or to one visit."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from scheduler.cli.main import run
from scheduler.planning.day import choose, load_inputs
from scheduler.settings import Workspace

CASES = """case id,name,address,overdue,days past due,lat,lon
C1,Kaino Kanaria,Kanariakuja 7,2500.00,75,60.17,24.94
C2,Kaisa Kanaria,Kanariakuja 9,2500.00,75,60.18,24.94
"""
AGENTS = """id,name,start_address,lat,lon,mode,shift,hourly_cost,km_cost
A1,Aino Agentti,Asematie 1,60.17,24.95,foot,09:00-17:00,20,0
A2,Eino Agentti,Asematie 1,60.17,24.95,foot,09:00-17:00,20,0
"""


@pytest.fixture
def home(tmp_path) -> Path:
    folder = tmp_path / "w"
    zone = ["--zone", "Europe/Helsinki", "--currency", "EUR", "--language", "en"]
    assert run(["init", str(folder), *zone, "--pack", "house", "--pack", "cn-bank-2026", "-q"]) == 0
    for name, text in (("cases", CASES), ("agents", AGENTS)):
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
        assert run(["import", name, str(tmp_path / f"{name}.csv"), "-w", str(folder), "-q"]) in (0, 1)
    return folder


def call(capsys, home: Path, *arguments: str) -> tuple[int, dict]:
    capsys.readouterr()
    code = run(["rules", *arguments, "-w", str(home), "--json"])
    out = capsys.readouterr().out
    return code, json.loads(out) if out.strip() else {}


def test_packs_are_listed_and_those_in_force_marked(home, capsys) -> None:
    code, data = call(capsys, home, "list")
    assert code == 0
    assert len(data["packs"]) == 12
    assert [row["pack"] for row in data["packs"] if row["in_force"]] == ["cn-bank-2026", "house"]
    assert next(row for row in data["packs"] if row["pack"] == "uk-conc-7")["status"] == ["official"]


def test_a_pack_is_explained_with_its_sources(home, capsys) -> None:
    _, data = call(capsys, home, "explain", "uk-conc-7")
    (pack,) = data["packs"]
    rules = {rule["article"]: rule for rule in pack["rules"]}
    assert rules["CONC 7.9.14R"]["figures"].startswith("no visit")
    assert all(rule["source"] and rule["date_read"] for rule in pack["rules"])
    assert "floor" not in data
    _, data = call(capsys, home, "explain")
    assert [pack["pack"].split()[0] for pack in data["packs"]] == ["house", "cn-bank-2026"]
    assert "cease" in data["floor"]


def test_explained_in_words_to_a_person(home, capsys) -> None:
    capsys.readouterr()
    assert run(["rules", "explain", "-w", str(home)]) == 0
    said = capsys.readouterr().out
    assert "attendance: at least 2 people" in said
    assert "第二十二条 / art. 22 (secondary, read 2026-11-23)" in said
    assert "left to people:" in said


def test_what_the_rules_do_to_a_day(home, capsys) -> None:
    _, data = call(capsys, home, "test", "--date", "2026-11-24")
    assert (data["cases"], data["permitted"], data["two_or_more"], data["barred"]) == (2, 2, 2, [])
    _, data = call(capsys, home, "test", "--date", "2026-11-29")
    assert data["permitted"] == 0
    assert data["barred"] == [{"rule": "hours", "pack": "house", "source": "House policy", "cases": 2}]


@pytest.mark.parametrize(
    ("clock", "by", "found"),
    [
        ("10:00", "A1,A2", []),
        ("10:00", "A1", ["attendance"]),
        ("19:50", "A1,A2", ["hours"]),
        ("22:30", "A1,A9", ["hours", "hours", "plan"]),
    ],
)
def test_one_visit_is_judged(home, capsys, clock: str, by: str, found: list[str]) -> None:
    code, data = call(capsys, home, "test", "C1", "--date", "2036-11-25", "--at", clock, "--by", by)
    assert sorted(entry["rule"] for entry in data["findings"]) == found
    assert (code, data["lawful"]) == ((1, False) if found else (0, True))


def test_the_ledger_binds(home, capsys) -> None:
    since = ["--since", "2036-11-01", "--source", "letter"]
    where = ["-w", str(home), "-q"]
    assert run(["ledger", "add", "visit_refusal", "--case", "C1", *since, *where]) in (0, 1)
    before, after = "2036-10-31", "2036-11-25"
    for day, lawful in ((before, True), (after, False)):
        visit = ["--date", day, "--at", "10:00", "--by", "A1,A2"]
        assert call(capsys, home, "test", "C1", *visit)[1]["lawful"] is lawful
    assert call(capsys, home, "test", "--date", after)[1]["barred"][0]["rule"] == "cease"


def test_what_rules_ask_of_who_attends_reaches_the_planner(home) -> None:
    complaint = ["--case", "C1", "--since", "2026-01-01", "--agent", "A2", "--source", "letter"]
    assert run(["ledger", "add", "agent_complaint", *complaint, "-w", str(home), "-q"]) in (0, 1)
    workspace = Workspace.open(home)
    chosen = {
        visit.id: visit.case for visit in choose(workspace, load_inputs(workspace), date(2026, 11, 25)).visits
    }
    assert {case.people for case in chosen.values()} == {2}
    assert [chosen[case].excluded_agents for case in ("C1", "C2")] == [{"A2"}, frozenset()]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["explain", "hose"], "Did you mean house?"),
        (["test", "C1"], "Write --at 10:30 --by AGENT."),
        (["test", "C1", "--at", "ten", "--by", "A1"], "Write it as 10:30."),
        (["test", "C9", "--at", "10:00", "--by", "A1"], "There is no such case"),
        (["test", "--at", "10:00"], "Name its case."),
    ],
)
def test_what_cannot_be_is_said_in_words(home, capsys, arguments, says: str) -> None:
    capsys.readouterr()
    assert run(["rules", *arguments, "-w", str(home)]) == 2
    assert says in capsys.readouterr().err


def test_packs_that_contradict_each_other_are_refused(home, capsys) -> None:
    (home / "rules").mkdir()
    (home / "rules" / "night.toml").write_text(
        'name = "night"\nversion = "1"\njurisdiction = "any"\ntitle = {en = "Night", zh = "夜"}\n'
        '[rules.hours]\nevery_day = ["21:00-23:00"]\nsource = "House policy"\nstatus = "own"\n',
        "utf-8",
    )
    settings = home / "doorstep.toml"
    text = settings.read_text("utf-8").replace('"house", ', '"house", "night", ')
    settings.write_text(text.replace('# folder = "rules"', 'folder = "rules"'), "utf-8")
    assert run(["rules", "list", "-w", str(home)]) == 2
    assert "contradict each other" in capsys.readouterr().err
