"""Named tuples of arrays as compiled code gets them: one address each, of a list of where everything is."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

SLOTS = 4
"""Numbers by field: an address and up to three sizes, or the value itself."""


class Field(NamedTuple):
    """How a field is laid out: `kind` is "array", "int", "bool" or "float"."""

    name: str
    kind: str
    dtype: str = ""
    dimensions: int = 0


def layout(values: Any) -> tuple[Field, ...]:
    """The fields of a named tuple of arrays and numbers. Raises TypeError for anything else."""
    fields = []
    for name, value in zip(values._fields, values, strict=True):
        if isinstance(value, np.ndarray):
            if not value.flags.c_contiguous or value.ndim > SLOTS - 1:
                raise TypeError(f"{name} is not an array that compiled code can read")
            fields.append(Field(name, "array", value.dtype.name, value.ndim))
        elif isinstance(value, bool):
            fields.append(Field(name, "bool"))
        elif isinstance(value, int):
            fields.append(Field(name, "int"))
        elif isinstance(value, float):
            fields.append(Field(name, "float"))
        else:
            raise TypeError(f"{name} is neither an array nor a number")
    return tuple(fields)


def directory(values: Any) -> NDArray[np.int64]:
    """Where the fields are. Whoever uses its address must keep it, and `values`, alive."""
    found = np.zeros((len(values._fields), SLOTS), np.int64)
    for row, (field, value) in enumerate(zip(layout(values), values, strict=True)):
        if field.kind == "array":
            found[row, 0] = value.ctypes.data
            found[row, 1 : 1 + value.ndim] = value.shape
        elif field.kind == "float":
            found[row, :1] = np.array([value]).view(np.int64)
        else:
            found[row, 0] = int(value)
    return found
