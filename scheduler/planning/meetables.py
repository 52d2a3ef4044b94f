"""Visits that two single agents may attend by meeting there."""

from __future__ import annotations

from collections.abc import Sequence

from scheduler.model.visit import Visit
from scheduler.planning.teams import Team
from solvers.meetings import Meetable


def meetables(visits: Sequence[Visit], teams: Sequence[Team]) -> tuple[Meetable, ...]:
    """Each visit that asks for two, with the single agents who may be one of them, where there are two."""
    found = []
    for visit in visits:
        may = frozenset(team.id for team in teams if team.may_meet(visit.case))
        if len(may) >= 2:
            found.append(Meetable(visit.id, may))
    return tuple(found)
