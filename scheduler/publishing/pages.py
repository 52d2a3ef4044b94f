"""Views and sheets -> files: a team's pages, and a day's for one audience."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from geodata.streets import StreetMap
from reports.agent_map import render_agent_page
from reports.calendar import agent_calendar
from reports.day_page import render_day_page
from reports.route_sheet import render_route_sheet, route_sheet_pdf
from reports.sealed import seal_page
from reports.sheet import RouteSheet
from reports.tracks import route_geojson, route_gpx
from reports.words import words
from reports.workbook import day_workbook
from scheduler.planning.certified import CERTIFICATE, PLAN
from scheduler.planning.planfile import plan_bytes
from scheduler.publishing.audiences import Field
from scheduler.publishing.desk import Desk
from scheduler.publishing.findings import findings_bytes
from scheduler.publishing.labels import labels
from scheduler.publishing.sheets import day_page
from scheduler.publishing.views import View
from scheduler.rules.checker import Certificate

Links = Sequence[tuple[str, str]]


def put_team(desk: Desk, sheet: RouteSheet, sequence: int) -> None:
    """A team's page, route sheet, calendar and tracks."""
    name = sheet.agent_id
    desk.put(f"agents/{name}.html", render_agent_page(sheet).encode())
    desk.put(f"route-sheets/{name}.html", render_route_sheet(sheet).encode())
    desk.put(f"route-sheets/{name}.pdf", route_sheet_pdf(sheet))
    desk.put(f"{name}.ics", agent_calendar(sheet, sequence))
    desk.put(f"{name}.gpx", route_gpx(sheet).encode())
    desk.put(f"{name}.geojson", route_geojson(sheet).encode())


def put_sealed_team(desk: Desk, sheet: RouteSheet, sequence: int, passcode: str, expires: datetime) -> None:
    """A team's page and route sheet, sealed, and the calendar, which names nobody. What cannot be sealed is left out."""
    name, sheet_word = sheet.agent_id, words(sheet.language)["route_sheet"]
    title = f"{sheet_word} {sheet.day.isoformat()}"
    for path, page in (
        (f"agents/{name}.html", render_agent_page(sheet)),
        (f"route-sheets/{name}.html", render_route_sheet(sheet)),
    ):
        desk.put(path, seal_page(page, passcode, expires, title=title, language=sheet.language).encode())
    desk.put(f"{name}.ics", agent_calendar(sheet, sequence))


def team_links(sheet: RouteSheet, language: str, *, sealed: bool) -> tuple[tuple[str, str], ...]:
    """Where a team's files lie, as `put_team` or `put_sealed_team` writes them."""
    said, name = labels(language), sheet.agent_id
    page = ((said["page"], f"agents/{name}.html"), (said["sheet"], f"route-sheets/{name}.html"))
    calendar = (said["calendar"], f"{name}.ics")
    if sealed:
        return (*page, calendar)
    return (*page, (said["pdf"], f"route-sheets/{name}.pdf"), calendar, (said["track"], f"{name}.gpx"))


def put_day(
    desk: Desk,
    under: str,
    view: View,
    sheets: Sequence[RouteSheet],
    certificate: Certificate,
    streets: StreetMap,
    more_links: Links = (),
    agent_links: Mapping[str, tuple[tuple[str, str], ...]] | None = None,
) -> None:
    """The page, workbook and plan of a day as the view has it; findings and certificate where it may see them.

    `under` is the folder within the desk's, "" or with a slash at its end.
    """
    said = labels(view.language)
    links = [(said["workbook"], "day.xlsx"), (said["plan_file"], PLAN)]
    if view.sees(Field.FINDINGS):
        links.append((said["findings_file"], "findings.csv"))
        desk.put(f"{under}findings.csv", findings_bytes(view.findings))
    if view.sees(Field.CERTIFICATE):
        links.append((said["certificate_file"], CERTIFICATE))
        desk.put(f"{under}{CERTIFICATE}", certificate.to_json().encode())
    page = day_page(view, sheets, certificate, streets, (*links, *more_links), agent_links or {})
    desk.put(f"{under}index.html", render_day_page(page).encode())
    desk.put(f"{under}day.xlsx", day_workbook(page))
    desk.put(f"{under}{PLAN}", plan_bytes(view.plan))
