"""Why a case is visited or left out, in sentences. English and Chinese; never a name, address or note."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scheduler.model.money_text import money_text
from scheduler.model.values import Money

SENTENCES: dict[str, dict[str, str]] = {
    # left out
    "settled": {"en": "Settled on {date}.", "zh": "已于{date}结清。"},
    "nothing_overdue": {"en": "Nothing is overdue.", "zh": "无逾期金额。"},
    "too_early": {
        "en": "{days} days past due; visits begin at {limit}.",
        "zh": "逾期{days}天，未到上门起始天数（{limit}天）。",
    },
    "too_late": {
        "en": "{days} days past due; visits end at {limit}.",
        "zh": "逾期{days}天，已超过上门截止天数（{limit}天）。",
    },
    "amount_small": {
        "en": "{amount} overdue is below the least amount for a visit, {limit}.",
        "zh": "逾期{amount}，低于上门起点金额{limit}。",
    },
    "cooling_off": {
        "en": "Last visited on {date}; the next visit may be from {until} on.",
        "zh": "上次上门为{date}，{until}起方可再次上门。",
    },
    "promise_pending": {
        "en": "A promise to pay by {date} is pending: leave the customer in peace.",
        "zh": "客户承诺于{date}前还款，尚未到期，暂不打扰。",
    },
    "promise_kept_lately": {
        "en": "A promise for {date} was kept; no visit before {until}.",
        "zh": "客户已履行{date}的还款承诺，{until}前暂不上门。",
    },
    "flagged": {"en": "Flagged {flag}: no visit.", "zh": "客户标记为“{flag}”，不上门。"},
    "other_currency": {
        "en": "The case is in {got}, the settings are in {expected}.",
        "zh": "案件币种为{got}，与设置的{expected}不符。",
    },
    "rule_forbids": {"en": "{why}", "zh": "{why}"},
    "no_permitted_hours": {
        "en": "The rules and the customer's own hours leave no time for a visit.",
        "zh": "允许时段与客户指定时段没有交集，当日无法上门。",
    },
    "not_worth": {
        "en": "Expected to bring no more than it costs, at any hour.",
        "zh": "任何时段的预期收益都不高于成本。",
    },
    "same_customer": {
        "en": "The customer is visited for case {case} on this day.",
        "zh": "当日已因案件{case}拜访该客户。",
    },
    # chosen
    "overdue": {
        "en": "{days} days past due, {amount} overdue.",
        "zh": "逾期{days}天，逾期金额{amount}。",
    },
    "promise_broken": {
        "en": "The promise to pay by {date} was not kept.",
        "zh": "承诺于{date}前还款，未履行。",
    },
    "promise_kept": {
        "en": "A promise for {date} was kept: the customer is willing.",
        "zh": "曾履行{date}的还款承诺，有还款意愿。",
    },
    "failed_contacts": {
        "en": "{count} attempts to reach the customer failed.",
        "zh": "已有{count}次联系未果。",
    },
    "first_visit": {"en": "First visit.", "zh": "首次上门。"},
    "visited_before": {"en": "Last visited on {date}.", "zh": "上次上门为{date}。"},
    "mandatory": {"en": "Ordered by the dispatcher.", "zh": "调度员指定。"},
    "best_hours": {
        "en": "Best hours {hours}: about {chance} % likely to meet the customer.",
        "zh": "较佳时段{hours}：约有{chance}%的机会见到客户。",
    },
}


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason, as a code with the facts that its sentence needs. Facts are never personal."""

    code: str
    facts: Mapping[str, str | Money] = field(default_factory=dict)

    def words(self, language: str = "en") -> str:
        """The sentence; English where a language is not spoken here."""
        spoken = "zh" if language.startswith("zh") else "en"
        said = {
            key: money_text(fact, spoken) if isinstance(fact, Money) else fact
            for key, fact in self.facts.items()
        }
        return SENTENCES[self.code][spoken].format_map(said)
