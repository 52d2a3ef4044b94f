"""What pages are made from: frozen values, already cut down to what their reader may see.

Texts are plain and may be hostile: whoever writes them into a page escapes them. Coordinates are
(latitude, longitude) in WGS-84 degrees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

Position = tuple[float, float]
Line = Sequence[Position]
Language = Literal["en", "zh"]
Mode = Literal["car", "bicycle", "foot"]


@dataclass(frozen=True, slots=True)
class StreetLine:
    """A street of the base map; `rank` from 0 (motorway) to 5 (path). `points` are at least two."""

    rank: int
    points: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiles:
    """A tile server to draw over the streets when there is a network."""

    url: str
    attribution: str
    gcj02: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyCard:
    """How to speak with this customer; each tuple holds sentences."""

    why: tuple[str, ...] = ()
    likely: tuple[str, ...] = ()
    tone: tuple[str, ...] = ()
    opening: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    referrals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetStop:
    """One visit as its agent sees it. The leg leads to it."""

    number: int
    case_id: str
    name: str
    address: str
    phone: str
    place: Position
    arrive: datetime
    start: datetime
    finish: datetime
    windows: tuple[tuple[datetime, datetime], ...]
    worth: str
    card: StrategyCard
    travel: timedelta
    distance_m: int
    leg: Line
    high_priority: bool = False
    pinned: bool = False
    late_risk: bool = False
    place_note: str = ""
    badges: tuple[str, ...] = ()
    amount: str = ""
    worth_value: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetBreak:
    """A break on the route."""

    start: datetime
    finish: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteSheet:
    """An agent's or a crew's day. `common` holds for every stop; the stops' own cards hold the rest."""

    agent_id: str
    agent_name: str
    day: date
    language: Language
    mode: Mode
    depart: datetime
    finish: datetime
    start_place: Position
    end_place: Position | None
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
    common: StrategyCard = StrategyCard()
    streets: tuple[StreetLine, ...] = ()
    tiles: Tiles | None = None
    outcome_url: str = ""
    link: str = ""

    @property
    def line(self) -> list[Position]:
        """The whole way, from start to end."""
        return [position for leg in (*(stop.leg for stop in self.stops), self.back_leg) for position in leg]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """A figure with its name."""

    label: str
    value: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnassignedRow:
    """A visit left out, why, and what would mend it."""

    case_id: str
    reasons: tuple[str, ...]
    mends: tuple[str, ...]
    worth: str
    place: Position | None = None
    worth_value: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """Something found wrong."""

    severity: str
    where: str
    cause: str
    mend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """A rule of the certificate."""

    rule: str
    source: str
    judged: int
    findings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPage:
    """The dispatcher's page of a day. `agent_links` are (label, href) by agent id.

    `money_format` is how a workbook shows the rows' `worth_value` (major units; None where not to be seen).
    """

    title: str
    day: date
    language: Language
    kpis: tuple[Kpi, ...]
    routes: tuple[RouteSheet, ...]
    unassigned: tuple[UnassignedRow, ...]
    left_out: tuple[tuple[str, int], ...]
    findings: tuple[FindingRow, ...]
    clean: bool
    packs: tuple[str, ...]
    rules: tuple[RuleRow, ...]
    notes: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    agent_links: dict[str, tuple[tuple[str, str], ...]]
    streets: tuple[StreetLine, ...]
    generated_at: datetime
    money_format: str = "#,##0.00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A scenario's figure; `better` says whether more or less of it is welcome ("" where neither is)."""

    label: str
    value: float
    text: str
    better: Literal["more", "less", ""] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRoute:
    """A route on a small map: its line and its numbered stops."""

    agent: str
    line: Line
    stops: tuple[tuple[int, str, Position], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioColumn:
    """One scenario; every scenario has the same figures in the same order."""

    name: str
    title: str
    changes: tuple[str, ...]
    figures: tuple[Figure, ...]
    routes: tuple[MapRoute, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A case that a scenario treats differently from the base: it falls out of the plan, comes in, goes to
    another agent, or stays with its agent at another hour.
    """

    scenario: str
    kind: Literal["dropped", "added", "agent", "hour"]
    case_id: str
    before: str
    after: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Scenarios side by side; the first is the base."""

    title: str
    day: date
    language: Language
    scenarios: tuple[ScenarioColumn, ...]
    moves: tuple[Move, ...]
    streets: tuple[StreetLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Where an address may be."""

    place: Position
    matched: str
    score: float
    precision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """A doubtful address."""

    id: str
    address: str
    reasons: tuple[str, ...]
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    """Doubtful addresses for a person."""

    title: str
    language: Language
    rows: tuple[ReviewRow, ...]
    streets: tuple[StreetLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FairnessRow:
    """A group against the rest in one outcome, in words. `weight` is "bad" where a person must look.

    `bar` is the difference with its interval (low, value, high) as shares of the table's scale, from -1 to 1;
    `bands` are shares of visits by hour, the group's and the rest's.
    """

    group: str
    cases: str
    need: str
    here: str
    elsewhere: str
    difference: str
    verdict: str
    weight: Literal["bad", "good", "soft"]
    bar: tuple[float, float, float] | None = None
    bands: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FairnessTable:
    """The groups of one field in one outcome. `scale` says what the ends of the bars mean."""

    title: str
    rows: tuple[FairnessRow, ...]
    scale: str
    band_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FairnessField:
    """A field by which people are grouped; `note` says how many have no group."""

    name: str
    note: str
    tables: tuple[FairnessTable, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FairnessPage:
    """Who is selected and when, group by group. It holds no person: groups, counts and differences alone."""

    title: str
    day: date
    language: Language
    found: tuple[str, ...]
    fields: tuple[FairnessField, ...]
    method: tuple[str, ...]
