"""Cards: what fits the case, what no card may lack, and nothing of the customer's own words."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.coordinates import LatLon
from scheduler.model.people import Case, Customer, Place, PlaceKind, Promise, PromiseState
from scheduler.model.values import Money
from scheduler.strategy.cards import Card, make_card
from scheduler.strategy.playbook import OWN_FOLDER, REQUIRED, load_playbook

HOSTILE = "{{ 7*7 }}{% for x in range(9) %}CANARY{% endfor %}<script>alert('CANARY')</script>${CANARY}`CANARY"


def texts(card: Card) -> str:
    sections = (getattr(card, entry.name) for entry in fields(card))
    return "\n".join(text for section in sections if isinstance(section, tuple) for text in section)


def flagged(*flags: str) -> Customer:
    return Customer(id="K", name="Maija Meikäläinen", flags=frozenset(flags))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_customer_s_words_never_reach_a_card(card, language: str) -> None:
    made = card(
        language,
        customer=Customer(id="K", name=HOSTILE, phone=HOSTILE, flags=frozenset({HOSTILE})),
        place=Place(address=HOSTILE, location=LatLon(60.17, 24.94)),
        note=HOSTILE,
        product=HOSTILE,
        agency=HOSTILE,
    )
    assert "CANARY" not in texts(made)
    assert "49" not in texts(made)
    assert "{" not in texts(made)


def test_reasons_are_repeated_as_they_are_and_never_run(card) -> None:
    made = card(reasons=(HOSTILE,))
    assert made.why[0] == HOSTILE
    assert "CANARY" not in "".join(made.why[1:])


SITUATIONS = {
    "early": ({"days_past_due": 12}, "likely/forgotten", "opening/talk_early"),
    "cash_flow": ({"days_past_due": 45}, "likely/cash_flow", "opening/talk"),
    "job_loss": (
        {"customer": flagged("unemployed"), "days_past_due": 70},
        "likely/job_loss",
        "referrals/work",
    ),
    "illness": (
        {"customer": flagged("illness"), "days_past_due": 70},
        "likely/illness",
        "referrals/distress",
    ),
    "dispute": ({"customer": flagged("dispute")}, "likely/dispute", "never/dispute_pressure"),
    "over_indebted": (
        {"days_past_due": 120, "overdue": Money(900_000, "EUR")},
        "likely/over_indebted",
        "referrals/many_debts",
    ),
    "moved": ({"failed_contacts": 7}, "likely/moved", "why/unreached"),
    "avoiding": ({"failed_contacts": 3}, "likely/avoiding", "why/unreached"),
    "broken": (
        {"promise": Promise(due=date(2026, 11, 10), state=PromiseState.BROKEN)},
        "likely/hopeful_promise",
        "opening/talk_broken",
    ),
    "kept": (
        {"promise": Promise(due=date(2026, 11, 10), state=PromiseState.KEPT)},
        "likely/kept_promise",
        "tone/appreciative",
    ),
    "small_and_old": (
        {"days_past_due": 120, "overdue": Money(20_000, "EUR")},
        "likely/small_and_old",
        "why/usual",
    ),
    "large": ({"overdue": Money(900_000, "EUR")}, "tone/large", "opening/talk"),
    "old": ({"days_past_due": 300}, "likely/believes_hopeless", "opening/talk_late"),
    "workplace": (
        {"place": Place(address="x", kind=PlaceKind.WORK)},
        "opening/workplace",
        "never/workplace",
    ),
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", SITUATIONS)
def test_the_card_fits_the_situation(card, name: str, language: str) -> None:
    changes, *wanted = SITUATIONS[name]
    assert set(wanted) <= set(card(language, **changes).entries)


def test_one_entry_a_group(card) -> None:
    promise = Promise(due=date(2026, 11, 10), state=PromiseState.BROKEN)
    entries = card(promise=promise, days_past_due=300, customer=flagged("dispute")).entries
    talks = [entry for entry in entries if entry.startswith("opening/talk")]
    assert talks == ["opening/talk_dispute"]


def test_a_promise_is_named_by_its_day(card) -> None:
    promise = Promise(due=date(2026, 11, 20), state=PromiseState.PENDING)
    made = card(promise=promise)  # its day and the day of grace have passed
    assert any("2026-11-20" in line for line in made.opening)


def test_offers_are_those_of_the_product(card, products) -> None:
    card_offers = card(product="credit_card", days_past_due=45).entries
    assert "offers/instalments" in card_offers
    assert "offers/fee_review" in card_offers
    car = card(product="car_loan", days_past_due=45)
    assert "offers/instalments" not in car.entries
    assert any("24 monthly" in line for line in card(product="credit_card").offers)
    assert any("12 monthly" in line for line in card(product="consumer_loan").offers)
    assert any("6 monthly" in line for line in card(product="micro_loan").offers)


@pytest.mark.parametrize(("days", "offered"), [(14, False), (15, True), (720, True), (721, False)])
def test_an_offer_at_the_bounds_of_its_rule(card, days: int, offered: bool) -> None:
    assert ("offers/instalments" in card(days_past_due=days).entries) is offered


def test_where_nothing_may_be_offered_the_card_says_so(case, playbooks, products) -> None:
    nothing = replace(products, offers={"default": ()})
    made = make_card(case("C1"), (), playbook=playbooks["en"], products=nothing, day=date(2026, 11, 24))
    assert len(made.offers) == 1
    assert made.offers[0].startswith("There is nothing that you may offer")


def test_a_dispute_is_offered_no_arrangement_of_the_debt(card) -> None:
    entries = card(customer=flagged("dispute", "hardship")).entries
    assert not {"offers/instalments", "offers/extension", "offers/hardship_relief"} & set(entries)


def test_amounts_are_plain_text_as_the_reader_is_used_to(case, products, tmp_path) -> None:
    own = tmp_path / "own.toml"
    english = (OWN_FOLDER / "en.toml").read_text("utf-8")
    own.write_text(
        english.replace("Patient and unhurried.", "It is {{ overdue }} of {{ balance }}."), "utf-8"
    )
    made = make_card(
        case("C1"),
        (),
        playbook=load_playbook(own),
        products=products,
        day=date(2026, 11, 24),
        money=lambda amount: f"<{amount.minor}'",
    )
    assert made.tone[1].startswith("It is <40000' of <250000'.")


CASES = st.builds(
    Case,
    id=st.just("C1"),
    customer=st.builds(
        Customer,
        id=st.just("K"),
        name=st.just("CANARY"),
        flags=st.frozensets(
            st.sampled_from(
                ["hardship", "illness", "unemployed", "dispute", "elderly", "over_indebted", "odd"]
            ),
            max_size=4,
        ),
    ),
    place=st.builds(Place, address=st.just("CANARY"), kind=st.sampled_from(PlaceKind)),
    product=st.sampled_from(["credit_card", "car_loan", "mortgage", "micro_loan", "consumer_loan", "boat"]),
    balance=st.builds(Money, st.integers(0, 10**9), st.just("CNY")),
    overdue=st.builds(Money, st.integers(0, 10**9), st.just("CNY")),
    days_past_due=st.integers(0, 2000),
    last_visit=st.one_of(st.none(), st.just(date(2026, 10, 1))),
    promise=st.one_of(
        st.none(),
        st.builds(
            Promise,
            due=st.dates(date(2026, 11, 1), date(2026, 12, 20)),
            state=st.sampled_from(PromiseState),
            amount=st.one_of(st.none(), st.just(Money(100, "CNY"))),
        ),
    ),
    failed_contacts=st.integers(0, 12),
    people=st.integers(1, 3),
    note=st.just("CANARY"),
)


@given(shown=CASES)
def test_every_case_gets_a_whole_card_in_both_languages(playbooks, products, shown: Case) -> None:
    cards = [
        make_card(shown, ("r",), playbook=playbooks[lang], products=products, day=date(2026, 11, 24))
        for lang in ("en", "zh")
    ]
    assert cards[0].entries == cards[1].entries
    for card in cards:
        for name in ("why", "likely", "tone", "opening", "offers", "never", "documents", "referrals"):
            assert getattr(card, name), name
        for section, needed in REQUIRED.items():
            assert {f"{section}/{ident}" for ident in needed} <= set(card.entries)
        assert len(card.likely) <= 4
        assert "CANARY" not in texts(card)
        allowed = {rule.kind for rule in products.offers_for(shown)}
        offered = {entry.split("/")[1] for entry in card.entries if entry.startswith("offers/")}
        assert {"hardship_relief" if o.startswith("hardship") else o for o in offered} <= allowed | {
            "nothing"
        }
