"""A plan -> what each reader may see: an agent's own sheet whole, the dispatcher's day without names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from geodata.streets import StreetMap
from reports.sheet import (
    DayPage,
    FindingRow,
    Kpi,
    RouteSheet,
    RuleRow,
    SheetBreak,
    SheetStop,
    StrategyCard,
    Tiles,
    UnassignedRow,
)
from scheduler.model.findings import Finding
from scheduler.model.people import Case
from scheduler.model.plan import Plan, Route, Stop
from scheduler.publishing.join import Joined
from scheduler.publishing.kpis import figures
from scheduler.publishing.labels import labels
from scheduler.publishing.streets import Legs, all_places, pair, street_lines
from scheduler.publishing.words import mend, money_text, why
from scheduler.rules.checker import Certificate as RuleCertificate
from scheduler.rules.words import say
from scheduler.settings import PublishTable
from scheduler.strategy.cards import Card

_TIGHT = timedelta(minutes=5)
_HIGH_SHARE = 5  # the best fifth of a day's visits is marked as high priority
_EXACT = frozenset({"address", "manual", "given", ""})


def route_sheets(
    joined: Joined, legs: Legs, streets: StreetMap, tiles: Tiles | None
) -> tuple[RouteSheet, ...]:
    """A sheet for each team, whole, for the team alone."""
    threshold = _high_worth(joined.plan)
    return tuple(_sheet(route, joined, legs, streets, tiles, threshold) for route in joined.plan.routes)


def _sheet(
    route: Route, joined: Joined, legs: Legs, streets: StreetMap, tiles: Tiles | None, threshold: int
) -> RouteSheet:
    ways, back = legs.of_route(route)
    stops = tuple(
        _stop(number, stop, way, joined, threshold)
        for number, (stop, way) in enumerate(zip(route.stops, ways, strict=True), start=1)
    )
    common = _common([stop.card for stop in stops])
    leader = joined.agents.get(route.members[0])
    return RouteSheet(
        agent_id=route.vehicle,
        agent_name=joined.team_name(route),
        day=joined.plan.day,
        language="zh" if joined.language == "zh" else "en",
        mode=route.mode.value,
        depart=route.depart,
        finish=route.finish,
        start_place=pair(route.start),
        end_place=pair(route.end) if route.end else None,
        start_note=leader.start.address if leader else "",
        stops=tuple(replace(stop, card=_less(stop.card, common)) for stop in stops),
        common=common,
        breaks=tuple(SheetBreak(start=rest.start, finish=rest.finish) for rest in route.breaks),
        back_leg=tuple(back),
        travel=route.travel,
        service=route.service,
        waiting=route.waiting,
        distance_m=route.distance_m,
        plan_id=joined.plan.id,
        generated_at=_now(joined),
        streets=street_lines(streets, [*ways, back]),
        tiles=tiles,
    )


def _stop(
    number: int, stop: Stop, way: Sequence[tuple[float, float]], joined: Joined, threshold: int
) -> SheetStop:
    case = joined.cases[stop.case]
    last = max((window.end for window in stop.windows), default=stop.start)
    return SheetStop(
        number=number,
        case_id=case.id,
        name=case.customer.name,
        address=case.place.address,
        phone=case.customer.phone,
        arrive=stop.arrive,
        start=stop.start,
        finish=stop.finish,
        windows=tuple((window.start, window.end) for window in stop.windows),
        place=pair(stop.location),
        high_priority=stop.worth.minor >= threshold,
        pinned=stop.pinned,
        late_risk=last - stop.start < _TIGHT,
        place_note=_place_note(case, joined.language),
        badges=_badges(case, joined.language),
        worth=money_text(stop.worth, joined.language),
        amount=money_text(case.overdue, joined.language),
        card=_card(joined.cards.get(case.id)),
        travel=stop.travel,
        distance_m=stop.distance_m,
        leg=tuple(way),
    )


def _high_worth(plan: Plan) -> int:
    worths = sorted((stop.worth.minor for stop in plan.stops), reverse=True)
    return worths[len(worths) // _HIGH_SHARE] + 1 if len(worths) >= _HIGH_SHARE else 1 << 62


def _place_note(case: Case, language: str) -> str:
    known = labels(language)
    if case.place.precision in _EXACT:
        return ""
    return known.get(f"precision_{case.place.precision}", "")


def _badges(case: Case, language: str) -> tuple[str, ...]:
    words = labels(language)
    reminders = [words["badge_show"], words["badge_identity"], words["badge_recording"]]
    if case.people > 1:
        reminders.append(words["badge_people"].format(people=case.people))
    return tuple(reminders)


def _card(card: Card | None) -> StrategyCard:
    if card is None:
        return StrategyCard()
    return StrategyCard(
        why=card.why,
        likely=card.likely,
        tone=card.tone,
        opening=card.opening,
        offers=card.offers,
        never=card.never,
        documents=card.documents,
        referrals=card.referrals,
    )


def _common(cards: Sequence[StrategyCard]) -> StrategyCard:
    """What every card says, to be said once; nothing where there is one card."""
    if len(cards) < 2:
        return StrategyCard()
    return StrategyCard(
        **{
            entry.name: tuple(
                line
                for line in getattr(cards[0], entry.name)
                if all(line in getattr(card, entry.name) for card in cards[1:])
            )
            for entry in fields(StrategyCard)
            if entry.name != "why"
        }
    )


def _less(card: StrategyCard, common: StrategyCard) -> StrategyCard:
    """A card without what is said once for all."""
    return StrategyCard(
        **{
            entry.name: tuple(
                line for line in getattr(card, entry.name) if line not in getattr(common, entry.name)
            )
            for entry in fields(StrategyCard)
        }
    )


def day_page(
    joined: Joined,
    sheets: Sequence[RouteSheet],
    certificate: RuleCertificate,
    findings: Sequence[Finding],
    streets: StreetMap,
    links: Sequence[tuple[str, str]],
    agent_links: Mapping[str, tuple[tuple[str, str], ...]],
) -> DayPage:
    """The dispatcher's page: case ids and places, no names, phones or cards of customers."""
    plan, words = joined.plan, labels(joined.language)
    lines = [tuple(pair(place) for place in all_places(plan))]
    return DayPage(
        title=words["day_title"],
        day=plan.day,
        language="zh" if joined.language == "zh" else "en",
        kpis=_kpis(joined),
        routes=tuple(_without_names(sheet) for sheet in sheets),
        unassigned=_unassigned(joined),
        left_out=_left_out(joined),
        findings=tuple(
            FindingRow(
                severity=finding.severity.value, where=finding.where(), cause=finding.cause, mend=finding.mend
            )
            for finding in findings
        ),
        clean=certificate.clean,
        packs=certificate.packs,
        rules=_rules(certificate),
        notes=_notes(certificate, joined.language),
        generated_at=_now(joined),
        links=tuple(links),
        agent_links=dict(agent_links),
        streets=street_lines(streets, lines),
    )


def _without_names(sheet: RouteSheet) -> RouteSheet:
    stops = tuple(
        replace(stop, name=stop.case_id, address="", phone="", card=StrategyCard(), badges=(), amount="")
        for stop in sheet.stops
    )
    return replace(sheet, stops=stops, common=StrategyCard(), streets=(), start_note="")


def _kpis(joined: Joined) -> tuple[Kpi, ...]:
    sums, words = figures(joined.plan), labels(joined.language)
    return (
        Kpi(label=words["kpi_visits"], value=str(sums.visits), hint=words["kpi_visits_hint"]),
        Kpi(label=words["kpi_unassigned"], value=str(sums.unassigned), hint=words["kpi_unassigned_hint"]),
        Kpi(
            label=words["kpi_worth"],
            value=money_text(sums.worth, joined.language),
            hint=words["kpi_worth_hint"],
        ),
        Kpi(label=words["kpi_travel"], value=_hours(sums.travel), hint=words["kpi_travel_hint"]),
        Kpi(label=words["kpi_distance"], value=f"{sums.distance_m / 1000:.1f} km"),
        Kpi(label=words["kpi_waiting"], value=_hours(sums.waiting), hint=words["kpi_waiting_hint"]),
        Kpi(label=words["kpi_overtime"], value=_hours(sums.overtime)),
    )


def _hours(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    return f"{minutes // 60}:{minutes % 60:02d} h"


def _unassigned(joined: Joined) -> tuple[UnassignedRow, ...]:
    names = joined.names()
    return tuple(
        UnassignedRow(
            case_id=entry.case,
            reasons=tuple(why(reason, joined.language, names) for reason in entry.reasons),
            mends=tuple(dict.fromkeys(mend(reason, joined.language, names) for reason in entry.reasons)),
            worth=money_text(entry.worth, joined.language),
            place=pair(entry.location) if entry.location else None,
        )
        for entry in joined.plan.unassigned
    )


def _left_out(joined: Joined) -> tuple[tuple[str, int], ...]:
    words = labels(joined.language)
    counted = Counter(joined.left_out).most_common()
    return tuple((words.get(f"left_{code}", code), count) for code, count in counted)


def _rules(certificate: RuleCertificate) -> tuple[RuleRow, ...]:
    return tuple(
        RuleRow(
            rule=f"{result.rule} ({result.source.pack})",
            source=result.source.cited,
            judged=result.judged,
            findings=len(result.findings),
        )
        for result in certificate.results
    )


def _notes(certificate: RuleCertificate, language: str) -> tuple[str, ...]:
    open_duties = [
        f"{labels(language)['not_judged']}{dict(entry.words)[language]} ({pack}, {entry.article})"
        for pack, entry in certificate.not_judged
    ]
    return (*(say(note, language, {}) for note in certificate.notes), *open_duties)


def _now(joined: Joined) -> datetime:
    return datetime.now(UTC).astimezone(ZoneInfo(joined.plan.zone)).replace(microsecond=0)


def tiles_of(settings: PublishTable) -> Tiles | None:
    """The tile server of the settings, or None."""
    if not settings.tiles:
        return None
    return Tiles(
        url=settings.tiles,
        attribution=settings.tiles_attribution,
        gcj02=settings.tiles_coordinates == "gcj02",
    )
