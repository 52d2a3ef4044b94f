"""Builders of stops, plans and contexts. Session-wide, so that property tests may use them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest

from geodata.coordinates import LatLon
from scheduler.model.ledger import Mark
from scheduler.model.people import Agent, Case, Customer, Place, TravelMode
from scheduler.model.plan import Plan, Route, SolveFacts, Stop
from scheduler.model.values import DailyHours, Money
from scheduler.rules.base import Pack, Rule, RuleContext, Source

HERE = LatLon(60.17, 24.94)


M = TypeVar("M", bound=Mark)


class Builders:
    """A case, a stop, a plan, a context: the plainest of each, and what to change."""

    source = Source(pack="test", text="A test")

    def case(self, ident: str = "C1", **changes: Any) -> Case:
        base: dict[str, Any] = {
            "id": ident,
            "customer": Customer(id=f"K-{ident}", name="Maija Meikäläinen"),
            "place": Place(address="Mannerheimintie 1", location=HERE),
            "balance": Money(250_000, "EUR"),
            "overdue": Money(40_000, "EUR"),
            "days_past_due": 45,
        }
        return Case(**{**base, **changes})

    def stop(self, start: datetime, *, case: str = "C1", lasts: timedelta = timedelta(minutes=20)) -> Stop:
        finish = (start.astimezone(UTC) + lasts).astimezone(start.tzinfo)
        return Stop(
            case=case,
            location=HERE,
            arrive=start,
            start=start,
            finish=finish,
            windows=(),
            worth=Money(100, "EUR"),
            travel=timedelta(),
            distance_m=0,
        )

    def agent(self, ident: str = "A1", *skills: str, **changes: Any) -> Agent:
        base: dict[str, Any] = {
            "id": ident,
            "name": "Aino Agentti",
            "start": Place(address="Mannerheimintie 1", location=HERE),
            "end": None,
            "shift": DailyHours(time(8), time(20)),
            "skills": frozenset(skills),
            "hourly_cost": Money(2000, "EUR"),
            "km_cost": Money(30, "EUR"),
        }
        return Agent(**{**base, **changes})

    def mark(self, kind: type[M], ident: str = "M1", **changes: Any) -> M:
        base: dict[str, Any] = {
            "id": ident,
            "since": date(2026, 1, 1),
            "source": "letter",
            "recorded_by": "anna",
            "recorded_at": datetime(2026, 1, 1, 9, tzinfo=UTC),
        }
        if "customer" not in changes:
            base["case"] = "C1"
        return kind(**{**base, **changes})

    def plan(
        self,
        *stops: Stop,
        day: date | None = None,
        zone: str = "Europe/Helsinki",
        members: tuple[str, ...] = ("A1",),
        **changes: Any,
    ) -> Plan:
        begin = stops[0].start if stops else datetime(2026, 11, 24, 8, tzinfo=UTC)
        finish = stops[-1].finish if stops else begin
        route = Route(
            vehicle="A1",
            members=members,
            mode=TravelMode.FOOT,
            start=HERE,
            end=None,
            depart=begin,
            finish=finish,
            stops=stops,
        )
        base: dict[str, Any] = {
            "id": "P1",
            "day": day or begin.astimezone(ZoneInfo(zone)).date(),
            "zone": zone,
            "currency": "EUR",
            "created": datetime(2026, 11, 23, tzinfo=UTC),
            "routes": (route,),
            "unassigned": (),
            "extract": "",
            "packs": (),
            "solved": SolveFacts(
                engine="test",
                seed=1,
                time_limit_s=1,
                iteration_limit=None,
                stopped_by="test",
                cost=0,
                spent=0,
                cost_unit="",
            ),
        }
        return Plan(**{**base, **changes})

    def context(
        self, *cases: Case, packs: tuple[Pack, ...] = (), zone: str = "Europe/Helsinki", **changes: Any
    ) -> RuleContext:
        known = {case.id: case for case in cases}
        agents = changes.pop("agents", {ident: self.agent(ident) for ident in ("A1", "A2")})
        return RuleContext(cases=known, zone=ZoneInfo(zone), packs=packs, agents=agents, **changes)

    def verdicts(self, rule: Rule, plan: Plan, context: RuleContext) -> list[tuple[bool, list[str]]]:
        """For each stop: whether the effects permit it with those who attend, and what the check finds."""
        found = rule.check(plan, context).findings
        verdicts = []
        for route in plan.routes:
            skills = {s for ident in route.members for s in context.agents[ident].skills}
            for stop in route.stops:
                effect = rule.effects(context.cases[stop.case], plan.day, context)
                permitted = (
                    effect.permitted
                    and any(window.contains(stop.start) for window in effect.windows)
                    and len(route.members) >= effect.people
                    and effect.skills <= skills
                    and effect.excluded_agents.isdisjoint(route.members)
                )
                verdicts.append((permitted, [f.code for f in found if f.case == stop.case]))
        return verdicts

    def verdict(self, rule: Rule, plan: Plan, context: RuleContext) -> tuple[bool, list[str]]:
        """The same for a plan of one stop."""
        (only,) = self.verdicts(rule, plan, context)
        return only


@pytest.fixture(scope="session")
def make() -> Builders:
    """Builders of the plainest values."""
    return Builders()
