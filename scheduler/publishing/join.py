"""What publishing joins to a plan: names, addresses and cards from the store, at the moment of publishing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scheduler.model.findings import Finding, Severity
from scheduler.model.people import Agent, Case
from scheduler.model.plan import Plan, Route
from scheduler.planning.day import DayInputs, choose
from scheduler.publishing.words import money_text
from scheduler.selection.policy import Policy
from scheduler.settings import Workspace
from scheduler.strategy.cards import Card, make_card
from scheduler.strategy.playbook import choose as choose_playbook
from scheduler.strategy.playbook import load_playbooks
from scheduler.strategy.products import load_products


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A plan with what its readers need to know. `findings` say what changed since it was made."""

    plan: Plan
    cases: Mapping[str, Case]
    agents: Mapping[str, Agent]
    cards: Mapping[str, Card]
    left_out: Mapping[str, int]
    findings: tuple[Finding, ...]
    language: str

    def team_name(self, route: Route) -> str:
        """Names of those who go out together."""
        return " + ".join(self.agents[m].name if m in self.agents else m for m in route.members)

    def names(self) -> Mapping[str, str]:
        """Team ids in words."""
        teams = {route.vehicle: self.team_name(route) for route in self.plan.routes}
        return {**{ident: agent.name for ident, agent in self.agents.items()}, **teams}


def join(workspace: Workspace, plan: Plan, inputs: DayInputs) -> Joined:
    """Join the store's facts of today to a plan.

    A case that is no longer due (settled, paused, visited since) is reported: its stop must not be made.
    """
    language = workspace.settings.workspace.language
    cases = {case.id: case for case in inputs.cases}
    selection = choose(workspace, inputs, plan.day)
    reasons = {visit.id: visit.reasons for visit in selection.visits}
    words = {left.case: left.words for left in selection.left_out}
    findings = tuple(
        Finding(
            code="facts_changed",
            severity=Severity.ERROR,
            cause=f"The facts changed since the plan was made: {words.get(stop.case, 'the case is gone')}",
            mend="Plan the day again.",
            subject=stop.case,
        )
        for stop in plan.visits
        if stop.case not in reasons
    )
    folder = workspace.settings.strategy.playbooks
    playbook = choose_playbook(load_playbooks(workspace.path(folder)), language)
    products = load_products()
    policy = Policy.from_mapping(workspace.settings.selection, currency=workspace.settings.workspace.currency)
    cards = {
        stop.case: make_card(
            cases[stop.case],
            reasons.get(stop.case, ()),
            playbook=playbook,
            products=products,
            day=plan.day,
            grace_days=policy.promise_grace_days,
            money=lambda amount: money_text(amount, language),
        )
        for stop in plan.visits
        if stop.case in cases
    }
    return Joined(
        plan=plan,
        cases=cases,
        agents={agent.id: agent for agent in inputs.agents},
        cards=cards,
        left_out=selection.counts,
        findings=findings,
        language=language,
    )
