"""Home before work, the workplace's own hours, places by consent and places refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from scheduler.model.ledger import BlockedPlace, VisitConsent
from scheduler.model.people import Place, PlaceKind
from scheduler.model.values import DailyHours
from scheduler.model.visit import Contact, ContactKind
from scheduler.rules.place import PermittedPlaces, RefusedPlace

HELSINKI = ZoneInfo("Europe/Helsinki")
HOME, WORK, OTHER = PlaceKind.HOME, PlaceKind.WORK, PlaceKind.OTHER
OFFICE = (DailyHours(time(9), time(17)),)


def at(hour: int, minute: int = 0, day: int = 24) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=HELSINKI)


def verdict(make, rule, kind: PlaceKind, start=None, **context):
    case = make.case(place=Place(address="x", kind=kind, location=make.case().place.location))
    return make.verdict(rule, make.plan(make.stop(start or at(12))), make.context(case, **context))


def visit(place: PlaceKind | None, case: str = "C1") -> Contact:
    at = datetime(2026, 11, 2, 12, tzinfo=UTC)
    return Contact(case=case, kind=ContactKind.VISIT, at=at, reached=False, place=place)


@pytest.mark.parametrize(("kind", "lawful"), [(HOME, True), (WORK, False), (OTHER, False)])
def test_only_at_home(make, kind: PlaceKind, lawful: bool) -> None:
    rule = PermittedPlaces(source=make.source, permitted=frozenset({HOME}))
    assert verdict(make, rule, kind) == (lawful, [] if lawful else ["barred_place"])


@pytest.mark.parametrize(("places", "lawful"), [({WORK}, True), ({OTHER}, False), (set(), False)])
def test_elsewhere_by_agreement(make, places, lawful: bool) -> None:
    rule = PermittedPlaces(source=make.source, permitted=frozenset({HOME}))
    marks = (make.mark(VisitConsent, places=frozenset(places)),)
    assert verdict(make, rule, WORK, marks=marks) == (lawful, [] if lawful else ["barred_place"])


@pytest.mark.parametrize(
    ("contacts", "lawful"),
    [
        ((), False),
        ((visit(HOME),), True),
        ((visit(WORK),), False),
        ((visit(None),), False),
        ((visit(HOME, "C2"),), False),
    ],
)
def test_home_before_work(make, contacts, lawful: bool) -> None:
    rule = PermittedPlaces(source=make.source, order=(HOME, WORK))
    assert verdict(make, rule, WORK, contacts=contacts) == (lawful, [] if lawful else ["place_too_early"])
    assert verdict(make, rule, HOME, contacts=contacts) == (True, [])
    assert verdict(make, rule, OTHER, contacts=contacts) == (True, [])


def test_a_customer_may_choose_the_workplace_first(make) -> None:
    rule = PermittedPlaces(source=make.source, order=(HOME, OTHER, WORK))
    marks = (make.mark(VisitConsent, places=frozenset({WORK})),)
    assert verdict(make, rule, WORK, marks=marks) == (True, [])
    assert verdict(make, rule, OTHER, marks=marks) == (False, ["place_too_early"])


@pytest.mark.parametrize(
    ("start", "lawful"),
    [
        (at(9), True),
        (at(8, 59), False),
        (at(16, 40), True),
        (at(16, 41), False),
        (at(12, day=28), False),  # a Saturday
        (at(12, day=27), True),
    ],
)
def test_hours_at_a_workplace(make, start: datetime, lawful: bool) -> None:
    rule = PermittedPlaces(source=make.source, work_week=(*(OFFICE,) * 5, (), (), ()))
    assert verdict(make, rule, WORK, start) == (lawful, [] if lawful else ["outside_work_hours"])
    assert verdict(make, rule, HOME, start) == (True, [])


def test_a_workplace_on_a_holiday(make) -> None:
    rule = PermittedPlaces(source=make.source, work_week=(*(OFFICE,) * 5, (), (), ()))
    holidays = frozenset({date(2026, 11, 24)})
    assert verdict(make, rule, WORK, holidays=holidays) == (False, ["outside_work_hours"])


@pytest.mark.parametrize(("refused", "lawful"), [(HOME, False), (WORK, True)])
def test_a_place_that_was_refused(make, refused: PlaceKind, lawful: bool) -> None:
    marks = (make.mark(BlockedPlace, place=refused),)
    codes = [] if lawful else ["visit_at_refused_place"]
    assert verdict(make, RefusedPlace(), HOME, marks=marks) == (lawful, codes)
