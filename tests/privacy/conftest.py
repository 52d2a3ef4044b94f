"""A sample whose every personal field holds something found nowhere else, and a reader of whatever is written."""

from __future__ import annotations

import base64
import binascii
import csv
import html
import io
import json
import re
import tempfile
import urllib.parse
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from scheduler.cli.main import run

DAY = "2026-11-24"
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
_IDS = re.compile(r"[\w-]+")
# Numbers with their marks, so that digits within a longer number are not taken for an amount.
_NUMBERS = (
    re.compile(r"\d+(?:[.,']\d+)*"),
    re.compile(r"(?<![\d.,])\d{1,3}(?:[ \u00a0\u202f]\d{3})+,\d\d(?!\d)"),
)
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")


def layers(data: bytes, depth: int = 3) -> Iterator[str]:
    """Every text that somebody who has these bytes can read out of them: within archives, PDFs, base64, escapes."""
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name
                yield from layers(archive.read(name), depth)
        return
    if data.startswith(b"%PDF"):
        from pypdf import PdfReader

        reader = PdfReader(io.BytesIO(data))
        yield "\n".join(page.extract_text() for page in reader.pages)
        yield json.dumps({key: str(value) for key, value in (reader.metadata or {}).items()})
    for window in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
        try:
            opened = zlib.decompress(data, window)
        except zlib.error:
            continue
        if depth and len(opened) > 8:
            yield from layers(opened, depth - 1)
    plain = data.decode("utf-8", errors="replace")
    yield from readings(plain)
    if b"\x00" in data:
        yield data.decode("utf-16-le", errors="replace")
        yield data[1:].decode("utf-16-le", errors="replace")
    if depth:
        for chunk in _BASE64.findall(plain):
            try:
                inner = base64.b64decode(
                    chunk + "=" * (-len(chunk) % 4), altchars=b"-_" if "_" in chunk else None
                )
            except (binascii.Error, ValueError):
                continue
            yield from layers(inner, depth - 1)


def readings(text: str) -> Iterator[str]:
    """A text as it stands, and without what HTML, JSON, addresses and calendars wrap it in."""
    yield text
    unescaped = html.unescape(text)
    yield unescaped
    yield re.sub(r"<[^>]+>", "", unescaped)
    yield _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), text)
    yield urllib.parse.unquote(text)
    yield text.replace("\r\n ", "").replace("\n ", "").replace("\\,", ",").replace("\\;", ";")


def as_written(text: str) -> str:
    """A name or an address without blanks, in one case: paper breaks lines where it likes."""
    return re.sub(r"\s+", "", text).casefold()


def amounts(text: str) -> set[str]:
    """An amount "1234.50" as pages, tables and plans may write it."""
    whole, _, cents = text.partition(".")
    grouped = f"{int(whole):,}"
    marks = ((",", "."), (".", ","), ("\u00a0", ","), (" ", ","), ("\u202f", ","), ("'", "."))
    ways = {f"{grouped.replace(',', group)}{point}{cents}" for group, point in marks}
    return ways | {text, f"{whole},{cents}", f"{whole}{cents}"}


@dataclass
class Person:
    """What was planted of a case's customer."""

    case: str
    agency: str
    name: str
    phone: str
    address: str
    note: str
    flag: str
    amounts: tuple[str, ...]


@dataclass
class Field:
    """Something to look for: texts anywhere, amounts and an id as words of their own."""

    kind: str
    of: str
    wanted: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    ident: str = ""


@dataclass
class Planted:
    """The sample: who is in it, and the workspace."""

    home: Path
    people: dict[str, Person]
    agents: dict[str, dict[str, str]]
    agent_agency: dict[str, str] = field(default_factory=dict)

    def customers(self, *kinds: str) -> list[Field]:
        """What to look for of every customer."""
        found = []
        for person in self.people.values():
            digits = re.sub(r"\D", "", person.phone)
            every = {
                "name": Field("name", person.case, (person.name,)),
                "phone": Field("phone", person.case, (person.phone, digits, digits[3:])),
                "address": Field("address", person.case, (person.address,)),
                "note": Field("note", person.case, (person.note,)),
                "flag": Field("flag", person.case, (person.flag,)),
                "amount": Field("amount", person.case, amounts=person.amounts),
                "case_id": Field("case_id", person.case, ident=person.case),
            }
            found += [every[kind] for kind in kinds]
        return found

    def workers(self, *kinds: str) -> list[Field]:
        """What to look for of every agent."""
        found = []
        for ident, row in self.agents.items():
            digits = re.sub(r"\D", "", row["phone"])
            every = {
                "agent_name": Field("agent_name", ident, (row["name"],)),
                "agent_phone": Field("agent_phone", ident, (row["phone"], digits, digits[3:])),
                "agent_start": Field("agent_start", ident, (row["start_address"],)),
                "agent_id": Field("agent_id", ident, ident=ident),
            }
            found += [every[kind] for kind in kinds]
        return found


def seen_in(data: bytes, wanted: list[Field]) -> set[tuple[str, str]]:
    """Which of the wanted things can be read out of some bytes, as (kind, whose)."""
    texts = list(dict.fromkeys(layers(data)))
    packed = "\x00".join(as_written(text) for text in texts)
    ids = set().union(*(_IDS.findall(text) for text in texts)) - {""}
    sums = set().union(*(numbers.findall(text) for text in texts for numbers in _NUMBERS))
    found = set()
    for one in wanted:
        texts_in = any(as_written(text) in packed for text in one.wanted if text)
        sums_in = any(sums & amounts(amount) for amount in one.amounts)
        if texts_in or sums_in or one.ident in ids:
            found.add((one.kind, one.of))
    return found


def _cents(number: int) -> str:
    """Above 59: without its mark an amount is then no time of day, of which calendars are full."""
    return f"{60 + number % 40}"


def plant(home: Path, cases: int = 60) -> Planted:
    """Write the Helsinki sample and put canaries into its tables."""
    assert run(["sample", "--cases", str(cases), "--out", str(home), "-q"]) == 0
    rows = _rows(home / "cases.csv")
    people = {}
    places = _places(home)
    for number, row in enumerate(rows, start=1):
        if row["id"] in people:  # the sample has one row twice
            continue
        row |= {
            "customer_name": f"Kanaria Nimikäs {number:03d}q",
            "note": f"Kanariamuistio {number:03d}q",
            "agency": ("", "AG-ONE", "AG-TWO")[number % 3],
            "overdue": f"{1000 + 13 * number}.{_cents(number)}" if row["overdue"] else "",
            "balance": f"{60_000 + 17 * number}.{_cents(number)}",
        }
        row["flags"] = f"{row['flags']} kanarialippu{number:03d}q".strip()
        if row["promise_amount"]:
            row["promise_amount"] = f"{500 + 7 * number}.{_cents(number)}"
        if number % 3 == 0:  # given places, invented streets
            row["address"] = f"Kanariakuja {number} C {9000 + number}"
            row["lat"], row["lon"] = places[number]
        elif number % 5 == 1:
            row["address"] = f"Olematonkatu {9000 + number}"
        elif row["address"]:
            row["address"] = f"{row['address'].partition(',')[0]} H {9000 + number}"
        if row["agency"]:
            row["people"] = "1"
        people[row["id"]] = Person(
            case=row["id"],
            agency=row["agency"],
            name=row["customer_name"],
            phone=row["phone"],
            address=row["address"],
            note=row["note"],
            flag=f"kanarialippu{number:03d}q",
            amounts=tuple(a for a in (row["overdue"], row["balance"], row["promise_amount"]) if a),
        )
    kept = [row for row in rows if "agency" in row]
    _write(home / "cases.csv", kept)
    agents = _rows(home / "agents.csv")
    for number, row in enumerate(agents, start=1):
        row |= {
            "name": f"Kanaria Kulkija {number:02d}z",
            "agency": {"A-FOOT": "AG-ONE", "A-BIKE": "AG-TWO"}.get(row["id"][:6], ""),
            "start_address": f"{row['start_address']} H {9500 + number}",
        }
    _write(home / "agents.csv", agents)
    return Planted(
        home, people, {row["id"]: row for row in agents}, {row["id"]: row["agency"] for row in agents}
    )


def _places(home: Path) -> list[tuple[str, str]]:
    """Places beside streets, for those whose address nobody knows."""
    return [(f"{60.1650 + 0.0001937 * k:.7f}", f"{24.9310 + 0.0002713 * k:.7f}") for k in range(100)]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.DictWriter(file, names, restval="")
        table.writeheader()
        table.writerows(rows)


@pytest.fixture(scope="session")
def reading():
    """`reading(bytes, fields)`: see `seen_in`."""
    return seen_in


@pytest.fixture(scope="session")
def reading_of():
    """`reading_of(bytes)`: all that can be read out of them, as one text."""
    return lambda data: "\n".join(layers(data))


@pytest.fixture(scope="session")
def planting():
    """`planting(folder)`: see `plant`."""
    return plant


@pytest.fixture(scope="session")
def day() -> str:
    """The day of the sample."""
    return DAY


@pytest.fixture(scope="session")
def published(tmp_path_factory, helsinki) -> Planted:
    """The sample planned and published for every audience."""
    planted = plant(tmp_path_factory.mktemp("privacy") / "w")
    home = planted.home
    where = ["-q", "-w", str(home)]
    assert run(["import", "agents", str(home / "agents.csv"), *where]) in (0, 1)
    assert run(["import", "cases", str(home / "cases.csv"), *where]) in (0, 1)
    assert run(["geocode", *where]) in (0, 1)
    assert run(["plan", "--date", DAY, "--iterations", "5", "--time-limit", "20", *where]) == 0
    out = home / "out" / DAY
    every = [f"--audience={name}" for name in ("dispatcher", "agent", "planner", "agency", "auditor")]
    assert run(["publish", str(out), *every, *where]) == 0
    files = [str(home / f"{name}.toml") for name in ("base", "more-agents")]
    search = ["--date", DAY, "--iterations", "2", "--time-limit", "20", "--workers", "1"]
    assert run(["scenario", "run", *files, *search, *where]) == 0
    assert run(["review", *where]) == 1
    return planted


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path_factory, monkeypatch) -> Path:
    """Whatever goes through a temporary folder can be found."""
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder
