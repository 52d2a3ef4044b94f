"""`doorstep bench`: the engine against its peers, and problems to measure on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.common import Output
from scheduler.cli.roads import PROFILES, user_cache
from scheduler.model.findings import DoorstepError

if TYPE_CHECKING:
    from solvers.bench.run import Limits, Run
    from solvers.formats.instance import BenchInstance

EXIT_DONE, EXIT_FINDINGS, EXIT_INTERRUPTED = 0, 1, 130


class _FilesOrGenerate(click.Group):
    """A group whose command may be left out: files alone are measured."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in {*self.commands, "-h", "--help"}:
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group(name="bench", cls=_FilesOrGenerate)
def command() -> None:
    """Measure the engine against OR-Tools, PyVRP and VROOM: same problem, same time, same cores.

    Files alone are measured: `doorstep bench FILE...` is `doorstep bench run FILE...`.
    """


def _numbers(ctx: click.Context, param: click.Parameter, value: str) -> tuple[int, ...]:  # noqa: ARG001
    words = value.split(",")
    if not all(word.strip().isdigit() and int(word) > 0 for word in words):
        raise click.BadParameter(f"{value!r} is not whole numbers from 1 with commas between them")
    return tuple(dict.fromkeys(int(word) for word in words))


def _engines(ctx: click.Context, param: click.Parameter, value: str) -> tuple[str, ...]:  # noqa: ARG001
    from solvers.bench.engine import NAMES

    chosen = tuple(dict.fromkeys(name.strip() for name in value.split(",")))
    unknown = [name for name in chosen if name not in NAMES]
    if unknown:
        raise click.BadParameter(f"no engine is called {', '.join(unknown)}; there are {', '.join(NAMES)}")
    return chosen


@command.command("run")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--seconds", type=click.FloatRange(0, min_open=True), default=10.0, show_default=True,
              help="Wall time of every run, building included.")  # fmt: skip
@click.option(
    "--cores", type=click.IntRange(1), default=1, show_default=True, help="Cores an engine may use."
)
@click.option("--seed", "--seeds", "seeds", callback=_numbers, metavar="N[,N...]", default="1", show_default=True,
              help="Seeds; medians and spread are over them.")  # fmt: skip
@click.option("--engines", callback=_engines, default="doorstep,ortools,pyvrp,vroom", show_default=True,
              help="Which engines, in this order.")  # fmt: skip
@click.option("--agents", callback=_numbers, metavar="N[,N...]", default="1", show_default=True,
              help="Team orienteering: how many agents, as its files do not say.")  # fmt: skip
@click.option("--bound", "bound_s", type=click.FloatRange(0, min_open=True), metavar="SECONDS",
              help="Also look for what no plan of each problem can be below, so long.")  # fmt: skip
@click.option("--json", "target", type=click.Path(dir_okay=False, path_type=Path),
              help="Keep every run here, rewritten after each.")  # fmt: skip
@click.option("-q", "--quiet", is_flag=True, help="The table alone.")
def run_command(
    files: tuple[Path, ...],
    seconds: float,
    cores: int,
    seeds: tuple[int, ...],
    engines: tuple[str, ...],
    agents: tuple[int, ...],
    bound_s: float | None,
    target: Path | None,
    quiet: bool,
) -> int:
    """Run the engines one after another on each FILE and judge their answers.

    FILE is Solomon or TOPTW text, VRPLIB (PCVRPTW, SDVRPTW, MDVRPTW) or a field day in JSON. Best known values
    are read from `best_known.json` or the `.sol` beside it. Ctrl-C ends with what is done.

    \b
    Examples:
      doorstep bench R101.txt R102.txt --seconds 10 --seeds 1,2,3 --json out.json
      doorstep bench day.json --engines doorstep,vroom --cores 2
      doorstep bench pr03.txt --agents 1,2,3,4
      doorstep bench R101.txt --engines doorstep --bound 30
    """
    from solvers.bench.report import rows, words
    from solvers.bench.run import Limits

    out = Output(as_json=False, verbosity=-1 if quiet else 0)
    known = list(_readable(files, agents, out))
    if not known:
        raise DoorstepError(
            "None of the files holds a problem.", mend="Name benchmark files of a family above."
        )
    done: list[Run] = []
    bounds: list[str] = []
    try:
        for run in _runs(known, engines, seeds, Limits(seconds, cores), out):
            done.append(run)
            if target is not None:
                _keep(done, target)
        if bound_s is not None:
            bounds.extend(_bounds(known, done, bound_s))
    except KeyboardInterrupt:
        out.say("Interrupted; what was done until then:")
        code = EXIT_INTERRUPTED
    else:
        broken = any(not run.feasible for run in done if run.engine == "doorstep")
        code = EXIT_FINDINGS if broken or len(known) < len(files) else EXIT_DONE
    for line in (*words(rows(done)), *bounds):
        click.echo(line)
    return code


def _bounds(known: list[tuple[Path, int]], done: list[Run], seconds: float) -> Iterator[str]:
    """What is known of the best possible plan of each problem, in words."""
    from solvers.bench.judge import judged
    from solvers.bound import lower_bound

    for path, agents in known:
        instance = _read(path, agents)
        here = [
            run
            for run in done
            if (run.instance, run.family) == (instance.name, str(instance.family)) and run.feasible
        ]
        best = min(here, key=lambda run: run.total or 0, default=None)
        plan = judged(instance.problem, best.orders)[0] if best else None
        bound = lower_bound(instance.problem, seconds=seconds, plan=plan)
        yield f"{instance.name}: {bound.told(best.total if best else None)}"


def _readable(files: Iterable[Path], agents: tuple[int, ...], out: Output) -> Iterator[tuple[Path, int]]:
    """Each file that holds an instance, with the number of agents where that matters."""
    from solvers.errors import ProblemError
    from solvers.formats.instance import Family

    for path in files:
        try:
            family = _read(path, agents[0]).family
        except ProblemError as error:
            out.say(f"Left out: {error if path.name in str(error) else f'{path.name}: {error}'}")
            continue
        for count in agents if family is Family.TOPTW else agents[:1]:
            yield path, count


def _read(path: Path, agents: int) -> BenchInstance:
    from solvers.formats.read import read_instance

    return read_instance(path, agents)


def _runs(
    known: list[tuple[Path, int]],
    engines: tuple[str, ...],
    seeds: tuple[int, ...],
    limits: Limits,
    out: Output,
) -> Iterator[Run]:
    from solvers.bench.engine import load, missing
    from solvers.bench.run import Outcome, measure

    absent = {engine: missing(engine) for engine in engines}
    for reason in filter(None, absent.values()):
        out.say(f"Not measured: {reason}")
    present = [engine for engine in engines if absent[engine] is None]
    for number, (path, agents) in enumerate(known, start=1):
        instance = _read(path, agents)
        for engine in present:
            for seed in seeds if load(engine).seeded else seeds[:1]:
                run = measure(instance, engine, seed, limits)
                out.say(f"[{number}/{len(known)}] {_told(run)}")
                yield run
                if run.outcome is Outcome.UNFIT:
                    break


def _told(run: Run) -> str:
    head = f"{run.instance}, {run.engine}, seed {run.seed}"
    if run.value is None:
        return f"{head}: {'; '.join(run.notes)}"
    gap = "" if run.gap is None else f", {run.gap:.2f}% behind the best known"
    broken = "".join(f", {count} x {code}" for code, count in run.violations.items())
    return f"{head}: {run.value:g}{gap}, {run.served} served{broken}"


def _keep(done: list[Run], target: Path) -> None:
    from solvers.bench.report import write

    write(done, target)


@command.command("generate")
@click.option("--roads", "extract", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
              metavar="FILE.osm.pbf", help="An OpenStreetMap extract.")  # fmt: skip
@click.option("--tasks", type=click.IntRange(1), default=300, show_default=True)
@click.option("--agents", type=click.IntRange(1), default=15, show_default=True)
@click.option("--days", type=click.IntRange(1), default=1, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option("--profile", type=PROFILES, default="car", show_default=True)
@click.option("--out", "target", type=click.Path(dir_okay=False, path_type=Path),
              help="The file to write; named after the problem if not given.")  # fmt: skip
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
def generate_command(
    extract: Path,
    tasks: int,
    agents: int,
    days: int,
    seed: int,
    profile: str,
    target: Path | None,
    quiet: bool,
) -> None:
    """Write a field-visit problem on real travel times as JSON.

    Windows, breaks, skills, prizes by the hour, agents from their homes; the same seed and extract give the same
    problem. The format is described in docs/benchmarks.md.

    \b
    Examples:
      doorstep bench generate --roads city.osm.pbf --tasks 300 --agents 15 --seed 7
      doorstep bench generate --roads city.osm.pbf --tasks 1000 --agents 8 --days 5 --out week.json
    """
    import numpy as np

    from geodata.engines import open_engine
    from geodata.extract import Extract
    from geodata.network import load_network
    from scheduler.bench.generate import Spec, generate
    from solvers.problem_json import save_problem

    out = Output(as_json=False, verbosity=-1 if quiet else 0)
    spec = Spec(tasks, agents, days, seed)
    target = target or Path(f"{spec.name}.json")
    opened = Extract.open(extract)
    with out.progress(f"Reading {extract.name} for {profile}"):
        network = load_network(opened, profile, cache_dir=user_cache())
        roads = open_engine(opened, profile, cache_dir=user_cache())
    with out.progress(f"Travel times between {1 + agents + tasks} places"):
        problem = generate(spec, np.stack((network.lat, network.lon), axis=1), roads)
    save_problem(problem, target)
    out.say(f"Wrote {target}: {tasks} tasks, {len(problem.vehicles)} agent-days.")
