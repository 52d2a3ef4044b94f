"""The whole path on a small sample: tables in, pages out, and a plan that was touched is refused."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from scheduler.cli.main import run

DAY = "2026-11-24"


def call(capsys, *arguments: str) -> tuple[int, dict]:
    """Run a command with --json; its exit code and result."""
    capsys.readouterr()
    code = run([*arguments, "--json"])
    out = capsys.readouterr().out
    return code, json.loads(out) if out.strip() else {}


@pytest.fixture(scope="module")
def planned(tmp_path_factory, helsinki) -> Path:
    """A workspace with a plan; tests copy it."""
    home = tmp_path_factory.mktemp("day") / "w"
    where = ["-q", "-w", str(home)]
    assert run(["sample", "--cases", "60", "--out", str(home), "-q"]) == 0
    assert run(["import", "agents", str(home / "agents.csv"), *where]) == 0
    assert run(["import", "cases", str(home / "cases.csv"), *where]) == 1  # real lists have faults
    assert run(["geocode", *where]) in (0, 1)
    assert run(["plan", "--date", DAY, "--iterations", "5", "--time-limit", "20", *where]) == 0
    return home


@pytest.fixture
def home(planned, tmp_path) -> Path:
    return Path(shutil.copytree(planned, tmp_path / "w"))


def test_select_says_who_and_why_not(home, capsys) -> None:
    code, data = call(capsys, "select", "--date", DAY, "-w", str(home))
    assert code == 0
    assert data["due"] == len(data["visits"]) or len(data["visits"]) == 20
    assert all(visit["reasons"] for visit in data["visits"])
    some = next(iter(data["visits"]))["case"]
    assert call(capsys, "select", "--date", DAY, "--why-not", some, "-w", str(home))[1]["due"] is True
    assert call(capsys, "select", "--why-not", "nobody", "-w", str(home))[0] == 2


def test_importing_again_changes_nothing_and_says_what_was_settled(home, capsys) -> None:
    _, again = call(capsys, "import", "cases", str(home / "cases.csv"), "-w", str(home))
    assert again["added"] == []
    assert again["changed"] == {}
    with (home / "cases.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    shorter = home / "shorter.csv"
    with shorter.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows[1:])
    assert call(capsys, "import", "cases", str(shorter), "-w", str(home))[1]["settled"] == [rows[0]["id"]]


def test_the_same_seed_and_iterations_give_the_same_routes(home, capsys) -> None:
    def routes(folder: str) -> list:
        arguments = [
            "--date",
            DAY,
            "--iterations",
            "5",
            "--time-limit",
            "60",
            "--out",
            str(home / folder),
            "-w",
            str(home),
        ]
        assert call(capsys, "plan", *arguments)[0] == 0
        return json.loads((home / folder / "plan.json").read_text())["routes"]

    assert routes("a") == routes("b")


def test_a_plan_says_how_near_the_best_possible_it_is(home, capsys) -> None:
    arguments = ["--date", DAY, "--iterations", "5", "--time-limit", "20", "-w", str(home)]
    code, data = call(capsys, "plan", *arguments, "--bound", "5")
    assert code == 0
    kept = json.loads((home / "out" / DAY / "plan.json").read_text("utf-8"))["solved"]
    assert kept["bound"] == data["bound"] <= kept["cost"]
    assert f"costs less than {data['bound']:,}" in data["nearness"]
    assert "of the best possible" in data["nearness"]
    assert call(capsys, "plan", *arguments, "--bound", "5", "--days", "2")[0] == 2


def test_a_plan_names_nobody(home) -> None:
    text = (home / "out" / DAY / "plan.json").read_text("utf-8")
    with (home / "cases.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            assert row["customer_name"] not in text
            assert row["phone"] not in text


def test_a_touched_plan_fails_the_check_and_is_not_published(home, capsys) -> None:
    path = home / "out" / DAY / "plan.json"
    plan = json.loads(path.read_text("utf-8"))
    stop = next(route for route in plan["routes"] if route["stops"])["stops"][0]
    for name in ("arrive", "start", "finish"):
        stop[name] = stop[name].replace(stop[name][11:13], "22", 1)
    path.write_text(json.dumps(plan), "utf-8")
    code, data = call(capsys, "check", str(path), "-w", str(home))
    assert code == 1
    found = [finding for rule in data["rules"] for finding in rule["findings"]]
    assert {finding["case"] for finding in found} == {stop["case"]}
    assert run(["publish", str(path), "-w", str(home), "-q"]) == 3
    assert stop["case"] in capsys.readouterr().err
    assert not (path.parent / "index.html").exists()


def test_publishing_writes_every_file_and_no_name_for_the_dispatcher(home, capsys) -> None:
    folder = home / "out" / DAY
    code, data = call(capsys, "publish", str(folder), "-w", str(home))
    assert code == 0
    for agent in data["agents"]:
        for name in (f"agents/{agent}.html", f"route-sheets/{agent}.html", f"route-sheets/{agent}.pdf"):
            assert (folder / name).stat().st_size > 1000
        for suffix in ("ics", "gpx"):
            assert (folder / f"{agent}.{suffix}").is_file()
    for name in ("index.html", "day.xlsx", "plan.json", "findings.csv", "certificate.json"):
        assert (folder / name).stat().st_size > 0
    page = (folder / "index.html").read_text("utf-8")
    sheet = (folder / "agents" / f"{data['agents'][0]}.html").read_text("utf-8")
    with (home / "cases.csv").open(encoding="utf-8-sig", newline="") as file:
        names = {row["customer_name"] for row in csv.DictReader(file)}
    assert not [name for name in names if name in page]
    assert [name for name in names if name in sheet]


def settle(home: Path, *cases: str) -> None:
    """Read the bank's list again, without these cases."""
    with (home / "cases.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with (home / "settled.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(row for row in rows if row["id"] not in cases)
    run(["import", "cases", str(home / "settled.csv"), "-w", str(home), "-q"])


def first_stops(home: Path) -> list[str]:
    """The cases of the first route that has two stops or more."""
    plan = json.loads((home / "out" / DAY / "plan.json").read_text("utf-8"))
    return next(
        [stop["case"] for stop in route["stops"]] for route in plan["routes"] if len(route["stops"]) > 1
    )


def test_what_changed_since_planning_is_withdrawn_and_told(home, capsys) -> None:
    folder = home / "out" / DAY
    settled, ceased = first_stops(home)[:2]
    settle(home, settled)
    mark = ("cease_contact", "--case", ceased, "--since", DAY, "--source", "letter")
    assert run(["ledger", "add", *mark, "-w", str(home), "-q"]) == 0
    code, data = call(capsys, "publish", str(folder), "--dry-run", "-w", str(home))
    assert (code, data["known"], data["clean"]) == (1, True, True)
    assert [(entry["case"], entry["code"]) for entry in data["withdrawn"]] == [
        (settled, "settled"),
        (ceased, "cease"),
    ]
    assert not (folder / "index.html").exists()
    code = run(["publish", str(folder), "-w", str(home), "--json"])
    said = capsys.readouterr()
    assert code == 1
    assert sorted(json.loads(said.out)["withdrawn"]) == sorted([settled, ceased])
    assert settled in said.err
    assert ceased in said.err
    left = json.loads((folder / "plan.json").read_text("utf-8"))
    assert not {settled, ceased} & {stop["case"] for route in left["routes"] for stop in route["stops"]}
    assert json.loads((folder / "certificate.json").read_text("utf-8"))["clean"] is True
    with (home / "cases.csv").open(encoding="utf-8-sig", newline="") as file:
        gone = [row["customer_name"] for row in csv.DictReader(file) if row["id"] in (settled, ceased)]
    pages = "".join(page.read_text("utf-8") for page in (folder / "agents").glob("*.html"))
    assert not [name for name in gone if name in pages]
    assert (
        call(capsys, "publish", str(folder), "-w", str(home))[0] == 0
    )  # what is left is a plan of the store's


@pytest.mark.parametrize(
    ("told", "code", "words"),
    [
        (
            ("visit", "--at", "2026-11-23 18:00", "--reached", "no", "--agency", "AG2"),
            "visit_cap",
            "House policy",
        ),
        (("pause", "--since", DAY, "--until", DAY, "--reason", "hospital"), "pause", ""),
        (("visit_refusal", "--since", DAY), "cease", ""),
        (("settlement", "--since", DAY), "settled", ""),
    ],
)
def test_whatever_the_ledger_was_told_since_is_obeyed(home, capsys, told, code, words) -> None:
    case = first_stops(home)[0]
    assert run(["ledger", "add", *told, "--case", case, "--source", "letter", "-w", str(home), "-q"]) == 0
    capsys.readouterr()
    assert run(["publish", str(home / "out" / DAY), "--dry-run", "-w", str(home), "--json"]) == 1
    said = capsys.readouterr()
    assert [(entry["case"], entry["code"]) for entry in json.loads(said.out)["withdrawn"]] == [(case, code)]
    assert words in said.err
    assert case in said.err


def test_an_agent_whose_stops_are_all_withdrawn_has_no_page_any_more(home, capsys) -> None:
    folder = home / "out" / DAY
    assert call(capsys, "publish", str(folder), "-w", str(home))[0] == 0
    plan = json.loads((folder / "plan.json").read_text("utf-8"))
    first = next(route for route in plan["routes"] if route["stops"])
    before = {path.name for path in folder.rglob(f"*{first['vehicle']}.*")}
    assert len(before) >= 5
    settle(home, *(stop["case"] for stop in first["stops"]))
    code, data = call(capsys, "publish", str(folder), "-w", str(home))
    assert (code, len(data["withdrawn"])) == (1, len(first["stops"]))
    assert {path.name for path in folder.rglob(f"*{first['vehicle']}.*")} == set()
    assert (folder / "index.html").is_file()


def test_a_touched_plan_that_the_facts_have_overtaken_is_refused(home, capsys) -> None:
    path = home / "out" / DAY / "plan.json"
    settled = first_stops(home)[0]
    settle(home, settled)
    path.write_text(path.read_text("utf-8") + " ", "utf-8")
    assert run(["publish", str(path), "-w", str(home), "-q"]) == 3
    assert settled in capsys.readouterr().err
    assert not (path.parent / "index.html").exists()


def test_erasing_a_customer_removes_the_day_they_stand_on(home, capsys) -> None:
    folder = home / "out" / DAY
    case = first_stops(home)[0]
    assert call(capsys, "publish", str(folder), "-w", str(home))[0] == 0
    with (home / "cases.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = (row for row in csv.DictReader(file) if row["id"] == case)
    erased = call(capsys, "purge", "--customer", row.get("customer_id") or case, "--yes", "-w", str(home))[1]
    assert erased["files"] > 10
    assert not folder.exists()
    for file in home.glob("doorstep.db*"):
        assert row["customer_name"].encode() not in file.read_bytes()
    assert call(capsys, "audit", "verify", "-w", str(home))[0] == 0


def test_an_encrypted_workspace_goes_the_same_way(home, tmp_path, capsys, monkeypatch) -> None:
    folder = home / "out" / DAY
    with (home / "cases.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert call(capsys, "key", "new", str(tmp_path / "k.key"), "-w", str(home))[0] == 0
    monkeypatch.setenv("DOORSTEP_KEY_FILE", str(tmp_path / "k.key"))
    assert call(capsys, "geocode", "--again", "-w", str(home))[0] in (0, 1)
    assert call(capsys, "publish", str(folder), "-w", str(home))[0] == 0
    assert call(capsys, "audit", "verify", "-w", str(home))[1]["signed"] is True
    kept = b"".join(path.read_bytes() for path in home.glob("doorstep.db*"))
    for row in rows:
        for column in ("customer_name", "phone", "address"):
            assert not row[column] or row[column].encode() not in kept, column


def test_scenarios_are_compared(home, capsys) -> None:
    files = [str(home / f"{name}.toml") for name in ("base", "more-agents", "late-shift")]
    arguments = ["--date", DAY, "--iterations", "2", "--time-limit", "20", "-w", str(home), "--workers", "2"]
    code, data = call(capsys, "scenario", "run", *files, *arguments)
    assert code == 0
    assert [scenario["name"] for scenario in data["scenarios"]] == ["base", "more-agents", "late-shift"]
    assert Path(data["page"]).stat().st_size > 5000
    events = [row["event"] for row in call(capsys, "audit", "show", "-w", str(home))[1]["rows"]]
    assert events[-1] == "wrote_compare"


def test_doubtful_addresses_go_to_a_person_and_come_back(home, capsys) -> None:
    code, data = call(capsys, "review", "-w", str(home))
    assert (home / "out" / "review.html").is_file()
    with (home / "out" / "review.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == data["doubtful"]
    if not rows:
        pytest.fail("the sample has an unknown street")
    assert code == 1
    rows[0] |= {"lat": "60.1700", "lon": "24.9400"}
    with (home / "filled.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    assert call(capsys, "review", "--take", str(home / "filled.csv"), "-w", str(home))[1]["taken"] == 1
    assert call(capsys, "review", "-w", str(home))[1]["doubtful"] == len(rows) - 1


def test_fairness_is_audited_without_a_person_on_the_page(home, tmp_path, capsys) -> None:
    plan = str(home / "out" / DAY)
    with (home / "cases.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    ages = tmp_path / "ages.csv"
    ages.write_text(
        "case,age\n" + "".join(f"{row['id']},{20 + n % 50}\n" for n, row in enumerate(rows)), "utf-8"
    )
    groups = ("--groups", str(ages), "--bands", "age=45", "--by", "product", "--least", "10")
    code, data = call(capsys, "audit", "fairness", plan, *groups, "-w", str(home))
    assert code == bool(data["unexplained"])
    assert [one["field"] for one in data["fields"]] == ["product", "age"]
    by_age = data["fields"][1]["groups"]
    assert {one["group"] for one in by_age} == {"<45", ">=45"}
    assert sum(one["cases"] for one in by_age) + data["fields"][1]["unknown"] == data["cases"]
    assert [made["outcome"] for made in by_age[0]["comparisons"]] == ["due", "visited", "hours"]
    page = Path(data["page"]).read_text("utf-8")
    told = page + json.dumps(data, ensure_ascii=False)
    for row in rows:
        for column in ("id", "customer_name", "phone", "address"):
            assert not row[column] or row[column] not in told, column
    kept = b"".join(path.read_bytes() for path in home.glob("doorstep.db*"))
    assert b"<45" not in kept
    last = call(capsys, "audit", "show", "--last", "2", "-w", str(home))[1]["rows"]
    assert [(row["event"], row["detail"].get("at")) for row in last] == [
        ("looked", "fairness"),
        ("wrote_fairness", None),
    ]
    erased = call(
        capsys, "purge", "--customer", rows[0].get("customer_id") or rows[0]["id"], "--yes", "-w", str(home)
    )
    assert erased[0] == 0
    assert Path(data["page"]).is_file()  # it holds nobody


def test_fairness_takes_no_plan_that_was_touched(home, capsys) -> None:
    path = home / "out" / DAY / "plan.json"
    path.write_text(path.read_text("utf-8") + " ", "utf-8")
    assert run(["audit", "fairness", str(path), "-w", str(home), "-q"]) == 2
    assert "was edited since" in capsys.readouterr().err
    assert run(["audit", "fairness", "--bands", "age=3", "-w", str(home), "-q"]) == 2
    assert run(["audit", "fairness", "--date", DAY, "-w", str(home), "-q"]) in (0, 1)
    assert call(capsys, "audit", "fairness", "--date", DAY, "-w", str(home))[1]["visited"] == 0


@pytest.mark.parametrize(
    ("key", "value"), [("id", "20261124-base-9"), ("scenario", {"name": "mine"}), ("extract", "x")], ids=str
)
def test_a_plan_that_was_edited_where_no_rule_looks_is_not_published(home, capsys, key, value) -> None:
    path = home / "out" / DAY / "plan.json"
    raw = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(raw | {key: value}), "utf-8")
    assert run(["check", str(path), "-w", str(home), "-q"]) == 1
    assert "did not make this plan" in capsys.readouterr().err
    assert run(["publish", str(path), "-w", str(home), "-q"]) == 3
    assert "did not make this plan" in capsys.readouterr().err
    assert not (path.parent / "index.html").exists()
    rows = call(capsys, "audit", "show", "--last", "2", "-w", str(home))[1]["rows"]
    assert [row["event"] for row in rows] == ["checked", "refused"]
    assert len({row["detail"]["sha256"] for row in rows}) == 1


def test_a_plan_of_another_workspace_is_told_from_ones_own(home, tmp_path, capsys) -> None:
    """The same cases, planned elsewhere: lawful, and none of this store's."""
    other = Path(shutil.copytree(home, tmp_path / "other"))
    arguments = ("--date", DAY, "--iterations", "3", "--time-limit", "20", "--seed", "9")
    assert call(capsys, "plan", *arguments, "-w", str(other))[0] == 0
    plan = str(other / "out" / DAY)
    assert call(capsys, "check", plan, "-w", str(other))[0] == 0
    assert run(["check", plan, "-w", str(home), "-q"]) == 1
    said = capsys.readouterr().err
    assert said.count("error:") == 1
    assert "did not make this plan" in said
    assert run(["publish", plan, "--out", str(tmp_path / "pages"), "-w", str(home), "-q"]) == 3
    assert not (tmp_path / "pages" / "index.html").exists()


def test_the_trail_names_who_planned_looked_checked_and_published(home, capsys, monkeypatch) -> None:
    monkeypatch.setenv("DOORSTEP_USER", "petra")
    plan, where = str(home / "out" / DAY), ("-w", str(home))
    case = first_stops(home)[0]
    before = call(capsys, "audit", "verify", *where)[1]["rows"]
    steps = [
        (("plan", "--date", DAY, "--iterations", "2", "--time-limit", "20"), ["plan", "wrote_plan"]),
        (("select", "--date", DAY), ["looked"]),
        (("ledger", "show", case), ["looked"]),
        (("rules", "test", "--date", DAY), ["looked"]),
        (("check", plan), ["checked"]),
        (("publish", plan, "--dry-run"), ["looked"]),
        (("publish", plan), ["wrote_day", "wrote_agents"]),
        (("review",), ["wrote_review"]),
        (
            ("ledger", "add", "call", "--case", case, "--at", "2026-11-20 10:00", "--reached", "no"),
            ["ledger"],
        ),
    ]
    expected = []
    for step, events in steps:
        assert call(capsys, *step, *where)[0] in (0, 1), step
        expected += events
    rows = call(capsys, "audit", "show", "--last", "500", *where)[1]["rows"][before:]
    assert [row["event"] for row in rows] == expected
    assert {row["who"] for row in rows} == {"petra"}
    assert case not in json.dumps(rows)
    assert call(capsys, "audit", "verify", *where)[1]["findings"] == []
