from __future__ import annotations

import json
from pathlib import Path

import pytest

from solvers.evaluate import evaluate
from solvers.formats.instance import FormatError
from solvers.formats.solomon import read_solomon
from solvers.schedule import schedule
from solvers.solution import solution_of
from solvers.task import Window

TEXT = """TINY

VEHICLE
NUMBER     CAPACITY
  3         200

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

    0      0         0          0          0       1236          0
    1      1         1         10        912        967         90
    2      3         4         30        825        870.5       10
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.txt"
    path.write_text(TEXT)
    (tmp_path / "best_known.json").write_text(json.dumps({"tiny.txt": 10.0}))
    return path


def test_times_and_distances_are_tenths(file: Path) -> None:
    instance = read_solomon(file)
    first, second = instance.problem.tasks
    assert (first.id, first.windows, first.service) == ("1", (Window(9120, 9670),), 900)
    assert (second.windows, second.load, second.mandatory) == ((Window(8250, 8705),), 30, True)
    assert [v.capacity for v in instance.problem.vehicles] == [200, 200, 200]
    assert (instance.problem.vehicles[0].shift_start, instance.problem.vehicles[0].shift_end) == (0, 12360)
    duration = instance.problem.travel["default"].duration
    assert duration.tolist() == [[0, 14, 50], [14, 0, 36], [50, 36, 0]]  # 1.41, 5, 3.60: not rounded up


def test_an_answer_is_valued_as_published(file: Path) -> None:
    instance = read_solomon(file)
    route = schedule(instance.problem, "v1", ["2", "1"])
    assert route is not None
    verdict = evaluate(instance.problem, solution_of([route], ["1", "2"]))
    assert verdict.feasible
    assert instance.value(verdict) == 10.0  # 5.0 + 3.6 + 1.4
    assert instance.gap(verdict) == 0


def test_without_a_table_nothing_is_known(file: Path) -> None:
    file.with_name("best_known.json").unlink()
    assert read_solomon(file).best_known is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("967", "late", r"tiny.txt, line 11: word 6 is 'late'"),
        ("         90\n", "\n", r"line 11: 7 numbers are expected, 6"),
        ("870.5", "870.55", r"line 12: times have at most one decimal"),
        ("VEHICLE", "CARS", r"tiny.txt: not a Solomon file"),
        ("1236", "-1", "shift"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(file: Path, old: str, new: str, said: str) -> None:
    file.write_text(TEXT.replace(old, new))
    with pytest.raises(ValueError, match=said):
        read_solomon(file)


def test_a_bad_table_is_refused(file: Path) -> None:
    file.with_name("best_known.json").write_text('{"tiny.txt": "ten"}')
    with pytest.raises(FormatError, match=r"best_known.json: the figure of tiny is no number"):
        read_solomon(file)
