"""Compile the kernel before it is needed, and say so while it takes its time."""

from __future__ import annotations

from collections.abc import Callable

from solvers.kernel.native import COMPILING, entry, is_warm


def warm_up(say: Callable[[str], None]) -> None:
    """Load the compiled kernel, or compile it: `say` gets a message before that, as it takes a while."""
    if not is_warm():
        say(COMPILING)
    entry()
