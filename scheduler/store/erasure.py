"""One customer taken out of the store for good: statistics stay, no person does.

Contacts and outcomes keep their kind, hour and agent under an id that leads nowhere. Marks, the cases, what
geocoding knows of their addresses go. A salted digest of the ids stays, so that the bank's next list does not
bring them back.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, or_, select, update

from geodata.address import normalise
from scheduler.model.findings import DoorstepError
from scheduler.store import schema
from scheduler.store.repository import Store
from scheduler.store.tombstones import digest
from scheduler.store.vault import Vault

ADDRESSES = (("cases", "address"), ("agents", "start_address"), ("agents", "end_address"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What an erasure did. `cases` are the ids that were erased."""

    cases: tuple[str, ...]
    contacts: int
    outcomes: int
    marks: int
    addresses: int


def cases_of_customer(store: Store, customer: str) -> tuple[str, ...]:
    """Ids of the customer's cases. Raises DoorstepError where there is nobody of this id."""
    table = schema.cases
    with store.reading() as connection:
        found = connection.execute(select(table.c.id).where(table.c.customer == customer)).scalars().all()
    if not found:
        raise DoorstepError(
            "There is no customer with this id",
            mend="doorstep ledger show --by-phone finds the cases of somebody who calls.",
        )
    return tuple(sorted(found))


def erase_customer(store: Store, customer: str) -> Erased:
    """Erase a customer. The database's files hold nothing of them when this returns.

    Raises DoorstepError where there is nobody of this id, and where another process keeps the database
    open so that its file cannot be wiped: run it again then.
    """
    cases = cases_of_customer(store, customer)
    with store.writing() as connection:
        _tombstones(connection, customer, cases)
        addresses = _forget_addresses(connection, store.vault, cases)
        contacts = sum(_depersonalise_contacts(connection, store.vault, case) for case in cases)
        outcomes = sum(_depersonalise_outcomes(connection, case) for case in cases)
        table = schema.marks
        whose = or_(table.c.case_id.in_(cases), table.c.customer == customer)
        marks = _removed(connection, table, whose)
        _removed(connection, schema.cases, schema.cases.c.id.in_(cases))
        counts = {"contacts": contacts, "outcomes": outcomes, "marks": marks, "addresses": addresses}
        store.note(connection, "erased_customer", {"cases": len(cases), **counts})
    store.wipe()
    return Erased(cases=cases, **counts)


def _tombstones(connection: Connection, customer: str, cases: Iterable[str]) -> None:
    table = schema.erased
    salt = connection.execute(select(table.c.salt).limit(1)).scalar() or os.urandom(16).hex()
    there = set(connection.execute(select(table.c.digest)).scalars())
    made = {digest(salt, "customer", customer), *(digest(salt, "case", case) for case in cases)} - there
    now = datetime.now(UTC).replace(microsecond=0)
    if made:
        connection.execute(insert(table), [{"digest": one, "salt": salt, "at": now} for one in made])


def _forget_addresses(connection: Connection, vault: Vault, cases: Iterable[str]) -> int:
    """Take what geocoding knows of these cases' addresses, unless somebody else lives or starts there."""
    theirs, others = set[str](), set[str]()
    for name, column in ADDRESSES:
        for ident, text in vault.column(connection, schema.metadata.tables[name], column):
            mine = name == "cases" and ident in cases
            (theirs if mine else others).add(normalise(text))
    return forget_addresses(connection, vault, theirs - others)


def forget_addresses(
    connection: Connection, vault: Vault, addresses: Iterable[str], *, answers_only: bool = False
) -> int:
    """Take what geocoding knows of these addresses, made plain. Returns how many rows went."""
    count = 0
    for table in (schema.answers,) if answers_only else (schema.answers, schema.corrections):
        for address in addresses:
            hashed = vault.hash(table.name, "address", address)
            count += _removed(connection, table, table.c.address_hash == hashed)
    return count


def _depersonalise_contacts(connection: Connection, vault: Vault, case: str) -> int:
    table = schema.contacts
    found = connection.execute(
        select(table).where(table.c.case_id == case).order_by(table.c.number)
    ).mappings()
    rows = [dict(row) for row in found]
    other = f"erased-{uuid.uuid4().hex}"
    names = {row["id"]: uuid.uuid4().hex for row in rows}
    for row in rows:
        values = {
            "id": names[row["id"]],
            "revokes": names.get(row["revokes"] or ""),
            "case_id": other,
            "at": _hour(row["at"]),
            "source": "",
            "recording": "",
            "recorded_by": "",
            "recorded_at": row["recorded_at"] and _hour(row["recorded_at"]),
        }
        connection.execute(
            update(table).where(table.c.number == row["number"]).values(**vault.close("contacts", values))
        )
    return len(rows)


def _depersonalise_outcomes(connection: Connection, case: str) -> int:
    table = schema.outcomes
    rows = connection.execute(select(table.c.id, table.c.at).where(table.c.case_id == case)).all()
    other = f"erased-{uuid.uuid4().hex}"
    for row in rows:
        values: dict[str, Any] = {"id": uuid.uuid4().hex, "case_id": other, "at": _hour(row.at), "note": ""}
        values |= {"promised": None, "currency": None, "promised_by": None}
        connection.execute(update(table).where(table.c.id == row.id).values(**values))
    return len(rows)


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _removed(connection: Connection, table: Table, condition: Any) -> int:
    return int(connection.execute(delete(table).where(condition)).rowcount)
