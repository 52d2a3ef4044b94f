"""The route sheet, for paper or a screen: HTML, and PDF by Typst, which needs no libraries of the system."""

from __future__ import annotations

import json
from dataclasses import fields
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports import words
from reports.fonts import covered
from reports.page import asset, environment, render
from reports.qr import qr_path
from reports.sheet import Line, RouteSheet, SheetStop, StrategyCard
from reports.still import nearest_streets, sheet_still

if TYPE_CHECKING:
    import typst

_STILL_POINTS = 6_000


def render_route_sheet(sheet: RouteSheet) -> str:
    """One self-contained HTML page, without scripts, that prints on A4."""
    return render(
        "route_sheet.html",
        title=_title(sheet),
        language=sheet.language,
        styles=[asset("base.css"), asset("sheet.css")],
        scripts=[],
        sheet=sheet,
        day=words.long_date(sheet.day, sheet.language),
        still=sheet_still(sheet, 480, 400, nearest_streets(sheet.streets, _line(sheet), _STILL_POINTS)),
        facts=_facts(sheet),
        qr=qr_path(sheet.link) if sheet.link else None,
    )


def route_sheet_pdf(sheet: RouteSheet) -> bytes:
    """The same as A4 pages. Characters that no font here has are printed as boxes: see `missing_characters`."""
    import typst

    known = words.words(sheet.language)
    still = sheet_still(sheet, 480, 400, nearest_streets(sheet.streets, _line(sheet), _STILL_POINTS))
    inputs = {
        "data": json.dumps(_data(sheet), ensure_ascii=False),
        "map": environment().get_template("still.svg").render(still=still, w=known),
        "qr": environment().get_template("qr.svg").render(qr=qr_path(sheet.link)) if sheet.link else "",
    }
    made = typst.compile(
        asset("sheet.typ").encode(),
        font_paths=_fonts(),
        sys_inputs=inputs,
        timestamp=int(sheet.generated_at.timestamp()),
    )
    assert isinstance(made, bytes)
    return made


def missing_characters(sheet: RouteSheet) -> tuple[str, ...]:
    """Code points ("U+1F600") of a sheet that neither our fonts nor the machine's can print, sorted."""
    texts = _texts(_data(sheet))
    doubtful = sorted({ord(c) for text in texts for c in text if c.isprintable()} - covered())
    if not doubtful:
        return ()
    blank = _glyph(0x10FFFE)
    return tuple(f"U+{code:04X}" for code in doubtful if _glyph(code) == blank)


def _glyph(code: int) -> bytes:
    """A character as SVG; what no font has looks like any other of that kind."""
    import typst

    source = '#set page(width: 20pt, height: 20pt, margin: 2pt)\n#set text(font: "Noto Sans CJK SC")\n#sys.inputs.c'
    made = typst.compile(source.encode(), font_paths=_fonts(), sys_inputs={"c": chr(code)}, format="svg")
    assert isinstance(made, bytes)
    return made


@cache
def _fonts() -> typst.Fonts:
    """Ours first, the machine's as the rest."""
    import typst

    with as_file(files("reports").joinpath("assets", "fonts")) as folder:
        return typst.Fonts(True, True, [str(Path(folder))])


def _line(sheet: RouteSheet) -> Line:
    return [sheet.start_place, *sheet.line]


def _title(sheet: RouteSheet) -> str:
    return f"{words.words(sheet.language)['route_sheet']} {sheet.day.isoformat()}"


def _facts(sheet: RouteSheet) -> list[tuple[str, str]]:
    known = words.words(sheet.language)
    late = [str(stop.number) for stop in sheet.stops if stop.late_risk]
    rests = [f"{words.clock(rest.start)}–{words.clock(rest.finish)}" for rest in sheet.breaks]
    return [
        (known["travel"], words.hours(sheet.travel)),
        (known["service"], words.hours(sheet.service)),
        (known["waiting"], words.hours(sheet.waiting)),
        (known["break"], ", ".join(rests) or "–"),
        (known["high"], str(sum(stop.high_priority for stop in sheet.stops))),
        (known["pinned"], str(sum(stop.pinned for stop in sheet.stops))),
        (known["late_risk"], f"{len(late)} (#{', #'.join(late)})" if late else "0"),
    ]


def _data(sheet: RouteSheet) -> dict[str, Any]:
    known = words.words(sheet.language)
    day = words.long_date(sheet.day, sheet.language)
    return {
        "lang": sheet.language,
        "title": _title(sheet),
        "heading": f"{known['route_sheet']} · {sheet.agent_name}",
        "subheading": f"{day} · {len(sheet.stops)} {known['visits']} · {words.kilometres(sheet.distance_m)} km · "
        f"{known['depart']} {words.clock(sheet.depart)} · {known['expected_end']} {words.clock(sheet.finish)}",
        "foot": f"{known['plan']} {sheet.plan_id} · {known['generated']} {sheet.generated_at:%Y-%m-%d %H:%M}",
        "page": known["page_of"],
        "qr": bool(sheet.link),
        "facts": _facts(sheet),
        "common": _card(sheet.common),
        "stops": [_stop(stop, known) for stop in sheet.stops],
        "words": dict(known),
    }


def _stop(stop: SheetStop, known: Any) -> dict[str, Any]:
    marks = [
        (stop.high_priority, f"★ {known['high']}", "high"),
        (stop.pinned, known["pinned"], "pinned"),
        (stop.late_risk, known["late_risk"], "high"),
    ]
    windows = ", ".join(f"{words.clock(start)}–{words.clock(end)}" for start, end in stop.windows)
    return {
        "number": stop.number,
        "arrive": words.clock(stop.start),
        "finish": words.clock(stop.finish),
        "name": stop.name,
        "address": stop.address,
        "detail": " · ".join(text for text in (stop.phone, stop.amount) if text),
        "windows": f"{known['window']} {windows}" if windows else "",
        "km": words.kilometres(stop.distance_m),
        "high": stop.high_priority,
        "pinned": stop.pinned,
        "marks": [[text, tone] for shown, text, tone in marks if shown],
        "place_note": stop.place_note,
        "badges": " · ".join(stop.badges),
        **_card(stop.card),
    }


def _card(card: StrategyCard) -> dict[str, list[str]]:
    return {entry.name: list(getattr(card, entry.name)) for entry in fields(StrategyCard)}


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)]
    if isinstance(value, list | tuple):
        return [text for one in value for text in _texts(one)]
    return []
