"""Visits asked for, contacts made, and what came of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from scheduler.model.people import Case, PlaceKind
from scheduler.model.values import Money, TimeWindow, require, require_id


@dataclass(frozen=True, slots=True, kw_only=True)
class WorthBand:
    """What a visit is worth if it starts within `window`."""

    window: TimeWindow
    worth: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A case that selection wants visited on a day.

    `bands` say what it is worth by the hour, `windows` when it may start (rules and the customer's own
    hours already met), `reasons` why it was chosen, in words and without the customer's name.
    """

    case: Case
    day: date
    windows: tuple[TimeWindow, ...]
    bands: tuple[WorthBand, ...]
    reasons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require(bool(self.bands), "visit", self.case.id, "it has no worth")

    @property
    def id(self) -> str:
        """The case's id: at most one visit a case and day."""
        return self.case.id

    @property
    def top_worth(self) -> Money:
        """The worth at the best hour."""
        return max((band.worth for band in self.bands), key=lambda worth: worth.minor)

    def worth_at(self, moment: datetime) -> Money:
        """The worth of a visit that starts at `moment`; nothing outside every band."""
        inside = [band.worth for band in self.bands if band.window.contains(moment)]
        return max(inside, key=lambda worth: worth.minor, default=Money(0, self.bands[0].worth.currency))


class ContactKind(StrEnum):
    """How the customer was contacted."""

    VISIT = "visit"
    CALL = "call"
    MESSAGE = "message"


class OutcomeKind(StrEnum):
    """What a visit came to."""

    PAID = "paid"
    PROMISED = "promised"
    PLAN_AGREED = "plan_agreed"
    HARDSHIP = "hardship"
    MET_NO_RESULT = "met_no_result"
    NOT_HOME = "not_home"
    REFUSED = "refused"
    MOVED = "moved"
    WRONG_ADDRESS = "wrong_address"
    NOT_DONE = "not_done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One contact or attempt, by whichever agency: an entry of the ledger.

    `place` is where a visit went, None where nobody said. `source` is how we know of it,
    `recorded_by` a user's id; both are empty for our own visits, whose outcome says it. `recording` names the
    recording of a visit or call in the bank's own system.
    """

    case: str
    kind: ContactKind
    at: datetime
    reached: bool
    agency: str = ""
    place: PlaceKind | None = None
    source: str = ""
    recorded_by: str = ""
    recorded_at: datetime | None = None
    recording: str = ""

    def __post_init__(self) -> None:
        require_id("contact of case", self.case)
        for moment in (self.at, self.recorded_at):
            aware = moment is None or moment.tzinfo is not None
            require(aware, "contact of case", self.case, "the instant has no time zone")
        visited = self.place is None or self.kind is ContactKind.VISIT
        require(visited, "contact of case", self.case, "only a visit goes to a place")
        heard = not self.recording or self.kind is not ContactKind.MESSAGE
        require(heard, "contact of case", self.case, "a message has no recording")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of one planned stop, taken once by its `id`."""

    id: str
    plan: str
    case: str
    agent: str
    kind: OutcomeKind
    at: datetime
    took: timedelta | None = None
    promised: Money | None = None
    promised_by: date | None = None
    note: str = ""

    def __post_init__(self) -> None:
        require_id("outcome", self.id)
        require(self.at.tzinfo is not None, "outcome", self.id, "the instant has no time zone")
