"""What the pages show: plain values, already in the reader's language, that know nothing of planning.

Every text may come from outside and be hostile; the pages escape it, callers need not. Coordinates are WGS-84
(latitude, longitude) in degrees, instants are timezone-aware, distances are metres.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

type Place = tuple[float, float]
type Line = tuple[Place, ...]
type Language = Literal["zh", "en"]
type Mode = Literal["car", "bicycle", "foot"]
type Window = tuple[datetime, datetime]

LANGUAGES: tuple[Language, ...] = ("zh", "en")
MODES: tuple[Mode, ...] = ("car", "bicycle", "foot")


def _check_place(place: Place, what: str) -> None:
    lat, lon = place
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise ValueError(f"{what}: not a latitude and longitude in degrees")


def _check_aware(what: str, *instants: datetime) -> None:
    if any(instant.tzinfo is None for instant in instants):
        raise ValueError(f"{what}: an instant without a time zone")


def _check_language(language: str) -> None:
    if language not in LANGUAGES:
        raise ValueError(f"language {language!r}: one of {', '.join(LANGUAGES)}")


@dataclass(frozen=True, slots=True, eq=False)
class StreetLine:
    """One street of the base map. `points` is (n, 2), latitude and longitude; `rank` 0 motorway .. 5 path."""

    rank: int
    points: NDArray[np.float64]

    def __post_init__(self) -> None:
        points = np.array(self.points, dtype=np.float64)
        if points.ndim != 2 or points.shape[1] != 2 or len(points) < 2:
            raise ValueError("a street needs two points or more, each a latitude and a longitude")
        if not 0 <= self.rank <= 5:
            raise ValueError(f"street rank {self.rank}: 0 to 5")
        points.flags.writeable = False
        object.__setattr__(self, "points", points)


@dataclass(frozen=True, slots=True)
class Tiles:
    """A tile server drawn over the streets when the reader is online.

    `url` holds {z}, {x} and {y}; `gcj02` says that its tiles are shifted as Chinese maps are.
    """

    url: str
    attribution: str
    gcj02: bool = False
    max_zoom: int = 18

    def __post_init__(self) -> None:
        if not self.url.startswith("https://") or not all(part in self.url for part in ("{z}", "{x}", "{y}")):
            raise ValueError("a tile address starts with https:// and holds {z}, {x} and {y}")
        if any(character in self.url for character in " ;,'\"<>"):
            raise ValueError("a tile address holds no blanks, quotes, commas or semicolons")


@dataclass(frozen=True, slots=True)
class StrategyCard:
    """How to hold the talk: why this visit, what is likely, what may be offered, what must never be done."""

    why: str
    likely: tuple[str, ...] = ()
    tone: str = ""
    opening: str = ""
    offers: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    referrals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetStop:
    """One visit; `leg` is the way from the stop before (or the start) to here."""

    number: int
    case_id: str
    name: str
    address: str
    phone: str
    arrive: datetime
    start: datetime
    finish: datetime
    windows: tuple[Window, ...]
    place: Place
    high_priority: bool = False
    pinned: bool = False
    late_risk: bool = False
    place_note: str = ""
    badges: tuple[str, ...] = ()
    worth: str = ""
    card: StrategyCard | None = None
    travel: timedelta = timedelta()
    distance_m: int = 0
    leg: Line = ()

    def __post_init__(self) -> None:
        _check_place(self.place, f"stop {self.number}")
        _check_aware(f"stop {self.number}", self.arrive, self.start, self.finish)
        if not self.arrive <= self.start <= self.finish:
            raise ValueError(f"stop {self.number}: arrival, start and finish out of order")


@dataclass(frozen=True, slots=True)
class SheetBreak:
    """A rest within the route."""

    start: datetime
    finish: datetime

    def __post_init__(self) -> None:
        _check_aware("break", self.start, self.finish)


@dataclass(frozen=True, slots=True)
class RouteSheet:
    """One agent's day, as the agent's page, the printed sheet, the calendar and the tracks show it.

    `end_place` is None where the route ends at the last visit. `outcome_url` takes results from the page when the
    reader is online; `link` is the page's own address, for the QR code of the printed sheet.
    """

    agent_id: str
    agent_name: str
    day: date
    language: Language
    mode: Mode
    depart: datetime
    finish: datetime
    start_place: Place
    end_place: Place | None
    start_note: str
    stops: tuple[SheetStop, ...]
    breaks: tuple[SheetBreak, ...]
    back_leg: Line
    travel: timedelta
    service: timedelta
    waiting: timedelta
    distance_m: int
    plan_id: str
    generated_at: datetime
    streets: tuple[StreetLine, ...] = ()
    tiles: Tiles | None = None
    outcome_url: str | None = None
    link: str | None = None

    def __post_init__(self) -> None:
        _check_language(self.language)
        if self.mode not in MODES:
            raise ValueError(f"mode {self.mode!r}: one of {', '.join(MODES)}")
        _check_place(self.start_place, "start")
        if self.end_place is not None:
            _check_place(self.end_place, "end")
        _check_aware("route", self.depart, self.finish, self.generated_at)
        numbers = [stop.number for stop in self.stops]
        if len(set(numbers)) != len(numbers):
            raise ValueError("two stops with the same number")
        if self.outcome_url is not None and not self.outcome_url.startswith(
            ("https://", "http://127.0.0.1:", "/")
        ):
            raise ValueError("the address for results starts with https:// or is a path of the same site")


@dataclass(frozen=True, slots=True)
class Kpi:
    """One figure of the day; `hint` says how it is counted."""

    label: str
    value: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class UnassignedRow:
    """A visit the plan leaves out: why, and what would bring it in."""

    case_id: str
    reasons: tuple[str, ...]
    mends: tuple[str, ...]
    worth: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class FindingRow:
    """Something found in the input: where, what caused it, how to mend it."""

    severity: str
    where: str
    cause: str
    mend: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the independent check of the plan looked at and found."""

    clean: bool
    rows: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DayPage:
    """A day for the dispatcher: figures, every agent's route, what was left out and why.

    `routes` hold only what a dispatcher may see: the caller reduces names. `agent_links` are keyed by agent id.
    """

    title: str
    day: date
    language: Language
    kpis: tuple[Kpi, ...]
    routes: tuple[RouteSheet, ...]
    unassigned: tuple[UnassignedRow, ...] = ()
    left_out: tuple[tuple[str, int], ...] = ()
    findings: tuple[FindingRow, ...] = ()
    certificate: Certificate | None = None
    links: tuple[tuple[str, str], ...] = ()
    agent_links: Mapping[str, tuple[tuple[str, str], ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    streets: tuple[StreetLine, ...] = ()

    def __post_init__(self) -> None:
        _check_language(self.language)
        hrefs = [href for pairs in (self.links, *self.agent_links.values()) for _, href in pairs]
        for href in hrefs:
            check_href(href)


def check_href(href: str) -> None:
    """Refuse an address that would run code or leave the folder for an unknown scheme."""
    scheme, colon, _ = href.partition(":")
    if colon and "/" not in scheme and scheme.strip().lower() not in ("https", "http", "mailto", "tel"):
        raise ValueError("a link's address is relative, or starts with https:, http:, mailto: or tel:")
    if any(ord(character) < 0x21 for character in href):
        raise ValueError("a link's address holds no blanks or control characters")


@dataclass(frozen=True, slots=True)
class ScenarioKpi:
    """One figure of a scenario; `better` says which direction is good, "" for neither."""

    label: str
    value: float
    text: str
    better: Literal["more", "less", ""] = ""


@dataclass(frozen=True, slots=True)
class MapStop:
    """A numbered visit on a map of several routes."""

    number: int
    case_id: str
    place: Place

    def __post_init__(self) -> None:
        _check_place(self.place, f"stop {self.number}")


@dataclass(frozen=True, slots=True)
class MapRoute:
    """One agent's route on a map of several."""

    agent_id: str
    agent_name: str
    points: Line
    stops: tuple[MapStop, ...]


@dataclass(frozen=True, slots=True)
class ScenarioColumn:
    """One scenario of a comparison; the first column of a comparison is the one the others are held against."""

    name: str
    title: str
    kpis: tuple[ScenarioKpi, ...]
    routes: tuple[MapRoute, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """A visit that another scenario gives to somebody else, leaves out or brings in."""

    scenario: str
    case_id: str
    before: str
    after: str
    why: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Scenarios of one day side by side."""

    title: str
    day: date
    language: Language
    scenarios: tuple[ScenarioColumn, ...]
    moves: tuple[Move, ...] = ()
    streets: tuple[StreetLine, ...] = ()

    def __post_init__(self) -> None:
        _check_language(self.language)
        if not self.scenarios:
            raise ValueError("a comparison needs a scenario")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A place an address may mean; `score` 0 to 1, `precision` in words."""

    place: Place
    matched: str
    score: float
    precision: str

    def __post_init__(self) -> None:
        _check_place(self.place, "suggestion")


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """An address somebody must look at."""

    id: str
    text: str
    reasons: tuple[str, ...]
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """Addresses to settle by hand."""

    title: str
    language: Language
    items: tuple[ReviewRow, ...]
    streets: tuple[StreetLine, ...] = ()

    def __post_init__(self) -> None:
        _check_language(self.language)
