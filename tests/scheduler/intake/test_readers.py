from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula

from scheduler.intake.readers import read_table, rows_table
from scheduler.model.findings import DoorstepError

HEADER = ("id", "name", "note")


def knows(cells) -> int:
    return len(set(cells) & set(HEADER))


def workbook(path, rows, *, before=()) -> None:
    book = Workbook()
    sheet = book.active
    for title in before:
        hidden = book.create_sheet(title, 0)
        hidden.append(["something", "else"])
        hidden.sheet_state = "hidden"
    for row in rows:
        sheet.append(list(row))
    book.save(path)


def test_a_workbook_s_cells_as_text(tmp_path) -> None:
    path = tmp_path / "t.xlsx"
    rows = [
        HEADER,
        (12345, "王小明", 1234.5),
        ("007", datetime.fromisoformat("2026-11-24"), date(2026, 11, 25)),
        (1234567890123456789.0, True, None),
        (3.0, 12.345, datetime.fromisoformat("2026-11-24 09:30")),
        (None, None, None),
    ]
    workbook(path, rows)
    assert read_table(path, knows).rows == (
        ("12345", "王小明", "1234.5"),
        ("007", "2026-11-24", "2026-11-25"),
        ("1.234568e+18", "yes", ""),
        ("3", "12.3450", "2026-11-24 09:30:00"),
    )


def test_a_formula_shows_what_the_spreadsheet_kept_of_it(tmp_path) -> None:
    path = tmp_path / "t.xlsx"
    workbook(path, [HEADER, ("1", "=1+1", "x"), ("2", "b", "=A2")])
    kept = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(kept, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("sheet1.xml"):
                data = data.replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>").replace(
                    b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>"
                )
            new.writestr(name, data)
    path.write_bytes(kept.getvalue())
    assert read_table(path, knows).rows == (("1", "2", "x"), ("2", "b", "=A2"))


def test_hidden_sheets_and_titles_are_passed_over(tmp_path) -> None:
    path = tmp_path / "t.xlsx"
    workbook(path, [("List of November",), (), HEADER, ("1", "a", "b")], before=["Notes"])
    table = read_table(path, knows)
    assert table.header[:3] == HEADER
    assert (table.first_row, [row[:3] for row in table.rows]) == (4, [("1", "a", "b")])
    assert [found.code for found in table.findings] == ["header_not_first"]


def test_an_array_formula_is_no_trouble(tmp_path) -> None:
    path = tmp_path / "t.xlsx"
    book = Workbook()
    book.active.append(list(HEADER))
    book.active["A2"], book.active["B2"] = "1", ArrayFormula("B2:B2", "=SUM(1,2)")
    book.save(path)
    assert read_table(path, knows).rows == (("1", "=ARRAY()", ""),)


def test_what_a_file_is_counts_for_more_than_its_name(tmp_path) -> None:
    real, named = tmp_path / "t.xlsx", tmp_path / "t.csv"
    workbook(real, [HEADER, ("1", "a", "b")])
    named.write_bytes(real.read_bytes())
    assert read_table(named, knows).rows == (("1", "a", "b"),)


def test_what_stands_right_of_the_table_is_not_of_it(tmp_path) -> None:
    path = tmp_path / "t.xlsx"
    workbook(path, [HEADER, ("1", "a"), ("2", "b", "c", None, "by the way")])
    assert read_table(path, knows).rows == (("1", "a", ""), ("2", "b", "c"))


@pytest.mark.parametrize("dictionary", [True, False])
def test_parquet_keeps_its_types(tmp_path, dictionary) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "t.parquet"
    columns = {
        "id": pa.array([1, None], pa.int64()),
        "name": pa.array(["a", None]),
        "note": pa.array([date(2026, 11, 24), None]),
    }
    pq.write_table(pa.table(columns), path, use_dictionary=dictionary)
    assert read_table(path, knows).rows == (("1", "a", "2026-11-24"), ("", "", ""))


def test_rows_of_a_query(tmp_path) -> None:
    table = rows_table("the SQL query", HEADER, [(1, 2.5, None), (2, float("nan"), b"x")], knows)
    assert table.rows == (("1", "2.5", ""), ("2", "NaN", "x"))


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("t.xls", b"", "tables are read from"),
        ("t.csv", b"", "empty"),
        ("t.csv", b"\n\n  \n", "empty"),
        ("t.csv", b"%PDF-1.7", "a PDF"),
        ("t.xlsx", b"\xd0\xcf\x11\xe0 old", "old workbook"),
        ("t.csv", b"SQLite format 3\x00", "a database"),
        ("t.xlsx", b"id,name,note\n1,2,3\n", "not what its name says"),
        ("t.parquet", b"PAR1 and no more", "not a Parquet file"),
        ("t.xlsx", b"PK\x03\x04 and no more", "not a workbook"),
    ],
)
def test_what_cannot_be_read_is_one_clear_error(tmp_path, name, data, says) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(DoorstepError, match=says) as caught:
        read_table(path, knows)
    assert str(tmp_path) not in str(caught.value)
    assert caught.value.mend


def test_a_missing_file_and_a_folder_are_clear_errors(tmp_path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(DoorstepError, match="no table"):
            read_table(path, knows)


def test_a_zip_of_nothing_and_a_bomb_are_refused(tmp_path, monkeypatch) -> None:
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with pytest.raises(DoorstepError, match="not a workbook"):
        read_table(path, knows)
    workbook(path, [HEADER, ("1", "a", "b")])
    monkeypatch.setattr("scheduler.intake.readers._MOST_BYTES", 1000)
    with pytest.raises(DoorstepError, match="unpacks"):
        read_table(path, knows)
