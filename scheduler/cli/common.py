"""What every command shares: the workspace option, --json, -v and -q, progress on standard error."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import click

from scheduler.model.findings import Finding, Severity
from scheduler.settings import Workspace


class Step(Protocol):
    """Report progress: how much of how much is done, or None where the end is not known."""

    def __call__(self, done: float, total: float | None = None, note: str = "", /) -> None: ...


@dataclass(frozen=True, slots=True)
class Output:
    """Results on standard output (words, or JSON for scripts), everything else on standard error."""

    as_json: bool
    verbosity: int

    def say(self, message: str) -> None:
        """A line for a person; silent with --quiet."""
        if self.verbosity >= 0:
            click.echo(message, err=True)

    def detail(self, message: str) -> None:
        """A line only with --verbose."""
        if self.verbosity > 0:
            click.echo(message, err=True)

    def result(self, data: dict[str, Any], words: Iterable[str] = ()) -> None:
        """What was asked for: `data` with --json, else `words`."""
        if self.as_json:
            click.echo(json.dumps(data, ensure_ascii=False, default=str))
        elif self.verbosity >= 0:
            for line in words:
                click.echo(line)

    def findings(self, findings: Iterable[Finding], *, most: int = 12) -> None:
        """The gravest findings, and how many more there are; with --quiet the errors alone."""
        ranked = sorted(findings, key=lambda f: list(Severity).index(f.severity))
        shown = ranked if self.verbosity > 0 else ranked[:most]
        for finding in shown:
            if self.verbosity >= 0 or finding.severity is Severity.ERROR:
                where = f"{finding.where()}: " if finding.where() else ""
                click.echo(f"  {finding.severity}: {where}{finding.cause} {finding.mend}".rstrip(), err=True)
        if len(ranked) > len(shown):
            self.say(f"  and {len(ranked) - len(shown)} more; -v shows all.")

    @contextmanager
    def progress(self, title: str) -> Iterator[Step]:
        """A bar on a terminal, one line where standard error is piped, nothing with --quiet."""
        if self.verbosity < 0:
            yield lambda _done, _total=None, _note="": None
            return
        if not sys.stderr.isatty():
            click.echo(f"{title} ...", err=True)
            yield (
                lambda done, _total=None, note="": (
                    click.echo(f"  {note}", err=True) if note and not done else None
                )
            )
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[note]}"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task(title, total=None, note="")
            yield lambda done, total=None, note="": bar.update(task, completed=done, total=total, note=note)


def common(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add --json, -v and -q; the command gets an `out: Output`."""

    @click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on standard output.")
    @click.option("-v", "--verbose", count=True, help="Say more.")
    @click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
    @functools.wraps(function)
    def wrapped(*args: Any, as_json: bool, verbose: int, quiet: bool, **kwargs: Any) -> Any:
        kwargs["out"] = Output(as_json, -1 if quiet else verbose)
        return function(*args, **kwargs)

    return wrapped


def in_workspace(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add -w/--workspace; the command gets a `workspace: Workspace`."""

    @click.option(
        "-w",
        "--workspace",
        "workspace_folder",
        metavar="DIR",
        help="The workspace; else $DOORSTEP_WORKSPACE, else the nearest doorstep.toml upwards.",
    )
    @functools.wraps(function)
    def wrapped(*args: Any, workspace_folder: str | None, **kwargs: Any) -> Any:
        kwargs["workspace"] = workspace = Workspace.find(workspace_folder)
        if not kwargs.get("quiet"):
            say_if_open(workspace)
        return function(*args, **kwargs)

    return wrapped


def say_if_open(workspace: Workspace) -> None:
    """One line on standard error where the workspace has no key."""
    from scheduler.store.keys import is_key_named

    if not is_key_named(workspace):
        click.echo(
            "No key: this workspace keeps names, phones, addresses and notes unencrypted (doorstep key new).",
            err=True,
        )
