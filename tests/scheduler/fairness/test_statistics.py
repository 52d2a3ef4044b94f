"""Textbook figures, and what intervals and tests promise on made-up data: coverage and false alarms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from scheduler.fairness.statistics import (
    association,
    chance_of,
    common_difference,
    holm,
    mean_difference,
    newcombe,
    wilson,
)

# Admissions to Berkeley in autumn 1973 (Bickel, Hammel and O'Connell 1975): admitted, applied, by department.
MEN = np.array([[512, 825], [353, 560], [120, 325], [138, 417], [53, 191], [22, 373]])
WOMEN = np.array([[89, 108], [17, 25], [202, 593], [131, 375], [94, 393], [24, 341]])


def kinds(side: np.ndarray) -> np.ndarray:
    return np.stack([side[:, 1] - side[:, 0], side[:, 0]], axis=1)


def test_wilson_and_newcombe_as_printed() -> None:
    """Newcombe 1998, tables I and II."""
    assert wilson(81, 263).low == pytest.approx(0.2553, abs=5e-5)
    assert wilson(81, 263).high == pytest.approx(0.3662, abs=5e-5)
    assert (wilson(0, 20).low, wilson(20, 20).high) == (0.0, 1.0)
    found = newcombe(56, 70, 48, 80)
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert not wilson(0, 0).known
    assert not newcombe(1, 2, 0, 0).known


@given(st.integers(1, 400), st.data())
def test_wilson_is_what_scipy_says(of: int, data) -> None:
    hits = data.draw(st.integers(0, of))
    expected = stats.binomtest(hits, of).proportion_ci(method="wilson")
    found = wilson(hits, of)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_berkeley_is_explained_by_the_departments() -> None:
    """44.5 % of the men and 30.4 % of the women were admitted; within departments nothing is left of it."""
    raw = newcombe(int(MEN[:, 0].sum()), int(MEN[:, 1].sum()), int(WOMEN[:, 0].sum()), int(WOMEN[:, 1].sum()))
    assert raw.low > 0.11
    statistic, _ = association(kinds(MEN), kinds(MEN) + kinds(WOMEN))
    assert statistic == pytest.approx(1.5246, abs=5e-5)  # R: mantelhaen.test(UCBAdmissions, correct = FALSE)
    chance = chance_of(kinds(MEN), kinds(MEN) + kinds(WOMEN), 9_999, (1,))
    assert stats.chi2.sf(statistic, 1) < chance < stats.chi2.sf(1.4269, 1)  # R's, with correct = TRUE
    within = common_difference(MEN[:, 0], MEN[:, 1], WOMEN[:, 0], WOMEN[:, 1])
    assert within.low < 0 < within.high
    assert within.value < 0


def test_one_stratum_with_two_kinds_is_the_hypergeometric_law() -> None:
    inside, whole = np.array([[3, 9]]), np.array([[15, 13]])
    law = stats.hypergeom(28, 13, 12)
    apart = np.abs(np.arange(13) - 12 * 13 / 28)
    exact = sum(law.pmf(k) for k in range(13) if apart[k] >= apart[9] - 1e-9)
    assert chance_of(inside, whole, 1, (3,)) == pytest.approx(exact)


def test_the_exact_chance_is_that_of_drawing() -> None:
    """With a third kind that nobody is of, the same tables are judged by drawing."""
    for seed, (a, n, b, m) in enumerate(worlds(np.random.default_rng(8), 0.05, 12)):
        inside, whole = kinds(np.stack([a, n], 1)), kinds(np.stack([a + b, n + m], 1))
        nobody = np.zeros((12, 1), int)
        drawn = chance_of(np.hstack([inside, nobody]), np.hstack([whole, nobody]), 9_999, (seed,))
        assert drawn == pytest.approx(chance_of(inside, whole, 1, (1,)), abs=0.02)


def test_more_kinds_than_two_are_the_chi_square_of_a_table() -> None:
    table = np.array([[10, 20, 30], [25, 15, 20]])
    statistic, _ = association(table[:1], table.sum(axis=0)[None])
    expected = stats.chi2_contingency(table, correction=False).statistic
    assert statistic == pytest.approx(expected * (table.sum() - 1) / table.sum())


def test_what_cannot_tell_tells_nothing() -> None:
    assert chance_of(np.array([[3, 2]]), np.array([[3, 2]]), 99, (1,)) == 1.0
    assert chance_of(np.array([[3, 0]]), np.array([[9, 0]]), 99, (1,)) == 1.0
    empty = np.array([0])
    assert not common_difference(empty, empty, np.array([1]), np.array([2])).known
    alone = mean_difference(np.array([9.0]), np.array([0]), np.array([10.0]), np.array([1]), 99, (1,))
    assert math.isnan(alone.value)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_holm_is_what_scipys_definition_says(chances: list[float]) -> None:
    found = holm(chances)
    order = np.argsort(chances, kind="stable")
    steps = [(len(chances) - place) * chances[index] for place, index in enumerate(order)]
    expected = np.minimum(1, np.maximum.accumulate(steps))
    assert [found[index] for index in order] == pytest.approx(expected.tolist())
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def worlds(rng: np.random.Generator, difference: float, rounds: int):
    """Counts of two sides in twelve strata whose share and mix differ much from one another."""
    base = np.linspace(0.1, 0.7, 12)
    for _ in range(rounds):
        one, two = rng.integers(1, 25, 12), rng.integers(3, 60, 12)
        yield rng.binomial(one, base + difference), one, rng.binomial(two, base), two


@pytest.mark.parametrize("difference", [0.0, 0.1, 0.25])
def test_the_interval_within_strata_holds_the_truth_as_often_as_it_says(difference: float) -> None:
    rng = np.random.default_rng(5)
    held = [(e := common_difference(*w)).low <= difference <= e.high for w in worlds(rng, difference, 2_000)]
    assert 0.93 < np.mean(held) < 0.97


def test_chance_alone_is_taken_for_a_difference_as_seldom_as_it_should() -> None:
    rng = np.random.default_rng(6)
    found = [
        chance_of(kinds(np.stack([a, n], 1)), kinds(np.stack([a + b, n + m], 1)), 399, (number,))
        for number, (a, n, b, m) in enumerate(worlds(rng, 0.0, 600))
    ]
    assert 0.025 < np.mean(np.array(found) <= 0.05) < 0.075


def test_the_bootstrap_holds_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(7)
    held = []
    for number in range(300):
        strata, other_strata = rng.integers(0, 6, 60), rng.integers(0, 6, 200)
        hours = rng.normal(14 + strata, 2.0)
        other = rng.normal(13.5 + other_strata, 2.0)
        found = mean_difference(hours, strata, other, other_strata, 399, (number,))
        held.append(found.low <= 0.5 <= found.high)
    assert 0.90 < np.mean(held) < 0.98


def test_the_same_seed_gives_the_same_figures() -> None:
    whole = kinds(MEN) + kinds(WOMEN)
    assert chance_of(kinds(MEN), whole, 999, (4, 2)) == chance_of(kinds(MEN), whole, 999, (4, 2))
