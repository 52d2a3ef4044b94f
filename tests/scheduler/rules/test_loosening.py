"""A workspace tightens as it likes; it loosens with a reason, a name and a last day, and the certificate shows it."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scheduler.rules.base import PackError
from scheduler.rules.checker import certify, combined_effects
from scheduler.rules.packs import OWN_PACKS, load_pack, load_packs

HASH = "ab" * 32
SHANGHAI = ZoneInfo("Asia/Shanghai")
LOOSE = """
name = "mine"
version = "1"
jurisdiction = "CN"
title = {en = "Mine", zh = "本行"}

[[loosen]]
pack = "cn-gbt-45251-2025"
rule = "hours"
reason = "The plant's night shift asked for mornings"
by = "Head of compliance"
until = 2026-12-31
figures = {every_day = ["06:00-22:00"]}
"""
TIGHT = """
name = "mine"
version = "1"
jurisdiction = "CN"
title = {en = "Mine", zh = "本行"}

[rules.hours]
every_day = ["10:00-17:00"]
source = "House policy"
status = "own"
"""


@pytest.fixture
def judge(make, tmp_path: Path):
    """`judge(text, hour)` loads mine.toml beside GB/T 45251 and judges a visit at that hour."""

    def judged(text: str, hour: int, day: date = date(2026, 11, 24)):
        (tmp_path / "mine.toml").write_text(text, "utf-8")
        packs = load_packs(["cn-gbt-45251-2025", "mine"], tmp_path)
        case = make.case()
        context = make.context(case, packs=packs, zone="Asia/Shanghai")
        start = datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)
        plan = make.plan(make.stop(start), zone="Asia/Shanghai")
        effect = combined_effects([case], day, context)["C1"]
        certificate = certify(plan, HASH, context)
        assert certificate.clean is any(window.contains(start) for window in effect.windows)
        return certificate

    return judged


@pytest.mark.parametrize(("hour", "clean"), [(9, False), (10, True), (16, True), (18, False)])
def test_a_pack_of_ones_own_tightens(judge, hour: int, clean: bool) -> None:
    certificate = judge(TIGHT, hour)
    assert certificate.clean is clean
    assert certificate.loosened == ()


def test_a_loosening_holds_until_its_last_day_and_is_shown(judge) -> None:
    certificate = judge(LOOSE, 7)
    assert certificate.clean
    assert json.loads(certificate.to_json())["loosened"] == [
        {
            "pack": "cn-gbt-45251-2025",
            "rule": "hours",
            "reason": "The plant's night shift asked for mornings",
            "by": "Head of compliance",
            "until": "2026-12-31",
        }
    ]
    assert judge(LOOSE, 7, date(2026, 12, 31)).clean
    assert [finding.rule for finding in judge(LOOSE, 5).findings] == ["hours"]


def test_an_expired_loosening_loosens_nothing(judge) -> None:
    certificate = judge(LOOSE, 7, date(2027, 1, 1))
    assert [finding.source.cited for finding in certificate.findings] == ["GB/T 45251-2025"]
    assert "loosening_expired" in certificate.notes
    assert certificate.loosened == ()


def test_a_rule_may_be_dropped_for_a_while(judge) -> None:
    dropped = LOOSE.replace('figures = {every_day = ["06:00-22:00"]}', "drop = true")
    assert judge(dropped, 3).clean


def test_loosening_by_widening_ones_own_hours_does_nothing(judge) -> None:
    assert not judge(TIGHT.replace("10:00-17:00", "00:00-24:00"), 7).clean


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('reason = "The plant\'s night shift asked for mornings"\n', "", "reason is missing"),
        ('by = "Head of compliance"\n', 'by = " "\n', "by is missing"),
        ("until = 2026-12-31\n", "", "until is missing"),
        ("until = 2026-12-31", 'until = "2026-12-31"', "until is missing"),
        ('rule = "hours"', 'rule = "hour"', "there is no rule hour"),
        ('pack = "cn-gbt-45251-2025"', 'pack = "doorstep"', "the floor itself stands"),
        ('pack = "cn-gbt-45251-2025"', 'pack = "mine"', "a pack other than this one"),
        ("figures = {every_day", "figures = {everyday", "everyday is not known here"),
        ('figures = {every_day = ["06:00-22:00"]}', "", "either figures"),
        ("until = 2026-12-31", "until = 2026-12-31\ndrop = true", "either figures"),
        ("until =", "unil =", "unil is not known here"),
    ],
)
def test_a_silent_loosening_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in LOOSE
    path = tmp_path / "mine.toml"
    path.write_text(LOOSE.replace(old, new), "utf-8")
    with pytest.raises(PackError, match=rf"mine\.toml.*{says}"):
        load_pack(path)


def test_a_loosening_of_a_rule_that_the_pack_has_not(tmp_path: Path) -> None:
    text = LOOSE.replace('"hours"', '"visit_cap"').replace(
        'every_day = ["06:00-22:00"]', "visits = 9, days = 1"
    )
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    with pytest.raises(PackError, match="cn-gbt-45251-2025 has no rule visit_cap"):
        load_packs(["cn-gbt-45251-2025", "mine"], tmp_path)
    (tmp_path / "mine.toml").write_text(LOOSE.replace("cn-gbt-45251-2025", "cn-gbt"), "utf-8")
    with pytest.raises(PackError, match="there is no pack cn-gbt"):
        load_packs(["house", "mine"], tmp_path)


def test_a_loosening_of_a_pack_not_in_force_is_not_shown(make, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(LOOSE, "utf-8")
    context = make.context(make.case(), packs=load_packs(["house", "mine"], tmp_path))
    assert certify(make.plan(), HASH, context).loosened == ()


def test_doorsteps_own_packs_loosen_nothing() -> None:
    assert all("[[loosen]]" not in path.read_text("utf-8") for path in OWN_PACKS.glob("*.toml"))
