"""`doorstep sample`: a workspace of invented people to try things on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from scheduler.cli.common import Output, common
from scheduler.model.findings import DoorstepError
from scheduler.sample.files import SampleFiles


@click.command("sample", short_help="Write a sample.")
@click.option("--city", type=click.Choice(["helsinki", "synthetic"]), default="helsinki", show_default=True)
@click.option(
    "--cases", type=click.IntRange(1, 100_000), help="How many; 120 for Helsinki, 5000 for the made-up city."
)
@click.option("--agents", type=click.IntRange(1, 1000), help="How many; Helsinki has its eight.")
@click.option("--pack", "packs", multiple=True, help="Rule packs in force; the sample's own if not given.")
@click.option("--seed", type=int, default=7, show_default=True)
@click.option(
    "--date", "day", default="2026-11-24", show_default=True, help="The day the sample leads up to."
)
@click.option(
    "--out", "folder", type=click.Path(path_type=Path), help="The new workspace; sample-CITY if not given."
)
@common
def command(
    city: str,
    cases: int | None,
    agents: int | None,
    packs: tuple[str, ...],
    seed: int,
    day: str,
    folder: Path | None,
    out: Output,
) -> None:
    """Write a workspace with an extract, cases, agents and scenarios. The people are invented.

    \b
    Examples:
      doorstep sample                       Helsinki's real streets and addresses
      doorstep sample --pack house --pack cn-bank-2026     where two attend every visit
      doorstep sample --city synthetic --cases 5000 --agents 60 --seed 7
    """
    target = folder or Path(f"sample-{city}")
    try:
        when = date.fromisoformat(day)
    except ValueError:
        raise click.BadParameter("a day is written as 2026-11-24", param_hint="--date") from None
    with out.progress(f"Writing {target}"):
        files = write_sample(city, target, cases, agents, seed, when, packs)
    out.result(
        {"workspace": str(target), "extract": files.extract, "cases": files.cases, "agents": files.agents},
        [
            f"Wrote {target}. Next:",
            f"  doorstep import agents {target / files.agents} -w {target}",
            f"  doorstep import cases {target / files.cases} -w {target}",
            f"  doorstep geocode -w {target}",
            f"  doorstep plan --date {when} -w {target}",
        ],
    )


def write_sample(
    city: str,
    folder: Path,
    cases: int | None,
    agents: int | None,
    seed: int,
    day: date,
    packs: Sequence[str] = (),
) -> SampleFiles:
    """Write a sample and make its folder a workspace."""
    from scheduler.cli.init import make_workspace

    if (folder / "doorstep.toml").exists():
        raise DoorstepError(f"{folder} is a workspace already", mend="Choose another folder with --out.")
    if city == "helsinki":
        from scheduler.sample.helsinki import write_helsinki

        files = write_helsinki(folder, cases=cases or 120, seed=seed, day=day)
    else:
        from scheduler.sample.synthetic import write_synthetic

        files = write_synthetic(folder, cases=cases or 5000, agents=agents or 60, seed=seed, day=day)
    make_workspace(
        folder,
        zone=files.zone,
        currency=files.currency,
        language=files.language,
        extract=files.extract,
        packs=packs or files.packs,
    )
    return files
