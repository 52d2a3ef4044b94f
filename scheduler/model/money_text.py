"""Money in words: the one way in which every page, card and table writes an amount."""

from __future__ import annotations

from scheduler.model.values import Money

LOCALES = {"en": "en", "zh": "zh_Hans_CN"}


def money_text(money: Money, language: str) -> str:
    """An amount as the language writes it."""
    from babel.numbers import format_currency

    return str(format_currency(money.major, money.currency, locale=LOCALES[language]))


def money_format(currency: str, language: str) -> str:
    """A spreadsheet's number format for amounts of a currency: its sign before them, its own decimals."""
    from babel.numbers import get_currency_precision, get_currency_symbol

    digits = get_currency_precision(currency)
    sign = get_currency_symbol(currency, locale=LOCALES[language])
    return f"[${sign}]#,##0" + ("." + "0" * digits if digits else "")
