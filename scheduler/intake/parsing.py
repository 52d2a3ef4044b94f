"""Cells to values. What cannot be read raises BadCell, which names the kind of fault and never the content."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from scheduler.model.findings import ModelError
from scheduler.model.values import Money, require_id

NOTHING = frozenset({"-", "--", "—", "/", "n/a", "na", "null", "none", "nil", "无"})
"""What people write into a cell that has no number, date or code."""

_MARKS = {
    "¥": {"CNY", "JPY"}, "元": {"CNY", "TWD", "HKD", "JPY"}, "人民币": {"CNY"}, "rmb": {"CNY"}, "圆": {"CNY", "JPY"},
    "€": {"EUR"}, "£": {"GBP"}, "₹": {"INR"}, "rs": {"INR"}, "₩": {"KRW"}, "₽": {"RUB"}, "rp": {"IDR"},
    "$": {"USD", "CAD", "AUD", "NZD", "HKD", "SGD", "TWD", "MXN"}, "us$": {"USD"}, "hk$": {"HKD"}, "nt$": {"TWD"},
}  # fmt: skip
_MONEY = re.compile(
    r"(?P<open>\()?(?P<sign>[-+−])?(?P<before>[^\d\s.,()+−-]{0,3})(?P<sign2>[-+−])?"
    r"(?P<number>[0-9][0-9.,']{0,29}|[.,][0-9]{1,9})"
    r"(?P<times>亿|万|千|w)?(?P<after>[^\d\s.,()+−-]{0,3})(?P<minus>[-−])?\)?"
)
_TIMES = {None: 1, "千": 1_000, "万": 10_000, "w": 10_000, "亿": 100_000_000}
_MOST_MAJOR = 10**12
_DATES = (
    re.compile(r"(?P<y>[0-9]{4})[-/.年](?P<m>[0-9]{1,2})[-/.月](?P<d>[0-9]{1,2})日?"),
    re.compile(r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})"),
    re.compile(r"(?P<d>[0-9]{1,2})[-/.](?P<m>[0-9]{1,2})[-/.](?P<y>[0-9]{4})"),
)
_NO_DATE = frozenset({"00000000", "19000101", "19000100", "18991230", "18991231", "99991231", "0"})
_SERIAL = re.compile(r"([0-9]{5})(\.[0-9]+)?")
_DAY_ZERO = date(1899, 12, 30)
_FIRST, _LAST = date(1990, 1, 1), date(2100, 12, 31)
_YES = frozenset({"yes", "y", "true", "t", "1", "是", "对", "有", "x", "√", "✓"})
_NO = frozenset({"no", "n", "false", "f", "0", "否", "不", "没有"}) | NOTHING
_ROUNDED = re.compile(r"[0-9](\.[0-9]+e\+?|e\+)[0-9]+", re.IGNORECASE)
_WHOLE = re.compile(r"([+-]?[0-9]{1,9})(\.0+)?(天|日|次|人|个|户|days?)?", re.IGNORECASE)


class BadCell(Exception):  # noqa: N818  it never leaves the reading of a row
    """A cell that cannot be read: the finding's code, and facts for its words, without the content."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def clean(text: str) -> str:
    """Width and blanks made plain."""
    return " ".join((text if text.isascii() else unicodedata.normalize("NFKC", text)).split())


def value_class(text: str) -> str:
    """What a cell holds, in words that do not repeat it."""
    value = clean(text[:200])
    if not value:
        return "nothing"
    if re.fullmatch(r"[+-]?[0-9][0-9.,' ]*", value):
        return "a date or a number" if any(form.fullmatch(value) for form in _DATES) else "a number"
    if any(form.fullmatch(value) for form in _DATES):
        return "a date"
    if re.fullmatch(r"[0-9: .\-~]+", value):
        return "a time or a range"
    return "text with digits" if any(char.isdigit() for char in value) else "text"


def ident(text: str) -> str:
    """An id as the model takes it. Raises BadCell."""
    value = clean(text)
    if _ROUNDED.fullmatch(value):
        raise BadCell("rounded_id")
    try:
        require_id("row", value)
    except ModelError:
        raise BadCell("bad_id") from None
    if "\ufffd" in value:
        raise BadCell("bad_id")
    return value


def money(text: str, currency: str) -> Money:
    """An amount in the currency: 1,234.50, 1 234,50, ¥1,234, 1.2万.

    Raises BadCell for none, less than nothing, another currency's mark, or a point that may mean two things.
    """
    value = clean(text).replace(" ", "").casefold().replace("rs.", "rs")
    found = _MONEY.fullmatch(
        re.sub(r"[.,][-–—]+$", "", value)
    )  # 1234,- has no cents and is no less than zero
    if not found or (found["before"] and found["number"][0] in ".,"):
        raise BadCell("bad_amount", got=value_class(text))
    for mark in (found["before"], found["after"]):
        _check_mark(mark, currency, text)
    times = _TIMES[found["times"]]
    digits = _decimal(found["number"].replace("'", ""), times > 1 or _has_three_decimals(currency))
    if digits is None:
        raise BadCell("bad_amount", got=value_class(text))
    amount = Decimal(digits) * times
    below = found["open"] or found["minus"] or "-" in (s := f"{found['sign']}{found['sign2']}") or "−" in s
    if below and amount:
        raise BadCell("negative_amount")
    if amount > _MOST_MAJOR:
        raise BadCell("huge_amount")
    return Money.of(amount, currency)


@lru_cache
def _has_three_decimals(currency: str) -> bool:
    return Money.of(1, currency).minor == 1000


def _check_mark(mark: str, currency: str, text: str) -> None:
    if mark and mark != currency.casefold():
        known = _MARKS.get(mark)
        if known is None and not re.fullmatch(r"[a-z]{3}", mark):
            raise BadCell("bad_amount", got=value_class(text))
        if known is None or currency not in known:
            raise BadCell("other_currency")


def _decimal(number: str, three_decimals: bool) -> str | None:
    """Digits with a point for decimals, whichever way thousands and decimals are marked; None for neither."""
    comma, point = number.rfind(","), number.rfind(".")
    if comma >= 0 and point >= 0:
        thousands, mark = (",", ".") if point > comma else (".", ",")
        whole, _, decimals = number.rpartition(mark)
        return (
            f"{whole.replace(thousands, '')}.{decimals}" if mark not in whole and decimals.isdigit() else None
        )
    if comma >= 0:
        return _with_commas(number)
    if number.count(".") > 1:
        grouped = re.fullmatch(r"[0-9]{1,3}(\.[0-9]{3})+", number)
        return number.replace(".", "") if grouped else None
    if re.fullmatch(r"[1-9][0-9]{0,2}\.[0-9]{3}", number) and not three_decimals:
        raise BadCell("ambiguous_amount")
    return number


def _with_commas(number: str) -> str | None:
    thousands = re.fullmatch(r"[1-9][0-9]{0,2}(,[0-9]{3})+|[1-9][0-9]?(,[0-9]{2})+,[0-9]{3}", number)
    if thousands:
        return number.replace(",", "")
    return number.replace(",", ".") if re.fullmatch(r"[0-9]*,[0-9]{1,2}|0,[0-9]+", number) else None


@lru_cache(maxsize=8192)
def day(text: str) -> date | None:
    """A date: 2026-11-24, 2026/11/24, 24.11.2026 (day first), 20261124, 2026年11月24日, a spreadsheet's
    day number. None for a date that systems write for none, such as 9999-12-31. Raises BadCell."""
    value = clean(text).casefold().split(" ")[0].split("t")[0]
    if value in NOTHING or re.sub(r"[-/.年月日]", "", value) in _NO_DATE:
        return None
    serial = _SERIAL.fullmatch(value)
    found = _DAY_ZERO + timedelta(days=int(serial[1])) if serial else _calendar(value, text)
    if not _FIRST <= found <= _LAST:
        raise BadCell("no_such_day")
    return found


def _calendar(value: str, text: str) -> date:
    for form in _DATES:
        found = form.fullmatch(value)
        if found:
            try:
                return date(int(found["y"]), int(found["m"]), int(found["d"]))
            except ValueError:
                raise BadCell("no_such_day") from None
    raise BadCell("bad_date", got=value_class(text))


def whole(text: str, least: int, most: int) -> int:
    """A whole number between two bounds. Raises BadCell."""
    found = _WHOLE.fullmatch(clean(text).replace(",", "").replace(" ", ""))
    if not found:
        raise BadCell("bad_number", got=value_class(text))
    number = int(found[1])
    if not least <= number <= most:
        raise BadCell("number_out_of_range", least=least, most=most)
    return number


def yes_no(text: str) -> bool:
    """Yes or no, 是 or 否. Raises BadCell."""
    value = clean(text).casefold()
    if value in _YES:
        return True
    if value in _NO:
        return False
    raise BadCell("bad_yes_no", got=value_class(text))


@lru_cache(maxsize=8192)
def words(text: str) -> frozenset[str]:
    """Codes separated by commas, semicolons, bars or blanks."""
    parts = re.split(r"[\s;,、|]+", clean(text))
    return frozenset(part for part in parts if part and part.casefold() not in NOTHING)


def degrees(text: str) -> float:
    """A coordinate in decimal degrees; a letter S or W makes it negative. Raises BadCell."""
    found = re.fullmatch(
        r"([+-]?)([0-9]{1,3}(?:[.,][0-9]{1,17})?) ?°? ?([NESW]?)",
        clean(text).replace("º", "°"),
        re.IGNORECASE,
    )
    if not found or (found[1] and found[3]):
        raise BadCell("bad_coordinate", got=value_class(text))
    value = float(found[2].replace(",", "."))
    return -value if found[1] == "-" or found[3].casefold() in ("s", "w") else value
