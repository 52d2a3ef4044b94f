from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from scheduler.model.findings import Severity
from scheduler.model.people import PlaceKind, Promise, PromiseState
from scheduler.model.values import DailyHours, Money


def codes(read) -> list[str]:
    return [found.code for found in read.findings]


def test_a_good_row_is_a_case(cases) -> None:
    read = cases({})
    (case,) = read.cases
    assert (case.id, case.overdue, case.balance, case.days_past_due) == (
        "C1",
        Money(40_050, "EUR"),
        Money(250_000, "EUR"),
        45,
    )
    assert (case.customer.id, case.customer.language, case.place.kind) == ("C1", "en", PlaceKind.HOME)
    assert (read.findings, read.rows_read, read.present) == ((), 1, frozenset({"C1"}))


def test_everything_a_row_can_say(cases) -> None:
    (case,) = cases(
        {
            "customer_id": "K1", "language": "中文", "flags": "困难;my-own", "place_kind": "单位", "product": "信用卡",
            "currency": "eur", "settled_on": "2026-11-01", "last_visit": "1.10.2026", "promise_due": "20.11.2026",
            "promise_amount": "100", "failed_contacts": "3", "hours": "17-20", "service_minutes": "0:30", "skills": "zh, senior",
            "people": "2", "excluded_agents": "A1 A2", "agency": "X", "mandatory": "是", "note": "two\nlines",
        }
    ).cases  # fmt: skip
    assert (case.customer.id, case.customer.language) == ("K1", "zh")
    assert case.customer.flags == {"hardship", "my-own"}
    assert (case.place.kind, case.product) == (PlaceKind.WORK, "credit_card")
    assert (case.settled_on, case.last_visit) == (date(2026, 11, 1), date(2026, 10, 1))
    assert case.promise == Promise(
        due=date(2026, 11, 20), state=PromiseState.BROKEN, amount=Money(10_000, "EUR")
    )
    assert (case.failed_contacts, case.hours) == (3, (DailyHours(time(17), time(20)),))
    assert (case.service, case.required_skills, case.people) == (timedelta(minutes=30), {"zh", "senior"}, 2)
    assert (case.excluded_agents, case.agency, case.mandatory) == ({"A1", "A2"}, "X", True)
    assert case.note == "two\nlines"


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("id", "", "missing_id"), ("id", "a b", "bad_id"),
        ("id", "1.2E+17", "rounded_id"), ("overdue", "", "missing_amount"),
        ("overdue", "NaN", "missing_amount"), ("overdue", "-5", "negative_amount"), ("overdue", "lots", "bad_amount"),
        ("overdue", "=B2", "formula"), ("overdue", "#N/A", "spreadsheet_error"), ("overdue", "¥5", "other_currency"),
        ("currency", "CNY", "other_currency"), ("days_past_due", "", "missing_days"),
        ("days_past_due", "-1", "number_out_of_range"),
        ("days_past_due", "soon", "bad_number"), ("address", "", "empty_address"), ("address", "=A1", "formula"),
        ("hours", "17-9", "hours_backwards"), ("hours", "25:00-26:00", "no_such_hour"),
        ("hours", "evenings", "bad_hours"),
        ("people", "many", "bad_number"), ("settled_on", "yes", "bad_date"), ("last_visit", "31.02.2026", "no_such_day"),
        ("last_visit", "2026-11-25", "future_date"), ("settled_on", "2027-01-01", "future_date"),
        ("promise_due", "soon", "bad_date"),
        ("last_visit", "#REF!", "spreadsheet_error"),
    ],
)  # fmt: skip
def test_nobody_is_sent_on_a_guess(cases, column, cell, code) -> None:
    read = cases({}, {column: cell}, {})
    assert [case.id for case in read.cases] == ["C1", "C3"]
    grave = [found for found in read.findings if found.severity is Severity.ERROR]
    assert code in [found.code for found in grave]
    assert all(found.row == 3 and found.file == "table.csv" for found in grave)


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("balance", "?", "bad_amount"), ("balance", "100", "balance_below_overdue"),
        ("failed_contacts", "x", "bad_number"),
        ("service_minutes", "0", "number_out_of_range"), ("service_minutes", "long", "bad_duration"),
        ("mandatory", "?", "bad_yes_no"),
        ("place_kind", "boat", "bad_place_kind"), ("agency", "a b", "bad_code"), ("flags", "my-own", "unknown_flag"),
        ("promise_state", "kept", "promise_without_date"), ("note", "=1+1", "formula"), ("phone", "=1+1", "formula"),
        ("customer_name", "a\x00b", "control_characters"), ("customer_name", "a\u202eb", "control_characters"),
        ("note", "x" * 10_001, "cell_too_long"), ("note", "\ufffd", "undecodable"),
    ],
)  # fmt: skip
def test_what_only_sharpens_the_plan_falls_back(cases, column, cell, code) -> None:
    read = cases({column: cell})
    assert len(read.cases) == 1
    assert code in codes(read)
    assert all(found.severity is not Severity.ERROR for found in read.findings)


def test_free_text_is_kept_and_a_formula_elsewhere_is_not(cases) -> None:
    case = cases({"note": "=1+1", "customer_name": "=A1", "phone": "=A1"}).cases[0]
    assert (case.note, case.customer.name, case.customer.phone) == ("=1+1", "=A1", "")
    assert cases({"note": "=> call first"}).findings == ()


def test_long_text_is_cut_and_control_characters_go(cases) -> None:
    assert len(cases({"note": "x" * 1_000_000}).cases[0].note) == 10_000
    assert cases({"customer_name": "Ma\x00ija\u202e\u200b X"}).cases[0].customer.name == "Ma ija X"


def test_a_promise_without_a_state_is_judged_by_its_date(cases) -> None:
    read = cases(
        {"promise_due": "2026-11-24"},
        {"promise_due": "2026-11-23"},
        {"promise_due": "2026-11-23", "promise_state": "?"},
    )
    assert [case.promise.state for case in read.cases] == [
        PromiseState.PENDING,
        PromiseState.BROKEN,
        PromiseState.BROKEN,
    ]
    assert codes(read) == ["bad_promise_state"]


def test_days_follow_from_the_first_overdue_date(cases) -> None:
    read = cases(
        {"days_past_due": "", "overdue_since": "2026-10-25"},
        {"days_past_due": "", "overdue_since": "2026-12-01"},
    )
    assert [case.days_past_due for case in read.cases] == [30]
    assert codes(read) == ["future_date"]


def test_the_workplace_only_where_there_is_no_home(cases) -> None:
    read = cases(
        {"work_address": "Aleksanterinkatu 1"}, {"address": "", "work_address": "Aleksanterinkatu 1"}
    )
    assert [(case.place.address, case.place.kind) for case in read.cases] == [
        ("Mannerheimintie 1", PlaceKind.HOME),
        ("Aleksanterinkatu 1", PlaceKind.WORK),
    ]
    assert codes(read) == ["work_address_used"]


def test_agents_must_be_known_where_agents_are(cases) -> None:
    assert codes(cases({"excluded_agents": "A9"})) == []
    read = cases({"excluded_agents": "A9"}, {"excluded_agents": "A1"}, known_agents=frozenset({"A1"}))
    assert codes(read) == ["unknown_agent"]
    assert read.cases[0].excluded_agents == {"A9"}


def test_blank_marks_are_blank(cases) -> None:
    read = cases(
        {"last_visit": "-", "settled_on": "9999-12-31", "promise_due": "无", "hours": "全天", "agency": "-"}
    )
    assert read.findings == ()
    assert (read.cases[0].last_visit, read.cases[0].settled_on, read.cases[0].hours) == (None, None, ())
