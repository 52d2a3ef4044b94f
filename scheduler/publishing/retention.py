"""How long each kind of record is kept here, and the pages that one customer stands on."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Collection
from dataclasses import dataclass

from markupsafe import escape

from scheduler.rules.packs import load_packs
from scheduler.rules.records import kept_years
from scheduler.settings import Workspace
from scheduler.store.erasure import Erased, cases_of_customer, erase_customer
from scheduler.store.repository import Store
from scheduler.store.retention import Clock, Clocks
from scheduler.store.written import Written, all_written, remove_files

_SETTINGS = "[retention]"
_WITHOUT_PEOPLE = frozenset({"fairness"})
_TELL_CASES = frozenset({"plan", "day", "agents", "agency", "auditor"})
_TEXTS = frozenset({".html", ".json", ".csv"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedEverywhere:
    """What an erasure took out of the store, and how many files it removed."""

    store: Erased
    files: int


def clocks(workspace: Workspace) -> Clocks:
    """The longer of what the settings say and what the packs in force ask for, a kind of record at a time."""
    rules, own = workspace.settings.rules, workspace.settings.retention
    asked = kept_years(load_packs(rules.packs, workspace.path(rules.folder)))

    def longer(kind: str, days: Clock) -> Clock:
        if kind not in asked:
            return days
        years, source = asked[kind]
        return max(Clock.years(years, source.cited), days, key=lambda clock: clock.days)

    contacts = longer("contacts", Clock.years(own.contacts_years, _SETTINGS))
    return Clocks(
        cases=Clock.years(own.cases_years, _SETTINGS),
        contacts=contacts,
        outcomes=longer("outcomes", Clock.years(own.outcomes_years, _SETTINGS)),
        recordings=longer("recordings", Clock.years(own.recordings_years, _SETTINGS)),
        pages=longer("pages", Clock(days=own.pages_days, source=_SETTINGS)),
    )


def pages_with(store: Store, cases: Collection[str]) -> tuple[Written, ...]:
    """What was written that may show these cases: days and plans that hold them, and other pages with people."""
    named = _named(cases)
    return tuple(
        entry
        for entry in all_written(store)
        if entry.kind not in _WITHOUT_PEOPLE and (entry.kind not in _TELL_CASES or _may_hold(entry, named))
    )


def erase(store: Store, customer: str) -> ErasedEverywhere:
    """Erase a customer from the pages and from the store. Raises DoorstepError where there is nobody of this id."""
    cases = cases_of_customer(store, customer)
    files = remove_files(store, pages_with(store, cases), "erasure")
    return ErasedEverywhere(store=erase_customer(store, customer), files=files)


def _named(cases: Collection[str]) -> re.Pattern[str]:
    """The ids as pages and plans write them."""
    ways = {
        way for case in cases for way in (case, html.escape(case), str(escape(case)), json.dumps(case)[1:-1])
    }
    any_of = "|".join(re.escape(way) for way in sorted(ways)) or r"(?!)"
    return re.compile(rf"(?<![\w-])(?:{any_of})(?![\w-])")


def _may_hold(entry: Written, named: re.Pattern[str]) -> bool:
    """Whether the files of one writing name a case. Every writing has a text that names all of its cases."""
    texts = [path for path in entry.paths if path.suffix in _TEXTS]
    try:
        return not texts or any(named.search(path.read_text("utf-8")) for path in texts)
    except (OSError, ValueError):
        return True  # nobody can say that they are not on it
