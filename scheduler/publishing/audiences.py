"""Who may see what: each audience's fields and scope, as data. What is not named here is not shown.

`docs/audiences.md` has the same table for people; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from scheduler.model.findings import DoorstepError


class Audience(StrEnum):
    """Whoever reads what Doorstep writes."""

    DISPATCHER = "dispatcher"
    AGENT = "agent"
    PLANNER = "planner"
    AGENCY = "agency"
    AUDITOR = "auditor"
    REVIEWER = "reviewer"


class Field(StrEnum):
    """Something that can be known of a case, a customer, an agent or a day."""

    CASE_ID = "case_id"  # else a pseudonym
    NAME = "name"  # the customer's
    PHONE = "phone"
    ADDRESS = "address"
    PLACE = "place"  # the exact position; else one rounded to 100 m
    AMOUNT = "amount"  # what is owed
    TALK = "talk"  # the strategy card, reminders
    HOURS = "hours"  # when a visit may be
    WORTH = "worth"  # what a visit is expected to bring
    PRIORITY = "priority"  # that it is among the day's best
    REASONS = "reasons"  # why a visit is left out
    AGENT_ID = "agent_id"  # else a pseudonym
    AGENT_NAME = "agent_name"
    AGENT_START = "agent_start"  # the address where an agent's day starts
    TOTALS = "totals"  # the day's sums of worth and of cases left out
    FINDINGS = "findings"
    CERTIFICATE = "certificate"  # rules with what they judged and found


class Scope(StrEnum):
    """Whose visits."""

    EVERYTHING = "everything"
    OWN_TEAM = "own_team"
    OWN_AGENCY = "own_agency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What one audience may see."""

    audience: Audience
    scope: Scope
    fields: frozenset[Field]

    def sees(self, field: Field) -> bool:
        """Whether a field may be shown."""
        return field in self.fields


F = Field
SIGHTS: Mapping[Audience, Sight] = {
    sight.audience: sight
    for sight in (
        Sight(
            audience=Audience.DISPATCHER,
            scope=Scope.EVERYTHING,
            fields=frozenset(
                {F.CASE_ID, F.PLACE, F.HOURS, F.WORTH, F.PRIORITY, F.REASONS, F.AGENT_ID, F.AGENT_NAME}
                | {F.TOTALS, F.FINDINGS, F.CERTIFICATE}
            ),
        ),
        Sight(
            audience=Audience.AGENT,
            scope=Scope.OWN_TEAM,
            fields=frozenset(
                {F.CASE_ID, F.NAME, F.PHONE, F.ADDRESS, F.PLACE, F.AMOUNT, F.TALK, F.HOURS, F.PRIORITY}
                | {F.AGENT_ID, F.AGENT_NAME, F.AGENT_START}
            ),
        ),
        Sight(
            audience=Audience.PLANNER,
            scope=Scope.EVERYTHING,
            fields=frozenset({F.REASONS, F.PRIORITY, F.AGENT_ID, F.TOTALS}),
        ),
        Sight(
            audience=Audience.AGENCY,
            scope=Scope.OWN_AGENCY,
            fields=frozenset(
                {F.CASE_ID, F.PLACE, F.HOURS, F.PRIORITY, F.REASONS, F.AGENT_ID, F.AGENT_NAME, F.FINDINGS}
            ),
        ),
        Sight(
            audience=Audience.AUDITOR,
            scope=Scope.EVERYTHING,
            fields=frozenset({F.CASE_ID, F.HOURS, F.REASONS, F.AGENT_ID, F.FINDINGS, F.CERTIFICATE}),
        ),
        Sight(
            audience=Audience.REVIEWER,
            scope=Scope.EVERYTHING,
            fields=frozenset({F.CASE_ID, F.ADDRESS, F.PLACE, F.AGENT_ID, F.AGENT_START}),
        ),
    )
}
_MAY_WIDEN = frozenset({F.CASE_ID, F.PLACE, F.WORTH, F.AGENT_ID})


def sight_of(audience: Audience, widened: Iterable[str] = ()) -> Sight:
    """What `audience` may see, with what `[publish] widen` allows beside ("planner:place").

    Names, phones, addresses, amounts and cards cannot be allowed so. Raises DoorstepError for another entry.
    """
    fields = set(SIGHTS[audience].fields)
    for entry in widened:
        who, _, what = entry.partition(":")
        if who not in set(Audience) or what not in _MAY_WIDEN:
            raise DoorstepError(
                "doorstep.toml: [publish] widen has an entry that is not an audience and a field that may be allowed",
                mend=f'Write entries like "planner:place"; fields: {", ".join(sorted(_MAY_WIDEN))}.',
            )
        if who == audience:
            fields.add(Field(what))
    return replace(SIGHTS[audience], fields=frozenset(fields))
