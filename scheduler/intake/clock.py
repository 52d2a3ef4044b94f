"""Cells to hours of a day and lengths of time. Faults are BadCell, as in `parsing`."""

from __future__ import annotations

import re
from datetime import time
from functools import lru_cache

from scheduler.intake.parsing import BadCell, clean, value_class
from scheduler.model.findings import ModelError
from scheduler.model.values import DailyHours

_BETWEEN = re.compile(r"\s*(?:-|–|—|~|至|到|\bto\b)\s*")
_CLOCK = re.compile(
    r"(?P<part>上午|早上|下午|晚上)?\s*(?P<h>[0-9]{1,2})(?:[:.时点](?P<m>[0-9]{2})?分?|(?P<m2>[0-9]{2}))?(?::[0-9]{2})?"
    r"\s*(?P<half>am|pm)?"
)
_ANY = frozenset({"全天", "不限", "任意时间", "任何时间", "随时", "any", "any time", "anytime", "all day"})
_MINUTES = re.compile(r"([0-9]{1,4})(?:[.]0)? ?(?:m|min|mins|minutes?|分|分钟)?")
_HOURS = re.compile(
    r"([0-9]{1,2}(?:\.[0-9]{1,2})?) ?(?:h|hours?|小时|个小时)(?: ?([0-9]{1,2}) ?(?:m|min|分|分钟)?)?"
)
_COLONS = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::[0-9]{2})?")
_AFTERNOON = frozenset({"下午", "晚上", "pm"})


@lru_cache(maxsize=8192)
def hours(text: str) -> DailyHours:
    """One span of a day: 9:00-17:30, 9-17, 09:00至17:30, 9am-5pm, 下午2点到6点. 24:00 is the day's end.

    Raises BadCell.
    """
    parts = _BETWEEN.split(clean(text).casefold())
    found = [_CLOCK.fullmatch(part.strip()) for part in parts]
    if len(found) != 2 or found[0] is None or found[1] is None:
        raise BadCell("bad_hours", got=value_class(text))
    begin, end = found[0], found[1]
    halves = [match["part"] or match["half"] or "" for match in (begin, end)]
    if halves[0] in _AFTERNOON and not halves[1]:  # 下午2点到6点
        halves[1] = halves[0]
    if halves[1] == "pm" and not halves[0] and int(begin["h"]) < int(end["h"]) < 12:  # 2-6 pm
        halves[0] = "pm"
    try:
        return DailyHours(_clock(begin, halves[0]), _clock(end, halves[1]))
    except ModelError:
        raise BadCell("hours_backwards") from None


def _clock(found: re.Match[str], half: str) -> time:
    hour, minute = int(found["h"]), int(found["m"] or found["m2"] or 0)
    if half in _AFTERNOON and hour < 12:
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    if (hour, minute) == (24, 0):
        return time.max
    if hour > 23 or minute > 59:
        raise BadCell("no_such_hour")
    return time(hour, minute)


@lru_cache(maxsize=8192)
def spans(text: str) -> tuple[DailyHours, ...]:
    """Spans separated by semicolons or commas, in order, those that touch or overlap made one.

    Empty for "any time" (全天, 不限). Raises BadCell.
    """
    value = clean(text).casefold()
    if value in _ANY:
        return ()
    merged: list[DailyHours] = []
    for span in sorted(hours(part) for part in re.split(r"[;,、\n]", value) if part.strip()):
        if merged and span.start <= merged[-1].end:
            merged[-1] = DailyHours(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    if not merged:
        raise BadCell("bad_hours", got=value_class(text))
    return tuple(merged)


def minutes(text: str, least: int, most: int) -> int:
    """A length of time in whole minutes: 90, 90 min, 1h30, 1.5 h, 1:30, 2小时30分钟. Raises BadCell."""
    value = clean(text).casefold()
    plain, long, colons = (form.fullmatch(value) for form in (_MINUTES, _HOURS, _COLONS))
    if plain:
        found = int(plain[1])
    elif long:
        found = round(float(long[1]) * 60) + int(long[2] or 0)
    elif colons:
        found = int(colons[1]) * 60 + int(colons[2])
    else:
        raise BadCell("bad_duration", got=value_class(text))
    if not least <= found <= most:
        raise BadCell("number_out_of_range", least=least, most=most)
    return found
