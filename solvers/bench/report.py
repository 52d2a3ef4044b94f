"""What many runs come to: medians, spread, gaps and winners, in words and as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, median
from typing import Any

from solvers.bench.engine import version
from solvers.bench.run import Outcome, Run

FORMAT = "solvers.bench/1"
BEST_KNOWN, BEST_HERE = "best known", "best here"

_LEVEL = 1e-9  # figures that differ by less are one figure


@dataclass(frozen=True, slots=True)
class Row:
    """One engine on one instance over all seeds.

    `behind` is the gap of the median to the best known in per cent, or to the best median here where none is
    known. `spread` is (worst - best) / median in per cent. Only an engine whose every answer keeps the rules and
    its time has won.
    """

    instance: str
    family: str
    engine: str
    runs: int
    value: float | None
    behind: float | None
    against: str
    spread: float | None
    served: float | None
    tasks: int
    violations: int
    wall_s: float | None
    memory_mb: float | None
    first_plan_s: float | None
    sound: bool
    won: bool
    notes: tuple[str, ...]


def rows(runs: Sequence[Run]) -> list[Row]:
    """A row an instance and engine, in the order they were run."""
    found = []
    for key in dict.fromkeys((run.family, run.instance) for run in runs):
        here = [run for run in runs if (run.family, run.instance) == key]
        by_engine = {
            engine: [run for run in here if run.engine == engine]
            for engine in dict.fromkeys(run.engine for run in here)
        }
        sound = [_median(run.value for run in own) for own in by_engine.values() if _sound(own)]
        known = [value for value in sound if value is not None]
        best = (max if here[0].profit else min)(known, default=None)
        found += [_row(own, best) for own in by_engine.values()]
    return found


def _sound(runs: Sequence[Run]) -> bool:
    return all(run.feasible and not run.late for run in runs)


def _row(runs: Sequence[Run], best: float | None) -> Row:
    first = runs[0]
    values = [run.value for run in runs if run.value is not None]
    value = _median(values)
    behind, against = _median(run.gap for run in runs), BEST_KNOWN
    if behind is None and value is not None and best:
        behind, against = (value - best) / best * (-100 if first.profit else 100), BEST_HERE
    return Row(
        instance=first.instance,
        family=first.family,
        engine=first.engine,
        runs=len(values),
        value=value,
        behind=behind,
        against=against,
        spread=(max(values) - min(values)) / value * 100 if value else None,
        served=_median(run.served for run in runs),
        tasks=first.tasks,
        violations=sum(sum(run.violations.values()) for run in runs),
        wall_s=_median(run.wall_s for run in runs),
        memory_mb=_median(run.memory_mb for run in runs),
        first_plan_s=_median(run.first_plan_s for run in runs),
        sound=_sound(runs),
        won=_sound(runs) and value is not None and best is not None and abs(value - best) < _LEVEL,
        notes=tuple(dict.fromkeys(note for run in runs for note in run.notes)),
    )


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(median(known)) if known else None


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """One engine over a family.

    `behind` is the mean over the instances it answered in time and without a violation; `reached` are those whose median is
    no worse than the best known, `won` those where nobody's here was better.
    """

    family: str
    engine: str
    instances: int
    answered: int
    behind: float | None
    reached: int
    won: int


def families(table: Sequence[Row]) -> list[FamilyRow]:
    """A row a family and engine."""
    found = []
    for family in dict.fromkeys(row.family for row in table):
        here = [row for row in table if row.family == family]
        for engine in dict.fromkeys(row.engine for row in here):
            own = [row for row in here if row.engine == engine]
            gaps = [row.behind for row in own if row.behind is not None and row.sound]
            reached = sum(
                row.behind is not None
                and row.behind <= _LEVEL
                and row.against == BEST_KNOWN
                and not row.violations
                for row in own
            )
            won = sum(row.won for row in own)
            found.append(
                FamilyRow(family, engine, len(own), len(gaps), mean(gaps) if gaps else None, reached, won)
            )
    return found


def words(table: Sequence[Row]) -> Iterator[str]:
    """The rows as lines of text, and the families after them where there is more than one instance."""
    width = max((len(row.instance) for row in table), default=0)
    yield (
        f"{'instance':{width}}  {'engine':9}{'median':>12}{'behind %':>10}{'spread %':>10}"
        f"{'served':>12}{'violations':>12}{'seconds':>9}{'MB':>7}"
    )
    for row in table:
        yield _line(row, width)
    notes: dict[str, list[str]] = {}
    for row in table:
        for note in row.notes:
            notes.setdefault(f"{row.engine}: {note}", []).append(row.instance)
    for note, instances in notes.items():
        yield (
            f"  {note} ({len(instances)} of the instances)"
            if len(instances) > 1
            else f"  {note} ({instances[0]})"
        )
    if len({row.instance for row in table}) > 1:
        yield ""
        yield f"{'family':10}{'engine':9}{'instances':>11}{'answered':>10}{'mean behind %':>15}{'reached':>9}{'won':>5}"
        for one in families(table):
            yield (
                f"{one.family:10}{one.engine:9}{one.instances:>11}{one.answered:>10}"
                f"{_figure(one.behind, 2):>15}{one.reached:>9}{one.won:>5}"
            )


def _notes(table: Sequence[Row]) -> Iterator[str]:
    notes: dict[str, list[str]] = {}
    for row in table:
        for note in row.notes:
            notes.setdefault(f"{row.engine}: {note}", []).append(row.instance)
    for note, where in notes.items():
        yield f"  {note} ({where[0] if len(where) == 1 else f'{len(where)} instances'})"


def _line(row: Row, width: int) -> str:
    head = f"{row.instance:{width}}  {row.engine:9}"
    if row.value is None:
        return f"{head}{'-':>12}"
    served = f"{row.served:g}/{row.tasks}"
    digits = 0 if row.value == int(row.value) else 1
    return (
        f"{head}{row.value:>12.{digits}f}{_figure(row.behind, 2):>10}{_figure(row.spread, 2):>10}{served:>12}"
        f"{row.violations:>12}{_figure(row.wall_s, 1):>9}{_figure(row.memory_mb, 0):>7}{'  best' if row.won else ''}"
    )


def _figure(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def as_dict(runs: Sequence[Run]) -> dict[str, Any]:
    """Everything, as plain values for JSON."""
    table = rows(runs)
    engines = dict.fromkeys(run.engine for run in runs if run.outcome is not Outcome.MISSING)
    return {
        "format": FORMAT,
        "machine": {
            "architecture": platform.machine(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
        },
        "versions": {engine: version(engine) for engine in engines},
        "runs": [asdict(run) for run in runs],
        "instances": [asdict(row) for row in table],
        "families": [asdict(row) for row in families(table)],
    }


def write(runs: Sequence[Run], path: Path) -> None:
    """Keep what is done so far as JSON, the whole file at once."""
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(as_dict(runs), indent=1), encoding="utf-8")
    part.replace(path)
