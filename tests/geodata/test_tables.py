"""Addresses in, places out, and the review list there and back."""

from __future__ import annotations

import csv

import pytest

from geodata.coordinates import LatLon
from geodata.errors import GeodataError
from geodata.extract import Extract
from geodata.gazetteer import Fix, Gazetteer, Precision
from geodata.geocoder import Geocoder, Located, Status
from geodata.tables import FIXES, REVIEW, geocode_csv, read_review, write_review

NORTH, SOUTH = LatLon(60.123456, 24.654321), LatLon(-33.868820, 151.209290)


@pytest.fixture
def geocoder(make_extract) -> Geocoder:
    tags = {
        1: {"addr:street": "Katuvarsi", "addr:housenumber": "1"},
        2: {"addr:street": "中山路", "addr:housenumber": "2"},
    }
    return Geocoder(Gazetteer.open(Extract.open(make_extract({1: (0, 0), 2: (0, 1)}, {}, node_tags=tags))))


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("id,address\na,Katuvarsi 1\nb,中山路2号\nc,Xyzzy 5\n", "utf-8"),
        ("\ufeffAddress ;x; ID\r\nKatuvarsi 1;;a\r\n中山路2号;;b\r\n\r\nXyzzy 5;;c\r\n", "utf-8"),
        ('id\taddress\na\tKatuvarsi 1\nb\t"中山路\n2号"\nc\tXyzzy 5', "gb18030"),
    ],
)
def test_tables_as_spreadsheets_write_them(geocoder, tmp_path, text, encoding):
    (tmp_path / "in.csv").write_bytes(text.encode(encoding))
    counts = geocode_csv(tmp_path / "in.csv", geocoder, tmp_path / "deep" / "out.csv")
    assert counts == {Status.ACCEPTED: 2, Status.REVIEW: 0, Status.FAILED: 1}
    rows = read(tmp_path / "deep" / "out.csv")
    assert (tmp_path / "deep" / "out.csv").read_text("utf-8").startswith("id,")
    assert tuple(rows[0]) == FIXES
    assert [(row["id"], row["precision"], row["status"]) for row in rows] == [
        ("a", "address", "accepted"),
        ("b", "address", "accepted"),
        ("c", "", "failed"),
    ]
    assert (float(rows[0]["lat"]), float(rows[0]["lon"])) == pytest.approx((60.0, 25.0), abs=1e-6)
    assert rows[2]["reasons"] == "not_found"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no column id, address"),
        (b"id,street\n1,x\n", "no column address"),
        (b"id,address\n1,\x81\xff\x00\xd8", "neither UTF-8 nor GB18030"),
        (b"id,address\n1," + b"x" * 200_000, "cannot be read as CSV"),
    ],
)
def test_what_is_no_table_of_addresses_is_said(geocoder, tmp_path, content, said):
    (tmp_path / "in.csv").write_bytes(content)
    with pytest.raises(GeodataError, match=said):
        geocode_csv(tmp_path / "in.csv", geocoder, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_a_missing_table_is_said(geocoder, tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(GeodataError, match="name a CSV file"):
            geocode_csv(path, geocoder, tmp_path / "out.csv")


def fix(at: LatLon, matched: str = "Katuvarsi 1") -> Fix:
    return Fix(location=at, precision=Precision.NEAREST_NUMBER, matched=matched, score=0.6)


def doubtful(ident: str, *fixes: Fix) -> Located:
    best = fixes[0] if fixes else None
    return Located(id=ident, status=Status.REVIEW, fix=best, reasons=("weak_match",), suggestions=fixes)


@pytest.fixture
def filled(tmp_path):
    """`filled({id: {column: value}})` writes a review list, fills it in and gives its path."""
    path = tmp_path / "review.csv"

    def fill(entries):
        located = [doubtful(ident, fix(NORTH), fix(SOUTH, "Elsewhere, 2")) for ident in entries]
        write_review(located, {ident: f"={ident}()" for ident in entries}, path)
        rows = read(path)
        for row in rows:
            row |= entries[row["id"].removeprefix("'")]
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            table = csv.DictWriter(file, REVIEW)
            table.writeheader()
            table.writerows(rows)
        return path

    return fill


def test_choices_and_typed_places_come_back(filled):
    entries = {
        "a": {"choice": "1"},
        "b": {"choice": "2"},
        "c": {"lat": "60.5", "lon": " 25.5 "},
        "d": {},
        "-e": {"choice": "2.0"},
    }
    fixed, problems = read_review(filled(entries))
    assert fixed == {"a": NORTH, "b": SOUTH, "c": LatLon(60.5, 25.5), "-e": SOUTH}
    assert problems == []


@pytest.mark.parametrize(
    ("entry", "column"),
    [
        ({"choice": "3"}, "choice"),
        ({"choice": "yes"}, "choice"),
        ({"lat": "60,5", "lon": "25"}, "lat"),
        ({"lat": "60.5"}, "lat"),
        ({"lat": "91", "lon": "0"}, "lat"),
        ({"lat": "nan", "lon": "0"}, "lat"),
        ({"id": "", "choice": "1"}, "id"),
    ],
)
def test_rows_that_cannot_be_used_are_named_and_the_good_ones_go_on(filled, entry, column):
    fixed, problems = read_review(filled({"good": {"choice": "1"}, "bad": entry}))
    assert fixed == {"good": NORTH}
    (problem,) = problems
    assert (problem.row, problem.column) == (3, column)
    assert problem.cause
    assert problem.mend
    assert "bad" not in problem.cause + problem.mend


def test_no_cell_is_a_formula(filled):
    for row in csv.reader(filled({"a": {}, "=1+1": {}}).read_text("utf-8-sig").splitlines()):
        assert not any(cell.startswith(("=", "+", "@")) for cell in row)
