"""The store: model values in, model values out; everything else about the database stays in this package."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, Self

from sqlalchemy import (
    Connection,
    Engine,
    RowMapping,
    Table,
    create_engine,
    delete,
    event,
    insert,
    select,
    update,
)
from sqlalchemy.exc import DatabaseError, OperationalError, SQLAlchemyError

from scheduler.model.findings import DoorstepError
from scheduler.model.people import Agent, Case, Crew, Place
from scheduler.model.visit import Contact, Outcome
from scheduler.store import rows, schema
from scheduler.store.upgrade import upgrade

_PLACE = ("lat", "lon", "precision", "review")
_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSummary:
    """What an import did, by id. `settled` were open and are now absent from the full list, or said to be paid."""

    added: tuple[str, ...] = ()
    changed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unchanged: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRecord:
    """That a plan was made: where it was written and the hash of its bytes."""

    plan: str
    day: date
    file: str
    sha256: str
    created: datetime
    scenario: str


class Store:
    """A database of Doorstep's. Use it as a context manager; every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the database at `url`, made or brought forward where needed. Raises DoorstepError."""
        try:
            engine = create_engine(url, hide_parameters=True)
        except (SQLAlchemyError, ModuleNotFoundError) as error:
            raise _unusable(error) from None
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
        try:
            with engine.begin() as connection:
                upgrade(connection)
        except SQLAlchemyError as error:
            engine.dispose()
            raise _unusable(error) from None
        except DoorstepError:
            engine.dispose()
            raise
        return cls(engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    # What planning reads

    def cases(self) -> tuple[Case, ...]:
        """Every case, settled ones too, by id."""
        return tuple(
            rows.case_from(row) for row in self._rows(select(schema.cases).order_by(schema.cases.c.id))
        )

    def agents(self) -> tuple[Agent, ...]:
        """Every agent, by id."""
        return tuple(
            rows.agent_from(row) for row in self._rows(select(schema.agents).order_by(schema.agents.c.id))
        )

    def crews(self) -> tuple[Crew, ...]:
        """Every crew, by id, its members in order."""
        known = {agent.id: agent for agent in self.agents()}
        table = schema.crew_members
        members: dict[str, list[Agent]] = {}
        for row in self._rows(select(table).order_by(table.c.crew, table.c.position)):
            members.setdefault(row["crew"], []).append(known[row["agent"]])
        return tuple(Crew(id=crew, members=tuple(agents)) for crew, agents in members.items())

    def contacts(self, since: datetime | None = None) -> tuple[Contact, ...]:
        """The contact ledger, oldest first."""
        table = schema.contacts
        query = select(table).order_by(table.c.at, table.c.number)
        if since is not None:
            query = query.where(table.c.at >= since)
        return tuple(rows.contact_from(row) for row in self._rows(query))

    def outcomes(self) -> tuple[Outcome, ...]:
        """Results of visits, oldest first."""
        table = schema.outcomes
        return tuple(
            rows.outcome_from(row) for row in self._rows(select(table).order_by(table.c.at, table.c.id))
        )

    def plans(self, day: date | None = None) -> tuple[PlanRecord, ...]:
        """Plans made, oldest first."""
        table = schema.plans
        query = select(table).order_by(table.c.number)
        if day is not None:
            query = query.where(table.c.day == day)
        return tuple(
            PlanRecord(**{key: row[key] for key in ("plan", "day", "file", "sha256", "created", "scenario")})
            for row in self._rows(query)
        )

    # What intake and geocoding write

    def import_cases(
        self, cases: Iterable[Case], *, source: str, replace_missing: bool, today: date
    ) -> ImportSummary:
        """Take cases in, by id. Where an address stays the same its place on the map does too.

        With `replace_missing` the list is the whole of the bank's: open cases it leaves out are settled.
        """
        new = {case.id: rows.case_row(case) for case in cases}
        with self._begin() as connection:
            old = {row["id"]: row for row in connection.execute(select(schema.cases)).mappings()}
            for ident, row in new.items():
                if ident in old:
                    _keep_place(old[ident], row, "")
            absent = (
                [i for i, row in old.items() if i not in new and row["settled_on"] is None]
                if replace_missing
                else []
            )
            summary = _write(connection, schema.cases, old, new)
            said = [
                i
                for i in summary.changed
                if old[i]["settled_on"] is None and new[i]["settled_on"] is not None
            ]
            for part in _parts(absent):
                statement = update(schema.cases).where(schema.cases.c.id.in_(part))
                connection.execute(statement.values(settled_on=today))
            summary = replace(summary, settled=tuple(sorted({*absent, *said})))
            _audit(connection, "import_cases", {"source": source, **_counts(summary)})
        return summary

    def import_agents(self, agents: Iterable[Agent], crews: Iterable[Crew], *, source: str) -> ImportSummary:
        """Take agents and crews in. The list is whole: agents it leaves out are gone."""
        new = {agent.id: rows.agent_row(agent) for agent in agents}
        table = schema.crew_members
        with self._begin() as connection:
            old = {row["id"]: row for row in connection.execute(select(schema.agents)).mappings()}
            for ident, row in new.items():
                if ident in old:
                    _keep_place(old[ident], row, "start_")
                    _keep_place(old[ident], row, "end_")
            connection.execute(delete(table))
            gone = tuple(sorted(set(old) - set(new)))
            for part in _parts(gone):
                connection.execute(delete(schema.agents).where(schema.agents.c.id.in_(part)))
            summary = replace(_write(connection, schema.agents, old, new), settled=gone)
            members = [
                {"crew": crew.id, "position": position, "agent": member.id}
                for crew in crews
                for position, member in enumerate(crew.members)
            ]
            if members:
                connection.execute(insert(table), members)
            _audit(connection, "import_agents", {"source": source, **_counts(summary)})
        return summary

    def set_places(self, places: Mapping[str, Place]) -> None:
        """Remember where cases are, by case id."""
        with self._begin() as connection:
            for ident, place in places.items():
                values = {key: value for key, value in rows.place_row(place).items() if key in _PLACE}
                connection.execute(update(schema.cases).where(schema.cases.c.id == ident).values(values))

    def set_agent_places(self, starts: Mapping[str, Place], ends: Mapping[str, Place]) -> None:
        """Remember where agents' days start and end, by agent id."""
        with self._begin() as connection:
            for prefix, places in (("start_", starts), ("end_", ends)):
                kept = {f"{prefix}{name}" for name in _PLACE}
                for ident, place in places.items():
                    values = {
                        key: value for key, value in rows.place_row(place, prefix).items() if key in kept
                    }
                    connection.execute(
                        update(schema.agents).where(schema.agents.c.id == ident).values(values)
                    )

    # What visits leave

    def add_contacts(self, contacts: Iterable[Contact]) -> None:
        """Append to the contact ledger; nothing in it is ever changed."""
        made = [rows.contact_row(contact) for contact in contacts]
        if made:
            with self._begin() as connection:
                connection.execute(insert(schema.contacts), made)

    def add_outcome(self, outcome: Outcome) -> bool:
        """Take a result once; False where one with this id is already there."""
        table = schema.outcomes
        with self._begin() as connection:
            if connection.execute(select(table.c.id).where(table.c.id == outcome.id)).first():
                return False
            connection.execute(insert(table), rows.outcome_row(outcome))
        return True

    def record_plan(self, record: PlanRecord) -> None:
        """Note that a plan was made."""
        values = {
            key: getattr(record, key) for key in ("plan", "day", "file", "sha256", "created", "scenario")
        }
        with self._begin() as connection:
            connection.execute(insert(schema.plans), values)
            _audit(connection, "plan", {"plan": record.plan, "sha256": record.sha256})

    def audit(self, name: str, detail: Mapping[str, Any]) -> None:
        """Append to the audit trail. `detail` holds no personal data."""
        with self._begin() as connection:
            _audit(connection, name, detail)

    def _rows(self, query: Any) -> Sequence[RowMapping]:
        try:
            with self._engine.connect() as connection:
                return connection.execute(query).mappings().all()
        except SQLAlchemyError as error:
            raise _unusable(error) from None

    def _begin(self) -> Any:
        return self._engine.begin()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "foreign_keys = ON", "busy_timeout = 10000", "synchronous = NORMAL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _unusable(error: Exception) -> DoorstepError:
    """The error for a database that cannot be used, without its URL: that may hold a password."""
    if isinstance(error, ModuleNotFoundError):
        return DoorstepError(
            f"The database's driver {error.name} is not installed", mend=f"pip install {error.name}"
        )
    what = type(getattr(error, "orig", None) or error).__name__
    mend = "Check that it is Doorstep's, readable and not damaged; restore it from a copy if it is."
    if isinstance(error, OperationalError | DatabaseError):
        return DoorstepError(f"The database cannot be used ({what})", mend=mend)
    return DoorstepError(
        f"The database's URL cannot be used ({what})", mend="Write it like sqlite:///doorstep.db"
    )


def _keep_place(old: Mapping[str, Any], new: dict[str, Any], prefix: str) -> None:
    """What geocoding found stays while the address does, unless the table itself gives coordinates."""
    if new[f"{prefix}lat"] is None and old[f"{prefix}address"] == new[f"{prefix}address"]:
        new.update({f"{prefix}{name}": old[f"{prefix}{name}"] for name in _PLACE})


def _write(
    connection: Connection,
    table: Table,
    old: Mapping[str, Mapping[str, Any]],
    new: Mapping[str, dict[str, Any]],
) -> ImportSummary:
    added = [row for ident, row in new.items() if ident not in old]
    changed = {i: names for i, row in new.items() if i in old and (names := rows.changed_fields(old[i], row))}
    if added:
        connection.execute(insert(table), added)
    for ident in changed:
        connection.execute(update(table).where(table.c.id == ident).values(new[ident]))
    unchanged = tuple(ident for ident in new if ident in old and ident not in changed)
    return ImportSummary(added=tuple(row["id"] for row in added), changed=changed, unchanged=unchanged)


def _audit(connection: Connection, name: str, detail: Mapping[str, Any]) -> None:
    connection.execute(insert(schema.audit), {"at": datetime.now(UTC), "event": name, "detail": dict(detail)})


def _counts(summary: ImportSummary) -> dict[str, int]:
    return {name: len(getattr(summary, name)) for name in ("added", "changed", "unchanged", "settled")}


def _parts(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
