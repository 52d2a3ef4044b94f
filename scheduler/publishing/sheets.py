"""A view -> sheets and pages of the day. All that is shown was cut for its reader before it came here."""

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
from scheduler.model.money_text import money_format, money_text
from scheduler.model.plan import Route, Stop
from scheduler.publishing.audiences import Field
from scheduler.publishing.labels import labels
from scheduler.publishing.streets import Legs, all_places, pair, street_lines
from scheduler.publishing.views import View
from scheduler.publishing.words import mend, why
from scheduler.rules.checker import Certificate as RuleCertificate
from scheduler.rules.words import say
from scheduler.settings import PublishTable

_TIGHT = timedelta(minutes=5)


def route_sheets(
    view: View, legs: Legs, streets: StreetMap | None = None, tiles: Tiles | None = None
) -> tuple[RouteSheet, ...]:
    """A sheet for each team that the view has; without streets where a day's page draws them once for all."""
    return tuple(_sheet(route, view, legs, streets, tiles) for route in view.plan.routes)


def _sheet(
    route: Route, view: View, legs: Legs, streets: StreetMap | None, tiles: Tiles | None
) -> RouteSheet:
    ways, back = legs.of_route(route)
    stops = tuple(
        _stop(number, stop, way, view)
        for number, (stop, way) in enumerate(zip(route.stops, ways, strict=True), start=1)
    )
    common = _common([stop.card for stop in stops])
    return RouteSheet(
        agent_id=route.vehicle,
        agent_name=view.names.get(route.vehicle, route.vehicle),
        day=view.plan.day,
        language="zh" if view.language == "zh" else "en",
        mode=route.mode.value,
        depart=route.depart,
        finish=route.finish,
        start_place=pair(route.start),
        end_place=pair(route.end) if route.end else None,
        start_note=view.starts.get(route.vehicle, ""),
        stops=tuple(replace(stop, card=_less(stop.card, common)) for stop in stops),
        common=common,
        breaks=tuple(SheetBreak(start=rest.start, finish=rest.finish) for rest in route.breaks),
        back_leg=tuple(back),
        travel=route.travel,
        service=route.service,
        waiting=route.waiting,
        distance_m=route.distance_m,
        plan_id=view.plan.id,
        generated_at=_now(view),
        streets=street_lines(streets, [*ways, back]) if streets else (),
        tiles=tiles,
    )


def _stop(number: int, stop: Stop, way: Sequence[tuple[float, float]], view: View) -> SheetStop:
    case = view.cases[stop.case]
    ends = [window.end for window in stop.windows]
    return SheetStop(
        number=number,
        case_id=stop.case,
        name=case.name,
        address=case.address,
        phone=case.phone,
        arrive=stop.arrive,
        start=stop.start,
        finish=stop.finish,
        windows=tuple((window.start, window.end) for window in stop.windows),
        place=pair(stop.location),
        high_priority=case.high,
        pinned=stop.pinned,
        late_risk=bool(ends) and max(ends) - stop.start < _TIGHT,
        place_note=case.place_note,
        badges=(*_together(stop, view), *case.badges),
        worth=money_text(stop.worth, view.language) if view.sees(Field.WORTH) else "",
        worth_value=float(stop.worth.major) if view.sees(Field.WORTH) else None,
        amount=case.amount,
        card=case.card,
        travel=stop.travel,
        distance_m=stop.distance_m,
        leg=tuple(way),
    )


def _together(stop: Stop, view: View) -> tuple[str, ...]:
    """How many attend this visit, where one is not enough, and whom the agent meets there, and when."""
    words, badges = labels(view.language), []
    if stop.meets:
        who = view.names.get(stop.meets, stop.meets)
        badges.append(words["badge_meet"].format(who=who, time=f"{stop.start:%H:%M}"))
    if stop.people > 1 and view.sees(Field.TALK):
        badges.append(words["badge_people"].format(people=stop.people))
    return tuple(badges)


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
    view: View,
    sheets: Sequence[RouteSheet],
    certificate: RuleCertificate,
    streets: StreetMap,
    links: Sequence[tuple[str, str]],
    agent_links: Mapping[str, tuple[tuple[str, str], ...]],
) -> DayPage:
    """The page of a day for whoever the view is cut for; `sheets` are of the same view."""
    plan, words = view.plan, labels(view.language)
    lines = [tuple(pair(place) for place in all_places(plan))]
    return DayPage(
        title=words[f"title_{view.sight.audience}"],
        day=plan.day,
        language="zh" if view.language == "zh" else "en",
        kpis=_kpis(view),
        routes=tuple(sheets),
        unassigned=_unassigned(view) if view.sees(Field.REASONS) else (),
        left_out=_left_out(view),
        findings=tuple(
            FindingRow(
                severity=finding.severity.value, where=finding.where(), cause=finding.cause, mend=finding.mend
            )
            for finding in view.findings
        ),
        clean=certificate.clean,
        packs=certificate.packs,
        rules=_rules(certificate) if view.sees(Field.CERTIFICATE) else (),
        notes=_notes(certificate, view.language),
        generated_at=_now(view),
        money_format=money_format(plan.currency, view.language),
        links=tuple(links),
        agent_links=dict(agent_links),
        streets=street_lines(streets, lines),
    )


def _kpis(view: View) -> tuple[Kpi, ...]:
    sums, words = view.totals, labels(view.language)
    worth = Kpi(
        label=words["kpi_worth"],
        value=money_text(sums.worth, view.language),
        hint=words["kpi_worth_hint"],
    )
    return (
        Kpi(label=words["kpi_visits"], value=str(sums.visits), hint=words["kpi_visits_hint"]),
        Kpi(label=words["kpi_unassigned"], value=str(sums.unassigned), hint=words["kpi_unassigned_hint"]),
        *((worth,) if view.sees(Field.TOTALS) else ()),
        Kpi(label=words["kpi_travel"], value=_hours(sums.travel), hint=words["kpi_travel_hint"]),
        Kpi(label=words["kpi_distance"], value=f"{sums.distance_m / 1000:.1f} km"),
        Kpi(label=words["kpi_waiting"], value=_hours(sums.waiting), hint=words["kpi_waiting_hint"]),
        Kpi(label=words["kpi_overtime"], value=_hours(sums.overtime)),
    )


def _hours(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    return f"{minutes // 60}:{minutes % 60:02d} h"


def _unassigned(view: View) -> tuple[UnassignedRow, ...]:
    return tuple(
        UnassignedRow(
            case_id=entry.case,
            reasons=tuple(why(reason, view.language, view.names) for reason in entry.reasons),
            mends=tuple(dict.fromkeys(mend(reason, view.language, view.names) for reason in entry.reasons)),
            worth=money_text(entry.worth, view.language) if view.sees(Field.WORTH) else "",
            worth_value=float(entry.worth.major) if view.sees(Field.WORTH) else None,
            place=pair(entry.location) if entry.location else None,
        )
        for entry in view.plan.unassigned
    )


def _left_out(view: View) -> tuple[tuple[str, int], ...]:
    words = labels(view.language)
    counted = Counter(view.left_out).most_common()
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


def _now(view: View) -> datetime:
    return datetime.now(UTC).astimezone(ZoneInfo(view.plan.zone)).replace(microsecond=0)


def tiles_of(settings: PublishTable) -> Tiles | None:
    """The tile server of the settings, or None."""
    if not settings.tiles:
        return None
    return Tiles(
        url=settings.tiles,
        attribution=settings.tiles_attribution,
        gcj02=settings.tiles_coordinates == "gcj02",
    )
