"""Geocoders of China that geopy has not: Gaode (AMap), Tencent and Tianditu, each as a geopy geocoder.

A refusal (a wrong key, a used-up quota) is raised as geopy's own error, never taken for "no such address".
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from geopy.exc import (
    GeocoderAuthenticationFailure,
    GeocoderParseError,
    GeocoderQuotaExceeded,
    GeocoderServiceError,
)
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location

_FAULTS = (KeyError, TypeError, ValueError, IndexError, AttributeError)


class _Service(Geocoder):  # type: ignore[misc]
    domain = ""
    path = ""

    def __init__(
        self,
        api_key: str,
        *,
        domain: str | None = None,
        scheme: str | None = None,
        adapter_factory: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(scheme=scheme, adapter_factory=adapter_factory, **kwargs)
        self.api_key = api_key
        self.domain = domain or self.domain

    def geocode(self, query: str, *, timeout: Any = DEFAULT_SENTINEL) -> Any:
        """The location of an address, or None. Raises geopy's errors."""
        url = f"{self.scheme}://{self.domain}{self.path}?{urlencode(self._asked(query))}"
        return self._call_geocoder(url, self._read, timeout=timeout)

    def _asked(self, query: str) -> dict[str, str]:
        raise NotImplementedError

    def _read(self, answer: Any) -> Any:
        try:
            return self._location(answer)
        except _FAULTS:
            raise GeocoderParseError(
                f"{type(self).__name__} answered in a form it has not documented"
            ) from None

    def _location(self, answer: Any) -> Any:
        raise NotImplementedError

    def _refuse(self, code: str, wrong_key: tuple[str, ...], used_up: tuple[str, ...]) -> None:
        said = f"{type(self).__name__} refused with code {code}"
        if code in wrong_key:
            raise GeocoderAuthenticationFailure(said)
        raise GeocoderQuotaExceeded(said) if code in used_up else GeocoderServiceError(said)


class AMap(_Service):
    """Gaode's geocoder (Web Service API v3). Answers in GCJ-02; `level` says what was matched."""

    domain = "restapi.amap.com"
    path = "/v3/geocode/geo"

    def _asked(self, query: str) -> dict[str, str]:
        return {"key": self.api_key, "address": query}

    def _location(self, answer: Any) -> Any:
        if str(answer["status"]) != "1":
            code = str(answer.get("infocode", ""))
            if code == "30001":  # ENGINE_RESPONSE_DATA_ERROR: an address it can make nothing of
                return None
            keys = ("10001", "10005", "10007", "10008", "10009", "10012")
            self._refuse(code, keys, ("10003", "10004", "10010", "10014", "10019", "10020", "10021", "10044"))
        if not answer["geocodes"]:
            return None
        best = answer["geocodes"][0]
        lon, lat = best["location"].split(",")
        return Location(str(best.get("formatted_address") or ""), (float(lat), float(lon)), best)


class Tencent(_Service):
    """Tencent's geocoder (WebService API v1). Answers in GCJ-02; `reliability` and `level` grade it."""

    domain = "apis.map.qq.com"
    path = "/ws/geocoder/v1/"

    def _asked(self, query: str) -> dict[str, str]:
        return {"key": self.api_key, "address": query}

    def _location(self, answer: Any) -> Any:
        code = str(answer["status"])
        if code in ("347", "348", "365"):  # nothing found, or an address too short to search for
            return None
        if code != "0":
            self._refuse(code, ("110", "111", "112", "113", "190", "199", "311"), ("120", "121"))
        best = answer["result"]
        at = best["location"]
        return Location(str(best.get("title") or ""), (float(at["lat"]), float(at["lng"])), best)


class Tianditu(_Service):
    """Tianditu's geocoder. Answers in CGCS2000, which is WGS-84 to a few centimetres."""

    domain = "api.tianditu.gov.cn"
    path = "/geocoder"

    def _asked(self, query: str) -> dict[str, str]:
        return {"ds": json.dumps({"keyWord": query}, ensure_ascii=False), "tk": self.api_key}

    def _location(self, answer: Any) -> Any:
        code = str(answer.get("status", answer.get("code", "")))
        if code in ("101", "404"):  # no result
            return None
        if code != "0":
            self._refuse(code, ("1", "301001", "301002"), ("301005", "301006"))
        at = answer["location"]
        return Location(str(at.get("keyWord") or ""), (float(at["lat"]), float(at["lon"])), at)
