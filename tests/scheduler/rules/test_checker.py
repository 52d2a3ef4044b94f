"""The strictest of all rules before planning, and the certificate after it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.coordinates import LatLon
from scheduler.model.people import Customer
from scheduler.model.values import DailyHours, moment_of, seconds_of_day
from scheduler.model.visit import Contact, ContactKind
from scheduler.rules.checker import certify, combined_effects
from scheduler.rules.packs import load_packs
from scheduler.rules.words import SENTENCES

DAY = date(2026, 11, 24)
SHANGHAI = ZoneInfo("Asia/Shanghai")
HASH = "ab" * 32


@pytest.fixture(scope="module")
def packs():
    return load_packs(["house", "cn-bank-2026"])


def shanghai(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=SHANGHAI)


def test_the_strictest_of_packs_and_wishes_applies(make, packs) -> None:
    cases = (make.case("C1"), make.case("C2", hours=(DailyHours(time(8), time(10)),)))
    met = combined_effects(cases, DAY, make.context(*cases, packs=packs, zone="Asia/Shanghai"))
    assert [(w.start, w.end) for w in met["C1"].windows] == [(shanghai(9), shanghai(19, 40))]
    assert [(w.start, w.end) for w in met["C2"].windows] == [(shanghai(9), shanghai(9, 40))]


def test_the_order_of_packs_does_not_matter(make, packs) -> None:
    case = make.case()
    there = combined_effects([case], DAY, make.context(case, packs=packs))
    back = combined_effects([case], DAY, make.context(case, packs=packs[::-1]))
    assert there["C1"].windows == back["C1"].windows


def test_without_packs_a_visit_still_ends_on_its_day(make) -> None:
    case = make.case(service=timedelta(minutes=30))
    (window,) = combined_effects([case], DAY, make.context(case))["C1"].windows
    assert (f"{window.start:%H:%M}", f"{window.end:%H:%M}") == ("00:00", "23:29")


def test_a_forbidden_case_keeps_every_reason(make, packs) -> None:
    case = make.case(last_visit=DAY - timedelta(days=1))
    effect = combined_effects([case], date(2026, 11, 29), make.context(case, packs=packs))["C1"]
    assert not effect.permitted
    assert [why.rule for why in effect.forbidden] == ["hours", "visit_cap"]


def test_a_clean_certificate(make, packs) -> None:
    case = make.case()
    context = make.context(case, packs=packs, zone="Asia/Shanghai")
    labels = tuple(pack.label for pack in packs)
    plan = make.plan(make.stop(shanghai(12)), zone="Asia/Shanghai", packs=labels, members=("A1", "A2"))
    made = certify(plan, HASH, context, made_at=datetime(2026, 11, 23, tzinfo=UTC))
    assert made.clean
    assert made.notes == ()
    written = json.loads(made.to_json())
    assert written["plan_sha256"] == HASH
    assert written["packs"] == ["house 1", "cn-bank-2026 2026.2"]
    assert [len(hashed) for hashed in written["pack_sha256"].values()] == [64, 64]
    assert [(rule["pack"], rule["rule"], rule["judged"]) for rule in written["rules"]] == [
        ("doorstep", "plan", 1),
        ("house", "hours", 1),
        ("house", "visit_cap", 1),
        ("cn-bank-2026", "hours", 1),
        ("cn-bank-2026", "attendance", 1),
        ("cn-bank-2026", "records", 0),
        ("cn-bank-2026", "records", 0),
        ("cn-bank-2026", "records", 0),
        ("doorstep", "customer_hours", 0),
        ("doorstep", "blocked_hours", 0),
        ("doorstep", "cease", 1),
        ("doorstep", "pause", 1),
        ("doorstep", "settled", 1),
        ("doorstep", "asked_attendance", 1),
        ("doorstep", "refused_place", 1),
        ("doorstep", "vulnerability", 0),
        ("doorstep", "safety", 0),
    ]
    assert [entry["duty"] for entry in written["duties"]] == ["entry_consent", "third_party_silence"]
    assert any("28" in entry["article"] for entry in written["not_judged"])


def test_each_pack_finds_by_its_own_article(make, packs) -> None:
    case = make.case()
    context = make.context(case, packs=packs, zone="Asia/Shanghai")
    for start, found in ((shanghai(20, 30), ["house"]), (shanghai(22, 30), ["house", "cn-bank-2026"])):
        plan = make.plan(make.stop(start), zone="Asia/Shanghai", members=("A1", "A2"))
        made = certify(plan, HASH, context)
        assert not made.clean
        assert [finding.source.pack for finding in made.findings] == found
        assert "other_packs" in made.notes


def test_what_no_rule_could_judge_is_found(make, packs) -> None:
    agents = {"A1": make.agent("A1")}
    context = make.context(make.case(), packs=packs[:1], zone="Asia/Shanghai", agents=agents)
    stop = make.stop(shanghai(12))

    def codes(*stops, zone="Asia/Shanghai", **changes):
        plan = make.plan(*stops, zone=zone, **changes)
        return [finding.code for finding in certify(plan, HASH, context).findings]

    assert codes(stop) == []
    assert codes(make.stop(shanghai(12), case="GHOST")) == ["unknown_case"]
    assert codes(stop, day=date(2026, 11, 25)) == ["other_day"]
    assert codes(stop, zone="Europe/Helsinki") == ["other_zone"]
    assert codes(stop, members=("A9",)) == ["unknown_agent"]
    assert codes(stop, members=())[0] == "unknown_agent"
    assert codes(replace(stop, location=LatLon(60.171, 24.94))) == ["other_place"]


def test_a_visit_over_midnight_is_on_another_day(make) -> None:
    late = datetime(2026, 11, 24, 23, 50, tzinfo=SHANGHAI)
    context = make.context(make.case(), zone="Asia/Shanghai")
    for lasts, codes in ((10, []), (11, ["other_day"])):
        plan = make.plan(make.stop(late, lasts=timedelta(minutes=lasts)), zone="Asia/Shanghai")
        assert [finding.code for finding in certify(plan, HASH, context).findings] == codes


def test_the_certificate_holds_no_name(make, packs) -> None:
    case = make.case(customer=Customer(id="K", name="CANARY", phone="CANARY"), note="CANARY")
    context = make.context(case, packs=packs)
    plan = make.plan(make.stop(datetime(2026, 11, 24, 3, tzinfo=ZoneInfo("Europe/Helsinki"))))
    made = certify(plan, HASH, context)
    assert "CANARY" not in made.to_json()
    assert all("CANARY" not in finding.words(lang) for finding in made.findings for lang in ("en", "zh"))


def test_every_sentence_is_in_both_languages_with_the_same_facts() -> None:
    from string import Formatter

    for code, sentence in SENTENCES.items():
        facts = [
            {name for _, name, _, _ in Formatter().parse(sentence[lang]) if name} for lang in ("en", "zh")
        ]
        assert facts[0] == facts[1], code


@given(
    back=st.lists(st.integers(0, 12), max_size=3),
    service=st.integers(1, 180),
    own=st.booleans(),
    day=st.sampled_from([DAY, date(2026, 11, 28), date(2026, 11, 29), date(2026, 10, 25), date(2026, 3, 29)]),
    where=st.floats(0, 1),
)
def test_what_the_rules_leave_is_certified(make, packs, back, service, own, day, where) -> None:
    hours = (DailyHours(time(8), time(11, 30)), DailyHours(time(17), time(21))) if own else ()
    case = make.case(service=timedelta(minutes=service), hours=hours)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    contacts = tuple(
        Contact(case="C1", kind=ContactKind.VISIT, at=noon - timedelta(days=days), reached=True)
        for days in back
    )
    context = make.context(case, packs=packs, contacts=contacts)
    effect = combined_effects([case], day, context)["C1"]
    for window in effect.windows if effect.permitted else ():
        first = seconds_of_day(window.start, day, context.zone)
        last = seconds_of_day(window.end, day, context.zone)
        start = moment_of(first + int((last - first) * where), day, context.zone)
        assert certify(
            make.plan(make.stop(start, lasts=case.service), members=("A1", "A2")), HASH, context
        ).clean
