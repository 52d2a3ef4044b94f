"""Two attend every visit: the samples planned under China's bank guideline, by crews, by pairs and by meetings."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from scheduler.cli.main import run

DAY = "2026-11-24"
QUICK = ["--iterations", "2", "--time-limit", "25"]


def call(capsys, *arguments: str) -> tuple[int, dict]:
    """Run a command with --json; its exit code and result."""
    capsys.readouterr()
    code = run([*arguments, "--json"])
    out = capsys.readouterr().out
    return code, json.loads(out) if out.strip() else {}


@pytest.fixture(scope="module")
def guideline(tmp_path_factory, helsinki) -> Path:
    """Helsinki's sample where two attend every visit, geocoded; tests copy it."""
    home = tmp_path_factory.mktemp("crews") / "w"
    where = ["-q", "-w", str(home)]
    packs = ["--pack", "house", "--pack", "cn-bank-2026"]
    assert run(["sample", "--cases", "60", *packs, "--out", str(home), "-q"]) == 0
    assert run(["import", "agents", str(home / "agents.csv"), *where]) == 0
    assert run(["import", "cases", str(home / "cases.csv"), *where]) == 1
    assert run(["geocode", *where]) in (0, 1)
    return home


@pytest.fixture
def home(guideline, tmp_path) -> Path:
    return Path(shutil.copytree(guideline, tmp_path / "w"))


def routes(home: Path, folder: str = DAY) -> list[dict]:
    return json.loads((home / "out" / folder / "plan.json").read_text("utf-8"))["routes"]


def set_crews(home: Path, *lines: str) -> None:
    path = home / "doorstep.toml"
    text = path.read_text("utf-8")
    assert "[crews]\n" in text
    path.write_text(text.replace("[crews]\n", "\n".join(["[crews]", *lines, ""]), 1), "utf-8")


def judged(home: Path, capsys) -> tuple[int, int]:
    """How many stops the guideline's article 22 judged and how many findings the certificate has in all."""
    code, data = call(capsys, "check", str(home / "out" / DAY), "-w", str(home))
    (rule,) = [rule for rule in data["rules"] if rule["rule"] == "attendance"]
    assert "22" in rule["article"]
    assert code == (0 if data["clean"] else 1)
    return rule["judged"], sum(len(rule["findings"]) for rule in data["rules"])


def test_crews_make_every_visit_and_the_certificate_is_clean(home, capsys) -> None:
    assert call(capsys, "plan", "--date", DAY, *QUICK, "-w", str(home))[0] == 0
    made = routes(home)
    assert all(len(route["members"]) == 2 for route in made)
    assert "TEAM-1" in {route["vehicle"] for route in made}
    assert len(made) >= 2
    stops = sum(len(route["stops"]) for route in made)
    assert judged(home, capsys) == (stops, 0)
    assert stops > 10


def test_single_agents_meet_and_the_certificate_is_clean(home, capsys) -> None:
    set_crews(home, 'attendance = "meet"', 'pairs = "none"')
    assert call(capsys, "plan", "--date", DAY, *QUICK, "-w", str(home))[0] == 0
    made = routes(home)
    assert all(len(route["members"]) == 1 for route in made)
    met = {
        (stop["case"], route["vehicle"]): (stop["meets"], stop["start"], stop["finish"])
        for route in made
        for stop in route["stops"]
    }
    assert len(met) > 10
    for (case, vehicle), (other, start, finish) in met.items():
        assert met[case, other] == (vehicle, start, finish)
    assert judged(home, capsys) == (len(met), 0)
    assert run(["publish", str(home / "out" / DAY), "-w", str(home), "-q"]) == 0
    with (home / "agents.csv").open(encoding="utf-8-sig", newline="") as file:
        names = {row["id"]: row["name"] for row in csv.DictReader(file)}
    for (_, vehicle), (other, start, _) in met.items():
        told = f"Meet {names[other]} here at {start[11:16]}"
        page = (home / "out" / DAY / "agents" / f"{vehicle}.html").read_text("utf-8")
        assert told in page
        assert "2 people attend" in page  # the pack asks for them, not the bank's list
        assert told in (home / "out" / DAY / "route-sheets" / f"{vehicle}.html").read_text("utf-8")
    # Who is sent elsewhere leaves the other alone.
    path = home / "out" / DAY / "plan.json"
    plan = json.loads(path.read_text("utf-8"))
    gone = plan["routes"][0]["stops"].pop()
    path.write_text(json.dumps(plan), "utf-8")
    code, data = call(capsys, "check", str(path), "-w", str(home))
    assert code == 1
    found = {(f["case"], f["code"]) for rule in data["rules"] for f in rule["findings"]}
    assert found == {(gone["case"], "too_few_people"), (gone["case"], "meets_nobody")}


def test_who_went_together_yesterday_is_read_from_yesterdays_plan(home, capsys) -> None:
    from datetime import date

    from scheduler.planning.past_pairs import past_pairs
    from scheduler.settings import Workspace

    assert call(capsys, "plan", "--date", DAY, *QUICK, "-w", str(home))[0] == 0
    workspace, after = Workspace.open(home), date(2026, 11, 25)
    past = past_pairs(workspace, after, 7)
    assert past.together == {frozenset(route["members"]): 1 for route in routes(home)}
    assert past.led == {route["members"][0]: 1 for route in routes(home)}
    assert past_pairs(workspace, date(2026, 12, 5), 7).together == {}
    path = home / "out" / DAY / "plan.json"
    path.write_text(path.read_text("utf-8") + " ", "utf-8")
    assert past_pairs(workspace, after, 7).together == {}


def test_a_table_of_crews_is_read_and_what_is_wrong_with_it_told(home, capsys) -> None:
    table = home / "crews.csv"
    table.write_text("crew,agent,lead\nX,A-FOOT-1,\nX,A-BIKE-1,yes\nY,A-CAR-3,\nZ,NOBODY,\n", "utf-8")
    code, data = call(capsys, "import", "crews", str(table), "-w", str(home))
    assert code == 1
    assert (data["added"], data["settled"]) == (["X"], ["TEAM-1"])
    assert [(found["code"], found["row"]) for found in data["findings"]] == [
        ("bad_crew", 4),
        ("unknown_agent", 5),
    ]
    set_crews(home, 'pairs = "fixed"')
    assert call(capsys, "plan", "--date", DAY, *QUICK, "-w", str(home))[0] == 0
    assert [(route["vehicle"], route["members"]) for route in routes(home)] == [
        ("X", ["A-BIKE-1", "A-FOOT-1"])
    ]


def test_crews_before_agents_are_refused(tmp_path, capsys) -> None:
    home = tmp_path / "w"
    assert run(["init", str(home), "-q"]) == 0
    table = tmp_path / "crews.csv"
    table.write_text("crew,agent\nX,A\nX,B\n", "utf-8")
    assert run(["import", "crews", str(table), "-w", str(home), "-q"]) == 2
    assert "import agents" in capsys.readouterr().err


@pytest.mark.slow
def test_the_comparison_shows_what_pairing_costs(home, capsys) -> None:
    files = [str(home / f"{name}.toml") for name in ("base", "pairs", "meet", "singles")]
    code, data = call(
        capsys, "scenario", "run", *files, "--date", DAY, *QUICK, "--workers", "1", "-w", str(home)
    )
    assert code == 0
    figures = {entry["name"]: entry["figures"] for entry in data["scenarios"]}
    assert figures["singles"]["Visits"] == 0
    for name in ("base", "pairs", "meet"):
        assert figures[name]["Visits for two"] == figures[name]["Visits"] > 5
        assert figures[name]["People's hours"] > 10
    page = (home / "out" / DAY / "compare.html").read_text("utf-8")
    for words in ("Visits for two", "People's hours", "Waiting"):
        assert words in page.replace("&#39;", "'")


@pytest.mark.slow
def test_the_made_up_chinese_city_goes_in_pairs_and_its_certificate_is_clean(tmp_path, capsys) -> None:
    home = tmp_path / "yunzhou"
    assert (
        run(["sample", "--city", "synthetic", "--cases", "150", "--agents", "8", "--out", str(home), "-q"])
        == 0
    )
    (agents,), (cases,) = home.glob("*.xlsx"), home.glob("*.csv")
    assert run(["import", "agents", str(agents), "-w", str(home), "-q"]) in (0, 1)
    assert run(["import", "cases", str(cases), "-w", str(home), "-q"]) in (0, 1)
    assert run(["geocode", "-w", str(home), "-q"]) in (0, 1)
    assert call(capsys, "plan", "--date", DAY, *QUICK, "-w", str(home))[0] == 0
    made = routes(home)
    assert {len(route["members"]) for route in made} == {2}
    assert judged(home, capsys) == (sum(len(route["stops"]) for route in made), 0)
