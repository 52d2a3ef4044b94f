"""Turns: which arcs follow which, what is forbidden, and the price of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np

from geodata.junctions import Arcs, Floats, Ints, Streets
from geodata.osm_ways import Restriction
from geodata.profiles import Profile

_BEST_ANGLE = {"left_turn": -90.0, "right_turn": 90.0, "straight_on": 0.0, "u_turn": 180.0}


@dataclass(frozen=True, slots=True, eq=False)
class Turns:
    """From arc `origin` to arc `target`, costing `seconds`; ordered by origin."""

    origin: Ints
    target: Ints
    seconds: Floats

    @classmethod
    def of(cls, arcs: Arcs, streets: Streets, profile: Profile) -> Self:
        """Every pair of arcs that meet, less what is forbidden."""
        refs, ways = streets.refs, streets.ways
        origin, target, leaving = _meeting(arcs, len(refs))
        at = arcs.head[origin]
        back = arcs.edge[origin] == arcs.edge[target]
        blocked = np.isin(refs, ways.blocked)[at]
        allowed = np.where(back, (leaving[at] == 1) | blocked, ~blocked)
        degrees = (np.degrees(arcs.leave[target] - arcs.arrive[origin]) + 180) % 360 - 180
        if profile.restrictions and ways.restrictions:
            allowed[_forbidden(arcs, streets, origin, target, degrees, ways.restrictions)] = False
        roads = np.bincount(np.concatenate((streets.tail, streets.head)), minlength=len(refs))
        bend = _turn_s(-degrees if ways.drives_left else degrees, profile)
        seconds = np.where(back, profile.uturn_s, np.where(roads[at] > 2, bend, 0.0))
        wait = np.zeros(len(refs))
        used = np.isin(ways.wait_at, refs)
        wait[np.searchsorted(refs, ways.wait_at[used])] = ways.wait_s[used]
        seconds += wait[at]
        return cls(origin[allowed], target[allowed], seconds[allowed])


def _meeting(arcs: Arcs, junctions: int) -> tuple[Ints, Ints, Ints]:
    """All pairs of an arc and one that leaves where it ends; and how many arcs leave each junction."""
    order = np.argsort(arcs.tail, kind="stable")
    first = np.searchsorted(arcs.tail[order], np.arange(junctions + 1))
    leaving = np.diff(first)
    count = leaving[arcs.head]
    origin = np.repeat(np.arange(len(arcs.edge)), count)
    offset = np.arange(len(origin)) - np.repeat(np.cumsum(count) - count, count)
    return origin, order[first[arcs.head[origin]] + offset], leaving


def _turn_s(degrees: Floats, profile: Profile) -> Floats:
    """The price of a turn by its angle, positive away from oncoming traffic, as OSRM 26's profiles have it."""
    if profile.turn_s == 0:
        return np.zeros_like(degrees)
    half_turns, bias = degrees / 180, profile.turn_bias
    if profile.square_turns:
        square = (2 * half_turns) ** 2 * profile.turn_s
        return np.where(degrees >= 0, square / bias, square * bias)
    away = profile.turn_s / (1 + np.exp(-(13 / bias * half_turns - 6.5 * bias)))
    across = profile.turn_s / (1 + np.exp(-(13 * bias * -half_turns - 6.5 / bias)))
    gap = profile.oncoming_turn_s / (1 + np.exp(-(13 * -half_turns - 3.25)))
    return np.where(degrees >= 0, away, across + gap)


def _forbidden(
    arcs: Arcs,
    streets: Streets,
    origin: Ints,
    target: Ints,
    degrees: Floats,
    restrictions: Iterable[Restriction],
) -> list[int]:
    """The numbers of turns that restrictions forbid."""
    way = streets.ways.ids[streets.way]
    via = streets.refs[arcs.head[origin]]
    places = np.array(sorted({rule.via for rule in restrictions}), np.int64)
    near = np.flatnonzero(np.isin(via, places))
    from_way, to_way = way[arcs.edge[origin[near]]].tolist(), way[arcs.edge[target[near]]].tolist()
    by_place: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for turn, place, left, entered in zip(near.tolist(), via[near].tolist(), from_way, to_way, strict=True):
        by_place.setdefault((place, left), []).append((turn, entered))
    out = []
    for rule in restrictions:
        here = by_place.get((rule.via, rule.from_way), [])
        meant = _meant([turn for turn, entered in here if entered == rule.to_way], rule.turn, degrees)
        if rule.only:
            leaving = {int(origin[turn]) for turn in meant}
            out += [turn for turn, _ in here if turn not in meant and int(origin[turn]) in leaving]
        else:
            out += meant
    return out


def _meant(turns: list[int], kind: str, degrees: Floats) -> list[int]:
    """Of several turns between two ways, which do not end at the node, the one that bends as is said."""
    if len(turns) < 2 or kind not in _BEST_ANGLE:
        return turns
    off = [abs((degrees[turn] - _BEST_ANGLE[kind] + 180) % 360 - 180) for turn in turns]
    return [turns[int(np.argmin(off))]]
