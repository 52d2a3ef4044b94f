"""Travel from place to place, as matrices that nobody writes to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solvers.errors import ProblemError

UNREACHABLE = int(np.iinfo(np.int32).max)
"""In a `TravelMatrix`: there is no way from the row's place to the column's."""

DEFAULT_PROFILE = "default"

Int32Matrix = NDArray[np.int32]


def _frozen(matrix: object) -> Int32Matrix:
    array = np.asarray(matrix)
    if array.dtype == np.int32 and array.flags.c_contiguous and not array.flags.writeable:
        return array
    if array.dtype != np.int32:
        if not np.issubdtype(array.dtype, np.integer):
            raise ProblemError.of("matrix_type", (), "a travel matrix holds integers")
        if array.size and (array.min() < 0 or array.max() > UNREACHABLE):
            raise ProblemError.of("matrix_range", (), "a travel matrix holds values from 0 to UNREACHABLE")
    copied = np.array(array, dtype=np.int32, order="C")
    copied.flags.writeable = False
    return copied


@dataclass(frozen=True, slots=True, eq=False)
class TravelMatrix:
    """Travel from every place (row) to every place (column): seconds and metres, int32, shape (n, n).

    `UNREACHABLE` in both marks a pair without a way. The arrays cannot be written to: they are copied, unless
    they come as read-only int32 already.
    """

    duration: Int32Matrix
    distance: Int32Matrix

    def __post_init__(self) -> None:
        object.__setattr__(self, "duration", _frozen(self.duration))
        object.__setattr__(self, "distance", _frozen(self.distance))

    def __reduce__(self) -> tuple[object, tuple[Int32Matrix, Int32Matrix]]:
        return (_owned, (self.duration, self.distance))

    @property
    def places(self) -> int:
        """The number of places."""
        return int(self.duration.shape[0])

    def reaches(self, origin: int, destination: int) -> bool:
        """Whether there is a way."""
        return int(self.duration[origin, destination]) != UNREACHABLE

    def restricted(self, places: Iterable[int]) -> TravelMatrix:
        """The matrix of these places alone, in this order."""
        index = np.fromiter(places, dtype=np.intp)
        duration = self.duration[np.ix_(index, index)]
        if self.distance is self.duration:
            return _owned(duration, duration)
        return _owned(duration, self.distance[np.ix_(index, index)])


def _owned(duration: Int32Matrix, distance: Int32Matrix) -> TravelMatrix:
    """A matrix of arrays that nobody else writes to, which are not copied."""
    duration.flags.writeable = distance.flags.writeable = False
    return TravelMatrix(duration, distance)
