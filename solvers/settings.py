"""How a search goes about it, and how hot it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from solvers.demand import eligible, kinds
from solvers.problem import Problem


@dataclass(frozen=True, slots=True)
class Settings:
    """How the search goes about it.

    First the whole is searched, for a share `broad` of the time, while temperatures fall from `hot` to `cold` legs of
    the first plan. Up to `whole` tasks that is done in lanes, each from a first plan of its own: up to `lanes` a core
    one after another, if there is time for `lane_steps` steps a task in each. Where there may be several, they take the
    share `homes` of the search for first plans near home. Where there are, they take the share `race` of what is left to
    come down to `judged` legs, and the best goes on from there. Several cores of which none has the time for one lane
    work on one together, if each gets a part of `whole` tasks or more.

    Beyond `whole` tasks, or beyond `unlike` where vehicles differ, it is done in parts of about `part` tasks, or of more
    where the first plan needs more for `part_days` days. `rounds` are the times that parts are put together. Then, until
    the time is up, parts of about `near` tasks are searched again, each from `again` legs to `settled` in so many steps a
    task, or seconds, as follow; what is better is kept. Pairs are given for a problem whose tasks are all mandatory and
    for one whose tasks are all optional; others lie between. The plan is confirmed in the routing model unless `confirm`
    is False.
    """

    hot: tuple[float, float] = (1.0, 4.0)
    judged: tuple[float, float] = (0.125, 0.5)
    cold: tuple[float, float] = (0.02, 0.08)
    broad: float = 0.9
    lanes: tuple[float, float] = (1.0, 3.0)
    lane_steps: int = 450
    homes: float = 0.05
    race: float = 0.75
    whole: int = 350
    unlike: int = 1000
    part: int = 250
    part_days: int = 6
    rounds: int = 20
    near: int = 60
    again: tuple[float, float] = (0.3, 1.0)
    settled: tuple[float, float] = (0.01, 0.05)
    steps_a_task: int = 200
    seconds_a_task: float = 0.005
    confirm: bool = True


class Heat(NamedTuple):
    """Temperatures: those of `Settings` for a problem, in legs of its first plan or in units of cost."""

    hot: float
    judged: float
    cold: float
    again: float
    settled: float

    @classmethod
    def of(cls, settings: Settings, problem: Problem) -> Heat:
        """In legs."""
        pairs = (settings.hot, settings.judged, settings.cold, settings.again, settings.settled)
        return cls(*(between(pair, optional_share(problem)) for pair in pairs))

    def times(self, leg: float) -> Heat:
        """In units of cost, where a leg costs so much."""
        return Heat(*(value * leg for value in self))

    def at(self, share: float) -> float:
        """The temperature when this share of the broad search is over."""
        return between((self.hot, self.cold), share)


def most_lanes(settings: Settings, problem: Problem) -> int:
    """Lanes one after another on a core, at most."""
    return max(1, round(between(settings.lanes, optional_share(problem))))


def lanes_within(settings: Settings, problem: Problem, steps: float) -> int:
    """Lanes one after another for which a core has the time that takes so many steps until the broad search is over."""
    enough = int(steps * settings.race / (settings.lane_steps * len(problem.tasks)))
    return min(most_lanes(settings, problem), enough)


def whole_up_to(settings: Settings, problem: Problem) -> int:
    """Tasks up to which this problem is searched as a whole."""
    unlike = len(set(kinds(problem, eligible(problem)))) > 1
    return settings.unlike if unlike else settings.whole


def optional_share(problem: Problem) -> float:
    """The share of the tasks that may stay unserved."""
    return sum(not task.mandatory for task in problem.tasks) / max(1, len(problem.tasks))


def between(ends: tuple[float, float], share: float) -> float:
    """So far from one to the other, by factors."""
    return float(ends[0] * (ends[1] / ends[0]) ** share)
