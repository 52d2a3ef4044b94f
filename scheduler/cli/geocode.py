"""`doorstep geocode`: addresses onto the map, of the workspace or of a table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from scheduler.cli.common import Output, Step, common, say_if_open
from scheduler.model.findings import DoorstepError
from scheduler.settings import Workspace

FILE = click.Path(path_type=Path)


@click.command("geocode", short_help="Find addresses on the map, offline first.")
@click.argument("table", required=False, type=FILE)
@click.option("--extract", type=FILE, help="With TABLE: the OpenStreetMap extract to search.")
@click.option(
    "--out", "target", type=FILE, help="With TABLE: where id, lat, lon, precision, ... are written."
)
@click.option("--again", is_flag=True, help="Look up every address, also those found before.")
@click.option(
    "-w", "--workspace", "folder", metavar="DIR", help="The workspace whose cases and agents are found."
)
@common
def command(
    table: Path | None,
    extract: Path | None,
    target: Path | None,
    again: bool,
    folder: str | None,
    out: Output,
) -> int:
    """Find where cases and agents are: corrections first, then the extract, then what the settings name.

    \b
    Examples:
      doorstep geocode                      all that has no place yet
      doorstep geocode --extract city.osm.pbf ADDRESSES.csv --out FIXES.csv
    """
    if table is None:
        workspace = Workspace.find(folder)
        if out.verbosity >= 0:
            say_if_open(workspace)
        return _workspace(workspace, again, out)
    if extract is None or target is None:
        raise DoorstepError(
            "A table needs --extract and --out", mend="doorstep geocode --extract X.osm.pbf T.csv --out F.csv"
        )
    return _table(table, extract, target, out)


def _workspace(workspace: Workspace, again: bool, out: Output) -> int:
    from scheduler.planning.geocoding import geocode_workspace

    with out.progress("Finding addresses") as step:
        found = geocode_workspace(workspace, again=again, progress=_steps(step))
    words = [f"{found.accepted} addresses found, {found.review} doubtful, {found.failed} not found."]
    if found.doubtful:
        words.append("See them with: doorstep review")
    out.result({"accepted": found.accepted, "review": found.review, "failed": found.failed}, words)
    return 1 if found.doubtful else 0


def _table(table: Path, extract: Path, target: Path, out: Output) -> int:
    from geodata.extract import Extract
    from geodata.gazetteer import Gazetteer
    from geodata.geocoder import Geocoder, Status
    from geodata.tables import geocode_csv

    opened = Extract.open(extract)
    with out.progress(f"Reading {extract.name}"):
        geocoder = Geocoder(Gazetteer.open(opened), box=opened.box)
    with out.progress("Finding addresses") as step:
        counts = geocode_csv(table, geocoder, target, _steps(step))
    out.result(
        {**{status.value: count for status, count in counts.items()}, "file": str(target)},
        [
            f"{counts[Status.ACCEPTED]} addresses found, {counts[Status.REVIEW]} doubtful, {counts[Status.FAILED]} not found.",
            f"Wrote {target}",
        ],
    )
    return 0 if counts[Status.ACCEPTED] == sum(counts.values()) else 1


def _steps(step: Step) -> Callable[[int, int], None]:
    return lambda done, total: step(done, total, f"{done} of {total}" if done else "")
