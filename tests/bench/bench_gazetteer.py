"""Speed and accuracy of the offline gazetteer: on queries drawn from an extract, on houses and streets taken out
of it, and on the addresses of a made-up Chinese city as people write them.

python tests/bench/bench_gazetteer.py ../shared/osm/kbh.osm.pbf --queries 2000 --seed 1
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from geodata.coordinates import haversine_m
from geodata.extract import Extract
from geodata.gazetteer import Fix, Gazetteer
from geodata.geocoder import Geocoder, Status
from geodata.named_places import NamedPlaces, read_places

CLOSE_M = 100.0
ADDRESS_COLUMNS = ("streets", "numbers", "districts", "cities", "postcodes", "lat", "lon")
STREET_COLUMNS = ("street_names", "street_lat", "street_lon")


def typo(rng: np.random.Generator, text: str) -> str:
    """One slip within the street's name: a swap, a loss, a doubling or another letter."""
    letters = [i for i, c in enumerate(text) if c.isalpha() and i + 1 < len(text) and text[i + 1].isalpha()]
    if not letters:
        return text
    at, kind = int(rng.choice(letters)), int(rng.integers(4))
    if kind == 0:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if kind == 1:
        return text[:at] + text[at + 1 :]
    if kind == 2:
        return text[: at + 1] + text[at:]
    return text[:at] + str(rng.choice(list("aeioustrnl"))) + text[at + 1 :]


def written(places: NamedPlaces, rows: np.ndarray, rng: np.random.Generator, slips: int = 0) -> list[str]:
    """Street and number of rows, with slips in the street's name."""
    texts = []
    for row in rows:
        street = str(places.streets[row])
        for _ in range(slips):
            street = typo(rng, street)
        texts.append(f"{street} {places.numbers[row]}")
    return texts


def without(places: NamedPlaces, addresses: np.ndarray, streets: np.ndarray | None = None) -> NamedPlaces:
    """The places less some addresses and named ways (masks of what goes)."""
    cut: dict[str, Any] = {name: getattr(places, name)[~addresses] for name in ADDRESS_COLUMNS}
    if streets is not None:
        cut |= {name: getattr(places, name)[~streets] for name in STREET_COLUMNS}
    assert set(cut) <= {entry.name for entry in fields(places)}
    return replace(places, **cut)


def ask(name: str, geocoder: Geocoder, texts: Sequence[str], lat: np.ndarray, lon: np.ndarray) -> None:
    """Print how many answers are close, accepted without a person, and accepted though wrong."""
    began = time.perf_counter()
    found = geocoder.locate_many([("", text, None) for text in texts])
    rate = len(texts) / (time.perf_counter() - began)
    off = distances([one.fix for one in found], lat, lon)
    accepted = np.array([one.status is Status.ACCEPTED for one in found])
    share = [100 * mask.mean() for mask in (off <= CLOSE_M, accepted, accepted & (off > CLOSE_M))]
    print(
        f"  {name:24} within 100 m {share[0]:6.2f} %  accepted {share[1]:6.2f} %"
        f"  accepted and wrong {share[2]:5.2f} %  {rate:6.0f}/s"
    )


def distances(fixes: Sequence[Fix | None], lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """Metres from each fix to where it should be; infinite where there is none."""
    at = np.array([(fix.location.lat, fix.location.lon) if fix else (np.nan, np.nan) for fix in fixes])
    return np.nan_to_num(np.asarray(haversine_m(at[:, 0], at[:, 1], lat, lon)), nan=np.inf)


def known(places: NamedPlaces, count: int, rng: np.random.Generator) -> None:
    """Addresses the extract has."""
    geocoder = Geocoder(Gazetteer(places))
    rows = rng.choice(len(places.streets), count, replace=False)
    lat, lon, full = places.lat[rows], places.lon[rows], written(places, rows, rng)
    ask("as it is", geocoder, full, lat, lon)
    ask("upper case", geocoder, [text.upper() for text in full], lat, lon)
    ask("with a flat", geocoder, [f"{text}, {int(rng.integers(1, 6))}. tv" for text in full], lat, lon)
    ask("one slip", geocoder, written(places, rows, rng, 1), lat, lon)
    ask("two slips", geocoder, written(places, rows, rng, 2), lat, lon)


def lacking(places: NamedPlaces, count: int, rng: np.random.Generator) -> None:
    """Houses and whole streets that were taken out before asking for them."""
    rows = rng.choice(len(places.streets), count, replace=False)
    pairs = np.char.add(np.char.add(places.streets, "|"), places.numbers)
    cut = without(places, np.isin(pairs, pairs[rows]))
    ask(
        "house taken out",
        Geocoder(Gazetteer(cut)),
        written(places, rows, rng),
        places.lat[rows],
        places.lon[rows],
    )
    names = np.unique(places.streets)
    gone = rng.choice(names, len(names) // 5, replace=False)
    absent = np.isin(places.streets, gone)
    cut = without(places, absent, np.isin(places.street_names, gone))
    rows = rng.choice(np.flatnonzero(absent), count)
    ask(
        "street taken out",
        Geocoder(Gazetteer(cut)),
        written(places, rows, rng),
        places.lat[rows],
        places.lon[rows],
    )


def chinese(count: int, seed: int) -> None:
    """The made-up city's addresses, with the sample's habits of writing."""
    from scheduler.sample.city import build_city, write_extract
    from scheduler.sample.synthetic import written as as_people_write

    city, rng = build_city(nodes=20_000, addresses=8_000, seed=seed), np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "city.osm.pbf"
        write_extract(city, path)
        gazetteer = open_timed(path)
    homes = [city.addresses[int(at)] for at in rng.integers(0, len(city.addresses), count)]
    lat, lon = (np.array([getattr(home, axis) for home in homes]) for axis in ("lat", "lon"))
    ask("Chinese, as written", Geocoder(gazetteer), [as_people_write(rng, home) for home in homes], lat, lon)


def open_timed(path: Path) -> Gazetteer:
    """Read and index an extract; print how long each takes."""
    began = time.perf_counter()
    places = read_places(Extract.open(path).path)
    read = time.perf_counter()
    gazetteer = Gazetteer(places)
    done = time.perf_counter()
    print(
        f"{path.name}: {len(gazetteer)} addresses, read in {read - began:.2f} s, indexed in {done - read:.2f} s"
    )
    return gazetteer


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("extract", type=Path)
    parser.add_argument("--queries", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    open_timed(given.extract)
    places = read_places(given.extract)
    known(places, given.queries, rng)
    lacking(places, given.queries, rng)
    chinese(given.queries, given.seed)


if __name__ == "__main__":
    main()
