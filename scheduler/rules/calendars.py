"""Public holidays and make-up workdays of a country, from calendar libraries that are kept up to date.

China's come from `chinese_calendar`, which holds what the State Council announced, year by year; for a year
that it doesn't hold yet, and for every other country, from `holidays`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """One year. `makeup` are days of a weekend that were made workdays; `known` says whether it was found."""

    known: bool
    holidays: frozenset[date] = frozenset()
    makeup: frozenset[date] = frozenset()


def is_calendar(name: str) -> bool:
    """Whether there is a calendar of this name: a country such as "AU", or a part of one such as "AU-NSW"."""
    import holidays

    country, _, part = name.partition("-")
    known = holidays.list_supported_countries(include_aliases=False)
    return country in known and (not part or part in known[country])


@lru_cache(maxsize=64)
def country_of(zone: str) -> str:
    """The country of a time zone, by the Unicode project's tables, if it has a calendar; else nothing."""
    from babel.core import get_global

    country = str(get_global("zone_territories").get(zone, ""))
    return country if is_calendar(country) else ""


@lru_cache(maxsize=256)
def public_holidays(name: str, year: int) -> Calendar:
    """The calendar of a country or a part of one for a year; not `known` where there is none for it."""
    announced = _announced_in_china(year) if name == "CN" else None
    return announced or _computed(name, year)


def _announced_in_china(year: int) -> Calendar | None:
    import chinese_calendar

    first = date(year, 1, 1)
    days = [first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days)]
    try:
        details = {day: chinese_calendar.get_holiday_detail(day) for day in days}
    except NotImplementedError:
        return None
    return Calendar(
        known=True,
        holidays=frozenset(day for day, (off, name) in details.items() if off and name),
        makeup=frozenset(day for day, (off, _) in details.items() if not off and day.weekday() >= 5),
    )


def _computed(name: str, year: int) -> Calendar:
    import holidays

    country, _, part = name.partition("-")
    try:
        found = holidays.country_holidays(country, subdiv=part or None, years=year)
    except NotImplementedError:
        return Calendar(known=False)
    made_up: frozenset[date] = frozenset(getattr(found, "weekend_workdays", ()))
    return Calendar(
        known=bool(found),
        holidays=frozenset(day for day in found if day.year == year),
        makeup=frozenset(day for day in made_up if day.year == year),
    )
