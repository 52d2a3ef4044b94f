"""Postcodes, districts and cities: which street of a name is meant, and whether the town is one the extract knows."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from geodata.address import ParsedAddress, fold, is_chinese, name_key
from geodata.coordinates import LatLon
from geodata.named_places import AREA, CITY, NamedPlaces
from geodata.street_index import Street


class Localities:
    """What an extract knows of its parts."""

    def __init__(self, places: NamedPlaces) -> None:
        self._places = places
        kinds = places.place_kind.tolist()
        named = zip(places.place_names.tolist(), kinds, strict=True)
        areas = {_plain(name) for name, kind in named if kind in (AREA, CITY)}
        cities = {_plain(name) for name in set(places.cities.tolist())} - {""}
        districts = {_plain(name) for name in set(places.districts.tolist())} - {""}
        self._knows_cities = CITY in kinds or bool(cities)
        self._knows_districts = bool(districts)
        self._areas = (areas | cities | districts) - {""}
        self._postcodes = frozenset(places.postcodes.tolist())
        self._asked: dict[str, bool] = {}

    def share(self, street: Street, wanted: ParsedAddress, trust: float) -> float:
        """What the address's postcode, district and city leave of the trust in a street, 0 to 1."""
        if wanted.postcode and wanted.postcode in street.postcodes:
            return 1.0
        city = self._city(street, wanted.city)
        district = 1.0
        if wanted.district and street.district and not _same(wanted.district, street.district):
            district = 0.7
        postcode = 1.0
        if wanted.postcode and street.postcodes:
            foreign = wanted.postcode not in self._postcodes and not (wanted.city and city == 1.0)
            postcode = 0.84 if foreign or trust < 1.0 else 0.93
        return city * district * postcode

    def lies_in(self, at: LatLon, district: str) -> bool:
        """Whether the address nearest to a place lies in a district; True where districts are not known."""
        if not self._knows_districts:
            return True
        places, stretch = self._places, math.cos(math.radians(at.lat))
        apart = (places.lat - at.lat) ** 2 + ((places.lon - at.lon) * stretch) ** 2
        near = str(places.districts[int(np.argmin(apart))])
        return not near or _same(district, near)

    def _city(self, street: Street, city: str) -> float:
        if not city or (street.city and _same(city, street.city)):
            return 1.0
        if self._knows_cities and not self._known(city):
            return 0.8  # a town of which the extract knows nothing
        return 0.95 if street.city else 1.0

    def _known(self, name: str) -> bool:
        if name not in self._asked:
            self._asked[name] = any(_same(name, area) for area in self._areas)
        return self._asked[name]


@lru_cache(maxsize=4096)
def _plain(name: str) -> str:
    """A town's or district's name for comparison: København S -> kobenhavn, 鼓楼区 -> 鼓楼."""
    words = name.split()
    key = fold(name_key(" ".join(words[:-1] if len(words) > 1 and len(words[-1].strip(".")) <= 2 else words)))
    return key[:-1] if len(key) > 2 and key[-1] in "省市区县旗" else key


def _same(one: str, other: str) -> bool:
    a, b = _plain(one), _plain(other)
    if a == b:
        return True
    if is_chinese(a):
        return bool(b) and (a.endswith(b) or b.endswith(a))
    from rapidfuzz.distance import OSA

    if min(len(a), len(b)) < 5:
        return False
    return a.startswith(b) or b.startswith(a) or OSA.distance(a, b, score_cutoff=1) <= 1
