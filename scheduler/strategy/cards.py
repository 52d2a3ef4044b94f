"""Strategy cards: how to speak with one customer at one door.

A card is plain text: whoever shows it escapes it for its medium, as every other text. It names nobody and
repeats no free text of the case (see `facts`), so that a card left on a table tells nothing of a person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from scheduler.model.people import Case
from scheduler.model.values import Money
from scheduler.strategy.facts import Facts, facts_of
from scheduler.strategy.playbook import Entry, Playbook
from scheduler.strategy.products import ProductRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What an agent reads before the door opens. Every tuple holds sentences, in order.

    `likely` are possibilities, never findings; `offers` are those that the product's rules allow;
    `playbook` is the playbook's name and version, `entries` the ids of what was used ("section/id").
    """

    case: str
    language: str
    playbook: str
    why: tuple[str, ...]
    likely: tuple[str, ...]
    tone: tuple[str, ...]
    opening: tuple[str, ...]
    offers: tuple[str, ...]
    never: tuple[str, ...]
    documents: tuple[str, ...]
    referrals: tuple[str, ...]
    entries: tuple[str, ...]


def make_card(
    case: Case,
    reasons: Sequence[str],
    *,
    playbook: Playbook,
    products: ProductRules,
    day: date,
    grace_days: int = 1,
    money: Callable[[Money], str] = str,
) -> Card:
    """The card of one visit; the language is the playbook's.

    `reasons` are why the visit was chosen (`Visit.reasons`, in the same language) and come first under
    `why`. `money` writes amounts as the reader is used to. `grace_days` as in `[selection]
    promise_grace_days`.
    """
    facts = facts_of(case, day, products.size(case), grace_days, money)
    values = {**facts.values, "product": playbook.product_name(case.product)}
    used: list[str] = []

    def section(name: str) -> tuple[str, ...]:
        chosen = _chosen(playbook, name, facts)
        used.extend(f"{name}/{entry.id}" for entry in chosen)
        return tuple(_render(entry, values) for entry in chosen)

    why, likely, tone, opening = section("why"), section("likely"), section("tone"), section("opening")
    offers = _offers(case, facts, values, playbook, products, used)
    return Card(
        case=case.id,
        language=playbook.language,
        playbook=f"{playbook.name} {playbook.version}",
        why=(*reasons, *why),
        likely=likely,
        tone=tone,
        opening=opening,
        offers=offers,
        never=section("never"),
        documents=section("documents"),
        referrals=section("referrals"),
        entries=tuple(used),
    )


def _chosen(playbook: Playbook, section: str, facts: Facts) -> list[Entry]:
    """Entries that hold, one a group, in the playbook's order; what every card says is never crowded out."""
    groups: set[str] = set()
    fitting = []
    for entry in playbook.sections[section]:
        if entry.group in groups or not entry.when.holds(facts):
            continue
        if entry.group:
            groups.add(entry.group)
        fitting.append(entry)
    room = playbook.most[section] - sum(_firm(entry) for entry in fitting)
    chosen = []
    for entry in fitting:
        if _firm(entry):
            chosen.append(entry)
        elif room > 0:
            chosen.append(entry)
            room -= 1
    return chosen


def _firm(entry: Entry) -> bool:
    return entry.when.always and not entry.group


def _offers(
    case: Case,
    facts: Facts,
    values: Mapping[str, str | int],
    playbook: Playbook,
    products: ProductRules,
    used: list[str],
) -> tuple[str, ...]:
    allowed = {rule.kind: rule for rule in products.offers_for(case)}
    told: list[str] = []
    for entry in playbook.sections["offers"]:
        if not entry.when.holds(facts) or len(told) == playbook.most["offers"]:
            continue
        if entry.offer in allowed:
            told.append(_render(entry, {**values, **allowed[entry.offer].values}))
            used.append(f"offers/{entry.id}")
    if told:
        return tuple(told)
    nothing = [e for e in playbook.sections["offers"] if e.offer == "none" and e.when.holds(facts)]
    used.extend(f"offers/{entry.id}" for entry in nothing)
    return tuple(_render(entry, values) for entry in nothing)


def _render(entry: Entry, values: Mapping[str, str | int]) -> str:
    return entry.template.render(values).strip()
