"""The chain from an address to a place: corrections, given coordinates, the gazetteer, outside geocoders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from geodata.address import normalise
from geodata.coordinates import LatLon
from geodata.errors import GeodataError
from geodata.extract import Box
from geodata.gazetteer import Fix, Gazetteer, Precision
from geodata.memory import Corrections

DOORS = frozenset(Precision) - {Precision.STREET, Precision.AREA}
"""Precisions that bring a visitor to the door or close by, as far as the score says; the others need a person."""
_FAILURES = 3  # in a row; from then on an outside geocoder is left alone
Progress = Callable[[int, int], None]


class Status(StrEnum):
    """Whether a place can be used as it is."""

    ACCEPTED = "accepted"
    REVIEW = "review"
    FAILED = "failed"


class ProviderUnavailableError(GeodataError):
    """An outside geocoder did not answer: refused, over its quota, out of reach."""


class Provider(Protocol):
    """An outside geocoder behind our own face."""

    @property
    def name(self) -> str:
        """As the settings name it."""

    def locate(self, address: str) -> Fix | None:
        """Its best answer in WGS-84, or None. Raises ProviderUnavailableError."""


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
        self._failed: Counter[str] = Counter()

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
        progress(len(wanted), len(wanted))
        return tuple(found)

    def locate(self, ident: str, address: str, *, given: LatLon | None = None) -> Located:
        """Where an address is, and whether a person must look."""
        corrected = self._known.get(normalise(address))
        if corrected is not None:
            return _sure(
                ident,
                Fix(location=corrected, precision=Precision.MANUAL, matched="", score=1.0, source="manual"),
            )
        outside = given is not None and self._box is not None and not self._box.contains(given)
        if given is not None and not outside:
            return _sure(
                ident, Fix(location=given, precision=Precision.GIVEN, matched="", score=1.0, source="given")
            )
        if not address.strip():
            return Located(id=ident, status=Status.FAILED, fix=None, reasons=("empty_address",))
        fixes = self._gazetteer.lookup(address)
        notes = ["given_outside_extract"] if outside else []
        best = fixes[0] if fixes else None
        if best is None or self._doubts(best):
            best, fixes = self._ask(address, best, fixes, notes)
        if best is None:
            return Located(id=ident, status=Status.FAILED, fix=None, reasons=("not_found", *notes))
        doubts = self._doubts(best)
        accepted = not doubts and not outside
        reasons = ("given_outside_extract",) if outside and not doubts else (*doubts, *notes)
        return Located(
            id=ident,
            status=Status.ACCEPTED if accepted else Status.REVIEW,
            fix=best,
            reasons=() if accepted else reasons,
            suggestions=fixes[:5],
        )

    def _ask(
        self, address: str, best: Fix | None, fixes: tuple[Fix, ...], notes: list[str]
    ) -> tuple[Fix | None, tuple[Fix, ...]]:
        """Ask outside until an answer is beyond doubt; otherwise the best that is known."""
        for provider in self._providers:
            try:
                answer = None if self._failed[provider.name] >= _FAILURES else provider.locate(address)
            except ProviderUnavailableError:
                self._failed[provider.name] += 1
                answer = None
            else:
                if self._failed[provider.name] < _FAILURES:
                    self._failed[provider.name] = 0
            if self._failed[provider.name]:
                notes.append(f"{provider.name}_unavailable")
            if answer is None:
                continue
            fixes = (answer, *fixes)
            if not self._doubts(answer):
                return answer, fixes
            if best is None or answer.score > best.score:
                best = answer
        return best, tuple(sorted(fixes, key=lambda fix: -fix.score))

    def _doubts(self, fix: Fix) -> tuple[str, ...]:
        """Codes of what speaks against using a fix without a person's look."""
        doubts = []
        if fix.precision not in DOORS:
            doubts.append(f"only_{fix.precision}")
        if fix.rivals:
            doubts.append("ambiguous")
        if self._box is not None and not self._box.contains(fix.location, margin=0.02):
            doubts.append("outside_extract")
        if fix.score < self._min_score and not doubts:
            far = fix.precision in (Precision.NEAREST_NUMBER, Precision.INTERPOLATED)
            doubts.append(f"only_{fix.precision}" if far else "weak_match")
        return tuple(doubts)


def _sure(ident: str, fix: Fix) -> Located:
    return Located(id=ident, status=Status.ACCEPTED, fix=fix, suggestions=(fix,))
