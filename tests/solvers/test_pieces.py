from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.pieces import Piece, pieces
from solvers.problem import Problem
from solvers.task import PrizeBand, Task, Window


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_every_second_is_in_a_piece_of_its_prize_or_in_none(
    data: st.DataObject, any_problem: Callable[..., st.SearchStrategy[Problem]]
) -> None:
    for task in data.draw(any_problem()).tasks:
        cut = pieces(task)
        for second in range(120):
            open_now = any(w.start <= second <= w.end for w in task.windows)
            open_now &= task.pinned_start in {None, second}
            earned = [piece.prize for piece in cut if piece.start <= second <= piece.end]
            assert earned == ([task.prize_at(second)] if open_now else [])


def test_bands_of_one_prize_are_one_piece() -> None:
    bands = (PrizeBand(10, 19, 5), PrizeBand(20, 29, 7), PrizeBand(30, 39, 7))
    task = Task("a", 0, (Window(0, 25), Window(20, 50)), prize=5, prize_bands=bands)
    assert pieces(task) == (Piece(0, 19, 5), Piece(20, 39, 7), Piece(40, 50, 5))
