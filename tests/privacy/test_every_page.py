"""Every file that publishing wrote, read as deeply as anybody can, against what its reader may see."""

from __future__ import annotations

import base64
import io
import json
import re
from pathlib import Path

import openpyxl
import pytest

from geodata.coordinates import LatLon
from scheduler.model.money_text import money_text
from scheduler.model.values import Money
from scheduler.publishing.audiences import SIGHTS, Audience, Field
from scheduler.publishing.pseudonyms import rounded

KINDS = {
    Field.NAME: "name",
    Field.PHONE: "phone",
    Field.ADDRESS: "address",
    Field.AMOUNT: "amount",
    Field.CASE_ID: "case_id",
}
OF_AGENTS = {
    Field.AGENT_NAME: "agent_name",
    Field.AGENT_START: "agent_start",
    Field.AGENT_ID: "agent_id",
}
# Calendars and map apps are other people's: they learn less than the agent who opens them.
BARE = frozenset({".ics", ".gpx", ".geojson"})


class Reader:
    """Whose file it is: an audience, and of an agency or a team which."""

    def __init__(self, audience: Audience, whose: str = "") -> None:
        self.audience, self.whose = audience, whose

    @classmethod
    def of(cls, path: Path) -> Reader:
        """By where the file lies below the workspace's out/. An unknown place is a failure."""
        parts = path.parts[1:] if re.fullmatch(r"\d{4}-\d\d-\d\d", path.parts[0]) else path.parts
        name = parts[-1]
        if parts[0] in ("planner", "auditor"):
            return cls(Audience(parts[0]))
        if parts[0] == "agencies":
            return cls(Audience.AGENCY, parts[1])
        if name in ("review.html", "review.csv"):
            return cls(Audience.REVIEWER)
        if name == "compare.html":
            return cls(Audience.PLANNER)
        if parts[0] in ("agents", "route-sheets") or path.suffix in BARE:
            return cls(Audience.AGENT, path.stem)
        if name in ("index.html", "day.xlsx", "plan.json", "findings.csv", "certificate.json", "travel.bin"):
            return cls(Audience.DISPATCHER)
        raise AssertionError(f"{path} is nobody's")


@pytest.fixture(scope="module")
def files(published) -> dict[Path, bytes]:
    out = published.home / "out"
    return {path.relative_to(out): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def plan(published, day) -> dict:
    return json.loads((published.home / "out" / day / "plan.json").read_text("utf-8"))


def mine(published, plan, reader: Reader) -> tuple[set[str], set[str]]:
    """Cases and agents that are the reader's own."""
    everyone = set(published.people), set(published.agents)
    if reader.audience is Audience.AGENCY:
        return (
            {case for case, person in published.people.items() if person.agency == reader.whose},
            {ident for ident, agency in published.agent_agency.items() if agency == reader.whose},
        )
    if reader.audience is Audience.AGENT:
        route = next(route for route in plan["routes"] if route["vehicle"] == reader.whose)
        return {stop["case"] for stop in route["stops"]}, set(route["members"])
    return everyone


def test_no_file_holds_what_its_reader_may_not_see(published, plan, files, reading) -> None:
    customers = published.customers("note", "flag", *KINDS.values())
    workers = published.workers("agent_phone", *OF_AGENTS.values())
    leaks = []
    for path, data in files.items():
        reader = Reader.of(path)
        sight = SIGHTS[reader.audience]
        cases, agents = mine(published, plan, reader)
        bare = path.suffix in BARE
        seen = {kind for field, kind in {**KINDS, **OF_AGENTS}.items() if sight.sees(field) and not bare}
        forbidden = [one for one in customers if one.kind not in seen or one.of not in cases]
        forbidden += [one for one in workers if one.kind not in seen or one.of not in agents]
        leaks += [f"{path}: {kind} of {of}" for kind, of in sorted(reading(data, forbidden))]
    assert leaks == []


def test_what_is_looked_for_is_found_where_it_may_be(published, plan, files, reading) -> None:
    routes = [route for route in plan["routes"] if route["stops"]]
    assert routes
    for route in routes:
        for name, kinds in (
            (f"agents/{route['vehicle']}.html", ("name", "phone", "address", "case_id")),
            (f"route-sheets/{route['vehicle']}.html", ("name", "phone", "address")),
            (f"route-sheets/{route['vehicle']}.pdf", ("name", "phone", "address")),
        ):
            found = reading(files[Path(plan["day"]) / name], published.customers(*kinds, "amount"))
            for stop in route["stops"]:
                assert {(kind, stop["case"]) for kind in (*kinds, "amount")} <= found, name
    page = reading(files[Path(plan["day"]) / "day.xlsx"], published.customers("case_id"))
    assert {case for _, case in page} >= {stop["case"] for route in routes for stop in route["stops"]}


def test_the_list_reads_the_reviewer_addresses_and_no_names(published, files, reading) -> None:
    for name in ("review.html", "review.csv"):
        found = reading(files[Path(name)], published.customers("address", "name"))
        assert {kind for kind, _ in found} == {"address"}


def positions(plan: dict) -> set[tuple[float, float]]:
    places = [route[end] for route in plan["routes"] for end in ("start", "end") if route[end]]
    places += [stop["location"] for route in plan["routes"] for stop in route["stops"]]
    places += [entry["location"] for entry in plan["unassigned"] if entry["location"]]
    return {(place["lat"], place["lon"]) for place in places}


def test_who_may_not_see_places_is_given_the_middle_of_100_metres(plan, files) -> None:
    day = Path(plan["day"])
    exact = positions(plan)
    assert positions(json.loads(files[day / "agencies" / "AG-ONE" / "plan.json"])) <= exact
    for audience in ("planner", "auditor"):
        shown = positions(json.loads(files[day / audience / "plan.json"]))
        assert shown == {(p.lat, p.lon) for p in (rounded(LatLon(*place)) for place in exact)}
        for name in ("index.html", "day.xlsx"):
            assert not written_out(files[day / audience / name], exact - shown), (audience, name)
    assert not written_out(files[day / "compare.html"], exact)
    assert written_out(files[day / "index.html"], exact)


def written_out(data: bytes, places: set[tuple[float, float]]) -> list[tuple[float, float]]:
    """Places whose latitude and longitude stand beside each other, as text or as a page's packed line."""
    text = data.decode("utf-8", errors="replace")
    found = []
    on_lines = {point for packed in re.findall(r'"line":"([^"]+)"', text) for point in unpack(packed)}
    for lat, lon in places:
        pair = rf"{re.escape(f'{lat:.7f}'[:8])}\d*\W{{1,12}}(?:lon\W{{1,4}})?{re.escape(f'{lon:.7f}'[:8])}"
        if re.search(pair, text) or (round(lat * 1e5), round(lon * 1e5)) in on_lines:
            found.append((lat, lon))
    return found


def unpack(packed: str) -> list[tuple[int, int]]:
    """The points of a packed line, in 1e-5 degrees."""
    numbers, value, shift = [], 0, 0
    for byte in base64.b64decode(packed):
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            numbers.append(value)
            value, shift = 0, 0
    lat = lon = 0
    points = []
    for k in range(2, len(numbers) - 1, 2):
        step = [-(n + 1) // 2 if n % 2 else n // 2 for n in numbers[k : k + 2]]
        lat, lon = lat + step[0], lon + step[1]
        points.append((lat, lon))
    return points


def test_pseudonyms_are_one_for_a_case_wherever_it_stands(plan, files) -> None:
    day = Path(plan["day"])
    shown = json.loads(files[day / "planner" / "plan.json"])
    names = {stop["case"] for route in shown["routes"] for stop in route["stops"]}
    assert len(names) == sum(len(route["stops"]) for route in plan["routes"])
    assert all(re.fullmatch(r"case-[a-z2-7]{10}", name) for name in names)
    page = files[day / "planner" / "index.html"].decode()
    moved = set(re.findall(r"case-[a-z2-7]{10}", files[day / "compare.html"].decode()))
    assert names <= set(re.findall(r"case-[a-z2-7]{10}", page))
    left = {entry["case"] for entry in shown["unassigned"]}
    assert moved
    assert len(moved & (names | left)) > len(moved) / 2  # a what-if may choose others too


def amounts(workbook: bytes) -> list[float]:
    """Every cell that is written as money."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    return [cell.value for cell in cells if "€" in cell.number_format and cell.value is not None]


def test_worth_and_hours_are_told_to_those_who_may_know(plan, files, reading_of) -> None:
    day = Path(plan["day"])
    worths = {stop["worth"]["minor"] for route in plan["routes"] for stop in route["stops"]}
    texts = {money_text(Money(minor, plan["currency"]), "en") for minor in worths}
    assert {
        Money.of(str(value), plan["currency"]).minor for value in amounts(files[day / "day.xlsx"])
    } >= worths
    for audience in ("planner", "auditor", "agencies/AG-ONE"):
        shown = json.loads(files[day / audience / "plan.json"])
        stops = [stop for route in shown["routes"] for stop in route["stops"]]
        assert {stop["worth"]["minor"] for stop in stops} == {0}
        for name in ("index.html", "day.xlsx"):
            assert not [text for text in texts if text in reading_of(files[day / audience / name])]
        assert amounts(files[day / audience / "day.xlsx"]) == []
        windows = [stop["windows"] for stop in stops]
        assert all(windows) if audience != "planner" else not any(windows)
        assert (shown["solved"]["cost"] != 0) == (audience == "planner")


def test_an_agency_has_its_own_routes_and_nothing_else(published, plan, files) -> None:
    day = Path(plan["day"])
    for agency in ("AG-ONE", "AG-TWO"):
        shown = json.loads(files[day / "agencies" / agency / "plan.json"])
        theirs = {ident for ident, of in published.agent_agency.items() if of == agency}
        assert {route["vehicle"] for route in shown["routes"]} == theirs & {
            route["vehicle"] for route in plan["routes"]
        }
        assert shown["routes"]
        assert all(route["stops"] for route in shown["routes"])
