from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.intake import parsing
from scheduler.intake.catalogue import finding
from scheduler.intake.parsing import BadCell
from scheduler.model.values import Money

TEXT = st.one_of(
    st.text(max_size=40),
    st.text("0123456789.,-+ ¥€$万元年月日/()'eENaninf", max_size=24),
    st.sampled_from(["NaN", "-inf", "1e999999999", "9" * 400, "٣٤", "①②", "½", "0x10", "1_000", "\ud800"]),
)
PARSERS = {
    "money": lambda text: parsing.money(text, "EUR"),
    "day": parsing.day,
    "whole": lambda text: parsing.whole(text, 0, 100),
    "yes_no": parsing.yes_no,
    "degrees": parsing.degrees,
    "ident": parsing.ident,
    "words": parsing.words,
}


def fault_of(parse, text: str) -> BadCell | None:
    """What a parser says against a text, if it does; any other exception is the test's failure."""
    try:
        parse(text)
    except BadCell as fault:
        return fault
    return None


@pytest.mark.parametrize("name", PARSERS)
@given(text=TEXT)
def test_a_parser_raises_nothing_but_a_finding_in_the_catalogue(name: str, text: str) -> None:
    fault = fault_of(PARSERS[name], text)
    if fault is not None:
        said = finding(fault.code, file="t.csv", **fault.facts)
        assert not [part for part in text.split() if len(part) > 24 and part in said.cause + said.mend]


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1234", 123_400), ("1234.5", 123_450), ("1,234.50", 123_450), ("1.234,50", 123_450), ("1234,50", 123_450),
        ("1 234,50", 123_450), ("1\u00a0234,50", 123_450), ("1'234.50", 123_450), ("1,234", 123_400), ("0,125", 13),
        ("12,34,567.00", 123_456_700), ("12,34,567", 123_456_700), ("1.234.567", 123_456_700), ("1,234,567", 123_456_700),
        ("€400", 40_000), ("400 €", 40_000), ("EUR 400", 40_000), ("４００", 40_000), ("+400", 40_000), (".5", 50),
        ("0", 0), ("-0.00", 0), ("1234,-", 123_400), ("0.005", 1), ("1234.5678", 123_457),
    ],
)  # fmt: skip
def test_amounts(text: str, minor: int) -> None:
    assert parsing.money(text, "EUR") == Money(minor, "EUR")


@pytest.mark.parametrize(
    ("text", "major"),
    [("¥1,234", 1234), ("￥1,234元", 1234), ("1.2万", 12_000), ("1.234万元", 12_340), ("3w", 30_000), ("2千", 2000),
     ("1.5亿", 150_000_000), ("人民币500元", 500), ("RMB 500", 500), ("CNY500", 500), ("500块", None)],
)  # fmt: skip
def test_amounts_as_china_writes_them(text: str, major: int | None) -> None:
    if major is None:
        with pytest.raises(BadCell):
            parsing.money(text, "CNY")
    else:
        assert parsing.money(text, "CNY") == Money(major * 100, "CNY")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "bad_amount"), ("four hundred", "bad_amount"), ("NaN", "bad_amount"), ("inf", "bad_amount"),
        ("1e5", "bad_amount"), ("1_000", "bad_amount"), ("0x10", "bad_amount"), ("12,34", None), ("1,23,45", "bad_amount"),
        ("1.2.3", "bad_amount"), ("1,234.5,6", "bad_amount"), ("400 kr", "bad_amount"), ("-5", "negative_amount"),
        ("(5.00)", "negative_amount"), ("5.00-", "negative_amount"), ("€-5", "negative_amount"), ("−5", "negative_amount"),
        ("9999999999999", "huge_amount"), ("1.234", "ambiguous_amount"), ("12.345", "ambiguous_amount"),
        ("$400", "other_currency"), ("¥400", "other_currency"), ("400 CNY", "other_currency"), ("£5", "other_currency"),
    ],
)  # fmt: skip
def test_what_is_no_amount(text: str, code: str | None) -> None:
    if code is None:
        assert parsing.money(text, "EUR").minor == 1234
        return
    with pytest.raises(BadCell) as caught:
        parsing.money(text, "EUR")
    assert caught.value.code == code


def test_three_decimals_are_decimals_where_the_currency_has_them() -> None:
    assert parsing.money("1.234", "KWD") == Money(1234, "KWD")
    assert parsing.money("Rs.500", "INR") == Money(50_000, "INR")


@given(minor=st.integers(0, 10**14), grouped=st.booleans(), european=st.booleans())
def test_an_amount_written_out_comes_back(minor: int, grouped: bool, european: bool) -> None:
    text = f"{Decimal(minor).scaleb(-2):{',' if grouped else ''}.2f}"
    if european:
        text = text.translate(str.maketrans(",.", ".,"))
    assert parsing.money(text, "EUR") == Money(minor, "EUR")


@pytest.mark.parametrize(
    "text",
    ["2026-11-24", "2026/11/24", "2026.11.24", "24.11.2026", "24/11/2026", "20261124", "2026年11月24日", "46350", "46350.0",
     "2026-11-24 10:30:00", "2026-11-24T10:30:00+08:00", "２０２６-11-24"],
)  # fmt: skip
def test_dates(text: str) -> None:
    assert parsing.day(text) == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "code"),
    [("31.02.2026", "no_such_day"), ("2026-13-01", "no_such_day"), ("11/24/2026", "no_such_day"), ("1889-01-01", "no_such_day"),
     ("99999", "no_such_day"), ("00000", "no_such_day"), ("24.11.26", "bad_date"), ("tomorrow", "bad_date"), ("NaN", "bad_date"),
     ("2026", "bad_date"), ("46350.5.5", "bad_date")],
)  # fmt: skip
def test_what_is_no_date(text: str, code: str) -> None:
    with pytest.raises(BadCell) as caught:
        parsing.day(text)
    assert caught.value.code == code


@pytest.mark.parametrize("text", ["9999-12-31", "0000-00-00", "1900/01/01", "-", "无", "N/A", "NULL"])
def test_dates_that_say_none(text: str) -> None:
    assert parsing.day(text) is None


@given(
    found=st.dates(date(1990, 1, 1), date(2100, 12, 31)),
    form=st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%Y%m%d", "%Y年%m月%d日", "serial"]),
)
def test_a_date_written_out_comes_back(found: date, form: str) -> None:
    if form == "serial":
        text = str((found - date(1899, 12, 30)) // timedelta(days=1))
    else:
        text = form.replace("%Y", f"{found.year:04d}").replace("%m", f"{found.month:02d}")
        text = text.replace("%d", f"{found.day:02d}")
    assert parsing.day(text) == found


@pytest.mark.parametrize(
    ("text", "number"), [("7", 7), ("7.0", 7), ("７", 7), ("45天", 45), ("1,000", 1000), ("+3", 3)]
)
def test_whole_numbers(text: str, number: int) -> None:
    assert parsing.whole(text, 0, 1000) == number


@pytest.mark.parametrize(
    ("text", "code"),
    [("7.5", "bad_number"), ("x", "bad_number"), ("1e3", "bad_number"), ("NaN", "bad_number"), ("-1", "number_out_of_range"),
     ("1001", "number_out_of_range"), ("9" * 30, "bad_number")],
)  # fmt: skip
def test_what_is_no_whole_number(text: str, code: str) -> None:
    with pytest.raises(BadCell) as caught:
        parsing.whole(text, 0, 1000)
    assert caught.value.code == code


def test_yes_and_no() -> None:
    assert [parsing.yes_no(text) for text in ("是", "YES", "1", "x")] == [True] * 4
    assert [parsing.yes_no(text) for text in ("否", "No", "0", "-")] == [False] * 4
    with pytest.raises(BadCell):
        parsing.yes_no("maybe")


def test_codes() -> None:
    assert parsing.words("a; b、c|d  e，f") == set("abcdef")
    assert parsing.words("无") == frozenset()


@pytest.mark.parametrize(
    ("text", "value"),
    [("60.17", 60.17), ("60,17", 60.17), ("-0.5", -0.5), ("24.94E", 24.94), ("24.94 W", -24.94), ("33.9°S", -33.9),
     ("181", 181.0)],
)  # fmt: skip
def test_degrees(text: str, value: float) -> None:
    assert parsing.degrees(text) == value


@pytest.mark.parametrize("text", ["", "north", "60.17.1", "NaN", "1e2", "-5S", "6017000", "60°10'12\""])
def test_what_is_no_coordinate(text: str) -> None:
    with pytest.raises(BadCell):
        parsing.degrees(text)


def test_ids() -> None:
    assert parsing.ident(" ＡＢ１２ ") == "AB12"
    assert parsing.ident("1E5") == "1E5"
    for text, code in (
        ("1.23457E+17", "rounded_id"),
        ("1E+17", "rounded_id"),
        ("a b", "bad_id"),
        ("a/b", "bad_id"),
        ("..", "bad_id"),
        ("", "bad_id"),
        ("x" * 65, "bad_id"),
        ("A\ufffd", "bad_id"),
    ):
        with pytest.raises(BadCell) as caught:
            parsing.ident(text)
        assert caught.value.code == code


@given(text=TEXT)
def test_the_class_of_a_value_never_repeats_it(text: str) -> None:
    assert parsing.value_class(text) in {
        "nothing", "a date or a number", "a number", "a date", "a time or a range", "text with digits", "text"
    }  # fmt: skip
