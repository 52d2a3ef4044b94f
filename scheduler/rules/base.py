"""What a rule is: `effects()` narrows the model before solving, `check()` judges a finished plan by itself.

The two share data (parameters, the context) and never code: a slip in one is found by the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from scheduler.model.findings import DoorstepError
from scheduler.model.people import Case
from scheduler.model.plan import Plan
from scheduler.model.values import TimeWindow, meet_windows
from scheduler.model.visit import Contact, ContactKind
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
    """What rules leave of a case's day.

    `windows` are the instants at which a visit may start; they already end early enough for the visit to
    end within the permitted hours. With anything in `forbidden`, or no window, there is no visit.
    """

    windows: tuple[TimeWindow, ...]
    forbidden: tuple[Forbidden, ...] = ()

    @property
    def permitted(self) -> bool:
        """Whether any visit is possible."""
        return bool(self.windows) and not self.forbidden

    def meet(self, other: Effect) -> Effect:
        """What both leave: the stricter of the two at every instant."""
        return Effect(
            windows=meet_windows(self.windows, other.windows), forbidden=self.forbidden + other.forbidden
        )


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
class Pack:
    """Rules of one jurisdiction or house. Packs in force apply together: the strictest wins."""

    name: str
    version: str
    jurisdiction: str
    title: Mapping[str, str]
    rules: tuple[Rule, ...]
    not_judged: tuple[NotJudged, ...] = ()
    holidays: frozenset[date] = frozenset()

    @property
    def label(self) -> str:
        """Name and version, as plans and certificates carry them."""
        return f"{self.name} {self.version}"


@dataclass(frozen=True, kw_only=True)
class RuleContext:
    """What rules may know: every case by id, the contact ledger, the zone, packs in force, holidays.

    `cases` should also hold settled cases: their customers' earlier visits count. `holidays` add to
    those that the packs list.
    """

    cases: Mapping[str, Case]
    zone: ZoneInfo
    packs: tuple[Pack, ...]
    contacts: tuple[Contact, ...] = ()
    holidays: frozenset[date] = frozenset()

    @cached_property
    def all_holidays(self) -> frozenset[date]:
        """Public holidays of the workspace and of its packs."""
        return self.holidays.union(*(pack.holidays for pack in self.packs))

    @cached_property
    def visit_days(self) -> Mapping[str, tuple[date, ...]]:
        """Local days of the visits made to each case: the ledger's, and the last one on file."""
        days: dict[str, list[date]] = {}
        for contact in self.contacts:
            if contact.kind is ContactKind.VISIT:
                days.setdefault(contact.case, []).append(contact.at.astimezone(self.zone).date())
        for case in self.cases.values():
            if case.last_visit is not None and case.last_visit not in days.get(case.id, ()):
                days.setdefault(case.id, []).append(case.last_visit)
        return {case: tuple(sorted(found)) for case, found in days.items()}

    @cached_property
    def cases_of_customer(self) -> Mapping[str, tuple[str, ...]]:
        """Ids of the cases of each customer."""
        found: dict[str, list[str]] = {}
        for case in self.cases.values():
            found.setdefault(case.customer.id, []).append(case.id)
        return {customer: tuple(ids) for customer, ids in found.items()}
