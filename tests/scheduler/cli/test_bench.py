from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scheduler.cli.main import run
from solvers.bench import run as running
from solvers.bench.engine import load
from solvers.bench.run import Limits, Outcome, Run
from solvers.formats.instance import BenchInstance

SOLOMON = """TINY

VEHICLE
NUMBER     CAPACITY
  3         200

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

    0      0         0          0          0       1236          0
    1      3         4         10          0        967         90
"""
TOPTW = "4 10 1 1\n0 200\n0 0 0 0 0 0 0 0 100\n1 3.00 4.00 9.00 10.00 1 1 1 12 67\n"


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    (tmp_path / "tiny.txt").write_text(SOLOMON)
    (tmp_path / "t901.txt").write_text(TOPTW)
    (tmp_path / "best_known.json").write_text('{"tiny.txt": 10.0}')
    return [str(tmp_path / "tiny.txt"), str(tmp_path / "t901.txt")]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, int, Limits]]:
    """Runs that answer at once."""
    seen: list[tuple[str, str, int, Limits]] = []

    def measure(instance: BenchInstance, engine: str, seed: int, limits: Limits) -> Run:
        seen.append((instance.name, engine, seed, limits))
        return Run(
            instance.name, str(instance.family), engine, seed, limits.seconds, limits.cores, Outcome.DONE,
            total=100, value=10.0 + seed, gap=10.0 * seed, served=1, tasks=1, wall_s=1.0, cpu_s=1.0,
        )  # fmt: skip

    monkeypatch.setattr(running, "measure", measure)
    return seen


def test_engines_seeds_and_agents_in_turn(
    files: list[str], calls: list[Any], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    target = tmp_path / "out.json"
    code = run(
        ["bench", *files, "--engines", "doorstep,ortools", "--seeds", "1,2", "--agents", "1,3",
         "--seconds", "7", "--cores", "2", "--json", str(target)]
    )  # fmt: skip
    assert code == 0
    assert [call[:3] for call in calls] == [
        (name, engine, seed)
        for name in ("tiny", "t901 m=1", "t901 m=3")
        for engine, seed in (("doorstep", 1), ("doorstep", 2), ("ortools", 1))
    ]
    assert {call[3] for call in calls} == {Limits(7.0, 2)}
    said = capsys.readouterr()
    assert "tiny" in said.out
    assert "[1/3] tiny, doorstep, seed 1: 11, 10.00% behind the best known, 1 served" in said.err
    assert len(json.loads(target.read_text())["runs"]) == 9


def test_a_real_run_judges_the_answers(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "run", files[0], "--engines", "doorstep", "--seconds", "0.3", "-q"]) == 0
    line = capsys.readouterr().out.splitlines()[1].split()
    assert line[:7] == ["tiny", "doorstep", "10", "0.00", "0.00", "1/1", "0"]
    assert line[-1] == "best"


def test_an_interrupt_keeps_what_is_done(
    files: list[str], calls: list[Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:  # fmt: skip
    first = running.measure

    def measure(*arguments: Any) -> Run:
        if calls:
            raise KeyboardInterrupt
        return first(*arguments)

    monkeypatch.setattr(running, "measure", measure)
    target = tmp_path / "out.json"
    assert run(["bench", *files, "--engines", "doorstep", "--json", str(target)]) == 130
    assert "tiny" in capsys.readouterr().out
    assert len(json.loads(target.read_text())["runs"]) == 1


def test_a_file_of_another_kind_is_left_out_and_said(
    files: list[str], calls: list[Any], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("nothing of the kind")
    assert run(["bench", files[0], str(other), "--engines", "doorstep"]) == 1
    assert "Left out: notes.txt: no known format" in capsys.readouterr().err
    assert len(calls) == 1
    assert run(["bench", str(other), "--engines", "doorstep"]) == 2
    assert "None of the files holds a problem" in capsys.readouterr().err


def test_a_missing_peer_is_said_once(
    files: list[str], calls: list[Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "vroom" else object())
    assert run(["bench", *files, "--engines", "doorstep,vroom"]) == 0
    said = capsys.readouterr().err
    assert said.count("Not measured: pyvroom is not installed: pip install 'doorstep[bench]'") == 1
    assert {call[1] for call in calls} == {"doorstep"}


def test_an_engine_that_cannot_express_the_problem_is_asked_once(
    files: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []

    def measure(instance: BenchInstance, engine: str, seed: int, limits: Limits) -> Run:
        asked.append(seed)
        return Run(instance.name, "vrptw", engine, seed, 1.0, 1, Outcome.UNFIT, notes=("it has no breaks",))

    monkeypatch.setattr(running, "measure", measure)
    monkeypatch.setattr(load("ortools"), "seeded", True)
    assert run(["bench", files[0], "--engines", "ortools", "--seeds", "1,2,3"]) == 0
    assert asked == [1]
    assert "it has no breaks" in capsys.readouterr().out


def test_our_own_failure_is_a_finding(files: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def measure(instance: BenchInstance, engine: str, seed: int, limits: Limits) -> Run:
        return Run(instance.name, "vrptw", engine, seed, 1.0, 1, Outcome.FAILED, notes=("it died",))

    monkeypatch.setattr(running, "measure", measure)
    assert run(["bench", files[0], "--engines", "doorstep"]) == 1


@pytest.mark.parametrize(
    "options",
    [["--engines", "gurobi"], ["--seeds", "one"], ["--seconds", "0"], ["--cores", "0"], ["--agents", "0"]],
)
def test_options_that_make_no_sense_are_refused(files: list[str], options: list[str]) -> None:
    assert run(["bench", files[0], *options]) == 2


def test_the_bound_is_said_in_words(
    files: list[str], calls: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["bench", files[0], "--engines", "doorstep", "--bound", "5", "-q"]) == 0
    assert len(calls) == 1
    told = capsys.readouterr().out.splitlines()[-1]
    assert told == (
        "tiny: no plan of the problem as stated costs less than 100; "
        "the best here, 100, is within 0.0% of the best possible"
    )
