"""Scenarios side by side: figures with deltas, maps of one extent with moved visits ringed, moves and why.

The page has no script: it prints, and opens anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from reports import words
from reports.page import asset, render
from reports.palette import Tone, tone
from reports.sheet import Comparison, Figure, Move, Position, ScenarioColumn
from reports.still import nearest_streets, routes_still

_STILL_POINTS = 6_000
_SIZE = (440.0, 440.0)
_KINDS = {"dropped": "moved_dropped", "added": "moved_added", "agent": "moved_agent", "hour": "moved_hour"}


@dataclass(frozen=True, slots=True)
class Delta:
    """A figure against the base's: how it reads, and whether that is welcome ("good", "bad" or "")."""

    text: str
    verdict: str


def render_comparison(comparison: Comparison) -> str:
    """One self-contained HTML page. Raises ValueError for no scenario, or figures that do not match."""
    if not comparison.scenarios:
        raise ValueError("a comparison needs a scenario")
    base = comparison.scenarios[0]
    labels = [figure.label for figure in base.figures]
    if any([figure.label for figure in one.figures] != labels for one in comparison.scenarios):
        raise ValueError("scenarios with different figures cannot stand side by side")
    around = [place for one in comparison.scenarios for place in _places(one)]
    streets = nearest_streets(comparison.streets, around, _STILL_POINTS)
    tones = _tones(comparison)
    return render(
        "compare.html",
        title=f"{comparison.title} {comparison.day.isoformat()}",
        language=comparison.language,
        styles=[asset("base.css"), asset("compare.css")],
        scripts=[],
        comparison=comparison,
        day=words.long_date(comparison.day, comparison.language),
        columns=[
            (
                one,
                [delta(figure, against) for figure, against in zip(one.figures, base.figures, strict=True)],
                routes_still(
                    one.routes,
                    streets,
                    around,
                    _SIZE,
                    _ringed(comparison, one.name),
                    [tones[route.agent] for route in one.routes],
                ),
                [(tones[route.agent], route.agent) for route in one.routes],
            )
            for one in comparison.scenarios
        ],
        labels=labels,
        moved=[(one, _by_kind(comparison.moves, one.name)) for one in comparison.scenarios[1:]],
    )


def _tones(comparison: Comparison) -> dict[str, Tone]:
    """Each agent's look, the same on every map; the base's agents come first."""
    agents = dict.fromkeys(route.agent for one in comparison.scenarios for route in one.routes)
    return {agent: tone(index) for index, agent in enumerate(agents)}


def _ringed(comparison: Comparison, name: str) -> Collection[str]:
    """Cases to look at: with another agent than in the base, or new; on the base's map those that some
    scenario leaves out. Another hour alone gets no ring: hours shift with every change.
    """
    if name == comparison.scenarios[0].name:
        return {move.case_id for move in comparison.moves if move.kind == "dropped"}
    moves = (move for move in comparison.moves if move.scenario == name)
    return {move.case_id for move in moves if move.kind in ("agent", "added")}


def _by_kind(moves: Collection[Move], name: str) -> list[tuple[str, str, list[Move]]]:
    """Each kind of a scenario's moves, and its words."""
    return [
        (kind, word, [move for move in moves if move.scenario == name and move.kind == kind])
        for kind, word in _KINDS.items()
    ]


def delta(figure: Figure, base: Figure) -> Delta:
    """The change against the base, with its sign; "=" for none to speak of."""
    # As exact as the figure is written, no more.
    written = re.search(r"\d[.](\d+)", figure.text)
    digits = len(written[1]) if written else 0
    change = round(figure.value - base.value, digits)
    if not change:
        return Delta("=", "")
    sign = "▲ +" if change > 0 else "▼ −"
    verdict = ""
    if figure.better:
        verdict = "good" if (change > 0) == (figure.better == "more") else "bad"
    return Delta(f"{sign}{abs(change):,.{digits}f}", verdict)


def _places(scenario: ScenarioColumn) -> list[Position]:
    lines = [place for route in scenario.routes for place in route.line]
    return lines + [place for route in scenario.routes for _, _, place in route.stops]
