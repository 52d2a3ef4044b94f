from __future__ import annotations

import pytest

from scheduler.model.money_text import money_format, money_text
from scheduler.model.plan import Reason, ReasonCode
from scheduler.model.values import Money
from scheduler.publishing.labels import labels
from scheduler.publishing.words import mend, why
from scheduler.selection.words import Ground

FULL = {
    "agent": "A1",
    "other_case": "C9",
    "minutes": 7,
    "money": Money(1250, "EUR"),
    "skills": ("senior",),
    "rule": "house/hours",
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("code", list(ReasonCode))
def test_every_reason_is_a_sentence_with_its_facts(code: ReasonCode, language: str) -> None:
    reason = Reason(code=code, proven=True, **FULL)
    for text in (why(reason, language, {"A1": "Aino"}), mend(reason, language, {"A1": "Aino"})):
        assert text
        assert "{" not in text
        assert "None" not in text
        assert "A1" not in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_time_left_without_figures_is_a_sentence_too(language: str) -> None:
    reason = Reason(code=ReasonCode.NO_TIME_LEFT, proven=False)
    assert "None" not in why(reason, language, {}) + mend(reason, language, {})


def test_what_is_only_likely_is_said_so() -> None:
    assert why(Reason(code=ReasonCode.UNREACHABLE, proven=False), "en", {}).startswith("Likely")
    assert not why(Reason(code=ReasonCode.UNREACHABLE, proven=True), "en", {}).startswith("Likely")


def test_amounts_as_each_language_writes_them() -> None:
    assert money_text(Money(123450, "CNY"), "zh") == "¥1,234.50"
    assert money_text(Money(123450, "EUR"), "en") == "€1,234.50"


def test_a_workbook_shows_money_as_the_pages_do() -> None:
    assert money_format("EUR", "en") == "[$€]#,##0.00"
    assert money_format("CNY", "zh") == "[$¥]#,##0.00"
    assert money_format("JPY", "en") == "[$¥]#,##0"


def test_a_reason_writes_money_as_the_pages_do() -> None:
    facts = {"days": "30", "amount": Money(107885, "EUR")}
    assert Ground("overdue", facts).words("en") == "30 days past due, €1,078.85 overdue."


def test_both_languages_have_the_same_labels() -> None:
    assert labels("en").keys() == labels("zh").keys()
    for name, text in labels("en").items():
        assert text.count("{") == labels("zh")[name].count("{"), name
