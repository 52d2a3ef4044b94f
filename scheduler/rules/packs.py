"""Rule packs: TOML files that a compliance officer edits. Read, checked whole, never guessed at.

name = "mybank"
version = "2026.1"
jurisdiction = "CN"
title = {en = "My bank", zh = "我行"}
calendar = "CN"                      # optional: public holidays of a country, or of a part such as "AU-NSW"
holidays = [2026-10-08]              # optional: more of them, as dates

[rules.hours]                        # a family of docs/rules.md with its figures
every_day = ["09:00-12:00", "14:00-20:00"]
source = "..."                       # text, then article, the day it was read, official|secondary|own
article = "..."
date_read = 2026-11-23
status = "secondary"

[[rules.visit_cap]]                  # a family that stands more than once
visits = 1
days = 7
source = "..."
status = "own"

[[loosen]]                           # only in a workspace's own pack: reason, name and last day are asked
pack = "cn-bank-2026"
rule = "hours"
reason = "..."
by = "..."
until = 2026-12-31
figures = {every_day = ["07:00-22:00"]}   # or drop = true

[[not_judged]]                       # what the text demands and Doorstep leaves to people
article = "art. 22"
words = {en = "...", zh = "..."}
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from scheduler.model.values import TimeWindow, meet_windows
from scheduler.rules.base import Pack, PackError
from scheduler.rules.hours import DAY_NAMES, PermittedHours
from scheduler.rules.packfile import PackReader, near
from scheduler.rules.windows import start_windows

OWN_PACKS = Path(__file__).parent / "packs"


def available(folder: Path | None = None) -> dict[str, Path]:
    """Names of Doorstep's packs and of those in `folder`, with their files.

    Raises PackError where a file of `folder` takes the name of one of Doorstep's: a pack of one's own
    stands beside these and cannot quietly replace one.
    """
    found = {path.stem: path for path in sorted(OWN_PACKS.glob("*.toml"))}
    if folder is None:
        return found
    if not folder.is_dir():
        raise PackError(
            "The folder of rule packs does not exist",
            mend="Make it, or mend [rules] folder in doorstep.toml.",
        )
    for path in sorted(folder.glob("*.toml")):
        if path.stem in found:
            raise PackError(
                f"{path.name}: {path.stem} is one of Doorstep's own packs",
                mend="Give yours another name and list both; the stricter applies.",
            )
        found[path.stem] = path
    return found


def load_packs(names: Sequence[str], folder: Path | None = None) -> tuple[Pack, ...]:
    """The packs of these names, in this order. Raises PackError, also where they leave no hour of any day."""
    known = available(folder)
    packs = []
    for name in names:
        if name not in known:
            raise PackError(f"There is no rule pack named {name}", mend=near(name, known))
        packs.append(load_pack(known[name]))
    if len({pack.name for pack in packs}) < len(packs):
        raise PackError("A rule pack is listed twice", mend="Name each pack once in [rules] packs.")
    _refuse_contradiction(packs)
    for pack in packs:
        _refuse_aimless(pack, packs, known)
    return tuple(packs)


def load_pack(path: Path) -> Pack:
    """Read one pack. Raises PackError naming the file, table and key."""
    try:
        data = path.read_bytes()
        raw = tomllib.loads(data.decode("utf-8"))
    except FileNotFoundError:
        raise PackError(f"There is no rule pack {path.name}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PackError(f"{path.name} cannot be read: {error}", mend="Mend that line.") from None
    own = path.parent.resolve() == OWN_PACKS.resolve()
    return PackReader(path.name, may_loosen=not own).pack(raw, path.stem, hashlib.sha256(data).hexdigest())


def _refuse_aimless(pack: Pack, packs: Sequence[Pack], known: Mapping[str, Path]) -> None:
    """A loosening names a pack that there is, and a rule that it has."""
    for loosening in pack.loosened:
        place = f"{pack.name}.toml: [[loosen]]"
        if loosening.pack not in known:
            raise PackError(f"{place}: there is no pack {loosening.pack}", mend=near(loosening.pack, known))
        aimed = next((other for other in packs if other.name == loosening.pack), None)
        if aimed is not None and all(rule.id != loosening.rule for rule in aimed.rules):
            raise PackError(
                f"{place}: {loosening.pack} has no rule {loosening.rule}",
                mend=near(loosening.rule, {rule.id for rule in aimed.rules}),
            )


def _refuse_contradiction(packs: Sequence[Pack]) -> None:
    """Packs whose hours never meet forbid every visit: a mistake, not a rule."""
    rules = [rule for pack in packs for rule in pack.rules if isinstance(rule, PermittedHours)]
    day, utc = date(2026, 1, 5), ZoneInfo("UTC")
    for number in range(len(DAY_NAMES)):
        left: tuple[TimeWindow, ...] | None = None
        for rule in rules:
            hours = start_windows(rule.week[number], day, utc, timedelta(minutes=1))
            left = hours if left is None else meet_windows(left, hours)
        if left is None or left:
            return
    names = ", ".join(sorted({rule.source.pack for rule in rules}))
    raise PackError(
        f"The hours of these packs contradict each other: no visit is permitted on any day ({names})",
        mend="Mend the hours of one of them, or drop it from [rules] packs.",
    )
