"""A list of crews: whom it takes, and what it says of the others."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.intake.crews import import_crews_table
from scheduler.model.findings import DoorstepError, Severity
from scheduler.model.values import DailyHours
from tests.scheduler.conftest import make_agent

AGENTS = (
    make_agent("A1"),
    make_agent("A2", skills=frozenset({"senior"})),
    make_agent("A3"),
    make_agent("N1", agency="north"),
    make_agent("L1", shift=DailyHours(time(17), time(20))),
)
HEADER = ["crew", "agent", "lead"]


def read(*rows: list[str], lead_skill: str = ""):
    return import_crews_table((HEADER, rows), AGENTS, lead_skill)


def told(read) -> list[tuple[str, int | None]]:
    return [(found.code, found.row) for found in read.findings]


def members(read) -> dict[str, list[str]]:
    return {crew.id: [one.id for one in crew.members] for crew in read.crews}


def test_rows_of_one_code_are_a_crew_led_by_the_first_or_by_whom_it_names() -> None:
    good = read(["X", "A1", ""], ["Y", "A3", "no"], ["X", "A2", ""], ["Y", "L1", ""])
    assert members(good) == {"X": ["A1", "A2"]}
    assert told(good) == [("crew_without_hours", 3)]
    assert members(read(["X", "A1", ""], ["X", "A2", "是"])) == {"X": ["A2", "A1"]}
    assert read(["X", "A1", ""], ["X", "A2", ""]).findings == ()


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["X", "A1", ""], ["X", "A9", ""], ["X", "A2", ""]], ("unknown_agent", 3)),
        ([["X", "A1", ""], ["X", "A2", ""], ["X", "A1", ""]], ("agent_in_crew_already", 4)),
        ([["X", "A1", ""], ["X", "A2", ""], ["Y", "A2", ""], ["Y", "A3", ""]], ("agent_in_crew_already", 4)),
        ([["X", "A1", ""], ["X", "A2", ""], ["Y", "A3", ""]], ("bad_crew", 4)),
        ([["X", "A1", ""], ["X", "A2", ""], ["", "A3", ""]], ("missing_crew", 4)),
        ([["X", "A1", ""], ["X", "A2", ""], ["X", "", ""]], ("missing_member", 4)),
        ([["X", "A1", ""], ["X", "A2", ""], ["A1", "A3", ""]], ("crew_is_an_agent", 4)),
        ([["X", "A1", ""], ["X", "A2", ""], ["a b", "A3", ""]], ("bad_id", 4)),
        ([["X", "A1", ""], ["X", "A2", ""], ["Y", "N1", ""], ["Y", "A3", ""]], ("crew_of_two_agencies", 4)),
        ([["X", "A1", "yes"], ["X", "A2", "yes"]], ("two_leads", 3)),
        ([["X", "A1", ""], ["X", "A2", "perhaps"]], ("bad_yes_no", 3)),
    ],
)
def test_what_is_wrong_is_told_and_the_rest_goes_on(rows, code) -> None:
    found = read(*rows)
    assert code in told(found)
    assert members(found)["X"] == ["A1", "A2"]


def test_who_may_lead_leads_and_a_named_lead_without_the_skill_is_told() -> None:
    assert members(read(["X", "A1", ""], ["X", "A2", ""], lead_skill="senior")) == {"X": ["A2", "A1"]}
    named = read(["X", "A1", "yes"], ["X", "A2", ""], lead_skill="senior")
    assert told(named) == [("lead_lacks_skill", 2)]
    assert members(named) == {"X": ["A1", "A2"]}
    assert told(read(["X", "A1", ""], ["X", "A3", ""], lead_skill="senior")) == [("lead_lacks_skill", 2)]


def test_a_file_without_its_columns_or_rows_is_refused() -> None:
    with pytest.raises(DoorstepError, match="agent"):
        import_crews_table((["crew"], [["X"]]), AGENTS)
    with pytest.raises(DoorstepError, match="no rows"):
        read()


cells = st.sampled_from(
    ["X", "Y", "A1", "A2", "A3", "N1", "L1", "A9", "", "a b", "a/b", "=1+1", "yes", "x" * 70]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=12),
    st.sampled_from(["", "senior"]),
)
def test_whatever_it_holds_crews_are_whole_and_nobody_is_in_two(rows, lead_skill) -> None:
    try:
        found = read(*rows, lead_skill=lead_skill)
    except DoorstepError:
        return
    everybody = [member for ids in members(found).values() for member in ids]
    assert len(set(everybody)) == len(everybody)
    spoiled = {f.row for f in found.findings if f.severity is Severity.ERROR}
    for crew in found.crews:
        assert len(crew.members) >= 2
        assert len({member.agency for member in crew.members}) == 1
        assert max(m.shift.start for m in crew.members) < min(m.shift.end for m in crew.members)
    taken = [(row[0], row[1]) for number, row in enumerate(rows, start=2) if number not in spoiled]
    assert {(crew, one) for crew, ids in members(found).items() for one in ids} <= set(taken)
