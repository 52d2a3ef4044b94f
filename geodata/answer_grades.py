"""How exact an outside geocoder's answer is, from what the service itself says of it.

An answer that names a city where a door was asked for must not pass for a door. Where a service says nothing,
the answer counts as a street: a person looks at it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from geodata.gazetteer import Precision

Grade = tuple[Precision, float]
_DOOR, _PLACE, _BETWEEN, _STREET, _AREA = (
    (Precision.ADDRESS, 0.95),
    (Precision.COMPOUND, 0.9),
    (Precision.INTERPOLATED, 0.88),
    (Precision.STREET, 0.5),
    (Precision.AREA, 0.2),
)


def grade(service: str, raw: Mapping[str, Any]) -> Grade:
    """Precision and score (0 to 1) of a raw answer, as the service names them. Never raises."""
    try:
        return _GRADES[service](raw)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        return _STREET


def _by(table: Mapping[str, Grade], word: Any) -> Grade:
    return table.get(str(word), _AREA)


def _weighed(found: Grade, share: float) -> Grade:
    return found[0], found[1] * max(0.0, min(1.0, share))


_OSM = {"house": _DOOR, "building": _PLACE, "place": _PLACE, "street": _STREET, "road": _STREET}


def _nominatim(raw: Mapping[str, Any]) -> Grade:
    kind = str(raw.get("addresstype") or raw.get("type"))
    if str(raw.get("type")) in ("house", "house_number") or kind == "house_number":
        return _DOOR
    if int(raw.get("place_rank", 0)) >= 30:
        return _PLACE
    return _STREET if kind in ("road", "street") or 26 <= int(raw.get("place_rank", 0)) < 30 else _AREA


def _photon(raw: Mapping[str, Any]) -> Grade:
    said = raw["properties"]
    if said.get("type") == "house":
        return _DOOR if said.get("housenumber") else _PLACE
    return _STREET if said.get("type") == "street" else _AREA


def _pelias(raw: Mapping[str, Any]) -> Grade:
    said = raw["properties"]
    if said.get("accuracy") == "interpolated" or said.get("match_type") == "interpolated":
        return _weighed(_BETWEEN, float(said.get("confidence", 1)))
    kinds = {"address": _DOOR, "venue": _PLACE, "street": _STREET}
    return _weighed(_by(kinds, said["layer"]), float(said.get("confidence", 1)))


def _google(raw: Mapping[str, Any]) -> Grade:
    kinds = {"ROOFTOP": _DOOR, "RANGE_INTERPOLATED": _BETWEEN, "GEOMETRIC_CENTER": _STREET}
    return _weighed(_by(kinds, raw["geometry"]["location_type"]), 0.8 if raw.get("partial_match") else 1.0)


def _arcgis(raw: Mapping[str, Any]) -> Grade:
    kinds = {
        "PointAddress": _DOOR,
        "Subaddress": _DOOR,
        "StreetAddress": _BETWEEN,
        "StreetAddressExt": _STREET,
        "StreetName": _STREET,
        "POI": _PLACE,
    }
    return _weighed(_by(kinds, raw["attributes"]["Addr_type"]), float(raw["score"]) / 100)


def _here(raw: Mapping[str, Any]) -> Grade:
    kinds = {"houseNumber": _DOOR, "place": _PLACE, "street": _STREET, "intersection": _STREET}
    found = _by(kinds, raw["resultType"])
    if raw.get("houseNumberType") == "interpolated" or raw.get("houseNumberFallback"):
        found = _BETWEEN
    return _weighed(found, float(raw.get("scoring", {}).get("queryScore", 1)))


def _tomtom(raw: Mapping[str, Any]) -> Grade:
    kinds = {"Point Address": _DOOR, "Address Range": _BETWEEN, "POI": _PLACE, "Street": _STREET}
    return _by(kinds, raw["type"])


def _mapbox(raw: Mapping[str, Any]) -> Grade:
    kind = raw["place_type"][0]
    found = _PLACE if kind == "poi" else _AREA
    if kind == "address":
        accuracy = raw.get("properties", {}).get("accuracy", "point")
        close = {"rooftop": _DOOR, "parcel": _DOOR, "point": _DOOR, "interpolated": _BETWEEN}
        found = close.get(accuracy, _STREET) if raw.get("address") else _STREET
    return _weighed(found, float(raw.get("relevance", 1)))


def _opencage(raw: Mapping[str, Any]) -> Grade:
    if raw["components"].get("house_number"):
        return _weighed(_DOOR, 1.0 if int(raw.get("confidence", 0)) >= 9 else 0.85)
    return _by(_OSM, raw["components"].get("_type"))


def _baidu(raw: Mapping[str, Any]) -> Grade:
    level = str(raw["level"])
    if level in ("道路", "道路交叉口", "UNKNOWN", ""):
        return _STREET
    if level in ("国家", "省", "市", "城市", "区县", "乡镇", "村庄", "商圈", "行政区划"):
        return _AREA
    found = _DOOR if level in ("门址", "门牌", "楼栋", "楼址", "单元") else _PLACE
    return _weighed(found, 1.0 if int(raw["precise"]) == 1 or int(raw["confidence"]) >= 80 else 0.7)


def _amap(raw: Mapping[str, Any]) -> Grade:
    doors = dict.fromkeys(("门牌号", "门址", "单元号", "楼栋号"), _DOOR)
    streets = dict.fromkeys(("道路", "道路交叉路口", "公交站台、地铁站"), _STREET)
    return _by({**doors, **streets, "兴趣点": _PLACE, "住宅区": _PLACE}, raw["level"])


def _tencent(raw: Mapping[str, Any]) -> Grade:
    kinds = {"11": _PLACE, "10": _PLACE, "9": _DOOR, "8": _STREET, "7": _STREET}
    reliability = int(raw["reliability"])  # 1 to 10; the service calls 7 and more accurate
    return _weighed(_by(kinds, raw["level"]), 1.0 if reliability >= 7 else 0.1 * reliability)


def _tianditu(raw: Mapping[str, Any]) -> Grade:
    level = str(raw["level"])
    found = (
        _DOOR
        if level in ("门址", "门牌号", "楼栋")
        else _PLACE
        if level in ("兴趣点", "地名地址")
        else _STREET
    )
    return _weighed(found, float(raw.get("score", 0)) / 100)


_GRADES: Mapping[str, Callable[[Mapping[str, Any]], Grade]] = {
    "nominatim": _nominatim,
    "photon": _photon,
    "pelias": _pelias,
    "google": _google,
    "arcgis": _arcgis,
    "here": _here,
    "tomtom": _tomtom,
    "mapbox": _mapbox,
    "opencage": _opencage,
    "baiduv3": _baidu,
    "amap": _amap,
    "tencent": _tencent,
    "tianditu": _tianditu,
}
