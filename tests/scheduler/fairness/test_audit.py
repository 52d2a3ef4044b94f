"""Made-up banks whose selection is fair, unfair, or unequal for a reason: the audit tells them apart."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from scheduler.fairness.audit import Facts, Outcome, Verdict, audit
from scheduler.fairness.groups import Grouping
from scheduler.fairness.need import strata_of
from scheduler.fairness.words import sentence
from scheduler.model.people import Customer
from scheduler.model.values import Money
from scheduler.selection.policy import Policy

POLICY = Policy.from_mapping({}, currency="EUR")


def bank(case, seed: int, count: int, *, bias: float = 0.0, late: float = 0.0, poorer: int = 0):
    """Cases of groups a and b. Who is overdue longer is likelier due and visited; b's days are `poorer` more.

    `bias` is taken off the chance of b to be due, `late` hours are added to b's visits.
    """
    rng = random.Random(seed)
    cases, groups, due, visits, left = [], {}, set(), {}, {}
    for number in range(count):
        ident = f"C{number}"
        groups[ident] = group = rng.choice("aab")
        days = rng.randrange(5, 300) + (poorer if group == "b" else 0)
        amount = rng.randrange(3_000, 300_000)
        customer = Customer(id=f"K{number}", name="x")
        cases.append(
            case(ident, customer=customer, days_past_due=days, overdue=Money(amount, "EUR"), balance=Money(amount, "EUR"))
        )  # fmt: skip
        chance = min(0.9, 0.3 + days / 600) - (bias if group == "b" else 0)
        if days >= POLICY.min_days_past_due and rng.random() < chance:
            due.add(ident)
            if rng.random() < 0.6:
                visits[ident] = rng.uniform(9, 19) + (late if group == "b" else 0)
        else:
            left[ident] = "too_early" if days < POLICY.min_days_past_due else "not_worth"
    facts = Facts(cases=tuple(cases), due=frozenset(due), visits=visits, left_out=left)
    return facts, Grouping(name="kind", of=groups)


def verdicts(done, group: str = "b") -> dict[str, Verdict]:
    (field,) = done.fields
    (found,) = (one for one in field.groups if one.group == group)
    return {made.outcome.value: made.verdict for made in found.comparisons}


def test_a_bias_is_found_and_said_in_words(case) -> None:
    facts, groups = bank(case, 1, 1500, bias=0.2)
    done = audit(facts, [groups], POLICY)
    assert verdicts(done)["due"] is Verdict.UNEXPLAINED
    assert verdicts(done)["visited"] is Verdict.NO_DIFFERENCE
    (_, group, made) = done.unexplained[1]
    assert (group, made.outcome) == ("b", Outcome.DUE)
    assert made.adjusted.low < -0.2 < made.adjusted.high
    assert made.reason is not None
    assert made.reason.code == "not_worth"
    for language, words in (("en", "do not explain it"), ("zh", "不能解释")):
        assert words in sentence(made, 30, language, lambda code: code)


def test_later_hours_are_found(case) -> None:
    facts, groups = bank(case, 2, 1500, late=2.0)
    done = audit(facts, [groups], POLICY)
    assert verdicts(done) == {
        "due": Verdict.NO_DIFFERENCE,
        "visited": Verdict.NO_DIFFERENCE,
        "hours": Verdict.UNEXPLAINED,
    }
    made = done.unexplained[1][2]
    assert made.adjusted.low < 2.0 < made.adjusted.high
    assert sum(here for here, _ in made.bands) == pytest.approx(1)


def test_a_difference_that_need_explains_is_said_to_be_explained(case) -> None:
    facts, groups = bank(case, 3, 4000, poorer=150)
    done = audit(facts, [groups], POLICY)
    assert verdicts(done)["due"] is Verdict.EXPLAINED
    made = done.fields[0].groups[1].comparisons[0]
    assert made.raw.low > 0.08
    assert abs(made.adjusted.value) < made.raw.value / 2


def test_the_other_side_of_two_groups_is_the_same_comparison(case) -> None:
    facts, groups = bank(case, 4, 900, bias=0.3)
    done = audit(facts, [groups], POLICY)
    one, other = done.fields[0].groups
    for left, right in zip(one.comparisons, other.comparisons, strict=True):
        assert (left.chance, left.verdict) == (right.chance, right.verdict)
        if left.judged:
            assert left.adjusted.value == -right.adjusted.value
        assert (left.here, left.elsewhere) == (right.elsewhere, right.here)
    assert done.tests == 3


def test_small_groups_are_not_judged_and_show_no_figure(case) -> None:
    facts, groups = bank(case, 5, 400)
    few = replace(groups, of={**groups.of, **dict.fromkeys(list(groups.of)[:29], "c")})
    done = audit(facts, [few], POLICY)
    assert set(verdicts(done, "c").values()) == {Verdict.TOO_SMALL}
    from scheduler.publishing.fairness import fairness_data

    (shown,) = (one for one in fairness_data(done, "en")["fields"][0]["groups"] if one["group"] == "c")
    assert shown == {"group": "c", "cases": None, "verdict": "too_small"}


def test_nobody_of_like_need_is_said(case) -> None:
    far = [
        case(f"C{n}", customer=Customer(id=f"K{n}", name="x"), days_past_due=20 if n % 2 else 900)
        for n in range(100)
    ]
    facts = Facts(cases=tuple(far), due=frozenset(c.id for c in far[::3]), visits={}, left_out={})
    done = audit(facts, [Grouping(name="kind", of={c.id: str(c.days_past_due) for c in far})], POLICY)
    assert {v for g in ("20", "900") for v in verdicts(done, g).values()} == {Verdict.NOBODY_ALIKE}
    assert done.tests == 0


def test_cases_without_a_group_are_counted_and_compared_with_nobody(case) -> None:
    facts, groups = bank(case, 6, 400)
    some = replace(groups, of=dict(list(groups.of.items())[:300]))
    done = audit(facts, [some], POLICY)
    assert done.fields[0].unknown == 100
    assert sum(group.cases for group in done.fields[0].groups) == 300


def test_the_same_seed_gives_the_same_audit(case) -> None:
    facts, groups = bank(case, 7, 300)
    assert audit(facts, [groups], POLICY) == audit(facts, [groups], POLICY)


def test_nobody_who_is_due_by_the_limits_shares_a_stratum_with_somebody_who_is_not(case) -> None:
    facts, _ = bank(case, 8, 500)
    strata, count = strata_of(facts.cases, POLICY)
    within = [
        POLICY.min_days_past_due <= one.days_past_due <= POLICY.max_days_past_due
        and one.overdue.minor >= POLICY.min_overdue.minor
        for one in facts.cases
    ]
    for number in range(count):
        limits = {
            (one.days_past_due >= POLICY.min_days_past_due, one.overdue.minor >= POLICY.min_overdue.minor)
            for one, at in zip(facts.cases, strata.tolist(), strict=True)
            if at == number
        }
        assert len(limits) == 1
    assert 5 < count <= 60
    assert any(within)
    assert not all(within)


@pytest.mark.slow
def test_a_fair_bank_is_blamed_in_at_most_five_of_a_hundred_audits(case) -> None:
    """Eight groups by two fields, need unequal between them: Holm's promise on the whole path."""
    blamed = 0
    for seed in range(60):
        facts, groups = bank(case, 1000 + seed, 500, poorer=60)
        rng = random.Random(seed)
        other = Grouping(name="other", of={ident: rng.choice("uvwxyz") for ident in groups.of})
        blamed += bool(audit(facts, [groups, other], POLICY, seed=seed).unexplained)
    assert blamed <= 7  # 3 are expected at most; more than 7 come by chance once in a hundred
