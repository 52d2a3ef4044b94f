"""Scenario files: TOML with the fields of `model.scenario.Scenario`, all optional."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from datetime import time, timedelta
from pathlib import Path
from typing import Any

from scheduler.model.findings import DoorstepError, ModelError
from scheduler.model.scenario import Scenario
from scheduler.model.values import DailyHours


def read_scenario(path: Path) -> Scenario:
    """The scenario at `path`; its name is the file's unless it names itself. Raises DoorstepError."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise DoorstepError(f"There is no scenario file {path.name}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DoorstepError(f"{path.name} cannot be read: {error}") from None
    known = sorted(entry.name for entry in fields(Scenario))
    for key in raw:
        if key not in known:
            raise DoorstepError(f"{path.name}: {key} is not a change", mend=f"Known: {', '.join(known)}.")
    try:
        return Scenario(**{"name": path.stem, **{key: _value(key, value) for key, value in raw.items()}})
    except (ModelError, TypeError, ValueError) as error:
        raise DoorstepError(f"{path.name}: {error}") from None


def _value(key: str, value: Any) -> Any:
    if key in ("agents_away", "products"):
        return tuple(sorted(set(_texts(key, value))))
    if key == "copies_of":
        return tuple(_texts(key, value))
    if key == "shift":
        return hours_of(value)
    if key == "overtime":
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 720:
            raise ValueError("overtime is a whole number of minutes, 0 to 720")
        return timedelta(minutes=value)
    if key in ("name", "title", "attendance", "pairs") and not isinstance(value, str):
        raise ValueError(f"{key} is text")
    if key in ("speed_factor", "worth_factor") and (
        isinstance(value, bool) or not isinstance(value, int | float)
    ):
        raise ValueError(f"{key} is a number")
    if key.endswith("days_past_due") and (isinstance(value, bool) or not isinstance(value, int)):
        raise ValueError(f"{key} is a whole number of days")
    return value


def _texts(key: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise ValueError(f"{key} is a list of ids")
    return value


def hours_of(value: Any) -> DailyHours:
    """Hours written as "09:00-17:30"."""
    try:
        start, end = (time.fromisoformat(part.strip()) for part in str(value).split("-"))
    except ValueError:
        raise ValueError('hours are written as "09:00-17:30"') from None
    return DailyHours(start, end)
