"""A rule's figures in words: for `doorstep rules` and docs/rules.md. Made from the rule itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from scheduler.rules.attendance import Attendance
from scheduler.rules.base import Pack, Rule
from scheduler.rules.caps import VisitCap
from scheduler.rules.consent import Ceased, ConsentAsked, Paused
from scheduler.rules.hours import DAY_NAMES, PermittedHours, RefusedHours
from scheduler.rules.place import EVERYWHERE, PermittedPlaces, RefusedPlace
from scheduler.rules.records import Records
from scheduler.rules.safety import Safe
from scheduler.rules.vulnerability import Vulnerable
from scheduler.rules.windows import Spans, written


def figures(rule: Rule) -> str:
    """What the rule says, in one line."""
    return _DESCRIBED[type(rule)](rule)


def _hours(rule: PermittedHours) -> str:
    told = _week(rule.week)
    if rule.makeup is not None:
        told.append(f"a weekend made a workday {written(rule.makeup)}")
    if rule.consent_widens:
        told.append("wider with consent")
    return ", ".join(told)


def _week(week: tuple[Spans, ...]) -> list[str]:
    first = week[0]
    told = [f"every day {written(first)}"]
    for name, spans in zip(DAY_NAMES, week, strict=True):
        if spans != first:
            told.append(f"{name} {', '.join(map(str, spans)) or 'none'}")
    return told


def _cap(rule: VisitCap) -> str:
    kinds = "" if len(rule.counts) == 1 else f", counting {_list(rule.counts)}"
    return f"{rule.visits} in {rule.days} days per {rule.per}{kinds}"


def _attendance(rule: Attendance) -> str:
    told = [f"at least {rule.people} people"] if rule.people > 1 else []
    told += [f"each has {_list(rule.each)}"] if rule.each else []
    told += [f"one has {_list(rule.one)}"] if rule.one else []
    told += [f"speaks the customer's language, all speak {_list(rule.languages)}"] if rule.languages else []
    return ", ".join(told)


def _place(rule: PermittedPlaces) -> str:
    told = []
    if rule.permitted != EVERYWHERE:
        told.append(f"at {_list(rule.permitted)}, elsewhere with consent")
    if rule.order:
        told.append(f"{' before '.join(rule.order)}, otherwise with consent")
    if rule.work_week is not None:
        days = [name for name, spans in zip(DAY_NAMES, rule.work_week, strict=True) if spans]
        spans = next(spans for spans in rule.work_week if spans)
        told.append(f"at work {written(spans)} on {days[0]} to {days[-1]}")
    return ", ".join(told)


def _records(rule: Records) -> str:
    told = [f"each visit: {', '.join(duty.replace('_', ' ') for duty in rule.duties)}"] if rule.duties else []
    if rule.notice is not None:
        hours = rule.notice.total_seconds() / 3600
        told.append("planned before it begins" if not hours else f"planned {hours:g} hours before it begins")
    told += [f"{kind} kept {years} years" for kind, years in rule.keep_years]
    return ", ".join(told)


def _vulnerable(rule: Vulnerable) -> str:
    visit = "no visit" if rule.visit == "never" else "a visit only with an approval"
    skill = f", somebody with {rule.skill}" if rule.skill else ""
    return f"{visit}{skill}; by the ledger{_flags(rule.flags)}"


def _flags(flags: Iterable[str]) -> str:
    return f" or flagged {_list(flags)}" if flags else ""


def _list(values: Iterable[str]) -> str:
    return ", ".join(sorted(values))


_DESCRIBED: dict[type[Any], Callable[[Any], str]] = {
    PermittedHours: _hours,
    RefusedHours: lambda _rule: "hours that the customer blocked",
    VisitCap: _cap,
    ConsentAsked: lambda rule: (
        f"each visit has a consent on record that names {_list(rule.asks) or 'nothing'}"
    ),
    Ceased: lambda _rule: "a refusal of visits or of contact binds",
    Paused: lambda rule: f"none during {_list(rule.reasons)}",
    Attendance: _attendance,
    PermittedPlaces: _place,
    RefusedPlace: lambda _rule: "places that the customer refused",
    Vulnerable: _vulnerable,
    Safe: lambda rule: (
        f"a known risk wants {rule.wants.replace('_', ' ')}; by the ledger{_flags(rule.flags)}"
    ),
    Records: _records,
}


def packs_markdown(packs: Iterable[Pack]) -> str:
    """A table for each pack, with the source of every rule and what it leaves to people."""
    return "\n".join(line for pack in packs for line in _pack(pack)).rstrip() + "\n"


def _pack(pack: Pack) -> list[str]:
    lines = [f"### {pack.label}", "", f"{pack.title['en']} ({pack.jurisdiction})."]
    if pack.calendar:
        lines[-1] += f" Public holidays: the calendar of {pack.calendar}."
    lines += ["", "| rule | figures | source | status | read |", "|---|---|---|---|---|"]
    for rule in pack.rules:
        source = rule.source
        cells = (rule.id, figures(rule), source.cited, source.status, source.date_read or "-")
        lines.append(f"| {' | '.join(str(cell) for cell in cells)} |")
    if pack.not_judged:
        lines += ["", "Left to people:", ""]
        lines += [f"- {entry.article}: {entry.words['en']}" for entry in pack.not_judged]
    return [*lines, ""]
