from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from solvers.bench.report import families, rows, words, write
from solvers.bench.run import Outcome, Run


def run(engine: str, value: float, seed: int = 1, instance: str = "i", **more: object) -> Run:
    base = Run(
        instance, "vrptw", engine, seed, 1.0, 1, Outcome.DONE, total=int(10 * value), value=value, served=9,
        tasks=10, wall_s=1.0, cpu_s=1.0,
    )  # fmt: skip
    return replace(base, **more)  # type: ignore[arg-type]


def test_medians_spread_and_the_best() -> None:
    ours = [
        run("doorstep", value, seed, gap=gap) for seed, value, gap in ((1, 100, 0), (2, 104, 4), (3, 110, 10))
    ]
    mine, other = rows([*ours, run("pyvrp", 105, gap=5)])
    assert (mine.value, mine.behind, mine.runs) == (104, 4, 3)
    assert mine.spread == pytest.approx(9.615, abs=1e-3)
    assert (mine.won, other.won) == (True, False)
    assert other.spread == 0


def test_an_answer_with_a_violation_never_wins_and_does_not_count_in_the_mean() -> None:
    table = rows([run("doorstep", 100, gap=3.0), run("ortools", 90, gap=-7.0, violations={"capacity": 2})])
    assert [row.won for row in table] == [True, False]
    assert table[1].violations == 2
    by_engine = {one.engine: one for one in families(table)}
    assert (by_engine["ortools"].answered, by_engine["ortools"].behind, by_engine["ortools"].reached) == (
        0,
        None,
        0,
    )
    assert by_engine["doorstep"].behind == 3.0


def test_an_answer_that_came_late_never_wins() -> None:
    table = rows([run("doorstep", 100), run("vroom", 90, wall_s=1.6)])
    assert [(row.won, row.sound, row.behind) for row in table] == [(True, True, 0), (False, False, -10)]
    assert run("vroom", 90, wall_s=1.5).late is False
    assert families(table)[1].answered == 0


def test_without_a_best_known_the_best_here_is_the_measure() -> None:
    table = rows([run("doorstep", 100), run("vroom", 125)])
    assert [(row.behind, row.against) for row in table] == [(0, "best here"), (25, "best here")]
    assert families(table)[0].reached == 0
    profit = rows([run("doorstep", 100, profit=True), run("vroom", 125, profit=True)])
    assert [(row.behind, row.won) for row in profit] == [(20, False), (0, True)]


def test_the_same_name_in_two_families_is_two_instances() -> None:
    table = rows(
        [run("doorstep", 100, instance="PR12A"), run("doorstep", 50, instance="PR12A", family="mdvrptw")]
    )
    assert [(row.family, row.value) for row in table] == [("vrptw", 100), ("mdvrptw", 50)]


def test_lines_name_the_winner_and_what_could_not_be_done() -> None:
    unfit = Run("i", "vrptw", "pyvrp", 1, 1.0, 1, Outcome.UNFIT, notes=("PyVRP has no breaks",), tasks=10)
    lines = list(words(rows([run("doorstep", 100.5, gap=0.5), unfit])))
    assert lines[1].split() == ["i", "doorstep", "100.5", "0.50", "0.00", "9/10", "0", "1.0", "-", "best"]
    assert lines[2].split() == ["i", "pyvrp", "-"]
    assert "  pyvrp: PyVRP has no breaks (i)" in lines
    assert not any(line.startswith("family") for line in lines)
    two = list(words(rows([run("doorstep", 100.5, gap=0.5), run("doorstep", 7, instance="j", gap=1.5)])))
    assert two[-1].split() == ["vrptw", "doorstep", "2", "2", "1.00", "0", "2"]


def test_everything_is_kept_as_json(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    write([run("ortools", 100, gap=1.0)], target)
    kept = json.loads(target.read_text())
    assert kept["runs"][0]["value"] == 100
    assert kept["instances"][0]["engine"] == "ortools"
    assert kept["families"][0]["behind"] == 1.0
    assert set(kept["versions"]) == {"ortools"}
    assert list(tmp_path.iterdir()) == [target]
