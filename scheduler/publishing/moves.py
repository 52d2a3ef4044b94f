"""What a what-if does to each visit of the base, and why, as far as the two plans tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from reports.sheet import Move
from scheduler.model.money_text import money_text
from scheduler.model.plan import Plan, Stop
from scheduler.model.scenario import Scenario
from scheduler.model.values import Money
from scheduler.planning.scenarios import ScenarioResult
from scheduler.publishing.labels import labels
from scheduler.publishing.words import why

Kind = Literal["dropped", "added", "agent", "hour"]


@dataclass(frozen=True, slots=True)
class _Slot:
    """A visit's place in a plan."""

    agent: str
    stop: Stop

    @property
    def text(self) -> str:
        who = f"{self.agent} + {self.stop.meets}" if self.stop.meets else self.agent
        return f"{who} {self.stop.start:%H:%M}"


def moves(results: Sequence[ScenarioResult], language: str) -> tuple[Move, ...]:
    """Every case that a scenario treats differently from the first one, by scenario and case."""
    return tuple(move for result in results[1:] for move in _Pair(results[0].plan, result, language).moves())


class _Pair:
    """The base and one scenario."""

    def __init__(self, base: Plan, result: ScenarioResult, language: str) -> None:
        self._base, self._other, self._scenario = base, result.plan, result.scenario
        self._language, self._words = language, labels(language)
        self._teams = {route.vehicle for route in base.routes}
        self._left_before = {entry.case: entry for entry in base.unassigned}
        self._left_after = {entry.case: entry for entry in self._other.unassigned}

    def moves(self) -> Iterator[Move]:
        before, after = _slots(self._base), _slots(self._other)
        for case in sorted(before.keys() | after.keys()):
            old, new = before.get(case), after.get(case)
            if old and new and (old.agent, old.stop.start) == (new.agent, new.stop.start):
                continue
            kind, reason = self._told(case, old, new)
            yield Move(
                scenario=self._scenario.name,
                kind=kind,
                case_id=case,
                before=old.text if old else self._words["not_in_plan"],
                after=new.text if new else self._words["not_in_plan"],
                why=reason,
            )

    def _told(self, case: str, old: _Slot | None, new: _Slot | None) -> tuple[Kind, str]:
        if new is None:
            left = self._left_after.get(case)
            return "dropped", why(left.reasons[0], self._language, {}) if left else self._words[
                "not_asked_now"
            ]
        if old is None:
            left = self._left_before.get(case)
            if left is None:
                return "added", self._words["not_asked_before"]
            return "added", self._words["left_before"].format(why=why(left.reasons[0], self._language, {}))
        return ("agent" if old.agent != new.agent else "hour"), self._moved(old, new)

    def _moved(self, old: _Slot, new: _Slot) -> str:
        """The first that is so; all of it can be read off the two plans."""
        words, scenario = self._words, self._scenario
        nearer = round((old.stop.travel - new.stop.travel).total_seconds() / 60)
        if old.agent in scenario.agents_away:
            return words["moved_away"].format(agent=old.agent)
        if scenario.shift and not scenario.shift.start <= old.stop.start.time() <= scenario.shift.end:
            return words["moved_shift"].format(clock=f"{old.stop.start:%H:%M}")
        if new.agent not in self._teams:
            return words["moved_new"].format(agent=new.agent)
        gain = self._gain(scenario, old, new)
        if gain > 0:
            return words["moved_worth"].format(
                money=money_text(Money(gain, self._base.currency), self._language)
            )
        return words["moved_nearer"].format(minutes=nearer) if nearer > 0 else words["moved_room"]

    @staticmethod
    def _gain(scenario: Scenario, old: _Slot, new: _Slot) -> int:
        """What the new hour adds to the worth, in minor units; nothing where the scenario reweighs it all."""
        return new.stop.worth.minor - old.stop.worth.minor if scenario.worth_factor == 1 else 0


def _slots(plan: Plan) -> Mapping[str, _Slot]:
    """Each visit once: of two routes that meet there the first."""
    slots: dict[str, _Slot] = {}
    for route in plan.routes:
        for stop in route.stops:
            slots.setdefault(stop.case, _Slot(route.vehicle, stop))
    return slots
