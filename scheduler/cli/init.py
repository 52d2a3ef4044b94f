"""`doorstep init`: a folder, its settings with every choice explained, and an empty database."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from scheduler.cli.common import Output, common
from scheduler.model.findings import DoorstepError
from scheduler.settings import FILE_NAME, Workspace

TEMPLATE = """\
# Doorstep's settings for this workspace. Every key is optional; what stands here is explained in docs/settings.md.

[workspace]
zone = "{zone}"          # days and hours are meant in this time zone
currency = "{currency}"              # ISO 4217
language = "{language}"               # en or zh: words of the pages where an agent's own are not known
extract = "{extract}"  # OpenStreetMap extract (.osm.pbf) of your city, read offline

[store]
# url_env = "DOORSTEP_DATABASE"   # a variable that holds a database URL; without it SQLite in this folder
# key_file = "../mybank.key"      # encrypts names, phones, addresses and notes; make it with: doorstep key new

[rules]
packs = [{packs}]        # rule packs in force; of several the strictest applies
# folder = "rules"                # packs of your own

[geocode]
min_score = 0.85                  # from this score on an address needs no person
# Outside geocoders see customers' addresses: a disclosure. None is asked unless named here.
# [geocode.providers.amap]
# key_env = "AMAP_KEY"

[plan]
time_limit = {time_limit}                 # seconds of search
seed = 1

[crews]
# pairs = "formed"                # pairs for visits that ask for two; fixed, anew or none
# lead_skill = "senior"           # whoever leads a pair has it
# attendance = "meet"             # or single agents meet at the door

[publish]
# tiles = "https://tiles.example/{{z}}/{{x}}/{{y}}.png"   # pages work without; with a server they can show its tiles
"""

SCENARIOS = {
    "en": {
        "base.toml": "# A what-if is a TOML file of changes; the first one named is the base (doorstep scenario run -h).\n"
        'title = "As planned"\n',
        "late-shift.toml": 'title = "Everybody from twelve to eight"\nshift = "12:00-20:00"\n',
    },
    "zh": {
        "base.toml": '# 每个方案一个 TOML 文件，写明变动；第一个为基准（doorstep scenario run -h）。\ntitle = "原计划"\n',
        "late-shift.toml": 'title = "全员十二点到二十点"\nshift = "12:00-20:00"\n',
    },
}


def make_workspace(
    folder: Path,
    *,
    zone: str,
    currency: str,
    language: str,
    extract: str,
    packs: Sequence[str],
    time_limit: float = 30,
) -> Workspace:
    """Make a workspace. Raises DoorstepError where one is already."""
    path = folder / FILE_NAME
    if path.exists():
        raise DoorstepError(
            f"{folder} is a workspace already", mend="Use it with -w, or choose another folder."
        )
    text = TEMPLATE.format(
        zone=zone,
        currency=currency,
        language=language,
        extract=extract,
        packs=", ".join(f'"{pack}"' for pack in packs),
        time_limit=f"{time_limit:g}",
    )
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    workspace = Workspace.open(folder)
    from scheduler.store.opening import open_store

    with open_store(workspace, create=True):
        return workspace


@click.command("init", short_help="Make a workspace.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--zone", default="Asia/Shanghai", show_default=True, help="Time zone.")
@click.option("--currency", default="CNY", show_default=True, help="ISO 4217 code.")
@click.option(
    "--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Words of the pages."
)
@click.option(
    "--extract", default="city.osm.pbf", show_default=True, help="The city's OpenStreetMap extract."
)
@click.option(
    "--pack", "packs", multiple=True, default=("house", "cn-bank-2026"), show_default=True, help="Rule packs."
)
@common
def command(
    folder: Path, zone: str, currency: str, language: str, extract: str, packs: tuple[str, ...], out: Output
) -> None:
    """Make a workspace: settings, an empty database, and two what-ifs to begin with.

    \b
    Examples:
      doorstep init mybank
      doorstep init turku --zone Europe/Helsinki --currency EUR --language en --pack house
    """
    from scheduler.store.keys import is_key_named

    made = make_workspace(
        folder, zone=zone, currency=currency, language=language, extract=extract, packs=packs
    )
    for name, text in SCENARIOS[language].items():
        (made.folder / name).write_text(text, "utf-8")
    out.result(
        {"workspace": str(made.folder), "settings": FILE_NAME},
        [
            f"Made {made.folder}. Next:",
            *(
                []
                if is_key_named(made)
                else [f"  doorstep key new ~/{made.folder.name}.key -w {made.folder}"]
            ),
            f"  put your city's extract at {made.folder / extract}",
            f"  doorstep import agents AGENTS.csv -w {made.folder}",
            f"  doorstep import cases CASES.csv -w {made.folder}",
            f"  doorstep geocode -w {made.folder}",
            f"  doorstep plan --date DAY -w {made.folder}",
        ],
    )
