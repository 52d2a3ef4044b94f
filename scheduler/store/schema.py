"""The tables. Portable types only: amounts in minor units, instants in UTC, small sets as JSON.

`scheduler.store.vault` names the columns that are encrypted. A position is a latitude and a longitude as text:
where somebody lives is told by it as by the address.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.engine import Dialect

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC without a zone, which every database can."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.replace(tzinfo=UTC)


def _id() -> String:
    return String(64)


def _place(prefix: str) -> list[Column[Any]]:
    return [
        Column(f"{prefix}address", Text, nullable=False, default=""),
        Column(f"{prefix}kind", String(16), nullable=False, default="home"),
        Column(f"{prefix}position", Text, nullable=False, default=""),
        Column(f"{prefix}precision", String(24), nullable=False, default=""),
        Column(f"{prefix}review", Boolean, nullable=False, default=False),
    ]


cases = Table(
    "cases",
    metadata,
    Column("id", _id(), primary_key=True),
    Column("customer", _id(), nullable=False),
    Column("name", Text, nullable=False),
    Column("name_hash", Text, nullable=False, default="", index=True),
    Column("phone", Text, nullable=False),
    Column("phone_hash", Text, nullable=False, default="", index=True),
    Column("language", String(35), nullable=False),
    Column("flags", Text, nullable=False),
    *_place(""),
    Column("product", String(64), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("balance", BigInteger, nullable=False),
    Column("overdue", BigInteger, nullable=False),
    Column("days_past_due", Integer, nullable=False),
    Column("settled_on", Date),
    Column("last_visit", Date),
    Column("promise_due", Date),
    Column("promise_state", String(16)),
    Column("promise_amount", BigInteger),
    Column("failed_contacts", Integer, nullable=False),
    Column("hours", JSON, nullable=False),
    Column("service_s", Integer, nullable=False),
    Column("skills", JSON, nullable=False),
    Column("people", Integer, nullable=False),
    Column("excluded_agents", JSON, nullable=False),
    Column("agency", _id(), nullable=False),
    Column("mandatory", Boolean, nullable=False),
    Column("note", Text, nullable=False),
)

agents = Table(
    "agents",
    metadata,
    Column("id", _id(), primary_key=True),
    Column("name", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("agency", _id(), nullable=False),
    *_place("start_"),
    Column("has_end", Boolean, nullable=False),
    *_place("end_"),
    Column("shift", String(32), nullable=False),
    Column("mode", String(16), nullable=False),
    Column("lunch_s", Integer),
    Column("lunch_hours", String(32)),
    Column("skills", JSON, nullable=False),
    Column("max_visits", Integer),
    Column("max_travel_s", Integer),
    Column("max_overtime_s", Integer, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("hourly_cost", BigInteger, nullable=False),
    Column("km_cost", BigInteger, nullable=False),
    Column("days_off", JSON, nullable=False),
)

crew_members = Table(
    "crew_members",
    metadata,
    Column("crew", _id(), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("agent", _id(), ForeignKey("agents.id"), nullable=False),
)

contacts = Table(
    "contacts",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("case_id", _id(), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    Column("reached", Boolean, nullable=False),
    Column("agency", _id(), nullable=False),
    Column("id", _id(), nullable=False, unique=True),
    Column("place", String(16)),
    Column("source", Text, nullable=False),
    Column("recorded_by", _id(), nullable=False),
    Column("recorded_at", Instant),
    Column("revokes", _id()),
    Column("void", Boolean, nullable=False),
    Column("recording", Text, nullable=False),
    Index("ix_contacts_case_at", "case_id", "at"),
)

marks = Table(
    "marks",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", _id(), nullable=False, unique=True),
    Column("case_id", _id(), nullable=False),
    Column("customer", _id(), nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("body", Text, nullable=False),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("id", _id(), primary_key=True),
    Column("plan", String(128), nullable=False),
    Column("case_id", _id(), nullable=False, index=True),
    Column("agent", _id(), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("at", Instant, nullable=False),
    Column("took_s", Integer),
    Column("promised", BigInteger),
    Column("currency", String(3)),
    Column("promised_by", Date),
    Column("note", Text, nullable=False),
)

plans = Table(
    "plans",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("plan", String(128), nullable=False),
    Column("day", Date, nullable=False, index=True),
    Column("file", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("created", Instant, nullable=False),
    Column("scenario", _id(), nullable=False),
    Column("clean", Boolean, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("event", String(64), nullable=False),
    Column("detail", JSON, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("signature", String(64), nullable=False),
)

corrections = Table(
    "corrections",
    metadata,
    Column("id", _id(), primary_key=True),
    Column("address_hash", Text, nullable=False, index=True),
    Column("address", Text, nullable=False),
    Column("position", Text, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    Column("id", _id(), primary_key=True),
    Column("provider", String(64), nullable=False),
    Column("address_hash", Text, nullable=False, index=True),
    Column("address", Text, nullable=False),
    Column("answer", Text, nullable=False),
)

encryption = Table(
    "encryption",
    metadata,
    Column("key_id", String(16), primary_key=True),
    Column("proof", Text, nullable=False),
    Column("since", Instant, nullable=False),
)

written = Table(
    "written",
    metadata,
    Column("id", _id(), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    Column("folder", Text, nullable=False),
    Column("files", JSON, nullable=False),
)

erased = Table(
    "erased",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("salt", String(64), nullable=False),
    Column("at", Instant, nullable=False),
)
