"""Plans on disk: written with their certificate, checked again from the file alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from geodata.coordinates import LatLon
from scheduler.model.findings import Finding, Severity
from scheduler.model.plan import Plan
from scheduler.planning.day import (
    DayInputs,
    Note,
    PlannedDay,
    Search,
    load_inputs,
    plan_day,
    rule_context,
    under,
)
from scheduler.planning.planfile import folder_of, read_plan, replace_bytes, write_plan
from scheduler.planning.roads import Roads
from scheduler.planning.travelfile import TRAVEL
from scheduler.rules.checker import Certificate, certify
from scheduler.rules.horizon import certify_after
from scheduler.settings import Workspace
from solvers.progress import Progress

PLAN, CERTIFICATE = "plan.json", "certificate.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A plan as written, with its certificate and what was found on the way."""

    planned: PlannedDay
    certificate: Certificate
    findings: tuple[Finding, ...]
    path: Path

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.planned.plan


def plan_and_write(
    workspace: Workspace,
    day: date,
    search: Search,
    folder: Path,
    *,
    note: Note = lambda _text: None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Written:
    """Plan a day from the store, judge it, and write plan and certificate to `folder`."""
    inputs = load_inputs(workspace)
    roads = Roads(workspace, note)
    planned = plan_day(workspace, inputs, day, search, roads=roads, note=note, progress=progress, stop=stop)
    note("the rules")
    path = folder / PLAN
    certificate = certify(planned.plan, write_plan(planned.plan, path), rule_context(workspace, inputs))
    write_certificate(certificate, folder)
    roads.keep(folder, places_in(planned.plan, inputs))
    record(workspace, planned.plan, path, certificate)
    return Written(
        planned=planned,
        certificate=certificate,
        findings=(*planned.findings, *rule_findings(certificate, workspace.settings.workspace.language)),
        path=path,
    )


def places_in(plan: Plan, inputs: DayInputs) -> frozenset[LatLon]:
    """Where somebody may go who plans the day of this plan again: everybody in it, and all agents' homes."""
    visits = (*(stop.location for stop in plan.stops), *(left.location for left in plan.unassigned))
    ends = (end for route in plan.routes for end in (route.start, route.end))
    homes = (end.location for agent in inputs.agents for end in (agent.start, agent.end) if end is not None)
    return frozenset(place for place in (*visits, *ends, *homes) if place is not None)


def check_file(workspace: Workspace, path: Path, inputs: DayInputs | None = None) -> tuple[Plan, Certificate]:
    """Judge the plan at `path` anew from the file, the ledger and the packs; see `days_before`."""
    plan, digest = read_plan(path)
    facts = under(plan.scenario, inputs or load_inputs(workspace))
    return plan, certify_after(plan, digest, rule_context(workspace, facts), days_before(plan, path))


def days_before(plan: Plan, path: Path) -> tuple[Plan, ...]:
    """Plans of earlier days made as one with the plan at `path`, from the folders beside its own.

    Its day is judged with their visits as if they had been made.
    """
    if plan.horizon is None:
        return ()
    own = folder_of(path)
    between = plan.horizon.first.isoformat(), plan.day.isoformat()
    beside = [at for at in _day_folders(own.resolve().parent) if between[0] <= at.name < between[1]]
    others = [read_plan(at)[0] for at in beside]
    return tuple(other for other in others if other.horizon == plan.horizon and other.day < plan.day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A plan as judged anew. `folder` is where it lies."""

    plan: Plan
    certificate: Certificate
    folder: Path


def check_days(workspace: Workspace, folder: Path) -> tuple[Checked, ...]:
    """Judge the plans of all days in `folder` together, each with the visits of the days before it as if made.

    A day's plan lies in a folder named by its day, as `doorstep plan --days` writes them. Empty where there is none.
    """
    if not folder.is_dir() or (folder / PLAN).exists():
        return ()
    days = _day_folders(folder)
    if not days:
        return ()
    context, made = rule_context(workspace, load_inputs(workspace)), list[Checked]()
    for at in days:
        plan, digest = read_plan(at)
        certificate = certify_after(plan, digest, context, [one.plan for one in made])
        made.append(Checked(plan=plan, certificate=certificate, folder=at))
    return tuple(made)


def _day_folders(folder: Path) -> list[Path]:
    """Folders of plans named by their day, in the days' order."""
    return sorted(path.parent for path in folder.glob(f"*/{PLAN}") if _is_day(path.parent.name))


def _is_day(name: str) -> bool:
    try:
        return date.fromisoformat(name).isoformat() == name
    except ValueError:
        return False


def plan_unknown(workspace: Workspace, plan: Plan, digest: str) -> tuple[Finding, ...]:
    """A finding for a what-if, or where the store has no record of these very bytes; tells the trail of the check."""
    from scheduler.store.opening import open_store

    with open_store(workspace) as store:
        store.audit("checked", {"sha256": digest})
        known = any(record.sha256 == digest for record in store.plans(plan.day))
    if not plan.scenario.is_base:
        return (
            Finding(
                code="what_if",
                severity=Severity.ERROR,
                cause=f"This plan is of the what-if {plan.scenario.name}: it cannot be published.",
                mend="Make the change in the tables or the settings, and plan the day.",
            ),
        )
    if known:
        return ()
    return (
        Finding(
            code="plan_unknown",
            severity=Severity.ERROR,
            cause="This workspace did not make this plan, or the file was edited since: it cannot be published.",
            mend="Plan the day again.",
        ),
    )


def write_certificate(certificate: Certificate, folder: Path) -> Path:
    """certificate.json in `folder`."""
    path = folder / CERTIFICATE
    replace_bytes(path, certificate.to_json().encode())
    return path


def record(workspace: Workspace, plan: Plan, path: Path, certificate: Certificate) -> None:
    """Note in the store that this plan was made; of a what-if only where its files are, for nobody goes out by it."""
    from scheduler.store.opening import open_store
    from scheduler.store.repository import PlanRecord
    from scheduler.store.written import note_written

    made = PlanRecord(
        plan=plan.id,
        day=plan.day,
        file=path.name,
        sha256=certificate.plan_sha256,
        created=plan.created,
        scenario=plan.scenario.name,
        clean=certificate.clean,
    )
    with open_store(workspace) as store:
        if plan.scenario.is_base:
            store.record_plan(made)
        beside = (path.with_name(name) for name in (CERTIFICATE, TRAVEL))
        note_written(store, "plan", path.parent, [path, *(file for file in beside if file.is_file())])


def rule_findings(certificate: Certificate, language: str) -> tuple[Finding, ...]:
    """What the rules found, as findings: each one bars the plan from being published."""
    return tuple(
        Finding(
            code=f"rule_{finding.rule}",
            severity=Severity.ERROR,
            cause=f"{finding.words(language)} ({finding.source.cited})",
            mend="Move or drop this stop and plan again.",
            subject=finding.case,
        )
        for finding in certificate.findings
    )
