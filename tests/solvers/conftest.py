"""Small problems for the solver's tests, drawn by hypothesis or built by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import strategies as st

from solvers.problem import Problem
from solvers.schedule import schedule
from solvers.solution import Route, Solution, solution_of
from solvers.task import PrizeBand, Task, Window
from solvers.travel import UNREACHABLE, TravelMatrix
from solvers.vehicle import Break, Vehicle


def line(*positions: int, metres: int = 10) -> TravelMatrix:
    """Places on a line, one second a unit."""
    at = np.array(positions)
    seconds = np.abs(at[:, None] - at[None, :])
    return TravelMatrix(seconds, seconds * metres)


@st.composite
def windows(draw: st.DrawFn, horizon: int) -> tuple[Window, ...]:
    if draw(st.integers(0, 2)) == 0:
        return (Window(0, horizon),)
    cut = []
    for _ in range(draw(st.integers(1, 2))):
        start = draw(st.integers(0, horizon))
        cut.append(Window(start, start + draw(st.integers(0, horizon // 2))))
    return tuple(cut)


@st.composite
def bands(draw: st.DrawFn, horizon: int) -> tuple[PrizeBand, ...]:
    if draw(st.booleans()):
        return ()
    edge = draw(st.integers(0, horizon))
    first = PrizeBand(edge, edge + draw(st.integers(0, horizon // 3)), draw(st.integers(0, 60)))
    if draw(st.booleans()):
        return (first,)
    after = first.end + 1 + draw(st.integers(0, 5))
    return first, PrizeBand(after, after + horizon // 4, draw(st.integers(0, 60)))


@st.composite
def tasks(draw: st.DrawFn, number: int, places: int, horizon: int, vehicles: int) -> Task:
    def maybe(value: st.SearchStrategy[int], odds: int = 10) -> int | None:
        return draw(value) if draw(st.integers(1, odds)) == 1 else None

    pinned = maybe(st.integers(0, vehicles - 1))
    allowed = maybe(st.integers(0, vehicles - 1), 8)
    return Task(
        id=f"t{number}",
        place=draw(st.integers(0, places - 1)),
        windows=draw(windows(horizon)),
        service=draw(st.integers(0, horizon // 8)),
        prize=draw(st.integers(0, 60)),
        prize_bands=draw(bands(horizon)),
        mandatory=draw(st.integers(1, 10)) == 1,
        skills=frozenset(draw(st.sampled_from(["", "", "", "a", "b"]))),
        vehicles=None if allowed is None else frozenset({f"v{allowed}"}),
        pinned_vehicle=None if pinned is None else f"v{pinned}",
        pinned_position=maybe(st.integers(-1, 1), 12),
        pinned_start=maybe(st.integers(0, horizon), 15),
    )


@st.composite
def shifts(draw: st.DrawFn, number: int, places: int, horizon: int) -> Vehicle:
    ends = st.one_of(st.none(), st.integers(0, places - 1), st.integers(0, places - 1))
    begin = draw(st.integers(0, horizon // 3))
    rests = []
    for _ in range(draw(st.sampled_from([0, 1, 1, 2]))):
        earliest = draw(st.integers(0, horizon))
        rests.append(Break(draw(st.integers(1, 6)), earliest, earliest + draw(st.integers(0, 12))))
    overtime = draw(st.sampled_from([0, 0, 8]))
    return Vehicle(
        id=f"v{number}",
        start=draw(ends),
        end=draw(ends),
        shift_start=begin,
        shift_end=begin + draw(st.integers(5, horizon)),
        max_overtime=overtime,
        cost_per_travel_second=draw(st.integers(0, 3)),
        cost_per_metre=draw(st.integers(0, 1)),
        cost_per_overtime_second=draw(st.integers(0, 5)),
        fixed_cost=draw(st.sampled_from([0, 0, 15])),
        max_tasks=draw(st.sampled_from([None, None, None, 1, 2])),
        max_travel=draw(st.sampled_from([None, None, None, 10, 25])),
        max_duration=draw(st.sampled_from([None, None, 20, 40])),
        skills=frozenset(draw(st.sampled_from(["", "a", "ab"]))),
        profile=draw(st.sampled_from(["slow", "fast"])),
        breaks=tuple(rests),
    )


@st.composite
def problems(draw: st.DrawFn, *, max_tasks: int = 5, max_vehicles: int = 2, horizon: int = 48) -> Problem:
    """Any rule may occur; most tasks can be served, some cannot."""
    places = draw(st.integers(1, 5))
    travel = {}
    for profile, top in (("slow", 14), ("fast", 7)):
        seconds = np.array(draw(st.lists(st.integers(0, top), min_size=places**2, max_size=places**2)))
        seconds = seconds.reshape(places, places)
        np.fill_diagonal(seconds, 0)
        metres = seconds * 3
        if places > 2 and draw(st.integers(1, 6)) == 1:
            seconds[0, 1] = metres[0, 1] = UNREACHABLE
        travel[profile] = TravelMatrix(seconds, metres)
    count = draw(st.integers(1, max_vehicles))
    vehicles = tuple(draw(shifts(number, places, horizon)) for number in range(count))
    made = tuple(
        draw(tasks(number, places, horizon, count)) for number in range(draw(st.integers(1, max_tasks)))
    )
    taken: set[tuple[str | None, int | None]] = set()
    kept = []
    for task in made:
        seat = (task.pinned_vehicle, task.pinned_position)
        if task.mandatory and None not in seat:
            if seat in taken:
                continue
            taken.add(seat)
        kept.append(task)
    return Problem("drawn", tuple(kept), vehicles, travel)


def every_plan(problem: Problem) -> Iterator[Solution]:
    """Every feasible plan of a tiny problem, each order at its best timing."""
    ids = [task.id for task in problem.tasks]
    names = [vehicle.id for vehicle in problem.vehicles]
    for choice in product(range(-1, len(names)), repeat=len(ids)):
        groups = [[t for t, c in zip(ids, choice, strict=True) if c == n] for n in range(len(names))]
        options: list[list[Route | None]] = []
        for name, group in zip(names, groups, strict=True):
            routes = [schedule(problem, name, order) for order in permutations(group)] if group else [None]
            options.append([route for route in routes if route is not None] if group else [None])
        for routes in product(*options):
            yield solution_of([route for route in routes if route is not None], ids)


@pytest.fixture(scope="session")
def all_plans() -> Callable[[Problem], Iterator[Solution]]:
    return every_plan


@pytest.fixture(scope="session")
def on_line() -> Callable[..., TravelMatrix]:
    return line


@pytest.fixture(scope="session")
def any_problem() -> Callable[..., st.SearchStrategy[Problem]]:
    return problems
