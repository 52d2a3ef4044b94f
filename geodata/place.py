"""A named place's streets from OpenStreetMap by osmnx, where there is a network; and graphs for networkx."""

from __future__ import annotations

from typing import Any

import numpy as np

from geodata.errors import GeodataError
from geodata.network import Network, build_network
from geodata.osm_ways import PATH_RANK, RANKS, Ways
from geodata.profiles import PROFILES, Profile
from geodata.way_rules import is_blocked, wait_s, way_speeds

_NETWORK_TYPES = {"car": "drive_service", "bicycle": "bike", "foot": "walk"}
_WAY_TAGS = (
    "access", "area", "bicycle", "cycleway", "cycleway:both", "cycleway:left", "cycleway:right", "foot", "highway",
    "junction", "maxspeed", "motor_vehicle", "motorcar", "motorroad", "oneway", "oneway:bicycle", "sidewalk",
    "smoothness", "surface", "tracktype", "vehicle",
)  # fmt: skip
_NODE_TAGS = ("access", "barrier", "bicycle", "crossing", "foot", "highway", "motor_vehicle")

Row = tuple[int, int, int, float, float, int]


def download_place(name: str, profile: str) -> Network:
    """The network of a named place. Raises GeodataError without a network or for an unknown place."""
    _known(profile)
    import osmnx

    osmnx.settings.useful_tags_way = list(_WAY_TAGS)
    osmnx.settings.useful_tags_node = list(_NODE_TAGS)
    osmnx.settings.use_cache = False
    try:
        graph = osmnx.graph_from_place(name, network_type=_NETWORK_TYPES[profile], simplify=False)
    except Exception as error:  # noqa: BLE001  osmnx and requests raise many kinds
        raise GeodataError(
            f"The place could not be downloaded ({type(error).__name__}): check the network and the name, "
            "or use an .osm.pbf extract, which needs no network"
        ) from None
    return network_of(graph, profile)


def network_of(graph: Any, profile: str) -> Network:
    """The network of an unsimplified osmnx graph: its edges are single steps between nodes with `x` and `y`.

    An edge carries its way's tags and `osmid`; turn restrictions are not in such a graph. Raises GeodataError
    where this way of travel may use none of them.
    """
    kind = _known(profile)
    rows = _rows(graph, kind)
    if not rows:
        raise GeodataError(f"The place has no roads for {profile}: choose a larger one")
    ids, begin, end, forward, backward, rank = zip(*rows, strict=True)
    refs = np.stack((begin, end), axis=1).astype(np.int64).reshape(-1)
    nodes = {node: _plain(tags) for node, tags in graph.nodes(data=True)}
    waits = sorted((node, wait) for node, tags in nodes.items() if (wait := wait_s(kind, tags)))
    blocked = sorted(node for node, tags in nodes.items() if "barrier" in tags and is_blocked(kind, tags))
    ways = Ways(
        ids=np.array(ids, np.int64),
        first=np.arange(0, len(refs) + 1, 2, dtype=np.int64),
        refs=refs,
        lat=np.array([graph.nodes[node]["y"] for node in refs.tolist()], np.float64),
        lon=np.array([graph.nodes[node]["x"] for node in refs.tolist()], np.float64),
        speed=np.stack((forward, backward), axis=1),
        rank=np.array(rank, np.int8),
        wait_at=np.array([node for node, _ in waits], np.int64),
        wait_s=np.array([wait for _, wait in waits]),
        blocked=np.array(blocked, np.int64),
        restrictions=(),
        drives_left=False,
    )
    return build_network(ways, kind)


def to_networkx(network: Network) -> Any:
    """A MultiDiGraph of junctions, with `x`, `y`, `length` (metres) and `travel_time` (seconds), as osmnx has them.

    Turn prices and restrictions do not fit on it: for isochrones and components, not for travel times.
    """
    import networkx

    graph = networkx.MultiDiGraph(crs="EPSG:4326", profile=network.profile)
    first, last = network.edge_first[network.arc_edge], network.edge_first[network.arc_edge + 1] - 1
    start = np.where(network.arc_forward, first, last)
    for nodes, vertices in ((network.arc_tail, start), (network.arc_head, network.arc_end)):
        places = zip(
            nodes.tolist(), network.lon[vertices].tolist(), network.lat[vertices].tolist(), strict=True
        )
        graph.add_nodes_from((node, {"x": x, "y": y}) for node, x, y in places)
    arcs = zip(
        network.arc_tail.tolist(),
        network.arc_head.tolist(),
        (network.arc_dm / 10).tolist(),
        (network.arc_ms / 1000).tolist(),
        strict=True,
    )
    graph.add_edges_from((tail, head, {"length": m, "travel_time": s}) for tail, head, m, s in arcs)
    return graph


def _known(profile: str) -> Profile:
    if profile not in PROFILES:
        raise GeodataError(f"There is no way of travel named {profile}: choose one of {', '.join(PROFILES)}")
    return PROFILES[profile]


def _rows(graph: Any, profile: Profile) -> list[Row]:
    """Way, nodes, speeds and rank of each step; a street of two directions is two edges there and one here."""
    steps: dict[tuple[int, int, int], Row] = {}
    for origin, target, raw in graph.edges(data=True):
        tags = _plain(raw)
        forward, backward = way_speeds(profile, tags)
        if raw.get("reversed") is True:
            forward, backward = backward, forward
        way = int(tags.get("osmid", 0))
        if not (forward or backward) or (way, target, origin) in steps:
            continue
        rank = RANKS.get(tags.get("highway", ""), PATH_RANK)
        steps[way, origin, target] = (way, origin, target, forward, backward, rank)
    return list(steps.values())


def _plain(raw: dict[str, Any]) -> dict[str, str]:
    """Tags as OpenStreetMap has them: osmnx lists several values and makes one-ways true and false."""
    tags = {key: str(value[0] if isinstance(value, list) else value) for key, value in raw.items()}
    return {key: {"True": "yes", "False": "no"}.get(value, value) for key, value in tags.items()}
