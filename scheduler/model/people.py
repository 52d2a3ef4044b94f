"""People: customers and their overdue cases, agents, crews and agencies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from geodata.coordinates import LatLon
from scheduler.model.values import DailyHours, Money, require, require_id


class TravelMode(StrEnum):
    """How an agent travels; also the name of a road profile in `geodata`."""

    CAR = "car"
    BICYCLE = "bicycle"
    FOOT = "foot"


class PlaceKind(StrEnum):
    """What a visited place is to the customer. Rules treat home and work differently."""

    HOME = "home"
    WORK = "work"
    OTHER = "other"


class PromiseState(StrEnum):
    """Where a promise to pay stands."""

    PENDING = "pending"
    KEPT = "kept"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A promise to pay: by when, how much, and whether it was kept."""

    due: date
    state: PromiseState
    amount: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """The person visited. `language` is a BCP 47 tag; `flags` are codes such as "vulnerable"."""

    id: str
    name: str
    phone: str = ""
    language: str = "zh"
    flags: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        require_id("customer", self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a visit goes. `location` is None until geocoded; `precision` is geodata's class of it.

    `needs_review` marks a fix that a person must confirm before anybody is sent there.
    """

    address: str
    kind: PlaceKind = PlaceKind.HOME
    location: LatLon | None = None
    precision: str = ""
    needs_review: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One overdue loan of one customer, as the bank's risk system tells it.

    Amounts share one currency. `service` is how long a visit is expected to take. `hours` narrow the
    customer's day (empty: any permitted hour). `required_skills` are asked of the agent or crew.
    `people` is how many must attend. `excluded_agents` may never be sent.
    """

    id: str
    customer: Customer
    place: Place
    product: str = "consumer_loan"
    balance: Money
    overdue: Money
    days_past_due: int
    settled_on: date | None = None
    last_visit: date | None = None
    promise: Promise | None = None
    failed_contacts: int = 0
    hours: tuple[DailyHours, ...] = ()
    service: timedelta = timedelta(minutes=20)
    required_skills: frozenset[str] = frozenset()
    people: int = 1
    excluded_agents: frozenset[str] = frozenset()
    agency: str = ""
    mandatory: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        require_id("case", self.id)
        require(self.balance.currency == self.overdue.currency, "case", self.id, "amounts in two currencies")
        require(self.balance.minor >= 0, "case", self.id, "the balance is negative")
        require(self.overdue.minor >= 0, "case", self.id, "the overdue amount is negative")
        require(self.days_past_due >= 0, "case", self.id, "days past due are negative")
        require(self.failed_contacts >= 0, "case", self.id, "failed contacts are negative")
        minutes = self.service.total_seconds() / 60
        require(1 <= minutes <= 480, "case", self.id, "a visit takes 1 to 480 minutes")
        require(self.people >= 1, "case", self.id, "at least one person attends")


@dataclass(frozen=True, slots=True, kw_only=True)
class LunchBreak:
    """A break of `duration` that starts within `hours`."""

    duration: timedelta
    hours: DailyHours

    def __post_init__(self) -> None:
        require(timedelta() < self.duration <= timedelta(hours=3), "break", "", "it lasts up to three hours")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """Someone who visits: where the day starts and ends, hours, skills, limits and what an hour costs.

    `end` None means the day ends at the last visit. Costs are in the workspace's currency.
    """

    id: str
    name: str
    start: Place
    end: Place | None
    shift: DailyHours
    mode: TravelMode = TravelMode.CAR
    lunch: LunchBreak | None = None
    skills: frozenset[str] = frozenset()
    max_visits: int | None = None
    max_travel: timedelta | None = None
    max_overtime: timedelta = timedelta()
    hourly_cost: Money
    km_cost: Money
    phone: str = ""
    agency: str = ""
    days_off: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        require_id("agent", self.id)
        require(self.max_visits is None or self.max_visits >= 1, "agent", self.id, "at least one visit a day")
        require(self.max_overtime >= timedelta(), "agent", self.id, "overtime is negative")
        require(
            self.hourly_cost.minor >= 0 and self.km_cost.minor >= 0, "agent", self.id, "a cost is negative"
        )
        require(
            self.hourly_cost.currency == self.km_cost.currency, "agent", self.id, "costs in two currencies"
        )
        if self.max_travel is not None:
            require(self.max_travel > timedelta(), "agent", self.id, "the travel limit is not positive")

    def works_on(self, day: date) -> bool:
        """Whether the agent is there on `day`."""
        return day not in self.days_off


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Agents who travel and visit together: one vehicle of the plan, led by the first member.

    A crew has the skills of all and the tightest of each limit; it starts where its leader starts.
    """

    id: str
    members: tuple[Agent, ...]

    def __post_init__(self) -> None:
        require_id("crew", self.id)
        require(len(self.members) >= 2, "crew", self.id, "a crew has two members or more")
        ids = [member.id for member in self.members]
        require(len(set(ids)) == len(ids), "crew", self.id, "the same agent twice")

    @property
    def leader(self) -> Agent:
        """Whose start, end and way of travel the crew shares."""
        return self.members[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """A third party that shares the work and sees only its own."""

    id: str
    name: str

    def __post_init__(self) -> None:
        require_id("agency", self.id)
