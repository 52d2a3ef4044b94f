"""An agent's day for a calendar app, without a word about who is visited or why.

Calendars are copied to servers and shown on lock screens: titles are numbers, and places are left out.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, timedelta

from icalendar import Calendar, Event

from reports import words
from reports.sheet import RouteSheet


def agent_calendar(sheet: RouteSheet, sequence: int | None = None) -> bytes:
    """An iCalendar file (RFC 5545). `sequence` must grow with each publication of the same day: the minutes of
    `generated_at` since 1970 unless given.

    A visit keeps its UID from plan to plan, whatever its number or hour, so that an app moves it.
    """
    if sequence is None:
        sequence = int(sheet.generated_at.timestamp()) // 60
    if sequence < 0:
        raise ValueError("sequence: zero or more")
    known = words.words(sheet.language)
    calendar = Calendar()
    calendar.add("prodid", "-//Doorstep//Route//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for stop in sheet.stops:
        event = Event()
        event.add("uid", _uid(sheet, stop.case_id))
        event.add("summary", f"{known['visit']} {stop.number}")
        event.add("dtstart", stop.start.astimezone(UTC))
        event.add("dtend", max(stop.finish, stop.start + timedelta(minutes=1)).astimezone(UTC))
        event.add("dtstamp", sheet.generated_at.astimezone(UTC))
        event.add("sequence", sequence)
        event.add("class", "PRIVATE")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _uid(sheet: RouteSheet, case: str) -> str:
    digest = hashlib.sha256("\x1f".join((sheet.agent_id, sheet.day.isoformat(), case)).encode()).hexdigest()
    return f"{digest[:32]}@doorstep"
