"""Matrices by cells, held against a search to all targets and a plain one over random graphs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import cch_graph
from geodata import matrix as matrix_module
from geodata.arc_graph import SearchGraph
from geodata.arc_graphs import open_arc_graph
from geodata.cells import Cells
from geodata.coordinates import LatLon
from geodata.extract import Extract
from geodata.graph_engine import engine_of
from geodata.network import load_network
from geodata.weights import INFINITE


@pytest.fixture(scope="module")
def network(helsinki):
    return load_network(Extract.open(helsinki), "car")


def all_pairs(graph: SearchGraph, weights: np.ndarray) -> np.ndarray:
    """Floyd and Warshall's algorithm."""
    best = np.full((graph.nodes, graph.nodes), INFINITE, np.int64)
    np.minimum.at(best, (graph.tail, graph.head), weights)
    np.fill_diagonal(best, 0)
    for node in range(graph.nodes):
        best = np.minimum(best, best[:, node : node + 1] + best[node])
    return np.minimum(best, INFINITE).astype(np.uint32)


@given(st.data())
def test_cells_of_any_order_find_the_shortest_of_all_paths(data) -> None:
    nodes = data.draw(st.integers(2, 12))
    node = st.integers(0, nodes - 1)
    edges = data.draw(st.lists(st.tuples(node, node, st.integers(0, 9) | st.just(INFINITE)), max_size=40))
    tail, head, weights = (np.array([edge[n] for edge in edges], np.int64) for n in range(3))
    graph = SearchGraph(tail.astype(np.int32), head.astype(np.int32), nodes, data.draw(st.integers(1, nodes)))
    paths = all_pairs(graph, weights)
    some = st.lists(node, min_size=1, max_size=20).map(np.array)
    sources, targets = data.draw(some), data.draw(some)
    rank = np.array(data.draw(st.permutations(range(nodes))), np.uint32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("geodata.cells._TARGETS", data.draw(st.integers(1, 5)))
        cells = Cells.of(graph, rank, lambda s, t: paths[np.ix_(s, t)], sources, targets)
    whole = paths[np.ix_(sources, targets)]
    step = data.draw(st.integers(1, 7))
    for begin in range(0, len(sources), step):
        part = slice(begin, begin + step)
        np.testing.assert_array_equal(cells.rows(part), whole[part])


def test_rows_by_cells_are_the_rows_of_a_search_to_all_targets(network) -> None:
    graph = open_arc_graph(network, "cch", None)
    rng = np.random.default_rng(3)
    leaving, arriving = rng.integers(0, 500, (2, network.arcs))
    graph.place(leaving, arriving)
    streets = rng.integers(0, network.streets, (2, 600))
    arcs = rng.integers(0, network.arcs, 30)
    sources = np.concatenate((graph.graph.start(streets[0]), arcs))
    targets = np.concatenate((arcs[::-1], graph.graph.finish(streets[1])))
    rows, whole = graph.rows(sources, targets), graph.many(sources, targets)
    assert isinstance(getattr(rows, "__self__", None), Cells)
    for part in (slice(0, 100), slice(100, 250), slice(250, None)):
        np.testing.assert_array_equal(rows(part), whole[part])


def test_a_matrix_by_cells_is_the_same_matrix(network, monkeypatch) -> None:
    picked = np.random.default_rng(5).choice(len(network.lat), 300)
    points = [LatLon(network.lat[v], network.lon[v]) for v in picked]
    monkeypatch.setattr(matrix_module, "_ROWS", 128)
    monkeypatch.setattr(cch_graph, "_BY_CELLS", 128)
    cells = engine_of(network, engine="cch").matrix(points)
    monkeypatch.setattr(cch_graph, "_BY_CELLS", 10_000)
    plain = engine_of(network, engine="cch").matrix(points)
    np.testing.assert_array_equal(cells.duration_s, plain.duration_s)
    np.testing.assert_array_equal(cells.distance_m, plain.distance_m)
