"""Small random problems in which every rule may occur, drawn fast from a seed."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest

from solvers.problem import Problem
from solvers.task import PrizeBand, Task, Window
from solvers.travel import UNREACHABLE, TravelMatrix
from solvers.vehicle import Balance, Break, Measure, Vehicle

HORIZON = 60


def drawn(seed: int, most_tasks: int = 8) -> Problem:
    """A problem of a few tasks and vehicles; the seed decides everything."""
    draw = random.Random(seed)
    places, crew = draw.randint(2, 6), draw.randint(1, 3)
    vehicles = tuple(_vehicle(draw, f"v{k}", places) for k in range(crew))
    tasks: list[Task] = []
    seats = set()
    for number in range(draw.randint(1, most_tasks)):
        task = _task(draw, f"t{number}", places, crew)
        seat = (task.pinned_vehicle, task.pinned_position)
        if not (task.mandatory and None not in seat and seat in seats):
            tasks.append(task)
            seats.add(seat)
    travel = {"foot": _travel(draw, places, 14), "car": _travel(draw, places, 6)}
    return Problem(f"drawn-{seed}", tuple(tasks), vehicles, travel, _balances(draw, crew))


def _travel(draw: random.Random, places: int, top: int) -> TravelMatrix:
    seconds = np.array([[draw.randint(0, top) for _ in range(places)] for _ in range(places)])
    np.fill_diagonal(seconds, 0)
    metres = seconds * 3 + np.array([[draw.randint(0, 9) for _ in range(places)] for _ in range(places)])
    np.fill_diagonal(metres, 0)
    if draw.random() < 0.2:
        seconds[0, 1] = metres[0, 1] = UNREACHABLE
    return TravelMatrix(seconds, metres)


def _windows(draw: random.Random) -> tuple[Window, ...]:
    if draw.random() < 0.4:
        return (Window(0, 2 * HORIZON),)
    starts = [draw.randint(0, HORIZON) for _ in range(draw.randint(1, 3))]
    return tuple(Window(start, start + draw.randint(0, HORIZON // 3)) for start in starts)


def _bands(draw: random.Random) -> tuple[PrizeBand, ...]:
    bands, edge = [], draw.randint(0, HORIZON // 2)
    for _ in range(draw.choice([0, 0, 1, 2, 3])):
        bands.append(PrizeBand(edge, edge + draw.randint(0, 15), draw.randint(0, 70)))
        edge = bands[-1].end + draw.randint(1, 9)
    return tuple(bands)


def _task(draw: random.Random, name: str, places: int, crew: int) -> Task:
    someone = [f"v{k}" for k in range(crew)]
    return Task(
        id=name,
        place=draw.randrange(places),
        windows=_windows(draw),
        service=draw.randint(0, 6),
        prize=draw.randint(0, 70),
        prize_bands=_bands(draw),
        mandatory=draw.random() < 0.1,
        skills=frozenset(draw.choice(["", "", "", "a", "b"])),
        vehicles=frozenset(draw.sample(someone, draw.randint(1, crew))) if draw.random() < 0.15 else None,
        vehicle_costs=tuple((v, draw.randint(0, 12)) for v in someone if draw.random() < 0.15),
        load=draw.choice([0, 0, 1, 2]),
        pinned_vehicle=draw.choice(someone) if draw.random() < 0.1 else None,
        pinned_position=draw.randint(-1, 2) if draw.random() < 0.1 else None,
        pinned_start=draw.randint(0, HORIZON) if draw.random() < 0.06 else None,
    )


def _vehicle(draw: random.Random, name: str, places: int) -> Vehicle:
    begin = draw.randint(0, HORIZON // 4)
    rests = []
    for _ in range(draw.choice([0, 0, 1, 1, 2])):
        earliest = draw.randint(0, HORIZON)
        rests.append(Break(draw.randint(1, 6), earliest, earliest + draw.randint(0, 15)))
    return Vehicle(
        id=name,
        start=draw.choice([None, *range(places)]),
        end=draw.choice([None, *range(places)]),
        shift_start=begin,
        shift_end=begin + draw.randint(10, HORIZON),
        max_overtime=draw.choice([0, 0, 12]),
        cost_per_travel_second=draw.choice([0, 1, 1, 3]),
        cost_per_metre=draw.choice([0, 0, 1]),
        cost_per_overtime_second=draw.randint(0, 5),
        fixed_cost=draw.choice([0, 0, 15]),
        max_tasks=draw.choice([None, None, 1, 3]),
        max_travel=draw.choice([None, None, 12, 30]),
        max_duration=draw.choice([None, None, None, 25, 45]),
        capacity=draw.choice([None, 3, 5]),
        evening_from=draw.choice([None, 30, 45]),
        skills=frozenset(draw.choice(["", "a", "ab"])),
        profile=draw.choice(["foot", "car"]),
        breaks=tuple(rests),
    )


def _balances(draw: random.Random, crew: int) -> tuple[Balance, ...]:
    return tuple(
        Balance(
            id=f"b{number}",
            vehicles=frozenset(f"v{k}" for k in range(crew) if draw.random() < 0.7),
            measure=draw.choice([Measure.WORK, Measure.EVENINGS]),
            target=draw.choice([0, 1, 20]),
            price=draw.randint(0, 9),
        )
        for number in range(draw.choice([0, 0, 1, 2]))
    )


@pytest.fixture(scope="session")
def random_problem() -> Callable[..., Problem]:
    return drawn
