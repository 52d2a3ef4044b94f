"""From every case on file to the visits of a day, the most valuable first, and who is left out and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from scheduler.model.people import Case, PlaceKind
from scheduler.model.values import TimeWindow
from scheduler.model.visit import Contact, Visit
from scheduler.rules.base import Effect
from scheduler.selection.eligibility import eligible
from scheduler.selection.policy import Policy
from scheduler.selection.presence import Band
from scheduler.selection.words import Ground
from scheduler.selection.worth import values, worth_bands


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A case that is not visited on the day. `rule` names the rule where one forbids it."""

    case: str
    code: str
    words: str
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """`visits` by worth at their best hour, the highest first, then by id; `left_out` by id."""

    visits: tuple[Visit, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many were left out, by code."""
        return Counter(left.code for left in self.left_out)


@dataclass(frozen=True, slots=True)
class _Due:
    case: Case
    grounds: tuple[Ground, ...]
    windows: tuple[TimeWindow, ...]


def select(
    cases: Iterable[Case],
    day: date,
    *,
    contacts: Iterable[Contact],
    effects: Mapping[str, Effect],
    policy: Policy,
    zone: ZoneInfo,
    language: str = "en",
    holidays: frozenset[date] = frozenset(),
) -> Selection:
    """Choose the visits of `day`.

    `effects` are `scheduler.rules.checker.combined_effects` of the same cases (KeyError where one is
    missing). At most one case of a customer is visited on a day: the mandatory one, else the worthiest.
    """
    ledger: dict[str, list[Contact]] = {}
    for contact in contacts:
        ledger.setdefault(contact.case, []).append(contact)
    due: list[_Due] = []
    left: list[LeftOut] = []
    for case in cases:
        judged = eligible(case, day, ledger.get(case.id, ()), policy, zone)
        effect = effects[case.id]
        if not judged.due:
            left.append(_left(case, judged.grounds[0], language))
        elif not effect.permitted:
            left.append(_forbidden(case, effect, language))
        else:
            due.append(_Due(case, judged.grounds, effect.windows))
    visits, worthless = _price(due, day, policy, zone, language, holidays)
    kept, doubled = _one_a_customer(visits, language)
    left += [*worthless, *doubled]
    return Selection(visits=tuple(kept), left_out=tuple(sorted(left, key=lambda entry: entry.case)))


def _left(case: Case, ground: Ground, language: str) -> LeftOut:
    return LeftOut(case=case.id, code=ground.code, words=ground.words(language))


def _forbidden(case: Case, effect: Effect, language: str) -> LeftOut:
    if not effect.forbidden:
        return _left(case, Ground("no_permitted_hours"), language)
    first = effect.forbidden[0]
    return LeftOut(
        case=case.id,
        code="rule_forbids",
        words=first.words(language),
        rule=f"{first.source.pack}/{first.rule}",
    )


_Key = tuple[PlaceKind, tuple[TimeWindow, ...]]


def _price(
    due: list[_Due], day: date, policy: Policy, zone: ZoneInfo, language: str, holidays: frozenset[date]
) -> tuple[list[Visit], list[LeftOut]]:
    """Visits with their worth by the hour. Cases of the same place kind and windows share their bands."""
    worth = values([entry.case for entry in due], day, policy)
    shared: dict[_Key, tuple[tuple[Band, ...], str]] = {}
    visits: list[Visit] = []
    left: list[LeftOut] = []
    for entry, if_met, cost in zip(due, worth.if_met.tolist(), worth.cost.tolist(), strict=True):
        case = entry.case
        key = (case.place.kind, entry.windows)
        if key not in shared:
            bands = policy.presence.bands(
                case.place.kind, day, entry.windows, zone, holidays=holidays, most=policy.max_bands
            )
            shared[key] = (bands, _best_hours(bands, language))
        bands, best = shared[key]
        made = worth_bands(bands, if_met, cost, policy.currency)
        if not case.mandatory and all(band.worth.minor == 0 for band in made):
            left.append(_left(case, Ground("not_worth"), language))
            continue
        reasons = (*(ground.words(language) for ground in entry.grounds), best)
        visits.append(Visit(case=case, day=day, windows=entry.windows, bands=made, reasons=reasons))
    return visits, left


def _best_hours(bands: tuple[Band, ...], language: str) -> str:
    best = max(bands, key=lambda band: band.chance)
    end = best.window.end + timedelta(seconds=1)  # a band ends a second before the next one starts
    hours = f"{best.window.start:%H:%M}-{end:%H:%M}"
    return Ground("best_hours", {"hours": hours, "chance": f"{best.chance * 100:.0f}"}).words(language)


def _one_a_customer(visits: list[Visit], language: str) -> tuple[list[Visit], list[LeftOut]]:
    ranked = [(-visit.top_worth.minor, visit.id, visit) for visit in visits]
    ranked.sort(key=lambda entry: (not entry[2].case.mandatory, entry[0], entry[1]))
    chosen: dict[str, str] = {}
    left = []
    kept = []
    for worth, ident, visit in ranked:
        first = chosen.setdefault(visit.case.customer.id, ident)
        if first == ident:
            kept.append((worth, ident, visit))
        else:
            left.append(_left(visit.case, Ground("same_customer", {"case": first}), language))
    kept.sort(key=lambda entry: entry[:2])
    return [visit for _, _, visit in kept], left
