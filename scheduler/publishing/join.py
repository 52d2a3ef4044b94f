"""What publishing joins to a plan: facts of the store, at the moment of publishing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scheduler.model.findings import Finding, Severity
from scheduler.model.money_text import money_text
from scheduler.model.people import Agent, Case
from scheduler.model.plan import Plan, Route
from scheduler.planning.day import DayInputs, choose
from scheduler.publishing.labels import labels
from scheduler.selection.policy import Policy
from scheduler.settings import Workspace
from scheduler.strategy.cards import Card, make_card
from scheduler.strategy.playbook import choose as choose_playbook
from scheduler.strategy.playbook import load_playbooks
from scheduler.strategy.products import load_products


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A whole plan with everything known of it. `scheduler.publishing.views` takes out what a reader may see.

    `findings` say what changed since the plan was made; `card` makes the strategy card of a case.
    """

    plan: Plan
    cases: Mapping[str, Case]
    agents: Mapping[str, Agent]
    card: Callable[[Case], Card]
    left_out: Mapping[str, int]
    findings: tuple[Finding, ...]
    language: str

    def team_name(self, route: Route) -> str:
        """Names of those who go out together."""
        return " + ".join(self.agents[m].name if m in self.agents else m for m in route.members)


def join(workspace: Workspace, plan: Plan, inputs: DayInputs) -> Joined:
    """Join the store's facts of today to a plan.

    A case that is no longer due (settled, paused, visited since) is reported: its stop must not be made.
    """
    language = workspace.settings.workspace.language
    cases = {case.id: case for case in inputs.cases}
    selection = choose(workspace, inputs, plan.day)
    reasons = {visit.id: visit.reasons for visit in selection.visits}
    codes = {left.case: left.code for left in selection.left_out}
    return Joined(
        plan=plan,
        cases=cases,
        agents={agent.id: agent for agent in inputs.agents},
        card=_cards(workspace, plan, reasons),
        left_out=selection.counts,
        findings=tuple(
            _changed(stop.case, codes.get(stop.case, "")) for stop in plan.visits if stop.case not in reasons
        ),
        language=language,
    )


def _changed(case: str, code: str) -> Finding:
    # The reason's kind alone: its sentence has the day of a promise or an amount in it, and this is printed.
    why = labels("en").get(f"left_{code}", code) if code else "the case is gone"
    return Finding(
        code="facts_changed",
        severity=Severity.ERROR,
        cause=f"The facts changed since the plan was made: {why}.",
        mend="Plan the day again.",
        subject=case,
    )


def _cards(
    workspace: Workspace, plan: Plan, reasons: Mapping[str, tuple[str, ...]]
) -> Callable[[Case], Card]:
    language = workspace.settings.workspace.language
    folder = workspace.settings.strategy.playbooks
    playbook = choose_playbook(load_playbooks(workspace.path(folder)), language)
    products = load_products()
    policy = Policy.from_mapping(workspace.settings.selection, currency=workspace.settings.workspace.currency)

    def card(case: Case) -> Card:
        return make_card(
            case,
            reasons.get(case.id, ()),
            playbook=playbook,
            products=products,
            day=plan.day,
            grace_days=policy.promise_grace_days,
            money=lambda amount: money_text(amount, language),
        )

    return card
