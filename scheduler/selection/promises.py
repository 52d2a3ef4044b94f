"""Where a promise to pay stands on a day."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from scheduler.model.people import Promise, PromiseState


class PromiseStanding(StrEnum):
    """None made, still pending, kept, or broken (also where its day passed and nobody has said so yet)."""

    NONE = "none"
    PENDING = "pending"
    KEPT = "kept"
    BROKEN = "broken"


def standing(promise: Promise | None, day: date, grace_days: int) -> PromiseStanding:
    """A pending promise stays pending through `grace_days` after its day, for payments take time to arrive."""
    if promise is None:
        return PromiseStanding.NONE
    if promise.state is PromiseState.PENDING:
        open_until = promise.due + timedelta(days=grace_days)
        return PromiseStanding.PENDING if day <= open_until else PromiseStanding.BROKEN
    return PromiseStanding(promise.state.value)
