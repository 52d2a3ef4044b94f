"""Attendance: how many come, what they must be certified for and speak, and who must not come.

What an agent can do are codes among `Agent.skills`: certificates ("certified"), languages ("language:sv"),
and what customers may ask for ("gender:female").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import ClassVar
from zoneinfo import ZoneInfo

from scheduler.model.ledger import AgentComplaint, AttendanceRequest
from scheduler.model.people import Case
from scheduler.model.plan import Plan, Stop
from scheduler.rules.base import Effect, RuleContext, RuleFinding, RuleResult, Source, whole_day
from scheduler.rules.told import at_the_door, judged, known, told

_ASKED = Source(pack="doorstep", text="Who may be sent to this customer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """At least `people` attend; `each` has every skill named there, and one has each named in `one`.

    With `languages`, those that every agent speaks, a customer of another language is visited by somebody
    with the skill "language:" and its code.
    """

    id: ClassVar[str] = "attendance"
    source: Source
    people: int = 1
    each: frozenset[str] = frozenset()
    one: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()

    def effects(self, case: Case, day: date, context: RuleContext) -> Effect:
        """The whole day, with what is asked of the team. Agents without a skill of `each` are left out."""
        skills = self.one
        if self.languages:
            language = _primary(case.customer.language)
            if language not in self.languages:
                skills |= {f"language:{language}"}
        uncertified = context.agents_lacking(self.each)
        return _asking(self.people, skills, uncertified, day, context.zone)

    def check(self, plan: Plan, context: RuleContext) -> RuleResult:
        """Count those who attend each stop and look at what each of them can do."""
        count, findings, door = 0, [], at_the_door(plan)
        for route, stop, case in judged(plan, context):
            count += 1
            there = door[route.vehicle, stop.case]
            if len(there) < self.people:
                findings.append(_finding(self, stop, "too_few_people", str(self.people), str(len(there))))
            findings += self._unskilled(there, stop, case, context)
        return RuleResult(rule=self.id, source=self.source, judged=count, findings=tuple(findings))

    def _unskilled(
        self, there: Sequence[str], stop: Stop, case: Case, context: RuleContext
    ) -> list[RuleFinding]:
        findings = []
        for ident in there:
            agent = context.agents.get(ident)
            missing = [s for s in self.each if agent is None or s not in agent.skills]
            if missing:
                got = f"{ident}: -"
                findings.append(_finding(self, stop, "agent_lacks", ", ".join(sorted(missing)), got))
        wanted = set(self.one)
        spoken = case.customer.language.split("-")[0].lower()
        if self.languages and spoken not in self.languages:
            wanted.add("language:" + spoken)
        findings += _nobody_has(self, there, stop, wanted, context)
        return findings


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAttendance:
    """What the case and the customer ask of those who come. In force under every pack.

    People, skills and excluded agents of the case; requests and complaints in the ledger; and nobody of
    another agency than the case's, where agents are known.
    """

    id: ClassVar[str] = "asked_attendance"
    source: Source = _ASKED

    def effects(self, case: Case, day: date, context: RuleContext) -> Effect:
        """The whole day, with what is asked of the team."""
        asked = {mark.skill for mark in context.marks_on(case, day, AttendanceRequest)}
        accused = {mark.agent for mark in context.marks_on(case, day, AgentComplaint)}
        return _asking(
            case.people,
            case.required_skills.union(asked),
            case.excluded_agents.union(accused),
            day,
            context.zone,
        )

    def check(self, plan: Plan, context: RuleContext) -> RuleResult:
        """Hold every stop's members against the case and the ledger."""
        asked, accused = told(plan, context, AttendanceRequest), told(plan, context, AgentComplaint)
        count, findings, door = 0, [], at_the_door(plan)
        for route, stop, case in judged(plan, context):
            count += 1
            there = door[route.vehicle, stop.case]
            if len(there) < case.people:
                findings.append(_finding(self, stop, "too_few_people", str(case.people), str(len(there))))
            wanted = {*case.required_skills, *(mark.skill for mark in asked[case.id])}
            findings += _nobody_has(self, there, stop, wanted, context)
            barred = {*case.excluded_agents, *(mark.agent for mark in accused[case.id])}
            findings += [
                _finding(self, stop, "agent_barred", "-", ident) for ident in route.members if ident in barred
            ]
            findings += [
                _finding(self, stop, "other_agency", case.agency or "-", f"{agent.id}: {agent.agency or '-'}")
                for agent in known(route.members, context)
                if agent.agency != case.agency
            ]
        return RuleResult(rule=self.id, source=self.source, judged=count, findings=tuple(findings))


def _primary(language: str) -> str:
    return language.partition("-")[0].casefold()


@lru_cache(maxsize=4096)
def _asking(
    people: int, skills: frozenset[str], excluded: frozenset[str], day: date, zone: ZoneInfo
) -> Effect:
    left = whole_day(day, zone)
    if people <= 1 and not skills and not excluded:
        return left
    return Effect(windows=left.windows, people=people, skills=skills, excluded_agents=excluded)


# For checks alone.


def _nobody_has(
    rule: Attendance | AskedAttendance,
    there: Sequence[str],
    stop: Stop,
    wanted: Iterable[str],
    context: RuleContext,
) -> list[RuleFinding]:
    had = {skill for agent in known(there, context) for skill in agent.skills}
    missing = sorted(skill for skill in wanted if skill not in had)
    got = ", ".join(there)
    return [_finding(rule, stop, "nobody_has", ", ".join(missing), got)] if missing else []


def _finding(
    rule: Attendance | AskedAttendance, stop: Stop, code: str, expected: str, got: str
) -> RuleFinding:
    return RuleFinding(
        rule=rule.id, case=stop.case, code=code, expected=expected, got=got, source=rule.source
    )
