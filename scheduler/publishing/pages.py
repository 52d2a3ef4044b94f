"""Views and sheets -> files: a team's pages, and a day's for one audience."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from geodata.streets import StreetMap
from reports.agent_map import render_agent_page
from reports.calendar import agent_calendar
from reports.day_page import render_day_page
from reports.route_sheet import render_route_sheet, route_sheet_pdf
from reports.sheet import RouteSheet
from reports.tracks import route_geojson, route_gpx
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


def team_links(sheet: RouteSheet, language: str) -> tuple[tuple[str, str], ...]:
    """Where a team's files lie, as `put_team` writes them."""
    words, name = labels(language), sheet.agent_id
    return (
        (words["page"], f"agents/{name}.html"),
        (words["sheet"], f"route-sheets/{name}.html"),
        (words["pdf"], f"route-sheets/{name}.pdf"),
        (words["calendar"], f"{name}.ics"),
        (words["track"], f"{name}.gpx"),
    )


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
    words = labels(view.language)
    links = [(words["workbook"], "day.xlsx"), (words["plan_file"], PLAN)]
    if view.sees(Field.FINDINGS):
        links.append((words["findings_file"], "findings.csv"))
        desk.put(f"{under}findings.csv", findings_bytes(view.findings))
    if view.sees(Field.CERTIFICATE):
        links.append((words["certificate_file"], CERTIFICATE))
        desk.put(f"{under}{CERTIFICATE}", certificate.to_json().encode())
    page = day_page(view, sheets, certificate, streets, (*links, *more_links), agent_links or {})
    desk.put(f"{under}index.html", render_day_page(page).encode())
    desk.put(f"{under}day.xlsx", day_workbook(page))
    desk.put(f"{under}{PLAN}", plan_bytes(view.plan))
