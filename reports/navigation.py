"""Links into the map apps of the reader's phone. They name the stop's number, never a person."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, urlencode

from reports.sheet import Language, Mode, Position

APPS: Final[tuple[tuple[str, str], ...]] = (
    ("amap", "高德 Amap"),
    ("baidu", "百度 Baidu"),
    ("google", "Google"),
    ("apple", "Apple"),
    ("geo", "geo:"),
)
_AMAP: Final = {"car": "car", "bicycle": "ride", "foot": "walk"}
_GOOGLE: Final = {"car": "driving", "bicycle": "bicycling", "foot": "walking"}
_APPLE: Final = {"car": "d", "bicycle": "w", "foot": "w"}
_SOURCE: Final = "doorstep"


def navigation_links(
    place: Position, label: str, mode: Mode, language: Language
) -> list[tuple[str, str, str]]:
    """(app, its name, address) for each app, the likelier ones of the language first. `label` is "Visit 3"."""
    lat, lon = f"{place[0]:.6f}", f"{place[1]:.6f}"
    # Amap takes the longitude first, and GCJ-02 unless told otherwise.
    amap = {
        "to": f"{lon},{lat},{label}",
        "mode": _AMAP[mode],
        "policy": "1",
        "src": _SOURCE,
        "coordinate": "wgs84",
        "callnative": "1",
    }
    baidu = {
        "location": f"{lat},{lon}",
        "title": label,
        "content": label,
        "coord_type": "wgs84",
        "output": "html",
        "src": _SOURCE,
    }
    google = {"api": "1", "destination": f"{lat},{lon}", "travelmode": _GOOGLE[mode]}
    apple = {"daddr": f"{lat},{lon}", "dirflg": _APPLE[mode]}
    addresses = {
        "amap": "https://uri.amap.com/navigation?" + urlencode(amap, safe=",", quote_via=quote),
        "baidu": "https://api.map.baidu.com/marker?" + urlencode(baidu, safe=",", quote_via=quote),
        "google": "https://www.google.com/maps/dir/?" + urlencode(google, safe=",", quote_via=quote),
        "apple": "https://maps.apple.com/?" + urlencode(apple, safe=",", quote_via=quote),
        "geo": f"geo:{lat},{lon}?q={lat},{lon}({quote(label)})",
    }
    names = dict(APPS)
    order = list(names) if language == "zh" else ["google", "apple", "geo", "amap", "baidu"]
    return [(app, names[app], addresses[app]) for app in order]
