"""The README's "Use it", followed to the letter with a real extract and lists like a bank's."""

from __future__ import annotations

import csv
import re
import shlex
import shutil
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from scheduler.cli.main import run

README = Path(__file__).parents[3] / "README.md"


def commands() -> list[list[str]]:
    """What stands under "Use it", the installation left out."""
    block = README.read_text("utf-8").split("## Use it")[1].split("\n\n`publish`")[0]
    lines = [line.split("  #")[0].strip() for line in block.splitlines() if line.startswith("    ")]
    return [shlex.split(line) for line in lines if not line.startswith("python3")]


@pytest.fixture
def lists(tmp_path, helsinki) -> Path:
    """A folder with `city.osm.pbf`, `agents.xlsx` and `overdue.csv`."""
    made = tmp_path / "made"
    assert run(["sample", "--cases", "40", "--out", str(made), "-q"]) == 0
    (made / "cases.csv").rename(made / "overdue.csv")
    shutil.copy(helsinki, made / "city.osm.pbf")
    with Workbook(made / "agents.xlsx") as book, (made / "agents.csv").open(encoding="utf-8-sig") as file:
        sheet = book.add_worksheet()
        for number, row in enumerate(csv.reader(file)):
            sheet.write_row(number, 0, row)
    return made


@pytest.mark.slow
def test_the_readme_is_true(lists, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    done = []
    for name, *arguments in commands():
        if name == "cp":
            shutil.copy(lists / arguments[0], arguments[1])
        elif name == "cd":
            monkeypatch.chdir(arguments[0])
            for table in ("agents.xlsx", "overdue.csv"):
                shutil.copy(lists / table, table)
            settings = Path("doorstep.toml")
            quick = re.sub(r"time_limit = \d+", "time_limit = 2", settings.read_text("utf-8"))
            settings.write_text(quick, "utf-8")
        else:
            assert name == "doorstep"
            code = run(arguments)
            said = capsys.readouterr().err
            assert code in ((0, 1) if arguments[0] in ("import", "geocode") else (0,)), (arguments, said)
            done.append(arguments[0])
    assert done == ["init", "import", "import", "geocode", "plan", "publish", "scenario"]
    for written in ("index.html", "compare.html", "day.xlsx", "plan.json", "certificate.json"):
        assert (Path("out/2026-11-24") / written).stat().st_size > 1000
