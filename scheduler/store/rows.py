"""Model values to rows and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any

from geodata.coordinates import LatLon
from scheduler.model.people import (
    Agent,
    Case,
    Customer,
    LunchBreak,
    Place,
    PlaceKind,
    Promise,
    PromiseState,
    TravelMode,
)
from scheduler.model.values import DailyHours, Money
from scheduler.model.visit import Contact, ContactKind, Outcome, OutcomeKind

Row = Any
"""A mapping from column name to value, as the database hands it over."""


def hours_text(hours: DailyHours) -> str:
    """Hours with all their digits, so that 24:00 (time.max) survives."""
    return f"{hours.start.isoformat()}/{hours.end.isoformat()}"


def hours_from(text: str) -> DailyHours:
    """The hours that `hours_text` wrote."""
    start, end = text.split("/")
    return DailyHours(time.fromisoformat(start), time.fromisoformat(end))


def position_text(at: LatLon | None) -> str:
    """A position with all its digits; empty for none."""
    return f"{at.lat!r} {at.lon!r}" if at else ""


def position_from(text: str) -> LatLon | None:
    """The position that `position_text` wrote."""
    return LatLon(*map(float, text.split())) if text else None


def place_row(place: Place | None, prefix: str = "") -> dict[str, Any]:
    """A place's columns; blanks for none."""
    place = place or Place(address="")
    at = place.location
    return {
        f"{prefix}address": place.address,
        f"{prefix}kind": place.kind.value,
        f"{prefix}position": position_text(at),
        f"{prefix}precision": place.precision,
        f"{prefix}review": place.needs_review,
    }


def place_from(row: Row, prefix: str = "") -> Place:
    """The place in a row."""
    return Place(
        address=row[f"{prefix}address"],
        kind=PlaceKind(row[f"{prefix}kind"]),
        location=position_from(row[f"{prefix}position"]),
        precision=row[f"{prefix}precision"],
        needs_review=bool(row[f"{prefix}review"]),
    )


def case_row(case: Case) -> dict[str, Any]:
    """A case's columns."""
    promise = case.promise
    return {
        "id": case.id,
        "customer": case.customer.id,
        "name": case.customer.name,
        "phone": case.customer.phone,
        "language": case.customer.language,
        "flags": json.dumps(sorted(case.customer.flags)),
        **place_row(case.place),
        "product": case.product,
        "currency": case.overdue.currency,
        "balance": case.balance.minor,
        "overdue": case.overdue.minor,
        "days_past_due": case.days_past_due,
        "settled_on": case.settled_on,
        "last_visit": case.last_visit,
        "promise_due": promise.due if promise else None,
        "promise_state": promise.state.value if promise else None,
        "promise_amount": promise.amount.minor if promise and promise.amount else None,
        "failed_contacts": case.failed_contacts,
        "hours": [hours_text(hours) for hours in case.hours],
        "service_s": int(case.service.total_seconds()),
        "skills": sorted(case.required_skills),
        "people": case.people,
        "excluded_agents": sorted(case.excluded_agents),
        "agency": case.agency,
        "mandatory": case.mandatory,
        "note": case.note,
    }


def case_from(row: Row) -> Case:
    """The case in a row."""
    currency = row["currency"]
    amount = row["promise_amount"]
    promise = row["promise_due"] and Promise(
        due=row["promise_due"],
        state=PromiseState(row["promise_state"]),
        amount=None if amount is None else Money(amount, currency),
    )
    return Case(
        id=row["id"],
        customer=Customer(
            id=row["customer"],
            name=row["name"],
            phone=row["phone"],
            language=row["language"],
            flags=frozenset(json.loads(row["flags"])),
        ),
        place=place_from(row),
        product=row["product"],
        balance=Money(row["balance"], currency),
        overdue=Money(row["overdue"], currency),
        days_past_due=row["days_past_due"],
        settled_on=row["settled_on"],
        last_visit=row["last_visit"],
        promise=promise or None,
        failed_contacts=row["failed_contacts"],
        hours=tuple(hours_from(text) for text in row["hours"]),
        service=timedelta(seconds=row["service_s"]),
        required_skills=frozenset(row["skills"]),
        people=row["people"],
        excluded_agents=frozenset(row["excluded_agents"]),
        agency=row["agency"],
        mandatory=bool(row["mandatory"]),
        note=row["note"],
    )


def agent_row(agent: Agent) -> dict[str, Any]:
    """An agent's columns."""
    return {
        "id": agent.id,
        "name": agent.name,
        "phone": agent.phone,
        "agency": agent.agency,
        **place_row(agent.start, "start_"),
        "has_end": agent.end is not None,
        **place_row(agent.end, "end_"),
        "shift": hours_text(agent.shift),
        "mode": agent.mode.value,
        "lunch_s": _seconds(agent.lunch.duration) if agent.lunch else None,
        "lunch_hours": hours_text(agent.lunch.hours) if agent.lunch else None,
        "skills": sorted(agent.skills),
        "max_visits": agent.max_visits,
        "max_travel_s": _seconds(agent.max_travel) if agent.max_travel else None,
        "max_overtime_s": _seconds(agent.max_overtime),
        "currency": agent.hourly_cost.currency,
        "hourly_cost": agent.hourly_cost.minor,
        "km_cost": agent.km_cost.minor,
        "days_off": sorted(day.isoformat() for day in agent.days_off),
    }


def agent_from(row: Row) -> Agent:
    """The agent in a row."""
    lunch = row["lunch_s"] and LunchBreak(
        duration=timedelta(seconds=row["lunch_s"]), hours=hours_from(row["lunch_hours"])
    )
    return Agent(
        id=row["id"],
        name=row["name"],
        phone=row["phone"],
        agency=row["agency"],
        start=place_from(row, "start_"),
        end=place_from(row, "end_") if row["has_end"] else None,
        shift=hours_from(row["shift"]),
        mode=TravelMode(row["mode"]),
        lunch=lunch or None,
        skills=frozenset(row["skills"]),
        max_visits=row["max_visits"],
        max_travel=None if row["max_travel_s"] is None else timedelta(seconds=row["max_travel_s"]),
        max_overtime=timedelta(seconds=row["max_overtime_s"]),
        hourly_cost=Money(row["hourly_cost"], row["currency"]),
        km_cost=Money(row["km_cost"], row["currency"]),
        days_off=frozenset(date.fromisoformat(day) for day in row["days_off"]),
    )


def contact_row(contact: Contact) -> dict[str, Any]:
    """A contact's columns."""
    return {
        "case_id": contact.case,
        "kind": contact.kind.value,
        "at": contact.at,
        "reached": contact.reached,
        "agency": contact.agency,
        "place": contact.place.value if contact.place else None,
        "source": contact.source,
        "recorded_by": contact.recorded_by,
        "recorded_at": contact.recorded_at,
        "recording": contact.recording,
    }


def contact_from(row: Row) -> Contact:
    """The contact in a row."""
    return Contact(
        case=row["case_id"],
        kind=ContactKind(row["kind"]),
        at=row["at"],
        reached=bool(row["reached"]),
        agency=row["agency"],
        place=PlaceKind(row["place"]) if row["place"] else None,
        source=row["source"],
        recorded_by=row["recorded_by"],
        recorded_at=row["recorded_at"],
        recording=row["recording"],
    )


def outcome_row(outcome: Outcome) -> dict[str, Any]:
    """An outcome's columns."""
    return {
        "id": outcome.id,
        "plan": outcome.plan,
        "case_id": outcome.case,
        "agent": outcome.agent,
        "kind": outcome.kind.value,
        "at": outcome.at,
        "took_s": _seconds(outcome.took) if outcome.took else None,
        "promised": outcome.promised.minor if outcome.promised else None,
        "currency": outcome.promised.currency if outcome.promised else None,
        "promised_by": outcome.promised_by,
        "note": outcome.note,
    }


def outcome_from(row: Row) -> Outcome:
    """The outcome in a row."""
    return Outcome(
        id=row["id"],
        plan=row["plan"],
        case=row["case_id"],
        agent=row["agent"],
        kind=OutcomeKind(row["kind"]),
        at=row["at"],
        took=None if row["took_s"] is None else timedelta(seconds=row["took_s"]),
        promised=None if row["promised"] is None else Money(row["promised"], row["currency"]),
        promised_by=row["promised_by"],
        note=row["note"],
    )


def changed_fields(old: Row, new: Row, ignore: Sequence[str] = ()) -> tuple[str, ...]:
    """Names of the columns that differ."""
    return tuple(sorted(key for key in new if key not in ignore and old.get(key) != new[key]))


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())
