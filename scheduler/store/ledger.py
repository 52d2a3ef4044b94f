"""The ledger in the store: contacts by whichever agency, and marks. Rows are only ever added.

A correction is a row that revokes an older one. Purge and erasure alone take rows away (`scheduler.store.erasure`).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, Table, insert, select

from scheduler.model.findings import DoorstepError
from scheduler.model.ledger import MARKS, Mark
from scheduler.model.visit import Contact
from scheduler.store import rows, schema
from scheduler.store.vault import Vault

_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactEntry:
    """A contact as it stands in the ledger. `revokes` is the id of an entry that it corrects.

    A `void` one corrects by taking back: there was no such contact.
    """

    id: str
    contact: Contact
    revokes: str = ""
    void: bool = False


def contact_entry(contact: Contact, ident: str = "") -> ContactEntry:
    """An entry with an id of its own, recorded now where the contact does not say."""
    if contact.recorded_at is None:
        contact = replace(contact, recorded_at=datetime.now(UTC).replace(microsecond=0))
    return ContactEntry(id=ident or uuid.uuid4().hex, contact=contact)


def add_entries(connection: Connection, vault: Vault, entries: Iterable[ContactEntry]) -> tuple[str, ...]:
    """Append contacts; those whose id is there already are passed over. Returns the ids added.

    Raises DoorstepError where one revokes an entry that is not there, or of another case.
    """
    table = schema.contacts
    fresh = _fresh(connection, table, {entry.id: entry for entry in entries})
    revoked = {entry.revokes for entry in fresh.values() if entry.revokes}
    cases = _cases_of(connection, table, revoked) | {i: e.contact.case for i, e in fresh.items()}
    made = []
    for entry in fresh.values():
        if entry.revokes and cases.get(entry.revokes) != entry.contact.case:
            raise DoorstepError(
                f"The ledger has no entry {entry.revokes} of this case to correct",
                mend="doorstep ledger show CASE names every entry.",
            )
        row = {**rows.contact_row(entry.contact), "id": entry.id}
        made.append(vault.close("contacts", {**row, "revokes": entry.revokes or None, "void": entry.void}))
    if made:
        connection.execute(insert(table), made)
    return tuple(fresh)


def add_marks(connection: Connection, vault: Vault, marks: Iterable[Mark]) -> tuple[str, ...]:
    """Append marks; those whose id is there already are passed over. Returns the ids added."""
    fresh = _fresh(connection, schema.marks, {mark.id: mark for mark in marks})
    made = [vault.close("marks", mark_row(mark)) for mark in fresh.values()]
    if made:
        connection.execute(insert(schema.marks), made)
    return tuple(fresh)


def contact_entries(connection: Connection, vault: Vault) -> tuple[ContactEntry, ...]:
    """Every contact ever told, corrected ones too, in the order in which they were written down."""
    table = schema.contacts
    found = connection.execute(select(table).order_by(table.c.number)).mappings()
    return tuple(_entry(vault.open("contacts", row)) for row in found)


def standing_entries(entries: Sequence[ContactEntry]) -> tuple[ContactEntry, ...]:
    """Those that hold, of all in the order they were written: a later one may revoke, and be revoked in turn."""
    revoked: set[str] = set()
    held = []
    for entry in reversed(entries):
        if entry.id not in revoked:
            held.append(entry)
            revoked.add(entry.revokes)
    return tuple(entry for entry in reversed(held) if not entry.void)


def all_marks(connection: Connection, vault: Vault) -> tuple[Mark, ...]:
    """Every mark and withdrawal, in the order in which they were written down."""
    table = schema.marks
    found = connection.execute(select(table).order_by(table.c.number)).mappings()
    return tuple(mark_from(vault.open("marks", row)["body"]) for row in found)


def mark_row(mark: Mark) -> dict[str, Any]:
    """A mark's columns. All that it says stands in `body`, which is sealed."""
    body = {"kind": mark.kind, **_adapter(mark.kind).dump_python(mark, mode="json")}
    return {
        "id": mark.id,
        "case_id": mark.case,
        "customer": mark.customer,
        "recorded_at": mark.recorded_at,
        "body": json.dumps(body, ensure_ascii=False, sort_keys=True),
    }


def mark_from(body: str) -> Mark:
    """The mark that a row's body tells. Raises ValueError for what is none."""
    values = json.loads(body)
    try:
        return _adapter(values.pop("kind")).validate_python(values, strict=False)
    except (ValidationError, KeyError) as error:
        raise ValueError(type(error).__name__) from None


@cache
def _adapter(kind: str) -> TypeAdapter[Mark]:
    return TypeAdapter(MARKS[kind])


def _entry(row: Mapping[str, Any]) -> ContactEntry:
    return ContactEntry(
        id=row["id"],
        contact=rows.contact_from(row),
        revokes=row["revokes"] or "",
        void=bool(row["void"]),
    )


def _fresh[T](connection: Connection, table: Table, given: Mapping[str, T]) -> dict[str, T]:
    there = _cases_of(connection, table, given)
    return {ident: value for ident, value in given.items() if ident not in there}


def _cases_of(connection: Connection, table: Table, ids: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    wanted = list(ids)
    for start in range(0, len(wanted), _CHUNK):
        part = wanted[start : start + _CHUNK]
        query = select(table.c.id, table.c.case_id).where(table.c.id.in_(part))
        found |= {row.id: row.case_id for row in connection.execute(query)}
    return found
