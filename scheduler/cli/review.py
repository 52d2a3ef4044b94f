"""`doorstep review`: doubtful addresses for a person, and what the person says of them."""

from __future__ import annotations

from pathlib import Path

import click

from scheduler.cli.common import Output, common, in_workspace
from scheduler.settings import Workspace

FILE = click.Path(path_type=Path)


@click.command("review", short_help="Doubtful addresses.")
@click.option("--take", type=FILE, help="A filled review list: remember its corrections and use them.")
@click.option("--out", "folder", type=FILE, help="Where review.csv and review.html go; out/ if not given.")
@in_workspace
@common
def command(take: Path | None, folder: Path | None, workspace: Workspace, out: Output) -> int:
    """Write the doubtful addresses as a table and a page, or take a filled table back.

    A person fills in a suggestion's number, or latitude and longitude. Corrections are remembered for ever.

    \b
    Examples:
      doorstep review                       writes out/review.csv and out/review.html
      doorstep review --take review.csv
    """
    return _take(take, workspace, out) if take else _write(folder or workspace.out, workspace, out)


def _write(folder: Path, workspace: Workspace, out: Output) -> int:
    from scheduler.publishing.review import write_review_files

    with out.progress("Looking at doubtful addresses"):
        count = write_review_files(workspace, folder)
    words = (
        [
            f"{count} doubtful {'address' if count == 1 else 'addresses'}: {folder / 'review.html'}, {folder / 'review.csv'}"
        ]
        if count
        else ["None."]
    )
    out.result({"doubtful": count, "folder": str(folder)}, words)
    return 1 if count else 0


def _take(path: Path, workspace: Workspace, out: Output) -> int:
    from geodata.tables import read_review
    from scheduler.model.findings import Finding, Severity
    from scheduler.planning.geocoding import correct

    fixed, problems = read_review(path)
    taken = correct(workspace, fixed.items())
    findings = [
        Finding(
            code="review_row",
            severity=Severity.ERROR,
            cause=problem.cause,
            mend=problem.mend,
            file=path.name,
            row=problem.row,
            column=problem.column,
        )
        for problem in problems
    ]
    out.findings(findings)
    out.result({"taken": taken, "problems": len(problems)}, [f"{taken} corrections remembered and used."])
    return 1 if problems else 0
