"""Which key opens a database, and what is left of the old one after a rotation."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from geodata.coordinates import LatLon
from scheduler.model.people import Customer, Place
from scheduler.store.cipher import Key, KeyProblem, SealBrokenError
from scheduler.store.keyed import key_in_use, rekey
from scheduler.store.memory import StoredCorrections
from scheduler.store.repository import Store

NEW = Key(b"n" * 32)
SECRETS = ("Kanaria", "0407654321", "Kanariakuja", "60.123456", "hardship", "Kerrostalo")


@pytest.fixture
def people(case):
    def some(count: int):
        return [
            case(
                f"C{number:04}",
                customer=Customer(
                    id=f"K{number}", name="Kaino Kanaria", phone="0407654321", flags=frozenset({"hardship"})
                ),
                place=Place(address="Kanariakuja 7", location=LatLon(60.123456, 24.9)),
                note="Kerrostalo, ovi B",
            )
            for number in range(count)
        ]

    return some


def load(store: Store, cases) -> None:
    store.import_cases(cases, source="t", replace_missing=True, today=date(2026, 11, 24))


def statement(url: str, words: str) -> None:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(words))


def test_nothing_personal_lies_open_in_an_encrypted_database(locked, people, on_disk) -> None:
    load(locked, people(3))
    assert locked.cases() == tuple(people(3))
    assert [word for word in SECRETS if on_disk(word)] == []


def test_without_a_key_it_lies_open(store, people, on_disk) -> None:
    load(store, people(3))
    assert [word for word in SECRETS if not on_disk(word)] == []


def test_the_wrong_key_and_none_are_refused_and_nothing_is_changed(url, locked, people, tmp_path) -> None:
    load(locked, people(3))
    locked.wipe()
    before = (tmp_path / "doorstep.db").read_bytes()
    for wrong in (NEW, None):
        with pytest.raises(KeyProblem, match=r"not this workspace's|no key is given"):
            Store.open(url, key=wrong)
    assert (tmp_path / "doorstep.db").read_bytes() == before
    assert locked.cases() == tuple(people(3))


def test_a_key_for_a_database_in_plain_text_is_refused(url, store, people, key) -> None:
    load(store, people(1))
    with pytest.raises(KeyProblem, match="not encrypted yet"):
        Store.open(url, key=key)
    assert store.cases() == tuple(people(1))


def test_another_key_that_pretends_to_be_this_one_is_found_out(url, locked) -> None:
    statement(url, f"update encryption set key_id = '{NEW.id}'")  # noqa: S608
    with pytest.raises(KeyProblem):
        Store.open(url, key=NEW)


def test_people_are_found_by_name_and_number(locked, people, case) -> None:
    load(locked, [*people(2), case("D1")])
    assert [one.id for one in locked.find_cases(name=" kaino ＫＡＮＡＲＩＡ")] == ["C0000", "C0001"]
    assert [one.id for one in locked.find_cases(phone="040 765-4321")] == ["C0000", "C0001"]
    assert locked.find_cases(name="Kaino") == ()
    assert locked.find_cases() == ()


def test_people_are_found_in_plain_text_too(store, people, case) -> None:
    load(store, [*people(1), case("D1")])
    assert [one.id for one in store.find_cases(phone="+0 40 765 4321")] == ["C0000"]


def test_encrypting_later_leaves_nothing_open(url, store, people, on_disk, key) -> None:
    load(store, people(700))
    StoredCorrections(store).put("kanariakuja 7", LatLon(60.123456, 24.9))
    assert rekey(store._engine, None, key) == 701
    store.wipe()
    assert [word for word in SECRETS if on_disk(word)] == []
    with Store.open(url, key=key) as again:
        assert again.cases() == tuple(people(700))
        assert StoredCorrections(again).all() == {"kanariakuja 7": LatLon(60.123456, 24.9)}
        assert len(again.find_cases(name="Kaino Kanaria")) == 700


def test_rotation_leaves_nothing_of_the_old_key(url, locked, people, key, on_disk) -> None:
    load(locked, people(700))
    rekey(locked._engine, key, NEW)
    locked.wipe()
    assert on_disk(f"dk1.{key.id}.") == []
    with Store.open(url, key=NEW) as again:
        assert again.cases() == tuple(people(700))
        assert len(again.find_cases(phone="0407654321")) == 700
    with pytest.raises(KeyProblem):
        Store.open(url, key=key)


class StopHere(Exception):  # noqa: N818
    pass


@pytest.mark.parametrize("at", [500, 1000, 1200])
def test_a_rotation_interrupted_half_way_leaves_the_old_key_in_force(url, locked, people, key, at) -> None:
    load(locked, people(1200))

    def stop(done: int, _total: int) -> None:
        if done >= at:
            raise StopHere

    with pytest.raises(StopHere):
        rekey(locked._engine, key, NEW, stop)
    with pytest.raises(KeyProblem):
        Store.open(url, key=NEW)
    with Store.open(url, key=key) as again:
        assert again.cases() == tuple(people(1200))
        rekey(again._engine, key, NEW)
    with Store.open(url, key=NEW) as at_last:
        assert at_last.cases() == tuple(people(1200))


def test_a_rotation_killed_half_way_leaves_the_old_key_in_force(url, locked, people, key) -> None:
    load(locked, people(600))
    code = (
        "import os; from scheduler.store.cipher import Key; from scheduler.store.engine import make_engine;"
        "from scheduler.store.keyed import rekey;"
        f"rekey(make_engine({url!r}), Key(bytes(range(32))), Key(b'n' * 32), lambda *_: os._exit(9))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    with Store.open(url, key=key) as again:
        assert again.cases() == tuple(people(600))


def test_a_rotation_from_a_key_that_is_not_in_use_is_refused(locked) -> None:
    with pytest.raises(KeyProblem, match="nothing was changed"):
        rekey(locked._engine, NEW, NEW)


def test_a_value_swapped_between_two_people_is_found_out(url, locked, people) -> None:
    load(locked, people(2))
    statement(url, "update cases set name = (select name from cases where id = 'C0001') where id = 'C0000'")
    with pytest.raises(SealBrokenError, match=r"cases\.name of C0000"):
        locked.cases()


def test_plain_text_slipped_into_an_encrypted_database_is_found_out(url, locked, people) -> None:
    load(locked, people(1))
    statement(url, "update cases set address = 'Elsewhere 1'")
    with pytest.raises(SealBrokenError) as caught:
        locked.cases()
    assert "Elsewhere" not in str(caught.value)


def test_the_key_in_use_is_known_without_it(locked, key) -> None:
    used = key_in_use(locked._engine)
    assert used is not None
    assert used[0] == key.id
