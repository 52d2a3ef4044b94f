"""The interactive map: folium writes it, Leaflet alone draws it, streets come from the page itself.

Stock folium links fourteen files on other hosts; `OfflineMap` links none. The map's own script is taken from
folium's figure and put under the page's policy together with ours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import folium

from reports.page import asset, lean
from reports.sheet import Position

NAME = "doorstep"
_UNUSED = (
    "leaflet-popup",
    "control-layers",
    "leaflet-oldie",
    "lvml",
    "vml-shape",
    "control-scale",
    "leaflet-div-icon",
)


class OfflineMap(folium.Map):
    """A folium map without links, and with a name that does not change from run to run."""

    def __init__(self, bounds: tuple[Position, Position]) -> None:
        middle = [(bounds[0][0] + bounds[1][0]) / 2, (bounds[0][1] + bounds[1][1]) / 2]
        super().__init__(location=middle, zoom_start=15, tiles=None, zoom_snap=0.25, max_zoom=19, min_zoom=9)
        self._id = NAME
        self.default_js, self.default_css = [], []


def map_scripts(bounds: tuple[Position, Position]) -> list[str]:
    """Leaflet, the map by folium as `map_doorstep`, and what draws on it."""
    made = OfflineMap(bounds)
    made.render()  # type: ignore[no-untyped-call]
    figure: Any = made.get_root()
    own = str(figure.script.render())
    # folium's own fit moves the map later, and room for the buttons is needed on the left.
    (south, west), (north, east) = bounds
    corners = f"[[{south:.5f},{west:.5f}],[{north:.5f},{east:.5f}]]"
    fit = f"map_{NAME}.fitBounds({corners},{{paddingTopLeft:[70,30],paddingBottomRight:[30,30],animate:false}});"
    return [asset("leaflet/leaflet.js"), own, fit, lean(asset("map.js"))]


def map_styles() -> list[str]:
    """Leaflet's style without what is not used here: pictures, popups, layer lists, browsers of long ago."""
    plain = re.sub(r"/\*.*?\*/", "", asset("leaflet/leaflet.css"), flags=re.S)
    plain = re.sub(r"url\([^)]*\)", "none", re.sub(r"\s+", " ", plain))
    plain = re.sub(r"([^{}]*)\{([^{}]*)\}", _used, plain)
    return [plain, asset("base.css"), asset("map.css")]


def _used(rule: re.Match[str]) -> str:
    kept = [one for one in rule[1].split(",") if not any(name in one for name in _UNUSED)]
    return f"{','.join(kept)}{{{rule[2]}}}" if kept else ""


def bounds_of(points: Sequence[Position]) -> tuple[Position, Position]:
    """South-west and north-east of points; a small box around a single one."""
    lats, lons = [p[0] for p in points] or [0.0], [p[1] for p in points] or [0.0]
    return (min(lats) - 2e-4, min(lons) - 2e-4), (max(lats) + 2e-4, max(lons) + 2e-4)
