"""What is spoiled beyond a row: extracts, places, hours, whole tables. Findings or one clear error with exit code 2,
no traceback, and the database as it was."""

from __future__ import annotations

import csv
import random
import shutil
from pathlib import Path

import osmium
import pytest

from scheduler.cli.main import run
from scheduler.model.people import Agent, Case
from scheduler.settings import Workspace
from scheduler.store.opening import open_store

DAY = "2026-11-24"
SEED, EXTRACTS = 2026, 14
AGENT = ["A1", "Tom Pavement", "Kaivokatu 1", "09:00-17:00", "foot", "60.1702", "24.9414"]
CASE = ["C1", "Maija Meikäläinen", "Kaivokatu 6", "400", "2500", "45", "60.1699", "24.9431", ""]


@pytest.fixture(scope="module")
def whole(tmp_path_factory, helsinki) -> Path:
    """A workspace with cases and agents whose addresses are found; tests copy it."""
    home = tmp_path_factory.mktemp("spoiled") / "w"
    assert run(["sample", "--cases", "20", "--out", str(home), "-q"]) == 0
    for kind in ("agents", "cases"):
        assert run(["import", kind, str(home / f"{kind}.csv"), "-q", "-w", str(home)]) in (0, 1)
    assert run(["geocode", "-q", "-w", str(home)]) in (0, 1)
    return home


@pytest.fixture
def home(whole, tmp_path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "w"))


def holds(home: Path) -> tuple[list[Case], list[Agent]]:
    with open_store(Workspace.open(home)) as store:
        return sorted(store.cases(), key=lambda one: one.id), sorted(store.agents(), key=lambda one: one.id)


def extract_of(home: Path) -> Path:
    (path,) = home.glob("*.osm.pbf")
    return path


def spoiled_extract(number: int, data: bytes) -> bytes:
    """Cut, with bytes turned over, with a stretch gone, doubled or of zeros; not an extract at all."""
    rng = random.Random(SEED * 1000 + number)
    kind, at = number % 7, rng.randrange(len(data))
    if kind == 0:
        return data[:at]
    if kind == 1:
        spoiled = bytearray(data)
        for _ in range(rng.randint(1, 40)):
            spoiled[rng.randrange(len(data))] ^= rng.randrange(1, 256)
        return bytes(spoiled)
    length = rng.randrange(1, 20_000)
    if kind == 2:
        return data[:at] + data[at + length :]
    if kind == 3:
        return data[:at] + data[at : at + length] + data[at:]
    if kind == 4:
        return data[:at] + bytes(length) + data[at + length :]
    if kind == 5:
        return rng.choice([b"", b"\n", b"<osm version='0.6'></osm>", b"<!doctype html><p>503", b"PK\x03\x04"])
    return rng.randbytes(5_000)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(EXTRACTS))
def test_a_broken_extract_is_one_error_or_still_a_map(number, home, capsys) -> None:
    path, before = extract_of(home), holds(home)
    path.write_bytes(spoiled_extract(number, path.read_bytes()))
    shutil.rmtree(home / "cache", ignore_errors=True)
    capsys.readouterr()
    for words in (["geocode"], ["roads", "build", str(path)], ["plan", "--date", DAY, "--iterations", "1"]):
        where = [] if words[0] == "roads" else ["-w", str(home)]
        code = run([*words, *where])
        said = capsys.readouterr()
        assert code in (0, 1, 2), (words, said.err)
        assert "Traceback" not in said.err + said.out
        if code == 2:
            assert said.err.count("Error:") == 1
            assert path.name in said.err or "Mend:" in said.err
    after = holds(home)
    for had, has in zip(before, after, strict=True):
        assert [one.id for one in has] == [one.id for one in had]


def test_an_extract_without_roads_is_one_error(home, capsys) -> None:
    path, before = extract_of(home), holds(home)
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for ident in (1, 2):
            writer.add_node(osmium.osm.mutable.Node(id=ident, location=(24.94 + ident / 1000, 60.17)))
        writer.add_way(osmium.osm.mutable.Way(id=9, nodes=[1, 2], tags={"building": "yes"}))
    capsys.readouterr()
    assert run(["plan", "--date", DAY, "-w", str(home)]) == 2
    said = capsys.readouterr().err
    assert "no roads" in said
    assert said.count("Error:") == 1
    assert holds(home) == before


def tables(home: Path, agents: list[list[str]], cases: list[list[str]]) -> list[int]:
    """Take two small tables into a workspace that has none; the exit codes."""
    heads = {
        "agents": ["id", "name", "start address", "shift", "mode", "start lat", "start lon"],
        "cases": ["id", "name", "address", "overdue", "balance", "days past due", "lat", "lon", "hours"],
    }
    codes = []
    for kind, rows in (("agents", agents), ("cases", cases)):
        path = home / f"small-{kind}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([heads[kind], *rows])
        codes.append(run(["import", kind, str(path), "-w", str(home)]))
    return codes


@pytest.fixture
def empty(home) -> Path:
    """The workspace without its people."""
    for name in ("doorstep.db", "doorstep.db-wal", "doorstep.db-shm"):
        (home / name).unlink(missing_ok=True)
    return home


def test_an_agent_off_the_map_is_told_and_the_others_go(empty, capsys) -> None:
    far = ["A2", "Liisa Askel", "Nuorgam 1", "09:00-17:00", "foot", "70.08", "27.90"]
    assert tables(empty, [AGENT, far], [CASE]) == [1, 0]
    run(["geocode", "-w", str(empty), "-q"])
    capsys.readouterr()
    code = run(["plan", "--date", DAY, "--iterations", "5", "-w", str(empty)])
    said = capsys.readouterr()
    assert code in (0, 1)
    assert "A2" in said.err + said.out
    assert "Traceback" not in said.err


def test_nobody_on_the_map_is_one_error(empty, capsys) -> None:
    far = ["A2", "Liisa Askel", "Nuorgam 1", "09:00-17:00", "foot", "70.08", "27.90"]
    assert tables(empty, [far], [CASE]) == [1, 0]
    run(["geocode", "-w", str(empty), "-q"])
    capsys.readouterr()
    assert run(["plan", "--date", DAY, "-w", str(empty)]) == 2
    said = capsys.readouterr().err
    assert said.count("Error:") == 1
    assert "Mend:" in said


def test_where_all_hours_are_closed_the_plan_is_empty_and_says_why(empty, capsys) -> None:
    night = [*CASE[:-1], "02:00-04:00"]
    assert tables(empty, [AGENT], [night]) == [0, 0]
    run(["geocode", "-w", str(empty), "-q"])
    capsys.readouterr()
    code = run(["plan", "--date", DAY, "--iterations", "5", "-w", str(empty)])
    said = capsys.readouterr()
    assert code in (0, 1, 2)
    assert "hours" in said.err + said.out
    assert "Traceback" not in said.err


@pytest.mark.parametrize("content", [b"", b"\n\n", b"id,name\n", b"\xef\xbb\xbf", b"\x00" * 300])
@pytest.mark.parametrize("kind", ["cases", "agents"])
def test_an_empty_table_changes_nothing(kind, content, home, capsys) -> None:
    before, path = holds(home), home / "none.csv"
    path.write_bytes(content)
    capsys.readouterr()
    code = run(["import", kind, str(path), "-w", str(home)])
    said = capsys.readouterr().err
    assert code == 2, said
    assert said.count("Error:") == 1
    assert holds(home) == before
