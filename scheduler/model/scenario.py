"""A what-if: named changes over a base."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from scheduler.model.values import DailyHours, require, require_id

ATTENDANCES = ("crew", "meet")
"""How visits that ask for two are attended: by crews that go together, or also by two agents who meet there."""

PAIRS = ("formed", "fixed", "anew", "none")
"""Which crews go out: those of the table and pairs formed of the others, those of the table alone, pairs formed of
everybody, or nobody together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Changes over the workspace's base day. An empty scenario is the base itself.

    `agents_away` drops agents; `copies_of` adds one more agent like each named; `shift` and
    `overtime` replace everybody's; `worth_factor` scales what visits are worth against what they
    cost; `min_days_past_due`, `max_days_past_due` and `products` filter the cases;
    `speed_factor` scales travel speed (0.8: everything a quarter slower). `attendance` and `pairs`
    are those of the settings' [crews]; empty leaves them as they are there.
    """

    name: str
    title: str = ""
    agents_away: tuple[str, ...] = ()
    copies_of: tuple[str, ...] = ()
    shift: DailyHours | None = None
    overtime: timedelta | None = None
    worth_factor: float = 1.0
    min_days_past_due: int | None = None
    max_days_past_due: int | None = None
    products: tuple[str, ...] = ()
    speed_factor: float = 1.0
    attendance: str = ""
    pairs: str = ""

    def __post_init__(self) -> None:
        require_id("scenario", self.name)
        require(0.1 <= self.speed_factor <= 10, "scenario", self.name, "the speed factor lies in 0.1 to 10")
        for name, value, known in (
            ("attendance", self.attendance, ATTENDANCES),
            ("pairs", self.pairs, PAIRS),
        ):
            require(value in ("", *known), "scenario", self.name, f"{name} is one of {', '.join(known)}")
        require(0 < self.worth_factor <= 1000, "scenario", self.name, "the worth factor lies in 0 to 1000")

    @property
    def is_base(self) -> bool:
        """Whether it changes nothing: it is the workspace's own day, not a what-if."""
        return replace(self, name=BASE.name, title="") == BASE


BASE = Scenario(name="base")
