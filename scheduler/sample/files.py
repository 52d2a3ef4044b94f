"""What a sample consists of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SampleFiles:
    """Where a sample was written. Names are relative to its folder."""

    folder: Path
    extract: str
    cases: str
    agents: str
    scenarios: tuple[str, ...]
    zone: str
    currency: str
    language: str
    packs: tuple[str, ...]
