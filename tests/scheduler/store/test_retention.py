"""What is past its time goes, what is open or younger stays, and a dry run changes nothing."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from geodata.address import normalise
from geodata.coordinates import LatLon
from scheduler.model.ledger import Settlement
from scheduler.model.people import Customer, Place
from scheduler.model.visit import Contact, ContactKind, Outcome, OutcomeKind
from scheduler.store.memory import StoredAnswers, StoredCorrections
from scheduler.store.repository import Store
from scheduler.store.retention import Clock, Clocks, due, purge
from scheduler.store.written import all_written, note_written, remove_files

TODAY = date(2026, 11, 24)
CLOCKS = Clocks(
    cases=Clock(days=100, source="t"), contacts=Clock(days=200, source="t"), outcomes=Clock(days=300, source="t"),
    recordings=Clock(days=250, source="t"), pages=Clock(days=10, source="t"),
)  # fmt: skip


def ago(days: int) -> datetime:
    return datetime(2026, 11, 24, 10, tzinfo=UTC) - timedelta(days=days)


@pytest.fixture
def aged(store, case):
    """Cases open, settled at the boundary, settled past it; and contacts and outcomes of each age."""

    def one(ident: str, settled: int | None):
        day = None if settled is None else TODAY - timedelta(days=settled)
        place = Place(address=f"Katu {ident}")
        return case(
            ident, customer=Customer(id=f"K{ident}", name=f"Kaino {ident}"), place=place, settled_on=day
        )

    cases = [one("OPEN", None), one("EDGE", 100), one("OLD", 101)]
    store.import_cases(cases, source="t", replace_missing=True, today=TODAY)
    for ident in ("OPEN", "EDGE", "OLD", "GONE"):
        for days in (200, 201, 301, 900):
            if ident == "GONE" and days == 200:
                continue
            at = ago(days)
            made = Contact(case=ident, kind=ContactKind.CALL, at=at, reached=False, recorded_at=at)
            store.add_contacts([made])
            store.add_outcome(
                Outcome(
                    id=f"o{ident}{days}", plan="p", case=ident, agent="A", kind=OutcomeKind.NOT_HOME, at=at
                )
            )
    mark = Settlement(id="m1", case="GONE", since=TODAY, source="t", recorded_by="me", recorded_at=ago(201))
    store.add_to_ledger(
        [], [mark, replace(mark, id="m2", case="OPEN"), replace(mark, id="m3", recorded_at=ago(1))]
    )
    for address in ("Katu OPEN", "Katu OLD", "Nobody's 1"):
        StoredAnswers(store).put("amap", normalise(address), {})
        StoredCorrections(store).put(normalise(address), LatLon(60, 25))
    return store


def test_each_kind_has_its_own_clock(aged) -> None:
    found = due(aged, CLOCKS, TODAY)
    assert found.cases == ("OLD",)
    # Contacts count from the newest of their case; an outcome's clock is longer.
    assert found.counts == {
        "cases": 1, "contacts": 3, "marks": 1, "outcomes": 0, "references to recordings": 0, "geocoders' answers": 2, "files": 0
    }  # fmt: skip
    later = due(aged, CLOCKS, TODAY + timedelta(days=101))
    assert later.counts["contacts"] == 11
    assert later.counts["outcomes"] == 7 + 4
    assert {row for row in later.outcomes if "OPEN" in row} == set()


def test_a_purge_takes_what_was_due_and_nothing_else(aged, on_disk) -> None:
    found = due(aged, CLOCKS, TODAY)
    assert on_disk("Kaino OLD")
    purge(aged, found)
    assert on_disk("Kaino OLD") == []
    assert [one.id for one in aged.cases()] == ["EDGE", "OPEN"]
    assert {one.case for one in aged.contacts()} == {"OPEN", "EDGE", "OLD"}
    assert [one.id for one in aged.marks()] == ["m2", "m3"]
    assert StoredAnswers(aged).get("amap", normalise("Katu OPEN")) == {}
    assert StoredAnswers(aged).get("amap", normalise("Nobody's 1")) is None
    assert len(StoredCorrections(aged).all()) == 3  # a correction is remembered until its customer is erased
    assert not due(aged, CLOCKS, TODAY)


def test_looking_changes_nothing(aged) -> None:
    before = (aged.cases(), aged.contacts(), aged.outcomes(), aged.marks())
    assert due(aged, CLOCKS, TODAY)
    assert (aged.cases(), aged.contacts(), aged.outcomes(), aged.marks()) == before


def test_files_go_with_their_folders_and_those_written_again_stay(store, tmp_path) -> None:
    folder = tmp_path / "out" / "day"
    pages = [folder / "index.html", folder / "agents" / "A1.html", folder / "agents" / "A2.html"]
    for page in pages:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text("x")
    note_written(store, "day", folder, pages)
    (folder / "mine.txt").write_text("not Doorstep's")
    note_written(store, "day", folder, pages[:1])
    first, second = all_written(store)
    assert remove_files(store, [first], "t") == 2
    assert sorted(path.name for path in folder.iterdir()) == ["index.html", "mine.txt"]
    assert remove_files(store, [second], "t") == 1
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]
    assert all_written(store) == ()


def test_what_is_written_again_in_full_is_remembered_once(store, tmp_path) -> None:
    pages = [tmp_path / name for name in ("a.html", "b.html")]
    for page in pages:
        page.write_text("x")
    for made in (pages[:1], pages, pages, pages[1:]):
        note_written(store, "day", tmp_path, made)
    assert [entry.files for entry in all_written(store)] == [("a.html", "b.html"), ("b.html",)]
    note_written(store, "review", tmp_path, pages)
    assert len(all_written(store)) == 3


def test_a_copy_of_a_workspace_does_not_reach_into_the_first(tmp_path) -> None:
    first, second, outside = tmp_path / "first", tmp_path / "second", tmp_path / "pages"
    for folder in (first / "out", outside):
        folder.mkdir(parents=True)
        (folder / "a.html").write_text("x")
    with Store.open(f"sqlite:///{first / 'doorstep.db'}", home=first) as store:
        note_written(store, "day", first / "out", [first / "out" / "a.html"])
        note_written(store, "day", outside, [outside / "a.html"])
    shutil.copytree(first, second)
    with Store.open(f"sqlite:///{second / 'doorstep.db'}", home=second) as store:
        assert {entry.folder for entry in all_written(store)} == {second / "out", outside}
        remove_files(store, [entry for entry in all_written(store) if entry.folder != outside], "t")
    assert (first / "out" / "a.html").is_file()
    assert not (second / "out").exists()


def test_pages_past_their_time_are_due(store, tmp_path) -> None:
    (tmp_path / "a.html").write_text("x")
    note_written(store, "day", tmp_path, [tmp_path / "a.html"])
    today = datetime.now(UTC).date()
    assert due(store, CLOCKS, today + timedelta(days=10)).counts["files"] == 0
    assert due(store, CLOCKS, today + timedelta(days=11)).counts["files"] == 1
    (tmp_path / "a.html").unlink()
    gone = due(store, CLOCKS, today + timedelta(days=11))
    assert gone
    purge(store, gone)
    assert all_written(store) == ()


@pytest.mark.parametrize(
    ("days", "contacts", "references"), [(100, 0, 0), (201, 1, 0), (220, 1, 0), (251, 2, 0), (900, 2, 0)]
)
def test_a_reference_to_a_recording_holds_its_contact(store, days, contacts, references) -> None:
    """Contacts go after 200 days, recordings after 250: nothing is lost before its own clock."""
    at = ago(days)
    for recording in ("", "REC-7"):
        made = Contact(
            case="GONE", kind=ContactKind.CALL, at=at, reached=True, recorded_at=at, recording=recording
        )
        store.add_contacts([made])
    counts = due(store, CLOCKS, TODAY).counts
    assert (counts["contacts"], counts["references to recordings"]) == (contacts, references)


def test_a_reference_goes_before_its_contact_where_its_clock_is_shorter(store, on_disk) -> None:
    clocks = replace(CLOCKS, recordings=Clock(days=50, source="t"))
    at = ago(60)
    made = Contact(
        case="GONE", kind=ContactKind.VISIT, at=at, reached=True, recorded_at=at, recording="REC-CANARY"
    )
    store.add_contacts([made])
    found = due(store, clocks, TODAY)
    assert found.counts["references to recordings"] == 1
    purge(store, found)
    (left,) = store.contacts()
    assert left == replace(made, recording="")
    assert on_disk("REC-CANARY") == []
    assert not due(store, clocks, TODAY)
