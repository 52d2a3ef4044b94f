"""A row of the team's list -> an Agent, and rows with the same crew id -> a Crew."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from scheduler.intake import clock, parsing
from scheduler.intake.catalogue import finding
from scheduler.intake.parsing import BadCell
from scheduler.intake.positions import is_undeclared, position
from scheduler.intake.rowreader import IntakeContext, Row
from scheduler.intake.validation import chosen, coded, other_currency
from scheduler.model.findings import Finding, ModelError
from scheduler.model.people import Agent, Crew, LunchBreak, Place, PlaceKind, TravelMode
from scheduler.model.values import DailyHours, Money

IDS = ("id",)
REQUIRED = (IDS, ("start_address", "start_lat"), ("shift",))

_MODES = {
    "car": TravelMode.CAR, "汽车": TravelMode.CAR, "开车": TravelMode.CAR, "驾车": TravelMode.CAR, "自驾": TravelMode.CAR,
    "bicycle": TravelMode.BICYCLE, "bike": TravelMode.BICYCLE, "自行车": TravelMode.BICYCLE, "骑行": TravelMode.BICYCLE,
    "电动车": TravelMode.BICYCLE, "e-bike": TravelMode.BICYCLE, "foot": TravelMode.FOOT, "walk": TravelMode.FOOT,
    "步行": TravelMode.FOOT,
}  # fmt: skip
_OPEN_END = frozenset({"open", "none", "-", "不返回", "无"})
_LUNCH = re.compile(r"(.{1,20}?)\s*[,;@]?\s*([0-9]{1,2}[:.时点]?[0-9]{0,2}\s*(?:-|–|~|至|到).+)")
_NO_SHIFT = DailyHours(time(0), time.max)
_DEFAULT_HOUR = 20
"""Cost of an hour in the currency's major units where the table says none; docs/tables.md tells it."""


def agent_of(row: Row, context: IntakeContext) -> tuple[tuple[Agent, str], bool] | None:
    """The row's agent and crew id ("" for none), and whether its coordinates came undeclared.

    None where the row is spoiled.
    """
    if not row.text("shift"):
        row.missing("shift", "missing_shift")
    shift = row.read("shift", clock.hours, _NO_SHIFT, grave=True)
    at = position(row, context, "start_lat", "start_lon")
    start = Place(
        address=_line(row.text("start_address")),
        kind=PlaceKind.OTHER,
        location=at,
        precision="given" if at else "",
    )
    if not start.address and at is None:
        row.missing("start_address", "empty_address")
    days_off = _days_off(row)
    other_currency(row, context)
    if row.spoiled:
        return None
    agent = Agent(
        id=row.ident,
        name=_line(row.text("name", row.ident)),
        start=start,
        end=_end(row, context, start),
        shift=shift,
        mode=chosen(row, "mode", _MODES, TravelMode.CAR, "bad_mode"),
        lunch=_lunch(row, shift),
        skills=row.read("skills", parsing.words, frozenset()),
        max_visits=row.read("max_visits", lambda text: parsing.whole(text, 1, 200), None),
        max_travel=_span(row, "max_travel", 1, 1440),
        max_overtime=_span(row, "max_overtime", 0, 720) or timedelta(),
        hourly_cost=_cost(row, "hourly_cost", Money.of(_DEFAULT_HOUR, context.currency)),
        km_cost=_cost(row, "km_cost", Money(0, context.currency)),
        phone=_line(row.text("phone")),
        agency=coded(row, "agency"),
        days_off=days_off,
    )
    return (agent, coded(row, "crew")), is_undeclared(row, at)


def _line(text: str) -> str:
    return " ".join(text.split())


def _end(row: Row, context: IntakeContext, start: Place) -> Place | None:
    address = _line(row.text("end_address"))
    at = position(row, context, "end_lat", "end_lon")
    if address.casefold() in _OPEN_END:
        return None
    if not address and at is None:
        return start
    return Place(address=address, kind=PlaceKind.OTHER, location=at, precision="given" if at else "")


def _span(row: Row, name: str, least: int, most: int) -> timedelta | None:
    found = row.read(name, lambda text: clock.minutes(text, least, most), None)
    return None if found is None else timedelta(minutes=found)


def _cost(row: Row, name: str, default: Money) -> Money:
    return row.read(name, lambda text: parsing.money(text, default.currency), default)


def _lunch(row: Row, shift: DailyHours) -> LunchBreak | None:
    lunch = row.read("lunch", lunch_of, None)
    if lunch is None:
        return None
    starts = max(shift.start, lunch.hours.start)
    day = date(2000, 1, 1)
    over = datetime.combine(day, starts) + lunch.duration
    if starts >= min(shift.end, lunch.hours.end) or over > datetime.combine(day, shift.end):
        row.find("lunch_outside_shift", "lunch")
        return None
    return lunch


def lunch_of(text: str) -> LunchBreak | None:
    """A break: how long, and between which hours it starts. None for "no lunch". Raises BadCell."""
    value = parsing.clean(text)
    if value.casefold() in parsing.NOTHING | {"no", "否"}:
        return None
    found = _LUNCH.fullmatch(value)
    if not found:
        raise BadCell("bad_lunch", got=parsing.value_class(text))
    minutes = clock.minutes(found[1], 1, 180)
    return LunchBreak(duration=timedelta(minutes=minutes), hours=clock.hours(found[2]))


def _days_off(row: Row) -> frozenset[date]:
    # An agent who may be away is not sent on a guess: a day that cannot be read costs the row.
    parts = row.read("days_off", parsing.words, frozenset[str](), grave=True)
    days = set()
    for part in sorted(parts):
        try:
            days.add(parsing.day(part))
        except BadCell as fault:
            row.find(fault.code, "days_off", grave=True, **fault.facts)
    return frozenset(day for day in days if day is not None)


def crews_of(
    file: str, column: str, members: Iterable[tuple[int, Agent, str]]
) -> tuple[tuple[Crew, ...], list[Finding]]:
    """Crews of two and more, in the order of the rows; a finding for a crew of one."""
    teams: dict[str, list[tuple[int, Agent]]] = {}
    for number, agent, crew in members:
        if crew:
            teams.setdefault(crew, []).append((number, agent))
    crews, findings = [], []
    for ident, team in teams.items():
        try:
            crews.append(Crew(id=ident, members=tuple(agent for _, agent in team)))
        except ModelError:
            findings.append(
                finding("bad_crew", file=file, row=team[0][0], column=column, subject=team[0][1].id)
            )
    return tuple(crews), findings
