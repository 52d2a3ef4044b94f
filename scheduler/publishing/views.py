"""What a page is built from: a cut plan, joined with those facts alone that its audience may see."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from reports.sheet import StrategyCard
from scheduler.model.findings import Finding
from scheduler.model.money_text import money_text
from scheduler.model.people import Case
from scheduler.model.plan import Plan
from scheduler.publishing.audiences import Field, Scope, Sight
from scheduler.publishing.cut import Cut, Own
from scheduler.publishing.join import Joined
from scheduler.publishing.kpis import Figures, figures
from scheduler.publishing.labels import labels
from scheduler.strategy.cards import Card

_HIGH_SHARE = 5  # the best fifth of a day's visits is marked as high priority
_EXACT = frozenset({"address", "manual", "given", ""})


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case as its audience sees it; what may not be seen is empty."""

    name: str = ""
    phone: str = ""
    address: str = ""
    place_note: str = ""
    amount: str = ""
    card: StrategyCard = field(default_factory=StrategyCard)
    badges: tuple[str, ...] = ()
    high: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """All that the builder of an audience's pages is given. Ids are those shown.

    `names` say agents and teams in words, or repeat their ids; `starts` are the addresses where teams start.
    """

    sight: Sight
    plan: Plan
    cases: Mapping[str, CaseView]
    names: Mapping[str, str]
    starts: Mapping[str, str]
    totals: Figures
    left_out: Mapping[str, int]
    findings: tuple[Finding, ...]
    language: str

    def sees(self, field: Field) -> bool:
        """Whether the audience may see a field."""
        return self.sight.sees(field)


_Show = Callable[[Joined, Case], Mapping[str, object]]
_SHOW: Mapping[Field, _Show] = {
    Field.NAME: lambda _joined, case: {"name": case.customer.name},
    Field.PHONE: lambda _joined, case: {"phone": case.customer.phone},
    Field.ADDRESS: lambda joined, case: {
        "address": case.place.address,
        "place_note": _place_note(case, joined.language),
    },
    Field.AMOUNT: lambda joined, case: {"amount": money_text(case.overdue, joined.language)},
    Field.TALK: lambda joined, case: {
        "card": _card(joined.card(case)),
        "badges": _badges(joined.language),
    },
}


def see(joined: Joined, cut: Cut, findings: Collection[Finding] = (), language: str = "") -> View:
    """Join what `cut.sight` allows, and nothing else. `language` is the reader's, the workspace's if empty."""
    sight, whole = cut.sight, joined.plan
    high = _high(whole) if sight.sees(Field.PRIORITY) else frozenset()
    shown = {stop.case for stop in cut.plan.stops}
    cases = {ident: _case(joined, cut, ident, high) for ident in sorted(shown)}
    totals = figures(whole if sight.sees(Field.TOTALS) else cut.plan)
    return View(
        sight=sight,
        plan=cut.plan,
        cases=cases,
        names=_names(joined, cut),
        starts=_starts(joined, cut) if sight.sees(Field.AGENT_START) else {},
        totals=totals,
        left_out=joined.left_out if sight.sees(Field.TOTALS) else {},
        findings=_findings(joined, cut, findings) if sight.sees(Field.FINDINGS) else (),
        language=language or joined.language,
    )


def own_of_team(plan: Plan, vehicle: str) -> Own:
    """A team's own: its route and the stops on it."""
    stops = {stop.case for route in plan.routes if route.vehicle == vehicle for stop in route.stops}
    return Own(routes=frozenset({vehicle}), cases=frozenset(stops))


def own_of_agency(joined: Joined, agency: str) -> Own:
    """An agency's own: the teams of its agents alone, and its cases."""
    return Own(
        routes=frozenset(
            route.vehicle
            for route in joined.plan.routes
            if all(
                member in joined.agents and joined.agents[member].agency == agency for member in route.members
            )
        ),
        cases=frozenset(ident for ident, case in joined.cases.items() if case.agency == agency),
    )


def agencies(joined: Joined) -> tuple[str, ...]:
    """Agencies that have a visit or a team on the day."""
    planned = {joined.cases[stop.case].agency for stop in joined.plan.stops if stop.case in joined.cases}
    out = {joined.agents[m].agency for r in joined.plan.routes for m in r.members if m in joined.agents}
    return tuple(sorted((planned | out) - {""}))


def _case(joined: Joined, cut: Cut, shown: str, high: Collection[str]) -> CaseView:
    ident = cut.case_of[shown]
    view = CaseView(high=ident in high)
    case = joined.cases.get(ident)
    if case is None:
        return view
    for what, show in _SHOW.items():
        if cut.sight.sees(what):
            view = replace(view, **show(joined, case))  # type: ignore[arg-type]
    return view


def _names(joined: Joined, cut: Cut) -> Mapping[str, str]:
    if not cut.sight.sees(Field.AGENT_NAME):
        return {}
    of = {route.vehicle: joined.team_name(route) for route in joined.plan.routes}
    teams = {shown: of[ident] for shown, ident in cut.route_of.items()}
    if cut.sight.scope is not Scope.EVERYTHING:
        met = {stop.meets for stop in cut.plan.stops if stop.meets in of}
        return {**{ident: of[ident] for ident in met}, **teams}
    return {**{ident: agent.name for ident, agent in joined.agents.items()}, **teams}


def _findings(joined: Joined, cut: Cut, findings: Collection[Finding]) -> tuple[Finding, ...]:
    """Those about what is the audience's own, unless they name somebody who is not."""
    if cut.sight.scope is Scope.EVERYTHING:
        return tuple(findings)
    own = {*cut.case_of.values(), *cut.route_of.values()}
    mine = {member for route in cut.plan.routes for member in route.members}
    others = {route.vehicle for route in joined.plan.routes} | joined.agents.keys()
    others -= {*cut.route_of.values(), *mine}
    return tuple(
        found
        for found in findings
        if found.subject in own and not any(ident in f"{found.cause} {found.mend}" for ident in others)
    )


def _starts(joined: Joined, cut: Cut) -> Mapping[str, str]:
    leaders = {route.vehicle: joined.agents.get(route.members[0]) for route in joined.plan.routes}
    return {
        shown: leader.start.address
        for shown, ident in cut.route_of.items()
        if (leader := leaders[ident]) is not None
    }


def _high(plan: Plan) -> frozenset[str]:
    worths = sorted((stop.worth.minor for stop in plan.visits), reverse=True)
    if len(worths) < _HIGH_SHARE:
        return frozenset()
    threshold = worths[len(worths) // _HIGH_SHARE]
    return frozenset(stop.case for stop in plan.visits if stop.worth.minor > threshold)


def _place_note(case: Case, language: str) -> str:
    if case.place.precision in _EXACT:
        return ""
    return labels(language).get(f"precision_{case.place.precision}", "")


def _badges(language: str) -> tuple[str, ...]:
    words = labels(language)
    return (words["badge_show"], words["badge_identity"], words["badge_recording"])


def _card(card: Card) -> StrategyCard:
    return StrategyCard(
        why=card.why,
        likely=card.likely,
        tone=card.tone,
        opening=card.opening,
        offers=card.offers,
        never=card.never,
        documents=card.documents,
        referrals=card.referrals,
    )
