"""Where the sun stands: twice, by two formulas, so that effects and checks share none.

Both are the low-precision ones of the Astronomical Almanac's and NOAA's solar calculator; they agree
within a few hundredths of a degree in this century.
"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from geodata.coordinates import LatLon
from scheduler.model.values import TimeWindow, midnight

_J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)


def light_windows(day: date, at: LatLon, zone: ZoneInfo) -> tuple[TimeWindow, ...]:
    """When the middle of the sun is above the horizon on a local day. For effects.

    Refraction and the sun's disk lengthen the day by minutes that are left unused: a margin for the check.
    """
    first, last = midnight(day, zone), midnight(day + timedelta(days=1), zone)
    local = TimeWindow(first, last)
    suns = (_sun_of(day + timedelta(days=offset), at, zone) for offset in (-1, 0, 1))
    return tuple(met for sun in suns if sun is not None and (met := sun.meet(local)) is not None)


def _sun_of(day: date, at: LatLon, zone: ZoneInfo) -> TimeWindow | None:
    """NOAA's general solar position: fractional year, equation of time, declination, hour angle."""
    year = 2 * math.pi / 365 * (day.timetuple().tm_yday - 1)
    equation_min = 229.18 * (
        0.000075
        + 0.001868 * math.cos(year)
        - 0.032077 * math.sin(year)
        - 0.014615 * math.cos(2 * year)
        - 0.040849 * math.sin(2 * year)
    )
    declination = (
        0.006918
        - 0.399912 * math.cos(year)
        + 0.070257 * math.sin(year)
        - 0.006758 * math.cos(2 * year)
        + 0.000907 * math.sin(2 * year)
        - 0.002697 * math.cos(3 * year)
        + 0.00148 * math.sin(3 * year)
    )
    cosine = -math.tan(math.radians(at.lat)) * math.tan(declination)
    if cosine >= 1:
        return None  # the sun doesn't rise
    half = timedelta(minutes=4 * math.degrees(math.acos(max(-1.0, cosine))))
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    noon -= timedelta(minutes=4 * at.lon + equation_min)
    return TimeWindow((noon - half).astimezone(zone), (noon + half).astimezone(zone))


def sun_height(moment: datetime, at: LatLon) -> float:
    """Degrees of the sun's middle above the horizon, without refraction. For checks.

    The Astronomical Almanac's low-precision formulas: ecliptic longitude, right ascension, sidereal time.
    """
    days = (moment.astimezone(UTC) - _J2000) / timedelta(days=1)
    anomaly = math.radians(357.528 + 0.9856003 * days)
    longitude = math.radians(
        280.460 + 0.9856474 * days + 1.915 * math.sin(anomaly) + 0.020 * math.sin(2 * anomaly)
    )
    tilt = math.radians(23.439 - 0.0000004 * days)
    declination = math.asin(math.sin(tilt) * math.sin(longitude))
    ascension = math.atan2(math.cos(tilt) * math.sin(longitude), math.cos(longitude))
    sidereal = math.radians((18.697374558 + 24.06570982441908 * days) % 24 * 15 + at.lon)
    latitude = math.radians(at.lat)
    height = math.sin(latitude) * math.sin(declination) + math.cos(latitude) * math.cos(
        declination
    ) * math.cos(sidereal - ascension)
    return math.degrees(math.asin(height))
