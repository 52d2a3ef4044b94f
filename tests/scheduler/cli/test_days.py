"""Several days from the store to plans that are checked together."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date

from scheduler.cli.main import run
from scheduler.planning.planfile import read_plan


def test_several_days_with_second_visits_are_planned_and_checked(tmp_path, helsinki, capsys) -> None:
    home = tmp_path / "w"
    where = ["-q", "-w", str(home)]
    assert run(["sample", "--cases", "40", "--out", str(home), "-q"]) == 0
    settings = home / "doorstep.toml"
    settings.write_text(
        settings.read_text("utf-8").replace("[plan]", "[selection]\ncooling_off_days = 7\n\n[plan]"), "utf-8"
    )
    assert run(["import", "agents", str(home / "agents.csv"), *where]) == 0
    assert run(["import", "cases", str(home / "cases.csv"), *where]) in (0, 1)
    assert run(["geocode", *where]) in (0, 1)
    week = home / "out" / "days"
    asked = ["--date", "2026-11-24", "--days", "9", "--visits-per-case", "2", "--out", str(week)]
    assert run(["plan", *asked, "--iterations", "300", "--time-limit", "60", *where]) == 0
    days: dict[str, list[date]] = defaultdict(list)
    for folder in sorted(week.iterdir()):
        plan, _ = read_plan(folder)
        for stop in plan.visits:
            days[stop.case].append(plan.day)
    twice = [seen for seen in days.values() if len(seen) == 2]
    assert twice
    assert all((later - first).days >= 7 for first, later in twice)
    assert max(map(len, days.values())) == 2
    capsys.readouterr()
    assert run(["check", str(week), "--json", "-w", str(home)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["clean"]
    assert [day["day"] for day in told["days"]] == sorted(path.name for path in week.iterdir())
    assert {rule["rule"] for rule in told["days"][-1]["rules"]} >= {"visit_cap", "horizon"}


def test_second_visits_are_for_several_days(tmp_path, helsinki, capsys) -> None:
    home = tmp_path / "w"
    assert run(["sample", "--cases", "30", "--out", str(home), "-q"]) == 0
    where = ["-w", str(home)]
    assert run(["plan", "--visits-per-case", "2", *where]) == 2
    assert run(["plan", "--days", "9", "--days-between", "3", *where]) == 2
    assert "Traceback" not in capsys.readouterr().err
