from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from geodata.coordinates import LatLon
from scheduler.model.findings import DoorstepError
from scheduler.model.people import Crew, Customer, LunchBreak, Place, Promise, PromiseState
from scheduler.model.values import DailyHours, Money
from scheduler.model.visit import Contact, ContactKind, Outcome, OutcomeKind
from scheduler.store.repository import PlanRecord, Store
from scheduler.store.schema import metadata

TODAY = date(2026, 11, 24)


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


def test_a_case_whose_row_was_not_usable_is_not_settled(store, case) -> None:
    load(store, [case("A"), case("B"), case("C")])
    assert load(store, [case("A")], present=frozenset({"B"})).settled == ("C",)


def test_nothing_is_settled_where_some_ids_could_not_be_read(store, case) -> None:
    load(store, [case("A"), case("B")])
    assert load(store, [case("A")], present=None).settled == ()


def test_a_list_that_was_cut_off_is_refused(store, case) -> None:
    whole = [case(f"C{number}") for number in range(50)]
    load(store, whole)
    with pytest.raises(DoorstepError, match="leaves out 26 of the 50") as caught:
        load(store, [*whole[:24], case("NEW")])
    assert "--settle-most" in caught.value.mend
    assert len(store.cases()) == 50
    assert all(one.settled_on is None for one in store.cases())
    assert len(load(store, whole[:25]).settled) == 25
    load(store, whole)
    assert len(load(store, whole[:24], settle_most=True).settled) == 26


def test_a_case_that_is_back_on_the_list_is_open_again(store, case) -> None:
    load(store, [case("A"), case("B")])
    load(store, [case("A")])
    assert load(store, [case("A"), case("B")]).changed == {"B": ("settled_on",)}
    assert all(one.settled_on is None for one in store.cases())


def test_coordinates_of_the_table_give_way_to_a_person_s_only(store, case) -> None:
    given = case(place=Place(address="Katu 1", location=LatLon(61, 26), precision="given"))
    load(store, [given])
    store.set_places({"C1": Place(address="Katu 1", location=LatLon(60, 25), precision="address")})
    load(store, [given])
    assert store.cases()[0].place.precision == "given"
    store.set_places({"C1": Place(address="Katu 1", location=LatLon(60, 25), precision="manual")})
    load(store, [given])
    assert store.cases()[0].place.location == LatLon(60, 25)


def test_agents_keep_their_places_and_leave_with_the_list(store, agent) -> None:
    def blank(ident: str, address: str = "Katu 1"):
        return agent(ident, start=Place(address=address), end=Place(address="Katu 9"))

    store.import_agents([blank("A"), blank("B"), blank("C")], [], source="t")
    found = Place(address="Katu 1", location=LatLon(60, 25), precision="address")
    store.set_agent_places({"A": found}, {"A": replace(found, address="Katu 9")})
    summary = store.import_agents(
        [blank("A"), blank("B", "Katu 2")], [], source="t", present=frozenset({"C"})
    )
    assert (summary.unchanged, dict(summary.changed), summary.settled) == (
        ("A",),
        {"B": ("start_address",)},
        (),
    )
    assert store.agents()[0].start.location == store.agents()[0].end.location == LatLon(60, 25)
    assert store.import_agents([blank("A")], [], source="t").settled == ("B", "C")
    assert store.import_agents([], [], source="t", present=None).settled == ()
    assert [one.id for one in store.agents()] == ["A"]


def test_a_crew_of_somebody_unknown_is_refused_and_changes_nothing(store, agent) -> None:
    store.import_agents(
        [agent("A"), agent("B")], [Crew(id="X", members=(agent("A"), agent("B")))], source="t"
    )
    before = store.crews()
    with pytest.raises(DoorstepError, match="refused"):
        store.import_agents([agent("A")], [Crew(id="Y", members=(agent("A"), agent("Q")))], source="t")
    assert store.crews() == before


def test_an_import_is_seen_whole_or_not_at_all(url, case) -> None:
    with Store.open(url) as writer, Store.open(url) as reader:
        seen = []

        def slow_list():
            for number in range(3):
                seen.append(len(reader.cases()))
                yield case(f"C{number}")

        load(writer, slow_list())
        assert seen == [0, 0, 0]
        assert len(reader.cases()) == 3


def test_the_audit_holds_counts_and_no_names(url, store, case) -> None:
    load(store, [case("A")])
    with create_engine(url, poolclass=NullPool).connect() as connection:
        events = connection.execute(text("select event, detail from audit")).all()
    assert [name for name, _ in events] == ["import_cases"]
    assert "Maija" not in events[0].detail
    assert '"added": 1' in events[0].detail


def test_outcomes_are_taken_once_and_the_ledger_only_grows(store) -> None:
    at = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    outcome = Outcome(
        id="o1",
        plan="p",
        case="A",
        agent="X",
        kind=OutcomeKind.PROMISED,
        at=at,
        promised=Money(5, "EUR"),
        promised_by=TODAY,
    )
    assert store.add_outcome(outcome)
    assert not store.add_outcome(replace(outcome, note="again"))
    assert store.outcomes() == (outcome,)
    contact = Contact(case="A", kind=ContactKind.VISIT, at=at, reached=True, recorded_at=at)
    store.add_contacts([contact])
    store.add_contacts([contact])
    assert store.contacts() == (contact, contact)
    assert store.contacts(since=at + timedelta(seconds=1)) == ()


def test_plans_are_recorded(store) -> None:
    record = PlanRecord(
        plan="p",
        day=TODAY,
        file="plan.json",
        sha256="x",
        created=datetime(2026, 11, 23, tzinfo=UTC),
        scenario="base",
        clean=True,
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


def test_somebody_elses_database_is_not_touched(tmp_path, url) -> None:
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.execute(text("create table theirs (id int)"))
    before = (tmp_path / "doorstep.db").read_bytes()
    with pytest.raises(DoorstepError):
        Store.open(url)
    assert (tmp_path / "doorstep.db").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["doorstep.db"]


def test_nothing_is_made_where_a_database_should_be(tmp_path, url) -> None:
    with pytest.raises(DoorstepError, match="no database"):
        Store.open(url, create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_migration_that_fails_leaves_the_database_as_it_was(tmp_path, url, monkeypatch) -> None:
    from alembic import op

    with monkeypatch.context() as patch:
        make = op.create_table

        def fail_late(name, *columns, **options):
            if name == "plans":
                raise SQLAlchemyError("the disk went away")
            return make(name, *columns, **options)

        patch.setattr(op, "create_table", fail_late)
        with pytest.raises(DoorstepError):
            Store.open(url)
    with create_engine(url, poolclass=NullPool).connect() as connection:
        assert connection.execute(text("select name from sqlite_master")).all() == []
    with Store.open(url) as store:
        assert store.cases() == ()


def test_a_damaged_database_is_a_clear_error(tmp_path, url, case) -> None:
    with Store.open(url) as store:
        load(store, [case(f"C{number}", note="x" * 2000) for number in range(50)])
        with store._engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
    path = tmp_path / "doorstep.db"
    data = bytearray(path.read_bytes())
    data[len(data) // 2 :] = b"\xff" * (len(data) - len(data) // 2)
    path.write_bytes(data)
    with pytest.raises(DoorstepError, match=r"cannot be (used|read)"), Store.open(url) as store:
        store.cases()


def test_a_row_that_another_hand_spoiled_is_a_clear_error(url, store, case) -> None:
    load(store, [case("A")])
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.execute(text("update cases set days_past_due = -4"))
    with pytest.raises(DoorstepError):
        store.cases()


def test_a_database_in_use_is_a_clear_error(url, store, case, monkeypatch) -> None:
    monkeypatch.setattr("scheduler.store.engine._WAIT_MS", 50)
    with create_engine(url, poolclass=NullPool).connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        with Store.open(url) as second, pytest.raises(DoorstepError, match="in use"):
            load(second, [case("A")])


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


def test_crews_are_taken_in_whole_and_outlive_a_list_of_agents_that_says_nothing_of_them(
    store, agent
) -> None:
    a, b, c = agent("A"), agent("B"), agent("C")
    store.import_agents([a, b, c], None, source="t")
    first = store.import_crews([Crew(id="X", members=(b, a))], source="t")
    assert (first.added, first.settled) == (("X",), ())
    store.import_agents([a, b, c], None, source="t")
    assert store.crews() == (Crew(id="X", members=(b, a)),)
    again = store.import_crews([Crew(id="X", members=(a, b, c))], source="t")
    assert dict(again.changed) == {"X": ("members",)}
    store.import_agents([a, c], None, source="t")
    assert store.crews() == (Crew(id="X", members=(a, c)),)
    store.import_agents([c], None, source="t")
    assert store.crews() == ()
    assert store.import_crews([], source="t").settled == ()
