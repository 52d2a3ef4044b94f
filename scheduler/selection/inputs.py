"""What selection and worth may read of a case. Everything else, protected traits among it, cannot move them.

Held by tests: whoever reads another field fails, and random changes of all others leave every figure as it is.
"""

from __future__ import annotations

READ = frozenset(
    {
        "id",
        "customer.id",  # one visit a customer and day
        "customer.flags",  # no_visit_flags only
        "place.kind",  # the chance of meeting somebody, at home or at work
        "product",
        "balance",
        "overdue",
        "days_past_due",
        "settled_on",
        "last_visit",
        "promise",
        "failed_contacts",
        "service",
        "mandatory",
    }
)
"""Fields of a case, by name, that `scheduler.selection.select.select` reads."""
