"""`doorstep purge`: records past their time, or one customer, taken out for good."""

from __future__ import annotations

import click

from scheduler.cli.common import Output, common, in_workspace
from scheduler.settings import Workspace


@click.command("purge", short_help="Take out what is past its time, or one customer.")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@click.option("--customer", help="Erase this customer instead: statistics stay, no person does.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@in_workspace
@common
def command(dry_run: bool, customer: str | None, yes: bool, workspace: Workspace, out: Output) -> None:
    """Remove records and pages whose time is over, from the database's files and from the disk.

    How long each kind is kept stands in [retention] and in the rule packs; the longer counts. With --customer
    one person is erased whatever the clocks say, and every page they stand on is removed.

    \b
    Examples:
      doorstep purge --dry-run
      doorstep purge --customer K-1042
    """
    if customer is not None:
        _erase(customer, dry_run, yes, workspace, out)
    else:
        _purge(dry_run, yes, workspace, out)


def _purge(dry_run: bool, yes: bool, workspace: Workspace, out: Output) -> None:
    from scheduler.cli.imports import today
    from scheduler.publishing.retention import clocks
    from scheduler.store.opening import open_store
    from scheduler.store.retention import due, purge

    kept = clocks(workspace)
    with open_store(workspace) as store:
        found = due(store, kept, today(workspace.settings.zone))
        words = [f"{count:>7} {kind}" for kind, count in found.counts.items()]
        words += [
            f"Kept: {kind} {clock.days} days ({clock.source})"
            for kind in ("cases", "contacts", "outcomes", "recordings", "pages")
            for clock in (getattr(kept, kind),)
        ]
        if found and not dry_run:
            if not yes:
                click.confirm("\n".join((*words, "Take these out for good?")), abort=True, err=True)
            purge(store, found)
        elif not dry_run:
            store.wipe()
    done = bool(found) and not dry_run
    out.result(
        {"purged": done, "counts": found.counts},
        [*words, "Taken out." if done else "Nothing was changed."],
    )


def _erase(customer: str, dry_run: bool, yes: bool, workspace: Workspace, out: Output) -> None:
    from scheduler.publishing.retention import erase, pages_with
    from scheduler.store.erasure import cases_of_customer
    from scheduler.store.opening import open_store

    with open_store(workspace) as store:
        cases = cases_of_customer(store, customer)
        files = sum(len(entry.paths) for entry in pages_with(store, cases))
        words = [f"{len(cases)} cases and {files} files of pages."]
        if dry_run:
            out.result(
                {"erased": False, "cases": len(cases), "files": files}, [*words, "Nothing was changed."]
            )
            return
        if not yes:
            click.confirm(f"{words[0]} Erase this customer for good?", abort=True, err=True)
        done = erase(store, customer)
    counts = {
        "cases": len(done.store.cases),
        "contacts": done.store.contacts,
        "outcomes": done.store.outcomes,
        "marks": done.store.marks,
        "addresses": done.store.addresses,
        "files": done.files,
    }
    gone = ", ".join(f"{counts[kind]} {kind}" for kind in ("cases", "marks", "addresses", "files"))
    out.result(
        {"erased": True, **counts},
        [
            f"Erased: {gone}.",
            f"{counts['contacts']} contacts and {counts['outcomes']} outcomes stay as statistics.",
            "The bank's own tables, copies of the database and pages handed out are not Doorstep's to erase.",
        ],
    )
