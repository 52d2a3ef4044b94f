from __future__ import annotations

import warnings

import networkx
import numpy as np
import pytest

from geodata.coordinates import LatLon
from geodata.errors import GeodataError
from geodata.extract import Extract
from geodata.graph_engine import engine_of
from geodata.network import load_network
from geodata.place import download_place, network_of, to_networkx

osmnx = pytest.importorskip("osmnx")


def downloaded(ways, nodes, tags=None):
    """A graph as osmnx makes it, from the answer that OpenStreetMap's server would give."""
    elements = [
        {"type": "node", "id": ident, "lat": 60 + row / 1000, "lon": 25 + column / 500, "tags": (tags or {}).get(ident, {})}
        for ident, (row, column) in nodes.items()
    ]  # fmt: skip
    elements += [
        {"type": "way", "id": ident, "nodes": refs, "tags": own} for ident, (refs, own) in ways.items()
    ]
    kept = osmnx.settings.useful_tags_node
    osmnx.settings.useful_tags_node = [*kept, "barrier"]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return osmnx.graph._create_graph(iter([{"elements": elements}]), bidirectional=False)
    finally:
        osmnx.settings.useful_tags_node = kept


NODES = {1: (0, 0), 2: (10, 0), 3: (10, 5), 4: (0, 5), 9: (5, 0)}
WAYS = {
    10: ([1, 9, 2], {"highway": "residential", "oneway": "yes"}),
    11: ([2, 3], {"highway": "residential"}),
    12: ([3, 4], {"highway": "residential"}),
    13: ([4, 1], {"highway": "residential", "maxspeed": "30"}),
}


@pytest.mark.parametrize("profile", ["car", "bicycle", "foot"])
def test_a_downloaded_place_gives_what_an_extract_of_it_gives(make_extract, profile) -> None:
    tags = {3: {"highway": "traffic_signals"}}
    place = network_of(downloaded(WAYS, NODES, tags), profile)
    extract = load_network(Extract.open(make_extract(NODES, WAYS, {}, tags)), profile)
    points = [LatLon(60.002, 25.0), LatLon(60.007, 25.0), LatLon(60.004, 25.01)]
    one, other = (engine_of(network).matrix(points) for network in (place, extract))
    assert np.abs(one.duration_s - other.duration_s).max() <= 1
    assert np.abs(one.distance_m - other.distance_m).max() <= 6


def test_barriers_of_a_downloaded_place_are_kept() -> None:
    graph = downloaded(
        WAYS | {10: ([1, 9, 2], {"highway": "residential"})}, NODES, {9: {"barrier": "bollard"}}
    )
    points = [LatLon(60.002, 25.0), LatLon(60.007, 25.0)]
    assert engine_of(network_of(graph, "car")).matrix(points).distance_m[0, 1] > 2000
    assert engine_of(network_of(graph, "foot")).matrix(points).distance_m[0, 1] < 600


def test_a_place_without_roads_is_refused() -> None:
    graph = networkx.MultiDiGraph()
    graph.add_node(1, x=25.0, y=60.0)
    with pytest.raises(GeodataError, match="no roads for car"):
        network_of(graph, "car")


def test_without_a_network_the_message_says_what_to_do(monkeypatch) -> None:
    def offline(*_args, **_kwargs):
        raise ConnectionError("no route to host")

    monkeypatch.setattr(osmnx, "graph_from_place", offline)
    with pytest.raises(GeodataError, match=r"ConnectionError.*needs no network"):
        download_place("Turku, Finland", "car")
    with pytest.raises(GeodataError, match="way of travel"):
        download_place("Turku, Finland", "horse")


def test_the_graph_for_analysis_has_every_arc(helsinki) -> None:
    network = load_network(Extract.open(helsinki), "foot")
    graph = to_networkx(network)
    assert graph.number_of_edges() == network.arcs
    assert networkx.is_strongly_connected(graph)
    assert sum(m for *_, m in graph.edges(data="length")) == pytest.approx(network.arc_dm.sum() / 10)
    places = np.array([(data["y"], data["x"]) for _, data in graph.nodes(data=True)])
    assert places.min(axis=0) == pytest.approx((network.lat.min(), network.lon.min()), abs=0.01)
    # An isochrone, as osmnx's examples draw them.
    reached = networkx.ego_graph(graph, next(iter(graph)), radius=300, distance="travel_time")
    assert 1 < reached.number_of_nodes() < graph.number_of_nodes()


def test_a_walk_on_that_graph_takes_as_long_as_ours(helsinki) -> None:
    network = load_network(Extract.open(helsinki), "foot")
    graph = to_networkx(network)
    rng = np.random.default_rng(5)
    nodes = rng.choice(np.unique(network.arc_tail), 8, replace=False).tolist()
    points = [LatLon(graph.nodes[node]["y"], graph.nodes[node]["x"]) for node in nodes]
    ours = engine_of(network).matrix(points).duration_s
    for i, origin in enumerate(nodes):
        seconds = networkx.single_source_dijkstra_path_length(graph, origin, weight="travel_time")
        for j, target in enumerate(nodes):
            # Walkers' turns cost nothing but lights and turning round, which this graph does not have.
            assert -2 <= ours[i, j] - seconds[target] <= 40
