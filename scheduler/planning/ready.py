"""What can be planned at all: teams that can set out, visits whose place is known and near a road."""

from __future__ import annotations

from collections.abc import Sequence

from scheduler.model.findings import DoorstepError, Finding, Severity
from scheduler.model.plan import Reason, ReasonCode, Unassigned
from scheduler.model.visit import Visit
from scheduler.planning.roads import Roads
from scheduler.planning.teams import Team


def ready_teams(
    teams: Sequence[Team], roads: Roads, max_snap_m: int
) -> tuple[tuple[Team, ...], list[Finding]]:
    """The teams that can be sent, and a finding for each that cannot. Raises DoorstepError where none can."""
    ready, findings = [], []
    for team in teams:
        wrong = _wrong(team, roads, max_snap_m)
        if wrong is None:
            ready.append(team)
            continue
        cause, mend = wrong
        findings.append(
            Finding(code="team_left_out", severity=Severity.WARNING, cause=cause, mend=mend, subject=team.id)
        )
    if not ready:
        first = f" {findings[0].subject}: {findings[0].cause}" if findings else ""
        raise DoorstepError(
            f"Nobody can go out on this day.{first}", mend="Check shifts, days off and start addresses."
        )
    return tuple(ready), findings


def _wrong(team: Team, roads: Roads, max_snap_m: int) -> tuple[str, str] | None:
    if team.shift is None:
        return "Its members share no hours.", "Give them overlapping shifts."
    for place, what in ((team.start, "start"), (team.end, "end")):
        if place is None:
            continue
        if place.location is None or place.needs_review:
            return f"The address of its {what} is not on the map.", "Correct it in the review list."
        (metres,) = roads.off_road_m(team.mode, (place.location,))
        if metres > max_snap_m:
            return (
                f"Its {what} lies {metres:.0f} m from any road of the extract.",
                "Check the address or the extract.",
            )
    return None


def placed_visits(
    visits: Sequence[Visit], teams: Sequence[Team], roads: Roads, max_snap_m: int
) -> tuple[tuple[Visit, ...], list[Unassigned]]:
    """The visits whose place is known and near a road, and the others with their reason."""
    known: list[Visit] = []
    left: list[Unassigned] = []
    for visit in visits:
        place = visit.case.place
        if place.location is None:
            left.append(left_out(visit, Reason(code=ReasonCode.NOT_GEOCODED, proven=True)))
        elif place.needs_review:
            left.append(left_out(visit, Reason(code=ReasonCode.NEEDS_REVIEW, proven=True)))
        else:
            known.append(visit)
    points = tuple(visit.case.place.location for visit in known if visit.case.place.location)
    if not points:
        return (), left
    distances = [roads.off_road_m(mode, points) for mode in sorted({team.mode for team in teams})]
    near: list[Visit] = []
    for visit, metres in zip(known, zip(*distances, strict=True), strict=True):
        if min(metres) <= max_snap_m:
            near.append(visit)
        else:
            left.append(left_out(visit, Reason(code=ReasonCode.OFF_THE_MAP, proven=True)))
    return tuple(near), left


def left_out(visit: Visit, *reasons: Reason) -> Unassigned:
    """A visit that is not planned, with its reasons."""
    return Unassigned(
        case=visit.id, reasons=reasons, worth=visit.top_worth, location=visit.case.place.location
    )
