"""The store: model values in, model values out; everything else about the database stays in this package."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine, Select, Table, bindparam, delete, insert, or_, select, update

from scheduler.model.findings import DoorstepError
from scheduler.model.ledger import Mark
from scheduler.model.people import Agent, Case, Crew, Place
from scheduler.model.visit import Contact, Outcome
from scheduler.store import rows, schema
from scheduler.store.audit import append, who
from scheduler.store.cipher import Key, KeyProblem, SealBrokenError
from scheduler.store.engine import make_engine, reading, wipe, writing
from scheduler.store.keyed import take_key
from scheduler.store.ledger import (
    ContactEntry,
    add_entries,
    add_marks,
    all_marks,
    contact_entries,
    contact_entry,
    standing_entries,
)
from scheduler.store.tombstones import Tombstones
from scheduler.store.upgrade import bring_forward
from scheduler.store.vault import Vault, plain_name, plain_phone

_PLACE = ("position", "precision", "review")
_CHUNK = 500
_FEW = 20
_PLAN = ("plan", "day", "file", "sha256", "created", "scenario", "clean")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSummary:
    """What an import did, by id. `settled` were open and are now absent from the full list, or said to be paid.

    `erased` counts cases of customers who were erased on request: they are not taken again.
    """

    added: tuple[str, ...] = ()
    changed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unchanged: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()
    erased: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRecord:
    """That a plan was made: where it was written, the hash of its bytes, whether no rule found anything."""

    plan: str
    day: date
    file: str
    sha256: str
    created: datetime
    scenario: str
    clean: bool


class Store:
    """A database of Doorstep's. Use it as a context manager; every method is one transaction."""

    def __init__(self, engine: Engine, vault: Vault, actor: str, home: Path) -> None:
        self._engine, self._vault, self._actor, self._home = engine, vault, actor, home

    @classmethod
    def open(
        cls,
        url: str,
        *,
        create: bool = True,
        key: Key | None = None,
        actor: str = "",
        home: Path = Path(),
    ) -> Self:
        """Open the database at `url`, brought forward where it is older, made where there is none.

        `key` opens and seals personal data; a new database is encrypted with it from the start.
        `actor` is who the audit trail names; else $DOORSTEP_USER or the user of this machine. `home` is the
        workspace's folder: pages in it are remembered by where they lie in it, so that it can be moved.
        Raises DoorstepError for one that cannot be used, and without `create` for one that is not there,
        and KeyProblem for the wrong key, or none where one is needed; such a database is left as it is.
        """
        engine = make_engine(url, create=create)
        try:
            bring_forward(engine, create=create)
            take_key(engine, key)
        except DoorstepError:
            engine.dispose()
            raise
        return cls(engine, Vault(key), actor or who(), home.resolve())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    @property
    def vault(self) -> Vault:
        """What seals and opens personal data here."""
        return self._vault

    @property
    def actor(self) -> str:
        """Who acts here, as the audit trail names them."""
        return self._actor

    @property
    def home(self) -> Path:
        """The workspace's folder."""
        return self._home

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection that only reads."""
        return reading(self._engine)

    def writing(self) -> AbstractContextManager[Connection]:
        """One transaction: committed whole at the end, or not at all."""
        return writing(self._engine)

    def wipe(self) -> None:
        """Leave nothing in the database's files of what was deleted or overwritten."""
        wipe(self._engine)

    # What planning reads

    def cases(self) -> tuple[Case, ...]:
        """Every case, settled ones too, by id."""
        return self._read(
            select(schema.cases).order_by(schema.cases.c.id), self._opened("cases", rows.case_from)
        )

    def agents(self) -> tuple[Agent, ...]:
        """Every agent, by id."""
        return self._read(
            select(schema.agents).order_by(schema.agents.c.id), self._opened("agents", rows.agent_from)
        )

    def crews(self) -> tuple[Crew, ...]:
        """Every crew, by id, its members in order."""
        known = {agent.id: agent for agent in self.agents()}
        table = schema.crew_members
        members: dict[str, list[Agent]] = {}
        query = select(table).order_by(table.c.crew, table.c.position)
        for crew, agent in self._read(query, lambda row: (row["crew"], known[row["agent"]])):
            members.setdefault(crew, []).append(agent)
        return tuple(Crew(id=crew, members=tuple(agents)) for crew, agents in members.items())

    def contacts(self, since: datetime | None = None) -> tuple[Contact, ...]:
        """The contacts that stand, oldest first: corrected ones are left out."""
        held = standing_entries(self.contact_entries())
        contacts = (entry.contact for entry in held if since is None or entry.contact.at >= since)
        return tuple(sorted(contacts, key=lambda contact: contact.at))

    def contact_entries(self) -> tuple[ContactEntry, ...]:
        """The contact ledger with every correction, in the order it was written down."""
        return self._told(contact_entries)

    def marks(self) -> tuple[Mark, ...]:
        """Every mark and withdrawal, in the order they were written down; see `scheduler.model.ledger.standing`."""
        return self._told(all_marks)

    def outcomes(self) -> tuple[Outcome, ...]:
        """Results of visits, oldest first."""
        table = schema.outcomes
        query = select(table).order_by(table.c.at, table.c.id)
        return self._read(query, self._opened("outcomes", rows.outcome_from))

    def find_cases(self, *, name: str = "", phone: str = "") -> tuple[Case, ...]:
        """Cases of customers with this name or telephone number, found by keyed hashes. Blanks, case and
        width do not count in a name, nor leading zeros in a number."""
        table = schema.cases
        wanted = (
            ("name", table.c.name_hash, plain_name(name)),
            ("phone", table.c.phone_hash, plain_phone(phone)),
        )
        tests = [hashed == self._vault.hash("cases", column, text) for column, hashed, text in wanted if text]
        if not tests:
            return ()
        return self._read(
            select(table).where(or_(*tests)).order_by(table.c.id), self._opened("cases", rows.case_from)
        )

    def plans(self, day: date | None = None) -> tuple[PlanRecord, ...]:
        """Plans made, oldest first."""
        table = schema.plans
        query = select(table).order_by(table.c.number)
        if day is not None:
            query = query.where(table.c.day == day)
        return self._read(query, lambda row: PlanRecord(**{key: row[key] for key in _PLAN}))

    # What intake and geocoding write

    def import_cases(
        self,
        cases: Iterable[Case],
        *,
        source: str,
        replace_missing: bool,
        today: date,
        present: frozenset[str] | None = frozenset(),
        settle_most: bool = False,
    ) -> ImportSummary:
        """Take cases in, by id. Where an address stays the same its place on the map does too.

        With `replace_missing` the list is the whole of the bank's: open cases it leaves out are settled.
        `present` are ids that stand in the list in rows that could not be taken; they stay as they are.
        None says that the list has rows whose id is not known: then nothing is settled.

        A list that would settle more than half of the open cases is more likely cut off than true: it
        raises DoorstepError and changes nothing, unless `settle_most` says that it is meant.
        """
        new = {case.id: rows.case_row(case) for case in cases}
        with self.writing() as connection:
            erased = _without_erased(connection, new)
            old = self._by_id(connection, schema.cases)
            for ident, row in new.items():
                if ident in old:
                    _keep_place(old[ident], row, "")
            absent: list[str] = []
            if replace_missing and present is not None:
                still_there = present | new.keys()
                absent = [i for i, row in old.items() if i not in still_there and row["settled_on"] is None]
                if not settle_most:
                    _refuse_cut_off(absent, old)
            summary = self._write(connection, schema.cases, old, new)
            for part in _parts(absent):
                statement = update(schema.cases).where(schema.cases.c.id.in_(part))
                connection.execute(statement.values(settled_on=today))
            settled = {*absent, *(i for i in summary.changed if _settled_now(old[i], new[i]))}
            summary = replace(summary, settled=tuple(sorted(settled)), erased=erased)
            self.note(connection, "import_cases", {"source": source, **_counts(summary)})
        return summary

    def import_agents(
        self,
        agents: Iterable[Agent],
        crews: Iterable[Crew] | None,
        *,
        source: str,
        present: frozenset[str] | None = frozenset(),
    ) -> ImportSummary:
        """Take agents and crews in. The list is whole: agents it leaves out are gone, in `settled`.

        `present` is as for cases: those agents stay as they are, and with None everybody does. Without
        `crews` the crews stay too, but for those that lose all members but one.
        """
        new = {agent.id: rows.agent_row(agent) for agent in agents}
        with self.writing() as connection:
            old = self._by_id(connection, schema.agents)
            for ident, row in new.items():
                if ident in old:
                    _keep_place(old[ident], row, "start_")
                    _keep_place(old[ident], row, "end_")
            gone = () if present is None else tuple(sorted(old.keys() - new.keys() - present))
            if crews is None:
                _leave_crews(connection, gone)
            else:
                connection.execute(delete(schema.crew_members))
            for part in _parts(gone):
                connection.execute(delete(schema.agents).where(schema.agents.c.id.in_(part)))
            summary = replace(self._write(connection, schema.agents, old, new), settled=gone)
            _write_crews(connection, {crew.id: [one.id for one in crew.members] for crew in crews or ()})
            self.note(connection, "import_agents", {"source": source, **_counts(summary)})
        return summary

    def import_crews(self, crews: Iterable[Crew], *, source: str) -> ImportSummary:
        """Take crews in. The list is whole: crews it leaves out are dissolved, in `settled`."""
        new = {crew.id: [member.id for member in crew.members] for crew in crews}
        with self.writing() as connection:
            old = _crew_members(connection)
            connection.execute(delete(schema.crew_members))
            _write_crews(connection, new)
            summary = ImportSummary(
                added=tuple(ident for ident in new if ident not in old),
                changed={i: ("members",) for i, ids in new.items() if i in old and old[i] != ids},
                unchanged=tuple(ident for ident, ids in new.items() if old.get(ident) == ids),
                settled=tuple(sorted(old.keys() - new.keys())),
            )
            self.note(connection, "import_crews", {"source": source, **_counts(summary)})
        return summary

    def set_places(self, places: Mapping[str, Place]) -> None:
        """Remember where cases are, by case id."""
        with self.writing() as connection:
            if places:
                self.note(connection, "places", {"cases": len(places)})
            for ident, place in places.items():
                values = {key: value for key, value in rows.place_row(place).items() if key in _PLACE}
                values = self._vault.close("cases", {"id": ident, **values})
                connection.execute(update(schema.cases).where(schema.cases.c.id == ident).values(values))

    def set_agent_places(self, starts: Mapping[str, Place], ends: Mapping[str, Place]) -> None:
        """Remember where agents' days start and end, by agent id."""
        with self.writing() as connection:
            for prefix, places in (("start_", starts), ("end_", ends)):
                kept = {f"{prefix}{name}" for name in _PLACE}
                for ident, place in places.items():
                    values = {
                        key: value for key, value in rows.place_row(place, prefix).items() if key in kept
                    }
                    values = self._vault.close("agents", {"id": ident, **values})
                    connection.execute(
                        update(schema.agents).where(schema.agents.c.id == ident).values(values)
                    )

    # What visits leave

    def add_contacts(self, contacts: Iterable[Contact]) -> None:
        """Append contacts to the ledger; nothing in it is ever changed."""
        self.add_to_ledger([contact_entry(contact) for contact in contacts], [])

    def add_to_ledger(
        self, contacts: Iterable[ContactEntry], marks: Iterable[Mark], *, source: str = ""
    ) -> tuple[str, ...]:
        """Append to the ledger. Entries whose id stands there already are passed over; returns the ids added.

        Raises DoorstepError where one corrects an entry that is not there; then nothing is added.
        """
        with self.writing() as connection:
            added = (
                *add_entries(connection, self._vault, contacts),
                *add_marks(connection, self._vault, marks),
            )
            if added:
                self.note(connection, "ledger", {"source": source, "added": len(added)})
        return added

    def add_outcome(self, outcome: Outcome) -> bool:
        """Take a result once; False where one with this id is already there."""
        table = schema.outcomes
        with self.writing() as connection:
            if connection.execute(select(table.c.id).where(table.c.id == outcome.id)).first():
                return False
            connection.execute(insert(table), self._vault.close("outcomes", rows.outcome_row(outcome)))
            self.note(connection, "outcome", {"plan": outcome.plan, "agent": outcome.agent})
        return True

    def record_plan(self, record: PlanRecord) -> None:
        """Note that a plan was made."""
        values = {key: getattr(record, key) for key in _PLAN}
        with self.writing() as connection:
            connection.execute(insert(schema.plans), values)
            self.note(
                connection, "plan", {"plan": record.plan, "sha256": record.sha256, "clean": record.clean}
            )

    def audit(self, name: str, detail: Mapping[str, Any]) -> None:
        """Append to the audit trail. `detail` holds no personal data."""
        with self.writing() as connection:
            self.note(connection, name, detail)

    def note(self, connection: Connection, name: str, detail: Mapping[str, Any]) -> None:
        """Append to the audit trail in the transaction of what is told of."""
        append(connection, self._vault.key, self._actor, name, detail)

    def _read[T](self, query: Select[Any], make: Callable[[Any], T]) -> tuple[T, ...]:
        with self.reading() as connection:
            found = connection.execute(query).mappings().all()
        with _readable():
            return tuple(make(row) for row in found)

    def _told[T](self, tell: Callable[[Connection, Vault], T]) -> T:
        with self.reading() as connection, _readable():
            return tell(connection, self._vault)

    def _opened[T](self, table: str, make: Callable[[Any], T]) -> Callable[[Any], T]:
        return lambda row: make(self._vault.open(table, row))

    def _by_id(self, connection: Connection, table: Table) -> dict[str, Mapping[str, Any]]:
        names = table.columns.keys()
        return {
            row.id: self._vault.open(table.name, dict(zip(names, row, strict=True)))
            for row in connection.execute(select(table))
        }

    def _write(
        self,
        connection: Connection,
        table: Table,
        old: Mapping[str, Mapping[str, Any]],
        new: Mapping[str, dict[str, Any]],
    ) -> ImportSummary:
        close = partial(self._vault.close, table.name)
        added = [row for ident, row in new.items() if ident not in old]
        changed = {
            i: names for i, row in new.items() if i in old and (names := rows.changed_fields(old[i], row))
        }
        if added:
            connection.execute(insert(table), [close(row) for row in added])
        if changed:
            statement = update(table).where(table.c.id == bindparam("_id"))
            connection.execute(statement, [{**close(new[ident]), "_id": ident} for ident in changed])
        unchanged = tuple(ident for ident in new if ident in old and ident not in changed)
        return ImportSummary(added=tuple(row["id"] for row in added), changed=changed, unchanged=unchanged)


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except (KeyProblem, SealBrokenError):
        raise
    except (ValueError, TypeError, KeyError, AttributeError):
        raise DoorstepError(
            "The database holds a row that cannot be read", mend="Restore it from a copy."
        ) from None


def _without_erased(connection: Connection, new: dict[str, dict[str, Any]]) -> int:
    gone = Tombstones(connection)
    again = [ident for ident, row in new.items() if gone and gone.holds(ident, row["customer"])]
    for ident in again:
        del new[ident]
    return len(again)


def _crew_members(connection: Connection) -> dict[str, list[str]]:
    table = schema.crew_members
    members: dict[str, list[str]] = {}
    for crew, agent in connection.execute(
        select(table.c.crew, table.c.agent).order_by(table.c.crew, table.c.position)
    ):
        members.setdefault(crew, []).append(agent)
    return members


def _write_crews(connection: Connection, crews: Mapping[str, Sequence[str]]) -> None:
    members = [
        {"crew": crew, "position": position, "agent": agent}
        for crew, agents in crews.items()
        for position, agent in enumerate(agents)
    ]
    if members:
        connection.execute(insert(schema.crew_members), members)


def _leave_crews(connection: Connection, gone: Sequence[str]) -> None:
    """Agents who are gone leave their crews; a crew of one is none."""
    left = {
        crew: kept
        for crew, agents in _crew_members(connection).items()
        if len(kept := [agent for agent in agents if agent not in gone]) >= 2
    }
    connection.execute(delete(schema.crew_members))
    _write_crews(connection, left)


def _settled_now(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return old["settled_on"] is None and new["settled_on"] is not None


def _refuse_cut_off(absent: Sequence[str], old: Mapping[str, Mapping[str, Any]]) -> None:
    still_open = sum(row["settled_on"] is None for row in old.values())
    if len(absent) > _FEW and len(absent) > still_open / 2:
        raise DoorstepError(
            f"The list leaves out {len(absent)} of the {still_open} open cases; nothing was changed",
            mend="Export it again if it was cut off. If it is only a part, say --partial. "
            "If they really are all settled, say --settle-most.",
        )


def _keep_place(old: Mapping[str, Any], new: dict[str, Any], prefix: str) -> None:
    """What was found stays while the address does. Coordinates in the table count for more than what was
    geocoded, and for less than what a person put right."""
    given = new[f"{prefix}position"] != "" and old[f"{prefix}precision"] != "manual"
    if not given and old[f"{prefix}address"] == new[f"{prefix}address"]:
        new.update({f"{prefix}{name}": old[f"{prefix}{name}"] for name in _PLACE})


def _counts(summary: ImportSummary) -> dict[str, int]:
    return {name: len(getattr(summary, name)) for name in ("added", "changed", "unchanged", "settled")}


def _parts(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
