from __future__ import annotations

import pytest

from scheduler.intake.catalogue import CATALOGUE
from scheduler.intake.points import read_points
from scheduler.intake.tables import import_cases_table
from scheduler.model.findings import DoorstepError

HEADER = ["案件编号", "客户姓名", "地址", "逾期金额", "逾期天数"]


def codes(read) -> list[str]:
    return [found.code for found in read.findings]


def row(
    ident: str, name: str = "王小明", address: str = "和平路1号", amount: str = "1.2万", days: str = "30"
) -> list[str]:
    return [ident, name, address, amount, days]


def test_a_chinese_list_in_its_own_encoding(write, context, tmp_path) -> None:
    path = write([HEADER, row("A"), row("B", "李华")])
    path.write_bytes(path.read_text("utf-8").encode("gb18030"))
    read = import_cases_table(path, context)
    assert [(case.customer.name, case.overdue.minor) for case in read.cases] == [
        ("王小明", 1_200_000),
        ("李华", 1_200_000),
    ]
    assert read.findings == ()


def test_rows_count_as_a_spreadsheet_does(write, context) -> None:
    read = import_cases_table(write([["十一月清单"], HEADER, row("A"), [], row("B", amount="?")]), context)
    assert [(found.code, found.row, found.column) for found in read.findings] == [
        ("header_not_first", 2, ""),
        ("bad_amount", 5, "逾期金额"),
    ]


def test_duplicates_and_twins(write, context) -> None:
    rows = [HEADER, row("A"), row("A", "李华"), row("B"), row("C", amount="5"), row("D", "", "")]
    read = import_cases_table(write(rows), context)
    assert [case.id for case in read.cases] == ["A", "B", "C"]
    assert [(found.code, found.row) for found in read.findings] == [
        ("duplicate_id", 3),
        ("probable_duplicate", 4),
        ("same_customer", 5),
        ("empty_address", 6),
    ]


def test_the_first_good_row_of_an_id_is_taken(write, context) -> None:
    read = import_cases_table(write([HEADER, row("A", amount="?"), row("A")]), context)
    assert [case.id for case in read.cases] == ["A"]


def test_ids_of_rows_that_are_not_taken_are_known(write, context) -> None:
    read = import_cases_table(
        write([HEADER, row("A"), row("B", amount="?"), ["合计", "", "", "9", ""], HEADER]), context
    )
    assert read.present == {"A", "B"}
    assert [code for code in codes(read) if "row" in code or "header" in code] == [
        "totals_row",
        "repeated_header",
    ]
    assert read.rows_read == 2


def test_where_an_id_is_not_known_nobody_can_say_who_is_missing(write, context) -> None:
    assert import_cases_table(write([HEADER, row("A"), row("")]), context).present is None
    path = write([HEADER, row("A"), row("B")])
    path.write_bytes(path.read_bytes().rstrip()[:-6])
    read = import_cases_table(path, context)
    assert read.present is None
    assert "file_cut_off" in codes(read)


def test_misplaced_cells_cost_the_row_and_missing_ones_do_not(write, context) -> None:
    rows = [HEADER, [*row("A"), "more"], [*row("B"), "", ""], row("C")[:4], row("D", "李华")]
    read = import_cases_table(write(rows), context)
    assert [case.id for case in read.cases] == ["B", "D"]
    assert codes(read) == ["row_too_long", "row_too_short", "missing_days"]


def test_a_row_with_stray_quotes_is_told_and_taken_where_it_can_be(write, context) -> None:
    path = write([HEADER, row("A"), row("B"), row("C")])
    path.write_text(path.read_text("utf-8").replace("B,", 'B,"'), "utf-8")
    read = import_cases_table(path, context)
    assert [case.id for case in read.cases] == ["A", "B", "C"]
    assert codes(read)[0] == "broken_quotes"


def test_the_customer_s_number_serves_where_there_is_no_other(write, context) -> None:
    read = import_cases_table(write([["客户编号", *HEADER[1:]], row("K1"), row("K2", "李华")]), context)
    assert [(case.id, case.customer.id) for case in read.cases] == [("K1", "K1"), ("K2", "K2")]
    assert codes(read) == ["id_from_customer"]


def test_a_query_is_a_table(context) -> None:
    read = import_cases_table(
        (HEADER, [("A", "王小明", "和平路1号", 12.5, 30), ("B", None, None, None, None)]), context
    )
    assert [case.overdue.minor for case in read.cases] == [1250]
    assert {found.file for found in read.findings} == {"the SQL query"}


@pytest.mark.parametrize(
    ("rows", "says"),
    [([HEADER], "no rows"), ([HEADER, ["", ""]], "no rows"), ([HEADER[:3], ["A", "b", "c"]], "no column for: overdue"),
     ([row("A")], "no column for")],
)  # fmt: skip
def test_a_table_that_is_none_is_one_error(write, context, rows, says) -> None:
    with pytest.raises(DoorstepError, match=says) as caught:
        import_cases_table(write(rows), context)
    assert caught.value.exit_code == 2
    assert caught.value.mend
    assert "王小明" not in f"{caught.value}{caught.value.mend}"


def test_findings_stand_in_the_order_of_rows_and_say_no_value(write, context) -> None:
    rows = [HEADER, row("A", "Liisa-Secret", "Secret street 1", "secret"), row("B", days="secret")]
    read = import_cases_table(write(rows), context)
    assert [found.row for found in read.findings] == sorted(found.row or 0 for found in read.findings)
    assert "ecret" not in f"{read.findings}"
    assert all(found.code in CATALOGUE and found.cause for found in read.findings)


def test_an_id_is_told_only_where_the_row_is_good(write, context) -> None:
    read = import_cases_table(
        write([HEADER, row("王小明", days="?"), [*row("A"), ""], ["B", "x\x00y", *row("B")[2:]]]), context
    )
    assert [(found.code, found.subject) for found in read.findings] == [
        ("bad_number", ""),
        ("control_characters", "B"),
    ]


def test_points(write) -> None:
    path = write(
        [
            ["id", "lat", "lon"],
            ["a", "60.1", "24.9"],
            ["b", "x", "24.9"],
            ["c", "60.2", ""],
            ["d", "60,3", "24.8"],
        ]
    )
    ids, points, findings = read_points(path)
    assert ids == ["a", "d"]
    assert [(point.lat, point.lon) for point in points] == [(60.1, 24.9), (60.3, 24.8)]
    assert [found.code for found in findings if found.severity == "error"] == ["no_position", "no_position"]
    with pytest.raises(DoorstepError, match="no usable point"):
        read_points(write([["id", "lat", "lon"], ["a", "x", "y"]]))
