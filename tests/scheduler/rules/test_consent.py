"""Consent, refusal, pauses, settlement: allowed, forbidden, on the first and the last day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.model.ledger import (
    MARKS,
    CeaseContact,
    Pause,
    PauseKind,
    Settlement,
    VisitConsent,
    VisitRefusal,
    Withdrawal,
)
from scheduler.model.people import Place, PlaceKind
from scheduler.model.values import DailyHours
from scheduler.rules.consent import Ceased, ConsentAsked, Paused, Settled

DAY = date(2026, 11, 24)
HELSINKI = ZoneInfo("Europe/Helsinki")
HOURS = (DailyHours(time(10), time(12)),)
GOOD = {"purpose": "arrears", "since": DAY, "until": DAY, "hours": HOURS}


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=HELSINKI)


def around(offset: int) -> date:
    return DAY + timedelta(days=offset)


@pytest.fixture(scope="module")
def asked(make) -> ConsentAsked:
    return ConsentAsked(asks=frozenset({"purpose", "date", "hours"}), source=make.source)


@pytest.mark.parametrize(
    ("start", "permitted"),
    [(at(10), True), (at(11, 40), True), (at(11, 41), False), (at(9, 59), False), (at(15), False)],
)
def test_a_visit_lies_within_the_hours_consented_to(make, asked, start, permitted) -> None:
    context = make.context(make.case(), marks=(make.mark(VisitConsent, **GOOD),))
    codes = [] if permitted else ["without_consent"]
    assert make.verdict(asked, make.plan(make.stop(start)), context) == (permitted, codes)


@pytest.mark.parametrize(
    "lacking",
    [
        {"purpose": ""},
        {"until": around(1)},
        {"since": around(-1)},
        {"hours": ()},
        {"since": around(1), "until": around(1)},
        {"since": around(-1), "until": around(-1)},
        {"case": "C2"},
        {"places": frozenset({PlaceKind.WORK})},
    ],
)
def test_a_consent_that_lacks_something_is_none(make, asked, lacking) -> None:
    context = make.context(make.case(), marks=(make.mark(VisitConsent, **{**GOOD, **lacking}),))
    verdict = make.verdict(asked, make.plan(make.stop(at(11))), context)
    assert verdict == (False, ["without_consent"])


def test_without_any_consent_the_reason_says_what_it_must_name(make, asked) -> None:
    effect = asked.effects(make.case(), DAY, make.context(make.case()))
    assert effect.forbidden[0].words() == (
        "No consent on record permits a visit on 2026-11-24; it has to name: date, hours, purpose."
    )


def test_a_consent_to_the_workplace_is_one_for_the_workplace(make, asked) -> None:
    case = make.case(place=Place(address="x", kind=PlaceKind.WORK, location=make.case().place.location))
    mark = make.mark(VisitConsent, **GOOD, places=frozenset({PlaceKind.WORK}))
    context = make.context(case, marks=(mark,))
    assert make.verdict(asked, make.plan(make.stop(at(11))), context) == (True, [])


def test_a_consent_is_withdrawn(make, asked) -> None:
    marks = (make.mark(VisitConsent, **GOOD), make.mark(Withdrawal, "M2", of="M1", since=DAY))
    verdict = make.verdict(asked, make.plan(make.stop(at(11))), make.context(make.case(), marks=marks))
    assert verdict == (False, ["without_consent"])


def test_a_consent_withdrawn_for_its_second_day_never_named_one_day(make, asked) -> None:
    consent = make.mark(VisitConsent, **{**GOOD, "until": around(1)})
    marks = (consent, make.mark(Withdrawal, "M2", of="M1", since=around(1)))
    verdict = make.verdict(asked, make.plan(make.stop(at(11))), make.context(make.case(), marks=marks))
    assert verdict == (False, ["without_consent"])


def test_a_plain_consent_suffices_where_nothing_more_is_asked(make) -> None:
    rule = ConsentAsked(asks=frozenset(), source=make.source)
    context = make.context(make.case(), marks=(make.mark(VisitConsent),))
    assert make.verdict(rule, make.plan(make.stop(at(20))), context) == (True, [])
    nothing = make.context(make.case())
    assert make.verdict(rule, make.plan(make.stop(at(20))), nothing) == (False, ["without_consent"])


BARRING = [
    (Ceased(), CeaseContact, {}, "visit_after_refusal"),
    (Ceased(), VisitRefusal, {}, "visit_after_refusal"),
    (Paused(), Pause, {"reason": PauseKind.HOSPITAL}, "visit_in_pause"),
    (Settled(), Settlement, {}, "visit_after_settlement"),
]


@pytest.mark.parametrize(("rule", "kind", "more", "code"), BARRING)
@pytest.mark.parametrize(
    ("since", "until", "barred"),
    [(-9, -1, False), (-9, 0, True), (0, 0, True), (0, None, True), (1, None, False), (-9, 9, True)],
)
def test_what_bars_a_visit_does_so_from_its_first_to_its_last_day(
    make, rule, kind, more, code, since, until, barred
) -> None:
    mark = make.mark(kind, since=around(since), until=None if until is None else around(until), **more)
    context = make.context(make.case(), marks=(mark,))
    verdict = make.verdict(rule, make.plan(make.stop(at(11))), context)
    assert verdict == (not barred, [code] if barred else [])


def test_the_day_of_a_mark_is_a_local_day(make) -> None:
    """23:30 UTC on the 23rd is the 24th in Shanghai, when the pause has begun."""
    start = datetime(2026, 11, 24, 7, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    mark = make.mark(Pause, since=DAY, until=DAY, reason=PauseKind.FESTIVAL)
    context = make.context(make.case(), marks=(mark,), zone="Asia/Shanghai")
    verdict = make.verdict(Paused(), make.plan(make.stop(start), zone="Asia/Shanghai"), context)
    assert verdict == (False, ["visit_in_pause"])


def test_a_pack_may_name_the_reasons_of_its_pauses(make) -> None:
    rule = Paused(source=make.source, reasons=frozenset({PauseKind.BEREAVEMENT}))
    for reason, permitted in ((PauseKind.BEREAVEMENT, False), (PauseKind.HOSPITAL, True)):
        context = make.context(make.case(), marks=(make.mark(Pause, reason=reason),))
        assert make.verdict(rule, make.plan(make.stop(at(11))), context)[0] is permitted


def test_a_case_that_the_list_settles(make) -> None:
    context = make.context(make.case(settled_on=DAY))
    verdict = make.verdict(Settled(), make.plan(make.stop(at(11))), context)
    assert verdict == (False, ["visit_after_settlement"])
    both = make.context(make.case(settled_on=DAY), marks=(make.mark(Settlement),))
    assert make.verdict(Settled(), make.plan(make.stop(at(11))), both)[1] == ["visit_after_settlement"]


@given(
    kinds=st.lists(
        st.sampled_from([CeaseContact, VisitRefusal, Settlement, Pause, Withdrawal]), max_size=5
    ),
    spans=st.lists(st.tuples(st.integers(-5, 5), st.integers(0, 6)), min_size=5, max_size=5),
    whose=st.lists(st.sampled_from([{"case": "C1"}, {"customer": "K-C1"}, {"case": "C2"}]), min_size=5, max_size=5),
)  # fmt: skip
def test_effects_and_check_agree(make, kinds, spans, whose) -> None:
    marks = []
    for number, (kind, (since, length), who) in enumerate(zip(kinds, spans, whose, strict=False)):
        more = {"reason": PauseKind.OTHER} if kind is Pause else {}
        if kind is Withdrawal:
            more = {"of": f"M{number - 1}"}
            who = whose[number - 1] if number else who
        changes = {**who, **more, "since": around(since), "until": around(since + length)}
        marks.append(make.mark(kind, f"M{number}", **changes))
    context = make.context(make.case(), marks=tuple(marks))
    for rule in (Ceased(), Paused(), Settled()):
        permitted, codes = make.verdict(rule, make.plan(make.stop(at(11))), context)
        assert permitted == (codes == [])


def test_every_kind_of_mark_binds_some_rule() -> None:
    """Every kind is imported by a family: none is written down and then forgotten."""
    from pathlib import Path

    import scheduler.rules

    code = "".join(p.read_text("utf-8") for p in Path(scheduler.rules.__path__[0]).glob("*.py"))
    assert [made.__name__ for made in MARKS.values() if made.__name__ not in code] == []
