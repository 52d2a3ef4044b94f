from __future__ import annotations

import pytest

from geodata.coordinates import LatLon
from scheduler.store.memory import StoredAnswers, StoredCorrections
from scheduler.store.repository import Store

HERE, THERE = LatLon(60.17, 24.94), LatLon(32.06, 118.79)


@pytest.fixture(params=["plain", "encrypted"])
def opened(request, url, key):
    with Store.open(url, key=key if request.param == "encrypted" else None) as store:
        yield store


def test_answers_by_provider_and_address(opened) -> None:
    answers = StoredAnswers(opened)
    answers.put("amap", "中山路1号", {"at": [1.5, 2.5], "raw": None})
    assert answers.get("amap", "中山路1号") == {"at": [1.5, 2.5], "raw": None}
    assert answers.get("tencent", "中山路1号") is None
    assert answers.get("amap", "中山路2号") is None


def test_a_later_answer_and_a_later_correction_replace_an_earlier_one(opened) -> None:
    answers, corrections = StoredAnswers(opened), StoredCorrections(opened)
    for number in (1, 2):
        answers.put("amap", "a", number)
    assert answers.get("amap", "a") == 2
    corrections.put("main st 1", HERE)
    corrections.put("main st 1", THERE)
    corrections.put("'); drop table corrections; --", HERE)
    assert StoredCorrections(opened).all() == {"main st 1": THERE, "'); drop table corrections; --": HERE}


def test_no_address_lies_open_in_an_encrypted_database(locked, on_disk) -> None:
    StoredAnswers(locked).put("amap", "kanariakuja 7", {"matched": "Kanariakuja 7"})
    StoredCorrections(locked).put("kanariakuja 7", LatLon(60.123456, 24.654321))
    for word in ("kanariakuja", "Kanariakuja", "60.123456"):
        assert on_disk(word) == []
