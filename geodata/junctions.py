"""Ways cut at junctions into streets, and the arcs that may be travelled along them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from geodata.coordinates import EARTH_M
from geodata.osm_ways import Ways

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def metres_between(lat_a: Floats, lon_a: Floats, lat_b: Floats, lon_b: Floats) -> Floats:
    """Great-circle metres, good to a millimetre over the length of a street."""
    mean = np.radians((lat_a + lat_b) / 2)
    dy = np.radians(lat_b - lat_a)
    dx = np.radians(lon_b - lon_a) * np.cos(mean)
    return np.asarray(EARTH_M * np.hypot(dx, dy))


@dataclass(frozen=True, slots=True, eq=False)
class Streets:
    """Pieces of ways between junctions: vertices `begin` to `end`, included, of the ways' own arrays.

    `way` is the index of the way, `tail` and `head` are junctions, numbered as in `refs`, their node ids.
    """

    begin: Ints
    end: Ints
    way: Ints
    tail: Ints
    head: Ints
    metres: Floats
    refs: Ints
    ways: Ways

    @classmethod
    def of(cls, ways: Ways) -> Self:
        """Cut where ways end or meet, and where something happens at a node."""
        total = len(ways.refs)
        way_of = np.repeat(np.arange(len(ways.ids)), np.diff(ways.first))
        refs, number = np.unique(ways.refs, return_inverse=True)
        is_end = np.zeros(total, bool)
        is_end[ways.first[:-1]] = True
        is_end[ways.first[1:] - 1] = True
        via = np.array([rule.via for rule in ways.restrictions], np.int64)
        special = np.isin(refs, np.concatenate((ways.wait_at, ways.blocked, via)))
        meeting = np.bincount(number, minlength=len(refs)) > 1
        at = np.flatnonzero(is_end | (meeting | special)[number])
        same = way_of[at[:-1]] == way_of[at[1:]]
        begin, end = at[:-1][same], at[1:][same]
        step = np.zeros(total)
        step[1:] = metres_between(ways.lat[:-1], ways.lon[:-1], ways.lat[1:], ways.lon[1:])
        along = np.cumsum(step)
        metres = along[end] - along[begin]
        return cls(begin, end, way_of[begin], number[begin], number[end], metres, refs, ways)


@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """Streets in the directions they may be used. Bearings in radians, clockwise from north."""

    edge: Ints
    forward: NDArray[np.bool_]
    tail: Ints
    head: Ints
    seconds: Floats
    leave: Floats  # bearing at the tail
    arrive: Floats  # bearing at the head

    @classmethod
    def of(cls, streets: Streets) -> Self:
        """All arcs along streets, then all against them."""
        ways = streets.ways
        speed = ways.speed[streets.way]
        ahead, back = np.flatnonzero(speed[:, 0] > 0), np.flatnonzero(speed[:, 1] > 0)
        first = _bearing(ways, streets.begin, streets.begin + 1)
        last = _bearing(ways, streets.end - 1, streets.end)
        seconds = (streets.metres[ahead] / speed[ahead, 0], streets.metres[back] / speed[back, 1])
        return cls(
            edge=np.concatenate((ahead, back)),
            forward=np.concatenate((np.ones(len(ahead), bool), np.zeros(len(back), bool))),
            tail=np.concatenate((streets.tail[ahead], streets.head[back])),
            head=np.concatenate((streets.head[ahead], streets.tail[back])),
            seconds=np.concatenate(seconds),
            leave=np.concatenate((first[ahead], last[back] + np.pi)),
            arrive=np.concatenate((last[ahead], first[back] + np.pi)),
        )


def _bearing(ways: Ways, a: Ints, b: Ints) -> Floats:
    east = (ways.lon[b] - ways.lon[a]) * np.cos(np.radians(ways.lat[a]))
    return np.asarray(np.arctan2(east, ways.lat[b] - ways.lat[a]))
