"""The chain from an address to a place: corrections, given coordinates, the gazetteer, outside geocoders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from geodata.address import normalise
from geodata.cache import Corrections
from geodata.coordinates import LatLon
from geodata.extract import Box
from geodata.gazetteer import Fix, Gazetteer, Precision

DOORS = frozenset(Precision) - {Precision.STREET, Precision.AREA}
"""Precisions that bring a visitor to the door or close by, as far as the score says; the others need a person."""
Progress = Callable[[int, int], None]


class Status(StrEnum):
    """Whether a place can be used as it is."""

    ACCEPTED = "accepted"
    REVIEW = "review"
    FAILED = "failed"


class Provider(Protocol):
    """An outside geocoder behind our own face."""

    @property
    def name(self) -> str:
        """As the settings name it."""

    def locate(self, address: str) -> Fix | None:
        """Its best answer in WGS-84, or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """What became of an address. `reasons` are codes: why a person should look, or why nothing was found."""

    id: str
    status: Status
    fix: Fix | None
    reasons: tuple[str, ...] = ()
    suggestions: tuple[Fix, ...] = ()


class Geocoder:
    """Offline first; outside geocoders are asked only for what stays doubtful, and only if configured."""

    def __init__(
        self,
        gazetteer: Gazetteer,
        corrections: Corrections | None = None,
        providers: Sequence[Provider] = (),
        *,
        min_score: float = 0.85,
        box: Box | None = None,
    ) -> None:
        self._gazetteer, self._providers = gazetteer, tuple(providers)
        self._known = corrections.all() if corrections else {}
        self._min_score, self._box = min_score, box

    def locate_many(
        self, items: Iterable[tuple[str, str, LatLon | None]], progress: Progress = lambda _d, _t: None
    ) -> tuple[Located, ...]:
        """Locate (id, address, given coordinates or None), in order."""
        wanted = list(items)
        found = []
        for number, (ident, address, given) in enumerate(wanted):
            found.append(self.locate(ident, address, given=given))
            if number % 200 == 0:
                progress(number, len(wanted))
        return tuple(found)

    def locate(self, ident: str, address: str, *, given: LatLon | None = None) -> Located:
        """Where an address is, and whether a person must look."""
        corrected = self._known.get(normalise(address))
        if corrected is not None:
            return _sure(
                ident,
                Fix(location=corrected, precision=Precision.MANUAL, matched="", score=1.0, source="manual"),
            )
        if given is not None and (self._box is None or self._box.contains(given)):
            return _sure(
                ident, Fix(location=given, precision=Precision.GIVEN, matched="", score=1.0, source="given")
            )
        fixes = self._gazetteer.lookup(address)
        if fixes and not self._doubts(fixes[0]):
            return Located(id=ident, status=Status.ACCEPTED, fix=fixes[0], suggestions=fixes)
        for provider in self._providers:
            answer = provider.locate(address)
            if answer is not None:
                fixes = (answer, *fixes)
                if not self._doubts(answer):
                    return Located(id=ident, status=Status.ACCEPTED, fix=answer, suggestions=fixes)
        if not fixes:
            return Located(id=ident, status=Status.FAILED, fix=None, reasons=("not_found",))
        best = max(fixes, key=lambda fix: fix.score)
        return Located(
            id=ident, status=Status.REVIEW, fix=best, reasons=self._doubts(best), suggestions=fixes[:5]
        )

    def _doubts(self, fix: Fix) -> tuple[str, ...]:
        doubts = []
        if fix.precision not in DOORS:
            doubts.append(f"only_{fix.precision}")
        if fix.rivals:
            doubts.append("ambiguous")
        if fix.score < self._min_score and not doubts:
            doubts.append("weak_match")
        if self._box is not None and not self._box.contains(fix.location, margin=0.02):
            doubts.append("outside_extract")
        return tuple(doubts)


def _sure(ident: str, fix: Fix) -> Located:
    return Located(id=ident, status=Status.ACCEPTED, fix=fix, suggestions=(fix,))
