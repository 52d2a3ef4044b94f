"""The searches that plan several days, each from the plan of the one before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from scheduler.model.plan import Horizon
from scheduler.model.visit import Visit
from scheduler.planning.compile import Compiled, StatedDay
from scheduler.planning.day import DayInputs, Note, Search, search_failed
from scheduler.planning.horizon_terms import is_balanced, with_balances
from scheduler.planning.repeats import Named, until, with_repeats
from scheduler.selection.policy import Policy
from scheduler.settings import Workspace
from solvers.errors import SolverError
from solvers.problem import Problem
from solvers.progress import Progress, StoppedBy
from solvers.solve import Result, solve

_FIRST_SHARE = 0.35
"""Of the search goes to a plan without balance where balance is asked for: it says what a fair share is."""

_STOPPED = (StoppedBy.STOP, StoppedBy.INTERRUPT)


@dataclass(frozen=True, slots=True)
class Talk:
    """Who is told how the searches go, who may stop them, and whether they run in this process."""

    note: Note
    progress: Callable[[Progress], None] | None
    stop: Callable[[], bool] | None
    in_process: bool


@dataclass(frozen=True, slots=True)
class Solved:
    """The last problem and its answer; the further visits of each day by their tasks' ids."""

    problem: Problem
    found: Result
    repeats: Named


class Searches:
    """The searches one after another, each from the plan of the one before: visits, further visits, balance."""

    def __init__(
        self,
        workspace: Workspace,
        inputs: DayInputs,
        stated: Sequence[StatedDay],
        compiled: Compiled,
        horizon: Horizon,
        search: Search,
        talk: Talk,
    ) -> None:
        self.workspace, self.inputs, self.stated = workspace, inputs, stated
        self.compiled, self.horizon, self.search, self.talk = compiled, horizon, search, talk
        self.balanced = is_balanced(workspace)

    def run(self) -> Solved:
        """Shares of the time: equal ones for visits and further visits, the rest for the balance."""
        share = (_FIRST_SHARE if self.balanced else 1.0) / self.horizon.visits_per_case
        compiled, repeats = self.compiled, dict[date, dict[str, Visit]]()
        found = self._solve(self._early(compiled.problem, 1), share)
        for number in range(2, self.horizon.visits_per_case + 1):
            if found.stopped_by in _STOPPED:
                break
            problem, more = with_repeats(
                self.workspace, self.inputs, self.stated, compiled, found.solution, self.horizon, number
            )
            if not more:
                break
            for day, visits in more.items():
                repeats.setdefault(day, {}).update(visits)
            compiled = replace(compiled, problem=problem)
            self.talk.note(f"visit {number} of {len({t for v in more.values() for t in v})} cases")
            found = self._solve(self._early(problem, number), share, found)
        problem = compiled.problem
        if self.balanced and found.stopped_by not in _STOPPED:
            self.talk.note("fair shares")
            problem = with_balances(problem, self.stated, found.evaluation, self.workspace)
            found = self._solve(problem, 1 - _FIRST_SHARE, found)
        return Solved(problem, found, repeats)

    def _early(self, problem: Problem, number: int) -> Problem:
        """Visits on the days that leave room for those still to come; later searches may use all of them."""
        settings = self.workspace.settings
        policy = Policy.from_mapping(settings.selection, currency=settings.workspace.currency)
        apart = max(self.horizon.days_between, policy.cooling_off_days)
        to_come = self.horizon.visits_per_case - number
        last = self.stated[-1].day - timedelta(days=to_come * apart)
        return until(problem, self.stated, last) if to_come and self.stated[0].day <= last else problem

    def _solve(self, problem: Problem, share: float, before: Result | None = None) -> Result:
        search, talk = self.search, self.talk
        try:
            return solve(
                problem,
                time_limit_s=search.time_limit_s * share,
                seed=search.seed,
                iteration_limit=search.iteration_limit,
                start=None if before is None else before.solution,
                cores=search.cores,
                note=talk.note,
                progress=talk.progress,
                stop=talk.stop,
                in_process=talk.in_process,
            )
        except SolverError as error:
            raise search_failed(error) from None
