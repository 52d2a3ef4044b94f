"""What is compiled, and when: only in the process that builds the kernel. Everywhere else it is plain Python.

So the code below `search` runs in two ways: as machine code that `native` loads without importing numba, and, for
tests, as the Python it is written in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_compilers: list[Callable[..., Any]] = []
_plain: list[Callable[[Any], Any]] = []


def start_compiling(njit: Callable[..., Any], plain: Callable[[Any], Any]) -> None:
    """From now on, functions are compiled as their modules are imported, once for types that `plain` makes the same."""
    _compilers.append(njit)
    _plain.append(plain)


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of the kernel."""
    if not _compilers:
        return function
    compiler = _compilers[0](
        nogil=True, error_model="numpy", _nrt=False, no_cfunc_wrapper=True, no_cpython_wrapper=True
    )
    return _once(compiler(function))


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """As `compiled`, for small functions that become part of those that call them."""
    if not _compilers:
        return function
    compiler = _compilers[0](
        nogil=True,
        error_model="numpy",
        _nrt=False,
        no_cfunc_wrapper=True,
        no_cpython_wrapper=True,
        forceinline=True,
    )
    return _once(compiler(function))


def _once(dispatcher: Any) -> Callable[..., Any]:
    """Else a function would be compiled anew for every literal and every narrower integer it is called with."""
    usual = dispatcher.get_call_template

    def template(args: Any, named: Any) -> Any:
        return usual([_plain[0](a) for a in args], {key: _plain[0](a) for key, a in named.items()})

    dispatcher.get_call_template = template
    found: Callable[..., Any] = dispatcher
    return found
