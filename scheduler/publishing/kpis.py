"""The figures of a plan that dispatchers and planners look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from scheduler.model.plan import Plan
from scheduler.model.values import Money


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums over a plan. `worth` is the expected uplift of the visits planned, before the cost of travel."""

    visits: int
    unassigned: int
    teams: int
    worth: Money
    worth_left: Money
    travel: timedelta
    service: timedelta
    waiting: timedelta
    overtime: timedelta
    distance_m: int

    @property
    def visits_per_team(self) -> float:
        """Visits for each team that goes out; 0 where none does."""
        return self.visits / self.teams if self.teams else 0.0


def figures(plan: Plan) -> Figures:
    """Everything is summed from the plan itself."""
    nothing = timedelta()
    return Figures(
        visits=len(plan.visits),
        unassigned=len(plan.unassigned),
        teams=len(plan.routes),
        worth=Money(sum(stop.worth.minor for stop in plan.visits), plan.currency),
        worth_left=Money(sum(entry.worth.minor for entry in plan.unassigned), plan.currency),
        travel=sum((route.travel for route in plan.routes), nothing),
        service=sum((route.service for route in plan.routes), nothing),
        waiting=sum((route.waiting for route in plan.routes), nothing),
        overtime=sum((route.overtime for route in plan.routes), nothing),
        distance_m=sum(route.distance_m for route in plan.routes),
    )
