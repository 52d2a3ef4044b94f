"""What is compiled, and when: only in the process that builds the kernel. Everywhere else it is plain Python.

So the code below `search` runs in two ways: as machine code that `native` loads without importing numba, and, for
tests, as the Python it is written in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_compilers: list[Callable[..., Any]] = []


def start_compiling(njit: Callable[..., Any]) -> None:
    """From now on, functions are compiled as their modules are imported."""
    _compilers.append(njit)


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of the kernel."""
    if not _compilers:
        return function
    compiler = _compilers[0](nogil=True, error_model="numpy", _nrt=False, no_cfunc_wrapper=True)
    made: Callable[..., Any] = compiler(function)
    return made


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """As `compiled`, for small functions that become part of those that call them."""
    if not _compilers:
        return function
    compiler = _compilers[0](
        nogil=True, error_model="numpy", _nrt=False, no_cfunc_wrapper=True, forceinline=True
    )
    made: Callable[..., Any] = compiler(function)
    return made
