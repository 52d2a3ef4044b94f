"""Every rule in force on a case before planning, and on a plan after it: the certificate.

A certificate is written beside its plan and can be made again from the plan file, the contact ledger and
the packs alone. It is clean when no rule found anything; publishing needs a clean one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from itertools import pairwise
from typing import Any

from geodata.coordinates import LatLon
from scheduler.model.people import Case
from scheduler.model.plan import Plan, Route, Stop
from scheduler.rules.attendance import AskedAttendance
from scheduler.rules.base import (
    Effect,
    Loosening,
    NotJudged,
    Rule,
    RuleContext,
    RuleFinding,
    RuleResult,
    Source,
    whole_day,
)
from scheduler.rules.consent import Ceased, Paused, Settled
from scheduler.rules.hours import CustomerHours, RefusedHours
from scheduler.rules.place import RefusedPlace
from scheduler.rules.records import duties_of
from scheduler.rules.safety import Safe
from scheduler.rules.vulnerability import Vulnerable

_PLAN = Source(pack="doorstep", text="The plan itself")
# Degrees: about a metre. Coordinates are written with more digits than that.
_SAME_PLACE = 1e-5
_INSTANT = timedelta(microseconds=1)
FLOOR: tuple[Rule, ...] = (
    CustomerHours(),
    RefusedHours(),
    Ceased(),
    Paused(),
    Settled(),
    AskedAttendance(),
    RefusedPlace(),
    Vulnerable(),
    Safe(),
)
"""Rules in force under every pack: what the customer told us, and what nobody would want otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What judged a plan and what was found. `plan_sha256` binds it to the plan file's bytes.

    `pack_sha256` are the hashes of the pack files by label, `duties` what each visit must do and leave,
    `loosened` the loosenings in force on the plan's day.
    """

    plan: str
    plan_sha256: str
    day: date
    packs: tuple[str, ...]
    results: tuple[RuleResult, ...]
    not_judged: tuple[tuple[str, NotJudged], ...]
    notes: tuple[str, ...]
    made_at: datetime
    loosened: tuple[Loosening, ...] = ()
    duties: tuple[tuple[str, Source], ...] = ()
    pack_sha256: Mapping[str, str] = field(default_factory=dict)

    @property
    def findings(self) -> tuple[RuleFinding, ...]:
        """The findings of every rule."""
        return tuple(finding for result in self.results for finding in result.findings)

    @property
    def clean(self) -> bool:
        """Whether no rule found anything."""
        return not self.findings

    def as_dict(self) -> dict[str, Any]:
        """Plain values: what is written to certificate.json."""
        return {
            "plan": self.plan,
            "plan_sha256": self.plan_sha256,
            "day": self.day.isoformat(),
            "clean": self.clean,
            "made_at": self.made_at.isoformat(),
            "packs": list(self.packs),
            "pack_sha256": dict(self.pack_sha256),
            "loosened": [entry.as_row() for entry in self.loosened],
            "duties": [
                {"duty": duty, "pack": source.pack, "source": source.cited} for duty, source in self.duties
            ],
            "notes": list(self.notes),
            "rules": [_result(result) for result in self.results],
            "not_judged": [
                {"pack": pack, "article": entry.article, "words": dict(entry.words)}
                for pack, entry in self.not_judged
            ],
        }

    def to_json(self) -> str:
        """The certificate as indented JSON."""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=1) + "\n"


def _result(result: RuleResult) -> dict[str, Any]:
    source = result.source
    return {
        "rule": result.rule,
        "pack": source.pack,
        "source": source.text,
        "article": source.article,
        "status": source.status.value,
        "date_read": source.date_read.isoformat() if source.date_read else None,
        "judged": result.judged,
        "findings": [finding.as_row() for finding in result.findings],
        "notes": list(result.notes),
    }


def certify(
    plan: Plan, plan_sha256: str, context: RuleContext, *, made_at: datetime | None = None
) -> Certificate:
    """Judge `plan` by every rule in force, and the plan's own consistency with the context."""
    results = (_known(plan, context), *(rule.check(plan, context) for rule in in_force(context, plan.day)))
    packs = tuple(pack.label for pack in context.packs)
    notes = {note for result in results for note in result.notes}
    if tuple(plan.packs) != packs:
        notes.add("other_packs")
    names = {pack.name for pack in context.packs}
    every = [entry for pack in context.packs for entry in pack.loosened if entry.pack in names]
    if any(entry.until < plan.day for entry in every):
        notes.add("loosening_expired")
    return Certificate(
        plan=plan.id,
        plan_sha256=plan_sha256,
        day=plan.day,
        packs=packs,
        results=results,
        not_judged=tuple((pack.label, entry) for pack in context.packs for entry in pack.not_judged),
        notes=tuple(sorted(notes)),
        made_at=made_at or datetime.now(UTC),
        loosened=tuple(entry for entry in every if plan.day <= entry.until),
        duties=duties_of(context.packs),
        pack_sha256={pack.label: pack.sha256 for pack in context.packs},
    )


def in_force(context: RuleContext, day: date) -> tuple[Rule, ...]:
    """Every rule in force on a day: those of the packs, loosened where a workspace does so, and the floor."""
    loosened = {
        (entry.pack, entry.rule): entry
        for pack in context.packs
        for entry in pack.loosened
        if day <= entry.until
    }
    rules: list[Rule] = []
    for pack in context.packs:
        done: set[str] = set()
        for rule in pack.rules:
            entry = loosened.get((pack.name, rule.id))
            if entry is None:
                rules.append(rule)
            elif entry.instead is not None and rule.id not in done:
                rules.append(entry.instead)
            done.add(rule.id)
    return (*rules, *FLOOR)


def _known(plan: Plan, context: RuleContext) -> RuleResult:
    """Stops that no rule could judge rightly: an unknown case, day, zone, place or agent; one agent at two places."""
    findings = []
    busy = Counter(ident for route in plan.routes for ident in set(route.members))
    for route in plan.routes:
        twice = [ident for ident in sorted(set(route.members)) if busy[ident] > 1]
        findings += [_of_plan(stop, "agent_twice", "-", ident) for stop in route.stops for ident in twice]
        findings += [
            _of_plan(late, "stops_overlap", early.case, f"{late.start.astimezone(context.zone):%H:%M}")
            for early, late in pairwise(sorted(route.stops, key=lambda stop: stop.start.timestamp()))
            if late.start.timestamp() < early.finish.timestamp()
        ]
        strangers = [ident for ident in route.members if context.agents and ident not in context.agents]
        if not route.members:
            strangers = ["-"]
        findings += [_of_plan(stop, "meets_nobody", stop.meets, "-") for stop in _unmet(route, plan)]
        for stop in route.stops:
            findings += _unknown(stop, plan, context)
            findings += [_of_plan(stop, "unknown_agent", "-", ident) for ident in strangers]
    return RuleResult(rule="plan", source=_PLAN, judged=len(plan.stops), findings=tuple(findings))


def _unmet(route: Route, plan: Plan) -> list[Stop]:
    """Stops whose agent is to be met by somebody who has no such stop at that time."""
    met = {
        (other.vehicle, stop.case, stop.meets, stop.start.timestamp(), stop.finish.timestamp())
        for other in plan.routes
        for stop in other.stops
        if stop.meets and other.vehicle != route.vehicle
    }
    return [
        stop
        for stop in route.stops
        if stop.meets
        and (stop.meets, stop.case, route.vehicle, stop.start.timestamp(), stop.finish.timestamp()) not in met
    ]


def _unknown(stop: Stop, plan: Plan, context: RuleContext) -> list[RuleFinding]:
    case = context.cases.get(stop.case)
    days = [moment.astimezone(context.zone).date() for moment in (stop.start, stop.finish - _INSTANT)]
    other = next((day for day in days if day != plan.day), None)
    found = []
    if case is None:
        found.append(_of_plan(stop, "unknown_case", "-", "-"))
    if other is not None:
        found.append(_of_plan(stop, "other_day", plan.day.isoformat(), other.isoformat()))
    if plan.zone != context.zone.key:
        found.append(_of_plan(stop, "other_zone", context.zone.key, plan.zone))
    place = case.place.location if case is not None else None
    if place is not None and not _same_place(place, stop.location):
        found.append(_of_plan(stop, "other_place", "-", "-"))
    return found


def _same_place(one: LatLon, other: LatLon) -> bool:
    return abs(one.lat - other.lat) < _SAME_PLACE and abs(one.lon - other.lon) < _SAME_PLACE


def _of_plan(stop: Stop, code: str, expected: str, got: str) -> RuleFinding:
    return RuleFinding(rule="plan", case=stop.case, code=code, expected=expected, got=got, source=_PLAN)


def combined_effects(cases: Iterable[Case], day: date, context: RuleContext) -> dict[str, Effect]:
    """What all rules in force leave of `day`, by case id.

    Every window allows for the visit to end on the day and within the strictest hours.
    """
    rules = in_force(context, day)
    untouched = whole_day(day, context.zone)
    met: dict[tuple[int, ...], tuple[Effect, tuple[Effect, ...]]] = {}
    combined: dict[str, Effect] = {}
    for case in cases:
        parts = tuple(part for rule in rules if (part := rule.effects(case, day, context)) is not untouched)
        key = tuple(id(part) for part in parts)
        known = met.get(key)
        if known is None:  # the parts are kept so that their ids stay theirs
            known = met[key] = (reduce(Effect.meet, parts, untouched), parts)
        combined[case.id] = known[0]
    return combined
