"""docs/rules.md says what the packs say."""

from __future__ import annotations

from pathlib import Path

from scheduler.rules.base import Pack, Rule
from scheduler.rules.caps import VisitCap
from scheduler.rules.hours import DAY_NAMES, PermittedHours
from scheduler.rules.packs import FAMILIES, available, load_packs
from scheduler.rules.words import SENTENCES

PAGE = (Path(__file__).parents[3] / "docs" / "rules.md").read_text("utf-8")


def figures(rule: Rule) -> str:
    if isinstance(rule, VisitCap):
        return f"{rule.visits} in {rule.days} days per {rule.per}"
    assert isinstance(rule, PermittedHours)
    first = rule.week[0]
    told = [f"every day {', '.join(map(str, first))}"]
    for name, spans in zip(DAY_NAMES, rule.week, strict=True):
        if spans != first:
            told.append(f"{name} {', '.join(map(str, spans)) or 'none'}")
    return ", ".join(told)


def row(pack: Pack, rule: Rule) -> str:
    source = rule.source
    cells = (pack.label, rule.id, figures(rule), source.cited, source.status, source.date_read or "-")
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def test_the_table_of_packs_is_that_of_the_packs() -> None:
    table = PAGE.split("<!-- packs -->\n")[1].split("\n<!-- end -->")[0].splitlines()[2:]
    assert table == [row(pack, rule) for pack in load_packs(list(available())) for rule in pack.rules]


def test_every_family_and_note_is_described() -> None:
    assert all(f"[rules.{family}]" in PAGE for family in FAMILIES)
    notes = {code for code in SENTENCES if code in ("no_holiday_calendar", "other_packs")}
    assert len(notes) == 2
    assert all(f"`{note}`" in PAGE for note in notes)
