"""Scenarios side by side: figures with deltas, paired maps, and what moved and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from geodata.streets import StreetMap
from reports.comparison import render_comparison
from reports.sheet import Comparison, Figure, MapRoute, Move, ScenarioColumn
from scheduler.model.plan import Plan
from scheduler.model.scenario import Scenario
from scheduler.model.values import Money
from scheduler.planning.compile import COST_PER_MINOR
from scheduler.planning.planfile import replace_bytes
from scheduler.planning.roads import Roads
from scheduler.planning.scenarios import ScenarioResult
from scheduler.publishing.kpis import figures
from scheduler.publishing.labels import labels
from scheduler.publishing.streets import Legs, all_places, pair, street_lines
from scheduler.publishing.words import money_text, why
from scheduler.settings import Workspace
from scheduler.store.opening import open_store
from scheduler.store.written import note_written

_MOST_STREETS = 2500
Better = Literal["more", "less", ""]


def write_comparison(workspace: Workspace, results: Sequence[ScenarioResult], path: Path) -> dict[str, Any]:
    """Write compare.html; returns the figures and moves as data."""
    language = workspace.settings.page_language
    roads = Roads(workspace)
    legs = Legs(roads)
    columns = tuple(_column(result, legs, language) for result in results)
    moves = _moves(results, language)
    streets = StreetMap.open(roads.extract, workspace.cache)
    around = [tuple(pair(place) for place in all_places(result.plan)) for result in results]
    page = Comparison(
        title=labels(language)["compare_title"],
        day=results[0].plan.day,
        language="zh" if language == "zh" else "en",
        scenarios=columns,
        moves=moves,
        streets=street_lines(streets, around, most=_MOST_STREETS),
    )
    replace_bytes(path, render_comparison(page).encode())
    with open_store(workspace) as store:
        note_written(store, "compare", path.parent, [path])
    return {
        "scenarios": [
            {"name": column.name, "figures": {figure.label: figure.value for figure in column.figures}}
            for column in columns
        ],
        "moves": len(moves),
    }


def comparison_words(results: Sequence[ScenarioResult], workspace: Workspace) -> list[str]:
    """The figures as lines for a terminal."""
    language = workspace.settings.page_language
    table = [[figure.text for figure in _figures(result.plan, language)] for result in results]
    names = [figure.label for figure in _figures(results[0].plan, language)]
    wide = max(len(result.scenario.name) for result in results) + 2
    head = " " * wide + "  ".join(f"{name:>16}" for name in names)
    return [
        head,
        *(
            f"{result.scenario.name:<{wide}}" + "  ".join(f"{text:>16}" for text in row)
            for result, row in zip(results, table, strict=True)
        ),
    ]


def _column(result: ScenarioResult, legs: Legs, language: str) -> ScenarioColumn:
    routes = []
    for route in result.plan.routes:
        ways, back = legs.of_route(route)
        line = tuple(point for leg in (*ways, back) for point in leg)
        stops = tuple(
            (number, stop.case, pair(stop.location)) for number, stop in enumerate(route.stops, start=1)
        )
        routes.append(MapRoute(agent=route.vehicle, line=line, stops=stops))
    scenario = result.scenario
    return ScenarioColumn(
        name=scenario.name,
        title=scenario.title or scenario.name,
        changes=_changes(scenario),
        figures=_figures(result.plan, language),
        routes=tuple(routes),
    )


def _changes(scenario: Scenario) -> tuple[str, ...]:
    base = Scenario(name=scenario.name, title=scenario.title)
    names = (
        "agents_away",
        "copies_of",
        "shift",
        "overtime",
        "worth_factor",
        "min_days_past_due",
        "max_days_past_due",
    )
    changed = [
        name
        for name in (*names, "products", "speed_factor", "attendance", "pairs")
        if getattr(scenario, name) != getattr(base, name)
    ]
    return tuple(f"{name} = {_plain(getattr(scenario, name))}" for name in changed)


def _plain(value: Any) -> str:
    return ", ".join(sorted(value)) if isinstance(value, frozenset | tuple) else str(value)


def _figures(plan: Plan, language: str) -> tuple[Figure, ...]:
    sums, words = figures(plan), labels(language)
    spent = Money(_spent(plan), plan.currency)

    def figure(label: str, value: float, text: str, better: Better) -> Figure:
        return Figure(label=words[label], value=value, text=text, better=better)

    travel, waiting = sums.travel.total_seconds() / 60, sums.waiting.total_seconds() / 60
    return (
        figure("kpi_visits", sums.visits, str(sums.visits), "more"),
        figure("kpi_unassigned", sums.unassigned, str(sums.unassigned), "less"),
        figure("kpi_worth", float(sums.worth.major), money_text(sums.worth, language), "more"),
        figure("fig_cost", float(spent.major), money_text(spent, language), "less"),
        figure("fig_teams", sums.teams, str(sums.teams), ""),
        figure("kpi_travel", travel, f"{travel:.0f} min", "less"),
        figure("kpi_distance", sums.distance_m / 1000, f"{sums.distance_m / 1000:.1f} km", "less"),
        figure("kpi_waiting", waiting, f"{waiting:.0f} min", "less"),
        figure(
            "kpi_overtime",
            sums.overtime.total_seconds() / 60,
            f"{sums.overtime.total_seconds() / 60:.0f} min",
            "less",
        ),
    )


def _spent(plan: Plan) -> int:
    """Travel and overtime at their price, in minor units."""
    return round(plan.solved.spent / COST_PER_MINOR)


def _moves(results: Sequence[ScenarioResult], language: str) -> tuple[Move, ...]:
    base = results[0].plan
    return tuple(
        move
        for result in results[1:]
        for move in _moved(base, result.plan, result.scenario.name, labels(language), language)
    )


def _moved(base: Plan, other: Plan, name: str, words: Mapping[str, str], language: str) -> list[Move]:
    before, after = _where(base), _where(other)
    left = {entry.case: entry.reasons[0] for entry in other.unassigned}
    moves = []
    for case in sorted(before.keys() | after.keys()):
        old, new = before.get(case), after.get(case)
        if old == new:
            continue
        if new is None:
            reason = why(left[case], language, {}) if case in left else ""
        elif old is None:
            reason = words["now_in"]
        else:
            reason = words["moved_agent"] if old[0] != new[0] else words["moved_time"]
        moves.append(
            Move(scenario=name, case_id=case, before=_text(old, words), after=_text(new, words), why=reason)
        )
    return moves


Slot = tuple[str, datetime]


def _where(plan: Plan) -> dict[str, Slot]:
    return {stop.case: (route.vehicle, stop.start) for route in plan.routes for stop in route.stops}


def _text(slot: Slot | None, words: Mapping[str, str]) -> str:
    return words["not_in_plan"] if slot is None else f"{slot[0]} {slot[1]:%H:%M}"
