"""A row of the team's list -> an Agent, and rows with the same crew id -> a Crew."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, time, timedelta

from scheduler.intake import parsing
from scheduler.intake.parsing import BadCell
from scheduler.intake.rowreader import IntakeContext, Row, location
from scheduler.model.findings import Finding, ModelError, Severity
from scheduler.model.people import Agent, Crew, LunchBreak, Place, PlaceKind, TravelMode
from scheduler.model.values import DailyHours, Money, require_id

REQUIRED = ("id", "start_address", "shift")

_MODES = {
    "car": TravelMode.CAR, "汽车": TravelMode.CAR, "开车": TravelMode.CAR, "驾车": TravelMode.CAR,
    "bicycle": TravelMode.BICYCLE, "bike": TravelMode.BICYCLE, "自行车": TravelMode.BICYCLE, "骑行": TravelMode.BICYCLE,
    "电动车": TravelMode.BICYCLE, "e-bike": TravelMode.BICYCLE, "foot": TravelMode.FOOT, "walk": TravelMode.FOOT,
    "步行": TravelMode.FOOT,
}  # fmt: skip
_OPEN_END = frozenset({"open", "none", "-", "不返回", "无"})
_LUNCH = re.compile(r"(\d{1,3})\s*(?:min|m|minutes|分钟|分)\s*(.+)", re.IGNORECASE)
_NINE_TO_FIVE = DailyHours(time(9), time(17))


def agent_of(row: Row, context: IntakeContext) -> tuple[str, tuple[Agent, str]] | None:
    """The row's id, agent and crew id ("" for none), or None where the row is spoiled."""
    ident = row.text("id")
    try:
        require_id("agent", ident)
    except ModelError:
        row.spoil(
            "bad_id", "id", "An id has 1 to 64 characters without blanks or slashes.", "Use the staff number."
        )
        return None
    if not row.text("shift"):
        row.spoil("missing_shift", "shift", "The shift is missing.", "Write it as 09:00-17:30.")
    shift = row.read("shift", parsing.hours, _NINE_TO_FIVE, grave=True)
    start = _start(row, context)
    if row.spoiled:
        return None
    currency = context.currency
    minutes = row.read("max_travel", lambda text: parsing.whole(text, 1, 1440), None)
    agent = Agent(
        id=ident,
        name=row.text("name", ident),
        start=start,
        end=_end(row, context, start),
        shift=shift,
        mode=_mode(row),
        lunch=_lunch(row, shift),
        skills=row.read("skills", parsing.words, frozenset()),
        max_visits=row.read("max_visits", lambda text: parsing.whole(text, 1, 200), None),
        max_travel=None if minutes is None else timedelta(minutes=minutes),
        max_overtime=timedelta(minutes=row.read("max_overtime", lambda text: parsing.whole(text, 0, 720), 0)),
        hourly_cost=row.read(
            "hourly_cost", lambda text: parsing.money(text, currency), Money.of(20, currency)
        ),
        km_cost=row.read("km_cost", lambda text: parsing.money(text, currency), Money(0, currency)),
        phone=row.text("phone"),
        agency=row.text("agency"),
        days_off=_days_off(row),
    )
    return ident, (agent, row.text("crew"))


def _start(row: Row, context: IntakeContext) -> Place:
    at = location(row, context, "start_lat", "start_lon")
    address = row.text("start_address")
    if not address and at is None:
        row.spoil("empty_address", "start_address", "The start address is empty.", "Fill it in.")
    return Place(address=address, kind=PlaceKind.OTHER, location=at, precision="given" if at else "")


def _end(row: Row, context: IntakeContext, start: Place) -> Place | None:
    address = row.text("end_address")
    at = location(row, context, "end_lat", "end_lon")
    if address.casefold() in _OPEN_END:
        return None
    if not address and at is None:
        return start
    return Place(address=address, kind=PlaceKind.OTHER, location=at, precision="given" if at else "")


def _mode(row: Row) -> TravelMode:
    text = row.text("mode", "car").casefold()
    if text not in _MODES:
        row.warn("bad_mode", "mode", "It is none of car, bicycle, foot; car is taken.", "Write one of them.")
    return _MODES.get(text, TravelMode.CAR)


def _lunch(row: Row, shift: DailyHours) -> LunchBreak | None:
    lunch = row.read("lunch", _lunch_of, None)
    if lunch is not None and not shift.start <= lunch.hours.start < shift.end:
        row.warn(
            "lunch_outside_shift",
            "lunch",
            "The lunch lies outside the shift; it is left out.",
            "Check both hours.",
        )
        return None
    return lunch


def _lunch_of(text: str) -> LunchBreak:
    found = _LUNCH.fullmatch(parsing.clean(text))
    if not found:
        raise BadCell("bad_lunch", "It is no lunch break.", 'Write it as "45 min 11:30-13:30".')
    minutes = parsing.whole(found.group(1), 1, 180)
    return LunchBreak(duration=timedelta(minutes=minutes), hours=parsing.hours(found.group(2)))


def _days_off(row: Row) -> frozenset[date]:
    parts = row.read("days_off", parsing.words, frozenset[str]())
    days = set()
    for part in sorted(parts):
        try:
            days.add(parsing.day(part))
        except BadCell as fault:
            row.warn(fault.code, "days_off", fault.cause, fault.mend)
    return frozenset(days)


def crews_of(file: str, members: Iterable[tuple[int, Agent, str]]) -> tuple[tuple[Crew, ...], list[Finding]]:
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
                Finding(
                    code="bad_crew",
                    severity=Severity.WARNING,
                    cause="The crew has one member, or its id has blanks; its members go alone.",
                    mend="Give two agents or more the same crew id.",
                    file=file,
                    row=team[0][0],
                    column="crew",
                )
            )
    return tuple(crews), findings
