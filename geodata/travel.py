"""Travel between every two of some points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geodata.errors import GeodataError
from geodata.files import UnreadableError, read_arrays, write_arrays

UNREACHABLE = int(np.iinfo(np.int32).max)


@dataclass(frozen=True, slots=True, eq=False)
class TravelMatrix:
    """Seconds and metres from row to column, int32 of shape (n, n), zero on the diagonal, not writeable.

    Both belong to the fastest path. `UNREACHABLE` marks a pair without a way.
    """

    duration_s: NDArray[np.int32]
    distance_m: NDArray[np.int32]

    def __post_init__(self) -> None:
        shape = self.duration_s.shape
        if len(shape) != 2 or shape[0] != shape[1] or self.distance_m.shape != shape:
            raise ValueError("a travel matrix is square, and both of its arrays have one shape")
        self.duration_s.flags.writeable = False
        self.distance_m.flags.writeable = False

    def unreachable_pairs(self) -> int:
        """How many pairs have no way."""
        return int((self.duration_s == UNREACHABLE).sum())

    def save_npz(self, path: Path, ids: Sequence[str]) -> None:
        """Write `ids`, `duration_s` and `distance_m`, whole or not at all."""
        if len(ids) != len(self.duration_s):
            raise ValueError("a travel matrix needs one id a row")
        arrays = {"ids": np.array(ids, np.str_), "duration_s": self.duration_s, "distance_m": self.distance_m}
        write_arrays(path, arrays)

    @classmethod
    def load_npz(cls, path: Path) -> tuple[tuple[str, ...], TravelMatrix]:
        """The ids and the matrix of a file. Raises GeodataError for what is none."""
        try:
            data = read_arrays(path, ("ids", "duration_s", "distance_m"))
            return tuple(str(ident) for ident in data["ids"]), cls(data["duration_s"], data["distance_m"])
        except (UnreadableError, ValueError, TypeError):
            raise GeodataError(
                f"{path.name} is no travel matrix: make it again (doorstep roads matrix)"
            ) from None
