from __future__ import annotations

import itertools

import numpy as np
import pytest

from geodata.arc_graph import SearchGraph
from geodata.arc_graphs import open_arc_graph
from geodata.errors import GeodataError
from geodata.extract import Extract
from geodata.network import load_network
from geodata.weights import INFINITE, Weights


@pytest.fixture(scope="module")
def network(helsinki):
    return load_network(Extract.open(helsinki), "car")


def test_weights_come_apart_into_what_they_were_made_of(network) -> None:
    weights = Weights.of(network)
    seconds, metres = np.array([0.0, 3.7, 615.2]), np.array([0.0, 40.0, 5017.0])
    back_s, back_m = weights.split(weights.pack(seconds, metres))
    assert back_s == pytest.approx(seconds, abs=0.051)
    assert back_m == pytest.approx(metres, abs=weights.metre_step / 2 + 1e-3)
    closed_s, closed_m = weights.split(np.array([INFINITE]))
    assert np.isinf(closed_s).all()
    assert np.isinf(closed_m).all()


def test_no_path_outgrows_its_integer_and_roundings_cancel(network) -> None:
    # Seconds and metres of every path, summed arc by arc without rounding, against the packed search.
    graph = open_arc_graph(network, "cch", None)
    rng = np.random.default_rng(2)
    arcs = rng.choice(network.arcs, 60, replace=False)
    total = graph.many(arcs, arcs).astype(np.int64)
    assert total.max() < INFINITE
    seconds, metres = graph.weights.split(total)
    assert metres.max() < (graph.weights.radix - 1) * graph.weights.metre_step
    price = {
        (int(a), int(b)): int(ms)
        for a, b, ms in zip(network.turn_from, network.turn_to, network.turn_ms, strict=True)
    }
    off_s, off_m = [], []
    for i, j in rng.integers(0, 60, (150, 2)):
        if i == j:
            continue
        path = graph.path(int(arcs[i]), int(arcs[j]))
        assert path is not None
        whole = [int(arcs[i]), *path.tolist()]
        turns = sum(price[pair] for pair in itertools.pairwise(whole))
        off_s.append(seconds[i, j] - (network.arc_ms[path].sum() + turns) / 1000)
        off_m.append(metres[i, j] - network.arc_dm[path].sum() / 10)
    assert np.abs(off_s).max() < 2
    assert np.abs(off_m).max() < 12 * graph.weights.metre_step
    assert abs(np.mean(off_s)) < 0.4


def test_faster_streets_weigh_less(network) -> None:
    calm, rush = Weights.of(network), Weights.of(network, np.full(6, 0.5))
    assert rush.arc_s == pytest.approx(2 * calm.arc_s)


@pytest.mark.parametrize("engine", ["cch", "scipy"])
def test_a_position_is_one_node_whichever_way_it_is_left(network, engine) -> None:
    graph = open_arc_graph(network, engine, None)
    two_way = np.flatnonzero((network.edge_arcs(np.arange(network.streets)) >= 0).all(axis=1))
    edges = two_way[[0, -1]]
    leaving = np.zeros(network.arcs, np.int64)
    leaving[network.edge_arcs(edges[:1])[0]] = (500, 7)
    graph.place(leaving, np.zeros(network.arcs, np.int64))
    found = graph.many(graph.graph.start(edges[:1]), graph.graph.finish(edges[1:]))[0, 0]
    ends = network.edge_arcs(edges)
    each = graph.many(ends[0].astype(np.int64), ends[1].astype(np.int64)).astype(np.int64)
    assert found == (each.min(axis=1) + np.array([500, 7])).min()
    assert graph.graph.finish(np.array([network.streets - 1]))[0] == SearchGraph.of(network).nodes - 1


def test_nodes_that_are_not_there_are_refused(network) -> None:
    graph = open_arc_graph(network, "cch", None)
    for wrong in (-1, graph.graph.nodes):
        with pytest.raises(IndexError):
            graph.many(np.array([wrong]), np.array([0]))
        with pytest.raises(IndexError):
            graph.path(0, wrong)


def test_engines_find_the_same_weights(network) -> None:
    arcs = np.random.default_rng(4).choice(network.arcs, 50, replace=False)
    cch, scipy = (open_arc_graph(network, name, None) for name in ("cch", "scipy"))
    np.testing.assert_array_equal(cch.many(arcs, arcs), scipy.many(arcs, arcs))
    np.testing.assert_array_equal(cch.many(arcs, arcs[:3]), scipy.many(arcs, arcs[:3]))


def test_without_its_wheel_scipy_takes_over(network, monkeypatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert open_arc_graph(network, "auto", None).name == "scipy"
    with pytest.raises(GeodataError, match="pip install pyroutingkit"):
        open_arc_graph(network, "cch", None)


def test_a_kept_order_is_read_and_one_of_another_graph_is_made_again(network, tmp_path, helsinki) -> None:
    kept = tmp_path / "order"
    arcs = np.arange(0, network.arcs, 40)
    fresh = open_arc_graph(network, "cch", kept).many(arcs, arcs)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["order"]
    np.testing.assert_array_equal(open_arc_graph(network, "cch", kept).many(arcs, arcs), fresh)
    walking = load_network(Extract.open(helsinki), "foot")
    assert open_arc_graph(walking, "cch", kept).many(arcs, arcs).max() < INFINITE
    (kept / "rank").write_bytes(b"")
    np.testing.assert_array_equal(open_arc_graph(network, "cch", kept).many(arcs, arcs), fresh)
