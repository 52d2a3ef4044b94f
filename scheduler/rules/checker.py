"""Every rule in force on a case before planning, and on a plan after it: the certificate.

A certificate is written beside its plan and can be made again from the plan file, the contact ledger and
the packs alone. It is clean when no rule found anything; publishing needs a clean one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import reduce
from typing import Any

from scheduler.model.people import Case
from scheduler.model.plan import Plan
from scheduler.rules.base import Effect, NotJudged, Rule, RuleContext, RuleFinding, RuleResult, Source
from scheduler.rules.hours import CustomerHours

_PLAN = Source(pack="doorstep", text="The plan itself")


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What judged a plan and what was found. `plan_sha256` binds it to the plan file's bytes."""

    plan: str
    plan_sha256: str
    day: date
    packs: tuple[str, ...]
    results: tuple[RuleResult, ...]
    not_judged: tuple[tuple[str, NotJudged], ...]
    notes: tuple[str, ...]
    made_at: datetime

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
    results = (_known(plan, context), *(rule.check(plan, context) for rule in in_force(context)))
    packs = tuple(pack.label for pack in context.packs)
    notes = {note for result in results for note in result.notes}
    if tuple(plan.packs) != packs:
        notes.add("other_packs")
    return Certificate(
        plan=plan.id,
        plan_sha256=plan_sha256,
        day=plan.day,
        packs=packs,
        results=results,
        not_judged=tuple((pack.label, entry) for pack in context.packs for entry in pack.not_judged),
        notes=tuple(sorted(notes)),
        made_at=made_at or datetime.now(UTC),
    )


def in_force(context: RuleContext) -> tuple[Rule, ...]:
    """Every rule in force: those of the packs, then the customer's own hours, which always hold."""
    return (*(rule for pack in context.packs for rule in pack.rules), CustomerHours())


def _known(plan: Plan, context: RuleContext) -> RuleResult:
    """Stops that no rule could judge rightly: an unknown case, another day, another zone."""
    findings = []
    for stop in plan.stops:
        day = stop.start.astimezone(context.zone).date()
        wrong = (
            ("unknown_case", "-", "-", stop.case not in context.cases),
            ("other_day", plan.day.isoformat(), day.isoformat(), day != plan.day),
            ("other_zone", context.zone.key, plan.zone, plan.zone != context.zone.key),
        )
        findings += [
            RuleFinding(rule="plan", case=stop.case, code=code, expected=expected, got=got, source=_PLAN)
            for code, expected, got, found in wrong
            if found
        ]
    return RuleResult(rule="plan", source=_PLAN, judged=len(plan.stops), findings=tuple(findings))


def combined_effects(cases: Iterable[Case], day: date, context: RuleContext) -> dict[str, Effect]:
    """What all rules in force leave of `day`, by case id.

    Every window allows for the visit to end on the day and within the strictest hours.
    """
    rules = in_force(context)
    met: dict[tuple[int, ...], tuple[Effect, tuple[Effect, ...]]] = {}
    combined: dict[str, Effect] = {}
    for case in cases:
        parts = tuple(rule.effects(case, day, context) for rule in rules)
        key = tuple(id(part) for part in parts)
        known = met.get(key)
        if known is None:  # the parts are kept so that their ids stay theirs
            known = met[key] = (reduce(Effect.meet, parts), parts)
        combined[case.id] = known[0]
    return combined
