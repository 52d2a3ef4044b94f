"""Which agents go together on a day: the crews of the table, and pairs formed for the visits that ask for two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

import numpy as np

from geodata.travel import UNREACHABLE
from scheduler.model.findings import Finding, Severity
from scheduler.model.people import Agent, Crew, TravelMode
from scheduler.model.scenario import Scenario
from scheduler.model.visit import Visit
from scheduler.planning.past_pairs import PastPairs
from scheduler.planning.roads import Roads
from scheduler.planning.teams import Team, on_duty, teams_of
from scheduler.settings import CrewsTable

if TYPE_CHECKING:
    from solvers.ortools.pairing import Demand, Room

_NEAREST = 12
"""Partners tried for each agent: the nearest."""

_FAIRNESS_H = 0.5
"""Hours of pay that a day paired together, or a day of leading more than the other, counts for."""

_MANDATORY = 10
"""A mandatory visit counts for so many of the worthiest."""

_KEPT = 0.7
"""Share of the visits that fit into a day by their length which still fit when customers' hours are kept."""

_METRES_A_SECOND = {TravelMode.CAR: 6.0, TravelMode.BICYCLE: 3.5, TravelMode.FOOT: 1.2}
_DETOUR = 1.4
_TOUR = 0.7124  # of the shortest tour through n random places in an area, to sqrt(n * area)
_DEGREE_M = 111_320.0
_MOMENT = timedelta(microseconds=1)


def crewing_of(settings: CrewsTable, scenario: Scenario) -> CrewsTable:
    """The settings as a scenario changes them."""
    return replace(
        settings,
        attendance=scenario.attendance or settings.attendance,
        pairs=scenario.pairs or settings.pairs,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """The day as far as crews are concerned. `visits` carry what the rules ask of those who come."""

    day: date
    agents: tuple[Agent, ...]
    crews: tuple[Crew, ...]
    visits: tuple[Visit, ...]
    crewing: CrewsTable
    max_snap_m: int


def crews_of_day(
    going: Going, scenario: Scenario, roads: Roads, past: Callable[[], PastPairs], seed: int
) -> tuple[tuple[Crew, ...], tuple[Finding, ...]]:
    """The crews that go out, and what a person should know about forming them.

    Of the table's crews those with two on duty go. Pairs are formed of agents who are in none of them, as many
    as the visits for two are worth. Where `attendance` is "meet" none are formed: single agents meet instead.
    """
    crewing = going.crewing
    here = {agent.id for agent in on_duty(going.agents, going.day, scenario)}
    whole = (crew for crew in going.crews if sum(member.id in here for member in crew.members) >= 2)
    going = replace(going, crews=() if crewing.pairs in ("none", "anew") else tuple(whole))
    forming = crewing.pairs in ("formed", "anew") and crewing.attendance == "crew"
    visits = tuple(v for v in going.visits if v.case.place.location and not v.case.place.needs_review)
    if not forming or not any(visit.case.people == 2 for visit in visits):
        return going.crews, ()
    former = _Former(replace(going, visits=visits), scenario, roads)
    if former.no_lead:
        return going.crews, (former.no_lead,)
    return (*going.crews, *former.formed(past, seed)), ()


class _Former:
    """Pairs of the free agents of a day."""

    def __init__(self, going: Going, scenario: Scenario, roads: Roads) -> None:
        self.going, self.crewing, self.roads = going, going.crewing, roads
        teams = teams_of(going.agents, going.crews, going.day, scenario)
        self.crews = [team for team in teams if len(team.members) > 1 and team.shift is not None]
        alone = {team.leader.id for team in teams if len(team.members) == 1}
        here = [a for a in on_duty(going.agents, going.day, scenario) if a.id in alone]
        self.free = sorted(self._on_the_road(here), key=lambda agent: agent.id)
        self.pace = _Pace(going.visits)

    @property
    def no_lead(self) -> Finding | None:
        skill = self.crewing.lead_skill
        if not self.free or not skill or any(skill in agent.skills for agent in self.free):
            return None
        return Finding(
            code="no_certified_lead",
            severity=Severity.WARNING,
            cause=f"No free agent on duty has the skill {skill}, so no pair can be formed.",
            mend="Put one on duty, or change [crews] lead_skill.",
        )

    def formed(self, past: Callable[[], PastPairs], seed: int) -> tuple[Crew, ...]:
        """The pairs worth forming, by id."""
        from solvers.ortools.pairing import Pair, Person, choose_pairs

        pairs = self._candidates()
        if not pairs:
            return ()
        before = past()
        teams = [*self.crews, *(team for team, _ in pairs)]
        priced = [
            *(Pair(team.id, team.id, self.pace.room(team), 0, given=True) for team in self.crews),
            *(
                Pair(
                    team.members[0].id, team.members[1].id, self.pace.room(team), _price(team, apart, before)
                )
                for team, apart in pairs
            ),
        ]
        singles = [Team(agent.id, (agent,)) for agent in self.free]
        persons = [Person(team.id, self.pace.room(team)) for team in singles]
        answer = choose_pairs(persons, priced, _demands(self.going.visits, singles, teams), seed=seed)
        chosen = [teams[at] for at in answer.chosen if at >= len(self.crews)]
        taken = {crew.id for crew in self.going.crews} | {agent.id for agent in self.going.agents}
        return tuple(
            Crew(id=_name(team, number, taken), members=team.members)
            for number, team in enumerate(sorted(chosen, key=lambda team: team.id), start=1)
        )

    def _on_the_road(self, agents: Sequence[Agent]) -> list[Agent]:
        """Those whose start is on the map and near a road."""
        placed = [a for a in agents if a.start.location is not None and not a.start.needs_review]
        kept = []
        for mode in sorted({agent.mode for agent in placed}):
            mine = [agent for agent in placed if agent.mode is mode]
            metres = self.roads.off_road_m(mode, tuple(a.start.location for a in mine if a.start.location))
            kept += [a for a, far in zip(mine, metres, strict=True) if far <= self.going.max_snap_m]
        return kept

    def _candidates(self) -> list[tuple[Team, int]]:
        """Pairs that may go, each with the seconds from the second member's start to the leader's."""
        agents = self.free
        points = tuple(dict.fromkeys(a.start.location for a in agents if a.start.location))
        if len(agents) < 2:
            return []
        at = {point: number for number, point in enumerate(points)}
        place = [at[agent.start.location] for agent in agents if agent.start.location]
        matrices = self.roads.matrices({agent.mode for agent in agents}, points)
        found = []
        for number, lead in enumerate(agents):
            if self.crewing.lead_skill and self.crewing.lead_skill not in lead.skills:
                continue
            apart = [
                (int(matrices[other.mode].duration_s[place[index], place[number]]), index)
                for index, other in enumerate(agents)
                if index != number and self._may_go(lead, other)
            ]
            near = sorted(entry for entry in apart if entry[0] <= self.crewing.max_apart * 60)
            found += [
                (Team(f"{lead.id}+{agents[index].id}", (lead, agents[index])), seconds)
                for seconds, index in near[:_NEAREST]
                if seconds != UNREACHABLE
            ]
        return found

    def _may_go(self, lead: Agent, other: Agent) -> bool:
        shared = Team("", (lead, other)).shift
        return (
            lead.agency == other.agency
            and shared is not None
            and _seconds(shared.end) - _seconds(shared.start) >= self.crewing.least_shared * 60
        )


class _Pace:
    """How many visits fit into a day, before anybody knows the routes."""

    def __init__(self, visits: Sequence[Visit]) -> None:
        self.service = float(np.mean([visit.case.service.total_seconds() for visit in visits]))
        lat = [visit.case.place.location.lat for visit in visits if visit.case.place.location]
        lon = [visit.case.place.location.lon for visit in visits if visit.case.place.location]
        high = np.diff(np.quantile(lat, [0.05, 0.95]))[0] * _DEGREE_M
        wide = np.diff(np.quantile(lon, [0.05, 0.95]))[0] * _DEGREE_M * np.cos(np.radians(np.mean(lat)))
        self.leg_m = _TOUR * float(np.sqrt(max(high * wide, 1.0) / len(visits))) * _DETOUR

    def room(self, team: Team) -> Room:
        """The visits that fit into the hours the team has."""
        from solvers.ortools.pairing import Room

        shift = team.shift
        if shift is None:
            return Room(0, (0.0,) * 24)
        begin, end = _seconds(shift.start), _seconds(shift.end)
        a_visit = self.service + self.leg_m / _METRES_A_SECOND[team.mode]
        by_hour = (max(0, min(end, 3600 * hour + 3600) - max(begin, 3600 * hour)) for hour in range(24))
        lunch = int(team.lunch.duration.total_seconds()) if team.lunch is not None else 0
        fits = int(_KEPT * (end - begin - lunch) / a_visit)
        whole = fits if team.max_visits is None else min(fits, team.max_visits)
        return Room(max(0, whole), tuple(seconds / a_visit for seconds in by_hour))


def _seconds(clock: time) -> int:
    return clock.hour * 3600 + clock.minute * 60 + clock.second


def _price(team: Team, apart_s: int, before: PastPairs) -> int:
    """What a pair costs besides its time: the second member's way to the leader and back, and unfairness."""
    lead, other = team.members
    pay, others = lead.hourly_cost.minor, other.hourly_cost.minor
    way = 2 * apart_s / 3600 * others + 2 * apart_s / 3600 * _km_cost(other)
    again = before.together.get(frozenset({lead.id, other.id}), 0) * _FAIRNESS_H * (pay + others)
    more_led = max(0, before.led.get(lead.id, 0) - before.led.get(other.id, 0)) * _FAIRNESS_H * pay
    return round(way + again + more_led)


def _km_cost(agent: Agent) -> float:
    """What an hour under way costs for the vehicle."""
    return agent.km_cost.minor * _METRES_A_SECOND[agent.mode] * 3.6


def _demands(visits: Sequence[Visit], singles: Sequence[Team], teams: Sequence[Team]) -> list[Demand]:
    """Visits that ask the same, and who may make them. Those for three and more are left to crews of three."""
    from solvers.ortools.pairing import Demand

    kinds: dict[tuple[str, int, frozenset[str], frozenset[str], frozenset[int]], list[Visit]] = {}
    for visit in visits:
        case = visit.case
        key = (case.agency, case.people, case.required_skills, case.excluded_agents, _good_hours(visit))
        kinds.setdefault(key, []).append(visit)
    top = max((visit.top_worth.minor for visit in visits), default=0)
    return [
        Demand(
            group=agency,
            worths=tuple(
                visit.top_worth.minor + (_MANDATORY * top if visit.case.mandatory else 0) for visit in alike
            ),
            alone=frozenset(team.id for team in singles if _serves(team, alike[0])),
            pairs=frozenset(at for at, team in enumerate(teams) if _serves(team, alike[0])),
            hours=hours,
        )
        for (agency, people, _, _, hours), alike in kinds.items()
        if people <= 2
    ]


def _good_hours(visit: Visit) -> frozenset[int]:
    """The hours of the clock in which it may begin and earns half of its worth or more."""
    found: set[int] = set()
    for window in visit.windows:
        for band in visit.bands:
            open_ = window.meet(band.window)
            if open_ is not None and 2 * band.worth.minor >= visit.top_worth.minor:
                last = max(open_.start, open_.end - _MOMENT)
                found.update(range(open_.start.hour, last.hour + 1))
    return frozenset(found)


def _serves(team: Team, visit: Visit) -> bool:
    return team.may_visit(visit.case) and visit.case.required_skills <= team.skills


def _name(team: Team, number: int, taken: set[str]) -> str:
    """The members' ids joined; a number where that is too long for an id or is somebody's already."""
    name = team.id
    while len(name) > 64 or name in taken:
        name, number = f"PAIR-{number}", number + 1
    taken.add(name)
    return name
