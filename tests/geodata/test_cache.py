"""Answers and corrections in SQLite: kept between openings, by the address made plain."""

from __future__ import annotations

import pytest

from geodata.cache import AnswerCache, Corrections
from geodata.coordinates import LatLon
from geodata.errors import GeodataError

HERE, THERE = LatLon(60.17, 24.94), LatLon(32.06, 118.79)


def test_answers_by_provider_and_plain_address(tmp_path):
    AnswerCache(tmp_path / "deep" / "a.db").put("amap", "中山路１号", {"at": [1.5, 2.5], "raw": None})
    again = AnswerCache(tmp_path / "deep" / "a.db")
    assert again.get("amap", "中山路1号") == {"at": [1.5, 2.5], "raw": None}
    assert again.get("tencent", "中山路1号") is None
    assert again.get("amap", "中山路2号") is None


def test_a_later_correction_replaces_an_earlier_one(tmp_path):
    corrections = Corrections(tmp_path / "c.db")
    corrections.put("Main St 1", HERE)
    corrections.put("  MAIN st 1", THERE)
    assert corrections.get("main ST 1") == THERE
    assert Corrections(tmp_path / "c.db").all() == {"main st 1": THERE}


def test_text_is_never_taken_for_sql(tmp_path):
    corrections = Corrections(tmp_path / "c.db")
    corrections.put("'); drop table corrections; --", HERE)
    assert corrections.get("'); drop table corrections; --") == HERE


@pytest.mark.parametrize("kind", [AnswerCache, Corrections])
def test_a_broken_file_is_said(tmp_path, kind):
    (tmp_path / "x.db").write_bytes(b"not a database, but long enough to look like a file" * 50)
    with pytest.raises(GeodataError, match=r"x\.db cannot be used"):
        kind(tmp_path / "x.db").get(*("a", "b")[: 2 if kind is AnswerCache else 1])
