"""The chain: corrections, given places, the gazetteer, outside geocoders; and when a person must look."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from geodata.address import normalise
from geodata.coordinates import LatLon
from geodata.extract import Box, Extract
from geodata.gazetteer import Fix, Gazetteer, Precision
from geodata.geocoder import Geocoder, ProviderUnavailableError, Status

BOX = Box(59.9, 24.9, 60.2, 25.2)
INSIDE, OUTSIDE = LatLon(60.01, 25.01), LatLon(48.0, 11.0)


@pytest.fixture
def gazetteer(make_extract) -> Gazetteer:
    tags = {n: {"addr:street": "Katuvarsi", "addr:housenumber": str(n)} for n in range(1, 4)}
    return Gazetteer.open(
        Extract.open(make_extract({1: (0, 0), 2: (0, 1), 3: (0, 2)}, {}, node_tags=tags)), None
    )


@dataclass
class Outside:
    """An outside geocoder that says what it is told to, and counts."""

    answer: Fix | None = None
    fails: bool = False
    name: str = "elsewhere"
    asked: list[str] = field(default_factory=list)

    def locate(self, address: str) -> Fix | None:
        self.asked.append(address)
        if self.fails:
            raise ProviderUnavailableError("no answer")
        return self.answer


def door(at: LatLon = INSIDE, score: float = 0.95, precision: Precision = Precision.ADDRESS) -> Fix:
    return Fix(location=at, precision=precision, matched="There 1", score=score, source="elsewhere")


def test_a_known_door_is_accepted_and_nobody_is_asked(gazetteer):
    outside = Outside(door())
    found = Geocoder(gazetteer, providers=[outside], box=BOX).locate("a", "Katuvarsi 2")
    assert (found.status, found.reasons, found.fix.source) == (Status.ACCEPTED, (), "gazetteer")
    assert outside.asked == []


class Remembered:
    def all(self):
        return {normalise("Tuntematon kuja 5"): INSIDE}


def test_a_correction_is_found_however_it_is_written(gazetteer):
    geocoder = Geocoder(gazetteer, Remembered(), box=BOX)
    found = geocoder.locate("a", " TUNTEMATON  kuja 5")
    assert (found.status, found.fix.location, found.fix.precision) == (
        Status.ACCEPTED,
        INSIDE,
        Precision.MANUAL,
    )
    assert geocoder.locate("b", "Katuvarsi 2", given=OUTSIDE).fix.source == "gazetteer"


def test_given_places_are_used_inside_the_extract_and_doubted_outside(gazetteer):
    geocoder = Geocoder(gazetteer, box=BOX)
    inside = geocoder.locate("a", "anything", given=INSIDE)
    assert (inside.status, inside.fix.precision, inside.fix.location) == (
        Status.ACCEPTED,
        Precision.GIVEN,
        INSIDE,
    )
    outside = geocoder.locate("b", "Katuvarsi 2", given=OUTSIDE)
    assert (outside.status, outside.reasons) == (Status.REVIEW, ("given_outside_extract",))
    nowhere = geocoder.locate("c", "Xyzzy 5", given=OUTSIDE)
    assert (nowhere.status, nowhere.reasons) == (Status.FAILED, ("not_found", "given_outside_extract"))


@pytest.mark.parametrize(
    ("address", "status", "reasons"),
    [
        ("Katuvarsi", Status.REVIEW, ("only_street",)),
        ("Katuvarsi 99", Status.REVIEW, ("only_nearest_number",)),
        ("Katuvarsi 5", Status.ACCEPTED, ()),
        ("Katvvrsi 2", Status.REVIEW, ("weak_match",)),
        ("Xyzzy 5", Status.FAILED, ("not_found",)),
        ("   ", Status.FAILED, ("empty_address",)),
    ],
)
def test_what_a_person_must_look_at(gazetteer, address, status, reasons):
    found = Geocoder(gazetteer, box=BOX).locate("a", address)
    assert (found.status, found.reasons) == (status, reasons)
    assert (found.fix is None) == (status is Status.FAILED)


def test_outside_is_asked_for_what_stays_doubtful_until_one_knows(gazetteer):
    vague, sure, never = Outside(door(score=0.5)), Outside(door(), name="sure"), Outside(door(), name="never")
    found = Geocoder(gazetteer, providers=[vague, sure, never], box=BOX).locate("a", "Xyzzy 5")
    assert (found.status, found.fix) == (Status.ACCEPTED, door())
    assert (len(vague.asked), len(sure.asked), len(never.asked)) == (1, 1, 0)


@pytest.mark.parametrize(
    ("answer", "reasons"),
    [
        (door(OUTSIDE), ("outside_extract",)),
        (door(precision=Precision.AREA, score=0.2), ("only_area",)),
        (door(score=0.6), ("weak_match",)),
    ],
)
def test_a_doubtful_answer_from_outside_goes_to_a_person(gazetteer, answer, reasons):
    found = Geocoder(gazetteer, providers=[Outside(answer)], box=BOX).locate("a", "Xyzzy 5")
    assert (found.status, found.reasons, found.suggestions) == (Status.REVIEW, reasons, (answer,))


def test_one_that_fails_is_said_and_left_alone_after_three_times(gazetteer):
    outside = Outside(fails=True)
    geocoder = Geocoder(gazetteer, providers=[outside], box=BOX)
    found = geocoder.locate_many([(str(n), f"Xyzzy {n}", None) for n in range(10)])
    assert all(one.reasons == ("not_found", "elsewhere_unavailable") for one in found)
    assert len(outside.asked) == 3


def test_order_and_progress(gazetteer):
    said = []
    found = Geocoder(gazetteer).locate_many(
        [(str(n), "Katuvarsi 1", None) for n in range(450)], lambda done, total: said.append((done, total))
    )
    assert [one.id for one in found] == [str(n) for n in range(450)]
    assert said[0] == (0, 450)
    assert said == sorted(said)
    assert said[-1] == (450, 450)
