"""What is checked of any row and any table, one function a rule. Checks of one column stand where it is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from scheduler.intake.catalogue import finding
from scheduler.intake.parsing import BadCell, clean, ident
from scheduler.intake.rowreader import IntakeContext, Row
from scheduler.model.findings import Finding
from scheduler.model.people import Case

MAX_CELL = 10_000
FREE_TEXT = frozenset({"name", "customer_name", "note"})
"""Columns that may say anything, a formula included: it is shown as text and never evaluated."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")
_FORMULA = re.compile(r"\s*=[A-Za-z0-9(+\-@'\"$]")
_ERRORS = re.compile(r"\s*#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!)\s*", re.IGNORECASE)
_ODD = re.compile(
    rf"{_CONTROL.pattern}|\ufffd|(?:^|\n){_FORMULA.pattern}|(?:^|\n){_ERRORS.pattern}(?:\n|$)", re.I
)
_NOT_A_NUMBER = re.compile(r"\s*[+-]?nan\s*", re.IGNORECASE)
_CURRENCIES = {"人民币": "CNY", "RMB": "CNY", "元": "CNY"}
_TOTALS = frozenset({"合计", "总计", "小计", "total", "totals", "sum", "grand total"})


def check_cells(row: Row) -> None:
    """The rules of any cell, on the columns that are read. One search finds out whether there is anything."""
    text = "\n".join(row.cells)
    if len(text) <= MAX_CELL and not _ODD.search(text):
        return
    for name in row.header.at:
        at = row.header.at[name]
        if at < len(row.cells) and row.cells[at]:
            for rule in (long_cell, control_characters, undecodable, formula, spreadsheet_error):
                row.cells[at] = rule(row, name, row.cells[at])


def long_cell(row: Row, name: str, text: str) -> str:
    """Cells end after 10,000 characters."""
    if len(text) > MAX_CELL:
        row.find("cell_too_long", name)
    return text[:MAX_CELL]


def control_characters(row: Row, name: str, text: str) -> str:
    """Control characters become blanks; so do marks that turn text around or cannot be seen."""
    plain = _CONTROL.sub(lambda found: " " if found[0] < "\u2000" else "", text)
    if plain.strip() != text.strip():
        row.find("control_characters", name)
    return plain


def undecodable(row: Row, name: str, text: str) -> str:
    """Characters that were lost in decoding are told of."""
    if "\ufffd" in text:
        row.find("undecodable", name)
    return text


def formula(row: Row, name: str, text: str) -> str:
    """A formula is no value, except where text may say anything."""
    if not _FORMULA.match(text):
        return text
    row.find("formula", name)
    return _lost(row, name, text)


def spreadsheet_error(row: Row, name: str, text: str) -> str:
    """#N/A and its kin are no value."""
    if not _ERRORS.fullmatch(text):
        return text
    row.find("spreadsheet_error", name)
    return _lost(row, name, text)


def _lost(row: Row, name: str, text: str) -> str:
    if name in FREE_TEXT:
        return text
    row.lost.add(name)
    return ""


def row_length(row: Row, width: int) -> None:
    """More cells than columns mean that values stand in the wrong ones; fewer may only be blank at the end."""
    if any(cell.strip() for cell in row.cells[width:]):
        row.find("row_too_long")
    elif len(row.cells) < width:
        row.find("row_too_short")


def is_repeated_header(row: Row, header: tuple[str, ...]) -> bool:
    """Lists put together from several files repeat the header."""
    return row.cells[0].strip() == header[0].strip() and (
        [cell.strip() for cell in row.cells] == [cell.strip() for cell in header]
    )


def is_totals(row: Row) -> bool:
    """A row of sums at the end: a word for it where the id or the name should be, and no id."""
    words = {clean(cell).casefold().rstrip(":") for cell in row.cells[:3]}
    return bool(words & _TOTALS) and clean(row.text("id")).casefold().rstrip(":") in {"", *_TOTALS}


def known_ident(row: Row, names: Iterable[str]) -> str:
    """The row's id from the first of these columns that has one; "" where it cannot be told."""
    for name in names:
        text = row.text(name)
        if text:
            try:
                return ident(text)
            except BadCell as fault:
                row.find(fault.code, name)
                return ""
    row.missing("id", "missing_id")
    return ""


def duplicate_ids[T](
    file: str, rows: Iterable[tuple[int, str, T]]
) -> tuple[list[tuple[int, T]], list[Finding]]:
    """The first row of each id, and a finding for every other."""
    first: dict[str, int] = {}
    kept, findings = [], []
    for number, name, value in rows:
        if name in first:
            findings.append(finding("duplicate_id", file=file, row=number, subject=name, first=first[name]))
        else:
            first[name] = number
            kept.append((number, value))
    return kept, findings


def probable_twins(file: str, cases: Iterable[tuple[int, Case]]) -> list[Finding]:
    """Rows with other ids but the same name and address: the same loan twice, or two of one customer."""
    seen: dict[tuple[str, str], tuple[int, int]] = {}
    findings = []
    for number, case in cases:
        if case.customer.name and case.place.address:
            key = clean(case.customer.name).casefold(), clean(case.place.address).casefold()
            first, amount = seen.setdefault(key, (number, case.overdue.minor))
            if first != number:
                code = "probable_duplicate" if amount == case.overdue.minor else "same_customer"
                findings.append(finding(code, file=file, row=number, subject=case.id, first=first))
    return findings


def undeclared_coordinates(file: str, rows: int) -> list[Finding]:
    """Once a table: positions in China of which nobody says whether they carry the shift of its maps.

    That shift cannot be told from the positions alone; only a declared column can.
    """
    return [finding("coordinates_undeclared", file=file, count=rows)] if rows else []


def other_currency(row: Row, context: IntakeContext) -> None:
    """Amounts are in the workspace's currency."""
    text = clean(row.text("currency")).upper()
    if text and _CURRENCIES.get(text, text) != context.currency:
        row.find("other_currency", "currency")


def balance_below_overdue(row: Row, case: Case) -> None:
    """What is overdue is part of the balance."""
    if case.balance.minor < case.overdue.minor:
        row.find("balance_below_overdue", "balance")


def coded(row: Row, name: str) -> str:
    """An optional code; a faulty one is left out."""
    text = row.text(name)
    if not text or clean(text).casefold() in {"-", "/", "无"}:
        return ""
    try:
        return ident(text)
    except BadCell:
        row.find("bad_code", name)
        return ""


def chosen[T](row: Row, name: str, choices: Mapping[str, T], default: T, code: str) -> T:
    """One of a few words; a finding of `code` and the default for any other."""
    text = clean(row.text(name)).casefold()
    if text and text not in choices:
        row.find(code, name)
    return choices.get(text, default)
