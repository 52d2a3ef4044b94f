"""One pack file read key by key, so that every complaint names the file, the table and the key."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any, cast

from scheduler.model.ledger import PauseKind
from scheduler.model.people import PlaceKind
from scheduler.model.values import DailyHours
from scheduler.model.visit import ContactKind
from scheduler.rules.attendance import Attendance
from scheduler.rules.base import Loosening, NotJudged, Pack, PackError, Rule, Source, SourceStatus
from scheduler.rules.calendars import is_calendar
from scheduler.rules.caps import Per, VisitCap
from scheduler.rules.consent import ASKED, Ceased, ConsentAsked, Paused
from scheduler.rules.hours import DAY_NAMES, PermittedHours, RefusedHours
from scheduler.rules.place import PermittedPlaces, RefusedPlace
from scheduler.rules.records import KEPT, Records
from scheduler.rules.safety import Safe, Wants
from scheduler.rules.vulnerability import Visit, Vulnerable
from scheduler.rules.windows import Spans
from scheduler.rules.words import DUTIES

LANGUAGES = ("en", "zh")
SOURCE_KEYS = {"source", "article", "date_read", "status"}
_TOP = {"name", "version", "jurisdiction", "title", "calendar", "holidays", "rules", "not_judged", "loosen"}
_LOOSEN = {"pack", "rule", "reason", "by", "until", "figures", "drop"}
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(([01]\d|2[0-3]):([0-5]\d)|24:00)")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CODE = re.compile(r"[a-z0-9_]+([:-][A-Za-z0-9_-]+)?")

Table = Mapping[str, Any]


def near(wrong: str, known: Iterable[str]) -> str:
    """The likeliest meant, or all that are known."""
    close = difflib.get_close_matches(wrong, sorted(known), n=1)
    return f"Did you mean {close[0]}?" if close else f"Known: {', '.join(sorted(known))}."


class PackReader:
    """Reads one pack file. Every method raises PackError for what it cannot take."""

    def __init__(self, file: str, *, may_loosen: bool) -> None:
        self.file = file
        self.may_loosen = may_loosen

    def pack(self, raw: Table, stem: str, sha256: str) -> Pack:
        """The whole pack."""
        self.only("the pack", raw, _TOP)
        name = self.text("the pack", raw, "name")
        if name != stem or not _NAME.fullmatch(name):
            raise self.wrong("name", "it is the file's name without .toml: small letters, digits, hyphens")
        loosened = tuple(
            self.loosening(name, entry) for entry in self.tables("loosen", raw.get("loosen", []))
        )
        tables = raw.get("rules", {})
        if not isinstance(tables, Mapping) or not (tables or loosened):
            raise self.wrong("[rules]", "the pack has no rule", "Add [rules.hours] or another.")
        return Pack(
            name=name,
            version=self.text("the pack", raw, "version"),
            jurisdiction=self.text("the pack", raw, "jurisdiction"),
            title=self.words("title", raw.get("title")),
            rules=tuple(rule for family, given in tables.items() for rule in self.rules(name, family, given)),
            not_judged=tuple(
                self.not_judged(entry) for entry in self.tables("not_judged", raw.get("not_judged", []))
            ),
            holidays=frozenset(self.holidays(raw)),
            calendar=self.calendar(raw),
            loosened=loosened,
            sha256=sha256,
        )

    def rules(self, pack: str, family: str, given: Any) -> list[Rule]:
        """The rules of one family: one table, or several."""
        place = f"[rules.{family}]"
        if family not in FAMILIES:
            raise self.wrong(place, "there is no such rule", near(family, FAMILIES))
        tables = given if isinstance(given, list) else [given]
        if not tables or not all(isinstance(table, Mapping) for table in tables):
            raise self.wrong(place, "a rule is a table")
        keys, parse = FAMILIES[family]
        made = []
        for table in tables:
            self.only(place, table, keys | SOURCE_KEYS)
            made.append(parse(self, place, table, self.source(place, table, pack)))
        return made

    def source(self, place: str, table: Table, pack: str) -> Source:
        """Where a rule comes from."""
        status = self.text(place, table, "status")
        if status not in set(SourceStatus):
            raise self.wrong(place, "status is official, secondary or own")
        read = table.get("date_read")
        if read is not None and not _is_date(read):
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

    def loosening(self, own: str, entry: Table) -> Loosening:
        """A loosening with its reason, the name of who answers for it and its last day."""
        place = "[[loosen]]"
        if not self.may_loosen:
            raise self.wrong(place, "only a workspace's own pack loosens a rule")
        self.only(place, entry, _LOOSEN)
        pack, family = self.text(place, entry, "pack"), self.text(place, entry, "rule")
        if family not in FAMILIES:
            raise self.wrong(place, f"there is no rule {family}", near(family, FAMILIES))
        if pack in (own, "doorstep"):
            raise self.wrong(place, "it names a pack other than this one; the floor itself stands")
        until = entry.get("until")
        if not _is_date(until):
            raise self.wrong(place, "until is missing", "Write the last day, such as 2026-12-31.")
        drop, figures = entry.get("drop", False), entry.get("figures")
        if not isinstance(drop, bool) or drop == (figures is not None):
            raise self.wrong(place, "it has either figures = {...} or drop = true")
        instead = None
        if figures is not None:
            if not isinstance(figures, Mapping):
                raise self.wrong(place, "figures is a table")
            keys, parse = FAMILIES[family]
            self.only(f"{place} figures", figures, keys)
            source = Source(pack=pack, text=f"Loosened by {own}")
            instead = parse(self, f"{place} figures", figures, source)
        return Loosening(
            pack=pack,
            rule=family,
            reason=self.text(place, entry, "reason"),
            by=self.text(place, entry, "by"),
            until=cast(date, until),
            instead=instead,
        )

    def hours(self, place: str, table: Table, source: Source) -> Rule:
        """[rules.hours]"""
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
        return PermittedHours(
            week=tuple(week),
            source=source,
            makeup=self.spans(place, "makeup", table["makeup"]) if "makeup" in table else None,
            consent_widens=self.flag(place, table, "consent_widens"),
        )

    def blocked_hours(self, _place: str, _table: Table, source: Source) -> Rule:
        """[rules.blocked_hours]"""
        return RefusedHours(source=source)

    def cap(self, place: str, table: Table, source: Source) -> Rule:
        """[rules.visit_cap]"""
        counts = self.several(place, table, "counts", ContactKind, frozenset({ContactKind.VISIT}))
        if ContactKind.VISIT not in counts:
            raise self.wrong(place, "counts has visit in it", "A cap of calls alone forbids no visit.")
        return VisitCap(
            visits=self.count(place, table, "visits", 1, 100),
            days=self.count(place, table, "days", 1, 366),
            per=cast(Per, self.one_of(place, table, "per", ("customer", "case"), "customer")),
            source=source,
            counts=counts,
        )

    def consent(self, place: str, table: Table, source: Source) -> Rule:
        """[rules.visit_consent]"""
        return ConsentAsked(asks=frozenset(self.codes(place, table, "asks", ASKED)), source=source)

    def cease(self, _place: str, _table: Table, source: Source) -> Rule:
        """[rules.cease]"""
        return Ceased(source=source)

    def pause(self, place: str, table: Table, source: Source) -> Rule:
        """[rules.pause]"""
        return Paused(
            source=source, reasons=self.several(place, table, "reasons", PauseKind, frozenset(PauseKind))
        )

    def attendance(self, place: str, table: Table, source: Source) -> Rule:
        """[rules.attendance]"""
        return Attendance(
            source=source,
            people=self.count(place, table, "people", 1, 10, 1),
            each=frozenset(self.codes(place, table, "each")),
            one=frozenset(self.codes(place, table, "one")),
            languages=frozenset(self.codes(place, table, "languages")),
        )

    def place(self, place: str, table: Table, source: Source) -> Rule:
        """[rules.place]"""
        order = tuple(PlaceKind(kind) for kind in self.codes(place, table, "order", tuple(PlaceKind)))
        if len(order) == 1:
            raise self.wrong(place, "order has two kinds or more")
        if ("work_hours" in table) != ("work_days" in table):
            raise self.wrong(place, "work_hours and work_days stand together")
        work_week: tuple[Spans, ...] | None = None
        if "work_hours" in table:
            spans = self.spans(place, "work_hours", table["work_hours"])
            days = self.codes(place, table, "work_days", DAY_NAMES)
            work_week = tuple(spans if name in days else () for name in DAY_NAMES)
        return PermittedPlaces(
            source=source,
            permitted=self.several(place, table, "permitted", PlaceKind, frozenset(PlaceKind)),
            order=order,
            work_week=work_week,
        )

    def refused_place(self, _place: str, _table: Table, source: Source) -> Rule:
        """[rules.refused_place]"""
        return RefusedPlace(source=source)

    def vulnerability(self, place: str, table: Table, source: Source) -> Rule:
        """[rules.vulnerability]"""
        return Vulnerable(
            source=source,
            visit=cast(Visit, self.one_of(place, table, "visit", ("never", "approved"))),
            flags=frozenset(self.codes(place, table, "flags")),
            skill=self.text(place, table, "skill") if "skill" in table else "",
        )

    def safety(self, place: str, table: Table, source: Source) -> Rule:
        """[rules.safety]"""
        return Safe(
            source=source,
            wants=cast(Wants, self.one_of(place, table, "wants", ("two", "daylight", "two_or_daylight"))),
            flags=frozenset(self.codes(place, table, "flags")),
        )

    def records(self, place: str, table: Table, source: Source) -> Rule:
        """[rules.records]"""
        kept = table.get("keep_years", {})
        if not isinstance(kept, Mapping):
            raise self.wrong(place, "keep_years is a table such as {contacts = 3}")
        self.only(f"{place} keep_years", kept, set(KEPT))
        notice = None
        if "notice_hours" in table:
            notice = timedelta(hours=self.count(place, table, "notice_hours", 0, 24 * 60))
        return Records(
            source=source,
            duties=self.codes(place, table, "duties", tuple(DUTIES)),
            keep_years=tuple((kind, self.count(f"{place} keep_years", kept, kind, 1, 100)) for kind in kept),
            notice=notice,
        )

    def spans(self, place: str, key: str, value: Any) -> Spans:
        """Hours of a day, in order and apart."""
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

    def not_judged(self, entry: Table) -> NotJudged:
        """A duty that stays with people."""
        self.only("[[not_judged]]", entry, {"article", "words"})
        return NotJudged(
            article=self.text("[[not_judged]]", entry, "article"),
            words=self.words("[[not_judged]] words", entry.get("words")),
        )

    def holidays(self, raw: Table) -> list[date]:
        """Dates of the pack's own."""
        days = raw.get("holidays", [])
        if not isinstance(days, list) or not all(_is_date(day) for day in days):
            raise self.wrong("holidays", "they are a list of dates such as [2026-10-01], without quotes")
        return days

    def calendar(self, raw: Table) -> str:
        """The name of a country's calendar, or none."""
        if "calendar" not in raw:
            return ""
        name = self.text("the pack", raw, "calendar")
        if not is_calendar(name):
            raise self.wrong("calendar", f"there is none named {name}", 'Write one such as "CN" or "AU-NSW".')
        return name

    def tables(self, key: str, value: Any) -> list[Table]:
        """A list of tables."""
        if not isinstance(value, list) or not all(isinstance(entry, Mapping) for entry in value):
            raise self.wrong(f"[[{key}]]", "it is a list of tables")
        return value

    def codes(
        self, place: str, table: Table, key: str, known: Collection[str] | None = None
    ) -> tuple[str, ...]:
        """A list of codes, each once; of those `known` where only those mean something."""
        value = table.get(key, [])
        if not isinstance(value, list) or not all(
            isinstance(code, str) and _CODE.fullmatch(code) for code in value
        ):
            raise self.wrong(place, f"{key} is a list of codes")
        if len(set(value)) < len(value):
            raise self.wrong(place, f"{key}: the same twice")
        for code in value:
            if known is not None and code not in known:
                raise self.wrong(place, f"{key}: {code} is not known", near(code, known))
        return tuple(value)

    def several[E: StrEnum](
        self, place: str, table: Table, key: str, kind: type[E], default: frozenset[E]
    ) -> frozenset[E]:
        """A set of one kind's values; `default` where the key is absent."""
        if key not in table:
            return default
        codes = self.codes(place, table, key, tuple(kind))
        if not codes:
            raise self.wrong(place, f"{key} is empty")
        return frozenset(kind(code) for code in codes)

    def one_of(self, place: str, table: Table, key: str, known: tuple[str, ...], default: str = "") -> str:
        """One of a few words."""
        value = table.get(key, default)
        if value not in known:
            raise self.wrong(place, f"{key} is {' or '.join(known)}")
        return cast(str, value)

    def flag(self, place: str, table: Table, key: str) -> bool:
        """true or false; false where the key is absent."""
        value = table.get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(place, f"{key} is true or false")
        return value

    def words(self, place: str, value: Any) -> Mapping[str, str]:
        """A text in both languages."""
        if not isinstance(value, Mapping) or set(value) != set(LANGUAGES):
            raise self.wrong(place, 'it has both languages: {en = "...", zh = "..."}')
        return {language: self.text(place, value, language) for language in LANGUAGES}

    def text(self, place: str, table: Table, key: str) -> str:
        """A text that is not empty."""
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(place, f"{key} is missing", f'Write {key} = "...".')
        return value

    def count(
        self, place: str, table: Table, key: str, least: int, most: int, default: int | None = None
    ) -> int:
        """A whole number within bounds."""
        value = table.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(place, f"{key} is a whole number from {least} to {most}")
        return value

    def only(self, place: str, table: Table, known: set[str]) -> None:
        """Refuse keys that mean nothing."""
        for key in table:
            if key not in known:
                raise self.wrong(place, f"{key} is not known here", near(key, known))

    def wrong(self, place: str, what: str, mend: str = "") -> PackError:
        """The error to raise."""
        return PackError(f"{self.file}: {place}: {what}", mend=mend)


def _is_date(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


FAMILIES: dict[str, tuple[set[str], Callable[[PackReader, str, Table, Source], Rule]]] = {
    "hours": ({"every_day", *DAY_NAMES, "makeup", "consent_widens"}, PackReader.hours),
    "blocked_hours": (set(), PackReader.blocked_hours),
    "visit_cap": ({"visits", "days", "per", "counts"}, PackReader.cap),
    "visit_consent": ({"asks"}, PackReader.consent),
    "cease": (set(), PackReader.cease),
    "pause": ({"reasons"}, PackReader.pause),
    "attendance": ({"people", "each", "one", "languages"}, PackReader.attendance),
    "place": ({"permitted", "order", "work_hours", "work_days"}, PackReader.place),
    "refused_place": (set(), PackReader.refused_place),
    "vulnerability": ({"visit", "flags", "skill"}, PackReader.vulnerability),
    "safety": ({"wants", "flags"}, PackReader.safety),
    "records": ({"duties", "keep_years", "notice_hours"}, PackReader.records),
}
"""Rules that a pack may have: their keys, and who reads them."""
