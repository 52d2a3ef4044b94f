"""When a search ends: small rules that look at how it stands. Any callable of the same shape will do."""

from __future__ import annotations

import signal
import threading
from dataclasses import dataclass
from types import FrameType
from typing import NamedTuple, Protocol


class Standing(NamedTuple):
    """How a search stands: seconds, steps and the best objective so far, and when that was found."""

    elapsed_s: float
    iterations: int
    objective: int
    better_at_s: float
    better_at: int


class StopRule(Protocol):
    """Says whether a search that stands like this should end. It is pickled to wherever the search runs."""

    def __call__(self, standing: Standing, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class Stagnation:
    """No better plan for so many steps, or for so many seconds."""

    iterations: int | None = None
    seconds: float | None = None

    def __call__(self, standing: Standing) -> bool:
        """Whether it has been long enough."""
        idle, idle_s = standing.iterations - standing.better_at, standing.elapsed_s - standing.better_at_s
        return (self.iterations is not None and idle >= self.iterations) or (
            self.seconds is not None and idle_s >= self.seconds
        )


@dataclass(frozen=True, slots=True)
class Target:
    """A plan at least this good."""

    objective: int

    def __call__(self, standing: Standing) -> bool:
        """Whether it is reached."""
        return standing.objective <= self.objective


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The first of these rules."""

    rules: tuple[StopRule, ...]

    def __call__(self, standing: Standing) -> bool:
        """Whether one of them says so."""
        return any(rule(standing) for rule in self.rules)


class Signalled:
    """The `stop` of a `solve` that a signal ends, with the best plan so far: SIGTERM, if nothing else is named.

    A context: outside it the signals mean what they meant before. In the main thread only, as Python has it.
    """

    def __init__(self, *signals: signal.Signals) -> None:
        self.signals = signals or (signal.SIGTERM,)
        self._heard = threading.Event()
        self._before: dict[signal.Signals, object] = {}

    def __enter__(self) -> Signalled:
        for one in self.signals:
            self._before[one] = signal.signal(one, self._hear)
        return self

    def __exit__(self, *_error: object) -> None:
        for one, handler in self._before.items():
            signal.signal(one, handler)  # type: ignore[arg-type]

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        self._heard.set()

    def __call__(self) -> bool:
        """Whether a signal has come."""
        return self._heard.is_set()
