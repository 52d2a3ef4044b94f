"""`when = {...}` of a playbook: a fixed set of comparisons that all must hold. Data, never code.

    when = { min_days_past_due = 30, promise = "broken", flags = ["hardship"] }

Known keys: min_/max_days_past_due, min_/max_failed_contacts, promise (none, pending, kept, broken), size
(small, medium, large), flags (any of them), without_flags (none of them), products, place (home, work,
other), first_visit (true, false), min_people. Where several values are allowed, a list means any of them.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scheduler.model.people import PlaceKind
from scheduler.selection.promises import PromiseStanding
from scheduler.strategy.facts import SIZES, Facts

_COUNTS = (
    "min_days_past_due",
    "max_days_past_due",
    "min_failed_contacts",
    "max_failed_contacts",
    "min_people",
)
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "promise": tuple(PromiseStanding),
    "size": SIZES,
    "place": tuple(PlaceKind),
}
_CODES = ("flags", "without_flags", "products")
_KNOWN = (*_COUNTS, *_CHOICES, *_CODES, "first_visit")


class ConditionError(ValueError):
    """What is wrong with a condition, and how to mend it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """All that is set must hold; an empty one always holds."""

    min_days_past_due: int = 0
    max_days_past_due: int = 1 << 30
    min_failed_contacts: int = 0
    max_failed_contacts: int = 1 << 30
    min_people: int = 0
    promise: frozenset[str] = frozenset(PromiseStanding)
    size: frozenset[str] = frozenset(SIZES)
    place: frozenset[str] = frozenset(PlaceKind)
    flags: frozenset[str] = frozenset()
    without_flags: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    first_visit: bool | None = None

    @classmethod
    def parse(cls, raw: Any) -> Condition:
        """From parsed TOML. Raises ConditionError."""
        if not isinstance(raw, Mapping):
            raise ConditionError("when is a table such as { min_days_past_due = 30 }")
        made: dict[str, Any] = {key: _value(key, value) for key, value in raw.items()}
        condition = cls(**made)
        if condition.min_days_past_due > condition.max_days_past_due:
            raise ConditionError("when: min_days_past_due lies above max_days_past_due")
        if condition.min_failed_contacts > condition.max_failed_contacts:
            raise ConditionError("when: min_failed_contacts lies above max_failed_contacts")
        if condition.flags & condition.without_flags:
            raise ConditionError("when: a flag is both asked for and barred")
        return condition

    @property
    def always(self) -> bool:
        """Whether it holds for every case."""
        return self == Condition()

    def holds(self, facts: Facts) -> bool:
        """Whether a case meets it."""
        return (
            self.min_days_past_due <= facts.days_past_due <= self.max_days_past_due
            and self.min_failed_contacts <= facts.failed_contacts <= self.max_failed_contacts
            and facts.people >= self.min_people
            and facts.promise in self.promise
            and facts.size in self.size
            and facts.place in self.place
            and (not self.flags or bool(self.flags & facts.flags))
            and not self.without_flags & facts.flags
            and (not self.products or facts.product in self.products)
            and self.first_visit in (None, facts.first_visit)
        )


def _value(key: str, value: Any) -> Any:
    if key not in _KNOWN:
        near = difflib.get_close_matches(key, _KNOWN, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(_KNOWN))}"
        raise ConditionError(f"when.{key} is not known: {hint}")
    if key == "first_visit":
        if not isinstance(value, bool):
            raise ConditionError("when.first_visit is true or false")
        return value
    if key in _COUNTS:
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise ConditionError(f"when.{key} is a whole number from 0 on")
        return value
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not values or not all(isinstance(entry, str) for entry in values):
        raise ConditionError(f"when.{key} is a text or a list of texts")
    if key in _CHOICES:
        for entry in values:
            if entry not in _CHOICES[key]:
                raise ConditionError(f"when.{key} is one of {', '.join(_CHOICES[key])}")
    return frozenset(values)
