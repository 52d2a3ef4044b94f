"""A day's plan: routes of stops, what is left out and why. It holds ids and places, never names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from geodata.coordinates import LatLon
from scheduler.model.people import TravelMode
from scheduler.model.scenario import BASE, Scenario
from scheduler.model.values import Money, TimeWindow, require


class ReasonCode(StrEnum):
    """Why a visit is not in the plan. The first are found before solving, the rest by `solvers.diagnose`."""

    NOT_GEOCODED = "not_geocoded"
    NEEDS_REVIEW = "needs_review"
    OFF_THE_MAP = "off_the_map"
    RULE_FORBIDS = "rule_forbids"
    BELOW_THE_CUT = "below_the_cut"
    NO_VEHICLE_HAS_SKILL = "no_vehicle_has_skill"
    NO_VEHICLE_ALLOWED = "no_vehicle_allowed"
    NO_MEETING = "no_meeting"
    UNREACHABLE = "unreachable"
    WINDOW_SHUT_BEFORE_ARRIVAL = "window_shut_before_earliest_arrival"
    OUTSIDE_ALL_SHIFTS = "outside_all_shifts"
    ALONE_DOES_NOT_FIT = "alone_does_not_fit"
    NOT_WORTH_ITS_TRAVEL = "not_worth_its_travel"
    NO_TIME_LEFT = "no_time_left"
    DISPLACED_BY = "displaced_by"
    MAX_TASKS_REACHED = "max_tasks_reached"
    PIN_CONFLICT = "pin_conflict"
    SEARCH_ENDED_EARLY = "search_ended_early"
    CANCELLED = "cancelled"
    OTHER_DAY = "other_day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason, `proven` or only likely, with the facts that a sentence needs.

    `agent` and `other_case` are ids; `minutes` and `money` say how much is missing; `rule` names a rule, `day` the day
    for which it is planned instead.
    """

    code: ReasonCode
    proven: bool
    agent: str = ""
    other_case: str = ""
    minutes: int | None = None
    money: Money | None = None
    skills: tuple[str, ...] = ()
    rule: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unassigned:
    """A visit that is not in the plan, with at least one reason."""

    case: str
    reasons: tuple[Reason, ...]
    worth: Money
    location: LatLon | None = None

    def __post_init__(self) -> None:
        require(bool(self.reasons), "unassigned case", self.case, "it has no reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One visit on a route. `arrive` <= `start` (waiting between) < `finish`; the leg leads to it.

    `people` is how many must attend. `meets` names the vehicle whose agent joins this one here: that route
    has a stop of the same case at the same time.
    """

    case: str
    location: LatLon
    arrive: datetime
    start: datetime
    finish: datetime
    windows: tuple[TimeWindow, ...]
    worth: Money
    travel: timedelta
    distance_m: int
    pinned: bool = False
    people: int = 1
    meets: str = ""

    def __post_init__(self) -> None:
        require(self.arrive <= self.start < self.finish, "stop", self.case, "its times run backwards")

    @property
    def wait(self) -> timedelta:
        """Time between arrival and the start of the visit (a break may lie in it)."""
        return self.start - self.arrive


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedBreak:
    """A break as planned."""

    start: datetime
    finish: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """An agent's or a crew's day. `members` are agent ids, one for an agent alone."""

    vehicle: str
    members: tuple[str, ...]
    mode: TravelMode
    start: LatLon
    end: LatLon | None
    depart: datetime
    finish: datetime
    stops: tuple[Stop, ...]
    breaks: tuple[PlannedBreak, ...] = ()
    back_travel: timedelta = timedelta()
    back_distance_m: int = 0
    overtime: timedelta = timedelta()
    shift: TimeWindow | None = None

    @property
    def travel(self) -> timedelta:
        """Time under way, the way back included."""
        return sum((stop.travel for stop in self.stops), self.back_travel)

    @property
    def distance_m(self) -> int:
        """Metres under way, the way back included."""
        return sum(stop.distance_m for stop in self.stops) + self.back_distance_m

    @property
    def service(self) -> timedelta:
        """Time with customers."""
        return sum((stop.finish - stop.start for stop in self.stops), timedelta())

    @property
    def waiting(self) -> timedelta:
        """Time before visits spent neither under way nor on a break, wherever on the leg the break lies."""
        waits, free = timedelta(), self.depart
        for stop in self.stops:
            rests = sum(
                (rest.finish - rest.start for rest in self.breaks if free <= rest.start < stop.start),
                timedelta(),
            )
            waits += max(timedelta(), stop.start - free - stop.travel - rests)
            free = stop.finish
        return waits


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveFacts:
    """How the plan was found, so that it can be found again.

    `cost` is the objective; `spent` its part without the worth of visits that were not made; `bound` what no plan of the
    day as it was stated can cost less than, where that was asked for and found.
    """

    engine: str
    seed: int
    time_limit_s: float
    iteration_limit: int | None
    stopped_by: str
    cost: int
    spent: int
    cost_unit: str
    bound: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """Days planned as one: how often a case may be visited in them, at least so many days apart."""

    first: date
    days: int
    visits_per_case: int = 1
    days_between: int = 1

    def __post_init__(self) -> None:
        least = min(self.days, self.visits_per_case, self.days_between)
        require(least >= 1, "horizon", self.first.isoformat(), "its days and visits are 1 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A day's plan. `extract` is the fingerprint of the street data, `packs` the rule packs in force.

    `scenario` holds what is changed in a what-if: what the plan is asked about and planned again with. `horizon` says
    with which other days the plan was made.
    """

    id: str
    day: date
    zone: str
    currency: str
    created: datetime
    routes: tuple[Route, ...]
    unassigned: tuple[Unassigned, ...]
    extract: str
    packs: tuple[str, ...]
    solved: SolveFacts
    scenario: Scenario = BASE
    horizon: Horizon | None = None

    def __post_init__(self) -> None:
        served: dict[str, list[tuple[str, str]]] = {}
        for route in self.routes:
            for stop in route.stops:
                served.setdefault(stop.case, []).append((route.vehicle, stop.meets))
        once = all(len(stops) == 1 or _is_meeting(stops) for stops in served.values())
        require(once, "plan", self.id, "a case is visited twice")
        left = {entry.case for entry in self.unassigned}
        require(not left & served.keys(), "plan", self.id, "a case is both served and unassigned")

    @property
    def stops(self) -> tuple[Stop, ...]:
        """Every stop of every route: two for a visit at which two routes meet."""
        return tuple(stop for route in self.routes for stop in route.stops)

    @property
    def visits(self) -> tuple[Stop, ...]:
        """Every visit once: of two stops that meet the first."""
        return tuple({stop.case: stop for stop in reversed(self.stops)}.values())[::-1]


def _is_meeting(stops: Sequence[tuple[str, str]]) -> bool:
    """Whether these stops of one case, each a vehicle and whom it meets, are two that meet each other."""
    return len(stops) == 2 and stops[0][0] != stops[1][0] and stops[0] == stops[1][::-1]
