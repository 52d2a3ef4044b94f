from __future__ import annotations

import pytest

from solvers.solution import Route, Solution, dump_solution, load_solution, solution_of

ROUTE = Route("v", ("a", "b"), (10, 25), 0, 50, (None, 30))


def test_comes_back_as_it_was() -> None:
    solution = Solution((ROUTE,), ("c",))
    assert load_solution(dump_solution(solution)) == solution


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"routes": 3, "unserved": []}', '{"routes": [{}], "unserved": []}']
)
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a solution"):
        load_solution(text)


def test_unserved_is_what_no_route_has() -> None:
    solution = solution_of([Route("w", (), (), 0, 0), ROUTE], ["a", "b", "c"])
    assert solution == Solution((ROUTE,), ("c",))
    assert solution.served() == ("a", "b")
    assert solution.route_of("v") is ROUTE
    assert solution.route_of("w") is None
