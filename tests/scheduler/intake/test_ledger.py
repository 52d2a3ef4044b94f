"""Rows of a ledger list: contacts and marks as told, and a clear finding for what cannot be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.intake.ledger import KINDS, LedgerContext, import_ledger_table
from scheduler.model.ledger import MARKS, BlockedHours, Pause, PauseKind, VisitConsent, Withdrawal
from scheduler.model.people import PlaceKind
from scheduler.model.values import DailyHours
from scheduler.model.visit import ContactKind

ZONE = ZoneInfo("Asia/Shanghai")
CONTEXT = LedgerContext(
    zone=ZONE,
    now=datetime(2026, 11, 24, 12, tzinfo=ZONE),
    customers={"C1": "K1", "C2": "K1", "C3": "K3"},
    recorded_by="me",
    source="list.csv",
    agents=frozenset({"A1"}),
    marks={"m1": ("", "K1")},
)


def taken(**cells: str):
    return import_ledger_table((list(cells), [list(cells.values())]), CONTEXT)


def only(**cells: str):
    found = taken(**cells)
    assert [one.code for one in found.findings] == []
    return (*found.contacts.values(), *found.marks)[0]


def codes(**cells: str) -> list[str]:
    found = taken(**cells)
    assert not found.contacts
    assert not found.marks
    return [one.code for one in found.findings]


def test_a_contact_of_another_agency() -> None:
    told = only(
        kind="外访", 案件编号="C1", 时间="2026-11-20 10:30", 是否见面="否", 机构="AG2", 地点="单位", 来源="信"
    )
    assert told.kind is ContactKind.VISIT
    assert told.at == datetime(2026, 11, 20, 10, 30, tzinfo=ZONE)
    assert (told.reached, told.agency, told.place, told.source) == (False, "AG2", PlaceKind.WORK, "信")
    assert (told.recorded_by, told.recorded_at) == ("me", CONTEXT.now)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-20T10:30:00+02:00", datetime(2026, 11, 20, 8, 30, tzinfo=UTC)),
        ("2026-11-20 10:30Z", datetime(2026, 11, 20, 10, 30, tzinfo=UTC)),
        ("2026/11/20 09:05:59", datetime(2026, 11, 20, 9, 5, tzinfo=ZONE)),
    ],
)
def test_an_instant_is_meant_in_the_workspace_s_zone_unless_it_says_another(written, meant) -> None:
    assert only(kind="call", case="C1", at=written, reached="yes").at == meant


def test_a_contact_without_an_hour_is_taken_at_noon_with_a_warning() -> None:
    found = taken(kind="call", case="C1", at="2026-11-20", reached="yes")
    assert [one.code for one in found.findings] == ["no_hour"]
    assert next(iter(found.contacts.values())).at == datetime(2026, 11, 20, 12, tzinfo=ZONE)


def test_marks_with_what_is_theirs() -> None:
    consent = only(
        kind="同意上门",
        case="C1",
        since="2026-11-20",
        until="2026-12-01",
        hours="19:00-21:00",
        place="home,work",
    )
    assert isinstance(consent, VisitConsent)
    assert consent.hours == (DailyHours(time(19), time(21)),)
    assert consent.places == {PlaceKind.HOME, PlaceKind.WORK}
    assert (consent.since, consent.until) == (date(2026, 11, 20), date(2026, 12, 1))
    blocked = only(
        kind="blocked_hours", customer="K1", since="2026-11-20", hours="12-14", weekdays="mon; 周日"
    )
    assert isinstance(blocked, BlockedHours)
    assert blocked.weekdays == {0, 6}
    pause = only(kind="pause", customer="K3", since="2026-11-20", reason="住院")
    assert isinstance(pause, Pause)
    assert pause.reason is PauseKind.HOSPITAL
    undone = only(kind="withdrawal", customer="K1", since="2026-11-24", of="m1")
    assert isinstance(undone, Withdrawal)


NEEDED = {
    "hours": "9-10",
    "place": "work",
    "reason": "other",
    "agent": "A1",
    "skill": "s",
    "approved_by": "b",
    "of": "m1",
}


@pytest.mark.parametrize("kind", sorted(set(KINDS.values())))
def test_every_kind_can_be_told(kind: str) -> None:
    whom = (
        {"case": "C1", "at": "2026-11-20 10:00", "reached": "no"}
        if kind in set(ContactKind)
        else {"customer": "K1"}
    )
    told = only(kind=kind, since="2026-11-20", **whom, **NEEDED)
    assert kind in (getattr(told, "kind", None), *MARKS) or told.kind == kind


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"kind": "call", "case": "C1", "at": "2026-11-24 12:01", "reached": "yes"}, ["future_date"]),
        ({"kind": "call", "case": "C1", "at": "2026-11-25", "reached": "yes"}, ["no_hour", "future_date"]),
        ({"kind": "settlement", "case": "C1", "since": "2026-11-25"}, ["future_date"]),
        ({"kind": "call", "case": "C9", "at": "2026-11-20 10:00", "reached": "yes"}, ["nobody"]),
        ({"kind": "pause", "customer": "K9", "since": "2026-11-20", "reason": "other"}, ["nobody"]),
        (
            {"kind": "pause", "case": "C3", "customer": "K1", "since": "2026-11-20", "reason": "other"},
            ["nobody"],
        ),
        ({"kind": "settlement", "case": "", "customer": "", "since": "2026-11-20"}, ["nobody"]),
        (
            {"kind": "visit", "customer": "K1", "at": "2026-11-20 10:00", "reached": "yes"},
            ["contact_without_case"],
        ),
        ({"kind": "nonsense", "case": "C1", "since": "2026-11-20"}, ["unknown_entry"]),
        ({"kind": "", "case": "C1", "since": "2026-11-20"}, ["unknown_entry"]),
        ({"kind": "settlement", "case": "C1", "since": ""}, ["entry_lacks_day"]),
        ({"kind": "call", "case": "C1", "at": "", "reached": "yes"}, ["entry_lacks_day"]),
        ({"kind": "call", "case": "C1", "at": "2026-11-20 25:00", "reached": "yes"}, ["no_such_hour"]),
        ({"kind": "call", "case": "C1", "at": "2026-11-20 10:00", "reached": ""}, ["reached_unsaid"]),
        ({"kind": "call", "case": "C1", "at": "2026-11-20 10:00", "reached": "perhaps"}, ["bad_yes_no"]),
        ({"kind": "pause", "case": "C1", "since": "2026-11-20"}, ["entry_lacks"]),
        ({"kind": "pause", "case": "C1", "since": "2026-11-20", "reason": "rain"}, ["unknown_word"]),
        (
            {"kind": "pause", "case": "C1", "since": "2026-11-20", "until": "2026-11-19", "reason": "other"},
            ["impossible_row"],
        ),
        ({"kind": "blocked_hours", "case": "C1", "since": "2026-11-20", "hours": "late"}, ["bad_hours"]),
        (
            {
                "kind": "blocked_hours",
                "case": "C1",
                "since": "2026-11-20",
                "hours": "9-10",
                "weekdays": "noday",
            },
            ["unknown_word"],
        ),
        ({"kind": "agent_complaint", "case": "C1", "since": "2026-11-20", "agent": "A9"}, ["unknown_agent"]),
        ({"kind": "withdrawal", "case": "C1", "since": "2026-11-20", "of": "m1"}, ["unknown_mark"]),
        ({"kind": "withdrawal", "customer": "K1", "since": "2026-11-20", "of": "m9"}, ["unknown_mark"]),
    ],
)
def test_what_cannot_be_is_told_and_not_taken(cells, expected) -> None:
    assert codes(**cells) == expected


def test_a_good_row_goes_on_beside_a_bad_one_and_a_list_read_twice_is_taken_once() -> None:
    header = ["kind", "case", "at", "reached"]
    rows = [
        ["call", "C1", "2026-11-20 10:00", "yes"],
        ["call", "C9", "2026-11-20 10:00", "yes"],
        ["call", "C1", "2026-11-20 11:00", "yes"],
    ]
    first = import_ledger_table((header, rows), CONTEXT)
    assert (len(first.contacts), first.rows_read) == (2, 3)
    assert [(one.code, one.row) for one in first.findings] == [("nobody", 3)]
    assert import_ledger_table((header, rows[::-1]), CONTEXT).contacts.keys() == first.contacts.keys()


def test_a_contact_of_today_without_an_hour_is_not_in_the_future() -> None:
    morning = replace(CONTEXT, now=datetime(2026, 11, 24, 9, tzinfo=ZONE))
    found = import_ledger_table(
        (["kind", "case", "at", "reached"], [["call", "C1", "2026-11-24", "no"]]), morning
    )
    assert [one.at for one in found.contacts.values()] == [morning.now]


def test_the_same_entry_is_known_again_in_another_file_at_another_time() -> None:
    later = replace(
        CONTEXT, source="other.csv", recorded_by="you", now=datetime(2026, 11, 24, 18, tzinfo=ZONE)
    )
    header = ["kind", "case", "at", "reached"]
    rows = [["call", "C1", "2026-11-24", "no"], ["call", "C1", "2026-11-20 10:30", "no"]]
    again = [rows[0], ["call", "C1", "2026-11-20T02:30Z", "no"]]
    early = replace(CONTEXT, now=datetime(2026, 11, 24, 9, tzinfo=ZONE))
    first = import_ledger_table((header, rows), early)
    assert len(first.contacts) == 2
    assert import_ledger_table((header, again), later).contacts.keys() == first.contacts.keys()


@given(st.lists(st.text(max_size=12), min_size=4, max_size=4))
def test_no_cell_makes_it_fall(cells) -> None:
    rows = [["call", *cells], ["pause", *cells], ["call", "C1", "", cells[3], "yes"]]
    found = import_ledger_table((["kind", "case", "since", "at", "reached"], rows), CONTEXT)
    assert found.rows_read == 3
