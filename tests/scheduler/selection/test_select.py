"""The visits of a day: order, words, what rules forbid, one visit a customer, nobody lost."""

from __future__ import annotations

import random
from datetime import date, time, timedelta

import pytest

from scheduler.model.people import Customer, Place, PlaceKind, Promise, PromiseState
from scheduler.model.values import DailyHours, Money
from scheduler.rules.base import RuleContext
from scheduler.rules.checker import combined_effects
from scheduler.rules.packs import load_packs
from scheduler.selection.select import select
from scheduler.selection.words import SENTENCES

DAY = date(2026, 11, 24)


@pytest.fixture
def choose(policy, zone):
    """`choose(*cases, day=, language=, table=)` selects under the house's rules."""

    def chosen(*cases, day=DAY, language="en", contacts=(), table=None):
        context = RuleContext(
            cases={case.id: case for case in cases}, zone=zone, packs=load_packs(["house"]), contacts=contacts
        )
        effects = combined_effects(cases, day, context)
        return select(
            cases,
            day,
            contacts=contacts,
            effects=effects,
            policy=policy(**(table or {})),
            zone=zone,
            language=language,
        )

    return chosen


def test_the_worthiest_first_then_by_id(case, choose) -> None:
    cases = [
        case(ident, overdue=Money(minor, "EUR"))
        for ident, minor in (("B", 90_000), ("C", 80_000), ("A", 80_000))
    ]
    found = choose(*cases)
    assert [visit.id for visit in found.visits] == ["B", "A", "C"]
    assert choose(*reversed(cases)) == found


def test_a_visit_says_why_without_a_name(case, choose) -> None:
    promise = Promise(due=date(2026, 11, 10), state=PromiseState.BROKEN)
    shown = case("C1", promise=promise, failed_contacts=3, note="CANARY")
    (visit,) = choose(shown).visits
    assert visit.reasons == (
        "45 days past due, €400.00 overdue.",
        "The promise to pay by 2026-11-10 was not kept.",
        "3 attempts to reach the customer failed.",
        "First visit.",
        "Best hours 18:00-19:40: about 60 % likely to meet the customer.",
    )
    (visit,) = choose(shown, language="zh").visits
    assert visit.reasons[0] == "逾期45天，逾期金额€400.00。"
    assert not any("CANARY" in reason or "Maija" in reason for reason in visit.reasons)


def test_bands_lie_within_the_windows(case, choose) -> None:
    (visit,) = choose(case("C1")).visits
    assert visit.bands[0].window.start == visit.windows[0].start
    assert visit.bands[-1].window.end == visit.windows[-1].end
    assert len(visit.bands) <= 5
    assert visit.top_worth == visit.worth_at(visit.windows[-1].end)


def test_what_a_rule_forbids_is_left_out_with_the_rule(case, choose) -> None:
    seen = case("C1", last_visit=DAY - timedelta(days=3))
    found = choose(seen, table={"cooling_off_days": 0})
    (left,) = found.left_out
    assert (left.code, left.rule) == ("rule_forbids", "house/visit_cap")
    assert "7 days" in left.words
    (left,) = choose(case("C1"), day=date(2026, 11, 29)).left_out
    assert (left.code, left.rule) == ("rule_forbids", "house/hours")


def test_a_mandatory_case_is_not_above_the_rules(case, choose) -> None:
    seen = case("C1", last_visit=DAY - timedelta(days=3), mandatory=True)
    assert choose(seen).visits == ()


def test_hours_that_leave_nothing_are_said(case, choose) -> None:
    (left,) = choose(case("C1", hours=(DailyHours(time(20, 30), time(21)),))).left_out
    assert left.code == "no_permitted_hours"


def test_not_worth_its_cost(case, choose) -> None:
    small = case("C1", overdue=Money(6000, "EUR"), days_past_due=400)
    (left,) = choose(small).left_out
    assert left.code == "not_worth"
    (visit,) = choose(case("C1", overdue=Money(6000, "EUR"), days_past_due=400, mandatory=True)).visits
    assert visit.top_worth == Money(0, "EUR")


def test_one_visit_a_customer_and_day(case, choose) -> None:
    same = Customer(id="K", name="Maija Meikäläinen")
    small = case("A", customer=same, overdue=Money(40_000, "EUR"))
    large = case("B", customer=same, overdue=Money(90_000, "EUR"))
    found = choose(small, large)
    assert [visit.id for visit in found.visits] == ["B"]
    assert [(left.case, left.code) for left in found.left_out] == [("A", "same_customer")]
    ordered = case("A", customer=same, overdue=Money(40_000, "EUR"), mandatory=True)
    assert [visit.id for visit in choose(ordered, large).visits] == ["A"]


def test_a_workplace_is_worth_more_by_day(case, choose) -> None:
    office = Place(address="Mannerheimintie 1", kind=PlaceKind.WORK, location=case().place.location)
    (visit,) = choose(case("C1", place=office)).visits
    assert visit.bands[0].worth > visit.bands[-1].worth


def test_nobody_is_lost(case, choose) -> None:
    draw = random.Random(7)
    cases = [
        case(
            f"C{number}",
            customer=Customer(id=f"K{number % 80}", name="x"),
            overdue=Money(draw.randrange(0, 200_000), "EUR"),
            days_past_due=draw.randrange(0, 1500),
            failed_contacts=draw.randrange(8),
            last_visit=draw.choice([None, DAY - timedelta(days=draw.randrange(20))]),
        )
        for number in range(120)
    ]
    found = choose(*cases)
    chosen = [visit.id for visit in found.visits]
    left = [entry.case for entry in found.left_out]
    assert sorted(chosen + left) == sorted(case.id for case in cases)
    assert len(chosen) > 5
    worths = [visit.top_worth.minor for visit in found.visits]
    assert worths == sorted(worths, reverse=True)
    assert sum(found.counts.values()) == len(left)


def test_every_sentence_is_in_both_languages_with_the_same_facts() -> None:
    from string import Formatter

    for code, sentence in SENTENCES.items():
        facts = [
            {name for _, name, _, _ in Formatter().parse(sentence[lang]) if name} for lang in ("en", "zh")
        ]
        assert facts[0] == facts[1], code
