"""Packs: Doorstep's own are whole, a user's stand beside them, and mistakes are named by table and key."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest

from scheduler.model.values import DailyHours
from scheduler.rules.attendance import Attendance
from scheduler.rules.base import PackError, SourceStatus
from scheduler.rules.caps import VisitCap
from scheduler.rules.consent import ConsentAsked
from scheduler.rules.hours import PermittedHours
from scheduler.rules.packs import available, load_pack, load_packs
from scheduler.rules.records import kept_years
from scheduler.rules.vulnerability import Vulnerable

GOOD = """
name = "mine"
version = "1"
jurisdiction = "XX"
title = {en = "Mine", zh = "本行"}
holidays = [2026-12-25]

[rules.hours]
every_day = ["10:00-12:00", "14:00-24:00"]
sunday = []
source = "House policy"
status = "own"

[rules.visit_cap]
visits = 2
days = 30
per = "case"
source = "Some act"
article = "s. 1"
date_read = 2026-11-23
status = "secondary"
"""


@pytest.fixture
def write(tmp_path: Path):
    """`write(text)` writes mine.toml and returns its path."""

    def writer(text: str) -> Path:
        path = tmp_path / "mine.toml"
        path.write_text(text, "utf-8")
        return path

    return writer


NAMES = [
    "au-rg96",
    "cn-bank-2026",
    "cn-gbt-45251-2025",
    "house",
    "id-pojk-22",
    "ie-cca-1995",
    "in-rbi",
    "kr",
    "ru-230fz",
    "tw",
    "uk-conc-7",
    "us-regulation-f",
]


def test_doorsteps_own_packs_load_and_cite() -> None:
    assert list(available()) == NAMES
    for pack in load_packs(NAMES):
        assert pack.rules
        assert not pack.loosened
        assert len(pack.sha256) == 64
        assert bool(pack.calendar) == (pack.name != "house")
        for rule in pack.rules:
            assert rule.source.pack == pack.name
            assert rule.source.status is SourceStatus.OWN or rule.source.date_read is not None


# Opening, closing, and whether Sundays and holidays are open: the table of the regimes.
@pytest.mark.parametrize(
    ("name", "opens", "closes", "sunday", "holiday"),
    [
        ("cn-bank-2026", 8, 22, True, True),
        ("cn-gbt-45251-2025", 8, 22, True, True),
        ("us-regulation-f", 8, 21, True, True),
        ("in-rbi", 8, 19, True, True),
        ("ie-cca-1995", 9, 21, False, False),
        ("au-rg96", 9, 21, True, False),
        ("kr", 8, 21, True, True),
        ("ru-230fz", 8, 22, True, True),
        ("id-pojk-22", 8, 20, False, False),
        ("tw", 7, 22, True, True),
        ("house", 9, 20, False, False),
    ],
)
def test_the_hours_of_doorsteps_own_packs(name, opens, closes, sunday, holiday) -> None:
    (pack,) = load_packs([name])
    (hours,) = [rule for rule in pack.rules if isinstance(rule, PermittedHours)]
    assert hours.week[:5] == ((DailyHours(time(opens), time(closes)),),) * 5
    assert (bool(hours.week[6]), bool(hours.week[7])) == (sunday, holiday)


def test_weekends_in_russia() -> None:
    (pack,) = load_packs(["ru-230fz"])
    hours = pack.rules[0]
    assert isinstance(hours, PermittedHours)
    assert hours.week[5:] == ((DailyHours(time(9), time(20)),),) * 3


def test_the_other_figures_of_doorsteps_own_packs() -> None:
    found = {(pack.name, rule.id): rule for pack in load_packs(NAMES) for rule in pack.rules}
    caps = {name: rule for (name, _), rule in found.items() if isinstance(rule, VisitCap)}
    assert {name: (cap.visits, cap.days, cap.per, len(cap.counts)) for name, cap in caps.items()} == {
        "house": (1, 7, "customer", 1),
        "ie-cca-1995": (3, 31, "customer", 3),
        "kr": (7, 7, "case", 3),
        "ru-230fz": (1, 7, "customer", 1),
    }
    crews = found["cn-bank-2026", "attendance"]
    assert isinstance(crews, Attendance)
    assert (crews.people, crews.source.article) == (2, "第二十二条 / art. 22")
    certified = found["in-rbi", "attendance"]
    assert isinstance(certified, Attendance)
    assert certified.each == {"certified"}
    uk = found["uk-conc-7", "vulnerability"]
    assert isinstance(uk, Vulnerable)
    assert (uk.visit, uk.source.article) == ("never", "CONC 7.9.14R")
    asked = found["ie-cca-1995", "visit_consent"]
    assert isinstance(asked, ConsentAsked)
    assert asked.asks == {"purpose", "date", "hours"}


def test_records_are_kept_as_long_as_the_longest_pack_asks() -> None:
    years = kept_years(load_packs(["us-regulation-f", "cn-bank-2026"]))
    assert {kind: entry[0] for kind, entry in years.items()} == {
        "contacts": 5,
        "outcomes": 5,
        "recordings": 5,
    }
    assert kept_years(load_packs(["us-regulation-f"]))["contacts"][0] == 3
    assert kept_years(load_packs(["house"])) == {}


def test_a_pack_of_ones_own(write, tmp_path: Path) -> None:
    write(GOOD)
    (pack,) = load_packs(["mine"], tmp_path)
    hours, cap = pack.rules
    assert isinstance(hours, PermittedHours)
    assert hours.week[6] == ()
    assert hours.week[7] == hours.week[0] == (DailyHours(time(10), time(12)), DailyHours(time(14), time.max))
    assert (pack.label, pack.holidays) == ("mine 1", frozenset({date(2026, 12, 25)}))
    assert cap.source.cited == "Some act, s. 1"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('name = "mine"', 'name = "yours"', "name:"),
        ('version = "1"', "version = 1", "version is missing"),
        ("[rules.visit_cap]", "[rules.visitcap]", r"\[rules.visitcap\]: there is no such rule"),
        ("visits = 2", "visits = 0", r"\[rules.visit_cap\]: visits is a whole number from 1"),
        ("visits = 2", "visits = true", "visits is a whole number"),
        ("days = 30\n", "", "days is a whole number"),
        ('per = "case"', 'per = "loan"', "per is customer or case"),
        ('source = "Some act"\n', "", "source is missing"),
        ("date_read = 2026-11-23\n", "", "date_read is missing"),
        ("date_read = 2026-11-23", 'date_read = "2026-11-23"', "date_read is a date"),
        ('status = "secondary"', 'status = "rumour"', "status is official, secondary or own"),
        ("10:00-12:00", "12:00-10:00", "ends before it starts"),
        ("10:00-12:00", "10-12", "hours are written as"),
        ("10:00-12:00", "10:00-14:30", "two spans overlap"),
        ("10:00-12:00", "25:00-26:00", "hours are written as"),
        ("every_day =", "everyday =", "everyday is not known here"),
        ('every_day = ["10:00-12:00", "14:00-24:00"]\n', "", "monday has no hours"),
        ('every_day = ["10:00-12:00", "14:00-24:00"]', "every_day = []", "no day has any hours"),
        ('zh = "本行"', 'fi = "Oma"', "both languages"),
        ("holidays = [2026-12-25]", 'holidays = ["Christmas"]', "dates such as"),
        ("jurisdiction", "judge", "judge is not known here"),
        ("[rules.hours]", "[rules.hours", "cannot be read"),
        ("holidays = [2026-12-25]", 'calendar = "Atlantis"', "there is none named Atlantis"),
        ("sunday = []", "sunday = []\nconsent_widens = 1", "consent_widens is true or false"),
        ("days = 30", 'days = 30\ncounts = ["call"]', "counts has visit in it"),
        ("days = 30", 'days = 30\ncounts = ["letter"]', "letter is not known"),
        ("days = 30", "days = 30\ncounts = []", "counts is empty"),
    ],
)
def test_mistakes_are_named(write, old: str, new: str, says: str) -> None:
    assert old in GOOD
    with pytest.raises(PackError, match=rf"mine\.toml.*{says}"):
        load_pack(write(GOOD.replace(old, new)))


CITED = 'source = "House policy"\nstatus = "own"\n'


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('[rules.visit_consent]\nasks = ["colour"]', "asks: colour is not known"),
        ('[rules.pause]\nreasons = ["rain"]', "reasons: rain is not known"),
        ("[rules.attendance]\npeople = 0", "people is a whole number from 1"),
        ('[rules.attendance]\neach = "certified"', "each is a list of codes"),
        ('[rules.attendance]\neach = ["a", "a"]', "each: the same twice"),
        ('[rules.place]\norder = ["home"]', "order has two kinds or more"),
        ('[rules.place]\npermitted = ["garden"]', "garden is not known"),
        ('[rules.place]\nwork_hours = ["09:00-17:00"]', "work_hours and work_days stand together"),
        ('[rules.vulnerability]\nvisit = "sometimes"', "visit is never or approved"),
        ('[rules.safety]\nwants = "three"', "wants is two or daylight"),
        ('[rules.records]\nduties = ["smile"]', "duties: smile is not known"),
        ("[rules.records]\nkeep_years = {thoughts = 3}", "thoughts is not known here"),
        ("[rules.records]\nkeep_years = {contacts = 0}", "contacts is a whole number from 1"),
        ("[rules.records]\nnotice_hours = -1", "notice_hours is a whole number from 0"),
        ("[rules.cease]\nvisits = 1", "visits is not known here"),
        ("[[rules.pause]]\nreasons = []", "reasons is empty"),
    ],
)
def test_mistakes_in_each_family_are_named(write, table: str, says: str) -> None:
    with pytest.raises(PackError, match=rf"mine\.toml.*{says}"):
        load_pack(write(f"{GOOD}\n{table}\n{CITED}"))


def test_a_family_may_stand_more_than_once(write) -> None:
    again = (
        f'[[rules.pause]]\nreasons = ["hospital"]\n{CITED}[[rules.pause]]\nreasons = ["disaster"]\n{CITED}'
    )
    assert [rule.id for rule in load_pack(write(f"{GOOD}\n{again}")).rules] == [
        "hours",
        "visit_cap",
        "pause",
        "pause",
    ]


def test_hours_that_contradict_each_other(write, tmp_path: Path) -> None:
    early = GOOD.replace('"10:00-12:00", "14:00-24:00"', '"06:00-09:00"')
    write(early)
    assert load_packs(["mine", "cn-bank-2026"], tmp_path)
    with pytest.raises(PackError, match=r"contradict each other.*house, mine"):
        load_packs(["mine", "house"], tmp_path)


def test_a_near_miss_is_suggested(write) -> None:
    with pytest.raises(PackError) as caught:
        load_pack(write(GOOD.replace("[rules.hours]", "[rules.hour]")))
    assert caught.value.mend == "Did you mean hours?"


def test_names_that_do_not_exist_or_are_taken(write, tmp_path: Path) -> None:
    with pytest.raises(PackError, match="no rule pack named hose") as caught:
        load_packs(["hose"])
    assert caught.value.mend == "Did you mean house?"
    with pytest.raises(PackError, match="twice"):
        load_packs(["house", "house"])
    write(GOOD).rename(tmp_path / "house.toml")
    with pytest.raises(PackError, match="one of Doorstep's own packs"):
        load_packs(["house"], tmp_path)
    with pytest.raises(PackError, match="does not exist"):
        load_packs(["house"], tmp_path / "nowhere")
