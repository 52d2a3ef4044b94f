"""A certified plan -> the folder of pages that dispatchers and agents open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from geodata.streets import StreetMap
from reports.agent_map import render_agent_page
from reports.calendar import agent_calendar
from reports.day_page import render_day_page
from reports.route_sheet import missing_characters, render_route_sheet, route_sheet_pdf
from reports.sheet import RouteSheet
from reports.tracks import route_geojson, route_gpx
from reports.workbook import day_workbook
from scheduler.model.findings import DoorstepError, Finding, Severity
from scheduler.model.plan import Plan
from scheduler.planning.certified import CERTIFICATE, PLAN, record, rule_findings, write_certificate
from scheduler.planning.changed import Changed, current_plan
from scheduler.planning.day import load_inputs
from scheduler.planning.planfile import plan_bytes, replace_bytes
from scheduler.planning.roads import Roads
from scheduler.publishing.findings import write_findings
from scheduler.publishing.join import Joined, join
from scheduler.publishing.labels import labels
from scheduler.publishing.sheets import day_page, route_sheets, tiles_of
from scheduler.publishing.streets import Legs
from scheduler.rules.checker import Certificate
from scheduler.settings import Workspace

Note = Callable[[int, int, str], None]
Stamp = tuple[int, int, int]
_PAGES = frozenset({".html", ".pdf", ".ics", ".gpx", ".geojson", ".xlsx", ".csv", ".json"})


class RefusedError(DoorstepError):
    """A plan that may not be published."""

    exit_code = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was written."""

    folder: Path
    agents: tuple[str, ...]
    files: int
    findings: tuple[Finding, ...]
    withdrawn: tuple[str, ...] = ()


def publish(
    workspace: Workspace,
    path: Path,
    folder: Path,
    *,
    findings: Sequence[Finding] = (),
    note: Note = lambda _done, _total, _what: None,
    extra_links: Sequence[tuple[str, str]] = (),
) -> Published:
    """Judge the plan again, join today's facts, and write every page.

    Stops that the facts have overtaken since planning are withdrawn and told of (see
    `scheduler.planning.changed`). Raises RefusedError where a rule is broken, or where a plan that is not
    the store's is overtaken by the facts: then nothing is written but the certificate. `findings` are shown
    and written beside those found here.
    """
    there = _pages(workspace, folder)
    inputs = load_inputs(workspace)
    roads = Roads(workspace)
    changed = current_plan(workspace, path, inputs, roads.matrices)
    plan, certificate = changed.plan, changed.certificate
    write_certificate(certificate, folder)
    joined = join(workspace, plan, inputs)
    _refuse(certificate, () if changed.known else joined.findings, joined.language)
    everything = (*findings, *(entry.finding() for entry in changed.withdrawn))
    streets = StreetMap.open(roads.extract, workspace.cache)
    note(0, len(plan.routes), "streets")
    sequence = _sequence(workspace, plan)
    sheets = route_sheets(joined, Legs(roads), streets, tiles_of(workspace.settings.publish))
    everything += _unprintable(sheets)
    for number, sheet in enumerate(sheets, start=1):
        _write_agent(sheet, folder, sequence)
        note(number, len(sheets), sheet.agent_id)
    _write_day(joined, plan, sheets, certificate, everything, streets, folder, extra_links)
    _note_published(workspace, changed, folder, there)
    return Published(
        folder=folder,
        agents=tuple(sheet.agent_id for sheet in sheets),
        files=sum(entry.is_file() for entry in folder.rglob("*")),
        findings=everything,
        withdrawn=tuple(entry.case for entry in changed.withdrawn),
    )


def _note_published(
    workspace: Workspace, changed: Changed, folder: Path, there: Mapping[Path, Stamp]
) -> None:
    """Remember what was written where, and the plan without the stops that were withdrawn as a plan.

    Pages of an earlier publishing to the same folder that were not written again are removed: somebody whose
    stops were all withdrawn has no page any more.
    """
    from scheduler.store.opening import open_store
    from scheduler.store.written import all_written, note_written, remove_files

    if changed.withdrawn:
        record(workspace, changed.plan, folder / PLAN, changed.certificate)
    made = [path for path, stamp in _pages(workspace, folder).items() if there.get(path) != stamp]
    with open_store(workspace) as store:
        before = [e for e in all_written(store) if e.kind == "day" and e.folder == folder.resolve()]
        note_written(store, "day", folder, made, plan=changed.plan.id, withdrawn=len(changed.withdrawn))
        remove_files(store, before, "published again")


def _pages(workspace: Workspace, folder: Path) -> dict[Path, Stamp]:
    """Every page in the folder, with what changes when it is written anew."""
    home = workspace.folder.resolve()
    inside = folder.resolve().is_relative_to(home)  # else the workspace itself may lie in the folder
    found = {}
    for path in folder.rglob("*"):
        ours = inside or not path.resolve().is_relative_to(home)
        if path.suffix in _PAGES and ours and path.is_file():
            about = path.stat()
            found[path] = (about.st_ino, about.st_mtime_ns, about.st_size)
    return found


def _sequence(workspace: Workspace, plan: Plan) -> int:
    """How many plans of the day came before: what calendars call the sequence."""
    from scheduler.store.opening import open_store

    with open_store(workspace) as store:
        return max(0, len(store.plans(plan.day)) - 1)


def _unprintable(sheets: Sequence[RouteSheet]) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            code="no_glyph",
            severity=Severity.WARNING,
            cause=f"The printed sheet has no font for: {', '.join(missing)}.",
            mend="Install a font that has them, such as Noto Sans CJK.",
            subject=sheet.agent_id,
        )
        for sheet in sheets
        if (missing := missing_characters(sheet))
    )


def _refuse(certificate: Certificate, overtaken: Sequence[Finding], language: str) -> None:
    if not certificate.clean:
        first = rule_findings(certificate, language)[0]
        raise RefusedError(
            f"The plan breaks a rule at stop {first.subject}: {first.cause}",
            mend="Plan the day again, or drop the stop.",
        )
    if overtaken:
        first = overtaken[0]
        raise RefusedError(
            f"{len(overtaken)} stops must not be made. {first.subject}: {first.cause}", mend=first.mend
        )


def _write_agent(sheet: RouteSheet, folder: Path, sequence: int) -> None:
    name = sheet.agent_id
    replace_bytes(folder / "agents" / f"{name}.html", render_agent_page(sheet).encode())
    replace_bytes(folder / "route-sheets" / f"{name}.html", render_route_sheet(sheet).encode())
    replace_bytes(folder / "route-sheets" / f"{name}.pdf", route_sheet_pdf(sheet))
    replace_bytes(folder / f"{name}.ics", agent_calendar(sheet, sequence))
    replace_bytes(folder / f"{name}.gpx", route_gpx(sheet).encode())
    replace_bytes(folder / f"{name}.geojson", route_geojson(sheet).encode())


def _write_day(
    joined: Joined,
    plan: Plan,
    sheets: Sequence[RouteSheet],
    certificate: Certificate,
    findings: Sequence[Finding],
    streets: StreetMap,
    folder: Path,
    extra_links: Sequence[tuple[str, str]],
) -> None:
    words = labels(joined.language)
    links = (
        (words["workbook"], "day.xlsx"),
        (words["plan_file"], PLAN),
        (words["findings_file"], "findings.csv"),
        (words["certificate_file"], CERTIFICATE),
        *extra_links,
    )
    agent_links = {
        sheet.agent_id: (
            (words["page"], f"agents/{sheet.agent_id}.html"),
            (words["sheet"], f"route-sheets/{sheet.agent_id}.html"),
            (words["pdf"], f"route-sheets/{sheet.agent_id}.pdf"),
            (words["calendar"], f"{sheet.agent_id}.ics"),
            (words["track"], f"{sheet.agent_id}.gpx"),
        )
        for sheet in sheets
    }
    page = day_page(joined, sheets, certificate, findings, streets, links, agent_links)
    replace_bytes(folder / "index.html", render_day_page(page).encode())
    day_workbook(page, folder / "day.xlsx")
    replace_bytes(folder / PLAN, plan_bytes(plan))
    write_findings(findings, folder / "findings.csv")
