from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import NullPool, create_engine, text

from geodata.coordinates import LatLon
from scheduler.model.findings import DoorstepError
from scheduler.model.people import Crew, Customer, LunchBreak, Place, Promise, PromiseState
from scheduler.model.values import DailyHours, Money
from scheduler.model.visit import Contact, ContactKind, Outcome, OutcomeKind
from scheduler.store.repository import PlanRecord, Store
from scheduler.store.schema import metadata

TODAY = date(2026, 11, 24)


@pytest.fixture
def url(tmp_path) -> str:
    return f"sqlite:///{tmp_path / 'doorstep.db'}"


@pytest.fixture
def store(url):
    with Store.open(url) as opened:
        yield opened


def load(store: Store, cases, **changes):
    return store.import_cases(cases, **{"source": "t", "replace_missing": True, "today": TODAY, **changes})


def test_migrations_make_the_schema_of_the_code(url) -> None:
    with Store.open(url):
        pass
    with create_engine(url, poolclass=NullPool).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_full_case_survives(store, case) -> None:
    full = case(
        customer=Customer(id="K", name="王小明", phone="1", language="zh", flags=frozenset({"hardship"})),
        settled_on=date(2026, 1, 2),
        last_visit=date(2026, 1, 3),
        promise=Promise(due=TODAY, state=PromiseState.BROKEN, amount=Money(5, "EUR")),
        hours=(DailyHours(time(17), time.max), DailyHours(time(9), time(10, 30))),
        required_skills=frozenset({"b", "a"}),
        excluded_agents=frozenset({"A9"}),
        mandatory=True,
        note="=1+1 </script>",
        service=timedelta(minutes=25),
    )
    load(store, [full])
    assert store.cases() == (full,)


def test_agents_and_crews_survive(store, agent) -> None:
    first = agent(
        "A",
        end=None,
        lunch=LunchBreak(duration=timedelta(minutes=45), hours=DailyHours(time(11), time(13, 30))),
        skills=frozenset({"zh"}),
        max_visits=9,
        max_travel=timedelta(hours=3),
        max_overtime=timedelta(minutes=30),
        days_off=frozenset({TODAY}),
    )
    second = agent("B")
    store.import_agents([first, second], [Crew(id="X", members=(second, first))], source="t")
    assert store.agents() == (first, second)
    assert store.crews() == (Crew(id="X", members=(second, first)),)


def test_an_import_again_says_what_changed_and_what_was_settled(store, case) -> None:
    a, b, c = case("A"), case("B"), case("C")
    assert load(store, [a, b, c]).added == ("A", "B", "C")
    again = load(store, [a, replace(b, overdue=Money(1, "EUR"))])
    assert again.unchanged == ("A",)
    assert dict(again.changed) == {"B": ("overdue",)}
    assert again.settled == ("C",)
    assert {one.id: one.settled_on for one in store.cases()} == {"A": None, "B": None, "C": TODAY}


def test_a_partial_list_settles_nothing(store, case) -> None:
    load(store, [case("A"), case("B")])
    assert load(store, [case("A")], replace_missing=False).settled == ()


def test_a_place_once_found_stays_while_the_address_does(store, case) -> None:
    blank = case(place=Place(address="Katu 1"))
    load(store, [blank])
    store.set_places({"C1": Place(address="Katu 1", location=LatLon(60, 25), precision="address")})
    load(store, [blank])
    assert store.cases()[0].place.location == LatLon(60, 25)
    load(store, [case(place=Place(address="Katu 2"))])
    assert store.cases()[0].place.location is None


def test_an_import_that_fails_leaves_everything_as_it_was(store, case) -> None:
    load(store, [case("A")])
    broken = case("B")
    object.__setattr__(broken, "note", object())
    with pytest.raises(Exception):  # noqa: B017, PT011  whatever the driver says
        load(store, [case("C"), broken])
    assert [one.id for one in store.cases()] == ["A"]


def test_outcomes_are_taken_once_and_the_ledger_only_grows(store) -> None:
    at = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    outcome = Outcome(
        id="o1", plan="p", case="A", agent="X", kind=OutcomeKind.PROMISED, at=at, promised=Money(5, "EUR"), promised_by=TODAY
    )
    assert store.add_outcome(outcome)
    assert not store.add_outcome(replace(outcome, note="again"))
    assert store.outcomes() == (outcome,)
    contact = Contact(case="A", kind=ContactKind.VISIT, at=at, reached=True)
    store.add_contacts([contact])
    store.add_contacts([contact])
    assert store.contacts() == (contact, contact)
    assert store.contacts(since=at + timedelta(seconds=1)) == ()


def test_plans_are_recorded(store) -> None:
    record = PlanRecord(
        plan="p", day=TODAY, file="plan.json", sha256="x", created=datetime(2026, 11, 23, tzinfo=UTC), scenario="base"
    )
    store.record_plan(record)
    assert store.plans(TODAY) == (record,)
    assert store.plans(date(2026, 11, 25)) == ()


def test_what_is_no_database_is_refused_and_left_alone(tmp_path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(b"not a database, and long enough to look like one" * 100)
    with pytest.raises(DoorstepError, match="cannot be used"):
        Store.open(f"sqlite:///{path}")
    assert path.read_bytes().startswith(b"not a database")


def test_somebody_elses_tables_are_refused(url) -> None:
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.execute(text("create table theirs (id int)"))
    with pytest.raises(DoorstepError, match="not Doorstep's"):
        Store.open(url)


def test_a_newer_database_is_refused(url) -> None:
    with Store.open(url):
        pass
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(DoorstepError, match="newer"):
        Store.open(url)


@pytest.mark.parametrize("bad", ["nonsense", "nosuch://x", "sqlite:////nowhere/at/all.db"])
def test_a_bad_url_is_refused_without_being_repeated(bad: str) -> None:
    with pytest.raises(DoorstepError) as caught:
        Store.open(bad)
    assert bad not in str(caught.value)
