"""Field-visit problems on real travel times: made-up visits and agents, drawn by a seed, at places on real streets.

Costs and prizes are in seconds of travel, so that the objective reads as time: travel, and the prizes of the
visits not made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.coordinates import LatLon
from geodata.roads import RoadEngine
from geodata.travel import UNREACHABLE as NO_ROAD
from solvers.problem import Problem
from solvers.task import PrizeBand, Task, Window
from solvers.travel import DEFAULT_PROFILE, UNREACHABLE, TravelMatrix
from solvers.vehicle import Break, Vehicle

HOUR, DAY = 3600, 86_400
SKILLS = ("s1", "s2", "s3", "s4")

_OPEN, _SHUT = 8 * HOUR, 20 * HOUR
_AT_HOME = ((8, 12, 0.7), (12, 16, 0.6), (16, 17, 0.85), (17, 20, 1.0))
"""From hour to hour, the share of a visit's worth it brings then: the odds of meeting somebody."""

_SHIFTS = (  # start, end, break: duration, earliest, latest start; how often
    (8 * HOUR, 17 * HOUR, Break(2700, 12 * HOUR, 14 * HOUR), 0.4),
    (9 * HOUR, 18 * HOUR, Break(2700, 12 * HOUR, 14 * HOUR), 0.3),
    (11 * HOUR, 20 * HOUR, Break(1800, 15 * HOUR, 17 * HOUR), 0.3),
)
_NEEDS_A_SKILL, _HAS_A_SKILL, _BACK_TO_THE_OFFICE, _ANY_DAY = 0.35, 0.5, 0.4, 0.6
_PRIZE_MEDIAN, _PRIZE_SPREAD, _PRIZE_LEAST, _PRIZE_MOST = 2400, 0.5, 600, 9000
_OFF_STREET_M = 15.0
_DEGREE_M = 111_320.0

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spec:
    """How large a problem: visits, agents, and the days they work. Raises ValueError for none of one of these."""

    tasks: int
    agents: int
    days: int = 1
    seed: int = 1

    def __post_init__(self) -> None:
        if min(self.tasks, self.agents, self.days) < 1:
            raise ValueError("at least one task, agent and day are needed")

    @property
    def name(self) -> str:
        """Says what it is: fieldday-300-15x5-s7."""
        days = f"x{self.days}" if self.days > 1 else ""
        return f"fieldday-{self.tasks}-{self.agents}{days}-s{self.seed}"


def generate(spec: Spec, streets: Points, engine: RoadEngine) -> Problem:
    """The problem that this seed draws. `streets` are positions on streets, shape (n, 2): latitude, longitude.

    The first place is the office, then the agents' homes, then the visits. Vehicles are agent-days. Raises
    ValueError without streets, GeodataError where the engine cannot be asked.
    """
    if not len(streets):
        raise ValueError("there are no streets to put visits on")
    rng = np.random.default_rng(spec.seed)
    points = _places(rng, streets, 1 + spec.agents + spec.tasks)
    vehicles = [day for agent in range(spec.agents) for day in _agent(rng, agent, spec.days)]
    tasks = tuple(_task(rng, number, 1 + spec.agents + number, spec.days) for number in range(spec.tasks))
    return Problem(spec.name, tasks, tuple(vehicles), {DEFAULT_PROFILE: _travel(engine, points)})


def _places(rng: np.random.Generator, streets: Points, count: int) -> list[LatLon]:
    """Near positions drawn among those of the streets: dense where streets are."""
    drawn = streets[rng.integers(0, len(streets), count)]
    metres = rng.normal(0, _OFF_STREET_M, (count, 2))
    lat = drawn[:, 0] + metres[:, 0] / _DEGREE_M
    lon = drawn[:, 1] + metres[:, 1] / (_DEGREE_M * np.cos(np.radians(drawn[:, 0])))
    return [LatLon(float(a), float(b)) for a, b in zip(lat, lon, strict=True)]


def _agent(rng: np.random.Generator, number: int, days: int) -> list[Vehicle]:
    """One agent's days. Agents in turn hold one skill each, so that none is missing where there are enough."""
    start, end, rest, _ = _SHIFTS[int(rng.choice(len(_SHIFTS), p=[shift[3] for shift in _SHIFTS]))]
    more = rng.random(len(SKILLS)) < _HAS_A_SKILL
    skills = {SKILLS[number % len(SKILLS)], *(s for s, has in zip(SKILLS, more, strict=True) if has)}
    home, office = 1 + number, 0
    back = office if rng.random() < _BACK_TO_THE_OFFICE else home
    return [
        Vehicle(
            f"a{number}" if days == 1 else f"a{number}-d{day}",
            home,
            back,
            start + day * DAY,
            end + day * DAY,
            skills=frozenset(skills),
            breaks=(Break(rest.duration, rest.earliest + day * DAY, rest.latest + day * DAY),),
        )
        for day in range(days)
    ]


def _task(rng: np.random.Generator, number: int, place: int, days: int) -> Task:
    worth = int(np.clip(_PRIZE_MEDIAN * np.exp(rng.normal(0, _PRIZE_SPREAD)), _PRIZE_LEAST, _PRIZE_MOST))
    hours = _hours(rng)
    allowed: Sequence[int] = range(days)
    if days > 1 and rng.random() >= _ANY_DAY:
        allowed = sorted(rng.choice(days, int(rng.integers(1, days)), replace=False).tolist())
    skill = SKILLS[int(rng.integers(len(SKILLS)))] if rng.random() < _NEEDS_A_SKILL else None
    return Task(
        f"t{number}",
        place,
        tuple(Window(start + day * DAY, end + day * DAY) for day in allowed for start, end in hours),
        service=60 * int(rng.integers(5, 26)),
        prize_bands=tuple(
            PrizeBand(day * DAY + start * HOUR, day * DAY + end * HOUR - 1, round(worth * share))
            for day in allowed
            for start, end, share in _AT_HOME
        ),
        prize=worth,
        skills=frozenset() if skill is None else frozenset({skill}),
    )


def _hours(rng: np.random.Generator) -> Sequence[tuple[int, int]]:
    """When a visit may start: all day, a few hours, morning and evening, or the evening."""
    kind = rng.random()
    if kind < 0.4:
        return [(_OPEN, _SHUT)]
    if kind < 0.65:
        start = _OPEN + 900 * int(rng.integers(0, 37))
        return [(start, start + HOUR * int(rng.integers(2, 4)))]
    if kind < 0.85:
        return [(_OPEN, 11 * HOUR), (16 * HOUR, _SHUT)]
    return [(17 * HOUR, _SHUT)]


def _travel(engine: RoadEngine, points: Sequence[LatLon]) -> TravelMatrix:
    made = engine.matrix(points)
    closed = made.duration_s == NO_ROAD
    return TravelMatrix(
        np.where(closed, np.int32(UNREACHABLE), made.duration_s),
        np.where(closed, np.int32(UNREACHABLE), made.distance_m),
    )
