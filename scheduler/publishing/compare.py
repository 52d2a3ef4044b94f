"""Scenarios side by side: figures with deltas, paired maps, and what moved and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal
from unicodedata import east_asian_width

from geodata.streets import StreetMap
from reports.comparison import render_comparison
from reports.sheet import Comparison, Figure, MapRoute, ScenarioColumn
from scheduler.model.money_text import money_text
from scheduler.model.plan import Plan
from scheduler.model.scenario import Scenario
from scheduler.model.values import Money
from scheduler.planning.compile import COST_PER_MINOR
from scheduler.planning.planfile import replace_bytes
from scheduler.planning.roads import Roads
from scheduler.planning.scenarios import ScenarioResult
from scheduler.publishing.audiences import Audience, sight_of
from scheduler.publishing.cut import cut_plan
from scheduler.publishing.kpis import figures
from scheduler.publishing.labels import labels
from scheduler.publishing.moves import moves
from scheduler.publishing.pseudonyms import Pseudonyms
from scheduler.publishing.streets import Legs, all_places, pair, street_lines
from scheduler.settings import Workspace
from scheduler.store.opening import open_store
from scheduler.store.written import note_written

_MOST_STREETS = 2500
Better = Literal["more", "less", ""]


def write_comparison(workspace: Workspace, results: Sequence[ScenarioResult], path: Path) -> dict[str, Any]:
    """Write compare.html as planners may see it; returns the figures and moves as data."""
    language = workspace.settings.page_language
    sight = sight_of(Audience.PLANNER, workspace.settings.publish.widen)
    pseudonyms = Pseudonyms.of(workspace)
    shown = [replace(result, plan=cut_plan(result.plan, sight, pseudonyms).plan) for result in results]
    roads = Roads(workspace)
    legs = Legs(roads)
    columns = tuple(
        _column(result, seen.plan, legs, language) for result, seen in zip(results, shown, strict=True)
    )
    moved = moves(shown, language)
    streets = StreetMap.open(roads.extract, workspace.cache)
    around = [tuple(pair(place) for place in all_places(seen.plan)) for seen in shown]
    page = Comparison(
        title=labels(language)["compare_title"],
        day=results[0].plan.day,
        language="zh" if language == "zh" else "en",
        scenarios=columns,
        moves=moved,
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
        "moves": len(moved),
    }


def comparison_words(results: Sequence[ScenarioResult], workspace: Workspace) -> list[str]:
    """The figures as lines for a terminal: a line a figure, a column a scenario."""
    language = workspace.settings.page_language
    columns = [
        [result.scenario.name, *(one.text for one in _figures(result.plan, language))] for result in results
    ]
    labels_ = ["", *(one.label for one in _figures(results[0].plan, language))]
    wide = max(_wide(text) for text in labels_)
    widths = [max(_wide(text) for text in column) + 2 for column in columns]
    return [
        label
        + " " * (wide - _wide(label))
        + "".join(" " * (width - _wide(text)) + text for text, width in zip(row, widths, strict=True))
        for label, *row in zip(labels_, *columns, strict=True)
    ]


def _wide(text: str) -> int:
    """Columns of a terminal; a Chinese character takes two."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def _column(result: ScenarioResult, shown: Plan, legs: Legs, language: str) -> ScenarioColumn:
    """Sums are the whole plan's; routes are those shown."""
    routes = []
    for route in shown.routes:
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
        changes=changes(scenario, language),
        figures=_figures(result.plan, language),
        routes=tuple(routes),
    )


def changes(scenario: Scenario, language: str) -> tuple[str, ...]:
    """What the scenario changes, a sentence each."""
    words, plain = labels(language), Scenario(name=scenario.name, title=scenario.title)
    told = {
        "agents_away": ", ".join(sorted(scenario.agents_away)),
        "copies_of": ", ".join(scenario.copies_of),
        "shift": f"{scenario.shift.start:%H:%M}–{scenario.shift.end:%H:%M}" if scenario.shift else "–",
        "overtime": f"{scenario.overtime.total_seconds() / 60:.0f}" if scenario.overtime is not None else "–",
        "worth_factor": f"{scenario.worth_factor:g}",
        "min_days_past_due": str(scenario.min_days_past_due),
        "max_days_past_due": str(scenario.max_days_past_due),
        "products": ", ".join(sorted(scenario.products)),
        "speed_factor": f"{scenario.speed_factor * 100:.0f}",
        "attendance": words.get(f"attendance_{scenario.attendance}", ""),
        "pairs": words.get(f"pairs_{scenario.pairs}", ""),
    }
    changed = (name for name in told if getattr(scenario, name) != getattr(plain, name))
    return tuple(words[f"change_{name}"].format(value=told[name]) for name in changed)


def _figures(plan: Plan, language: str) -> tuple[Figure, ...]:
    sums, words = figures(plan), labels(language)
    spent = Money(_spent(plan), plan.currency)
    net = Money(sums.worth.minor - spent.minor, plan.currency)

    def figure(label: str, value: float, text: str, better: Better) -> Figure:
        return Figure(label=words[label], value=value, text=text, better=better)

    travel, waiting = sums.travel.total_seconds() / 60, sums.waiting.total_seconds() / 60
    people = sums.people_time.total_seconds() / 3600
    return (
        figure("fig_net", float(net.major), money_text(net, language), "more"),
        figure("kpi_visits", sums.visits, str(sums.visits), "more"),
        figure("fig_two", sums.two_person_visits, str(sums.two_person_visits), "more"),
        figure("kpi_unassigned", sums.unassigned, str(sums.unassigned), "less"),
        figure("kpi_worth", float(sums.worth.major), money_text(sums.worth, language), "more"),
        figure("fig_cost", float(spent.major), money_text(spent, language), "less"),
        figure("fig_teams", sums.teams, str(sums.teams), ""),
        figure("fig_people", people, f"{people:.1f} h", "less"),
        figure("fig_each", sums.visits_per_team, f"{sums.visits_per_team:.1f}", "more"),
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
