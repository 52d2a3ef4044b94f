"""A named place's streets from OpenStreetMap by osmnx, where there is a network; and graphs for networkx."""

from __future__ import annotations

from typing import Any

import numpy as np

from geodata.errors import GeodataError
from geodata.network import Network, build_network
from geodata.osm_ways import PATH_RANK, RANKS, Ways
from geodata.profiles import PROFILES, Profile

_NETWORK_TYPES = {"car": "drive_service", "bicycle": "bike", "foot": "walk"}


def download_place(name: str, profile: str) -> Network:
    """The network of a named place. Raises GeodataError without a network or for an unknown place."""
    if profile not in PROFILES:
        raise GeodataError(f"There is no way of travel named {profile}: choose one of {', '.join(PROFILES)}")
    import osmnx

    try:
        graph = osmnx.graph_from_place(name, network_type=_NETWORK_TYPES[profile], simplify=False)
    except Exception as error:  # noqa: BLE001  osmnx and requests raise many kinds
        raise GeodataError(
            f"The place could not be downloaded ({type(error).__name__}): check the network and the name, "
            "or use an .osm.pbf extract, which needs no network"
        ) from None
    return network_of(graph, profile)


def network_of(graph: Any, profile: str) -> Network:
    """The network of an unsimplified osmnx graph: its edges are single steps between nodes with `x` and `y`."""
    kind = PROFILES[profile]
    steps: dict[tuple[int, int, int], tuple[int, int, dict[str, Any]]] = {}
    for origin, target, tags in graph.edges(data=True):
        way = int(tags.get("osmid", 0))
        low, high = sorted((origin, target))
        if tags.get("reversed") and (way, low, high) in steps:
            continue
        steps.setdefault((way, low, high), (origin, target, tags))
    rows = [_row(kind, tags) for _, _, tags in steps.values()]
    used = [number for number, row in enumerate(rows) if row is not None]
    if not used:
        raise GeodataError(f"The place has no roads for {profile}: choose a larger one")
    ends = [list(steps.values())[number][:2] for number in used]
    refs = np.array([node for pair in ends for node in pair], np.int64)
    kept = [row for row in rows if row is not None]
    nothing = np.zeros(0, np.int64)
    ways = Ways(
        ids=np.array([list(steps)[number][0] for number in used], np.int64),
        first=np.arange(0, 2 * len(used) + 1, 2, dtype=np.int64),
        refs=refs,
        lat=np.array([graph.nodes[node]["y"] for node in refs.tolist()]),
        lon=np.array([graph.nodes[node]["x"] for node in refs.tolist()]),
        speed=np.array([row[0] for row in kept]),
        forward=np.array([row[1] for row in kept]),
        backward=np.array([row[2] for row in kept]),
        rank=np.array([row[3] for row in kept], np.int8),
        signals=np.array(
            [n for n, d in graph.nodes(data=True) if d.get("highway") == "traffic_signals"], np.int64
        ),
        crossings=nothing,
        blocked=nothing,
        restrictions=(),
    )
    return build_network(ways, kind)


def _row(profile: Profile, raw: dict[str, Any]) -> tuple[float, bool, bool, int] | None:
    tags = {key: str(value[0] if isinstance(value, list) else value) for key, value in raw.items()}
    if raw.get("oneway") is True:
        tags["oneway"] = "yes"
    speed = profile.speed(tags)
    if speed == 0:
        return None
    forward, backward = profile.directions(tags)
    return speed, forward, backward, RANKS.get(tags.get("highway", ""), PATH_RANK)


def to_networkx(network: Network) -> Any:
    """A MultiDiGraph of junctions, with `x`, `y`, `length` (metres) and `travel_time` (seconds), as osmnx has them.

    Turn prices and restrictions do not fit on it: for isochrones and components, not for travel times.
    """
    import networkx

    graph = networkx.MultiDiGraph(crs="EPSG:4326", profile=network.profile)
    first, last = network.edge_first[network.arc_edge], network.edge_first[network.arc_edge + 1] - 1
    start = np.where(network.arc_forward, first, last)
    end = np.where(network.arc_forward, last, first)
    for node, vertex in (
        *zip(network.arc_tail, start, strict=True),
        *zip(network.arc_head, end, strict=True),
    ):
        graph.add_node(int(node), x=float(network.lon[vertex]), y=float(network.lat[vertex]))
    for arc in range(network.arcs):
        graph.add_edge(
            int(network.arc_tail[arc]),
            int(network.arc_head[arc]),
            length=float(network.arc_dm[arc]) / 10,
            travel_time=float(network.arc_ms[arc]) / 1000,
        )
    return graph
