"""The audit trail: who did what and when, each row bound to the one before it by SHA-256.

A row's hash covers its number, time, actor, event, detail and the hash of the row before. The last row's number
and hash stand in `audit_head`; where the workspace has a key, they are signed with it, so that the end of the
trail cannot be cut off, nor the whole of it written anew, without the key. Without one, keep the head that
`doorstep audit verify` prints somewhere else and give it back with --head.

No personal data stands in the trail: it is never erased.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from scheduler.store import schema
from scheduler.store.cipher import Key

START = "0" * 64
_BROKEN = "broken"
_LONGEST_NAME = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One row of the trail."""

    number: int
    at: datetime
    actor: str
    event: str
    detail: Mapping[str, Any]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of the trail."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditProblem:
    """What is wrong with the trail, at which row: altered, removed, out_of_order, end_changed, signature, head."""

    code: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditVerdict:
    """What `verify` found. `signed` says whether a key vouches for the end."""

    rows: int
    head: Head
    signed: bool
    problems: tuple[AuditProblem, ...]


def who() -> str:
    """Who acts: $DOORSTEP_USER, else the user's name on this machine."""
    named = os.environ.get("DOORSTEP_USER", "").strip()
    if not named:
        try:
            named = getpass.getuser()
        except (OSError, KeyError, ImportError):
            named = "unknown"
    return named[:_LONGEST_NAME]


def row_hash(number: int, at: datetime, actor: str, event: str, detail: Any, previous: str) -> str:
    """SHA-256 over a row's content, written one way only: JSON without blanks, keys in order, UTC."""
    content = [number, at.astimezone(UTC).isoformat(), actor, event, detail, previous]
    text = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def append(
    connection: Connection, key: Key | None, actor: str, event: str, detail: Mapping[str, Any]
) -> None:
    """Add a row within the caller's transaction.

    A trail that was tampered with goes on, and is never signed again as if nothing had happened.
    """
    table, heads = schema.audit, schema.audit_head
    head = connection.execute(select(heads).with_for_update()).mappings().first()
    last = connection.execute(
        select(table.c.number, table.c.hash).order_by(table.c.number.desc()).limit(1)
    ).first()
    number, previous, sound = 1, START, last is None
    if head is not None:
        number, previous = head["number"] + 1, head["hash"]
        sound = last is not None and (last.number, last.hash) == (head["number"], previous)
        sound = sound and _signature_fits(head, key)
    elif last is not None:
        number, previous = last.number + 1, last.hash
    plain = json.loads(json.dumps(dict(detail), default=str))
    at = datetime.now(UTC).replace(microsecond=0)
    made = row_hash(number, at, actor, event, plain, previous)
    row = {"number": number, "at": at, "actor": actor, "event": event, "detail": plain}
    connection.execute(insert(table), {**row, "previous": previous, "hash": made})
    signature = sign(Head(number=number, hash=made), key) if sound else _BROKEN
    values = {"number": number, "hash": made, "signature": signature}
    connection.execute(
        insert(heads).values(id=1, **values) if head is None else update(heads).values(**values)
    )


def sign(head: Head, key: Key | None) -> str:
    """The signature of an end; empty without a key."""
    return key.sign(str(head).encode()) if key is not None else ""


def sign_anew(connection: Connection, old: Key | None, new: Key) -> None:
    """Sign the end with another key, if it was rightly signed with the old one."""
    head = connection.execute(select(schema.audit_head)).mappings().first()
    if head is not None and _signature_fits(head, old):
        signature = sign(Head(number=head["number"], hash=head["hash"]), new)
        connection.execute(update(schema.audit_head).values(signature=signature))


def entries(connection: Connection) -> tuple[AuditEntry, ...]:
    """The whole trail, oldest first."""
    found = connection.execute(select(schema.audit).order_by(schema.audit.c.number)).mappings()
    return tuple(AuditEntry(**row) for row in found)


def verify(connection: Connection, key: Key | None, kept: Head | None = None) -> AuditVerdict:
    """Recompute the whole trail. `kept` is a head noted earlier, which must stand in it unchanged."""
    rows = entries(connection)
    problems = [*_links(rows)]
    head = connection.execute(select(schema.audit_head)).mappings().first()
    last = Head(number=rows[-1].number, hash=rows[-1].hash) if rows else Head(number=0, hash=START)
    if (head is None) != (not rows) or (head and (head["number"], head["hash"]) != (last.number, last.hash)):
        problems.append(AuditProblem(code="end_changed", number=last.number))
    if head is not None and not _signature_fits(head, key):
        problems.append(AuditProblem(code="signature", number=head["number"]))
    if (
        kept is not None
        and kept.number
        and (kept.number, kept.hash) not in {(r.number, r.hash) for r in rows}
    ):
        problems.append(AuditProblem(code="head", number=kept.number))
    return AuditVerdict(
        rows=len(rows), head=last, signed=key is not None and head is not None, problems=tuple(problems)
    )


def _links(rows: Iterable[AuditEntry]) -> Iterable[AuditProblem]:
    previous, expected = START, 1
    for row in rows:
        if row.number != expected:
            yield AuditProblem(code="removed", number=expected)
        elif row.previous != previous:
            yield AuditProblem(code="out_of_order", number=row.number)
        if row.hash != row_hash(row.number, row.at, row.actor, row.event, row.detail, row.previous):
            yield AuditProblem(code="altered", number=row.number)
        previous, expected = row.hash, row.number + 1


def _signature_fits(head: Any, key: Key | None) -> bool:
    return bool(head["signature"] == sign(Head(number=head["number"], hash=head["hash"]), key))
