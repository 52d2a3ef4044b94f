"""Who goes out: agents alone and crews together, as the vehicles of a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from scheduler.model.people import Agent, Case, Crew, LunchBreak, Place, TravelMode
from scheduler.model.scenario import Scenario
from scheduler.model.values import DailyHours, Money


@dataclass(frozen=True, slots=True)
class Team:
    """An agent or a crew on the day: all skills of its members and the tightest of each limit."""

    id: str
    members: tuple[Agent, ...]

    @property
    def leader(self) -> Agent:
        """Whose start, end and way of travel the team shares."""
        return self.members[0]

    @property
    def start(self) -> Place:
        """Where the day starts."""
        return self.leader.start

    @property
    def end(self) -> Place | None:
        """Where it ends; None at the last visit."""
        return self.leader.end

    @property
    def mode(self) -> TravelMode:
        """How it travels."""
        return self.leader.mode

    @property
    def agency(self) -> str:
        """Whose cases it visits; empty for the bank's own staff."""
        return self.leader.agency

    @property
    def shift(self) -> DailyHours | None:
        """The hours that all members work; None if they share none."""
        start = max(member.shift.start for member in self.members)
        end = min(member.shift.end for member in self.members)
        return DailyHours(start, end) if start < end else None

    @property
    def lunch(self) -> LunchBreak | None:
        """The leader's lunch, or the first member's who has one."""
        return next((member.lunch for member in self.members if member.lunch), None)

    @property
    def skills(self) -> frozenset[str]:
        """What any member can do."""
        return frozenset().union(*(member.skills for member in self.members))

    @property
    def max_visits(self) -> int | None:
        """The tightest limit."""
        return min((m.max_visits for m in self.members if m.max_visits is not None), default=None)

    @property
    def max_travel(self) -> timedelta | None:
        """The tightest limit."""
        return min((m.max_travel for m in self.members if m.max_travel is not None), default=None)

    @property
    def max_overtime(self) -> timedelta:
        """The tightest limit."""
        return min(member.max_overtime for member in self.members)

    @property
    def hourly_cost(self) -> Money:
        """What an hour of all members costs."""
        first = self.leader.hourly_cost
        return Money(sum(member.hourly_cost.minor for member in self.members), first.currency)

    def may_visit(self, case: Case) -> bool:
        """Whether the rules of assignment let this team take the case (skills are asked apart)."""
        return (
            len(self.members) >= case.people
            and self.agency == case.agency
            and not any(member.id in case.excluded_agents for member in self.members)
        )

    def may_meet(self, case: Case) -> bool:
        """Whether this team, one agent alone, may be one of two who meet at a case that asks for two."""
        return (
            len(self.members) == 1
            and case.people == 2
            and self.agency == case.agency
            and self.leader.id not in case.excluded_agents
        )


def teams_of(
    agents: Iterable[Agent], crews: Iterable[Crew], day: date, scenario: Scenario | None = None
) -> tuple[Team, ...]:
    """The day's teams in a stable order. Who belongs to a crew does not also go alone.

    A crew that lost all but one member for the day leaves that one to go alone.
    """
    here = {agent.id: agent for agent in on_duty(agents, day, scenario)}
    teams: list[Team] = []
    in_crews: set[str] = set()
    for crew in sorted(crews, key=lambda crew: crew.id):
        present = tuple(here[member.id] for member in crew.members if member.id in here)
        if len(present) >= 2:
            teams.append(Team(crew.id, present))
            in_crews.update(member.id for member in present)
    teams += [Team(agent.id, (agent,)) for agent in here.values() if agent.id not in in_crews]
    return tuple(sorted(teams, key=lambda team: team.id))


def on_duty(agents: Iterable[Agent], day: date, scenario: Scenario | None = None) -> tuple[Agent, ...]:
    """The agents who are there on the day, as the scenario changes them."""
    there = agents if scenario is None else agents_under(scenario, agents)
    return tuple(agent for agent in there if agent.works_on(day))


def agents_under(scenario: Scenario, agents: Iterable[Agent]) -> tuple[Agent, ...]:
    """The agents as a scenario has them."""
    kept = [agent for agent in agents if agent.id not in scenario.agents_away]
    by_id = {agent.id: agent for agent in kept}
    for number, wanted in enumerate(scenario.copies_of, start=1):
        if wanted in by_id:
            copied = by_id[wanted]
            kept.append(replace(copied, id=f"{copied.id}+{number}", name=f"{copied.name} +{number}"))
    if scenario.shift is not None:
        kept = [replace(agent, shift=scenario.shift) for agent in kept]
    if scenario.overtime is not None:
        kept = [replace(agent, max_overtime=scenario.overtime) for agent in kept]
    return tuple(kept)
