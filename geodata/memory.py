"""What geocoding remembers, and whoever keeps it: addresses are personal data, and this package keeps none.

The caller hands in keepers of these shapes; addresses come made plain by `geodata.address.normalise`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from geodata.coordinates import LatLon


class Answers(Protocol):
    """Outside geocoders' raw answers by provider and address, so that nothing is asked twice."""

    def get(self, provider: str, address: str) -> Any | None:
        """The raw answer as JSON values, or None where it was never asked."""

    def put(self, provider: str, address: str, answer: Any) -> None:
        """Keep a raw answer."""


class Corrections(Protocol):
    """Where people said an address is."""

    def all(self) -> Mapping[str, LatLon]:
        """Every correction, by the address made plain."""
