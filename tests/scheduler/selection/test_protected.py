"""Protected traits are no inputs: what selection reads is a list, and whatever is not on it changes nothing."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.coordinates import LatLon
from scheduler.model.people import Case, Customer, Place, PlaceKind, Promise, PromiseState
from scheduler.model.values import DailyHours, Money
from scheduler.rules.base import RuleContext
from scheduler.rules.checker import combined_effects
from scheduler.rules.packs import load_packs
from scheduler.selection.inputs import READ
from scheduler.selection.policy import NO_VISIT_FLAGS, Policy
from scheduler.selection.select import Selection, select

DAY = date(2026, 11, 24)
ZONE = ZoneInfo("Europe/Helsinki")
POLICY = Policy.from_mapping({}, currency="EUR")
PROTECTED = (
    "language",
    "age",
    "sex",
    "gender",
    "ethnicity",
    "religion",
    "district",
    "nationality",
    "name",
    "address",
)


class Watched:
    """A case, or a part of one, that notes which of its fields are read."""

    def __init__(self, inner: Any, seen: set[str], prefix: str = "") -> None:
        object.__setattr__(self, "_watched", (inner, seen, prefix))

    def __getattr__(self, name: str) -> Any:
        inner, seen, prefix = object.__getattribute__(self, "_watched")
        value = getattr(inner, name)
        if isinstance(value, Customer | Place):
            return Watched(value, seen, f"{prefix}{name}.")
        seen.add(f"{prefix}{name}")
        return value


def chosen(cases: list[Case], packs: list[str], given: list[Any] | None = None) -> Selection:
    context = RuleContext(cases={case.id: case for case in cases}, zone=ZONE, packs=load_packs(packs))
    effects = combined_effects(cases, DAY, context)
    return select(
        given or cases, DAY, contacts=(), effects=effects, policy=POLICY, zone=ZONE, language="en"
    )  # fmt: skip


MONEY = st.integers(0, 2_000_000).map(lambda minor: Money(minor, "EUR"))
PROMISES = st.builds(
    Promise,
    due=st.dates(DAY - timedelta(days=40), DAY + timedelta(days=20)),
    state=st.sampled_from(list(PromiseState)),
)


@st.composite
def cases(draw: st.DrawFn) -> list[Case]:
    """Up to eight cases of whatever need, product, promise and place."""
    made = []
    for number in range(draw(st.integers(1, 8))):
        overdue = draw(MONEY)
        flags = draw(st.sampled_from([frozenset(), frozenset({"night_shift"}), frozenset({"deceased"})]))
        made.append(
            Case(
                id=f"C{number}",
                customer=Customer(id=f"K{number // 2}", name="Maija", language="fi", flags=flags),
                place=Place(
                    address="Mannerheimintie 1",
                    kind=draw(st.sampled_from(PlaceKind)),
                    location=LatLon(60, 24),
                ),
                product=draw(st.sampled_from(["credit_card", "mortgage", "unheard_of"])),
                balance=overdue,
                overdue=overdue,
                days_past_due=draw(st.integers(0, 1200)),
                last_visit=draw(st.none() | st.just(DAY - timedelta(days=30))),
                promise=draw(st.none() | PROMISES),
                failed_contacts=draw(st.integers(0, 12)),
                service=timedelta(minutes=draw(st.integers(10, 60))),
                mandatory=draw(st.booleans()),
                hours=draw(st.sampled_from([(), (DailyHours(time(10), time(19)),)])),
            )
        )
    return made


TEXT = st.text(max_size=12)


@st.composite
def another_person(draw: st.DrawFn, case: Case) -> Case:
    """The same case of somebody else: every field that selection may not read is another."""
    extra = draw(st.sets(st.sampled_from(["minority", "female", "over_65", "foreign"])))
    place = Place(
        address=draw(TEXT),
        kind=case.place.kind,
        location=draw(st.none() | st.builds(LatLon, st.floats(-60, 60), st.floats(-170, 170))),
        precision=draw(TEXT),
        needs_review=draw(st.booleans()),
    )
    customer = Customer(
        id=case.customer.id,
        name=draw(TEXT),
        phone=draw(TEXT),
        language=draw(st.sampled_from(["zh", "ug", "bo", "fi", "sv", "ar"])),
        flags=case.customer.flags | extra,
    )
    return replace(
        case,
        customer=customer,
        place=place,
        required_skills=frozenset(draw(st.sets(st.sampled_from(["language:ug", "gender:female"])))),
        people=draw(st.integers(1, 3)),
        excluded_agents=frozenset(draw(st.sets(st.sampled_from(["A1", "A2"])))),
        agency=draw(st.sampled_from(["", "AG1"])),
        note=draw(TEXT),
    )


@given(st.data(), cases())
@pytest.mark.parametrize("packs", [["house"], ["cn-bank-2026", "us-regulation-f"]], ids=["house", "two"])
def test_whoever_the_customers_are_selection_and_worth_are_the_same(packs, data, them) -> None:
    others = [data.draw(another_person(case)) for case in them]
    one, two = chosen(them, packs), chosen(others, packs)
    assert one.left_out == two.left_out
    told = [
        [(v.id, v.windows, v.bands, v.top_worth, v.reasons) for v in found.visits] for found in (one, two)
    ]
    assert told[0] == told[1]


@given(them=cases())
def test_selection_reads_what_is_listed_and_nothing_else(them) -> None:
    seen: set[str] = set()
    watched = [Watched(case, seen) for case in them]
    assert chosen(them, ["house"], watched).counts == chosen(them, ["house"]).counts
    assert seen <= READ


def test_each_field_that_is_listed_is_read(case) -> None:
    seen: set[str] = set()
    some = [case("A"), case("B", days_past_due=1), case("C", mandatory=True)]
    chosen(some, ["house"], [Watched(one, seen) for one in some])
    assert seen == READ
    known = {field.name for field in fields(Case)} - {"customer", "place"}
    known |= {f"customer.{field.name}" for field in fields(Customer)}
    known |= {f"place.{field.name}" for field in fields(Place)}
    assert known > READ


def test_nothing_that_is_listed_names_a_protected_trait() -> None:
    assert not [name for name in READ for trait in PROTECTED if trait in name.split(".")]
    assert not NO_VISIT_FLAGS & {"minority", "female", "foreign"}


@pytest.mark.parametrize("trait", ["language", "age", "sex", "district"])
def test_the_settings_refuse_points_for_a_protected_trait(trait) -> None:
    from scheduler.selection.tables import SelectionError

    with pytest.raises(SelectionError, match=trait):
        Policy.from_mapping({"scorecard": {trait: [[0, 5]]}}, currency="EUR")


def test_the_page_lists_what_is_read() -> None:
    page = (Path(__file__).parents[3] / "docs" / "selection.md").read_text("utf-8")
    assert all(f"`{name}`" in page for name in READ)
