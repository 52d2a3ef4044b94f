"""Outside geocoders without a network: answers of the recorded shape, fed through geopy's adapter."""

from __future__ import annotations

import logging
from urllib.parse import parse_qs, urlsplit

import pytest
from geopy.adapters import AdapterHTTPError, BaseSyncAdapter
from geopy.extra.rate_limiter import RateLimiter

from geodata.address import normalise
from geodata.answer_grades import grade
from geodata.coordinates import LatLon, apart_m, wgs84_to_bd09, wgs84_to_gcj02
from geodata.errors import GeodataError
from geodata.gazetteer import Precision
from geodata.geocoder import ProviderUnavailableError
from geodata.providers import SERVICES, open_chain

HELSINKI, NANJING = LatLon(60.17, 24.94), LatLon(32.0603, 118.7969)
ADDRESS = "Salainen katu 7, Helsinki"
GCJ, BD = wgs84_to_gcj02(NANJING), wgs84_to_bd09(NANJING)
NORTH_FIRST = {"lat": HELSINKI.lat, "lng": HELSINKI.lon}
EAST_FIRST = [HELSINKI.lon, HELSINKI.lat]

# Service: its answer, where that is in WGS-84, and how exact.
ANSWERS = {
    "nominatim": (
        [
            {
                "lat": str(HELSINKI.lat),
                "lon": str(HELSINKI.lon),
                "display_name": "7, Katu",
                "class": "place",
                "type": "house",
                "addresstype": "place",
                "place_rank": 30,
            }
        ],
        HELSINKI,
        Precision.ADDRESS,
    ),
    "photon": (
        {
            "features": [
                {
                    "geometry": {"coordinates": EAST_FIRST},
                    "properties": {"type": "house", "housenumber": "7", "street": "Katu"},
                }
            ]
        },
        HELSINKI,
        Precision.ADDRESS,
    ),
    "pelias": (
        {
            "features": [
                {
                    "geometry": {"coordinates": EAST_FIRST},
                    "properties": {
                        "name": "Katu 7",
                        "layer": "address",
                        "confidence": 1,
                        "accuracy": "point",
                    },
                }
            ]
        },
        HELSINKI,
        Precision.ADDRESS,
    ),
    "google": (
        {
            "status": "OK",
            "results": [
                {
                    "formatted_address": "中山路7号",
                    "geometry": {"location": {"lat": GCJ.lat, "lng": GCJ.lon}, "location_type": "ROOFTOP"},
                }
            ],
        },
        NANJING,
        Precision.ADDRESS,
    ),
    "arcgis": (
        {
            "candidates": [
                {
                    "address": "Katu 7",
                    "score": 100,
                    "location": {"x": HELSINKI.lon, "y": HELSINKI.lat},
                    "attributes": {"Addr_type": "StreetAddress"},
                }
            ]
        },
        HELSINKI,
        Precision.INTERPOLATED,
    ),
    "here": (
        {
            "items": [
                {
                    "title": "Katu 7",
                    "resultType": "houseNumber",
                    "position": NORTH_FIRST,
                    "address": {"label": "Katu 7"},
                    "scoring": {"queryScore": 1.0},
                }
            ]
        },
        HELSINKI,
        Precision.ADDRESS,
    ),
    "tomtom": (
        {
            "results": [
                {
                    "type": "Point Address",
                    "address": {"freeformAddress": "Katu 7"},
                    "position": {"lat": HELSINKI.lat, "lon": HELSINKI.lon},
                }
            ]
        },
        HELSINKI,
        Precision.ADDRESS,
    ),
    "mapbox": (
        {
            "features": [
                {
                    "place_name": "Katu 7",
                    "place_type": ["address"],
                    "address": "7",
                    "relevance": 1,
                    "geometry": {"coordinates": EAST_FIRST},
                    "properties": {"accuracy": "rooftop"},
                }
            ]
        },
        HELSINKI,
        Precision.ADDRESS,
    ),
    "opencage": (
        {
            "status": {"code": 200},
            "results": [
                {
                    "formatted": "Katu 7",
                    "geometry": NORTH_FIRST,
                    "confidence": 10,
                    "components": {"_type": "building", "house_number": "7"},
                }
            ],
        },
        HELSINKI,
        Precision.ADDRESS,
    ),
    "baiduv3": (
        {
            "status": 0,
            "result": {
                "location": {"lng": BD.lon, "lat": BD.lat},
                "precise": 1,
                "confidence": 80,
                "comprehension": 100,
                "level": "门址",
            },
        },
        NANJING,
        Precision.ADDRESS,
    ),
    "amap": (
        {
            "status": "1",
            "infocode": "10000",
            "geocodes": [
                {
                    "formatted_address": "江苏省南京市玄武区中山路7号",
                    "level": "门牌号",
                    "location": f"{GCJ.lon},{GCJ.lat}",
                }
            ],
        },
        NANJING,
        Precision.ADDRESS,
    ),
    "tencent": (
        {
            "status": 0,
            "message": "Success",
            "result": {
                "title": "中山路7号",
                "location": {"lng": GCJ.lon, "lat": GCJ.lat},
                "reliability": 7,
                "level": 9,
            },
        },
        NANJING,
        Precision.ADDRESS,
    ),
    "tianditu": (
        {
            "status": "0",
            "msg": "ok",
            "location": {
                "lon": str(NANJING.lon),
                "lat": str(NANJING.lat),
                "score": 100,
                "level": "门址",
                "keyWord": "中山路7号",
            },
        },
        NANJING,
        Precision.ADDRESS,
    ),
}


class Recorded:
    """An adapter factory whose adapters answer what was recorded, and remember what was asked."""

    def __init__(self, *answers: object) -> None:
        self.answers, self.urls = list(answers), []

    def __call__(self, *, proxies, ssl_context) -> BaseSyncAdapter:
        recorded = self

        class Adapter(BaseSyncAdapter):
            def get_json(self, url, **_options):
                recorded.urls.append(url)
                answer = recorded.answers[min(len(recorded.urls), len(recorded.answers)) - 1]
                if isinstance(answer, Exception):
                    raise answer
                return answer

            def get_text(self, *_args, **_options):
                raise AssertionError("every service speaks JSON")

        return Adapter(proxies=proxies, ssl_context=ssl_context)


class Kept(dict):
    """Answers kept in memory, by provider and plain address."""

    def get(self, provider, address):
        return super().get((provider, address))

    def put(self, provider, address, answer):
        self[provider, address] = answer


@pytest.fixture
def kept():
    return Kept()


@pytest.fixture
def chain(kept, monkeypatch):
    """`chain(service, *answers)` gives the provider, the recorded requests and the disclosures."""
    monkeypatch.setenv("GEOCODER_KEY", "k-e-y")

    def opened(service, *answers, **settings):
        recorded, disclosed = Recorded(*answers), []
        table = {"min_delay_s": 0, **settings}
        if SERVICES[service][1]:
            table["key_env"] = "GEOCODER_KEY"
        if service == "pelias":
            table["domain"] = "pelias.example.org"
        made = open_chain({service: table}, kept, disclosed.append, adapter_factory=recorded)
        return made[0], recorded, disclosed

    return opened


def test_every_service_has_a_recorded_answer():
    assert set(ANSWERS) == set(SERVICES)


@pytest.mark.parametrize("service", ANSWERS)
def test_answers_arrive_in_wgs84_with_their_precision(chain, service):
    answer, at, precision = ANSWERS[service]
    provider, recorded, disclosed = chain(service, answer)
    fix = provider.locate(ADDRESS)
    assert apart_m(fix.location, at) < 0.01
    assert (fix.precision, fix.source) == (precision, service)
    assert fix.score >= 0.85
    assert disclosed == [service]
    assert len(recorded.urls) == 1


@pytest.mark.parametrize("service", ANSWERS)
def test_nothing_is_asked_twice(chain, service):
    provider, recorded, disclosed = chain(service, ANSWERS[service][0])
    assert provider.locate(ADDRESS) == provider.locate("  SALAINEN KATU 7,  Helsinki ")
    assert len(recorded.urls) == len(disclosed) == 1


def test_no_answer_is_kept_as_none(chain):
    provider, recorded, _ = chain("amap", {"status": "1", "geocodes": []})
    assert provider.locate(ADDRESS) is None
    assert provider.locate(ADDRESS) is None
    assert len(recorded.urls) == 1


@pytest.mark.parametrize(
    ("service", "refusal"),
    [
        ("amap", {"status": "0", "infocode": "10001", "info": "INVALID_USER_KEY"}),
        ("amap", {"status": "0", "infocode": "10044", "info": "USER_DAILY_QUERY_OVER_LIMIT"}),
        ("tencent", {"status": 311, "message": "key"}),
        ("tencent", {"status": 120, "message": "quota"}),
        ("tianditu", {"code": 301001, "msg": "key"}),
        ("baiduv3", {"status": 302, "message": "quota"}),
        ("google", {"status": "REQUEST_DENIED", "results": []}),
        ("amap", {"unheard": "of"}),
        ("tencent", {"status": 0, "result": {"location": {"lat": "x", "lng": 1}}}),
        ("nominatim", AdapterHTTPError("503", status_code=503, headers={}, text="busy")),
    ],
)
def test_a_refusal_is_no_answer_and_is_not_kept(chain, monkeypatch, service, refusal):
    monkeypatch.setattr(RateLimiter, "_sleep", lambda _self, _seconds: None)
    provider, recorded, _ = chain(service, refusal, refusal, ANSWERS[service][0])
    with pytest.raises(ProviderUnavailableError) as caught:
        provider.locate(ADDRESS)
    assert "Salainen" not in str(caught.value)
    assert "k-e-y" not in str(caught.value)
    recorded.answers = [ANSWERS[service][0]]
    assert provider.locate(ADDRESS) is not None


def test_addresses_and_keys_reach_no_log(chain, monkeypatch, caplog):
    monkeypatch.setattr(RateLimiter, "_sleep", lambda _self, _seconds: None)
    busy = AdapterHTTPError("503", status_code=503, headers={}, text=ADDRESS)
    with caplog.at_level(logging.DEBUG):
        provider, *_ = chain("opencage", busy, busy)
        with pytest.raises(ProviderUnavailableError):
            provider.locate(ADDRESS)
        provider, *_ = chain("google", ANSWERS["google"][0])
        provider.locate(ADDRESS)
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("service", "field", "value"),
    [
        ("amap", "address", ADDRESS),
        ("tencent", "address", ADDRESS),
        ("tianditu", "ds", f'{{"keyWord": "{ADDRESS}"}}'),
    ],
)
def test_the_services_of_our_own_ask_in_the_documented_form(chain, service, field, value):
    provider, recorded, _ = chain(service, ANSWERS[service][0])
    provider.locate(ADDRESS)
    asked = urlsplit(recorded.urls[0])
    assert asked.scheme == "https"
    assert parse_qs(asked.query)[field] == [value]
    assert "k-e-y" in asked.query


@pytest.mark.parametrize(
    ("service", "raw", "precision"),
    [
        ("nominatim", {"type": "residential", "addresstype": "road", "place_rank": 26}, Precision.STREET),
        ("nominatim", {"type": "city", "addresstype": "city", "place_rank": 16}, Precision.AREA),
        ("photon", {"properties": {"type": "city"}}, Precision.AREA),
        ("google", {"geometry": {"location_type": "APPROXIMATE"}}, Precision.AREA),
        ("here", {"resultType": "locality"}, Precision.AREA),
        ("tomtom", {"type": "Geography"}, Precision.AREA),
        ("mapbox", {"place_type": ["address"]}, Precision.STREET),
        ("opencage", {"components": {"_type": "city"}}, Precision.AREA),
        ("baiduv3", {"level": "区县", "precise": 0, "confidence": 20}, Precision.AREA),
        ("amap", {"level": "道路"}, Precision.STREET),
        ("amap", {"level": "区县"}, Precision.AREA),
        ("tencent", {"level": 2, "reliability": 9}, Precision.AREA),
        ("pelias", {}, Precision.STREET),
    ],
)
def test_a_city_does_not_pass_for_a_door(service, raw, precision):
    found, score = grade(service, raw)
    assert found is precision
    assert score < 0.85


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"gogle": {}}, "no such geocoder"),
        ({"amap": {}}, "key_env"),
        ({"amap": {"key_env": "UNSET_KEY"}}, "UNSET_KEY is not set"),
        ({"photon": {"speed": 3}}, "its keys are"),
        ({"photon": {"min_delay_s": "soon"}}, "min_delay_s"),
        ({"pelias": {"key_env": "GEOCODER_KEY"}}, "name your server"),
        ({"baiduv3": {"key_env": "GEOCODER_KEY", "domain": "x.example.org"}}, "one domain only"),
        ({"photon": 5}, "its keys are"),
    ],
)
def test_wrong_settings_are_said(kept, monkeypatch, settings, said):
    monkeypatch.setenv("GEOCODER_KEY", "k-e-y")
    monkeypatch.delenv("UNSET_KEY", raising=False)
    with pytest.raises(GeodataError, match=said):
        open_chain(settings, kept, lambda _p: None)


def test_nothing_is_asked_unless_configured(kept):
    assert open_chain({}, kept, lambda _p: None) == ()


def test_raw_answers_are_kept_by_the_plain_address(chain, kept):
    provider, *_ = chain("amap", ANSWERS["amap"][0])
    provider.locate(ADDRESS)
    found = kept.get("amap", normalise(ADDRESS))
    assert found["raw"] == ANSWERS["amap"][0]["geocodes"][0]
    assert found["at"] == [pytest.approx(GCJ.lat), pytest.approx(GCJ.lon)]
