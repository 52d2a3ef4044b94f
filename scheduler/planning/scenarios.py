"""What-ifs: each scenario planned in a process of its own, from the same facts and the same seed."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from pathlib import Path

from scheduler.model.findings import DoorstepError
from scheduler.model.plan import Plan
from scheduler.model.scenario import BASE, Scenario
from scheduler.planning.certified import PLAN
from scheduler.planning.day import DayInputs, Search, load_inputs, plan_day
from scheduler.planning.planfile import write_plan
from scheduler.planning.roads import Roads
from scheduler.settings import Workspace

Done = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioResult:
    """One scenario's plan and what it may collect and cost."""

    scenario: Scenario
    plan: Plan


def run_scenarios(
    workspace: Workspace,
    day: date,
    scenarios: Sequence[Scenario],
    search: Search,
    *,
    workers: int | None = None,
    done: Done = lambda _name, _count, _total: None,
) -> tuple[ScenarioResult, ...]:
    """Plan every scenario, the first as the base that the others are compared with.

    Raises DoorstepError where two scenarios share a name, or naming the scenario that cannot be planned.
    """
    names = [scenario.name for scenario in scenarios]
    if len(set(names)) < len(names):
        raise DoorstepError("Two scenarios have the same name", mend='Give each its own: name = "..."')
    inputs = load_inputs(workspace)
    _open_roads_once(workspace, inputs, day, scenarios)
    count = max(1, min(len(scenarios), workers or os.cpu_count() or 1))
    results: dict[str, ScenarioResult] = {}
    with ProcessPoolExecutor(
        count, mp_context=get_context("spawn"), initializer=_begin, initargs=(workspace.folder, inputs, day)
    ) as pool:
        jobs: dict[Future[ScenarioResult], str] = {
            pool.submit(_run, day, scenario, search): scenario.name for scenario in scenarios
        }
        try:
            for job in as_completed(jobs):
                results[jobs[job]] = _result(job, jobs[job])
                done(jobs[job], len(results), len(scenarios))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return tuple(results[name] for name in names)


def write_plans(workspace: Workspace, results: Sequence[ScenarioResult], folder: Path) -> tuple[Path, ...]:
    """Write each scenario's plan to a folder of its name in `folder`: it says what is changed, so it can be asked about.

    No certificate: nobody goes out by a what-if, and none is published.
    """
    from scheduler.store.opening import open_store
    from scheduler.store.written import note_written

    paths = []
    with open_store(workspace) as store:
        for result in results:
            path = folder / result.scenario.name / PLAN
            write_plan(result.plan, path)
            note_written(store, "plan", path.parent, [path])
            paths.append(path)
    return tuple(paths)


def _result(job: Future[ScenarioResult], name: str) -> ScenarioResult:
    try:
        return job.result()
    except DoorstepError as error:
        raise DoorstepError(f"Scenario {name}: {error}", mend=error.mend) from None


_facts: list[tuple[Workspace, DayInputs, Roads]] = []
"""In a worker: what all its scenarios share."""


def _begin(folder: Path, inputs: DayInputs, day: date) -> None:
    workspace = Workspace.open(folder)
    roads = Roads(workspace, plans=[workspace.day(day)])
    _facts.append((workspace, inputs, roads))


def _run(day: date, scenario: Scenario, search: Search) -> ScenarioResult:
    workspace, inputs, roads = _facts[0]
    planned = plan_day(workspace, inputs, day, search, scenario=scenario, roads=roads, in_process=True)
    return ScenarioResult(scenario=scenario, plan=planned.plan)


def _open_roads_once(
    workspace: Workspace, inputs: DayInputs, day: date, scenarios: Sequence[Scenario]
) -> None:
    """Build the road graphs before the workers start, so that each reads them instead of building its own."""
    from scheduler.planning.teams import teams_of

    roads = Roads(workspace)
    for scenario in (BASE, *scenarios):
        for team in teams_of(inputs.agents, inputs.crews, day, scenario):
            roads.engine(team.mode)
