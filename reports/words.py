"""Words and figures in the reader's language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files

from babel.dates import format_date

LANGUAGES = ("en", "zh")
LOCALES = {"en": "en_GB", "zh": "zh_Hans_CN"}
"""Babel's names; its own negotiation does not find zh-CN."""


@cache
def words(language: str) -> Mapping[str, str]:
    """Every word of the pages. Raises KeyError for a language there is none of."""
    if language not in LANGUAGES:
        raise KeyError(language)
    return tomllib.loads(files("reports").joinpath("locale", f"{language}.toml").read_text("utf-8"))


def long_date(day: date, language: str) -> str:
    """The day with its weekday."""
    return str(format_date(day, "full", locale=LOCALES[language]))


def clock(moment: datetime) -> str:
    """Hours and minutes."""
    return f"{moment:%H:%M}"


def kilometres(metres: float) -> str:
    """Kilometres with one decimal."""
    return f"{metres / 1000:.1f}"


def minutes(span: timedelta) -> int:
    """Whole minutes, rounded."""
    return round(span.total_seconds() / 60)


def hours(span: timedelta) -> str:
    """Hours and minutes as 3:05."""
    whole = minutes(span)
    return f"{whole // 60}:{whole % 60:02d}"
