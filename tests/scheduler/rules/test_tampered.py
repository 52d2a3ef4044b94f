"""A plan that is clean under every pack, tampered with in its file: each time the stop and the article are named."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scheduler.model.ledger import (
    AgentComplaint,
    AttendanceRequest,
    BlockedHours,
    BlockedPlace,
    CeaseContact,
    Pause,
    PauseKind,
    SafetyFlag,
    Settlement,
    VisitConsent,
    VisitRefusal,
    Vulnerability,
)
from scheduler.model.people import Customer, Place, PlaceKind
from scheduler.model.values import DailyHours
from scheduler.model.visit import Contact, ContactKind
from scheduler.planning.certified import rule_findings
from scheduler.planning.planfile import read_plan, write_plan
from scheduler.rules.base import RuleContext
from scheduler.rules.checker import certify
from scheduler.rules.packs import available, load_packs

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 25)
ALL_DAY = (DailyHours(time.min, time.max),)
WORK = PlaceKind.WORK
PLANNED = {"CREW-1": ("A1", "A2"), "CREW-2": ("A3", "A4")}


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


def contact(case: str, days: int, kind: ContactKind = ContactKind.VISIT, place: PlaceKind | None = None):
    when = datetime(2026, 11, 25, 4, tzinfo=UTC) - timedelta(days=days)
    return Contact(case=case, kind=kind, at=when, reached=False, agency="RED", place=place)


@pytest.fixture(scope="module")
def context(make) -> RuleContext:
    """Twelve packs, four certified agents and some others, and a ledger with something about many a case."""
    cases = [make.case(f"C{number}") for number in range(1, 30)]
    changed = {
        "C6": {"place": replace(cases[5].place, kind=WORK)},
        "C16": {"place": replace(cases[15].place, kind=WORK)},
        "C17": {"place": replace(cases[16].place, kind=WORK)},
        "C20": {"customer": cases[0].customer},
        "C21": {"customer": Customer(id="K-C21", name="x", flags=frozenset({"incapacity"}))},
        "C22": {"people": 3},
    }
    known = {case.id: replace(case, **changed.get(case.id, {})) for case in cases}
    consents = [
        make.mark(
            VisitConsent,
            f"CONSENT-{case}",
            case=case,
            purpose="arrears",
            since=DAY,
            until=DAY,
            hours=ALL_DAY,
            places=frozenset({WORK}) if case == "C6" else frozenset(),
        )
        for case in known
        if case != "C7"
    ]
    noon = (DailyHours(time(12), time(13)),)
    marks = [
        make.mark(BlockedHours, "M1", case="C1", hours=noon),
        make.mark(CeaseContact, "M8", case="C8", written=True),
        make.mark(VisitRefusal, "M9", case="C9"),
        make.mark(Vulnerability, "M12", case="C12"),
        make.mark(Pause, "M13", case="C13", reason=PauseKind.BEREAVEMENT),
        make.mark(Settlement, "M14", case="C14"),
        make.mark(BlockedPlace, "M15", case="C15", place=PlaceKind.HOME),
        make.mark(AgentComplaint, "M2", case="C2", agent="A5"),
        make.mark(SafetyFlag, "M4", case="C4"),
        make.mark(AttendanceRequest, "M23", case="C23", skill="gender:female"),
    ]
    contacts = (
        contact("C10", 3),
        contact("C11", 1, ContactKind.CALL),
        contact("C11", 12, ContactKind.CALL),
        contact("C11", 30, ContactKind.MESSAGE),
        contact("C17", 40, place=PlaceKind.HOME),
    )
    agents = [make.agent(f"A{number}", "certified") for number in range(1, 6)]
    agents += [make.agent("A6"), make.agent("A7", "certified", agency="BLUE")]
    return RuleContext(
        cases=known,
        zone=ZONE,
        packs=tuple(load_packs(list(available()))),
        contacts=contacts,
        marks=(*consents, *marks),
        agents={agent.id: agent for agent in agents},
    )


@pytest.fixture(scope="module")
def lawful(make, context, tmp_path_factory) -> Path:
    """The plan as written: six stops of two crews."""
    stops = [make.stop(at(9 + number), case=f"C{number}") for number in range(1, 7)]
    first = make.plan(*stops[:3], zone=ZONE.key, members=("A1", "A2")).routes[0]
    other = make.plan(*stops[3:], zone=ZONE.key, members=("A3", "A4")).routes[0]
    plan = make.plan(zone=ZONE.key, day=DAY, packs=tuple(pack.label for pack in context.packs))
    routes = (replace(first, vehicle="CREW-1"), replace(other, vehicle="CREW-2"))
    path = tmp_path_factory.mktemp("plan") / "plan.json"
    write_plan(replace(plan, routes=routes, created=at(18, day=date(2026, 11, 24))), path)
    return path


Tamper = Callable[[dict[str, Any]], None]


def stop(plan: dict[str, Any], case: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return next(
        (route, entry) for route in plan["routes"] for entry in route["stops"] if entry["case"] == case
    )


def move(case: str, hour: int, minute: int = 0) -> Tamper:
    """The visit is made at another hour."""

    def tamper(plan: dict[str, Any]) -> None:
        route, entry = stop(plan, case)
        start = at(hour, minute)
        entry["arrive"] = entry["start"] = start.isoformat()
        entry["finish"] = (start + timedelta(minutes=20)).isoformat()
        route["finish"] = max(route["finish"], entry["finish"])

    return tamper


def swap(case: str, other: str) -> Tamper:
    """Another case is visited instead."""

    def tamper(plan: dict[str, Any]) -> None:
        stop(plan, case)[1]["case"] = other

    return tamper


def staff(vehicle: str, *members: str) -> Tamper:
    """Others go."""

    def tamper(plan: dict[str, Any]) -> None:
        next(route for route in plan["routes"] if route["vehicle"] == vehicle)["members"] = list(members)

    return tamper


def put(*path: Any, value: Any) -> Tamper:
    """One value of the file is another."""

    def tamper(plan: dict[str, Any]) -> None:
        at: Any = plan
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = value

    return tamper


def postpone(plan: dict[str, Any]) -> None:
    """The whole plan is made on the following Sunday."""
    text = json.dumps(plan).replace("2026-11-25", "2026-11-29")
    plan.clear()
    plan.update(json.loads(text))


TAMPERED: list[tuple[str, Tamper, str, str, str]] = [
    ("too early for the United States", move("C1", 7, 30), "C1", "us-regulation-f", "12 CFR 1006.6(b)(1)(i)"),
    ("too late for India", move("C2", 18, 50), "C2", "in-rbi", "RBI circular of 2022"),
    ("too late for the house", move("C2", 19, 41), "C2", "house", "House policy"),
    ("too late for Indonesia", move("C3", 19, 50), "C3", "id-pojk-22", "POJK 22/2023, art. 62"),
    ("too late for Korea", move("C3", 21, 0), "C3", "kr", "Korea, law on fair debt collection"),
    ("in hours that were blocked", move("C1", 12, 30), "C1", "uk-conc-7", "CONC 7.9"),
    ("one goes alone", staff("CREW-1", "A1"), "C3", "cn-bank-2026", "art. 22"),
    ("the same agent twice", staff("CREW-1", "A1", "A1"), "C1", "cn-bank-2026", "art. 22"),
    ("somebody uncertified", staff("CREW-2", "A3", "A6"), "C5", "in-rbi", "RBI circular of 2022"),
    ("complained of", staff("CREW-1", "A1", "A5"), "C2", "doorstep", "Who may be sent to this customer"),
    ("another agency's", staff("CREW-1", "A1", "A7"), "C1", "doorstep", "Who may be sent to this customer"),
    ("an agent nobody knows", staff("CREW-1", "A1", "A9"), "C1", "doorstep", "The plan itself"),
    ("without consent", swap("C5", "C7"), "C7", "ie-cca-1995", "Consumer Protection Code, 3.37-3.39"),
    ("contact ceased", swap("C5", "C8"), "C8", "us-regulation-f", "12 CFR 1006.6(c)"),
    ("visits refused", swap("C5", "C9"), "C9", "au-rg96", "RG 96"),
    ("visited three days ago", swap("C5", "C10"), "C10", "ru-230fz", "Federal Law 230-FZ"),
    ("a fourth contact in a month", swap("C5", "C11"), "C11", "ie-cca-1995", "Ireland, contacts a month"),
    ("vulnerable", swap("C5", "C12"), "C12", "uk-conc-7", "CONC 7.9.14R"),
    ("in mourning", swap("C5", "C13"), "C13", "in-rbi", "RBI circular of 2022"),
    ("settled", swap("C5", "C14"), "C14", "doorstep", "Nothing is left to visit for"),
    ("a refused address", swap("C5", "C15"), "C15", "us-regulation-f", "12 CFR 1006.6(b)(1)(ii)"),
    ("at work before home", swap("C5", "C16"), "C16", "au-rg96", "RG 96"),
    ("at work, never agreed", swap("C5", "C17"), "C17", "id-pojk-22", "POJK 22/2023, art. 62"),
    ("at work in the evening", move("C6", 17, 0), "C6", "au-rg96", "RG 96"),
    ("the same customer twice", swap("C5", "C20"), "C20", "house", "House policy"),
    ("incapable", swap("C5", "C21"), "C21", "cn-gbt-45251-2025", "GB/T 45251-2025"),
    ("three must go", swap("C5", "C22"), "C22", "doorstep", "Who may be sent to this customer"),
    ("a woman was asked for", swap("C5", "C23"), "C23", "doorstep", "Who may be sent to this customer"),
    ("nobody knows the case", swap("C5", "C99"), "C99", "doorstep", "The plan itself"),
    ("another address", put("routes", 0, "stops", 0, "location", "lat", value=60.3), "C1", "doorstep", "The plan"),
    ("no notice", put("created", value="2026-11-25T12:30:00+08:00"), "C2", "uk-conc-7", "CONC 7.9.12R"),
    ("two visits at once", move("C2", 11, 50), "C3", "doorstep", "The plan itself"),
    ("one agent on two routes", staff("CREW-2", "A3", "A1"), "C6", "doorstep", "The plan itself"),
    ("another zone", put("zone", value="Europe/Helsinki"), "C4", "doorstep", "The plan itself"),
    ("another day", put("day", value="2026-11-26"), "C4", "doorstep", "The plan itself"),
    ("on a Sunday", postpone, "C1", "ie-cca-1995", "Consumer Credit Act 1995, s. 46"),
    ("an end before the visit with a risk", put("routes", 1, "finish", value="2026-11-25T13:05:00+08:00"), "C4",
     "doorstep", "Where a risk is known"),
]  # fmt: skip


def test_the_plan_is_clean_under_every_pack(lawful, context) -> None:
    plan, digest = read_plan(lawful)
    certificate = certify(plan, digest, context)
    assert [finding.as_row() for finding in certificate.findings] == []
    assert len(certificate.packs) == 12
    assert certificate.notes == ()
    judged = [result for result in certificate.results if result.judged]
    assert len(judged) >= 30


@pytest.mark.parametrize(("what", "tamper", "case", "pack", "cited"), TAMPERED, ids=[t[0] for t in TAMPERED])
def test_a_tampered_plan_fails_and_stop_and_article_are_named(
    lawful, context, tmp_path, what: str, tamper: Tamper, case: str, pack: str, cited: str
) -> None:
    raw = json.loads(lawful.read_text("utf-8"))
    tamper(raw)
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(raw), "utf-8")
    plan, digest = read_plan(path)
    certificate = certify(plan, digest, context)
    assert not certificate.clean
    assert certificate.plan_sha256 != read_plan(lawful)[1]
    named = [finding for finding in certificate.findings if finding.case == case]
    assert any(finding.source.pack == pack and cited in finding.source.cited for finding in named), named
    for language in ("en", "zh"):
        told = [found for found in rule_findings(certificate, language) if found.subject == case]
        assert any(cited in found.cause for found in told)


def test_only_the_stop_that_was_moved_is_found(lawful, context, tmp_path) -> None:
    raw = json.loads(lawful.read_text("utf-8"))
    move("C3", 20, 30)(raw)
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(raw), "utf-8")
    plan, digest = read_plan(path)
    assert {finding.case for finding in certify(plan, digest, context).findings} == {"C3"}


def test_a_home_whose_place_was_never_found_is_judged_all_the_same(make, context) -> None:
    case = make.case("C1", place=Place(address="x"))
    there = replace(context, cases={**context.cases, "C1": case})
    plan = make.plan(make.stop(at(10), case="C1"), zone=ZONE.key, members=("A1", "A2"))
    assert certify(replace(plan, created=at(8)), "00", there).clean
