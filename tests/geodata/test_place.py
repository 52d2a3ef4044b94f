from __future__ import annotations

import networkx
import osmnx
import pytest

from geodata.coordinates import LatLon
from geodata.errors import GeodataError
from geodata.extract import Extract
from geodata.network import load_network
from geodata.place import download_place, network_of, to_networkx

NODES = {1: (0, 0), 2: (10, 0), 3: (10, 5), 4: (0, 5), 5: (15, 0)}
SIDES = {10: (1, 2), 11: (2, 3), 12: (3, 4), 13: (4, 1), 14: (2, 5)}
STREET = {"highway": "residential", "maxspeed": "45"}


def osmnx_graph() -> networkx.MultiDiGraph:
    """A square with a one-way side and a dead end, as osmnx hands it over before simplifying."""
    graph = networkx.MultiDiGraph(crs="EPSG:4326")
    for node, (row, column) in NODES.items():
        graph.add_node(node, y=60 + row * 0.001, x=25 + 2 * column * 0.001)
    for way, (a, b) in SIDES.items():
        graph.add_edge(a, b, **STREET, osmid=way, oneway=way == 10, reversed=False)
        if way != 10:
            graph.add_edge(b, a, **STREET, osmid=way, oneway=False, reversed=True)
    return graph


@pytest.mark.parametrize("profile", ["car", "foot"])
def test_an_osmnx_graph_gives_the_network_its_extract_gives(make_extract, profile) -> None:
    ways = {way: (ends, STREET | ({"oneway": "yes"} if way == 10 else {})) for way, ends in SIDES.items()}
    read = load_network(Extract.open(make_extract(NODES, ways)), profile)
    assert network_of(osmnx_graph(), profile).facts() == read.facts()
    assert read.facts()["streets"] == 5


def test_a_network_goes_to_networkx_and_osmnx_knows_it(helsinki) -> None:
    network = load_network(Extract.open(helsinki), "car")
    graph = to_networkx(network)
    assert graph.number_of_edges() == network.arcs
    assert networkx.number_weakly_connected_components(graph) == 1
    node, other = next(iter(graph.nodes)), list(graph.nodes)[-1]
    assert len(osmnx.routing.shortest_path(graph, node, other, weight="travel_time")) > 1
    reach = networkx.ego_graph(graph, node, radius=120, distance="travel_time")
    assert 1 < reach.number_of_nodes() < graph.number_of_nodes()
    assert all(data["length"] >= 0 and data["travel_time"] > 0 for *_, data in graph.edges(data=True))


def test_without_a_network_it_says_what_else_to_do(monkeypatch) -> None:
    def offline(*_args: object, **_kwargs: object) -> None:
        raise ConnectionError("no route")

    monkeypatch.setattr(osmnx, "graph_from_place", offline)
    with pytest.raises(GeodataError, match=r"\.osm\.pbf"):
        download_place("Turku, Finland", "car")


def test_nothing_to_drive_on_is_refused() -> None:
    graph = osmnx_graph()
    for *_, data in graph.edges(data=True):
        data["highway"] = "steps"
    with pytest.raises(GeodataError, match="no roads"):
        network_of(graph, "car")


def test_positions_are_where_they_were() -> None:
    network = network_of(osmnx_graph(), "foot")
    assert LatLon(float(network.lat.min()), float(network.lon.min())) == LatLon(60.0, 25.0)
