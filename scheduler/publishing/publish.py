"""A certified plan -> the pages that each audience opens."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from geodata.streets import StreetMap
from reports.route_sheet import missing_characters
from reports.sheet import RouteSheet
from scheduler.model.findings import DoorstepError, Finding, Severity
from scheduler.model.plan import Plan
from scheduler.planning.certified import PLAN, record, rule_findings, write_certificate
from scheduler.planning.changed import current_plan
from scheduler.planning.day import load_inputs
from scheduler.planning.planfile import folder_of
from scheduler.planning.roads import Roads
from scheduler.publishing.audiences import Audience, Sight, sight_of
from scheduler.publishing.cut import cut_plan
from scheduler.publishing.desk import Desk, remember
from scheduler.publishing.join import Joined, join
from scheduler.publishing.pages import Links, put_day, put_sealed_team, put_team, team_links
from scheduler.publishing.passcodes import Seal, new_seal
from scheduler.publishing.pseudonyms import Pseudonyms
from scheduler.publishing.sheets import route_sheets, tiles_of
from scheduler.publishing.streets import Legs
from scheduler.publishing.views import View, agencies, own_of_agency, own_of_team, see
from scheduler.rules.checker import Certificate
from scheduler.settings import Workspace

Note = Callable[[int, int, str], None]
USUAL = (Audience.DISPATCHER, Audience.AGENT)
"""For whom pages are written where nobody says for whom."""


class RefusedError(DoorstepError):
    """A plan that may not be published."""

    exit_code = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was written; `pages` are the days' first pages."""

    folder: Path
    audiences: tuple[Audience, ...]
    agents: tuple[str, ...]
    pages: tuple[Path, ...]
    files: int
    findings: tuple[Finding, ...]
    withdrawn: tuple[str, ...] = ()
    seal: Seal | None = None


def publish(
    workspace: Workspace,
    path: Path,
    folder: Path,
    *,
    audiences: Collection[Audience] = USUAL,
    sealed: bool = False,
    findings: Sequence[Finding] = (),
    note: Note = lambda _done, _total, _what: None,
    extra_links: Links = (),
) -> Published:
    """Judge the plan again, join today's facts, and write every page of these audiences.

    The dispatcher's and the agents' pages go to `folder`, every other audience's to a folder of its own in it.

    `sealed` asks for the teams' pages in the sealed form (`reports.sealed`); the passcodes are in what is
    returned and nowhere else.

    Stops that the facts have overtaken since planning are withdrawn and told of (see
    `scheduler.planning.changed`). Raises RefusedError where a rule is broken, or for a what-if's plan or one that is not
    the store's own, byte for byte: then nothing is written but the certificate. `findings` are shown
    and written beside those found here.
    """
    inputs = load_inputs(workspace)
    roads = Roads(workspace, plans=[folder_of(path)])
    changed = current_plan(workspace, path, inputs, roads.matrices)
    plan, certificate = changed.plan, changed.certificate
    if not plan.scenario.is_base:
        raise RefusedError(
            f"This plan is of the what-if {plan.scenario.name}: nobody goes out by it",
            mend="Make the change in the tables or the settings, and plan the day.",
        )
    if Audience.DISPATCHER in audiences:
        write_certificate(certificate, folder)
    joined = join(workspace, plan, inputs)
    _refuse(certificate, () if changed.known else joined.findings, joined.language)
    if not changed.made_here:
        raise RefusedError(
            "This workspace did not make this plan, or the file was edited since", mend="Plan the day again."
        )
    everything = (*findings, *(entry.finding() for entry in changed.withdrawn))
    note(0, len(plan.routes), "streets")
    seal = _seal(workspace, plan) if sealed and Audience.AGENT in audiences else None
    press = _Press(workspace, joined, certificate, roads, folder, note, seal)
    desks, whole = press.desks(audiences), False
    try:
        if Audience.AGENT in audiences:
            everything += press.teams(desks[Audience.AGENT])
        press.days(desks, everything, extra_links)
        whole = True
    finally:
        remember(workspace, desks.values(), whole=whole, plan=plan.id, withdrawn=len(changed.withdrawn))
    if changed.withdrawn and Audience.DISPATCHER in desks:
        record(workspace, plan, folder / PLAN, certificate)
    return Published(
        folder=folder,
        audiences=tuple(desks),
        agents=tuple(route.vehicle for route in plan.routes),
        pages=tuple(path for desk in desks.values() for path in desk.written if path.name == "index.html"),
        files=sum(len(desk.written) for desk in desks.values()),
        findings=everything,
        withdrawn=tuple(entry.case for entry in changed.withdrawn),
        seal=seal,
    )


def _seal(workspace: Workspace, plan: Plan) -> Seal:
    zone = workspace.settings.zone
    teams = [route.vehicle for route in plan.routes]
    days = workspace.settings.publish.sealed_days
    return new_seal(teams, plan.day, datetime.now(zone).date(), days, zone)


class _Press:
    """What the pages of every audience are made with."""

    def __init__(
        self,
        workspace: Workspace,
        joined: Joined,
        certificate: Certificate,
        roads: Roads,
        folder: Path,
        note: Note,
        seal: Seal | None,
    ) -> None:
        self._workspace, self._joined, self._certificate = workspace, joined, certificate
        self._folder, self._note, self._seal = folder, note, seal
        self._legs = Legs(roads)
        self._streets = StreetMap.open(roads.extract, workspace.cache)
        self._pseudonyms = Pseudonyms.of(workspace)

    def desks(self, audiences: Collection[Audience]) -> dict[Audience, Desk]:
        """A desk for each audience, in the audiences' order."""
        made = {
            audience: Desk(kind, self._folder) for audience, kind in _KINDS.items() if audience in audiences
        }
        if Audience.AGENT in made:
            kind = _KINDS[Audience.AGENT] if self._seal is None else _SEALED
            made[Audience.AGENT] = Desk(kind, self._folder, (_KINDS[Audience.AGENT], _SEALED))
        return made

    def teams(self, desk: Desk) -> tuple[Finding, ...]:
        """Each team's own pages. Returns what cannot be printed."""
        plan, sight = self._joined.plan, self._sight(Audience.AGENT)
        tiles, sequence = tiles_of(self._workspace.settings.publish), _sequence(self._workspace, plan)
        missing: list[Finding] = []
        for number, route in enumerate(plan.routes, start=1):
            own = own_of_team(plan, route.vehicle)
            view = see(self._joined, cut_plan(plan, sight, self._pseudonyms, own))
            for sheet in route_sheets(view, self._legs, self._streets, tiles):
                if self._seal is None:
                    put_team(desk, sheet, sequence)
                    missing += _unprintable(sheet)
                else:
                    code = self._seal.passcodes[route.vehicle]
                    put_sealed_team(desk, sheet, sequence, code, self._seal.expires)
            self._note(number, len(plan.routes), route.vehicle)
        return tuple(missing)

    def days(self, desks: dict[Audience, Desk], findings: Sequence[Finding], links: Links) -> None:
        """The day as each of these audiences may see it."""
        for audience, desk in desks.items():
            for under, view in self._views(audience, findings):
                sheets = route_sheets(view, self._legs)
                mine = audience is Audience.DISPATCHER
                linked = mine and Audience.AGENT in desks
                sealed = self._seal is not None
                agent_links = {
                    s.agent_id: team_links(s, view.language, sealed=sealed) for s in sheets if linked
                }
                put_day(
                    desk,
                    under,
                    view,
                    sheets,
                    self._certificate,
                    self._streets,
                    links if mine else (),
                    agent_links,
                )

    def _views(self, audience: Audience, findings: Sequence[Finding]) -> Iterator[tuple[str, View]]:
        sight, plan = self._sight(audience), self._joined.plan
        language = self._workspace.settings.page_language
        if audience is Audience.AGENCY:
            for agency in agencies(self._joined):
                cut = cut_plan(plan, sight, self._pseudonyms, own_of_agency(self._joined, agency))
                yield f"agencies/{agency}/", see(self._joined, cut, findings, language)
        elif audience is not Audience.AGENT:
            cut = cut_plan(plan, sight, self._pseudonyms)
            under = "" if audience is Audience.DISPATCHER else f"{audience}/"
            yield under, see(self._joined, cut, findings, language)

    def _sight(self, audience: Audience) -> Sight:
        return sight_of(audience, self._workspace.settings.publish.widen)


_KINDS = {
    Audience.DISPATCHER: "day",
    Audience.AGENT: "agents",
    Audience.PLANNER: "planner",
    Audience.AGENCY: "agency",
    Audience.AUDITOR: "auditor",
}
"""Audiences that `publish` writes for, and what retention calls their pages."""
_SEALED = "sealed"


def _sequence(workspace: Workspace, plan: Plan) -> int:
    """How many plans of the day came before: what calendars call the sequence."""
    from scheduler.store.opening import open_store

    with open_store(workspace) as store:
        return max(0, len(store.plans(plan.day)) - 1)


def _unprintable(sheet: RouteSheet) -> tuple[Finding, ...]:
    missing = missing_characters(sheet)
    if not missing:
        return ()
    finding = Finding(
        code="no_glyph",
        severity=Severity.WARNING,
        cause=f"The printed sheet has no font for: {', '.join(missing)}.",
        mend="Install a font that has them, such as Noto Sans CJK.",
        subject=sheet.agent_id,
    )
    return (finding,)


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
