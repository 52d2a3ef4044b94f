"""Every group compared with the others of like need: who is due, who of them is visited, and at which hours.

Three outcomes, one after the other: `due` among all open cases, `visited` among the due, `hours` among the
visited. A group is compared with all other cases whose group is known; Holm's steps hold over the whole audit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from scheduler.fairness.groups import Grouping
from scheduler.fairness.need import strata_of
from scheduler.fairness.statistics import (
    NOTHING,
    Estimate,
    Floats,
    Ints,
    chance_of,
    common_difference,
    holm,
    mean_difference,
    newcombe,
    wilson,
)
from scheduler.model.people import Case
from scheduler.selection.policy import Policy

LEVEL = 0.05
DRAWS, BOOTSTRAP_DRAWS = 4_999, 1_999
HOURS = (10.0, 12.0, 15.0, 18.0)
"""Where the day is cut into bands of hours: before 10, 10-12, 12-15, 15-18, from 18."""


class Outcome(StrEnum):
    """What is compared."""

    DUE = "due"
    VISITED = "visited"
    HOURS = "hours"


class Verdict(StrEnum):
    """What can be said of a comparison."""

    TOO_SMALL = "too_small"  # the group or the rest has too few cases to judge
    NOBODY_ALIKE = "nobody_alike"  # no stratum of need holds both
    NO_DIFFERENCE = "no_difference"  # none beyond chance, with or without need
    EXPLAINED = "explained"  # a difference that goes away among cases of like need
    UNCLEAR = "unclear"  # a difference, and too few of like need to tell why
    UNEXPLAINED = "unexplained"  # a difference among cases of like need


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is audited: open cases, which are due, the hour of each visit (14.5 is half past two).

    `left_out` tells for cases that are not due the code of why. `days` are in words for the page.
    """

    cases: tuple[Case, ...]
    due: frozenset[str]
    visits: Mapping[str, float]
    left_out: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """The reason for not being due that is commoner in a group than elsewhere, with both shares."""

    code: str
    here: float
    elsewhere: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A group against the rest in one outcome. Differences are group less rest: of shares, or of hours.

    `here` is the group's share, or its mean hour; `raw` and `adjusted` are without and within strata of need;
    `chance` and `raw_chance` are Holm's. `bands` are the shares of the group's visits and the rest's by hour.
    """

    outcome: Outcome
    verdict: Verdict
    cases: int
    here: Estimate = NOTHING
    elsewhere: Estimate = NOTHING
    raw: Estimate = NOTHING
    adjusted: Estimate = NOTHING
    raw_chance: float = 1.0
    chance: float = 1.0
    strata: int = 0
    alike: int = 0
    bands: tuple[tuple[float, float], ...] = ()
    reason: Reason | None = None

    @property
    def judged(self) -> bool:
        """Whether it was tested."""
        return self.verdict not in (Verdict.TOO_SMALL, Verdict.NOBODY_ALIKE)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAudit:
    """One group: how many cases, its need (medians), and its comparisons."""

    group: str
    cases: int
    days_past_due: float
    overdue: float
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldAudit:
    """The groups of one field, the largest first. `unknown` cases have no group and are compared with nobody."""

    name: str
    groups: tuple[GroupAudit, ...]
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The whole audit. `tests` is the number of comparisons that Holm's steps hold over."""

    fields: tuple[FieldAudit, ...]
    cases: int
    due: int
    visited: int
    strata: int
    least: int
    seed: int
    tests: int

    @property
    def unexplained(self) -> tuple[tuple[str, str, Comparison], ...]:
        """Field, group and comparison wherever need does not explain a difference."""
        return tuple(
            (one.name, group.group, comparison)
            for one in self.fields
            for group in one.groups
            for comparison in group.comparisons
            if comparison.verdict is Verdict.UNEXPLAINED
        )


@dataclass(frozen=True, slots=True)
class _Data:
    """The facts as arrays, shape (n,) each. `hour` is NaN where nobody goes."""

    strata: Ints
    due: Floats
    hour: Floats
    days: Floats
    amount: Floats
    reasons: tuple[str, ...]

    def population(self, outcome: Outcome) -> NDBools:
        if outcome is Outcome.DUE:
            return np.ones(len(self.strata), bool)
        return self.due > 0 if outcome is Outcome.VISITED else ~np.isnan(self.hour)

    def kind(self, outcome: Outcome) -> Ints:
        """What befell each case: 0 or 1, or its band of hours."""
        if outcome is Outcome.HOURS:
            return np.digitize(np.nan_to_num(self.hour), HOURS).astype(np.int64)
        return (self.due if outcome is Outcome.DUE else ~np.isnan(self.hour)).astype(np.int64)


NDBools = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(slots=True)
class _Tests:
    """Draws a seed of its own for each test, in order."""

    seed: int
    least: int
    done: int = field(default=0)

    def next(self) -> tuple[int, int]:
        self.done += 1
        return self.seed, self.done


def audit(
    facts: Facts,
    groupings: Iterable[Grouping],
    policy: Policy,
    *,
    least: int = 30,
    seed: int = 1,
    note: Callable[[str], None] = lambda _text: None,
) -> Audit:
    """Compare every group of every grouping. The same facts and seed give the same figures."""
    strata, count = strata_of(facts.cases, policy)
    data = _data(facts, strata)
    tests = _Tests(seed, least)
    fields = []
    for grouping in groupings:
        note(grouping.name)
        fields.append(_field(grouping, facts.cases, data, tests))
    judged, family = _with_holm(fields)
    return Audit(
        fields=judged,
        cases=len(facts.cases),
        due=len(facts.due),
        visited=len(facts.visits),
        strata=count,
        least=least,
        seed=seed,
        tests=family,
    )


def _data(facts: Facts, strata: Ints) -> _Data:
    cases, count = facts.cases, len(facts.cases)
    return _Data(
        strata=strata,
        due=np.fromiter((case.id in facts.due for case in cases), float, count),
        hour=np.fromiter((facts.visits.get(case.id, np.nan) for case in cases), float, count),
        days=np.fromiter((case.days_past_due for case in cases), float, count),
        amount=np.fromiter((float(case.overdue.major) for case in cases), float, count),
        reasons=tuple(facts.left_out.get(case.id, "") for case in cases),
    )


def _field(grouping: Grouping, cases: Sequence[Case], data: _Data, tests: _Tests) -> FieldAudit:
    labels = np.array([grouping.of.get(case.id, "") for case in cases], dtype=object)
    known = labels != ""
    sizes = Counter(labels[known].tolist())
    names = sorted(sizes, key=lambda name: (-sizes[name], name))
    groups: list[GroupAudit] = []
    for name in names:
        inside = labels == name
        rest = known & ~inside
        if len(names) == 2 and groups:  # the same comparison from the other side: tested once
            compared = tuple(_mirrored(one, data, inside) for one in groups[0].comparisons)
        else:
            compared = tuple(
                _compared(outcome, data, inside, rest, tests) for outcome in Outcome if _asked(outcome, data)
            )
        groups.append(
            GroupAudit(
                group=name,
                cases=sizes[name],
                days_past_due=float(np.median(data.days[inside])),
                overdue=float(np.median(data.amount[inside])),
                comparisons=compared,
            )
        )
    return FieldAudit(name=grouping.name, groups=tuple(groups), unknown=int((~known).sum()))


def _asked(outcome: Outcome, data: _Data) -> bool:
    return outcome is Outcome.DUE or bool((~np.isnan(data.hour)).any())


def _compared(outcome: Outcome, data: _Data, inside: NDBools, rest: NDBools, tests: _Tests) -> Comparison:
    within = data.population(outcome)
    here, there = inside & within, rest & within
    size = int(here.sum())
    if size < tests.least or int(there.sum()) < tests.least:
        return Comparison(outcome=outcome, verdict=Verdict.TOO_SMALL, cases=size)
    kind = data.kind(outcome)
    kinds = len(HOURS) + 1 if outcome is Outcome.HOURS else 2
    count = int(data.strata.max()) + 1
    mine, theirs = (_table(kind, data.strata, side, count, kinds) for side in (here, there))
    both = (mine.sum(axis=1) > 0) & (theirs.sum(axis=1) > 0)
    found = Comparison(
        outcome=outcome,
        verdict=Verdict.NO_DIFFERENCE if both.any() else Verdict.NOBODY_ALIKE,
        cases=size,
        raw_chance=chance_of(mine.sum(axis=0)[None], (mine + theirs).sum(axis=0)[None], DRAWS, tests.next()),
        chance=chance_of(mine, mine + theirs, DRAWS, tests.next()),
        strata=int(both.sum()),
        alike=int(mine[both].sum()),
    )
    if outcome is Outcome.HOURS:
        return _hours(found, data, here, there, mine, theirs, tests)
    return _shares(found, data, here, there, mine, theirs)


def _shares(
    found: Comparison, data: _Data, here: NDBools, there: NDBools, mine: Ints, theirs: Ints
) -> Comparison:
    sizes, other = mine.sum(axis=1), theirs.sum(axis=1)
    one = int(mine[:, 1].sum()), int(sizes.sum())
    two = int(theirs[:, 1].sum()), int(other.sum())
    return replace(
        found,
        here=wilson(*one),
        elsewhere=wilson(*two),
        raw=newcombe(*one, *two),
        adjusted=common_difference(mine[:, 1], sizes, theirs[:, 1], other),
        reason=_reason(data, here, there) if found.outcome is Outcome.DUE else None,
    )


def _hours(
    found: Comparison,
    data: _Data,
    here: NDBools,
    there: NDBools,
    mine: Ints,
    theirs: Ints,
    tests: _Tests,
) -> Comparison:
    hours, strata = data.hour, data.strata
    flat = np.zeros_like(strata)
    seed = tests.next()

    def apart(by: Ints) -> Estimate:
        return mean_difference(hours[here], by[here], hours[there], by[there], BOOTSTRAP_DRAWS, seed)

    shares = (side.sum(axis=0) / side.sum() for side in (mine, theirs))
    return replace(
        found,
        here=_mean(hours[here]),
        elsewhere=_mean(hours[there]),
        raw=apart(flat),
        adjusted=apart(strata),
        bands=tuple(zip(*(share.tolist() for share in shares), strict=True)),
    )


def _mean(hours: Floats) -> Estimate:
    value = float(hours.mean())
    return Estimate(value, value, value)


def _table(kind: Ints, strata: Ints, side: NDBools, count: int, kinds: int) -> Ints:
    """How many cases of one side there are of each kind in each stratum, shape (count, kinds)."""
    at = strata[side] * kinds + kind[side]
    return np.bincount(at, minlength=count * kinds).reshape(count, kinds).astype(np.int64)


def _reason(data: _Data, here: NDBools, there: NDBools) -> Reason | None:
    """The reason whose share lies furthest above, or where none does, below the rest's."""
    mine, theirs = (
        Counter(data.reasons[index] for index in np.flatnonzero(side) if data.reasons[index])
        for side in (here, there)
    )
    if not (mine or theirs):
        return None
    sizes = int(here.sum()), int(there.sum())
    apart = {code: mine[code] / sizes[0] - theirs[code] / sizes[1] for code in sorted({*mine, *theirs})}
    fewer = sum(mine.values()) / sizes[0] >= sum(theirs.values()) / sizes[1]
    code = max(apart, key=apart.__getitem__) if fewer else min(apart, key=apart.__getitem__)
    return Reason(code=code, here=mine[code] / sizes[0], elsewhere=theirs[code] / sizes[1])


def _mirrored(one: Comparison, data: _Data, inside: NDBools) -> Comparison:
    def turned(estimate: Estimate) -> Estimate:
        return Estimate(-estimate.value, -estimate.high, -estimate.low)

    reason = one.reason and replace(one.reason, here=one.reason.elsewhere, elsewhere=one.reason.here)
    return replace(
        one,
        cases=int((inside & data.population(one.outcome)).sum()),
        here=one.elsewhere,
        elsewhere=one.here,
        raw=turned(one.raw),
        adjusted=turned(one.adjusted),
        bands=tuple((there, here) for here, there in one.bands),
        reason=reason,
    )


_Place = tuple[int, int, int]


def _with_holm(fields: Sequence[FieldAudit]) -> tuple[tuple[FieldAudit, ...], int]:
    """The fields with chances adjusted over all tests and with verdicts, and how many tests there were."""
    tested: list[_Place] = []
    for at, one in enumerate(fields):
        for number, group in enumerate(one.groups[:1] if len(one.groups) == 2 else one.groups):
            tested += [(at, number, k) for k, made in enumerate(group.comparisons) if made.judged]
    found = [fields[at].groups[number].comparisons[k] for at, number, k in tested]
    steps = zip(
        tested,
        holm([one.raw_chance for one in found]),
        holm([one.chance for one in found]),
        strict=True,
    )
    chances = {place: (raw, adjusted) for place, raw, adjusted in steps}
    judged = []
    for at, one in enumerate(fields):
        groups = []
        for number, group in enumerate(one.groups):
            source = 0 if len(one.groups) == 2 else number
            compared = tuple(
                _judged(made, *chances[at, source, k]) if made.judged else made
                for k, made in enumerate(group.comparisons)
            )
            groups.append(replace(group, comparisons=compared))
        judged.append(replace(one, groups=tuple(groups)))
    return tuple(judged), len(tested)


def _judged(made: Comparison, raw_chance: float, chance: float) -> Comparison:
    verdict = Verdict.NO_DIFFERENCE
    if chance < LEVEL:
        verdict = Verdict.UNEXPLAINED
    elif raw_chance < LEVEL:
        shrunk = abs(made.adjusted.value) <= abs(made.raw.value) / 2
        verdict = Verdict.EXPLAINED if shrunk else Verdict.UNCLEAR
    return replace(made, raw_chance=raw_chance, chance=chance, verdict=verdict)
