"""Which road engine is opened, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from geodata.errors import GeodataError
from geodata.extract import Extract
from geodata.roads import RoadEngine

ENGINES = ("auto", "cch", "scipy", "osrm")


def open_engine(
    extract: Extract,
    profile: str,
    *,
    engine: str = "auto",
    cache_dir: Path | None = None,
    hourly_speed: Mapping[str, Sequence[float]] | None = None,
) -> RoadEngine:
    """The engine of this name for a profile. `auto` takes contraction hierarchies where their wheel is there.

    `cache_dir` keeps what is built. `hourly_speed` gives 24 factors, from midnight, for road classes
    (`hours.CLASS_GROUPS`); `RoadEngine.at` picks the hour. Raises GeodataError for an unknown name, an extract
    that cannot be used, factors that cannot be, or a package that is missing.
    """
    if engine not in ENGINES:
        raise GeodataError(f"There is no road engine named {engine}: choose one of {', '.join(ENGINES)}")
    if engine == "osrm":
        from geodata.osrm_engine import OsrmEngine

        return OsrmEngine.open(extract, profile, cache_dir=cache_dir)
    from geodata.graph_engine import open_graph_engine

    return open_graph_engine(
        extract, profile, engine=engine, cache_dir=cache_dir, hourly_speed=hourly_speed or {}
    )
