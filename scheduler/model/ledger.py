"""Marks: what a customer said or what befell them that binds the next visit. Entries are only ever added.

With the contacts told to us (`scheduler.model.visit.Contact`) they are the ledger that rules are judged
against. A mark that no longer holds is not erased: a `Withdrawal` that names it is added.
Days are local days of the workspace's zone; `since` and `until` are the first and the last day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from scheduler.model.people import Case, PlaceKind
from scheduler.model.values import DailyHours, require, require_id


class PauseKind(StrEnum):
    """Why visits rest for a while."""

    HARDSHIP = "hardship"
    DISASTER = "disaster"
    BEREAVEMENT = "bereavement"
    HOSPITAL = "hospital"
    WEDDING = "wedding"
    FESTIVAL = "festival"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What every mark carries: whom it concerns, when it holds, who told us and who wrote it down.

    Exactly one of `case` and `customer` is an id: a mark of a customer holds for all their cases.
    `source` says how it is known ("letter", "call", "court register"), `recorded_by` is a user's id.
    Raises ModelError for an impossible one.
    """

    kind: ClassVar[str] = ""
    id: str
    case: str = ""
    customer: str = ""
    since: date
    until: date | None = None
    source: str
    recorded_by: str
    recorded_at: datetime

    def __post_init__(self) -> None:
        require_id("mark", self.id)
        require(bool(self.kind), "mark", self.id, "it is of no kind")
        require(bool(self.case) != bool(self.customer), "mark", self.id, "it names one case or one customer")
        require_id(f"mark {self.id}", self.case or self.customer)
        require(self.until is None or self.until >= self.since, "mark", self.id, "it ends before it begins")
        require(bool(self.source.strip()), "mark", self.id, "its source is missing")
        require(bool(self.recorded_by.strip()), "mark", self.id, "who recorded it is missing")
        require(self.recorded_at.tzinfo is not None, "mark", self.id, "the instant has no time zone")

    def concerns(self, case: Case) -> bool:
        """Whether it is about this case, or about its customer."""
        return self.case == case.id if self.case else self.customer == case.customer.id

    def holds_on(self, day: date) -> bool:
        """Whether it holds on `day`, first and last day included."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitConsent(Mark):
    """The customer agreed to be visited, from `since` to `until`.

    `hours` are those agreed to (empty: none in particular), also outside those that the law permits;
    `places` are kinds of place agreed to beyond what rules permit, such as the workplace.
    """

    kind: ClassVar[str] = "visit_consent"
    purpose: str = ""
    hours: tuple[DailyHours, ...] = ()
    places: frozenset[PlaceKind] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRefusal(Mark):
    """The customer refuses visits; other ways of contact stay open."""

    kind: ClassVar[str] = "visit_refusal"


@dataclass(frozen=True, slots=True, kw_only=True)
class CeaseContact(Mark):
    """The customer told us to stop contacting them."""

    kind: ClassVar[str] = "cease_contact"
    written: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedHours(Mark):
    """Hours in which the customer must not be visited. No `weekdays` (0 is Monday) means every day."""

    kind: ClassVar[str] = "blocked_hours"
    hours: tuple[DailyHours, ...]
    weekdays: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        Mark.__post_init__(self)
        require(bool(self.hours), "mark", self.id, "it names no hours")
        require(self.weekdays <= set(range(7)), "mark", self.id, "weekdays are 0 (Monday) to 6 (Sunday)")


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedPlace(Mark):
    """A kind of place where the customer refuses to be visited."""

    kind: ClassVar[str] = "blocked_place"
    place: PlaceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(Mark):
    """No visit for a while: hardship, a disaster, a bereavement, a stay in hospital."""

    kind: ClassVar[str] = "pause"
    reason: PauseKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement(Mark):
    """The case is settled: nothing is left to visit for."""

    kind: ClassVar[str] = "settlement"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentComplaint(Mark):
    """A complaint against an agent, who must not be sent to this customer."""

    kind: ClassVar[str] = "agent_complaint"
    agent: str

    def __post_init__(self) -> None:
        Mark.__post_init__(self)
        require_id("agent", self.agent)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceRequest(Mark):
    """A wish about who comes: one of those who attend has `skill`, such as "gender:female"."""

    kind: ClassVar[str] = "attendance_request"
    skill: str

    def __post_init__(self) -> None:
        Mark.__post_init__(self)
        require(bool(self.skill.strip()), "mark", self.id, "it names no skill")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vulnerability(Mark):
    """The customer is, or is suspected to be, vulnerable. `nature` is a code, never a diagnosis."""

    kind: ClassVar[str] = "vulnerability"
    nature: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitApproval(Mark):
    """A visit to a vulnerable customer was approved by `approved_by`, a user's id."""

    kind: ClassVar[str] = "visit_approval"
    approved_by: str

    def __post_init__(self) -> None:
        Mark.__post_init__(self)
        require(bool(self.approved_by.strip()), "mark", self.id, "who approved is missing")


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyFlag(Mark):
    """A risk to those who visit. `nature` is a code such as "dog" or "threat"."""

    kind: ClassVar[str] = "safety_flag"
    nature: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal(Mark):
    """The mark `of` no longer holds from `since` on."""

    kind: ClassVar[str] = "withdrawal"
    of: str

    def __post_init__(self) -> None:
        Mark.__post_init__(self)
        require_id("mark", self.of)
        require(self.of != self.id, "mark", self.id, "it withdraws itself")


MARKS: Mapping[str, type[Mark]] = {
    made.kind: made
    for made in (
        VisitConsent,
        VisitRefusal,
        CeaseContact,
        BlockedHours,
        BlockedPlace,
        Pause,
        Settlement,
        AgentComplaint,
        AttendanceRequest,
        Vulnerability,
        VisitApproval,
        SafetyFlag,
        Withdrawal,
    )
}
"""Every kind of mark by its name."""


def standing_on(marks: Iterable[Mark], day: date) -> tuple[Mark, ...]:
    """The marks that hold on `day` and were not withdrawn by then, as they were recorded.

    A withdrawal counts only where it concerns the same case or customer as the mark it names; the
    withdrawals themselves are left out.
    """
    given = tuple(marks)
    gone = {
        (mark.of, mark.case, mark.customer)
        for mark in given
        if isinstance(mark, Withdrawal) and mark.since <= day
    }
    return tuple(
        mark
        for mark in given
        if not isinstance(mark, Withdrawal)
        and mark.holds_on(day)
        and (mark.id, mark.case, mark.customer) not in gone
    )


def standing(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """The marks with withdrawals applied: each ends on the day before it was withdrawn.

    A mark withdrawn on its first day or before is left out, and so are the withdrawals themselves.
    A withdrawal counts only where it concerns the same case or customer as the mark it names.
    """
    given = tuple(marks)
    ends: dict[tuple[str, str, str], date] = {}
    for mark in given:
        if isinstance(mark, Withdrawal):
            key = (mark.of, mark.case, mark.customer)
            ends[key] = min(mark.since, ends.get(key, date.max))
    kept: list[Mark] = []
    for mark in given:
        if isinstance(mark, Withdrawal):
            continue
        last = ends.get((mark.id, mark.case, mark.customer))
        if last is None or (mark.until is not None and mark.until < last):
            kept.append(mark)
        elif mark.since < last:
            kept.append(replace(mark, until=last - timedelta(days=1)))
    return tuple(kept)
