"""Which visits the solver is given, where there are many more than a day can hold."""

from __future__ import annotations

from collections.abc import Sequence

from scheduler.model.visit import Visit
from scheduler.planning.teams import Team


def shortlist(
    visits: Sequence[Visit], teams: Sequence[Team], per_team: int, *, meeting: bool = False
) -> tuple[tuple[Visit, ...], tuple[Visit, ...]]:
    """The visits to plan over, and the rest: `per_team` a team, the most valuable first, every mandatory one.

    Teams that share the cases they may take share a quota, so that an agency with few cases is not
    crowded out by the bank's own. With `meeting` two single agents count for a team of two. The order of
    `visits` is kept.
    """
    groups: dict[tuple[str, int], list[Visit]] = {}
    for visit in visits:
        groups.setdefault((visit.case.agency, visit.case.people), []).append(visit)
    chosen: set[str] = set()
    for (agency, people), members in groups.items():
        able = sum(team.agency == agency and len(team.members) >= people for team in teams)
        if meeting and people == 2:
            able += sum(team.agency == agency and len(team.members) == 1 for team in teams) // 2
        ranked = sorted(
            members, key=lambda visit: (not visit.case.mandatory, -visit.top_worth.minor, visit.id)
        )
        mandatory = sum(visit.case.mandatory for visit in members)
        chosen.update(visit.id for visit in ranked[: max(able * per_team, mandatory)])
    kept = tuple(visit for visit in visits if visit.id in chosen)
    return kept, tuple(visit for visit in visits if visit.id not in chosen)
