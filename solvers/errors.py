"""What can go wrong with a problem or a search, as errors that name ids and nothing personal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a problem: a stable code, the ids concerned, and a sentence."""

    code: str
    ids: tuple[str, ...]
    message: str


class ProblemError(ValueError):
    """A problem that cannot exist. `faults` holds everything found, not only the first."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        lines = [fault.message for fault in self.faults[:_SHOWN]]
        if len(self.faults) > _SHOWN:
            lines.append(f"and {len(self.faults) - _SHOWN} more")
        super().__init__("; ".join(lines))

    @classmethod
    def of(cls, code: str, ids: Iterable[str], message: str) -> ProblemError:
        """An error with a single fault."""
        return cls((Fault(code, tuple(ids), message),))

    def __reduce__(self) -> tuple[type[ProblemError], tuple[tuple[Fault, ...]]]:
        return (type(self), (self.faults,))


class SolverError(RuntimeError):
    """A search that could not be carried out, or an engine whose answer cannot be trusted."""
