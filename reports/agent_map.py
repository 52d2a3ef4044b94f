"""The agent's page: map and visits in one file that works without a network."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from reports import words
from reports.geometry import pack_line, pack_streets
from reports.leaflet import bounds_of, map_scripts, map_styles
from reports.navigation import APPS, navigation_links
from reports.page import asset, lean, render
from reports.sheet import RouteSheet, Tiles
from reports.still import nearest_streets, sheet_still

_STREET_POINTS = 5_500  # about 17 kB of the page
_STILL_POINTS = 700
_SCRIPT_WORDS = ("visit", "start", "saved", "sent", "not_located", "osm")
_RESULTS = (
    "paid",
    "promised",
    "plan_agreed",
    "hardship",
    "met_no_result",
    "not_home",
    "refused",
    "moved",
    "wrong_address",
    "not_done",
)


def render_agent_page(sheet: RouteSheet) -> str:
    """One self-contained HTML page. Nothing on it is fetched; it sends only to `outcome_url`, if there is one."""
    known = words.words(sheet.language)
    line = [sheet.start_place, *sheet.line]
    streets = nearest_streets(sheet.streets, line, _STREET_POINTS)
    bounds = bounds_of([*line, *(stop.place for stop in sheet.stops)])
    few = nearest_streets((street for street in streets if street.rank <= 3), line, _STILL_POINTS)
    return render(
        "agent.html",
        title=f"{known['route_sheet']} {sheet.day.isoformat()}",
        language=sheet.language,
        styles=[*map_styles(), asset("agent.css")],
        scripts=[*map_scripts(bounds), lean(asset("agent.js"))],
        data=_data(sheet, pack_streets(streets)),
        connect=_origin(sheet.outcome_url) if sheet.outcome_url else "",
        images=tile_origin(sheet.tiles),
        sheet=sheet,
        day=words.long_date(sheet.day, sheet.language),
        still=sheet_still(sheet, 400, 360, few),
        apps=APPS,
        results=_RESULTS,
        links={
            stop.number: navigation_links(
                stop.place, f"{known['visit']} {stop.number}", sheet.mode, sheet.language
            )
            for stop in sheet.stops
        },
        tel={stop.number: telephone(stop.phone) for stop in sheet.stops},
        rests=rests_before(sheet),
    )


def _data(sheet: RouteSheet, streets: str) -> dict[str, Any]:
    known = words.words(sheet.language)
    wanted = (*_SCRIPT_WORDS, *(f"outcome_{result}" for result in _RESULTS))
    return {
        "plan": sheet.plan_id,
        "agent": sheet.agent_id,
        "day": sheet.day.isoformat(),
        "start": sheet.start_place,
        "stops": [
            {
                "n": stop.number,
                "id": stop.case_id,
                "at": stop.place,
                "high": stop.high_priority,
                "pinned": stop.pinned,
            }
            for stop in sheet.stops
        ],
        "line": pack_line([sheet.start_place, *sheet.line]),
        "streets": streets,
        "tiles": None
        if sheet.tiles is None
        else {"url": sheet.tiles.url, "attribution": sheet.tiles.attribution, "gcj02": sheet.tiles.gcj02},
        "outcome_url": sheet.outcome_url,
        "words": {word: known[word] for word in wanted},
    }


def telephone(phone: str) -> str:
    """The digits of a number for a tel: link, "" where there are too few to dial."""
    kept = "".join(character for character in phone if character in "0123456789+")
    return kept if sum(character.isdigit() for character in kept) >= 3 else ""


def rests_before(sheet: RouteSheet) -> dict[int, list[str]]:
    """Breaks by the number of the visit they come before; those after the last visit under 0."""
    placed: dict[int, list[str]] = {}
    for rest in sheet.breaks:
        later = [stop.number for stop in sheet.stops if stop.start >= rest.start]
        text = f"{words.clock(rest.start)}–{words.clock(rest.finish)}"
        placed.setdefault(later[0] if later else 0, []).append(text)
    return placed


def _origin(url: str) -> str:
    """What connect-src must name. Raises ValueError for an address a policy cannot hold."""
    parts = urlsplit(url)
    if not parts.scheme and not parts.netloc and url.startswith("/"):
        return "'self'"
    return _checked_origin(parts.scheme, parts.netloc)


def tile_origin(tiles: Tiles | None) -> str:
    """What img-src must name for a tile server; a placeholder in the host stands for a subdomain."""
    if tiles is None:
        return ""
    parts = urlsplit(tiles.url)
    first, dot, rest = parts.netloc.partition(".")
    host = f"*{dot}{rest}" if "{" in first else parts.netloc
    return _checked_origin(parts.scheme, host)


def _checked_origin(scheme: str, host: str) -> str:
    plain = host.replace("*.", "", 1)
    good = bool(plain) and all(c.isascii() and (c.isalnum() or c in ".-:[]") for c in plain)
    if scheme not in ("https", "http") or not good:
        raise ValueError("an address in a page's policy is http(s) with a plain host name")
    return f"{scheme}://{host}"
