"""The kernel's machine code: compiled once on a machine by `build`, kept in the user's cache, loaded without numba.

The cache's folder is named after the text of all modules, the compiler's versions and the processor, so that what
is kept cannot go stale. Where nothing can be written, each process compiles for itself.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm

CACHE_SETTING = "DOORSTEP_KERNEL_CACHE"
"""Environment variable: the folder for compiled code, instead of the user's cache."""

COMPILING = "compiling the engine, once on this machine: about half a minute"
NAME = "doorstep_kernel"

_WORD, _REAL = ctypes.c_int64, ctypes.c_double
_PROTOTYPE = ctypes.CFUNCTYPE(
    ctypes.c_int32,
    ctypes.POINTER(_WORD),
    ctypes.POINTER(ctypes.c_void_p),
    _WORD,
    *[ctypes.c_void_p] * 7,
    _WORD,
    _WORD,
    _WORD,
    _REAL,
    _REAL,
)
_kept: list[Any] = []


def machine() -> Any:
    """This processor."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    features = llvm.get_host_cpu_features().flatten()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=features, opt=3, codemodel="jitdefault", jit=True
    )


@cache
def _folder() -> Path | None:
    text = hashlib.sha256(f"{version('numba')} {llvm.get_host_cpu_name()}".encode())
    text.update(llvm.get_host_cpu_features().flatten().encode())
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
    """Whether the kernel is compiled and kept on this machine, or loaded in this process."""
    folder = _folder()
    return bool(_kept) or (folder is not None and (folder / "kernel.o").exists())


@cache
def entry() -> Callable[..., int]:
    """The compiled `solvers.kernel.entry.enter`. Numbers and addresses in, a number out; Python's lock is not held."""
    function = _loaded(_object_code())

    def call(*values: Any) -> int:
        found, error = _WORD(0), ctypes.c_void_p()
        if function(ctypes.byref(found), ctypes.byref(error), *values):
            raise AssertionError("the compiled kernel raises nothing")
        return found.value

    return call


def _loaded(code: bytes) -> Any:
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine())
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    _kept.append(engine)
    return _PROTOTYPE(engine.get_function_address(NAME))


def _object_code() -> bytes:
    folder = _folder()
    if folder is None:
        return _build()
    kept = folder / "kernel.o"
    if not kept.exists():
        with _alone(folder):
            if not kept.exists():
                fresh = folder / f"kernel.{os.getpid()}"
                fresh.write_bytes(_build())
                fresh.replace(kept)
    return kept.read_bytes()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Where the system has file locks: let one process compile, and the others wait for it."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build() -> bytes:
    paths = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(
        [sys.executable, "-m", "solvers.kernel.build"],
        env={**os.environ, "PYTHONPATH": paths, "NUMBA_OPT": "0"},  # one optimisation, of the whole
        stdout=subprocess.PIPE,
        check=True,
    )
    return done.stdout
