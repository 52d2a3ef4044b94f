"""Rule packs: TOML files that a compliance officer edits. Read, checked whole, never guessed at.

name = "mybank"
version = "2026.1"
jurisdiction = "CN"
title = {en = "My bank", zh = "我行"}
holidays = [2026-10-01]              # optional: public holidays, as dates

[rules.hours]                        # spans by day; [] means no visit
every_day = ["09:00-12:00", "14:00-20:00"]
sunday = []
holiday = []
source = "..."                       # text, then article, the day it was read, official|secondary|own
article = "..."
date_read = 2026-11-23
status = "secondary"

[rules.visit_cap]
visits = 1
days = 7
per = "customer"                     # or "case"
source = "..."
status = "own"

[[not_judged]]                       # what the text demands and Doorstep leaves to people
article = "art. 22"
words = {en = "...", zh = "..."}
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

from scheduler.model.values import DailyHours
from scheduler.rules.base import NotJudged, Pack, PackError, Rule, Source, SourceStatus
from scheduler.rules.caps import Per, VisitCap
from scheduler.rules.hours import DAY_NAMES, PermittedHours, Spans

OWN_PACKS = Path(__file__).parent / "packs"
LANGUAGES = ("en", "zh")
SOURCE_KEYS = {"source", "article", "date_read", "status"}
_TOP = {"name", "version", "jurisdiction", "title", "holidays", "rules", "not_judged"}
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(([01]\d|2[0-3]):([0-5]\d)|24:00)")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


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
    """The packs of these names, in this order. Raises PackError."""
    known = available(folder)
    packs = []
    for name in names:
        if name not in known:
            raise PackError(f"There is no rule pack named {name}", mend=_near(name, known))
        packs.append(load_pack(known[name]))
    if len({pack.name for pack in packs}) < len(packs):
        raise PackError("A rule pack is listed twice", mend="Name each pack once in [rules] packs.")
    return tuple(packs)


def load_pack(path: Path) -> Pack:
    """Read one pack. Raises PackError naming the file, table and key."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise PackError(f"There is no rule pack {path.name}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PackError(f"{path.name} cannot be read: {error}", mend="Mend that line.") from None
    return _Reader(path.name).pack(raw, path.stem)


def _near(wrong: str, known: Mapping[str, Any] | set[str]) -> str:
    close = difflib.get_close_matches(wrong, sorted(known), n=1)
    return f"Did you mean {close[0]}?" if close else f"Known: {', '.join(sorted(known))}."


class _Reader:
    """One pack file, so that every complaint names it."""

    def __init__(self, file: str) -> None:
        self.file = file

    def wrong(self, place: str, what: str, mend: str = "") -> PackError:
        return PackError(f"{self.file}: {place}: {what}", mend=mend)

    def pack(self, raw: Mapping[str, Any], stem: str) -> Pack:
        self.only("the pack", raw, _TOP)
        name = self.text("the pack", raw, "name")
        if name != stem or not _NAME.fullmatch(name):
            raise self.wrong("name", "it is the file's name without .toml: small letters, digits, hyphens")
        tables = raw.get("rules", {})
        if not isinstance(tables, Mapping) or not tables:
            raise self.wrong("[rules]", "the pack has no rule", "Add [rules.hours] or another.")
        return Pack(
            name=name,
            version=self.text("the pack", raw, "version"),
            jurisdiction=self.text("the pack", raw, "jurisdiction"),
            title=self.words("title", raw.get("title")),
            rules=tuple(self.rule(name, family, table) for family, table in tables.items()),
            not_judged=tuple(self.not_judged(entry) for entry in self.list("not_judged", raw)),
            holidays=frozenset(self.holidays(raw)),
        )

    def rule(self, pack: str, family: str, table: Any) -> Rule:
        place = f"[rules.{family}]"
        if family not in FAMILIES:
            raise self.wrong(place, "there is no such rule", _near(family, FAMILIES))
        if not isinstance(table, Mapping):
            raise self.wrong(place, "a rule is a table")
        keys, parse = FAMILIES[family]
        self.only(place, table, keys | SOURCE_KEYS)
        return parse(self, place, table, self.source(place, table, pack))

    def source(self, place: str, table: Mapping[str, Any], pack: str) -> Source:
        status = self.text(place, table, "status")
        if status not in set(SourceStatus):
            raise self.wrong(place, "status is official, secondary or own")
        read = table.get("date_read")
        if read is not None and (not isinstance(read, date) or isinstance(read, datetime)):
            raise self.wrong(place, "date_read is a date such as 2026-11-23, without quotes")
        if status != SourceStatus.OWN and read is None:
            raise self.wrong(place, "date_read is missing", "Write the day the source was read.")
        article = table.get("article", "")
        if not isinstance(article, str):
            raise self.wrong(place, "article is text")
        return Source(
            pack=pack,
            text=self.text(place, table, "source"),
            article=article,
            date_read=read,
            status=SourceStatus(status),
        )

    def hours(self, place: str, table: Mapping[str, Any], source: Source) -> Rule:
        general = self.spans(place, "every_day", table["every_day"]) if "every_day" in table else None
        week: list[Spans] = []
        for name in DAY_NAMES:
            if name in table:
                week.append(self.spans(place, name, table[name]))
            elif general is not None:
                week.append(general)
            elif name == "holiday":
                raise self.wrong(
                    place, "holiday is missing", 'Write holiday = [] or its hours, or "every_day".'
                )
            else:
                raise self.wrong(place, f"{name} has no hours", f"Write {name} = [...] or every_day = [...].")
        if not any(week):
            raise self.wrong(place, "no day has any hours", "A pack that forbids every visit is a mistake.")
        return PermittedHours(week=tuple(week), source=source)

    def spans(self, place: str, key: str, value: Any) -> Spans:
        if not isinstance(value, list):
            raise self.wrong(place, f'{key} is a list such as ["09:00-20:00"]')
        spans = []
        for entry in value:
            if not isinstance(entry, str) or not _SPAN.fullmatch(entry):
                raise self.wrong(place, f'{key}: hours are written as "09:00-20:00"')
            start, end = entry.split("-")
            opens, closes = time.fromisoformat(start), time.max if end == "24:00" else time.fromisoformat(end)
            if opens >= closes:
                raise self.wrong(
                    place, f"{key}: {entry} ends before it starts", "Hours over midnight are two spans."
                )
            spans.append(DailyHours(opens, closes))
        spans.sort()
        if any(left.end > right.start for left, right in pairwise(spans)):
            raise self.wrong(place, f"{key}: two spans overlap", "Join them to one.")
        return tuple(spans)

    def cap(self, place: str, table: Mapping[str, Any], source: Source) -> Rule:
        per = table.get("per", "customer")
        if per not in ("customer", "case"):
            raise self.wrong(place, "per is customer or case")
        return VisitCap(
            visits=self.count(place, table, "visits", 1, 100),
            days=self.count(place, table, "days", 1, 366),
            per=cast(Per, per),
            source=source,
        )

    def not_judged(self, entry: Any) -> NotJudged:
        if not isinstance(entry, Mapping):
            raise self.wrong("[[not_judged]]", "an entry is a table with article and words")
        self.only("[[not_judged]]", entry, {"article", "words"})
        return NotJudged(
            article=self.text("[[not_judged]]", entry, "article"),
            words=self.words("[[not_judged]] words", entry.get("words")),
        )

    def holidays(self, raw: Mapping[str, Any]) -> list[date]:
        days = self.list("holidays", raw)
        if any(not isinstance(day, date) or isinstance(day, datetime) for day in days):
            raise self.wrong("holidays", "they are dates such as 2026-10-01, without quotes")
        return days

    def list(self, key: str, raw: Mapping[str, Any]) -> list[Any]:
        value = raw.get(key, [])
        if not isinstance(value, list):
            raise self.wrong(key, "it is a list")
        return value

    def words(self, place: str, value: Any) -> Mapping[str, str]:
        if not isinstance(value, Mapping) or set(value) != set(LANGUAGES):
            raise self.wrong(place, 'it has both languages: {en = "...", zh = "..."}')
        return {language: self.text(place, value, language) for language in LANGUAGES}

    def text(self, place: str, table: Mapping[str, Any], key: str) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(place, f"{key} is missing", f'Write {key} = "...".')
        return value

    def count(self, place: str, table: Mapping[str, Any], key: str, least: int, most: int) -> int:
        value = table.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(place, f"{key} is a whole number from {least} to {most}")
        return value

    def only(self, place: str, table: Mapping[str, Any], known: set[str]) -> None:
        for key in table:
            if key not in known:
                raise self.wrong(place, f"{key} is not known here", _near(key, known))


FAMILIES: dict[str, tuple[set[str], Callable[[_Reader, str, Mapping[str, Any], Source], Rule]]] = {
    "hours": ({"every_day", *DAY_NAMES}, _Reader.hours),
    "visit_cap": ({"visits", "days", "per"}, _Reader.cap),
}
"""Families of rules: their keys in a pack, and who reads them."""
