"""`doorstep ledger`: contacts by every agency that works a case, and marks that bind the next visit."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.common import Output, common, in_workspace
from scheduler.model.findings import DoorstepError
from scheduler.model.ledger import Mark, Withdrawal
from scheduler.settings import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scheduler.intake.ledger import LedgerContext
    from scheduler.model.people import Case
    from scheduler.store.ledger import ContactEntry
    from scheduler.store.repository import Store

_CELLS = (
    ("case", "The case."),
    ("customer", "The customer, for a mark that holds for all their cases."),
    ("at", "A contact's day and hour: 2026-11-24 10:30."),
    ("reached", "yes or no: whether the customer was reached."),
    ("agency", "Whose contact it was; one's own if not given."),
    ("since", "The first day on which a mark holds."),
    ("until", "The last day."),
    ("place", "home, work or other."),
    ("source", "How it is known: letter, call, court register."),
    ("hours", "Hours agreed to or blocked: 19:00-21:00."),
    ("weekdays", "Days on which hours are blocked: mon,tue."),
    ("reason", "Why visits pause: hardship, hospital, ..."),
    ("agent", "The agent complained of."),
    ("skill", "Who should come: a skill."),
    ("nature", "A code for a vulnerability or a risk."),
    ("purpose", "What a consent is for."),
    ("written", "yes or no: whether contact was ceased in writing."),
    ("approved_by", "Who approved the visit."),
    ("of", "The mark that is withdrawn."),
    ("recording", "Which recording of a visit or call, in the bank's own system."),
)
_HIDDEN = {"id", "case", "customer", "since", "until", "source", "recorded_by", "recorded_at"}


@click.group("ledger", short_help="Contacts and marks: consents, refusals, pauses.")
def command() -> None:
    """The ledger that rules are judged against. Nothing in it is changed: a correction is an entry of its own."""


def _cells(function: Any) -> Any:
    for name, text in reversed(_CELLS):
        function = click.option(f"--{name.replace('_', '-')}", name, help=text)(function)
    return function


@command.command("add")
@click.argument("kind")
@_cells
@click.option("--corrects", help="The contact's entry that this one takes the place of.")
@in_workspace
@common
def add(kind: str, corrects: str | None, workspace: Workspace, out: Output, **cells: str | None) -> int:
    """Add one contact (visit, call, message) or one mark; docs/tables.md lists every KIND and what it needs.

    \b
    Examples:
      doorstep ledger add call --case C-1042 --at "2026-11-24 10:30" --reached no --agency AG2
      doorstep ledger add pause --customer K-7 --since 2026-11-20 --until 2026-12-20 --reason hospital
      doorstep ledger add withdrawal --case C-1042 --since 2026-11-24 --of e-5f0c...
    """
    from scheduler.intake.ledger import import_ledger_table
    from scheduler.store.opening import open_store

    given = {"kind": kind, **{name: value for name, value in cells.items() if value is not None}}
    if not {"case", "customer"} & given.keys() or not {"at", "since"} & given.keys():
        raise DoorstepError(
            "An entry names a case or a customer, and a day", mend="Give --case and --at, or --since."
        )
    with open_store(workspace) as store:
        read = import_ledger_table(
            (list(given), [list(given.values())]), ledger_context(workspace, store, "the user")
        )
        entries = _entries(read.contacts.items())
        if corrects is not None:
            if not entries:
                raise DoorstepError(
                    "Only a contact corrects another", mend="A mark is undone by: ledger add withdrawal"
                )
            entries = [
                replace(entry, id=f"{entry.id}-{corrects[:24]}", revokes=corrects) for entry in entries
            ]
        added = store.add_to_ledger(entries, read.marks, source="the user")
    out.findings([replace(found, row=None, file="") for found in read.findings])
    if not (read.contacts or read.marks):
        return 2
    words = f"Added {added[0]}." if added else "It stands there already."
    out.result({"added": list(added)}, [words])
    return 0


@command.command("void")
@click.argument("entry")
@in_workspace
@common
def void(entry: str, workspace: Workspace, out: Output) -> None:
    """Take a contact back that never was. Its row stays, and an entry that revokes it is added.

    \b
    Examples:
      doorstep ledger void e-5f0c2a...
    """
    from scheduler.store.ledger import contact_entry
    from scheduler.store.opening import open_store

    with open_store(workspace) as store:
        known = {one.id: one for one in store.contact_entries()}
        if entry not in known:
            raise DoorstepError(
                f"The ledger has no contact {entry}", mend="doorstep ledger show CASE names every entry."
            )
        again = replace(known[entry].contact, recorded_at=None, recorded_by=store.actor)
        made = replace(contact_entry(again), revokes=entry, void=True)
        store.add_to_ledger([made], [], source="the user")
    out.result({"voided": entry, "by": made.id}, [f"{entry} is taken back by {made.id}."])


@command.command("import")
@click.argument("table", type=click.Path(path_type=Path))
@click.option("--findings", type=click.Path(path_type=Path), help="Also write the findings to this CSV.")
@in_workspace
@common
def import_(table: Path, findings: Path | None, workspace: Workspace, out: Output) -> int:
    """Read contacts and marks from CSV, XLSX or Parquet. The same list read again adds nothing.

    \b
    Examples:
      doorstep ledger import contacts-of-agency-2.csv
      doorstep ledger import 联系记录.xlsx --findings f.csv
    """
    from scheduler.intake.ledger import import_ledger_table
    from scheduler.publishing.findings import write_findings
    from scheduler.store.opening import open_store

    with open_store(workspace) as store, out.progress(f"Reading {table.name}"):
        read = import_ledger_table(table, ledger_context(workspace, store, table.name))
        added = store.add_to_ledger(_entries(read.contacts.items()), read.marks, source=table.name)
    out.findings(read.findings)
    if findings:
        write_findings(read.findings, findings)
    taken = len(read.contacts) + len(read.marks)
    out.result(
        {
            "rows": read.rows_read,
            "added": len(added),
            "there_already": taken - len(added),
            "findings": [found.as_row() for found in read.findings],
        },
        [
            f"{read.rows_read} rows read; {len(added)} entries added, {taken - len(added)} stood there already."
        ],
    )
    return 1 if read.findings else 0


@command.command("show")
@click.argument("case", required=False)
@click.option("--by-phone", is_flag=True, help="Ask for a telephone number and show its cases.")
@click.option("--by-name", is_flag=True, help="Ask for a name and show its cases.")
@in_workspace
@common
def show(case: str | None, by_phone: bool, by_name: bool, workspace: Workspace, out: Output) -> int:
    """Print a case's contacts and marks. A name or number is asked for, so that no command line keeps it.

    \b
    Examples:
      doorstep ledger show C-1042
      doorstep ledger show --by-phone
    """
    from scheduler.cli.imports import today
    from scheduler.store.ledger import standing_entries
    from scheduler.store.opening import open_store

    with open_store(workspace) as store:
        cases = _found(store, case, by_phone, by_name)
        entries, marks = store.contact_entries(), store.marks()
        store.audit("looked", {"at": "ledger", "cases": len(cases)})
    held = {entry.id for entry in standing_entries(entries)}
    ends = _last_days(marks)
    day = today(workspace.settings.zone)
    data, words = [], []
    for one in cases:
        own = [entry for entry in entries if entry.contact.case == one.id]
        about = [mark for mark in marks if mark.concerns(one)]
        told = [_contact_row(entry, entry.id in held, workspace) for entry in own]
        told += [_mark_row(mark, ends[mark.id], day) for mark in about]
        data.append({"case": one.id, "entries": told})
        words += [f"{one.id}: {len(own)} contacts, {len(about)} marks"]
        words += [
            f"  {row['when']:24} {row['kind']:18} {row['id']:28} {row['what']}"
            + ("" if row["stands"] else " (no longer)")
            for row in told
        ]
    out.result({"cases": data}, words or ["Nobody."])
    return 0 if cases else 1


def ledger_context(workspace: Workspace, store: Store, source: str) -> LedgerContext:
    """What the checks of a ledger list need to know of the workspace."""
    from datetime import UTC, datetime

    from scheduler.intake.ledger import LedgerContext

    return LedgerContext(
        zone=workspace.settings.zone,
        now=datetime.now(UTC).replace(microsecond=0),
        customers={case.id: case.customer.id for case in store.cases()},
        recorded_by=store.actor,
        source=source,
        agents=frozenset(agent.id for agent in store.agents()),
        marks={mark.id: (mark.case, mark.customer) for mark in store.marks()},
    )


def _entries(contacts: Iterable[tuple[str, Any]]) -> list[ContactEntry]:
    from scheduler.store.ledger import contact_entry

    return [contact_entry(contact, ident) for ident, contact in contacts]


def _found(store: Store, case: str | None, by_phone: bool, by_name: bool) -> tuple[Case, ...]:
    if (case is not None) + by_phone + by_name != 1:
        raise DoorstepError("Name one case, or say --by-phone or --by-name")
    if by_phone:
        return store.find_cases(phone=click.prompt("Telephone number", err=True))
    if by_name:
        return store.find_cases(name=click.prompt("Name", err=True))
    found = tuple(one for one in store.cases() if one.id == case)
    if not found:
        raise DoorstepError("There is no such case", mend="doorstep select --why-not CASE looks for one.")
    return found


def _contact_row(entry: ContactEntry, stands: bool, workspace: Workspace) -> dict[str, Any]:
    contact = entry.contact
    what = ["reached" if contact.reached else "not reached", contact.place and contact.place.value]
    what += [contact.recording and f"recording {contact.recording}"]
    what += [contact.agency and f"by {contact.agency}", entry.revokes and f"corrects {entry.revokes}"]
    return {
        "id": entry.id,
        "when": f"{contact.at.astimezone(workspace.settings.zone):%Y-%m-%d %H:%M}",
        "kind": contact.kind.value,
        "what": "taken back" if entry.void else ", ".join(part for part in what if part),
        "source": contact.source,
        "recorded_by": contact.recorded_by,
        "stands": stands and not entry.void,
    }


def _last_days(marks: Iterable[Mark]) -> dict[str, date]:
    """Until which day each mark holds, withdrawals counted."""
    last = {mark.id: mark.until or date.max for mark in marks}
    about = {mark.id: (mark.case, mark.customer) for mark in marks}
    for mark in marks:
        if isinstance(mark, Withdrawal) and about.get(mark.of) == (mark.case, mark.customer):
            last[mark.of] = min(last[mark.of], mark.since - timedelta(days=1))
    return last


def _mark_row(mark: Mark, last: date, day: date) -> dict[str, Any]:
    own = {entry.name: getattr(mark, entry.name) for entry in fields(mark) if entry.name not in _HIDDEN}
    return {
        "id": mark.id,
        "when": f"{mark.since} - {'' if last == date.max else last}".rstrip(),
        "kind": mark.kind,
        "what": ", ".join(f"{name} {_words(value)}" for name, value in own.items() if value),
        "source": mark.source,
        "recorded_by": mark.recorded_by,
        "stands": last >= day,
    }


def _words(value: object) -> str:
    if isinstance(value, tuple | frozenset):
        return " ".join(sorted(map(str, value)))
    return str(value)
