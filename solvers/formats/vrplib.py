"""The VRPLIB dialect of the prize-collecting, site-dependent and multi-depot instances with time windows.

Prize-collecting (PyVRP's selection of Gehring & Homberger): distances floor(10 x Euclidean), prizes ten times
the file's, clients without a prize mandatory. Site-dependent and multi-depot (Cordeau & Laporte 2001; Vidal et
al. 2013): distances round(1000 x Euclidean), every client mandatory, a route's duration limited, waiting
included. A client's id is its number in the published solutions: its node's less one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from solvers.formats.instance import BenchInstance, Family, FormatError, numbers, rounded, text_of, truncated
from solvers.problem import Problem
from solvers.task import Task, Window
from solvers.vehicle import Vehicle

_KINDS = {
    "PCVRPTW": (Family.PCVRPTW, 10),
    "SDVRPTW": (Family.SDVRPTW, 1000),
    "MDVRPTW": (Family.MDVRPTW, 1000),
}
_NEEDED = ("NODE_COORD", "DEMAND", "TIME_WINDOW")

_Rows = list[tuple[int, list[int | float]]]


@dataclass(frozen=True, slots=True)
class PublishedSolution:
    """The orders of a `.sol` file, one a vehicle in the file's order (ids of tasks), and its cost."""

    orders: tuple[tuple[str, ...], ...]
    cost: int


def read_vrplib(path: Path) -> BenchInstance:
    """The instance in this file. The best known cost is that of the `.sol` beside it, if there is one.

    Raises OSError, or `FormatError`.
    """
    file = _File(path)
    kind = file.fields.get("TYPE", "")
    if kind not in _KINDS:
        raise FormatError.at(path, None, f"TYPE is {kind!r}; one of {', '.join(_KINDS)} is expected")
    family, scale = _KINDS[kind]
    xy = np.array(file.column("NODE_COORD", 2))
    travel = truncated(xy, scale) if family is Family.PCVRPTW else rounded(xy, scale)
    depots = file.depots()
    vehicles = tuple(file.vehicles(depots, scale))
    tasks = tuple(file.tasks(depots, vehicles, scale))
    beside = path.with_suffix(".sol")
    best = float(read_solution(beside).cost) if beside.exists() else None
    return BenchInstance(path.stem, family, Problem(path.stem, tasks, vehicles, travel), best)


def read_solution(path: Path) -> PublishedSolution:
    """The solution in a `.sol` file: lines `Route #1: 5 3 9`, and `Cost: 123`. Raises OSError, or `FormatError`."""
    orders, cost = [], None
    for number, line in enumerate(text_of(path).splitlines(), start=1):
        head, _, rest = line.strip().partition(":" if ":" in line else " ")
        if head.upper().startswith("ROUTE"):
            visits = numbers(path, number, rest.split(), 0)
            orders.append(tuple(str(int(visit)) for visit in visits))
        elif head.upper() == "COST":
            cost = int(numbers(path, number, rest.split(), 1)[0])
    if cost is None:
        raise FormatError.at(path, None, "not a solution: a line `Cost: ...` is expected")
    return PublishedSolution(tuple(orders), cost)


class _File:
    """The fields and sections of one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.fields: dict[str, str] = {}
        self.sections: dict[str, _Rows] = {}
        section: _Rows | None = None
        for number, line in enumerate(text_of(path).splitlines(), start=1):
            words = line.split()
            if not words or words[0] in {"EOF", "-1"}:
                continue
            name = words[0].removesuffix(":")
            if name.endswith("_SECTION"):
                section = self.sections.setdefault(name.removesuffix("_SECTION"), [])
            elif section is None or ":" in line:
                name, _, value = line.partition(":")
                self.fields[name.strip()] = value.strip()
            else:
                section.append((number, list(numbers(path, number, words, 1))))
        self.size = self.whole("DIMENSION")
        for name in _NEEDED:
            if len(self.sections.get(name, [])) != self.size:
                raise self.error(None, f"a {name}_SECTION of {self.size} lines is expected (DIMENSION)")

    def error(self, line: int | None, message: str) -> FormatError:
        return FormatError.at(self.path, line, message)

    def whole(self, name: str, default: int | None = None) -> int:
        """A field that is a whole number from 0."""
        text = self.fields.get(name)
        if text is None and default is not None:
            return default
        if text is None or not text.isdigit():
            raise self.error(None, f"{name} is {text!r} where a whole number is expected")
        return int(text)

    def column(self, name: str, width: int) -> list[list[float]]:
        """The values of a section, node by node, without the node's number."""
        return [self._values(line, row, width) for line, row in self.sections[name]]

    def _values(self, line: int, row: Sequence[float], width: int) -> list[float]:
        if len(row) != width + 1:
            raise self.error(line, f"{width + 1} numbers are expected, {len(row)} are there")
        return list(row[1:])

    def _per_node(self, name: str, default: int) -> list[float]:
        rows = self.column(name, 1) if name in self.sections else [[default]] * self.size
        if len(rows) != self.size:
            raise self.error(None, f"a {name}_SECTION of {self.size} lines is expected (DIMENSION)")
        return [row[0] for row in rows]

    def depots(self) -> list[int]:
        """The places of the depots; the first one where the file names none."""
        found = [int(row[0]) - 1 for _, row in self.sections.get("DEPOT", [])] or [0]
        if any(not 0 <= place < self.size for place in found):
            raise self.error(None, f"a depot is not one of the {self.size} nodes")
        return found

    def vehicles(self, depots: Sequence[int], scale: int) -> Iterator[Vehicle]:
        """Each back to the depot it leaves, within the depot's hours."""
        hours = self.column("TIME_WINDOW", 2)
        home = self._per_vehicle("VEHICLES_DEPOT", depots[0] + 1)
        capacity = self._per_vehicle("CAPACITY", self.whole("CAPACITY", 0))
        longest = self.whole("VEHICLES_MAX_DURATION", 0)
        for number in range(1, self.whole("VEHICLES") + 1):
            depot = home[number] - 1
            if depot not in depots:
                raise self.error(None, f"vehicle {number} belongs to node {depot + 1}, which is no depot")
            opens, closes = (round(value * scale) for value in hours[depot])
            yield Vehicle(
                f"v{number}",
                depot,
                depot,
                opens,
                closes,
                max_duration=longest * scale if longest else None,
                capacity=capacity[number],
            )

    def _per_vehicle(self, name: str, default: int) -> Mapping[int, int]:
        count = self.whole("VEHICLES")
        if name not in self.sections:
            return dict.fromkeys(range(1, count + 1), default)
        found = {int(row[0]): int(self._values(line, row, 1)[0]) for line, row in self.sections[name]}
        if set(found) != set(range(1, count + 1)):
            raise self.error(None, f"a {name}_SECTION of {count} lines is expected (VEHICLES)")
        return found

    def tasks(self, depots: Sequence[int], vehicles: Sequence[Vehicle], scale: int) -> Iterator[Task]:
        """The clients: mandatory unless the file has prizes and one for them."""
        hours, demand = self.column("TIME_WINDOW", 2), self._per_node("DEMAND", 0)
        service = self._per_node("SERVICE_TIME", self.whole("SERVICE_TIME", 0))
        prizes = self._per_node("PRIZE", 0)
        allowed = self._allowed(vehicles)
        for place in range(self.size):
            if place in depots:
                continue
            opens, closes = (round(value * scale) for value in hours[place])
            prize = round(prizes[place] * scale)
            yield Task(
                str(place),
                place,
                (Window(opens, closes),),
                round(service[place] * scale),
                prize=prize,
                mandatory=prize == 0,
                vehicles=allowed.get(place),
                load=int(demand[place]),
            )

    def _allowed(self, vehicles: Sequence[Vehicle]) -> Mapping[int, frozenset[str]]:
        """The vehicles each client may be served by, where not all may; equal sets are one object."""
        rows = self.sections.get("VEHICLES_ALLOWED_CLIENTS")
        if rows is None:
            return {}
        everyone = {vehicle.id for vehicle in vehicles}
        served: dict[int, set[str]] = {place: set() for place in range(self.size)}
        for line, row in rows:
            vehicle = f"v{int(row[0])}"
            if vehicle not in everyone or any(not 1 <= node <= self.size for node in row[1:]):
                raise self.error(line, "a vehicle and nodes of the file are expected")
            for node in row[1:]:
                served[int(node) - 1].add(vehicle)
        kept: dict[frozenset[str], frozenset[str]] = {}
        sets = {place: frozenset(names) for place, names in served.items() if names != everyone}
        return {place: kept.setdefault(names, names) for place, names in sets.items()}
