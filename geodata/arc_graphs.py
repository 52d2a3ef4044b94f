"""Which graph search is used: contraction hierarchies where their wheel is there, else scipy."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from geodata.arc_graph import ArcGraph, SearchGraph
from geodata.errors import GeodataError
from geodata.network import Network
from geodata.weights import Weights


def open_arc_graph(network: Network, engine: str, kept: Path | None) -> ArcGraph:
    """The graph by the engine named; `auto` falls back to scipy where pyroutingkit has no wheel."""
    there = importlib.util.find_spec("pyroutingkit") is not None
    if engine == "cch" and not there:
        raise GeodataError("pyroutingkit is not installed: pip install pyroutingkit, or choose engine scipy")
    if engine == "scipy" or not there:
        from geodata.scipy_graph import ScipyGraph

        return ScipyGraph(SearchGraph.of(network), Weights.of(network))
    from geodata.cch_graph import CchGraph

    return CchGraph.build(network, Weights.of(network), kept)
