"""Speed factors by hour of the day and road class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.errors import GeodataError

CLASS_GROUPS: Mapping[str, tuple[int, ...]] = {
    "all": (0, 1, 2, 3, 4, 5), "motorway": (0, 1), "main": (2, 3), "local": (4, 5),
}  # fmt: skip
"""Road classes that factors may be given for, and the ranks each holds. Factors of several multiply."""

LOWEST, HIGHEST = 0.05, 3.0


def speed_factors(given: Mapping[str, Sequence[float]]) -> NDArray[np.float64]:
    """Factors of shape (24, 6), hour from midnight by rank. Raises GeodataError naming the class."""
    table = np.ones((24, 6))
    for name, factors in given.items():
        if name not in CLASS_GROUPS:
            known = ", ".join(CLASS_GROUPS)
            raise GeodataError(f"hourly_speed: {name} is not a road class; choose one of {known}")
        if not isinstance(factors, Sequence) or len(factors) != 24 or not all(map(_possible, factors)):
            raise GeodataError(
                f"hourly_speed: {name} needs 24 factors between {LOWEST} and {HIGHEST}, one an hour from midnight"
            )
        table[:, list(CLASS_GROUPS[name])] *= np.asarray(factors, float)[:, None]
    return np.clip(table, LOWEST, HIGHEST)


def _possible(factor: Any) -> bool:
    return isinstance(factor, int | float) and LOWEST <= factor <= HIGHEST
