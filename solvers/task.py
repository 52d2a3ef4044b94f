"""What is to be served: when, for what prize, and by whom. Instants and durations are integer seconds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    """The seconds in which a service may start, both ends included."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PrizeBand:
    """A service that starts between `start` and `end` (both included) earns `prize`."""

    start: int
    end: int
    prize: int


@dataclass(frozen=True, slots=True)
class Task:
    """One visit to a place.

    A service starts in one of the `windows` and lasts `service` seconds. It earns the prize of the band its
    start falls in, or `prize` outside every band. Not serving it costs `top_prize`; serving it costs
    `top_prize` less what was collected. A `mandatory` task that stays unserved is a violation.

    A vehicle needs all of `skills`, and to be among `vehicles` unless that is None; `vehicle_costs` prices
    some vehicles higher than others for this task, and `load` takes up their capacity. The pins bind wherever
    the task is served: `pinned_vehicle`, `pinned_position` (0 is first, -1 is last) and `pinned_start`
    (the second the service starts, which must still lie in a window to be allowed).
    """

    id: str
    place: int
    windows: tuple[Window, ...]
    service: int = 0
    prize: int = 0
    prize_bands: tuple[PrizeBand, ...] = ()
    mandatory: bool = False
    skills: frozenset[str] = frozenset()
    vehicles: frozenset[str] | None = None
    vehicle_costs: tuple[tuple[str, int], ...] = ()
    load: int = 0
    pinned_vehicle: str | None = None
    pinned_position: int | None = None
    pinned_start: int | None = None

    def cost_with(self, vehicle: str) -> int:
        """What it costs that this vehicle serves the task, apart from everything else."""
        return dict(self.vehicle_costs).get(vehicle, 0)

    def prize_at(self, start: int) -> int:
        """What a service that starts at this second earns."""
        for band in self.prize_bands:
            if band.start <= start <= band.end:
                return band.prize
        return self.prize

    @property
    def top_prize(self) -> int:
        """The highest prize that any second of the windows earns; pins do not lower it."""
        instants = {window.start for window in self.windows}
        edges = [b.start for b in self.prize_bands] + [b.end + 1 for b in self.prize_bands]
        instants.update(s for s in edges if any(w.start <= s <= w.end for w in self.windows))
        return max((self.prize_at(second) for second in instants), default=self.prize)
