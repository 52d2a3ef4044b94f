"""Arrays in files: written whole or not at all, however the program ends."""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


class UnreadableError(Exception):
    """A file that is not there, was cut short, or holds something else."""


def write_arrays(path: Path, arrays: Mapping[str, Any]) -> None:
    """Write an .npz beside its place and move it there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def read_arrays(source: Path | bytes, names: tuple[str, ...]) -> dict[str, NDArray[Any]]:
    """These arrays of an .npz, or of what one holds. Raises UnreadableError."""
    try:
        opened = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
        with opened as file, np.load(file, allow_pickle=False) as data:
            return {name: data[name] for name in names}
    except (OSError, KeyError, ValueError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        what = "It" if isinstance(source, bytes) else source.name
        raise UnreadableError(f"{what} cannot be read ({type(error).__name__})") from None
