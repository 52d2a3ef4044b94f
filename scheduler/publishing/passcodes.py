"""Passcodes of sealed pages: made anew at each publishing, and handed out apart from the pages."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from reports.sealed import new_passcode
from scheduler.model.findings import DoorstepError


@dataclass(frozen=True, slots=True)
class Seal:
    """A passcode for each team, and when the pages close. Its text names neither."""

    passcodes: Mapping[str, str]
    expires: datetime

    def __repr__(self) -> str:
        return "Seal()"


def new_seal(teams: Iterable[str], day: date, today: date, days: int, zone: ZoneInfo) -> Seal:
    """Fresh passcodes; the pages of `day` open until the end of the day that comes `days` after it, or after today."""
    last = max(day, today) + timedelta(days=days)
    expires = datetime.combine(last + timedelta(days=1), time.min, zone)
    return Seal({team: new_passcode() for team in teams}, expires)


def refuse_beside_pages(path: Path, folders: Collection[Path]) -> None:
    """Raise DoorstepError for a file that is there, or that lies with the pages: whoever copies them has both."""
    if any(path.resolve().is_relative_to(folder.resolve()) for folder in folders):
        raise DoorstepError(
            f"The passcodes would lie beside the pages they open ({path.name})",
            mend="Name a file in a folder that is not handed out.",
        )
    if path.exists():
        raise DoorstepError(
            f"{path.name} is there already; passcodes are never overwritten", mend="Name another file."
        )


def write_passcodes(seal: Seal, path: Path) -> None:
    """A table of team and passcode that its owner alone can read. Raises DoorstepError where the file is there."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(("agent", "passcode", "opens until"))
    table.writerows((team, code, f"{seal.expires:%Y-%m-%d %H:%M}") for team, code in seal.passcodes.items())
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise DoorstepError(
            f"{path.name} is there already; passcodes are never overwritten", mend="Name another file."
        ) from None
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        file.write(text.getvalue())
