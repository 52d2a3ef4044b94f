"""Compile by numba, and keep what was compiled where it cannot go stale.

Numba's own cache looks at the file of a function, not at those of the functions it calls. So the kernel's cache
lives in a folder named after the text of all its modules; where none can be written, it compiles each time.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba.core import config

_numba: Any = config  # its settings are set at run time, which its types don't know

CACHE_SETTING = "DOORSTEP_KERNEL_CACHE"
"""Environment variable: the folder for compiled code, instead of the user's cache."""


@cache
def cache_folder() -> Path | None:
    """Where compiled code is kept; None where nothing can be written."""
    text = hashlib.sha256(numba.__version__.encode())
    for module in sorted(Path(__file__).parent.glob("*.py")):
        text.update(module.read_bytes())
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    base = os.environ.get(CACHE_SETTING) or str(Path(home) / "doorstep")
    folder = Path(base) / f"kernel-{text.hexdigest()[:16]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError:
        return None
    return folder


def is_warm() -> bool:
    """Whether the kernel has been compiled before on this machine."""
    folder = cache_folder()
    return folder is not None and (folder / "warm").exists()


def mark_warm() -> None:
    """Remember that everything is compiled."""
    folder = cache_folder()
    if folder is not None:
        (folder / "warm").touch()


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, compiled on its first call without Python's lock held, and cached where that is possible."""
    folder = cache_folder()
    if folder is None:
        return numba.njit(nogil=True, _nrt=False)(function)
    usual = _numba.CACHE_DIR
    _numba.CACHE_DIR = str(folder)
    try:
        return numba.njit(nogil=True, cache=True, _nrt=False)(function)
    finally:
        _numba.CACHE_DIR = usual


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """As `compiled`, for small functions that become part of those that call them."""
    return numba.njit(nogil=True, forceinline=True, _nrt=False)(function)
