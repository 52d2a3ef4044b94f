from __future__ import annotations

import re
from pathlib import Path

import pytest

from scheduler.model.findings import DoorstepError
from scheduler.publishing.audiences import SIGHTS, Audience, Field, sight_of

PAGE = Path(__file__).resolve().parents[3] / "docs" / "audiences.md"
NEVER = (Field.NAME, Field.PHONE, Field.ADDRESS, Field.AMOUNT, Field.TALK)


def test_the_table_for_people_says_what_the_code_does() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|\n").split("|")]
        for line in PAGE.read_text("utf-8").splitlines()
    ]
    heads = next(row for row in rows if row[0] == "field")
    told = {
        (found[1], head): cell == "✓"
        for row in rows
        if len(row) == len(heads) and (found := re.match(r"`(\w+)`", row[0]))
        for head, cell in zip(heads[1:], row[1:], strict=True)
    }
    assert told == {
        (field, audience): SIGHTS[audience].sees(field) for field in Field for audience in Audience
    }


def test_only_the_agent_sees_who_is_visited() -> None:
    for audience in Audience:
        for field in NEVER:
            allowed = audience is Audience.AGENT or (audience, field) == (Audience.REVIEWER, Field.ADDRESS)
            assert SIGHTS[audience].sees(field) == allowed


def test_findings_name_ids_so_whoever_sees_them_sees_ids() -> None:
    for sight in SIGHTS.values():
        if sight.sees(Field.FINDINGS) or sight.sees(Field.CERTIFICATE):
            assert {Field.CASE_ID, Field.AGENT_ID} <= sight.fields


def test_settings_may_allow_some_fields() -> None:
    assert sight_of(Audience.PLANNER, ["planner:place", "auditor:worth"]).fields == (
        SIGHTS[Audience.PLANNER].fields | {Field.PLACE}
    )


@pytest.mark.parametrize("entry", [*(f"planner:{field}" for field in NEVER), "planner", "nobody:place", ""])
def test_settings_cannot_allow_names_or_what_is_no_field(entry) -> None:
    with pytest.raises(DoorstepError, match="widen"):
        sight_of(Audience.PLANNER, [entry])
