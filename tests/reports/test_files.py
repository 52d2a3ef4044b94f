"""Paper, workbook, calendar and tracks, each read back by an independent reader."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import gpxpy
import openpyxl
import pytest
from icalendar import Calendar
from pypdf import PdfReader

from reports.calendar import agent_calendar
from reports.fonts import BOLD, REGULAR, covered
from reports.palette import tone
from reports.route_sheet import missing_characters, route_sheet_pdf
from reports.tracks import route_geojson, route_gpx
from reports.workbook import day_workbook


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_the_sheet_on_paper_holds_every_visit(sheets):
    sheet = sheets.route(12, link="https://bank.example/s/abc")
    pdf = route_sheet_pdf(sheet)
    reader = PdfReader(io.BytesIO(pdf))
    width, height = (float(side) for side in reader.pages[0].mediabox[2:])
    assert (round(width), round(height)) == (595, 842)
    text = text_of(pdf)
    for stop in sheet.stops:
        assert stop.phone in text
        assert stop.name.split()[0] in text
    assert f"1/{len(reader.pages)}" in text.replace(" ", "")
    fonts = {str(font) for page in reader.pages for font in _fonts(page)}
    assert fonts
    assert all("NotoSansCJK" in name for name in fonts)


def _fonts(page) -> list[str]:
    return [font.get_object()["/BaseFont"] for font in page["/Resources"]["/Font"].values()]


def test_the_same_sheet_makes_the_same_paper(sheets):
    assert route_sheet_pdf(sheets.route(2)) == route_sheet_pdf(sheets.route(2))


@pytest.mark.parametrize(
    "text", ['#panic("x")', "$x^2$ *b* _i_ @ref <label>", '"); #sys.inputs', "\\ // /* `raw`"]
)
def test_markup_in_a_text_is_printed_not_run(sheets, text):
    found = text_of(route_sheet_pdf(sheets.route(1, " " + text))).replace("\n", "").replace(" ", "")
    assert text.replace(" ", "") in found


def test_a_day_without_visits_prints(sheets):
    assert route_sheet_pdf(sheets.route(0, breaks=(), back_leg=())).startswith(b"%PDF")


def test_characters_of_no_font_are_told_by_code_point(sheets):
    assert missing_characters(sheets.route(2)) == ()
    assert missing_characters(sheets.route(2, "\U000104a0\U00016a4b")) == ("U+104A0", "U+16A4B")


def test_the_fonts_hold_what_the_sheets_need():
    assert {ord(character) for character in "赵鑫淼Åéß✓★→·×–—…€¥£《》"} <= covered()
    assert ord("😀") not in covered()
    folder = Path(__file__).resolve().parents[2] / "reports" / "assets" / "fonts"
    assert all((folder / name).stat().st_size < 2_500_000 for name in (REGULAR, BOLD))
    assert "SIL OPEN FONT LICENSE" in (folder / "OFL.txt").read_text()


def opened(page):
    return openpyxl.load_workbook(io.BytesIO(day_workbook(page)))


def test_no_cell_is_a_formula(sheets):
    book = opened(sheets.day_page('=HYPERLINK("http://x","y")'))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert [sheet.freeze_panes for sheet in book] == ["A2"] * 4


def test_the_workbook_tells_the_visits(sheets):
    page = sheets.day_page(language="en")
    book = opened(page)
    assert book.sheetnames == ["Visits", "Left out", "Findings", "Certificate"]
    rows = list(book["Visits"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == sum(len(route.stops) for route in page.routes)
    first = page.routes[0].stops[0]
    assert rows[0][:3] == ("Agent 1", 1, "C-001")
    assert rows[0][3] == first.arrive.replace(tzinfo=None)
    assert rows[0][-2:] == pytest.approx(first.place)


def test_worth_is_a_number_that_can_be_summed(sheets):
    page = replace(sheets.day_page(language="en"), money_format="[$€]#,##0.00")
    book = opened(page)
    for title, count in (
        ("Visits", sum(len(one.stops) for one in page.routes)),
        ("Left out", len(page.unassigned)),
    ):
        heads = [cell.value for cell in book[title][1]]
        cells = [row[heads.index("Worth")] for row in book[title].iter_rows(min_row=2)]
        assert len(cells) == count
        assert {(cell.data_type, cell.number_format) for cell in cells} == {("n", "[$€]#,##0.00")}
        assert sum(cell.value for cell in cells) == count * (1250 if title == "Visits" else 300)
    unseen = replace(page, unassigned=tuple(replace(row, worth_value=None) for row in page.unassigned))
    assert {row[1] for row in opened(unseen)["Left out"].iter_rows(min_row=2, values_only=True)} == {None}


def test_the_same_day_makes_the_same_workbook(sheets):
    assert day_workbook(sheets.day_page()) == day_workbook(sheets.day_page())


def events(data: bytes):
    return Calendar.from_ical(data).walk("VEVENT")


def test_a_calendar_says_numbers_and_hours_only(sheets):
    sheet = sheets.route(3, language="en")
    found = events(agent_calendar(sheet, 7))
    assert [str(event["summary"]) for event in found] == ["Visit 1", "Visit 2", "Visit 3"]
    assert [event["dtstart"].dt for event in found] == [stop.start.astimezone(UTC) for stop in sheet.stops]
    assert {int(event["sequence"]) for event in found} == {7}
    text = agent_calendar(sheet, 7).decode()
    for stop in sheet.stops:
        for secret in (stop.name, stop.phone, stop.address, stop.case_id):
            assert secret not in text


def test_a_visit_keeps_its_uid_and_later_is_greater(sheets):
    early = sheets.route(3)
    late = sheets.route(3, plan_id="p18", generated_at=datetime(2026, 11, 24, 6, tzinfo=UTC))
    first, second = events(agent_calendar(early)), events(agent_calendar(late))
    assert [str(event["uid"]) for event in first] == [str(event["uid"]) for event in second]
    assert int(second[0]["sequence"]) > int(first[0]["sequence"])
    assert len({str(event["uid"]) for event in first}) == 3
    with pytest.raises(ValueError, match="sequence"):
        agent_calendar(early, -1)


def test_a_gpx_names_numbers_only(sheets):
    sheet = sheets.route(3)
    found = gpxpy.parse(route_gpx(sheet))
    assert [point.name for point in found.waypoints] == ["拜访 1", "拜访 2", "拜访 3"]
    assert [(point.latitude, point.longitude) for point in found.waypoints] == [
        pytest.approx(stop.place) for stop in sheet.stops
    ]
    assert len(found.tracks[0].segments) == 4
    assert sheet.stops[0].name not in route_gpx(sheet)


def test_geojson_has_the_longitude_first(sheets):
    sheet = sheets.route(3)
    found = json.loads(route_geojson(sheet))
    points = [one for one in found["features"] if one["geometry"]["type"] == "Point"]
    assert [one["geometry"]["coordinates"] for one in points] == [
        pytest.approx(stop.place[::-1]) for stop in sheet.stops
    ]
    lines = [one for one in found["features"] if one["geometry"]["type"] == "LineString"]
    assert all(len(one["geometry"]["coordinates"]) > 1 for one in lines)
    assert sheet.stops[0].case_id not in json.dumps(found)


def test_twenty_eight_agents_look_different_and_read_well():
    tones = [tone(index) for index in range(28)]
    assert len({(one.colour, one.dash) for one in tones}) == 28
    assert {one.ink for one in tones} == {"#000000", "#ffffff"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_two_columns_of_a_sheet_have_one_name(sheets, language):
    for sheet in openpyxl.load_workbook(io.BytesIO(day_workbook(sheets.day_page(language=language)))):
        heads = [cell.value for cell in sheet[1]]
        assert len(set(heads)) == len(heads), sheet.title
