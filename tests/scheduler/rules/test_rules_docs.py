"""docs/rules.md says what the packs say. Run this file to write its tables anew."""

from __future__ import annotations

from pathlib import Path

from scheduler.rules.checker import FLOOR
from scheduler.rules.describe import figures, packs_markdown
from scheduler.rules.packfile import FAMILIES
from scheduler.rules.packs import available, load_packs
from scheduler.rules.words import DUTIES, NOTES

FILE = Path(__file__).parents[3] / "docs" / "rules.md"
START, END = "<!-- packs -->\n", "<!-- end -->"


def written_anew(page: str) -> str:
    """The page with its tables of packs made anew."""
    head, rest = page.split(START)
    return f"{head}{START}\n{packs_markdown(load_packs_of_all())}\n{END}{rest.split(END)[1]}"


def load_packs_of_all():
    return [pack for name in available() for pack in load_packs([name])]


def test_the_tables_of_packs_are_those_of_the_packs() -> None:
    page = FILE.read_text("utf-8")
    assert page == written_anew(page), "run `make docs`"


def test_every_family_note_and_duty_is_described() -> None:
    page = FILE.read_text("utf-8")
    assert all(f"[rules.{family}]" in page for family in FAMILIES)
    assert all(f"`{note}`" in page for note in NOTES)
    assert all(f"`{duty}`" in page for duty in DUTIES)
    assert all(f"`{rule.id}`" in page for rule in FLOOR)


def test_every_rule_has_its_figures_in_words() -> None:
    for pack in load_packs_of_all():
        assert all(figures(rule).strip() for rule in pack.rules)


if __name__ == "__main__":
    FILE.write_text(written_anew(FILE.read_text("utf-8")), "utf-8")
