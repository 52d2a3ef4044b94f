from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import osmium
import pytest
from openpyxl import load_workbook

from geodata.extract import Extract
from geodata.gazetteer import Gazetteer
from geodata.geocoder import Geocoder, Status
from geodata.network import load_network
from geodata.osm_ways import read_ways
from geodata.profiles import CAR
from scheduler.intake.rowreader import IntakeContext
from scheduler.intake.tables import import_agents_table, import_cases_table
from scheduler.sample.synthetic import AGENT_FIELDS, write_synthetic

CONTEXT = IntakeContext(currency="CNY", zone=ZoneInfo("Asia/Shanghai"), today=date(2026, 11, 24))
SMALL = {"cases": 150, "agents": 12, "nodes": 2500}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return write_synthetic(tmp_path_factory.mktemp("yunzhou"), **SMALL)


def test_the_same_seed_gives_the_same_city_and_list(files, tmp_path) -> None:
    again = write_synthetic(tmp_path / "again", **SMALL)
    other = write_synthetic(tmp_path / "other", **SMALL, seed=8)
    assert (files.folder / files.cases).read_bytes() == (again.folder / again.cases).read_bytes()
    assert (files.folder / files.cases).read_bytes() != (other.folder / other.cases).read_bytes()
    one, two = (read_ways(made.folder / made.extract, CAR) for made in (files, again))
    np.testing.assert_array_equal(one.lat, two.lat)
    np.testing.assert_array_equal(one.ids, two.ids)


def test_its_streets_connect(files) -> None:
    extract = Extract.open(files.folder / files.extract)
    ways = read_ways(extract.path, CAR)
    kept = load_network(extract, "car").facts()
    metres = sum(
        np.hypot(np.diff(ways.lat[a:b]) * 111_195, np.diff(ways.lon[a:b]) * 95_300).sum()
        for a, b in zip(ways.first[:-1], ways.first[1:], strict=True)
    )
    assert kept["kilometres"] * 1000 > 0.85 * metres
    assert 2000 < len(np.unique(ways.refs)) < 3200


def test_it_has_what_a_city_has(files) -> None:
    path = str(files.folder / files.extract)
    tags = [
        dict(thing.tags) for thing in osmium.FileProcessor(path) if not thing.is_node() or len(thing.tags)
    ]
    assert sum("waterway" in t for t in tags) == 2
    assert any(t.get("type") == "restriction" for t in tags)
    assert any(t.get("highway") == "traffic_signals" for t in tags)
    assert any(t.get("oneway") == "yes" for t in tags)
    assert {t["highway"] for t in tags if "highway" in t} >= {
        "trunk",
        "primary",
        "secondary",
        "residential",
        "footway",
    }
    assert len({t["addr:district"] for t in tags if "addr:district" in t}) == 9


def test_its_tables_are_those_of_a_chinese_bank(files) -> None:
    text = (files.folder / files.cases).read_bytes().decode("gb18030")
    assert text.startswith("案件编号,客户姓名,")
    sheet = load_workbook(files.folder / files.agents).active
    assert [cell.value for cell in sheet[1]] == list(AGENT_FIELDS)
    cases = import_cases_table(files.folder / files.cases, CONTEXT)
    team = import_agents_table(files.folder / files.agents, CONTEXT)
    assert cases.rows_read == SMALL["cases"]
    assert len(cases.cases) >= 0.95 * SMALL["cases"]
    assert len(team.agents) == SMALL["agents"]
    assert team.crews
    assert {case.agency for case in cases.cases} <= {agent.agency for agent in team.agents} | {""}


def test_nearly_all_its_addresses_are_found(files) -> None:
    extract = Extract.open(files.folder / files.extract)
    geocoder = Geocoder(Gazetteer.open(extract), box=extract.box)
    cases = import_cases_table(files.folder / files.cases, CONTEXT).cases
    located = geocoder.locate_many([(case.id, case.place.address, None) for case in cases])
    accepted = sum(one.status is Status.ACCEPTED for one in located)
    assert accepted >= 0.88 * len(located)
