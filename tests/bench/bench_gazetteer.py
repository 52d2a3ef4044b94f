"""Speed and accuracy of the offline gazetteer on queries drawn from the extract itself, and on streets it lacks.

python tests/bench/bench_gazetteer.py ../shared/osm/kbh.osm.pbf --queries 2000 --seed 1
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from geodata.gazetteer import Gazetteer, Precision
from geodata.named_places import NamedPlaces, read_places
from geodata.network import metres_between

ACCEPTED = 0.85


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


def queries(
    places: NamedPlaces, rng: np.random.Generator, count: int
) -> dict[str, tuple[np.ndarray, list[str]]]:
    """Rows asked for and how, by kind."""
    picked = rng.choice(len(places.streets), count, replace=False)
    plain = [f"{places.streets[row]} {places.numbers[row]}" for row in picked]

    def slipped(times: int) -> list[str]:
        made = []
        for row in picked:
            street = str(places.streets[row])
            for _ in range(times):
                street = typo(rng, street)
            made.append(f"{street} {places.numbers[row]}")
        return made

    flat: Callable[[str], str] = lambda text: f"{text}, {int(rng.integers(1, 6))}. tv"  # noqa: E731
    return {
        "full": (picked, plain),
        "upper case": (picked, [text.upper() for text in plain]),
        "flat suffix": (picked, [flat(text) for text in plain]),
        "one typo": (picked, slipped(1)),
        "two typos": (picked, slipped(2)),
    }


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("extract", type=Path)
    parser.add_argument("--queries", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    began = time.perf_counter()
    places = read_places(given.extract)
    read = time.perf_counter()
    gazetteer = Gazetteer(places)
    indexed = time.perf_counter()
    print(
        f"{given.extract.name}: {len(gazetteer)} addresses, read {read - began:.2f} s, indexed {indexed - read:.2f} s"
    )
    for kind, (rows, texts) in queries(places, rng, given.queries).items():
        began = time.perf_counter()
        answers = gazetteer.lookup_many(texts)
        rate = len(texts) / (time.perf_counter() - began)
        report(places, kind, rows, answers, rate)
    foreign(gazetteer, rng, given.queries)


def report(places: NamedPlaces, kind: str, rows: np.ndarray, answers: list, rate: float) -> None:
    """Shares right within 100 m, accepted, and accepted though wrong."""
    best = [answer[0] if answer else None for answer in answers]
    off = np.array(
        [
            metres_between(
                *(
                    np.array([v])
                    for v in (fix.location.lat, fix.location.lon, places.lat[row], places.lon[row])
                )
            )[0]
            if fix
            else np.inf
            for row, fix in zip(rows, best, strict=True)
        ]
    )
    accepted = np.array(
        [fix is not None and fix.score >= ACCEPTED and fix.precision is not Precision.STREET for fix in best]
    )
    print(
        f"  {kind:12} within 100 m {100 * (off <= 100).mean():6.2f}%  accepted {100 * accepted.mean():6.2f}%  "
        f"accepted and wrong {100 * (accepted & (off > 100)).mean():5.2f}%  {rate:6.0f}/s"
    )


def foreign(gazetteer: Gazetteer, rng: np.random.Generator, count: int) -> None:
    """Streets that do not exist: all should be refused."""
    first = ("Opfundet", "Ukendt", "Fantasi", "Drømme", "Skygge", "Torden", "Regnbue", "Måneskins")
    last = ("vej", "gade", "allé", "stræde", "plads", "stien")
    texts = [f"{rng.choice(first)}{rng.choice(last)} {rng.integers(1, 120)}" for _ in range(count)]
    answers = gazetteer.lookup_many(texts)
    wrong = sum(bool(answer) and answer[0].score >= ACCEPTED for answer in answers)
    print(f"  unknown street: accepted {100 * wrong / count:.2f}%")


if __name__ == "__main__":
    main()
