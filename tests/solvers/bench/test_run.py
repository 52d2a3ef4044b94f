from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from solvers.bench import run as running
from solvers.bench.engine import missing
from solvers.bench.run import Limits, Outcome, measure
from solvers.formats.instance import BenchInstance, Family
from solvers.problem import Problem
from solvers.task import Task, Window
from solvers.travel import TravelMatrix
from solvers.vehicle import Break, Vehicle


def instance(*breaks: Break) -> BenchInstance:
    at = np.array([0, 10, 20, 30], dtype=np.int32)
    table = np.abs(at[:, None] - at[None, :])
    tasks = tuple(Task(f"t{k}", k, (Window(0, 500),), 5, prize=100) for k in (1, 2, 3))
    problem = Problem(
        "day", tasks, (Vehicle("v", 0, 0, 0, 900, breaks=breaks),), {"default": TravelMatrix(table, table)}
    )
    return BenchInstance("day", Family.FIELDDAY, problem, best_known=50.0)


@pytest.mark.parametrize("engine", ["doorstep", "ortools"])
def test_an_engine_is_timed_and_its_answer_judged(engine: str) -> None:
    run = measure(instance(), engine, 1, Limits(0.5))
    assert (run.outcome, run.notes) == (Outcome.DONE, ())
    assert (run.total, run.value, run.gap, run.served, run.tasks) == (60, 60.0, 20.0, 3, 3)
    assert run.feasible
    assert run.wall_s is not None
    assert 0 < run.wall_s < 1.5
    assert run.memory_mb is not None
    assert 20 < run.memory_mb < 2000
    assert (run.first_plan_s is None) == (engine == "ortools")


def test_what_an_engine_cannot_express_is_not_run() -> None:
    if missing("pyvrp") is not None:
        pytest.skip("pyvrp is not installed")
    began = time.monotonic()
    run = measure(instance(Break(5, 10, 20)), "pyvrp", 1, Limits(60))
    assert (run.outcome, run.total, run.feasible) == (Outcome.UNFIT, None, False)
    assert time.monotonic() - began < 5


def test_an_engine_that_is_not_there_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    run = measure(instance(), "vroom", 1, Limits(60))
    assert run.outcome is Outcome.MISSING
    assert run.notes == ("pyvroom is not installed: pip install 'doorstep[bench]'",)


def test_an_engine_that_dies_is_a_failure_and_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_serve", _die)
    run = measure(instance(), "ortools", 1, Limits(60))
    assert run.outcome is Outcome.FAILED
    assert run.notes[-1] == "warming up failed: its process ended without an answer"


def test_an_engine_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_serve", _sleep)
    monkeypatch.setattr(running, "GRACE_S", 0.3)
    run = measure(instance(), "ortools", 1, Limits(0.1))
    assert run.outcome is Outcome.FAILED
    assert run.notes[-1] == "no answer after 0.4 s"


def test_limits_are_limits() -> None:
    with pytest.raises(ValueError, match="time"):
        Limits(0)


def _die(*_arguments: object) -> None:
    return


def _sleep(connection: object, _name: str, _cores: int) -> None:
    connection.send("ready")  # type: ignore[attr-defined]
    time.sleep(60)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_engine_ends_with_a_run_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "long.py"
    script.write_text(_LONG)
    with subprocess.Popen([sys.executable, str(script)], cwd=Path(__file__).parents[3]) as run:
        assert _until(lambda: bool(_engines(run.pid)), 60)
        (engine,) = _engines(run.pid)
        run.terminate()
    assert run.returncode == -signal.SIGTERM
    assert _until(lambda: not Path(f"/proc/{engine}").exists() or " Z " in _stat(engine), 20)


_LONG = """
from solvers.bench import run as running

class Slow:
    def warm_up(self, cores):
        while True:
            sum(range(1000))

if __name__ == "__main__":
    from solvers.bench.run import Limits, _in_process
    _in_process("doorstep", None, 1, Limits(60))
else:
    running.load = lambda name: Slow()
"""


def _engines(parent: int) -> list[int]:
    """Children of this process that lead a session of their own."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(child) for child in children if _stat(int(child)).rsplit(") ", 1)[1].split()[3] == child]


def _stat(process: int) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return ") Z 0 0 0 "


def _until(true: Callable[[], bool], most_s: float) -> bool:
    until = time.monotonic() + most_s
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.05)
    return False
