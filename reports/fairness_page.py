"""The fairness audit as a page: what need does not explain first, then every group with its interval as a bar.

The page has no script: it prints, and opens anywhere.
"""

from __future__ import annotations

from reports import words
from reports.page import asset, render
from reports.sheet import FairnessPage

_HALF = 100.0


def render_fairness(page: FairnessPage) -> str:
    """One self-contained HTML page. Raises ValueError for a bar that is not low <= value <= high within -1 to 1."""
    for row in (row for field in page.fields for table in field.tables for row in table.rows):
        if row.bar is not None and not -1 <= row.bar[0] <= row.bar[1] <= row.bar[2] <= 1:
            raise ValueError("a bar lies within its scale, its ends in order")
    return render(
        "fairness.html",
        title=f"{page.title} {page.day.isoformat()}",
        language=page.language,
        styles=[asset("base.css"), asset("compare.css"), asset("fairness.css")],
        scripts=[],
        page=page,
        day=words.long_date(page.day, page.language),
        at=lambda share: round(_HALF + share * _HALF, 1),
        share=lambda value: f"{value * 100:.0f} %",
    )
