"""The interactive map: folium writes it, Leaflet alone draws it, streets come from the page itself.

Stock folium links fourteen files on other hosts; `OfflineMap` links none. The map's own script is taken from
folium's figure and put under the page's policy together with ours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import folium

from reports.page import asset
from reports.sheet import Position

NAME = "doorstep"


class OfflineMap(folium.Map):
    """A folium map without links, and with a name that does not change from run to run."""

    def __init__(self, bounds: tuple[Position, Position]) -> None:
        middle = [(bounds[0][0] + bounds[1][0]) / 2, (bounds[0][1] + bounds[1][1]) / 2]
        super().__init__(location=middle, zoom_start=15, tiles=None, zoom_snap=0.25, max_zoom=19, min_zoom=9)
        self._id = NAME
        self.default_js, self.default_css = [], []
        self.fit_bounds([list(bounds[0]), list(bounds[1])], padding=(28, 28))
        for number, child in enumerate(self._children.values()):
            child._id = f"{NAME}{number}"


def map_scripts(bounds: tuple[Position, Position]) -> list[str]:
    """Leaflet, the map by folium as `map_doorstep`, and what draws on it."""
    made = OfflineMap(bounds)
    made.render()  # type: ignore[no-untyped-call]
    figure: Any = made.get_root()
    own = str(figure.script.render())
    return [asset("leaflet/leaflet.js"), own, asset("map.js")]


def map_styles() -> list[str]:
    """Leaflet's style without the pictures of controls that are not used."""
    plain = re.sub(r"url\([^)]*\)", "none", asset("leaflet/leaflet.css"))
    return [plain, asset("base.css"), asset("map.css")]


def bounds_of(points: Sequence[Position]) -> tuple[Position, Position]:
    """South-west and north-east of points; a small box around a single one."""
    lats, lons = [p[0] for p in points] or [0.0], [p[1] for p in points] or [0.0]
    return (min(lats) - 2e-4, min(lons) - 2e-4), (max(lats) + 2e-4, max(lons) + 2e-4)
