"""A made-up Chinese city, from its tables to its pages: the size and the language of the first market."""

from __future__ import annotations

import json

import pytest

from scheduler.cli.main import run

DAY = "2026-11-24"


@pytest.mark.slow
def test_a_city_of_five_thousand_cases_is_planned_whole_and_published(tmp_path, capsys) -> None:
    home = tmp_path / "yunzhou"
    where = ["-q", "-w", str(home)]
    assert (
        run(
            [
                "sample",
                "--city",
                "synthetic",
                "--cases",
                "5000",
                "--agents",
                "60",
                "--seed",
                "7",
                "--out",
                str(home),
                "-q",
            ]
        )
        == 0
    )
    assert run(["import", "agents", str(home / "外访人员.xlsx"), *where]) == 0
    assert run(["import", "cases", str(home / "逾期清单.csv"), *where]) == 1
    assert run(["geocode", *where]) == 1
    capsys.readouterr()
    assert run(["plan", "--date", DAY, "--time-limit", "30", "--json", *where]) == 0
    summary = json.loads(capsys.readouterr().out)
    plan = json.loads((home / "out" / DAY / "plan.json").read_text("utf-8"))
    assert summary["clean"] is True
    assert summary["visits"] > 400
    assert summary["visits"] + summary["unassigned"] + summary["not_due"] > 4900
    assert all(entry["reasons"] for entry in plan["unassigned"])
    assert run(["publish", str(home / "out" / DAY), *where]) == 0
    pages = list((home / "out" / DAY / "agents").glob("*.html"))
    assert len(pages) == summary["teams"]
    assert "绝不可以" in pages[0].read_text("utf-8")
