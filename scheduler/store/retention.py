"""Which records are past their time, and taking them out for good.

An open case is active: nothing of it is past its time. Contacts and outcomes of a case that is settled or gone
go when the last of them is older than its clock; marks go with the contacts. References to recordings have a clock of
their own: they go before their contact, or hold it until they may.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, delete, select, update

from geodata.address import normalise
from scheduler.store import schema
from scheduler.store.erasure import ADDRESSES, forget_addresses
from scheduler.store.repository import Store
from scheduler.store.vault import Vault
from scheduler.store.written import Written, all_written, remove_files

_CHUNK = 500
_CONTACT = schema.contacts.c
_YEAR_DAYS = 366  # a year is never cut short


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """How long a kind of record is kept, and what says so."""

    days: int
    source: str

    @classmethod
    def years(cls, years: int, source: str) -> Clock:
        """A clock of whole years."""
        return cls(days=years * _YEAR_DAYS, source=source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """One clock a kind of record."""

    cases: Clock
    contacts: Clock
    outcomes: Clock
    recordings: Clock
    pages: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is past its time on a day: ids and row numbers, and files."""

    cases: tuple[str, ...]
    contacts: tuple[int, ...]
    marks: tuple[int, ...]
    outcomes: tuple[str, ...]
    recordings: tuple[int, ...]
    addresses: tuple[str, ...]
    pages: tuple[Written, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many of each kind; pages count files."""
        return {
            "cases": len(self.cases),
            "contacts": len(self.contacts),
            "marks": len(self.marks),
            "outcomes": len(self.outcomes),
            "references to recordings": len(self.recordings),
            "geocoders' answers": len(self.addresses),
            "files": sum(len(entry.paths) for entry in self.pages),
        }

    def __bool__(self) -> bool:
        return any(self.counts.values()) or bool(self.pages)


def due(store: Store, clocks: Clocks, today: date) -> Due:
    """What is past its time; changes nothing."""
    last = {kind.name: _before(today, getattr(clocks, kind.name)) for kind in fields(Clocks)}
    with store.reading() as connection:
        table = schema.cases
        found = connection.execute(select(table.c.id, table.c.customer, table.c.settled_on)).all()
        active = {row.id for row in found if row.settled_on is None}
        customers = {row.customer for row in found if row.settled_on is None}
        gone = {row.id for row in found if row.settled_on is not None and row.settled_on < last["cases"]}
        contacts, newest = _contacts(connection, active, last["contacts"])
        silent = set(_contacts(connection, active, last["recordings"])[0])
        kept = set(connection.execute(select(_CONTACT.number).where(_CONTACT.recording != "")).scalars())
        contacts = tuple(number for number in contacts if number not in kept or number in silent)
        return Due(
            cases=tuple(sorted(gone)),
            contacts=contacts,
            marks=_marks(connection, active, customers, newest, last["contacts"]),
            outcomes=_outcomes(connection, active, last["outcomes"]),
            recordings=tuple(sorted(silent & kept - set(contacts))),
            addresses=_nobodys_addresses(connection, store.vault, gone),
            pages=tuple(entry for entry in all_written(store) if entry.at.date() < last["pages"]),
        )


def purge(store: Store, what: Due) -> None:
    """Take out what `due` found, for good: the database's files hold nothing of it when this returns."""
    remove_files(store, what.pages, "retention")
    with store.writing() as connection:
        _delete(connection, schema.cases, "id", what.cases)
        _delete(connection, schema.contacts, "number", what.contacts)
        _delete(connection, schema.marks, "number", what.marks)
        _delete(connection, schema.outcomes, "id", what.outcomes)
        for numbers in _parts(what.recordings):
            connection.execute(
                update(schema.contacts).where(_CONTACT.number.in_(numbers)).values(recording="")
            )
        forget_addresses(connection, store.vault, what.addresses, answers_only=True)
        store.note(connection, "purged", what.counts)
    store.wipe()


def _before(today: date, clock: Clock) -> date:
    return today - timedelta(days=clock.days)


def _contacts(
    connection: Connection, active: Iterable[str], before: date
) -> tuple[tuple[int, ...], Mapping[str, date]]:
    """Numbers of contacts past their time, and the day of the newest contact of each case."""
    table = schema.contacts
    rows = connection.execute(select(table.c.number, table.c.case_id, table.c.at)).all()
    newest = _newest((row.case_id, row.at) for row in rows)
    alive = set(active)
    return tuple(r.number for r in rows if r.case_id not in alive and newest[r.case_id] < before), newest


def _outcomes(connection: Connection, active: Iterable[str], before: date) -> tuple[str, ...]:
    table = schema.outcomes
    rows = connection.execute(select(table.c.id, table.c.case_id, table.c.at)).all()
    newest, alive = _newest((row.case_id, row.at) for row in rows), set(active)
    return tuple(row.id for row in rows if row.case_id not in alive and newest[row.case_id] < before)


def _newest(seen: Iterable[tuple[str, datetime]]) -> dict[str, date]:
    found: dict[str, date] = {}
    for case, at in seen:
        found[case] = max(found.get(case, date.min), at.date())
    return found


def _marks(
    connection: Connection, active: set[str], customers: set[str], newest: Mapping[str, date], before: date
) -> tuple[int, ...]:
    table = schema.marks
    found = []
    for row in connection.execute(select(table)).mappings():
        open_still = row["case_id"] in active if row["case_id"] else row["customer"] in customers
        last = max(row["recorded_at"].date(), newest.get(row["case_id"], date.min))
        if not open_still and last < before:
            found.append(row["number"])
    return tuple(found)


def _nobodys_addresses(connection: Connection, vault: Vault, gone: set[str]) -> tuple[str, ...]:
    """Addresses that geocoders were asked for and where nobody of the store lives or starts any more."""
    used = set[str]()
    for name, column in ADDRESSES:
        for ident, text in vault.column(connection, schema.metadata.tables[name], column):
            if name != "cases" or ident not in gone:
                used.add(normalise(text))
    asked = {text for _, text in vault.column(connection, schema.answers, "address")}
    return tuple(sorted(asked - used))


def _delete(connection: Connection, table: Table, column: str, values: tuple[Any, ...]) -> None:
    for some in _parts(values):
        connection.execute(delete(table).where(table.c[column].in_(some)))


def _parts(values: tuple[Any, ...]) -> Iterable[tuple[Any, ...]]:
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))
