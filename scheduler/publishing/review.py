"""The review list as a table and a page, for the person who knows the city."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from geodata.extract import Extract
from geodata.streets import StreetMap, box_around
from geodata.tables import write_review
from reports.review_page import render_review
from reports.sheet import ReviewPage, ReviewRow, StreetLine, Suggestion
from scheduler.planning.geocoding import doubtful_addresses
from scheduler.planning.planfile import replace_bytes
from scheduler.publishing.labels import labels
from scheduler.publishing.streets import as_line, pair
from scheduler.settings import Workspace
from scheduler.store.opening import open_store
from scheduler.store.written import note_written

_MARGIN_M = 400.0


def write_review_files(workspace: Workspace, folder: Path) -> int:
    """Write review.csv and review.html to `folder`; returns how many addresses are doubtful."""
    doubtful, addresses = doubtful_addresses(workspace)
    write_review(doubtful, addresses, folder / "review.csv")
    language = workspace.settings.page_language
    words = labels(language)
    rows = tuple(
        ReviewRow(
            id=one.id,
            address=addresses[one.id],
            reasons=tuple(words.get(f"doubt_{reason}", reason) for reason in one.reasons),
            suggestions=tuple(
                Suggestion(
                    place=pair(fix.location),
                    matched=fix.matched,
                    score=fix.score,
                    precision=fix.precision.value,
                )
                for fix in one.suggestions
            ),
        )
        for one in doubtful
    )
    page = ReviewPage(
        title=words["review_title"],
        language="zh" if language == "zh" else "en",
        rows=rows,
        streets=_streets(workspace, rows),
    )
    replace_bytes(folder / "review.html", render_review(page).encode())
    with open_store(workspace) as store:
        note_written(store, "review", folder, [folder / "review.html", folder / "review.csv"])
    return len(doubtful)


def _streets(workspace: Workspace, rows: tuple[ReviewRow, ...]) -> tuple[StreetLine, ...]:
    """The streets around the suggestions, or of the whole extract where there is none."""
    extract = Extract.open(workspace.extract)
    places = [suggestion.place for row in rows for suggestion in row.suggestions]
    box = box_around(np.array(places), _MARGIN_M) if places else extract.box
    found = StreetMap.open(extract, workspace.cache).within(box, most=8000)
    return tuple(StreetLine(line.rank, as_line(line.points)) for line in found)
