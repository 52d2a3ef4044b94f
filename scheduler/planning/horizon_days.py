"""The answer for several days as a plan for each of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from scheduler.model.plan import Horizon, Plan, Reason, ReasonCode, Route, SolveFacts, Unassigned
from scheduler.model.scenario import BASE
from scheduler.planning.compile import Compiled, Places, StatedDay, vehicle_of
from scheduler.planning.day import DayInputs, PlannedDay, ReadyDay, Search, rule_context
from scheduler.planning.diagnosis import reasons_of
from scheduler.planning.horizon_search import Solved
from scheduler.planning.lift import lift_routes
from scheduler.planning.ready import left_out
from scheduler.planning.repeats import case_of, planned_days
from scheduler.planning.roads import Roads
from scheduler.settings import Workspace


class Days:
    """The answer as a plan for each day."""

    def __init__(
        self,
        workspace: Workspace,
        inputs: DayInputs,
        stated: list[StatedDay],
        cut: frozenset[str],
        places: Places,
        solved: Solved,
        search: Search,
        horizon: Horizon,
        roads: Roads,
    ) -> None:
        self.workspace, self.stated, self.cut, self.places = workspace, stated, cut, places
        self.problem, self.found, self.repeats = solved.problem, solved.found, solved.repeats
        self.search, self.horizon, self.extract = search, horizon, roads.extract.fingerprint
        self.packs = tuple(pack.label for pack in rule_context(workspace, inputs).packs)
        currency = workspace.settings.workspace.currency
        self.reasons = reasons_of(self.problem, self.found.solution, currency)
        self.planned = planned_days(stated, self.found.solution)

    def day(self, number: int, ready: ReadyDay) -> PlannedDay:
        """One day's plan. Visits of another day are told as planned for that day."""
        day, zone = ready.day, self.workspace.settings.zone
        stated = self.stated[number]
        names = {vehicle_of(team, day): team for team in stated.teams}
        visits = {visit.id: visit for visit in stated.visits} | dict(self.repeats.get(day, {}))
        judged = replace(
            self.found.evaluation,
            routes=tuple(route for route in self.found.evaluation.routes if route.vehicle in names),
        )
        view = Compiled(self.problem, self.places, visits, names)
        cost = sum(route.cost for route in judged.routes)
        plan = Plan(
            id=f"{day:%Y%m%d}-{BASE.name}-{self.search.seed}",
            day=day,
            zone=zone.key,
            currency=self.workspace.settings.workspace.currency,
            created=datetime.now(UTC).replace(microsecond=0),
            routes=_of_day(lift_routes(view, judged, self.stated[0].day, zone), stated),
            unassigned=self._unassigned(ready),
            extract=self.extract,
            packs=self.packs,
            solved=SolveFacts(
                engine=f"horizon of {len(self.stated)} days",
                seed=self.search.seed,
                time_limit_s=self.search.time_limit_s,
                iteration_limit=self.search.iteration_limit,
                stopped_by=self.found.stopped_by.value,
                cost=self.found.evaluation.total,
                spent=cost,
                cost_unit="1/1000 of a minor currency unit",
            ),
            horizon=self.horizon,
        )
        return PlannedDay(plan=plan, selection=ready.selection, teams=ready.teams, findings=ready.findings)

    def _unassigned(self, ready: ReadyDay) -> tuple[Unassigned, ...]:
        left = list(ready.unassigned)
        for visit in ready.visits:
            planned = self.planned.get(visit.id, ())
            if ready.day in planned:
                continue
            if planned:
                reasons: tuple[Reason, ...] = (
                    Reason(code=ReasonCode.OTHER_DAY, proven=True, day=planned[0]),
                )
            elif visit.id in self.cut:
                reasons = (Reason(code=ReasonCode.BELOW_THE_CUT, proven=False),)
            else:
                reasons = tuple(_plain(reason) for reason in self.reasons[visit.id])
            left.append(left_out(visit, *reasons))
        return tuple(sorted(left, key=lambda entry: (-entry.worth.minor, entry.case)))


def _of_day(routes: tuple[Route, ...], stated: StatedDay) -> tuple[Route, ...]:
    """Routes with the shift of their day; they were lifted with the first day's."""
    shifts = {team.id: team.shift for team in stated.teams}
    made = []
    for route in routes:
        shift, zone = shifts[route.vehicle], route.depart.tzinfo
        assert isinstance(zone, ZoneInfo)
        made.append(replace(route, shift=shift.on(stated.day, zone) if shift else None))
    return tuple(made)


def _plain(reason: Reason) -> Reason:
    """A reason that names a team and a case, not a team's day and a task."""
    return replace(reason, agent=reason.agent.partition("@")[0], other_case=case_of(reason.other_case))
