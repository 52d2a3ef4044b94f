"""`doorstep roads`: road graphs and travel-time matrices from an extract."""

from __future__ import annotations

import os
from pathlib import Path

import click

from scheduler.cli.common import Output, common

PROFILES = click.Choice(["car", "bicycle", "foot"])
ENGINES = click.Choice(["auto", "cch", "scipy", "osrm"])
FILE = click.Path(path_type=Path)


def user_cache() -> Path:
    """Where graphs of extracts outside a workspace are kept: the extract's own folder may be read-only."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "doorstep"


@click.group("roads", short_help="Build road graphs, travel-time matrices, download a place.")
def command() -> None:
    """Street data: what is built from an OpenStreetMap extract, offline."""


@command.command("build")
@click.argument("extract", type=FILE)
@click.option("--profile", type=PROFILES, default="car", show_default=True)
@click.option("--cache", type=FILE, help="Where the graph is kept; ~/.cache/doorstep if not given.")
@common
def build(extract: Path, profile: str, cache: Path | None, out: Output) -> None:
    """Read an extract to a turn-aware road graph and keep it.

    \b
    Examples:
      doorstep roads build city.osm.pbf --profile car
    """
    from geodata.extract import Extract
    from geodata.network import load_network

    opened = Extract.open(extract)
    with out.progress(f"Reading {extract.name} for {profile}"):
        network = load_network(opened, profile, cache_dir=cache or user_cache())
    facts = network.facts()
    out.result(
        {"extract": opened.fingerprint, "profile": profile, **facts},
        [f"{k}: {v:,}" for k, v in facts.items()],
    )


@command.command("matrix")
@click.argument("extract", type=FILE)
@click.option("--points", type=FILE, required=True, help="CSV with id, lat, lon.")
@click.option("--profile", type=PROFILES, default="car", show_default=True)
@click.option("--engine", type=ENGINES, default="auto", show_default=True)
@click.option("--out", "target", type=FILE, required=True, help="An .npz with ids, duration_s, distance_m.")
@click.option("--cache", type=FILE, help="Where the graph is kept; ~/.cache/doorstep if not given.")
@common
def matrix(
    extract: Path, points: Path, profile: str, engine: str, target: Path, cache: Path | None, out: Output
) -> int:
    """Travel seconds and metres from every point to every other, int32, shape (n, n).

    \b
    Examples:
      doorstep roads matrix city.osm.pbf --points P.csv --profile car --out M.npz
    """
    from geodata.engines import open_engine
    from geodata.extract import Extract
    from scheduler.intake.points import read_points

    ids, locations, findings = read_points(points)
    out.findings(findings)
    with out.progress(f"Opening {extract.name} for {profile}"):
        roads = open_engine(Extract.open(extract), profile, engine=engine, cache_dir=cache or user_cache())
    with out.progress(f"Travel times between {len(ids)} points"):
        made = roads.matrix(locations)
    made.save_npz(target, ids)
    closed = made.unreachable_pairs()
    out.result(
        {"points": len(ids), "engine": roads.name, "unreachable_pairs": closed, "file": str(target)},
        [f"Wrote {target}: {len(ids)} x {len(ids)}, by {roads.name}; {closed} pairs without a way."],
    )
    return 1 if findings else 0


@command.command("download")
@click.argument("place")
@click.option("--profile", type=PROFILES, default="car", show_default=True)
@click.option("--out", "target", type=FILE, required=True, help="An .npz graph.")
@common
def download(place: str, profile: str, target: Path, out: Output) -> None:
    """Fetch a named place's streets from OpenStreetMap (needs a network; the rest of Doorstep does not).

    \b
    Examples:
      doorstep roads download "Turku, Finland" --out turku.npz
    """
    from geodata.place import download_place

    with out.progress("Asking OpenStreetMap"):
        network = download_place(place, profile)
    network.save(target)
    out.result({"file": str(target), **network.facts()}, [f"Wrote {target}."])
