"""The ledger: what was told comes back as it was told, corrections count, nothing is changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from scheduler.model.findings import DoorstepError
from scheduler.model.ledger import (
    MARKS,
    AgentComplaint,
    AttendanceRequest,
    BlockedHours,
    BlockedPlace,
    CeaseContact,
    Mark,
    Pause,
    PauseKind,
    SafetyFlag,
    Settlement,
    VisitApproval,
    VisitConsent,
    VisitRefusal,
    Vulnerability,
    Withdrawal,
)
from scheduler.model.people import PlaceKind
from scheduler.model.values import DailyHours
from scheduler.model.visit import Contact, ContactKind
from scheduler.store.ledger import ContactEntry, contact_entry, mark_from, mark_row, standing_entries
from scheduler.store.repository import Store

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
EVENING = DailyHours(time(19), time.max)
OWN: dict[type[Mark], dict[str, object]] = {
    VisitConsent: {"purpose": "a plan", "hours": (EVENING,), "places": frozenset({PlaceKind.WORK})},
    VisitRefusal: {},
    CeaseContact: {"written": True},
    BlockedHours: {"hours": (EVENING,), "weekdays": frozenset({0, 6})},
    BlockedPlace: {"place": PlaceKind.WORK},
    Pause: {"reason": PauseKind.HOSPITAL, "until": date(2027, 1, 1)},
    Settlement: {},
    AgentComplaint: {"agent": "A7"},
    AttendanceRequest: {"skill": "gender:female"},
    Vulnerability: {"nature": "illness"},
    VisitApproval: {"approved_by": "boss"},
    SafetyFlag: {"nature": "dog"},
    Withdrawal: {"of": "m-other"},
}


def mark(kind: type[Mark], ident: str = "m1", **changes) -> Mark:
    base = {"id": ident, "customer": "K1", "since": AT.date(), "source": "kirje", "recorded_by": "me"}
    return kind(**{**base, "recorded_at": AT, **OWN[kind], **changes})


def entry(ident: str, **changes) -> ContactEntry:
    contact = {"case": "C1", "kind": ContactKind.VISIT, "at": AT, "reached": False, "recorded_at": AT}
    own = {name: changes.pop(name) for name in ("revokes", "void") if name in changes}
    return ContactEntry(id=ident, contact=Contact(**{**contact, **changes}), **own)


@pytest.fixture(params=["plain", "encrypted"])
def opened(request, url, key):
    with Store.open(url, key=key if request.param == "encrypted" else None) as store:
        yield store


def test_every_kind_of_mark_survives(opened) -> None:
    assert set(OWN) == set(MARKS.values())
    told = [mark(kind, f"m{number}") for number, kind in enumerate(OWN)]
    assert opened.add_to_ledger([], told) == tuple(one.id for one in told)
    assert opened.marks() == tuple(told)
    assert opened.add_to_ledger([], told) == ()
    assert opened.marks() == tuple(told)


@given(
    st.sampled_from(sorted(OWN, key=lambda kind: kind.kind)),
    st.dates(),
    st.text(min_size=1).filter(str.strip),
)
def test_a_mark_s_row_tells_the_mark(kind, since, source) -> None:
    told = mark(kind, since=since, until=None, source=source)
    assert mark_from(mark_row(told)["body"]) == told


def test_contacts_survive_with_all_that_was_told(opened) -> None:
    full = entry("e1", place=PlaceKind.WORK, source="their list", recorded_by="me", agency="Muut")
    assert opened.add_to_ledger([full], []) == ("e1",)
    assert opened.contacts() == (full.contact,)
    assert opened.contacts()[0].place is PlaceKind.WORK
    assert opened.add_to_ledger([full], []) == ()


def test_a_correction_takes_the_place_of_what_it_revokes(store) -> None:
    store.add_to_ledger([entry("e1"), entry("e2", at=AT + timedelta(days=1))], [])
    store.add_to_ledger([entry("e3", revokes="e1", reached=True)], [])
    assert [(one.at, one.reached) for one in store.contacts()] == [
        (AT, True),
        (AT + timedelta(days=1), False),
    ]
    store.add_to_ledger([entry("e4", revokes="e2", void=True)], [])
    assert [one.reached for one in store.contacts()] == [True]
    store.add_to_ledger([entry("e5", revokes="e4", void=True)], [])
    assert [one.reached for one in store.contacts()] == [True, False]
    assert [one.id for one in store.contact_entries()] == ["e1", "e2", "e3", "e4", "e5"]


@given(st.lists(st.tuples(st.none() | st.integers(0, 8), st.booleans()), max_size=9))
def test_what_stands_is_what_nothing_standing_revokes(steps) -> None:
    made = [
        entry(str(number), revokes="" if of is None or of >= number else str(of), void=void)
        for number, (of, void) in enumerate(steps)
    ]
    holding: dict[str, bool] = {}
    for one in reversed(made):  # by definition: it holds unless a later one that holds revokes it
        holding[one.id] = not any(holding[other.id] for other in made if other.revokes == one.id)
    assert [one.id for one in standing_entries(made)] == [
        one.id for one in made if holding[one.id] and not one.void
    ]


@pytest.mark.parametrize("wrong", [{"revokes": "nothing"}, {"revokes": "e1", "case": "C2"}])
def test_a_correction_of_nothing_or_of_another_case_is_refused_and_nothing_is_added(store, wrong) -> None:
    store.add_to_ledger([entry("e1")], [])
    with pytest.raises(DoorstepError, match="no entry"):
        store.add_to_ledger([entry("e2"), entry("e3", **wrong)], [mark(Settlement)])
    assert [one.id for one in store.contact_entries()] == ["e1"]
    assert store.marks() == ()


def test_an_entry_is_recorded_now_unless_it_says_when() -> None:
    made = contact_entry(replace(entry("e").contact, recorded_at=None))
    assert made.contact.recorded_at is not None
    assert abs(made.contact.recorded_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert contact_entry(entry("e").contact).contact.recorded_at == AT


def test_marks_lie_open_nowhere_in_an_encrypted_database(locked, on_disk) -> None:
    locked.add_to_ledger([entry("e1", source="Kanariakirje")], [mark(Vulnerability, nature="sairaus-7")])
    assert [word for word in ("Kanariakirje", "sairaus-7", "vulnerability") if on_disk(word)] == []


def test_a_mark_that_another_hand_spoiled_is_a_clear_error(url, store) -> None:
    store.add_to_ledger([], [mark(Settlement)])
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.execute(text('update marks set body = \'{"kind": "nonsense"}\''))
    with pytest.raises(DoorstepError, match="cannot be read"):
        store.marks()
