"""Small values: money, daily hours, checks shared by the model's constructors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from scheduler.model.findings import ModelError

_ID = re.compile(r"[^\s/\\\x00-\x1f\x7f]{1,64}")
_CURRENCY = re.compile(r"[A-Z]{3}")
# ISO 4217 minor units where they are not two; the rest are.
_EXPONENT = {
    "JPY": 0,
    "KRW": 0,
    "VND": 0,
    "CLP": 0,
    "ISK": 0,
    "BHD": 3,
    "KWD": 3,
    "JOD": 3,
    "OMR": 3,
    "TND": 3,
}


def require(condition: bool, kind: str, ident: str, message: str) -> None:
    """Raise ModelError "kind ident: message" unless `condition` holds."""
    if not condition:
        raise ModelError(f"{kind} {ident}: {message}")


def require_id(kind: str, ident: str) -> None:
    """Ids are 1 to 64 characters without blanks, slashes or control characters: they become file names."""
    if not isinstance(ident, str) or not _ID.fullmatch(ident) or ident in {".", ".."}:
        raise ModelError(
            f"{kind}: an id has 1 to 64 characters without blanks, slashes or control characters"
        )


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in integer minor units (fen, cents) of an ISO 4217 currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.minor, int) or isinstance(self.minor, bool):
            raise ModelError("money: minor units are an integer")
        if not _CURRENCY.fullmatch(self.currency):
            raise ModelError("money: a currency is three capital letters (ISO 4217)")

    @classmethod
    def of(cls, amount: Decimal | int | str, currency: str) -> Money:
        """From major units: `Money.of("12.50", "EUR")` is 1250 cents. Half a minor unit rounds up."""
        scaled = Decimal(amount).scaleb(_EXPONENT.get(currency, 2))
        return cls(int(scaled.to_integral_value(ROUND_HALF_UP)), currency)

    @property
    def major(self) -> Decimal:
        """The amount in major units."""
        return Decimal(self.minor).scaleb(-_EXPONENT.get(self.currency, 2))

    def __str__(self) -> str:
        return f"{self.major:,} {self.currency}"


@dataclass(frozen=True, slots=True, order=True)
class DailyHours:
    """Hours of a local day, `start` < `end`. 24:00 is written as `time.max`."""

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start.tzinfo is not None or self.end.tzinfo is not None:
            raise ModelError("hours: daily hours are local times without a zone")
        if not self.start < self.end:
            raise ModelError("hours: they end before they start")

    def on(self, day: date, zone: ZoneInfo) -> TimeWindow:
        """These hours on one day in one zone."""
        return TimeWindow(datetime.combine(day, self.start, zone), datetime.combine(day, self.end, zone))

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


@dataclass(frozen=True, slots=True, order=True)
class TimeWindow:
    """From `start` to `end`, both aware datetimes, start before or at end. A visit starts within it."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ModelError("time window: both ends carry a time zone")
        if self.end.timestamp() < self.start.timestamp():
            raise ModelError("time window: it ends before it starts")

    # Instants, not wall clocks: Python compares two datetimes of one zone by their clocks, which run the
    # same hour twice when daylight saving ends.

    def contains(self, moment: datetime) -> bool:
        """Whether `moment` lies inside, ends included."""
        return self.start.timestamp() <= moment.timestamp() <= self.end.timestamp()

    def meet(self, other: TimeWindow) -> TimeWindow | None:
        """What both share, or None."""
        start = max(self.start, other.start, key=datetime.timestamp)
        end = min(self.end, other.end, key=datetime.timestamp)
        return TimeWindow(start, end) if start.timestamp() <= end.timestamp() else None


def meet_windows(left: tuple[TimeWindow, ...], right: tuple[TimeWindow, ...]) -> tuple[TimeWindow, ...]:
    """The intersection of two sets of windows, in order."""
    shared = (a.meet(b) for a in left for b in right)
    return tuple(sorted(window for window in shared if window is not None))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The local midnight that `solvers` counts its seconds from."""
    return datetime.combine(day, time.min, zone)


def seconds_of_day(moment: datetime, day: date, zone: ZoneInfo) -> int:
    """Elapsed seconds from the local midnight of `day`: true seconds, also over a daylight-saving change."""
    return int((moment.timestamp()) - midnight(day, zone).timestamp())


def moment_of(seconds: int, day: date, zone: ZoneInfo) -> datetime:
    """The aware datetime `seconds` after the local midnight of `day`."""
    start = midnight(day, zone).astimezone(ZoneInfo("UTC"))
    return (start + timedelta(seconds=seconds)).astimezone(zone)
