from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.intake.csvtext import split_records

HEADER = ["id", "name", "note"]


def knows(cells) -> int:
    return len(set(cells) & set(HEADER))


def text_of(rows, delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


# What may stand in a cell; a line of a cell that has just the header's width looks like a row of its own.
CELL = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)


@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=8), st.sampled_from(",;\t|"))
def test_what_csv_writes_comes_back(rows, delimiter: str) -> None:
    rows = [tuple(HEADER), *(row for row in rows if any(cell.strip() for cell in row))]
    records, broken, cut_off = split_records(text_of(rows, delimiter), knows)
    assert (records, broken, cut_off) == (rows, frozenset(), False)


def test_a_cell_may_have_line_breaks_and_quotes() -> None:
    rows = [tuple(HEADER), ("1", 'he said "no"', "one\ntwo, three\r\nfour"), ("2", "b", "c")]
    assert split_records(text_of(rows), knows)[0] == rows


@pytest.mark.parametrize(
    "bad",
    ['2,"never closed,x', '2,b,"never closed', '"2,b,c', '2,"a" b",c', '2,"b\nand more,c', '2,b"",c'],
)
def test_a_stray_quotation_mark_costs_its_own_row(bad: str) -> None:
    good = [("1", "a", "x"), ("3", "c, d", "z"), ("4", "d", 'e "f"'), ("5", "", "")]
    text = text_of([tuple(HEADER), good[0]]) + bad + "\r\n" + text_of(good[1:])
    records, _, _ = split_records(text, knows)
    assert [row for row in records if row in good] == good


def test_many_stray_quotation_marks_are_quick() -> None:
    text = "id,name,note\n" + '1,"a,b\n' * 20_000
    records, broken, _ = split_records(text, knows)
    assert len(records) == 20_001
    assert len(broken) == 20_000


def test_a_last_row_without_an_end_is_cut_off() -> None:
    assert split_records("id,name,note\n1,a,b\n2,c", knows)[2]
    assert not split_records("id,name,note\n1,a,b\n2,c,d", knows)[2]
    assert not split_records("id,name,note\n1,a,b\n2,c\n", knows)[2]


def test_the_delimiter_is_what_names_the_columns() -> None:
    text = "a, list, of, things\nid;name;note\n1;a,b,c,d;x\n"
    assert split_records(text, knows)[0][1:] == [tuple(HEADER), ("1", "a,b,c,d", "x")]


@given(st.text('ab",;\n\r\x00 ', max_size=200))
def test_any_text_becomes_records(text: str) -> None:
    records, _, _ = split_records(text, knows)
    assert all(isinstance(row, tuple) for row in records)
