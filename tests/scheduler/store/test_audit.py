"""The trail's chain: whatever is done to it behind Doorstep's back is found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, delete, insert, select, text, update
from sqlalchemy.pool import NullPool, StaticPool

from scheduler.store import audit, schema
from scheduler.store.audit import START, AuditProblem, Head, append, entries, row_hash, verify
from scheduler.store.cipher import Key
from scheduler.store.keyed import rekey
from scheduler.store.repository import Store

KEY, NEW = Key(bytes(32)), Key(b"n" * 32)
KEYS = st.sampled_from([None, KEY])
EVENTS = st.lists(
    st.tuples(
        st.text(max_size=10),
        st.sampled_from(["plan", "publish", "looked"]),
        st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5) | st.none(), max_size=3),
    ),
    min_size=1,
    max_size=8,
)


@contextmanager
def written(events, key) -> Iterator[Connection]:
    """A trail in a database of its own."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    try:
        with engine.connect() as connection:
            schema.metadata.create_all(connection, [schema.audit, schema.audit_head])
            for actor, event, detail in events:
                append(connection, key, actor, event, detail)
            yield connection
    finally:
        engine.dispose()


def codes(connection, key, kept=None) -> set[str]:
    return {problem.code for problem in verify(connection, key, kept).problems}


@settings(max_examples=50)
@given(EVENTS, KEYS)
def test_an_untouched_trail_is_clean(events, key) -> None:
    with written(events, key) as connection:
        verdict = verify(connection, key)
        assert (verdict.rows, verdict.problems, verdict.signed) == (len(events), (), key is not None)
        assert [(row.actor, row.event) for row in entries(connection)] == [event[:2] for event in events]


CHANGES = {
    "at": datetime(2001, 1, 1, tzinfo=UTC),
    "actor": "somebody else than it was",
    "event": "another",
    "detail": {"another": "detail"},
    "hash": "f" * 64,
    "previous": "e" * 64,
}


@settings(max_examples=50)
@given(EVENTS, KEYS, st.data())
def test_an_altered_row_is_found(events, key, data) -> None:
    with written(events, key) as connection:
        number = data.draw(st.integers(1, len(events)))
        column = data.draw(st.sampled_from(sorted(CHANGES)))
        connection.execute(
            update(schema.audit).where(schema.audit.c.number == number).values({column: CHANGES[column]})
        )
        assert AuditProblem(code="altered", number=number) in verify(connection, key).problems


@settings(max_examples=50)
@given(EVENTS, KEYS, st.data())
def test_a_removed_row_is_found(events, key, data) -> None:
    with written(events, key) as connection:
        number = data.draw(st.integers(1, len(events)))
        connection.execute(delete(schema.audit).where(schema.audit.c.number == number))
        expected = "end_changed" if number == len(events) else "removed"
        assert expected in codes(connection, key)


@settings(max_examples=50)
@given(EVENTS, KEYS, st.data())
def test_two_rows_that_change_places_are_found(events, key, data) -> None:
    events = [*events, ("x", "plan", {})]
    with written(events, key) as connection:
        numbers = st.integers(1, len(events))
        one, two = data.draw(st.tuples(numbers, numbers).filter(lambda pair: pair[0] != pair[1]))
        for old, new in ((one, -1), (two, one), (-1, two)):
            connection.execute(update(schema.audit).where(schema.audit.c.number == old).values(number=new))
        assert codes(connection, key) & {"altered", "out_of_order"}


def forge(connection, count: int | None) -> None:
    """Rewrite the trail's first `count` rows consistently, with everything but the key, as one of another day."""
    rows = entries(connection)[:count]
    connection.execute(delete(schema.audit))
    previous = START
    for row in rows:
        at = row.at - timedelta(days=1)
        made = row_hash(row.number, at, row.actor, row.event, row.detail, previous)
        values = {
            "number": row.number,
            "at": at,
            "actor": row.actor,
            "event": row.event,
            "detail": row.detail,
        }
        connection.execute(insert(schema.audit), {**values, "previous": previous, "hash": made})
        previous = made
    connection.execute(update(schema.audit_head).values(number=len(rows), hash=previous))


@settings(max_examples=50)
@given(EVENTS, st.data())
def test_without_the_key_nobody_writes_a_trail_anew(events, data) -> None:
    with written(events, KEY) as connection:
        forge(connection, data.draw(st.integers(1, len(events))))
        assert "signature" in codes(connection, KEY)


@settings(max_examples=50)
@given(EVENTS, st.data())
def test_what_comes_after_does_not_make_it_good(events, data) -> None:
    """Doorstep itself goes on writing, and signing, after somebody was at the trail."""
    with written(events, KEY) as connection:
        keep = data.draw(st.integers(0, len(events) - 1))
        if data.draw(st.booleans()):
            connection.execute(delete(schema.audit).where(schema.audit.c.number > keep))
        else:
            forge(connection, max(keep, 1))
        for _ in range(2):
            append(connection, KEY, "me", "plan", {})
        assert "signature" in codes(connection, KEY)


def test_a_head_kept_elsewhere_finds_a_trail_written_anew_without_a_key() -> None:
    with written([("me", "plan", {"n": n}) for n in range(5)], None) as connection:
        kept = verify(connection, None).head
        assert codes(connection, None, kept) == set()
        append(connection, None, "me", "plan", {})
        assert codes(connection, None, kept) == set()
        forge(connection, None)
        assert codes(connection, None) == set()
        assert codes(connection, None, kept) == {"head"}


def test_an_empty_trail_is_clean_and_a_head_of_nothing_is_found_out() -> None:
    with written([], None) as connection:
        assert verify(connection, None).problems == ()
        assert codes(connection, None, Head(number=3, hash="a" * 64)) == {"head"}


def test_a_change_of_the_key_signs_a_sound_trail_only(url, locked, key) -> None:
    locked.audit("plan", {})
    rekey(locked._engine, key, NEW)
    with Store.open(url, key=NEW) as store:
        with store.reading() as connection:
            assert verify(connection, NEW).problems == ()
            assert [row.event for row in entries(connection)] == ["plan", "key_changed"]
        with store.writing() as connection:
            connection.execute(delete(schema.audit).where(schema.audit.c.number == 2))
        rekey(store._engine, NEW, key)
    with Store.open(url, key=key) as store, store.reading() as connection:
        assert {"signature", "removed"} <= codes(connection, key)


def test_the_trail_names_who_acted(url, monkeypatch) -> None:
    monkeypatch.setenv("DOORSTEP_USER", "dispatcher-7")
    with Store.open(url) as store:
        store.audit("looked", {"at": "ledger"})
    with Store.open(url, actor="somebody") as store:
        store.audit("looked", {})
        with store.reading() as connection:
            assert [row.actor for row in entries(connection)] == ["dispatcher-7", "somebody"]


def test_a_machine_without_names_still_keeps_a_trail(monkeypatch) -> None:
    monkeypatch.delenv("DOORSTEP_USER", raising=False)
    monkeypatch.setattr(audit.getpass, "getuser", lambda: (_ for _ in ()).throw(OSError()))
    assert audit.who() == "unknown"


def test_rows_of_before_are_chained_by_the_migration(url) -> None:
    from alembic import command

    from scheduler.store.upgrade import alembic_config

    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0002")
        for number in (1, 4):
            values = {"n": number, "at": "2026-11-20 10:00:00.123456", "d": json.dumps({"ä": number})}
            connection.execute(text("insert into audit values (:n, :at, 'plan', :d)"), values)
    with Store.open(url) as store:
        store.audit("plan", {})
        with store.reading() as connection:
            verdict = verify(connection, None)
            assert (verdict.rows, verdict.problems) == (3, ())
            assert connection.execute(select(schema.audit.c.number)).scalars().all() == [1, 2, 3]


@pytest.mark.parametrize("value", [float("1.5"), True, None, ["a", 1], {"b": {"c": "ü"}}])
def test_any_detail_survives_its_way_through_the_database(value) -> None:
    with written([("me", "plan", {"v": value})], None) as connection:
        assert entries(connection)[0].detail == {"v": value}
        assert verify(connection, None).problems == ()
