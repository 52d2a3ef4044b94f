"""Who was paired with whom and who led on the days before: read from the plans of those days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from scheduler.model.findings import DoorstepError
from scheduler.model.plan import Plan
from scheduler.planning.planfile import read_plan
from scheduler.settings import Workspace

_PLAN = "plan.json"


@dataclass(frozen=True, slots=True)
class PastPairs:
    """Days on which two agents went together, and days on which an agent led another."""

    together: Mapping[frozenset[str], int] = field(default_factory=dict)
    led: Mapping[str, int] = field(default_factory=dict)


def past_pairs(workspace: Workspace, day: date, days: int) -> PastPairs:
    """From the last plan of each of the `days` before `day`, as far as its file is still there.

    Only plans that the store recorded count, and no what-ifs. A file that was touched since is passed over.
    """
    from scheduler.store.opening import open_store
    from scheduler.store.written import all_written

    since = day - timedelta(days=days)
    with open_store(workspace) as store:
        recorded = {entry.sha256 for entry in store.plans() if since <= entry.day < day}
        folders = {entry.folder for entry in all_written(store) if entry.kind in ("plan", "day")}
    latest: dict[date, Plan] = {}
    for folder in sorted(folders) if recorded else ():
        try:
            plan, digest = read_plan(folder / _PLAN)
        except (DoorstepError, OSError):
            continue
        known = latest.get(plan.day)
        newer = known is None or known.created < plan.created
        if digest in recorded and plan.scenario.is_base and newer:
            latest[plan.day] = plan
    return count_pairs(latest.values())


def count_pairs(plans: Iterable[Plan]) -> PastPairs:
    """Who went together in these plans, one a day, and who led: the first member of a crew of two or more."""
    together: Counter[frozenset[str]] = Counter()
    led: Counter[str] = Counter()
    for plan in plans:
        for route in plan.routes:
            if len(route.members) < 2:
                continue
            led[route.members[0]] += 1
            together.update(
                frozenset({one, two})
                for at, one in enumerate(route.members)
                for two in route.members[at + 1 :]
            )
    return PastPairs(together, led)
