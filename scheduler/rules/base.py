"""What a rule is: `effects()` narrows the model before solving, `check()` judges a finished plan by itself.

The two share data (parameters, the context) and never code: a slip in one is found by the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from scheduler.model.findings import DoorstepError
from scheduler.model.ledger import Mark, standing_on
from scheduler.model.people import Agent, Case, PlaceKind
from scheduler.model.plan import Plan
from scheduler.model.values import DailyHours, TimeWindow, meet_windows
from scheduler.model.visit import Contact, ContactKind
from scheduler.rules.calendars import Calendar, country_of, public_holidays
from scheduler.rules.words import say


class PackError(DoorstepError):
    """A rule pack that cannot be used, named by file, table and key."""


class SourceStatus(StrEnum):
    """How good the source of a rule is. `OWN` is a house's own policy, which cites nobody."""

    OFFICIAL = "official"
    SECONDARY = "secondary"
    OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a rule comes from: pack, text, article, the day it was read and how good the source is."""

    pack: str
    text: str
    article: str = ""
    date_read: date | None = None
    status: SourceStatus = SourceStatus.OWN

    @property
    def cited(self) -> str:
        """Text and article in one line."""
        return f"{self.text}, {self.article}" if self.article else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Forbidden:
    """Why a case must not be visited on a day at all. `facts` fill the sentence; none is personal."""

    rule: str
    source: Source
    code: str
    facts: Mapping[str, str] = field(default_factory=dict)

    def words(self, language: str = "en") -> str:
        """The reason as a sentence."""
        return say(self.code, language, self.facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What rules leave of a case's day, and whom they ask for.

    `windows` are the instants at which a visit may start; they already end early enough for the visit to
    end within the permitted hours. With anything in `forbidden`, or no window, there is no visit.
    At least `people` attend, one of them has each of `skills`, none of them is in `excluded_agents`.
    """

    windows: tuple[TimeWindow, ...]
    forbidden: tuple[Forbidden, ...] = ()
    people: int = 1
    skills: frozenset[str] = frozenset()
    excluded_agents: frozenset[str] = frozenset()

    @property
    def permitted(self) -> bool:
        """Whether any visit is possible."""
        return bool(self.windows) and not self.forbidden

    def meet(self, other: Effect) -> Effect:
        """What both leave: the stricter of the two at every instant."""
        return Effect(
            windows=meet_windows(self.windows, other.windows),
            forbidden=self.forbidden + other.forbidden,
            people=max(self.people, other.people),
            skills=self.skills | other.skills,
            excluded_agents=self.excluded_agents | other.excluded_agents,
        )

    def narrow(self, case: Case) -> Case:
        """The case with the demands on who attends written into it, as planning reads them."""
        if self.people <= 1 and not self.skills and not self.excluded_agents:
            return case
        return replace(
            case,
            people=max(case.people, self.people),
            required_skills=case.required_skills | self.skills,
            excluded_agents=case.excluded_agents | self.excluded_agents,
        )


@lru_cache(maxsize=64)
def whole_day(day: date, zone: ZoneInfo) -> Effect:
    """The effect of a rule that leaves the day as it is: one shared value, so that it is met only once."""
    return Effect(windows=(DailyHours(time.min, time.max).on(day, zone),))


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFinding:
    """One stop that breaks one rule: what is expected, what was found, and by which article."""

    rule: str
    case: str
    code: str
    expected: str
    got: str
    source: Source

    def words(self, language: str = "en") -> str:
        """The finding as a sentence."""
        return say(self.code, language, {"expected": self.expected, "got": self.got, "case": self.case})

    def as_row(self) -> dict[str, Any]:
        """Plain values, for tables and JSON."""
        return {
            "rule": self.rule,
            "case": self.case,
            "code": self.code,
            "expected": self.expected,
            "got": self.got,
            "pack": self.source.pack,
            "source": self.source.cited,
            "status": self.source.status.value,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    """How many stops a rule judged and what it found. `notes` are codes of what it could not judge."""

    rule: str
    source: Source
    judged: int
    findings: tuple[RuleFinding, ...] = ()
    notes: tuple[str, ...] = ()


class Rule(Protocol):
    """One rule with its parameters and its source."""

    @property
    def id(self) -> str:
        """The family's name, such as "hours"."""

    @property
    def source(self) -> Source:
        """Where it comes from."""

    def effects(self, case: Case, day: date, context: RuleContext) -> Effect:
        """What the rule leaves of `day` for a visit to `case`."""

    def check(self, plan: Plan, context: RuleContext) -> RuleResult:
        """Judge every stop of `plan` whose case the context knows. Never calls `effects`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotJudged:
    """A demand of a pack's text that Doorstep does not judge yet: it stays a person's duty."""

    article: str
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loosening:
    """A rule of another pack that a workspace loosens: why, who answers for it, and until which day.

    `instead` stands for the rules of that id until then; None drops them.
    """

    pack: str
    rule: str
    reason: str
    by: str
    until: date
    instead: Rule | None

    def as_row(self) -> dict[str, str]:
        """Plain values, for certificates."""
        return {
            "pack": self.pack,
            "rule": self.rule,
            "reason": self.reason,
            "by": self.by,
            "until": self.until.isoformat(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """Rules of one jurisdiction or house. Packs in force apply together: the strictest wins.

    `holidays` are dates of its own, `calendar` names a country's (`scheduler.rules.calendars`).
    `sha256` is that of the file it was read from.
    """

    name: str
    version: str
    jurisdiction: str
    title: Mapping[str, str]
    rules: tuple[Rule, ...]
    not_judged: tuple[NotJudged, ...] = ()
    holidays: frozenset[date] = frozenset()
    calendar: str = ""
    loosened: tuple[Loosening, ...] = ()
    sha256: str = ""

    @property
    def label(self) -> str:
        """Name and version, as plans and certificates carry them."""
        return f"{self.name} {self.version}"


@dataclass(frozen=True, kw_only=True)
class RuleContext:
    """What rules may know: every case by id, the ledger, the agents, the zone, packs in force, holidays.

    `cases` should also hold settled cases: their customers' earlier visits count. `marks` may hold
    withdrawals. `holidays` add to those of the packs. Without `agents` nobody's skills can be judged.
    `now` is when planning happens; None where a plan is judged, for that depends on no clock.
    """

    cases: Mapping[str, Case]
    zone: ZoneInfo
    packs: tuple[Pack, ...]
    contacts: tuple[Contact, ...] = ()
    marks: tuple[Mark, ...] = ()
    agents: Mapping[str, Agent] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()
    now: datetime | None = None

    def calendar(self, year: int) -> Calendar:
        """Public holidays and make-up workdays of a year, over the workspace and all its packs.

        Where no pack names a calendar it is that of the country of the zone.
        """
        made = self._calendars.get(year)
        if made is None:
            made = self._calendars[year] = self._calendar(year)
        return made

    @cached_property
    def _calendars(self) -> dict[int, Calendar]:
        return {}

    def _calendar(self, year: int) -> Calendar:
        names = {pack.calendar for pack in self.packs if pack.calendar} or {country_of(self.zone.key)}
        named = [public_holidays(name, year) for name in sorted(names) if name]
        written = self.holidays.union(*(pack.holidays for pack in self.packs))
        holidays = frozenset(day for day in written if day.year == year)
        return Calendar(
            known=bool(holidays) or any(calendar.known for calendar in named),
            holidays=holidays.union(*(calendar.holidays for calendar in named)),
            makeup=frozenset().union(*(calendar.makeup for calendar in named)),
        )

    def holidays_around(self, day: date) -> frozenset[date]:
        """Public holidays of the year of `day` and of the years before and after."""
        years = range(day.year - 1, day.year + 2)
        return frozenset().union(*(self.calendar(year).holidays for year in years))

    def agents_lacking(self, skills: frozenset[str]) -> frozenset[str]:
        """Ids of the agents who lack one of `skills`. For effects."""
        made = self._lacking.get(skills)
        if made is None:
            lacking = (agent.id for agent in self.agents.values() if not skills <= agent.skills)
            made = self._lacking[skills] = frozenset(lacking)
        return made

    @cached_property
    def _lacking(self) -> dict[frozenset[str], frozenset[str]]:
        return {}

    @cached_property
    def contact_days(self) -> Mapping[str, tuple[tuple[date, ContactKind], ...]]:
        """Local days and kinds of the contacts with each case: the ledger's, and the last visit on file."""
        days: dict[str, list[tuple[date, ContactKind]]] = {}
        for contact in self.contacts:
            day = contact.at.astimezone(self.zone).date()
            days.setdefault(contact.case, []).append((day, contact.kind))
        for case in self.cases.values():
            if case.last_visit is None:
                continue
            seen = (case.last_visit, ContactKind.VISIT)
            if seen not in days.get(case.id, ()):
                days.setdefault(case.id, []).append(seen)
        return {case: tuple(found) for case, found in days.items()}

    @cached_property
    def visited_places(self) -> Mapping[str, frozenset[PlaceKind]]:
        """Kinds of place at which each case was visited, as far as the ledger says."""
        found: dict[str, set[PlaceKind]] = {}
        for contact in self.contacts:
            if contact.place is not None:
                found.setdefault(contact.case, set()).add(contact.place)
        return {case: frozenset(kinds) for case, kinds in found.items()}

    @cached_property
    def cases_of_customer(self) -> Mapping[str, tuple[str, ...]]:
        """Ids of the cases of each customer."""
        found: dict[str, list[str]] = {}
        for case in self.cases.values():
            found.setdefault(case.customer.id, []).append(case.id)
        return {customer: tuple(ids) for customer, ids in found.items()}

    @cached_property
    def _marks(self) -> dict[date, dict[tuple[str, str], list[Mark]]]:
        return {}

    def marks_on[M: Mark](self, case: Case, day: date, kind: type[M]) -> tuple[M, ...]:
        """Marks of one kind that hold for a case on a day. For effects: checks read the ledger themselves."""
        if not self.marks:
            return ()
        about = self._marks.get(day)
        if about is None:
            about = self._marks[day] = {}
            for mark in standing_on(self.marks, day):
                about.setdefault((mark.case, mark.customer), []).append(mark)
        found = (*about.get((case.id, ""), ()), *about.get(("", case.customer.id), ()))
        return tuple(mark for mark in found if isinstance(mark, kind))
