"""A database of the first version, with people in it, brought to this one."""

from __future__ import annotations

from alembic import command
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from geodata.coordinates import LatLon
from scheduler.store.keyed import change_key
from scheduler.store.repository import Store
from scheduler.store.upgrade import alembic_config

CASE = {
    "id": "'C1'", "customer": "'K1'", "name": "'Kaino Kanaria'", "phone": "'040 7654321'", "language": "'fi'",
    "flags": "'[\"hardship\"]'", "address": "'Kanariakuja 7'", "kind": "'home'", "lat": "60.125", "lon": "24.5",
    "precision": "'address'", "review": "0", "product": "'x'", "currency": "'EUR'", "balance": "5", "overdue": "5",
    "days_past_due": "3", "failed_contacts": "0", "hours": "'[]'", "service_s": "1200", "skills": "'[]'", "people": "1",
    "excluded_agents": "'[]'", "agency": "''", "mandatory": "0", "note": "'muistio'",
}  # fmt: skip


def test_what_was_there_is_there_still(url, key, on_disk) -> None:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0001")
        for statement in (
            f"insert into cases ({', '.join(CASE)}) values ({', '.join(CASE.values())})",  # noqa: S608
            "insert into contacts (case_id, kind, at, reached, agency) values ('C1', 'visit', '2026-11-20 09:30:00', 1, '')",
            "insert into contacts (case_id, kind, at, reached, agency) values ('C1', 'call', '2026-11-21 09:30:00', 0, '')",
        ):
            connection.execute(text(statement))
    with Store.open(url) as store:
        (case,) = store.cases()
        assert case.place.location == LatLon(60.125, 24.5)
        assert case.customer.flags == {"hardship"}
        assert store.find_cases(phone="040-7654321") == (case,)
        assert [contact.kind for contact in store.contacts()] == ["visit", "call"]
        assert len({entry.id for entry in store.contact_entries()}) == 2
    change_key(url, None, key)
    assert [word for word in ("Kanaria", "7654321", "60.125", "muistio") if on_disk(word)] == []
    with Store.open(url, key=key) as store:
        assert store.cases() == (case,)
