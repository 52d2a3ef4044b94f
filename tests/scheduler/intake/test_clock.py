from __future__ import annotations

from datetime import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.intake import clock
from scheduler.intake.parsing import BadCell
from scheduler.model.values import DailyHours

TEXT = st.one_of(st.text(max_size=30), st.text("0123456789:.-~ 至到点时分ampmh上下午;,小时", max_size=20))


@pytest.mark.parametrize("parse", [clock.hours, clock.spans, lambda text: clock.minutes(text, 1, 480)])
@given(text=TEXT)
def test_nothing_but_a_bad_cell_comes_out_of_a_parser(parse, text: str) -> None:
    try:
        parse(text)
    except BadCell:
        return


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("09:00-17:30", time(9), time(17, 30)), ("9-17", time(9), time(17)), ("9:00至17:30", time(9), time(17, 30)),
        ("９：００～１７：３０", time(9), time(17, 30)),
        ("0900-1730", time(9), time(17, 30)), ("09.00–17.30", time(9), time(17, 30)),
        ("09:00:00-17:30:00", time(9), time(17, 30)),
        ("9am-5pm", time(9), time(17)), ("9:00 AM to 5:30 PM", time(9), time(17, 30)),
        ("2-6pm", time(14), time(18)), ("下午2点到6点", time(14), time(18)), ("上午9点30分-12点", time(9, 30), time(12)),
        ("12am-12pm", time(0), time(12)), ("00:00-24:00", time(0), time.max), ("晚上6:30-8:30", time(18, 30), time(20, 30)),
    ],
)  # fmt: skip
def test_hours(text: str, start: time, end: time) -> None:
    assert clock.hours(text) == DailyHours(start, end)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("25:00-26:00", "no_such_hour"), ("09:60-17:00", "no_such_hour"), ("24:01-24:30", "no_such_hour"),
        ("17:00-09:00", "hours_backwards"), ("09:00-09:00", "hours_backwards"), ("22:00-06:00", "hours_backwards"),
        ("9", "bad_hours"), ("9-12-17", "bad_hours"), ("morning", "bad_hours"), ("周末 9-17", "bad_hours"), ("-", "bad_hours"),
    ],
)  # fmt: skip
def test_what_are_no_hours(text: str, code: str) -> None:
    with pytest.raises(BadCell) as caught:
        clock.hours(text)
    assert caught.value.code == code


@given(
    minutes=st.lists(st.integers(0, 24 * 60), min_size=2, max_size=2, unique=True),
    sign=st.sampled_from(["-", "–", "~", "至", " to "]),
)
def test_hours_written_out_come_back(minutes: list[int], sign: str) -> None:
    start, end = sorted(minutes)
    found = clock.hours(f"{start // 60:02d}:{start % 60:02d}{sign}{end // 60:02d}:{end % 60:02d}")
    assert (found.start.hour * 60 + found.start.minute) == start
    assert found.end == (time.max if end == 24 * 60 else time(end // 60, end % 60))


def test_spans_are_ordered_and_merged() -> None:
    assert clock.spans("14:00-18:00;09:00-12:00") == (
        DailyHours(time(9), time(12)),
        DailyHours(time(14), time(18)),
    )
    assert clock.spans("9-12，11-13；13-14") == (DailyHours(time(9), time(14)),)
    assert clock.spans("全天") == clock.spans("any time") == ()
    for text in (";", "9-12;x", "none"):
        with pytest.raises(BadCell):
            clock.spans(text)


@given(
    st.lists(
        st.tuples(st.integers(0, 22), st.integers(1, 24)).filter(lambda pair: pair[0] < pair[1]),
        min_size=1,
        max_size=6,
    )
)
def test_merged_spans_cover_the_same_hours(pairs: list[tuple[int, int]]) -> None:
    found = clock.spans(";".join(f"{start}:00-{end}:00" for start, end in pairs))
    assert all(left.end < right.start for left, right in pairwise(found))
    for hour in range(24):
        middle = time(hour, 30)
        assert any(a <= hour < b for a, b in pairs) == any(span.start <= middle < span.end for span in found)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("90", 90), ("90 min", 90), ("45分钟", 45), ("1h30", 90), ("1h30m", 90), ("1.5h", 90), ("1 h", 60), ("1:30", 90),
     ("0:45:00", 45), ("2小时", 120), ("2小时30分钟", 150), ("20.0", 20)],
)  # fmt: skip
def test_lengths_of_time(text: str, minutes: int) -> None:
    assert clock.minutes(text, 1, 480) == minutes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("long", "bad_duration"),
        ("-5", "bad_duration"),
        ("0", "number_out_of_range"),
        ("9h", "number_out_of_range"),
    ],
)
def test_what_is_no_length_of_time(text: str, code: str) -> None:
    with pytest.raises(BadCell) as caught:
        clock.minutes(text, 1, 480)
    assert caught.value.code == code
