"""Ctrl-C while OR-Tools works, and after."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def interrupt_kept() -> Iterator[None]:
    """Put back who hears an interrupt. To be around all that OR-Tools' routing solves or reads.

    It handles SIGINT while it works and leaves the system's default behind, which ends the process.
    """
    handler = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        if handler is not None and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, handler)
