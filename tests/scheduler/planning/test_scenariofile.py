from __future__ import annotations

from datetime import time, timedelta

import pytest

from scheduler.model.findings import DoorstepError
from scheduler.model.values import DailyHours
from scheduler.planning.scenariofile import read_scenario


def write(tmp_path, text: str):
    path = tmp_path / "more-agents.toml"
    path.write_text(text, "utf-8")
    return path


def test_an_empty_file_is_the_base_under_the_files_name(tmp_path) -> None:
    scenario = read_scenario(write(tmp_path, ""))
    assert scenario.name == "more-agents"
    assert scenario.speed_factor == 1.0


def test_every_kind_of_change_is_read(tmp_path) -> None:
    scenario = read_scenario(
        write(
            tmp_path,
            'copies_of = ["A1"]\nagents_away = ["A2"]\nshift = "12:00-20:00"\novertime = 30\nspeed_factor = 0.8\n'
            'products = ["credit_card"]\nmin_days_past_due = 30\nworth_factor = 2',
        )
    )
    assert scenario.copies_of == ("A1",)
    assert scenario.agents_away == ("A2",)
    assert scenario.shift == DailyHours(time(12), time(20))
    assert scenario.overtime == timedelta(minutes=30)
    assert (scenario.speed_factor, scenario.worth_factor, scenario.min_days_past_due) == (0.8, 2, 30)


@pytest.mark.parametrize(
    "text",
    [
        "shfit = '12:00-20:00'",
        "shift = '20:00-12:00'",
        "shift = '25:00-26:00'",
        "shift = 5",
        "overtime = -1",
        "overtime = true",
        "speed_factor = 0",
        "speed_factor = 'fast'",
        "copies_of = 'A1'",
        "agents_away = [1]",
        "name = 'a b'",
        "min_days_past_due = '30'",
        "not toml",
    ],
)
def test_a_bad_change_is_refused_with_the_files_name(tmp_path, text: str) -> None:
    with pytest.raises(DoorstepError, match=r"more-agents\.toml"):
        read_scenario(write(tmp_path, text))


def test_a_missing_file_is_named(tmp_path) -> None:
    with pytest.raises(DoorstepError, match=r"late\.toml"):
        read_scenario(tmp_path / "late.toml")
