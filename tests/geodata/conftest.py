"""Extracts small enough to compute their answers by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import osmium
import pytest

STEP = 0.001  # degrees; along a meridian 111.195 m
ORIGIN = (60.0, 25.0)

Node = tuple[float, float]
Way = tuple[Sequence[int], Mapping[str, str]]
Relation = tuple[Sequence[tuple[str, int, str]], Mapping[str, str]]


def write_extract(
    path: Path,
    nodes: Mapping[int, Node],
    ways: Mapping[int, Way],
    relations: Mapping[int, Relation] | None = None,
    node_tags: Mapping[int, Mapping[str, str]] | None = None,
) -> Path:
    """Write an .osm.pbf. Nodes are (rows north, columns east) of a grid with STEP degrees latitude."""
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for ident, (row, column) in sorted(nodes.items()):
            at = (ORIGIN[1] + 2 * column * STEP, ORIGIN[0] + row * STEP)
            writer.add_node(
                osmium.osm.mutable.Node(id=ident, location=at, tags=dict((node_tags or {}).get(ident, {})))
            )
        for ident, (refs, tags) in sorted(ways.items()):
            writer.add_way(osmium.osm.mutable.Way(id=ident, nodes=list(refs), tags=dict(tags)))
        for ident, (members, tags) in sorted((relations or {}).items()):
            writer.add_relation(osmium.osm.mutable.Relation(id=ident, members=list(members), tags=dict(tags)))
    return path


@pytest.fixture
def make_extract(tmp_path) -> Callable[..., Path]:
    """`make_extract(nodes, ways, relations, node_tags)` writes one and gives its path."""
    return lambda *args, **kwargs: write_extract(tmp_path / "tiny.osm.pbf", *args, **kwargs)
