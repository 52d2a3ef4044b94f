"""`doorstep`: the verbs by user, loaded only when called, and errors a person can act on."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import NamedTuple

import click

EXIT_DONE, EXIT_FINDINGS, EXIT_INPUT, EXIT_REFUSED, EXIT_INTERNAL, EXIT_INTERRUPTED = 0, 1, 2, 3, 70, 130


class Verb(NamedTuple):
    """Where a command lives and what the overview says of it, without importing it."""

    module: str
    summary: str


SECTIONS: dict[str, dict[str, Verb]] = {
    "Dispatcher": {
        "plan": Verb("plan", "Plan a day: who is visited, when, by whom, on which route."),
        "check": Verb("check", "Prove a plan against the rules and write its certificate."),
        "replan": Verb(
            "replan", "Plan the rest of a day under way: somebody is away or late, a visit goes or comes."
        ),
        "explain": Verb(
            "explain", "Why a visit is in a plan as it is, or not in it, and what would change that."
        ),
        "rules": Verb("rules", "Rule packs: which there are, what they ask, what they do to a day."),
        "review": Verb("review", "Doubtful addresses: list them, or take a person's corrections."),
        "ledger": Verb("ledger", "Contacts and marks: consents, refusals, pauses; add, show, import."),
        "demo": Verb("demo", "Plan and publish a sample day on Helsinki's real streets."),
    },
    "Agents' pages": {
        "publish": Verb("publish", "Write the day's pages, route sheets, calendars and tracks."),
    },
    "Planner": {
        "select": Verb("select", "Show who is due a visit, what it is worth, and why."),
        "bench": Verb("bench", "Measure the engine against its peers, or write problems to measure on."),
        "scenario": Verb("scenario", "Compare what-ifs: more agents, later shifts, other weights."),
    },
    "Data": {
        "init": Verb("init", "Make a workspace."),
        "import": Verb("imports", "Read cases or agents from CSV, XLSX, Parquet or SQL."),
        "geocode": Verb("geocode", "Find addresses on the map, offline first."),
        "roads": Verb("roads", "Build road graphs, travel-time matrices, download a place."),
        "audit": Verb("audit", "Who did what and when, and the proof that nobody rewrote it."),
        "key": Verb("key", "Encrypt names, phones, addresses and notes; change the key."),
        "purge": Verb("purge", "Take out what is past its time, or one customer."),
        "sample": Verb("sample", "Write a sample: Helsinki, or a made-up Chinese city of any size."),
    },
}
VERBS = {name: verb for verbs in SECTIONS.values() for name, verb in verbs.items()}


class Doorstep(click.Group):
    """A group that knows its commands by name and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        verb = VERBS.get(cmd_name)
        if verb is None:
            return None
        command = importlib.import_module(f"scheduler.cli.{verb.module}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        for section, verbs in SECTIONS.items():
            with formatter.section(section):
                formatter.write_dl([(name, verb.summary) for name, verb in verbs.items()])


@click.group(
    cls=Doorstep, context_settings={"help_option_names": ["-h", "--help"]}, invoke_without_command=False
)
@click.version_option(package_name="doorstep", message="%(prog)s %(version)s")
def cli() -> None:
    """Plan field visits to overdue customers: who, when, by whom, on which route, within which rules.

    \b
    A first day, from nothing:
      doorstep demo                         a whole sample day in out/demo
    \b
    Your own:
      doorstep init mybank                  then name your extract in mybank/doorstep.toml
      doorstep -h | doorstep plan -h        each command's help has examples

    Agents need no command: they open the page that `publish` writes for them.
    """


def main(argv: Sequence[str] | None = None) -> None:
    """Run a command and exit: 0 done, 1 done with findings, 2 bad input, 3 refused, 130 interrupted."""
    sys.exit(run(argv))


def run(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code. Errors a user can mend are printed without a traceback."""
    try:
        outcome = cli.main(args=None if argv is None else list(argv), standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.Abort:
        return EXIT_INTERRUPTED
    except click.ClickException as error:
        error.show()
        return EXIT_INPUT
    except KeyboardInterrupt:
        click.echo("Interrupted.", err=True)
        return EXIT_INTERRUPTED
    except Exception as error:  # noqa: BLE001  the last line of defence: a person sees no traceback
        from scheduler.cli.errors import explain

        return explain(error)
    return outcome if isinstance(outcome, int) else EXIT_DONE
