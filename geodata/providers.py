"""Outside geocoders, all through geopy: off unless the settings name them, rate-limited, every answer kept.

Asking one discloses a customer's address to a third party; each disclosure is reported to `audit`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from geopy.exc import GeopyError
from geopy.extra.rate_limiter import RateLimiter
from geopy.geocoders import get_geocoder_for_service
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location

from geodata.cache import AnswerCache
from geodata.coordinates import LatLon, bd09_to_wgs84, gcj02_to_wgs84, in_mainland_china
from geodata.errors import GeodataError
from geodata.gazetteer import Fix, Precision

Audit = Callable[[str], None]
_PLAIN_SCORE = 0.9  # what an answer is worth where the service says nothing of its own doubts


class AMap(Geocoder):  # type: ignore[misc]
    """Gaode's geocoder (AMap Web Service API v3), geopy-style. Answers in GCJ-02."""

    geocode_path = "/v3/geocode/geo"
    domain = "restapi.amap.com"

    def __init__(
        self, api_key: str, *, scheme: str | None = None, adapter_factory: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(scheme=scheme, adapter_factory=adapter_factory, **kwargs)
        self.api_key = api_key

    def geocode(self, query: str, *, exactly_one: bool = True, timeout: Any = DEFAULT_SENTINEL) -> Any:
        """The location of an address."""
        url = f"{self.scheme}://{self.domain}{self.geocode_path}?{urlencode({'key': self.api_key, 'address': query})}"
        return self._call_geocoder(url, lambda raw: self._parse(raw, exactly_one), timeout=timeout)

    @staticmethod
    def _parse(raw: Any, exactly_one: bool) -> Any:
        found = [
            Location(
                entry.get("formatted_address", ""),
                tuple(reversed([float(v) for v in entry["location"].split(",")])),
                entry,
            )
            for entry in raw.get("geocodes") or []
        ]
        return (found[0] if exactly_one else found) if found else None


class Tencent(Geocoder):  # type: ignore[misc]
    """Tencent's geocoder (WebService API v1), geopy-style. Answers in GCJ-02."""

    geocode_path = "/ws/geocoder/v1/"
    domain = "apis.map.qq.com"

    def __init__(
        self, api_key: str, *, scheme: str | None = None, adapter_factory: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(scheme=scheme, adapter_factory=adapter_factory, **kwargs)
        self.api_key = api_key

    def geocode(self, query: str, *, exactly_one: bool = True, timeout: Any = DEFAULT_SENTINEL) -> Any:  # noqa: ARG002
        """The location of an address."""
        url = f"{self.scheme}://{self.domain}{self.geocode_path}?{urlencode({'key': self.api_key, 'address': query})}"
        return self._call_geocoder(url, self._parse, timeout=timeout)

    @staticmethod
    def _parse(raw: Any) -> Any:
        result = raw.get("result") if raw.get("status") == 0 else None
        if not result:
            return None
        at = result["location"]
        return Location(result.get("title", ""), (at["lat"], at["lng"]), result)


class Tianditu(Geocoder):  # type: ignore[misc]
    """Tianditu's geocoder, geopy-style. Answers in CGCS2000, which is WGS-84 to a few centimetres."""

    geocode_path = "/geocoder"
    domain = "api.tianditu.gov.cn"

    def __init__(
        self, api_key: str, *, scheme: str | None = None, adapter_factory: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(scheme=scheme, adapter_factory=adapter_factory, **kwargs)
        self.api_key = api_key

    def geocode(self, query: str, *, exactly_one: bool = True, timeout: Any = DEFAULT_SENTINEL) -> Any:  # noqa: ARG002
        """The location of an address."""
        import json

        asked = json.dumps({"keyWord": query}, ensure_ascii=False)
        url = (
            f"{self.scheme}://{self.domain}{self.geocode_path}?{urlencode({'ds': asked, 'tk': self.api_key})}"
        )
        return self._call_geocoder(url, self._parse, timeout=timeout)

    @staticmethod
    def _parse(raw: Any) -> Any:
        at = raw.get("location") if str(raw.get("status")) == "0" else None
        return Location(at.get("keyWord", ""), (float(at["lat"]), float(at["lon"])), raw) if at else None


OURS: Mapping[str, type[Geocoder]] = {"amap": AMap, "tencent": Tencent, "tianditu": Tianditu}
# Service, the coordinate system it answers in, and the name of its key argument ("" needs none).
SERVICES: Mapping[str, tuple[str, str]] = {
    "nominatim": ("wgs84", ""),
    "photon": ("wgs84", ""),
    "pelias": ("wgs84", "api_key"),
    "google": ("gcj02-in-china", "api_key"),
    "arcgis": ("wgs84", ""),
    "here": ("wgs84", "apikey"),
    "tomtom": ("wgs84", "api_key"),
    "mapbox": ("wgs84", "api_key"),
    "opencage": ("wgs84", "api_key"),
    "baiduv3": ("bd09", "api_key"),
    "amap": ("gcj02", "api_key"),
    "tencent": ("gcj02", "api_key"),
    "tianditu": ("wgs84", "api_key"),
}
_GEOPY_NAMES = {"google": "googlev3", "here": "herev7"}
_KEYS = frozenset({"key_env", "domain", "min_delay_s", "timeout_s"})


@dataclass(frozen=True, slots=True)
class OutsideProvider:
    """See `geocoder.Provider`. Raw answers are kept, in the service's own coordinates."""

    name: str
    ask: Callable[..., Any]
    cache: AnswerCache
    audit: Audit

    def locate(self, address: str) -> Fix | None:
        """The service's best answer in WGS-84; None where it has none or does not answer."""
        kept = self.cache.get(self.name, address)
        if kept is None:
            self.audit(self.name)
            try:
                found = self.ask(address)
            except GeopyError:
                return None
            kept = (
                {"at": [found.latitude, found.longitude], "matched": found.address, "raw": found.raw}
                if found
                else {}
            )
            self.cache.put(self.name, address, kept)
        if not kept:
            return None
        at = to_wgs84(LatLon(*kept["at"]), SERVICES[self.name][0])
        return Fix(
            location=at,
            precision=Precision.ADDRESS,
            matched=kept["matched"] or "",
            score=_PLAIN_SCORE,
            source=self.name,
        )


def to_wgs84(at: LatLon, system: str) -> LatLon:
    """A service's answer in WGS-84."""
    if system == "bd09":
        return bd09_to_wgs84(at)
    if system == "gcj02" or (system == "gcj02-in-china" and in_mainland_china(at)):
        return gcj02_to_wgs84(at)
    return at


def open_chain(
    settings: Mapping[str, Any], cache_path: Path, audit: Audit, *, adapter_factory: Any = None
) -> tuple[OutsideProvider, ...]:
    """The services named in `[geocode.providers]`, in order. Raises GeodataError naming what is wrong."""
    return tuple(
        _open(name, table, AnswerCache(cache_path), audit, adapter_factory)
        for name, table in settings.items()
    )


def _open(name: str, table: Any, cache: AnswerCache, audit: Audit, adapter_factory: Any) -> OutsideProvider:
    where = f"[geocode.providers.{name}]"
    if name not in SERVICES:
        raise GeodataError(f"{where}: there is no such geocoder; known: {', '.join(sorted(SERVICES))}")
    if not isinstance(table, Mapping) or not set(table) <= _KEYS:
        raise GeodataError(f"{where}: its keys are {', '.join(sorted(_KEYS))}")
    options: dict[str, Any] = {"user_agent": "doorstep"} if name == "nominatim" else {}
    key_name = SERVICES[name][1]
    if key_name:
        options[key_name] = _secret(where, table)
    if "domain" in table:
        options["domain"] = str(table["domain"])
    if adapter_factory is not None:
        options["adapter_factory"] = adapter_factory
    kind = OURS.get(name) or get_geocoder_for_service(_GEOPY_NAMES.get(name, name))
    service = kind(**options, timeout=float(table.get("timeout_s", 10)))
    delay = float(table.get("min_delay_s", 1.0 if name == "nominatim" else 0.2))
    ask = RateLimiter(service.geocode, min_delay_seconds=delay, max_retries=1, swallow_exceptions=False)
    return OutsideProvider(name, ask, cache, audit)


def _secret(where: str, table: Mapping[str, Any]) -> str:
    variable = str(table.get("key_env", ""))
    if not variable:
        raise GeodataError(f'{where}: name the environment variable with its key, key_env = "..."')
    if not os.environ.get(variable):
        raise GeodataError(f"{where}: the environment variable {variable} is not set")
    return os.environ[variable]
