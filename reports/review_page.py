"""Doubtful addresses for a person to settle: choose a suggestion, press the map, or type a place."""

from __future__ import annotations

from collections.abc import Sequence

from reports import words
from reports.geometry import pack_streets
from reports.leaflet import bounds_of, map_scripts, map_styles
from reports.page import asset, lean, render
from reports.sheet import Position, ReviewPage
from reports.still import nearest_streets

_STREET_POINTS = 40_000
_SCRIPT_WORDS = ("osm", "bad_place")


def render_review(page: ReviewPage) -> str:
    """One self-contained HTML page. Choices stay on it until they are saved as a CSV file of columns
    id, choice, lat, lon, address, which `doorstep review --take` reads."""
    places = [suggestion.place for row in page.rows for suggestion in row.suggestions]
    places = places or _corners(page)
    known = words.words(page.language)
    return render(
        "review.html",
        title=page.title,
        language=page.language,
        styles=[*map_styles(), asset("review.css")],
        scripts=[*map_scripts(bounds_of(places)), lean(asset("review.js"))],
        data={
            "rows": [
                {"id": row.id, "address": row.address, "places": [one.place for one in row.suggestions]}
                for row in page.rows
            ],
            "streets": pack_streets(nearest_streets(page.streets, places, _STREET_POINTS)),
            "words": {key: known[key] for key in _SCRIPT_WORDS},
        },
        page=page,
        example=_example(places),
    )


def _example(places: Sequence[Position]) -> str:
    """How a place here is typed: one in the middle of the map."""
    lat, lon = (
        (sum(values) / len(places) for values in zip(*places, strict=True)) if places else (31.2304, 121.4737)
    )
    return f"{lat:.4f}, {lon:.4f}"


def _corners(page: ReviewPage) -> list[Position]:
    return [(float(lat), float(lon)) for street in page.streets for lat, lon in street.points]
