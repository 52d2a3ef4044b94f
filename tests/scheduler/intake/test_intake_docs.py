"""docs/findings.md and docs/tables.md are held to the code. Run this file to write the findings' table anew."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from scheduler.intake import cases, ledger
from scheduler.intake.catalogue import CATALOGUE
from scheduler.intake.columns import AGENT_COLUMNS, CASE_COLUMNS, CREW_COLUMNS, LEDGER_COLUMNS, POINT_COLUMNS

ROOT = Path(__file__).resolve().parents[3]
FINDINGS, TABLES = ROOT / "docs" / "findings.md", ROOT / "docs" / "tables.md"
START, END = "<!-- from the catalogue -->\n", "<!-- to here -->"


def catalogue_table() -> str:
    """Every finding a table can get, as Markdown; a fact that is filled in stands in italics."""
    lines = ["| code | weight | what is wrong | what to do |", "|---|---|---|---|"]
    for code, known in CATALOGUE.items():
        plain = (text.replace("{perhaps}", "") for text in (known.cause, known.mend))
        words = (re.sub(r"\{(\w+)\}", r"*\1*", text) for text in plain)
        lines.append(f"| `{code}` | {known.severity.value} | {' | '.join(words)} |")
    return "\n".join(lines) + "\n"


def page() -> str:
    """docs/findings.md with the table as the catalogue has it."""
    text = FINDINGS.read_text("utf-8")
    head, _, rest = text.partition(START)
    return head + START + catalogue_table() + END + rest.partition(END)[2]


def literal_codes() -> set[str]:
    """Codes written out where a finding is made, anywhere in the business."""
    found = set()
    for file in (ROOT / "scheduler").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            found |= {
                value.value
                for value in (_code_arguments(node) if isinstance(node, ast.Call) else ())
                if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value
            }
    return found


def _code_arguments(call: ast.Call) -> list[ast.expr]:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if name == "Finding":
        return [keyword.value for keyword in call.keywords if keyword.arg == "code"]
    if name in {"finding", "BadCell", "_find"}:
        return call.args[:1]
    of_row = name in {"find", "missing"} and getattr(getattr(call.func, "value", None), "id", "") == "row"
    return (call.args[1:2] if name == "missing" else call.args[:1]) if of_row else []


def test_the_findings_page_says_what_the_catalogue_says() -> None:
    assert FINDINGS.read_text("utf-8") == page(), "run this test's file"


def test_every_code_is_documented() -> None:
    documented = set(re.findall(r"^\| `([a-z_*]+)` \|", FINDINGS.read_text("utf-8"), re.M))
    assert {"bad_id", "missing_amount", "team_left_out", "future_date"} <= literal_codes()
    assert literal_codes() - documented == set()


def test_every_code_of_the_catalogue_is_used() -> None:
    source = "".join(
        file.read_text("utf-8")
        for file in (ROOT / "scheduler" / "intake").glob("*.py")
        if file.name != "catalogue.py"
    )
    assert [code for code in CATALOGUE if f'"{code}"' not in source] == []


@pytest.mark.parametrize(
    ("title", "columns"),
    [
        ("Cases", CASE_COLUMNS),
        ("Agents", AGENT_COLUMNS),
        ("Crews", CREW_COLUMNS),
        ("Points", POINT_COLUMNS),
        ("Ledger", LEDGER_COLUMNS),
    ],
)
def test_every_column_is_documented_with_its_names(title: str, columns) -> None:
    section = TABLES.read_text("utf-8").split(f"\n## {title}\n")[1].split("\n## ")[0]
    told = {}
    for line in section.splitlines():
        row = re.fullmatch(r"\| `(\w+)` \| (.*?) \| (.*?) \| (.+) \|", line)
        if row:
            told[row[1]] = {name for part in (row[2], row[3]) for name in re.split("[,，] ?", part) if name}
    assert told == {field: set(aliases) for field, aliases in columns.items()}


def test_every_flag_is_documented() -> None:
    section = TABLES.read_text("utf-8").split("### Flags")[1].split("\n## ")[0]
    assert [flag for flag in cases.FLAGS if flag not in section] == []


def test_every_kind_of_entry_is_documented_with_its_words() -> None:
    section = TABLES.read_text("utf-8").split("\n## Kinds of entry\n")[1]
    told = re.findall(r"^\| `(\w+)` \| ([^|`]*) \| [^|]* \| [^|]*\|$", section, re.M)
    words = {kind: {kind, *words.split(", ")} for kind, words in told if kind in ledger.KINDS}
    assert words == {
        kind: {word for word, meant in ledger.KINDS.items() if meant == kind}
        for kind in ledger.KINDS.values()
    }


if __name__ == "__main__":
    FINDINGS.write_text(page(), "utf-8")
