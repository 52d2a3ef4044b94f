"""The figures of a plan that dispatchers and planners look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from scheduler.model.plan import Plan
from scheduler.model.values import Money


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums over a plan. `worth` is the expected uplift of the visits planned, before the cost of travel.

    `two_person_visits` are those that ask for two or more, `people_time` is everybody's from leaving to arriving.
    """

    visits: int
    two_person_visits: int
    unassigned: int
    teams: int
    people_time: timedelta
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
        two_person_visits=sum(stop.people >= 2 for stop in plan.visits),
        unassigned=len(plan.unassigned),
        teams=len(plan.routes),
        people_time=sum(
            (len(route.members) * (route.finish - route.depart) for route in plan.routes), nothing
        ),
        worth=Money(sum(stop.worth.minor for stop in plan.visits), plan.currency),
        worth_left=Money(sum(entry.worth.minor for entry in plan.unassigned), plan.currency),
        travel=sum((route.travel for route in plan.routes), nothing),
        service=sum((route.service for route in plan.routes), nothing),
        waiting=sum((route.waiting for route in plan.routes), nothing),
        overtime=sum((route.overtime for route in plan.routes), nothing),
        distance_m=sum(route.distance_m for route in plan.routes),
    )
