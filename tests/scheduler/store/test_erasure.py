"""One customer is erased: no word of theirs is left in any file of the database, and nobody else's is touched."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from geodata.address import normalise
from geodata.coordinates import LatLon
from scheduler.model.findings import DoorstepError
from scheduler.model.ledger import Vulnerability
from scheduler.model.people import Case, Customer, Place
from scheduler.model.values import Money
from scheduler.model.visit import Contact, ContactKind, Outcome, OutcomeKind
from scheduler.store.audit import verify
from scheduler.store.cipher import Key
from scheduler.store.erasure import erase_customer
from scheduler.store.ledger import ContactEntry
from scheduler.store.memory import StoredAnswers, StoredCorrections
from scheduler.store.repository import Store

AT = datetime(2026, 11, 20, 9, 37, tzinfo=UTC)
CANARIES = (
    "Kanaria", "kanaria", "0407654321", "7654321", "60.123456", "24.987654", "Kerrostalo", "LAINA-1", "LAINA-2",
    "ASIAKAS-7", "syy-kanaria", "kirje-kanaria", "hardship",
)  # fmt: skip


def mark(ident: str, **whom: str) -> Vulnerability:
    return Vulnerability(
        id=ident,
        since=AT.date(),
        source="kirje-kanaria",
        recorded_by="me",
        recorded_at=AT,
        nature="syy-kanaria",
        **whom,
    )


@pytest.fixture(params=["plain", "encrypted"])
def opened(request, url, key):
    with Store.open(url, key=key if request.param == "encrypted" else None) as store:
        yield store


@pytest.fixture
def peopled(opened, case):
    """Two loans of the one to be erased, one of somebody next door, and all that is known of them."""
    canary = Customer(id="ASIAKAS-7", name="Kaino Kanaria", phone="0407654321", flags=frozenset({"hardship"}))
    home = Place(address="Kanariakuja 7", location=LatLon(60.123456, 24.987654), precision="manual")
    loans = [case(f"LAINA-{n}", customer=canary, place=home, note="Kerrostalo, ovi B") for n in (1, 2)]
    other = case("C9", place=Place(address="Varpuskuja 1", location=LatLon(60.2, 24.9)))
    opened.import_cases([*loans, other], source="t", replace_missing=True, today=date(2026, 11, 24))
    for address, at in (("Kanariakuja 7", home.location), ("Varpuskuja 1", other.place.location)):
        StoredCorrections(opened).put(normalise(address), at)
        StoredAnswers(opened).put("amap", normalise(address), {"matched": address})
    made = Contact(
        case="LAINA-1", kind=ContactKind.VISIT, at=AT, reached=True, agency="AG2", source="kirje-kanaria"
    )
    opened.add_to_ledger(
        [
            ContactEntry(id="e-LAINA-1", contact=made),
            ContactEntry(id="e2", contact=replace(made, reached=False), revokes="e-LAINA-1"),
            ContactEntry(id="e3", contact=replace(made, case="C9", source="")),
        ],
        [mark("m0", customer="ASIAKAS-7"), mark("m1", case="LAINA-2")],
    )
    for ident in ("LAINA-1", "C9"):
        opened.add_outcome(
            Outcome(
                id=f"plan-{ident}", plan="p", case=ident, agent="A1", kind=OutcomeKind.PROMISED, at=AT,
                note="Kanaria lupasi" if ident == "LAINA-1" else "muistio",
                promised=Money(123_45, "EUR"), promised_by=date(2026, 12, 1),
            )
        )  # fmt: skip
    return opened


def test_nothing_of_them_is_left_in_any_file(peopled, on_disk) -> None:
    before = {word for word in CANARIES if on_disk(word)}
    assert {"LAINA-1", "ASIAKAS-7"} <= before  # ids are never encrypted: they would be found
    done = erase_customer(peopled, "ASIAKAS-7")
    assert (done.cases, done.contacts, done.outcomes, done.marks) == (("LAINA-1", "LAINA-2"), 2, 1, 2)
    assert [word for word in CANARIES if on_disk(word)] == []


def test_statistics_stay_and_lead_nowhere(peopled) -> None:
    erase_customer(peopled, "ASIAKAS-7")
    contacts = [one for one in peopled.contacts() if one.case != "C9"]
    assert [(one.kind, one.agency, one.reached) for one in contacts] == [(ContactKind.VISIT, "AG2", False)]
    assert contacts[0].at == AT.replace(minute=0)
    outcomes = [one for one in peopled.outcomes() if one.case != "C9"]
    assert [(one.kind, one.agent, one.note, one.promised) for one in outcomes] == [
        (OutcomeKind.PROMISED, "A1", "", None)
    ]
    assert contacts[0].case.startswith("erased-")
    assert contacts[0].case != outcomes[0].case


def test_nobody_else_is_touched(peopled) -> None:
    erase_customer(peopled, "ASIAKAS-7")
    assert [one.id for one in peopled.cases()] == ["C9"]
    assert [one.at for one in peopled.contacts() if one.case == "C9"] == [AT]
    assert [one.note for one in peopled.outcomes() if one.case == "C9"] == ["muistio"]
    assert list(StoredCorrections(peopled).all()) == [normalise("Varpuskuja 1")]
    assert StoredAnswers(peopled).get("amap", normalise("Kanariakuja 7")) is None
    assert StoredAnswers(peopled).get("amap", normalise("Varpuskuja 1")) is not None
    with peopled.reading() as connection:
        assert verify(connection, peopled.vault.key).problems == ()


def test_an_address_that_somebody_shares_stays_known(opened, case) -> None:
    home = Place(address="Yhteinen 1")
    two = [case(ident, customer=Customer(id=f"K{ident}", name="x"), place=home) for ident in ("A", "B")]
    opened.import_cases(two, source="t", replace_missing=True, today=AT.date())
    StoredCorrections(opened).put(normalise("Yhteinen 1"), LatLon(60, 25))
    erase_customer(opened, "KA")
    assert list(StoredCorrections(opened).all()) == [normalise("Yhteinen 1")]


def test_the_bank_s_next_list_does_not_bring_them_back(peopled, case) -> None:
    erase_customer(peopled, "ASIAKAS-7")
    again = [
        case("LAINA-1", customer=Customer(id="other", name="Kaino Kanaria")),
        case("LAINA-3", customer=Customer(id="ASIAKAS-7", name="Kaino Kanaria")),
        case("C9"),
    ]
    summary = peopled.import_cases(again, source="t", replace_missing=True, today=AT.date())
    assert summary.erased == 2
    assert [one.id for one in peopled.cases()] == ["C9"]


def test_somebody_unknown_is_told(opened) -> None:
    with pytest.raises(DoorstepError, match="no customer"):
        erase_customer(opened, "NOBODY")


def test_a_file_that_another_holds_open_is_told_and_wiped_on_the_next_run(
    peopled, url, monkeypatch, on_disk
) -> None:
    monkeypatch.setattr("scheduler.store.engine._WAIT_MS", 50)
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as reader:
        reader.exec_driver_sql("BEGIN")
        reader.exec_driver_sql("select count(*) from cases")
        with Store.open(url, key=peopled.vault.key) as second, pytest.raises(DoorstepError, match="in use"):
            erase_customer(second, "ASIAKAS-7")
    peopled.wipe()
    assert on_disk("LAINA-1") == []


def make_case(ident: str, **changes) -> Case:
    amount = Money(5, "EUR")
    return Case(id=ident, balance=amount, overdue=amount, days_past_due=5, **changes)


@settings(max_examples=12)
@given(st.data(), st.sampled_from([None, Key(bytes(32))]))
def test_whoever_is_erased_the_others_stay_as_they_were(data, key) -> None:
    """Random customers with shared addresses, shared and own marks and contacts: one goes, the rest is equal."""
    people = data.draw(st.lists(st.integers(0, 3), min_size=2, max_size=6))
    homes = [f"Talotie-{data.draw(st.integers(0, 2))}" for _ in people]
    gone = data.draw(st.sampled_from(people))
    cases = [
        make_case(
            f"LAINA-{n}x", customer=Customer(id=f"HLO-{who}x", name=f"Nimi-{who}x"), place=Place(address=home)
        )
        for n, (who, home) in enumerate(zip(people, homes, strict=True))
    ]
    told = [
        ContactEntry(id=f"e{n}", contact=Contact(case=one.id, kind=ContactKind.CALL, at=AT, reached=True))
        for n, one in enumerate(data.draw(st.lists(st.sampled_from(cases), max_size=6)))
    ]
    marks = [mark(f"m{n}", case=one.id) for n, one in enumerate(cases)]
    marks += [mark(f"k{who}", customer=f"HLO-{who}x") for who in set(people)]
    with tempfile.TemporaryDirectory() as folder, Store.open(f"sqlite:///{folder}/d.db", key=key) as store:
        store.import_cases(cases, source="t", replace_missing=True, today=AT.date())
        store.add_to_ledger(told, marks)
        for home in set(homes):
            StoredCorrections(store).put(normalise(home), LatLon(60, 25))
        erase_customer(store, f"HLO-{gone}x")
        left = [one for one in cases if one.customer.id != f"HLO-{gone}x"]
        assert store.cases() == tuple(left)
        kept = {one.id for one in left}
        assert {one.id for one in store.marks()} == {
            one.id for one in marks if one.case in kept or (one.customer and one.customer != f"HLO-{gone}x")
        }
        assert [one for one in store.contacts() if one.case in kept] == [
            one.contact for one in told if one.contact.case in kept
        ]
        assert len(store.contacts()) == len(told)
        assert set(StoredCorrections(store).all()) == {normalise(one.place.address) for one in left}
        files = b"".join(path.read_bytes() for path in Path(folder).iterdir())
        theirs = {one.id for one in cases} - kept | {f"HLO-{gone}x", f"Nimi-{gone}x"}
        assert [word for word in theirs if word.encode() in files] == []
