"""Proportions compared: intervals, a difference within strata, a test that needs no large numbers, Holm's steps.

Sources: Wilson 1927 (J. Am. Stat. Assoc. 22, 209); Newcombe 1998 (Stat. Med. 17, 873, his method 10);
Mantel and Haenszel 1959 (J. Natl. Cancer Inst. 22, 719) with the variance of Sato 1989 (Biometrics 45, 1323);
Landis, Heyman and Koch 1978 (Int. Stat. Rev. 46, 237) for the statistic of general association; Holm 1979
(Scand. J. Stat. 6, 65); Efron 1979 (Ann. Stat. 7, 1) for the bootstrap.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import hypergeom

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Z = 1.959963984540054
"""The normal quantile of two-sided 95 % intervals."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval; NaN where nothing can be said."""

    value: float
    low: float
    high: float

    @property
    def known(self) -> bool:
        """Whether there is a figure."""
        return not math.isnan(self.value)

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval lies on one side of nothing."""
        return self.low > 0 or self.high < 0


NOTHING = Estimate(math.nan, math.nan, math.nan)


def wilson(hits: int, of: int) -> Estimate:
    """A share with Wilson's score interval."""
    if of == 0:
        return NOTHING
    share, square = hits / of, Z * Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = Z / (1 + square / of) * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    low = 0.0 if hits == 0 else middle - half
    return Estimate(share, low, 1.0 if hits == of else middle + half)


def newcombe(hits: int, of: int, other_hits: int, other_of: int) -> Estimate:
    """The difference of two shares with Newcombe's interval out of two of Wilson's."""
    if of == 0 or other_of == 0:
        return NOTHING
    one, two = wilson(hits, of), wilson(other_hits, other_of)
    difference = one.value - two.value
    below = math.hypot(one.value - one.low, two.high - two.value)
    above = math.hypot(one.high - one.value, two.value - two.low)
    return Estimate(difference, difference - below, difference + above)


def common_difference(hits: Ints, of: Ints, other_hits: Ints, other_of: Ints) -> Estimate:
    """The difference of two shares within strata, of Mantel and Haenszel, with Sato's variance.

    Shapes (strata,). Strata in which one side is empty say nothing and weigh nothing.
    """
    total = np.maximum(of + other_of, 1).astype(float)
    weights = of * other_of / total
    if not weights.sum():
        return NOTHING
    value = float(((hits * other_of - other_hits * of) / total).sum() / weights.sum())
    slope = of**2 * other_hits - other_of**2 * hits + of * other_of * (other_of - of) / 2
    level = (hits * (other_of - other_hits) + other_hits * (of - hits)) / (2 * total)
    variance = (value * (slope / total**2).sum() + level.sum()) / weights.sum() ** 2
    half = Z * math.sqrt(max(0.0, float(variance)))
    return Estimate(value, max(-1.0, value - half), min(1.0, value + half))


def association(inside: Ints, whole: Ints) -> tuple[float, Floats]:
    """How unlike the whole a group is within strata: the statistic of general association, and its matrix.

    `inside` and `whole` have shape (strata, kinds) and count the group's cases and everybody's. With two kinds
    it is the statistic of Cochran, Mantel and Haenszel without correction for continuity.
    """
    expected, covariance = _moments(inside.sum(axis=1), whole)
    inverse: Floats = np.linalg.pinv(covariance, hermitian=True)
    apart = inside.sum(axis=0) - expected
    return float(apart @ inverse @ apart), inverse


def chance_of(inside: Ints, whole: Ints, draws: int, seed: Sequence[int]) -> float:
    """How often chance alone sets the group apart at least so far, its number in each stratum given.

    Nothing is assumed about large numbers. With two kinds the answer is exact. With more the group is drawn anew
    `draws` times out of each stratum, and the data themselves count as one draw, so that it is never 0. 1.0 where
    no stratum can tell.
    """
    sizes = inside.sum(axis=1)
    telling = (sizes > 0) & (sizes < whole.sum(axis=1)) & ((whole > 0).sum(axis=1) > 1)
    if not telling.any():
        return 1.0
    # Strata that cannot tell add the same to every draw and to what is expected.
    inside, whole, sizes = inside[telling], whole[telling], sizes[telling]
    if whole.shape[1] == 2:
        return _exact(int(inside[:, 1].sum()), sizes, whole)
    seen, inverse = association(inside, whole)
    expected, _ = _moments(sizes, whole)
    generator = np.random.default_rng(seed)
    drawn = np.zeros((draws, whole.shape[1]))
    for size, colours in zip(sizes.tolist(), whole, strict=True):
        drawn += generator.multivariate_hypergeometric(colours, size, size=draws, method="marginals")
    apart = drawn - expected
    statistics = np.einsum("ij,jk,ik->i", apart, inverse, apart)
    return float((1 + (statistics >= seen * (1 - 1e-9) - 1e-12).sum()) / (draws + 1))


def _exact(hits: int, sizes: Ints, whole: Ints) -> float:
    """The two-sided chance of a sum of independent hypergeometric counts, by convolution."""
    law, first = np.ones(1), 0
    for size, (misses, good) in zip(sizes.tolist(), whole.tolist(), strict=True):
        low, high = max(0, size - misses), min(size, good)
        law = np.convolve(law, hypergeom.pmf(np.arange(low, high + 1), misses + good, good, size))
        first += low
    counts = first + np.arange(len(law))
    mean = float((sizes * whole[:, 1] / whole.sum(axis=1)).sum())
    apart = np.abs(counts - mean) >= abs(hits - mean) * (1 - 1e-9)
    return min(1.0, float(law[apart].sum()))


def _moments(sizes: Ints, whole: Ints) -> tuple[Floats, Floats]:
    """Mean and covariance of a group's counts, summed over strata, when chance alone chose its members."""
    total = np.maximum(whole.sum(axis=1), 1).astype(float)
    share = whole / total[:, None]
    mean: Floats = (sizes[:, None] * share).sum(axis=0)
    spread = sizes * (total - sizes) / np.maximum(total - 1, 1)
    covariance: Floats = np.diag(spread @ share) - (share * spread[:, None]).T @ share
    return mean, covariance


def mean_difference(
    values: Floats, strata: Ints, other: Floats, other_strata: Ints, draws: int, seed: Sequence[int]
) -> Estimate:
    """The difference of two means within strata, weighed like `common_difference`, with a bootstrap interval.

    Cases are drawn with replacement on each side; the interval holds the middle 95 % of `draws` differences.
    """
    count = int(max(strata.max(initial=0), other_strata.max(initial=0))) + 1
    value = float(_weighed(values[None], strata[None], other[None], other_strata[None], count)[0])
    if math.isnan(value):
        return NOTHING
    generator = np.random.default_rng(seed)
    found: list[Floats] = []
    rows = max(1, 2_000_000 // max(1, len(values) + len(other)))
    for start in range(0, draws, rows):
        some = min(rows, draws - start)
        mine = generator.integers(0, len(values), (some, len(values)))
        theirs = generator.integers(0, len(other), (some, len(other)))
        found.append(_weighed(values[mine], strata[mine], other[theirs], other_strata[theirs], count))
    drawn = np.concatenate(found)
    low, high = np.nanquantile(drawn, [0.025, 0.975]).tolist()
    return Estimate(value, min(low, value), max(high, value))


def _weighed(values: Floats, strata: Ints, other: Floats, other_strata: Ints, count: int) -> Floats:
    """Differences of means, shape (rows,), each row's within its strata; NaN where no stratum has both sides."""
    sums, sizes = _by_stratum(values, strata, count)
    other_sums, other_sizes = _by_stratum(other, other_strata, count)
    weights = sizes * other_sizes / np.maximum(sizes + other_sizes, 1)
    apart = sums / np.maximum(sizes, 1) - other_sums / np.maximum(other_sizes, 1)
    total = weights.sum(axis=1)
    found: Floats = (weights * apart).sum(axis=1) / np.where(total > 0, total, np.nan)
    return found


def _by_stratum(values: Floats, strata: Ints, count: int) -> tuple[Floats, Floats]:
    rows = len(values)
    at = (strata + count * np.arange(rows)[:, None]).ravel()
    sums = np.bincount(at, values.ravel(), rows * count).reshape(rows, count)
    return sums, np.bincount(at, minlength=rows * count).reshape(rows, count).astype(float)


def holm(chances: Sequence[float]) -> list[float]:
    """Holm's adjusted chances, in the order given: each holds for the whole family of comparisons."""
    order = sorted(range(len(chances)), key=chances.__getitem__)
    adjusted = [1.0] * len(chances)
    highest = 0.0
    for place, index in enumerate(order):
        highest = max(highest, min(1.0, (len(chances) - place) * chances[index]))
        adjusted[index] = highest
    return adjusted
