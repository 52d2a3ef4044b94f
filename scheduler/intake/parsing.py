"""Cells to values. What cannot be read raises BadCell, which names the kind of fault and never the content."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from scheduler.model.findings import ModelError
from scheduler.model.values import DailyHours, Money

_CURRENCY_MARKS = {
    "¥": "",
    "￥": "",
    "$": "",
    "€": "",
    "£": "",
    "元": "",
    "CNY": "",
    "RMB": "",
    "EUR": "",
    "USD": "",
}
_WAN = re.compile(r"(.*?)(万|w)$", re.IGNORECASE)
_HOURS = re.compile(r"(\d{1,2})[:：.]?(\d{2})?\s*(?:-|–|—|~|至|到)\s*(\d{1,2})[:：.]?(\d{2})?")
_DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%Y%m%d", "%Y年%m月%d日", "%d/%m/%Y")
_YES = frozenset({"yes", "y", "true", "1", "是", "对", "有", "x"})
_NO = frozenset({"", "no", "n", "false", "0", "否", "无", "-"})
_EXCEL_DAY_ZERO = date(1899, 12, 30)
_MOST_MINOR = 10**15


class BadCell(Exception):  # noqa: N818  it never leaves the reading of a row
    """A cell that cannot be read: finding code, cause and mend, without the content."""

    def __init__(self, code: str, cause: str, mend: str) -> None:
        super().__init__(cause)
        self.code, self.cause, self.mend = code, cause, mend


def clean(text: str) -> str:
    """Width and blanks made plain."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def money(text: str, currency: str) -> Money:
    """An amount: 1,234.50, 1 234,50, ¥1,234, 1.2万. Raises BadCell for text, none, or less than nothing."""
    value = clean(text)
    for mark, plain in _CURRENCY_MARKS.items():
        value = value.replace(mark, plain).replace(mark.lower(), plain)
    value = value.replace(" ", "").replace("'", "")
    factor = Decimal(1)
    wan = _WAN.match(value)
    if wan:
        value, factor = wan.group(1), Decimal(10_000)
    try:
        amount = Decimal(_dots(value)) * factor
    except InvalidOperation:
        raise BadCell("bad_amount", "It is no amount of money.", "Write a number such as 1234.50.") from None
    if not amount.is_finite():
        raise BadCell("bad_amount", "It is no amount of money.", "Write a number such as 1234.50.")
    if amount < 0:
        raise BadCell(
            "negative_amount", "The amount is below zero.", "Write what is owed as a positive number."
        )
    if abs(amount) > _MOST_MINOR:
        raise BadCell("huge_amount", "The amount is larger than any loan.", "Check the unit and the column.")
    return Money.of(amount, currency)


def _dots(value: str) -> str:
    """The number with a point for its decimals, whichever way thousands and decimals are marked."""
    comma, point = value.rfind(","), value.rfind(".")
    if comma >= 0 and point >= 0:
        return value.replace(",", "") if point > comma else value.replace(".", "").replace(",", ".")
    if comma >= 0:
        head, _, tail = value.partition(",")
        grouped = re.fullmatch(r"-?\d{1,3}(,\d{3})+", value)
        return value.replace(",", "") if grouped else (f"{head}.{tail}" if "," not in tail else value)
    return value


def day(text: str) -> date:
    """A date: 2026-11-24, 2026/11/24, 24.11.2026, 20261124, 2026年11月24日, a spreadsheet's day number."""
    value = clean(text).split(" ")[0].split("T")[0]
    if re.fullmatch(r"\d{5}(\.0+)?", value):
        return _EXCEL_DAY_ZERO + timedelta(days=int(float(value)))
    for form in _DATES:
        try:
            found = datetime.strptime(value, form).date()  # noqa: DTZ007  a date has no zone
        except ValueError:
            continue
        if 1990 <= found.year <= 2100:
            return found
    raise BadCell("bad_date", "It is no date.", "Write dates as 2026-11-24.")


def whole(text: str, least: int, most: int) -> int:
    """A whole number between two bounds."""
    value = (
        clean(text)
        .replace(",", "")
        .removesuffix(".0")
        .removesuffix("天")
        .removesuffix("分钟")
        .removesuffix("人")
    )
    if not re.fullmatch(r"[+-]?\d{1,9}", value):
        raise BadCell("bad_number", "It is no whole number.", "Write digits only.")
    number = int(value)
    if not least <= number <= most:
        raise BadCell(
            "number_out_of_range", f"It lies outside {least} to {most}.", "Check the column and the unit."
        )
    return number


def yes_no(text: str) -> bool:
    """Yes or no, 是 or 否."""
    value = clean(text).casefold()
    if value in _YES:
        return True
    if value in _NO:
        return False
    raise BadCell("bad_yes_no", "It is neither yes nor no.", "Write yes or no (是, 否).")


def hours(text: str) -> DailyHours:
    """One span of a day: 9:00-17:30, 9-17, 09:00至17:30. 24:00 is the day's end."""
    found = _HOURS.fullmatch(clean(text))
    if not found:
        raise BadCell("bad_hours", "It is no span of hours.", "Write hours as 09:00-17:30.")
    begin_h, begin_m, end_h, end_m = (int(part or 0) for part in found.groups())
    try:
        return DailyHours(_clock(begin_h, begin_m), _clock(end_h, end_m))
    except ModelError:
        raise BadCell(
            "hours_backwards", "The hours end before they start.", "Write the earlier time first."
        ) from None


def _clock(hour: int, minute: int) -> time:
    if (hour, minute) == (24, 0):
        return time.max
    if hour > 23 or minute > 59:
        raise BadCell("no_such_hour", "A day has no such hour.", "Write hours from 00:00 to 24:00.")
    return time(hour, minute)


def spans(text: str) -> tuple[DailyHours, ...]:
    """Spans separated by semicolons or commas."""
    parts = [part for part in re.split(r"[;,；，、]", clean(text)) if part.strip()]
    return tuple(sorted(hours(part) for part in parts))


def words(text: str) -> frozenset[str]:
    """Codes separated by commas, semicolons or blanks."""
    return frozenset(part for part in re.split(r"[\s;,；，、|]+", clean(text)) if part)


def degrees(text: str) -> float:
    """A coordinate in decimal degrees."""
    value = clean(text).rstrip("°NESW")
    if not re.fullmatch(r"[+-]?\d{1,3}([.,]\d{1,17})?", value):
        raise BadCell("bad_coordinate", "It is no coordinate.", "Write decimal degrees such as 60.1699.")
    return float(value.replace(",", "."))
