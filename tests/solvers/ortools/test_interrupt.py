"""Whatever OR-Tools was asked, an interrupt afterwards is still ours to hear."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest

from solvers.insertion import timed
from solvers.ortools.load import load
from solvers.ortools.pairing import Person, choose_pairs
from solvers.ortools.plain import solve_plain
from tests.solvers.ortools.test_pairing import room
from tests.solvers.test_solve import plane

PROBLEM = plane(4, 2)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: load(PROBLEM, timed(PROBLEM, {})),
        lambda: choose_pairs([Person("a", room(1))], [], [], seed=1),
        lambda: solve_plain(PROBLEM, lambda: 0.2),
    ],
    ids=["load", "choose pairs", "solve"],
)
def test_ctrl_c_still_works_after(ask: Callable[[], object]) -> None:
    ask()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
