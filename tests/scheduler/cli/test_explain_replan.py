"""A made-up day asked why, and planned again while it is under way."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.cli.main import run
from scheduler.model.plan import Plan, Reason, ReasonCode
from scheduler.planning.planfile import read_plan, write_plan
from scheduler.planning.travelfile import TRAVEL
from scheduler.settings import Workspace
from scheduler.store.opening import open_store

DAY = "2026-11-24"
STEPS = ("--iterations", "50", "--seconds", "60")  # the steps end it first


def call(capsys, *arguments: str) -> tuple[int, dict]:
    """Run a command with --json; its exit code and result."""
    capsys.readouterr()
    code = run([*arguments, "--json"])
    out = capsys.readouterr().out
    return code, json.loads(out) if out.strip() else {}


@pytest.fixture(scope="module")
def planned(tmp_path_factory, helsinki) -> Path:
    home = tmp_path_factory.mktemp("again") / "w"
    where = ["-q", "-w", str(home)]
    assert run(["sample", "--cases", "160", "--out", str(home), "-q"]) == 0
    assert run(["import", "agents", str(home / "agents.csv"), *where]) == 0
    assert run(["import", "cases", str(home / "cases.csv"), *where]) == 1
    assert run(["geocode", *where]) in (0, 1)
    assert run(["plan", "--date", DAY, "--iterations", "60", "--time-limit", "20", *where]) == 0
    return home


@pytest.fixture
def home(planned, tmp_path) -> Path:
    return Path(shutil.copytree(planned, tmp_path / "w"))


@pytest.fixture
def plan(home) -> Plan:
    return read_plan(home / "out" / DAY)[0]


def again(home: Path, capsys, *changes: str) -> tuple[int, dict, Plan | None]:
    arguments = ["replan", str(home / "out" / DAY), "--now", "13:00", *changes, "-w", str(home)]
    code, data = call(capsys, *arguments, "--iterations", "500", "--seconds", "20")
    return code, data, read_plan(Path(data["plan"]))[0] if data else None


def test_a_planned_visit_is_explained(home, plan, capsys) -> None:
    stop = plan.routes[0].stops[1]
    code, told = call(capsys, "explain", str(home / "out" / DAY), stop.case, *STEPS, "-w", str(home))
    assert code == 0
    assert told["at"] == {"agent": plan.routes[0].vehicle, "start": stop.start.isoformat()}
    codes = [option["code"] for option in told["options"]]
    assert "left_out" in codes
    assert {offer["agent"] for offer in told["offers"]} == {r.vehicle for r in plan.routes[1:]}
    assert all((offer["cost_minor"] is None) is (offer["reason"] is not None) for offer in told["offers"])


def test_one_left_out_has_reasons_and_the_words_name_nobody(home, plan, capsys) -> None:
    entry = next(left for left in plan.unassigned if left.reasons[0].code is ReasonCode.NO_TIME_LEFT)
    arguments = ["explain", str(home / "out" / DAY), entry.case, *STEPS, "-w", str(home)]
    code, told = call(capsys, *arguments)
    assert code == 1
    assert told["reasons"]
    assert {option["code"] for option in told["options"]} & {"one_more_vehicle", "longer_day", "higher_worth"}
    costs = [option["cost_minor"] for option in told["options"]]
    assert costs == sorted(costs)
    assert run(arguments) == 1
    words = capsys.readouterr().out
    table = (home / "agents.csv").read_text("utf-8-sig")
    names = [line.split(",")[1] for line in table.splitlines()[1:]]
    assert not any(name in words for name in names)
    settings = home / "doorstep.toml"
    settings.write_text(settings.read_text("utf-8").replace('language = "en"', 'language = "zh"'), "utf-8")
    assert run(arguments) == 1
    assert f"{entry.case}：未排入 {DAY} 的计划" in capsys.readouterr().out


def test_a_case_that_is_not_due_or_not_known(home, plan, capsys) -> None:
    known = {stop.case for stop in plan.visits} | {entry.case for entry in plan.unassigned}
    table = (home / "cases.csv").read_text("utf-8-sig")
    other = next(ident for line in table.splitlines()[1:] if (ident := line.split(",")[0]) not in known)
    code, told = call(capsys, "explain", str(home / "out" / DAY), other, "-w", str(home))
    assert (code, told["served"], bool(told["not_due"])) == (1, False, True)
    assert call(capsys, "explain", str(home / "out" / DAY), "nobody", "-w", str(home))[0] == 2


def test_whoever_is_away_is_stood_in_for_and_the_past_stays(home, plan, capsys) -> None:
    route = max(plan.routes, key=lambda route: route.stops[-1].start)
    code, data, made = again(home, capsys, "--away", route.vehicle)
    assert code == 0
    assert made is not None
    assert data["clean"]
    now = data["now"]
    for old in plan.routes:
        begun = [stop for stop in old.stops if stop.start.isoformat() <= now]
        new = next((entry for entry in made.routes if entry.vehicle == old.vehicle), None)
        assert not begun or (new is not None and list(new.stops[: len(begun)]) == begun)
    later = [
        s for r in made.routes if r.vehicle == route.vehicle for s in r.stops if s.start.isoformat() > now
    ]
    assert later == []
    away = {move["case"] for move in data["moves"] if move["cause"] == "away"}
    assert away == {stop.case for stop in route.stops if stop.start.isoformat() > now}
    assert run(["check", str(Path(data["plan"]).parent), "-q", "-w", str(home)]) == 0
    assert run(["publish", str(Path(data["plan"]).parent), "-q", "-w", str(home)]) == 0


def test_cancelled_added_and_pinned_visits(home, plan, capsys) -> None:
    last = sorted((route.stops[-1] for route in plan.routes), key=lambda stop: stop.start)
    gone, kept = last[-1].case, last[-2]
    late = (ReasonCode.NO_TIME_LEFT, ReasonCode.DISPLACED_BY, ReasonCode.NOT_WORTH_ITS_TRAVEL)
    wanted = next(left.case for left in plan.unassigned if left.reasons[0].code in late)
    code, data, made = again(home, capsys, "--cancel", gone, "--pin", kept.case, "--add", wanted)
    assert made is not None
    stops = {stop.case: stop for stop in made.visits}
    assert gone not in stops
    assert {entry.case: entry.reasons[0].code for entry in made.unassigned}[gone] is ReasonCode.CANCELLED
    assert stops[kept.case].pinned
    assert abs((stops[kept.case].start - kept.start).total_seconds()) <= 900
    assert (wanted in stops) is (code == 0)
    assert data["unplaced"] == ([] if code == 0 else [wanted])


def test_nothing_changed_moves_nobody(home, plan, capsys) -> None:
    code, data, made = again(home, capsys, "--move-price", "10000", "--tolerance", "0")
    assert code == 0
    assert made is not None
    assert all(move["before"] is None for move in data["moves"])  # there may be room for more
    now = {(route.vehicle, stop.case, stop.start) for route in made.routes for stop in route.stops}
    assert {(route.vehicle, stop.case, stop.start) for route in plan.routes for stop in route.stops} <= now


@pytest.mark.parametrize(
    "wrong",
    [
        ["--away", "nobody"],
        ["--cancel", "nobody"],
        ["--add", "nobody"],
        ["--late", "A"],
        ["--move-price", "much"],
        ["--now", "25:00"],
    ],
)
def test_what_cannot_be_is_refused_with_a_word(home, capsys, wrong) -> None:
    assert run(["replan", str(home / "out" / DAY), "--now", "13:00", *wrong, "-w", str(home)]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_what_if_can_be_asked_about_and_planned_again_but_nobody_goes_out_by_it(home, capsys) -> None:
    (home / "more.toml").write_text(
        'copies_of = ["A-CAR-1"]\nagents_away = ["A-CAR-2"]\nshift = "11:00-19:30"\nspeed_factor = 0.9\n',
        "utf-8",
    )
    search = ["--date", DAY, "--iterations", "300", "--time-limit", "20", "--workers", "1"]
    code, data = call(capsys, "scenario", "run", str(home / "more.toml"), *search, "-w", str(home))
    assert code == 0
    folder = Path(data["plans"][0]).parent
    assert folder == home / "out" / DAY / "what-ifs" / "more"
    made = read_plan(folder)[0]
    copy = next(route for route in made.routes if route.vehicle == "A-CAR-1+1")
    code, told = call(capsys, "explain", str(folder), copy.stops[-1].case, *STEPS, "-w", str(home))
    assert (code, told["at"]["agent"]) == (0, copy.vehicle)
    assert "A-CAR-2" not in {offer["agent"] for offer in told["offers"]}
    assert all(offer["start"][11:16] >= "11:00" for offer in told["offers"] if offer["start"])

    again = ["replan", str(folder), "--now", "15:00", "--away", copy.vehicle, "--iterations", "300"]
    code, data = call(capsys, *again, "--seconds", "20", "-w", str(home))
    assert (code, data["clean"]) == (0, True)
    assert Path(data["plan"]).parent == folder.with_name("more-1500")
    new = read_plan(Path(data["plan"]))[0]
    assert new.scenario == made.scenario
    kept = {stop.case for route in new.routes if route.vehicle == copy.vehicle for stop in route.stops}
    assert kept == {stop.case for stop in copy.stops if f"{stop.start:%H:%M}" <= "15:00"}

    for plan in (folder, folder.with_name("more-1500")):
        assert call(capsys, "check", str(plan), "-w", str(home))[0] == 1
        assert call(capsys, "publish", str(plan), "-w", str(home))[0] == 3
    assert not (folder / "index.html").exists()


def test_what_is_planned_for_another_day_or_was_cancelled_does_not_come_in(home, plan, capsys) -> None:
    late = next(left for left in plan.unassigned if left.reasons[0].code is ReasonCode.NO_TIME_LEFT)
    other = Reason(code=ReasonCode.OTHER_DAY, proven=True, day=plan.day + timedelta(days=1))
    left = tuple(replace(e, reasons=(other,)) if e.case == late.case else e for e in plan.unassigned)
    write_plan(replace(plan, unassigned=left), home / "out" / DAY / "plan.json")
    gone = [stop.case for stop in plan.visits if f"{stop.start:%H:%M}" > "13:30"][-8:]
    cancel = [word for case in gone for word in ("--cancel", case)]
    _, data, made = again(home, capsys, *cancel)
    folder = Path(data["plan"]).parent
    arguments = ["replan", str(folder), "--now", "13:01", "--iterations", "500", "--seconds", "20"]
    _, data = call(capsys, *arguments, "-w", str(home))
    for new in (made, read_plan(Path(data["plan"]))[0]):
        assert {late.case, *gone}.isdisjoint(stop.case for stop in new.visits)
    code, told = call(capsys, "explain", str(folder), late.case, *STEPS, "-w", str(home))
    assert (code, told["reasons"][0]["code"], told["options"]) == (1, "other_day", [])


def test_travel_is_as_it_was_planned_and_not_searched_again(home, plan, capsys, monkeypatch) -> None:
    def opened(*_args, **_kwargs) -> None:
        raise AssertionError("streets were opened")

    monkeypatch.setattr("scheduler.planning.roads.open_engine", opened)
    code, _, made = again(home, capsys, "--away", plan.routes[0].vehicle)
    assert code == 0
    assert made is not None
    later = home / "out" / f"{DAY}-1300"
    assert run(["replan", str(later), "--now", "15:00", *STEPS, "-q", "-w", str(home)]) == 0
    stop = plan.routes[1].stops[0].case
    assert run(["explain", str(home / "out" / DAY), stop, *STEPS, "-q", "-w", str(home)]) == 0


def test_travel_goes_with_the_plan_of_an_erased_customer(home, plan) -> None:
    travel = home / "out" / DAY / TRAVEL
    assert travel.is_file()
    with open_store(Workspace.open(home)) as store:
        case = next(case for case in store.cases() if case.id == plan.routes[0].stops[0].case)
    assert run(["purge", "--customer", case.customer.id, "--yes", "-q", "-w", str(home)]) == 0
    assert not travel.exists()
