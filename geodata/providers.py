"""Outside geocoders, all through geopy: off unless the settings name them, rate-limited, every answer kept.

Asking one discloses a customer's address to a third party; each disclosure is reported to `audit`.
"""

from __future__ import annotations

import inspect
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from geopy.exc import GeopyError
from geopy.extra.rate_limiter import RateLimiter
from geopy.geocoders import get_geocoder_for_service
from geopy.geocoders.base import Geocoder

from geodata.address import normalise
from geodata.answer_grades import grade
from geodata.chinese_services import AMap, Tencent, Tianditu
from geodata.coordinates import LatLon, bd09_to_wgs84, gcj02_to_wgs84
from geodata.errors import GeodataError
from geodata.gazetteer import Fix
from geodata.geocoder import ProviderUnavailableError
from geodata.memory import Answers

Audit = Callable[[str], None]
OURS: Mapping[str, type[Geocoder]] = {"amap": AMap, "tencent": Tencent, "tianditu": Tianditu}
# Service, the coordinate system it answers in, and the name of its key argument ("" needs none).
SERVICES: Mapping[str, tuple[str, str]] = {
    "nominatim": ("wgs84", ""),
    "photon": ("wgs84", ""),
    "pelias": ("wgs84", "api_key"),
    "google": ("gcj02", "api_key"),
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
_ASKED_FOR: Mapping[str, Mapping[str, Any]] = {"arcgis": {"out_fields": "Addr_type"}}
_KEYS = frozenset({"key_env", "domain", "min_delay_s", "timeout_s"})


@dataclass(frozen=True, slots=True)
class OutsideProvider:
    """See `geocoder.Provider`. Raw answers are kept, in the service's own coordinates."""

    name: str
    ask: Callable[..., Any]
    answers: Answers
    audit: Audit

    def locate(self, address: str) -> Fix | None:
        """The service's best answer in WGS-84, or None. Raises ProviderUnavailableError."""
        plain = normalise(address)
        kept = self.answers.get(self.name, plain)
        if kept is None:
            kept = self._asked(address)
            self.answers.put(self.name, plain, kept)
        if not kept:
            return None
        precision, score = grade(self.name, kept["raw"])
        return Fix(
            location=to_wgs84(LatLon(*kept["at"]), SERVICES[self.name][0]),
            precision=precision,
            matched=kept["matched"] or "",
            score=score,
            source=self.name,
        )

    def _asked(self, address: str) -> dict[str, Any]:
        """The service's answer, {} where it knows no such address. A failure is no answer and is not kept."""
        self.audit(self.name)
        try:
            found = self.ask(address, **_ASKED_FOR.get(self.name, {}))
            at = LatLon(found.latitude, found.longitude) if found else None
        except (GeopyError, ValueError, KeyError, TypeError) as error:
            raise ProviderUnavailableError(f"{self.name} gave no answer ({type(error).__name__})") from None
        return {"at": [at.lat, at.lon], "matched": found.address, "raw": found.raw} if at else {}


def to_wgs84(at: LatLon, system: str) -> LatLon:
    """A service's answer in WGS-84; `system` is wgs84, gcj02 (unshifted outside China) or bd09."""
    if system == "bd09":
        return bd09_to_wgs84(at)
    return gcj02_to_wgs84(at) if system == "gcj02" else at


def open_chain(
    settings: Mapping[str, Any], answers: Answers, audit: Audit, *, adapter_factory: Any = None
) -> tuple[OutsideProvider, ...]:
    """The services named in `[geocode.providers]`, in order. Raises GeodataError naming what is wrong."""
    if settings:  # geopy logs addresses and whole URLs, keys included
        logging.getLogger("geopy").addFilter(_say_nothing)
    return tuple(_open(name, table, answers, audit, adapter_factory) for name, table in settings.items())


def _say_nothing(_record: logging.LogRecord) -> bool:
    return False


def _open(name: str, table: Any, answers: Answers, audit: Audit, adapter_factory: Any) -> OutsideProvider:
    where = f"[geocode.providers.{name}]"
    if name not in SERVICES:
        raise GeodataError(f"{where}: there is no such geocoder; known: {', '.join(sorted(SERVICES))}")
    if not isinstance(table, Mapping) or not set(table) <= _KEYS:
        raise GeodataError(f"{where}: its keys are {', '.join(sorted(_KEYS))}")
    kind = OURS.get(name) or get_geocoder_for_service(_GEOPY_NAMES.get(name, name))
    options: dict[str, Any] = {"user_agent": "doorstep"} if name == "nominatim" else {}
    key_name = SERVICES[name][1]
    if key_name:
        options[key_name] = _secret(where, table)
    if "domain" in table:
        options["domain"] = str(table["domain"])
    accepted = inspect.signature(kind).parameters
    if "domain" in options and "domain" not in accepted:
        raise GeodataError(f"{where}: this service has one domain only, drop the key")
    if (
        "domain" not in options
        and "domain" in accepted
        and accepted["domain"].default is inspect.Parameter.empty
    ):
        raise GeodataError(f'{where}: name your server, domain = "..."')
    if adapter_factory is not None:
        options["adapter_factory"] = adapter_factory
    service = kind(**options, timeout=_seconds(where, table, "timeout_s", 10.0))
    delay = _seconds(where, table, "min_delay_s", 1.0 if name == "nominatim" else 0.2)
    ask = RateLimiter(
        service.geocode,
        min_delay_seconds=delay,
        max_retries=1,
        error_wait_seconds=max(2.0, delay),
        swallow_exceptions=False,
    )
    return OutsideProvider(name, ask, answers, audit)


def _seconds(where: str, table: Mapping[str, Any], key: str, default: float) -> float:
    value = table.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 600:
        raise GeodataError(f"{where}: {key} is a number of seconds from 0 to 600")
    return float(value)


def _secret(where: str, table: Mapping[str, Any]) -> str:
    variable = str(table.get("key_env", ""))
    if not variable:
        raise GeodataError(f'{where}: name the environment variable with its key, key_env = "..."')
    if not os.environ.get(variable):
        raise GeodataError(f"{where}: the environment variable {variable} is not set")
    return os.environ[variable]
