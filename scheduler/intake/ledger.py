"""A row of a ledger list -> a contact or a mark.

Every cell protects somebody: what cannot be read costs the row, and a person looks at it. A row without an id
of its own is known by its content, so that a list read twice is taken once.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.intake import clock, parsing
from scheduler.intake.columns import LEDGER_COLUMNS
from scheduler.intake.parsing import BadCell
from scheduler.intake.rowreader import Row
from scheduler.intake.rows import Source, read_rows
from scheduler.intake.validation import chosen
from scheduler.model.findings import Finding
from scheduler.model.ledger import MARKS, Mark, PauseKind
from scheduler.model.people import PlaceKind
from scheduler.model.values import DailyHours
from scheduler.model.visit import Contact, ContactKind

REQUIRED = (("kind",), ("case", "customer"), ("at", "since"))
KINDS: Mapping[str, str] = {
    **{kind.value: kind.value for kind in ContactKind},
    **{name: name for name in MARKS},
    "上门": "visit", "外访": "visit", "拜访": "visit", "电话": "call", "短信": "message", "消息": "message",
    "同意上门": "visit_consent", "拒绝上门": "visit_refusal", "停止联系": "cease_contact", "勿扰时段": "blocked_hours",
    "勿访地点": "blocked_place", "暂停": "pause", "结清": "settlement", "投诉": "agent_complaint",
    "陪访要求": "attendance_request", "弱势": "vulnerability", "上门批准": "visit_approval", "安全风险": "safety_flag",
    "撤销": "withdrawal",
}  # fmt: skip
"""Words of the column `kind`, and the kind of entry that each means."""
_PLACES = {kind.value: kind for kind in PlaceKind} | {
    "家庭": PlaceKind.HOME, "住宅": PlaceKind.HOME, "单位": PlaceKind.WORK, "公司": PlaceKind.WORK, "其他": PlaceKind.OTHER,
}  # fmt: skip
_REASONS = {kind.value: kind for kind in PauseKind} | {
    "困难": PauseKind.HARDSHIP, "受灾": PauseKind.DISASTER, "丧亲": PauseKind.BEREAVEMENT, "住院": PauseKind.HOSPITAL,
    "婚礼": PauseKind.WEDDING, "节日": PauseKind.FESTIVAL, "其他": PauseKind.OTHER,
}  # fmt: skip
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_WEEKDAYS = {
    **{name: number for number, day in enumerate(_DAYS) for name in (day, day[:3])},
    **{f"周{sign}": number for number, sign in enumerate("一二三四五六日")},
    **{f"星期{sign}": number for number, sign in enumerate("一二三四五六日")},
}
_CLOCK = re.compile(r".*?[ T]+([0-9]{1,2}):([0-9]{2})(?::[0-9]{2}(?:\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?")
_NOON = time(12)
_NOT_CONTENT = frozenset({"source", "recorded_at", "recorded_by", "recording"})
_OWN: Mapping[str, tuple[str, ...]] = {
    "visit_consent": ("purpose", "hours", "places"),
    "cease_contact": ("written",),
    "blocked_hours": ("hours", "weekdays"),
    "blocked_place": ("place",),
    "pause": ("reason",),
    "agent_complaint": ("agent",),
    "attendance_request": ("skill",),
    "vulnerability": ("nature",),
    "visit_approval": ("approved_by",),
    "safety_flag": ("nature",),
    "withdrawal": ("of",),
}
_NEEDED = {
    "blocked_hours": "hours",
    "blocked_place": "place",
    "pause": "reason",
    "agent_complaint": "agent",
} | {
    "attendance_request": "skill",
    "visit_approval": "approved_by",
    "withdrawal": "of",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerContext:
    """What the checks of a ledger list need to know.

    `customers` are the customers of the cases, by case id; `marks` whom each mark concerns: (case, customer).
    `recorded_by` writes the entries down, at `now`; `source` is theirs where the list says none.
    """

    zone: ZoneInfo
    now: datetime
    customers: Mapping[str, str]
    recorded_by: str
    source: str
    agents: frozenset[str] = frozenset()
    marks: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The local day."""
        return self.now.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerIntake:
    """What a ledger list gave: contacts by their entries' ids, marks, and findings."""

    contacts: Mapping[str, Contact]
    marks: tuple[Mark, ...]
    findings: tuple[Finding, ...]
    rows_read: int


def import_ledger_table(source: Source, context: LedgerContext) -> LedgerIntake:
    """Read contacts and marks. Good rows go on whatever the others are.

    Raises DoorstepError for a table that cannot be read, lacks a required column, or has no rows.
    """
    read = read_rows(source, LEDGER_COLUMNS, REQUIRED, (), lambda row: _entry(row, context))
    contacts = {ident: made for _, (ident, made) in read.good if isinstance(made, Contact)}
    marks = {made.id: made for _, (_, made) in read.good if isinstance(made, Mark)}
    return LedgerIntake(
        contacts=contacts, marks=tuple(marks.values()), findings=tuple(read.findings), rows_read=read.count
    )


def _entry(row: Row, context: LedgerContext) -> tuple[tuple[str, Contact | Mark], bool] | None:
    kind = chosen(row, "kind", KINDS, "", "unknown_entry")
    case, customer = _subject(row, context, kind)
    if row.spoiled or not kind:
        if not kind and not row.spoiled:
            row.missing("kind", "unknown_entry")
        return None
    read = _contact if kind in set(ContactKind) else _mark
    values = read(row, kind, context, case, customer)
    if row.spoiled or values is None:
        return None
    exact = bool(_CLOCK.fullmatch(parsing.clean(row.text("at"))))
    ident = row.read("id", parsing.ident, "", grave=True) or _content_id(kind, values, exact=exact)
    if kind in set(ContactKind):
        made: Contact | Mark = Contact(kind=ContactKind(kind), **values)
    else:
        made = MARKS[kind](id=ident, **values)
    return (ident, made), False


def _subject(row: Row, context: LedgerContext, kind: str) -> tuple[str, str]:
    """Whom the row is about: a case or a customer of the workspace, for a contact always a case."""
    case = row.read("case", parsing.ident, "", grave=True)
    customer = row.read("customer", parsing.ident, "", grave=True)
    if row.spoiled:
        return "", ""
    if case:
        if case not in context.customers or (customer and context.customers[case] != customer):
            row.find("nobody", "case")
        row.ident = case if case in context.customers else ""
        return case, ""
    if not customer:
        row.find("nobody", "case")
    elif customer not in set(context.customers.values()):
        row.find("nobody", "customer")
    elif kind in set(ContactKind):
        row.find("contact_without_case", "case")
    return "", customer


def _contact(row: Row, kind: str, context: LedgerContext, case: str, _customer: str) -> dict[str, Any] | None:
    if not row.text("at"):
        row.missing("at", "entry_lacks_day")
        return None
    at = row.read("at", lambda text: instant(text, context.zone), None, grave=True)
    if at is None:
        if not row.spoiled:
            row.find("entry_lacks_day", "at")
        return None
    if not _CLOCK.fullmatch(parsing.clean(row.text("at"))):
        row.find("no_hour", "at")
        if at.astimezone(context.zone).date() == context.today:
            at = min(at, context.now)
    if at > context.now:
        row.find("future_date", "at", grave=True)
    if not row.text("reached"):
        row.missing("reached", "reached_unsaid")
    place = _one_of(row, "place", _PLACES) if kind == ContactKind.VISIT else None
    return {
        "case": case,
        "at": at,
        "reached": row.read("reached", parsing.yes_no, False, grave=True),
        "agency": row.read("agency", parsing.ident, "", grave=True),
        "place": place,
        "recording": row.read("recording", parsing.ident, "", grave=True)
        if kind != ContactKind.MESSAGE
        else "",
        **_told(row, context),
    }


def _mark(row: Row, kind: str, context: LedgerContext, case: str, customer: str) -> dict[str, Any] | None:
    column = "since" if row.text("since") or not row.text("at") else "at"
    since = row.read(column, parsing.day, None, grave=True)
    until = row.read("until", parsing.day, None, grave=True)
    if since is None:
        if not row.spoiled:
            row.missing(column, "entry_lacks_day")
        return None
    if kind == "settlement" and since > context.today:
        row.find("future_date", column, grave=True)
    own = _OWN.get(kind, ())
    needed = _NEEDED.get(kind)
    if needed and not row.text(needed):
        row.missing(needed, "entry_lacks")
    values = {name: made for name in own if (made := _READERS[name](row)) not in (None, "")}
    if "agent" in values and context.agents and values["agent"] not in context.agents:
        row.find("unknown_agent", "agent", grave=True)
    if kind == "withdrawal" and context.marks.get(values.get("of", "")) != (case, customer):
        row.find("unknown_mark", "of")
    return {
        "case": case,
        "customer": customer,
        "since": since,
        "until": until,
        **values,
        **_told(row, context),
    }


def _told(row: Row, context: LedgerContext) -> dict[str, Any]:
    return {
        "source": " ".join(row.text("source", context.source).split()),
        "recorded_by": row.read("recorded_by", parsing.ident, context.recorded_by, grave=True),
        "recorded_at": context.now,
    }


def instant(text: str, zone: ZoneInfo) -> datetime | None:
    """A day and an hour: 2026-11-24 10:30, 2026-11-24T10:30:00+08:00; noon where there is no hour.

    None for a date that systems write for none. Raises BadCell.
    """
    value = parsing.clean(text)
    day = parsing.day(value)
    found = _CLOCK.fullmatch(value)
    if day is None or not found:
        return None if day is None else datetime.combine(day, _NOON, zone)
    try:
        hour = time(int(found[1]), int(found[2]))
        offset = datetime.fromisoformat(f"2000-01-01T00:00:00{found[3].upper()}").tzinfo if found[3] else None
    except ValueError:
        raise BadCell("no_such_hour") from None
    return datetime.combine(day, hour, offset or zone)


def _one_of[T](row: Row, name: str, choices: Mapping[str, T]) -> T | None:
    """One of a few words; any other costs the row."""
    text = parsing.clean(row.text(name)).casefold()
    if text and text not in choices:
        row.find("unknown_word", name)
    return choices.get(text)


def _some_of[T](name: str, choices: Mapping[str, T]) -> Callable[[Row], frozenset[T] | None]:
    def read(row: Row) -> frozenset[T] | None:
        words = {word.casefold() for word in row.read(name, parsing.words, frozenset[str](), grave=True)}
        if words - choices.keys():
            row.find("unknown_word", name)
        return frozenset(choices[word] for word in words & choices.keys()) or None

    return read


def _hours(row: Row) -> tuple[DailyHours, ...] | None:
    none: tuple[DailyHours, ...] = ()
    return row.read("hours", clock.spans, none, grave=True) or None


def _code(name: str) -> Callable[[Row], str]:
    return lambda row: row.read(name, parsing.ident, "", grave=True)


_READERS: Mapping[str, Callable[[Row], Any]] = {
    "purpose": lambda row: " ".join(row.text("purpose").split()),
    "hours": _hours,
    "places": _some_of("place", _PLACES),
    "written": lambda row: row.read("written", parsing.yes_no, False, grave=True),
    "weekdays": _some_of("weekdays", _WEEKDAYS),
    "place": lambda row: _one_of(row, "place", _PLACES),
    "reason": lambda row: _one_of(row, "reason", _REASONS),
    "agent": _code("agent"),
    "skill": _code("skill"),
    "nature": _code("nature"),
    "approved_by": _code("approved_by"),
    "of": _code("of"),
}


def _content_id(kind: str, values: Mapping[str, Any], *, exact: bool) -> str:
    """An id by what is told, not by who told it, in which file, or when it was written down.

    A contact without an hour is known by its day: the instant taken for it may depend on now.
    """
    told = {name: _plain(value) for name, value in values.items() if name not in _NOT_CONTENT}
    if "at" in values and not exact:
        told["at"] = values["at"].date().isoformat()
    return "e-" + hashlib.sha256(repr((kind, sorted(told.items()))).encode()).hexdigest()[:24]


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return repr(sorted(map(str, value))) if isinstance(value, frozenset) else str(value)
