"""Sentences of the rules, in English and Chinese. Placeholders are facts of the rule, never a person's data."""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: dict[str, dict[str, str]] = {
    "closed_day": {
        "en": "No visit is permitted on {day} ({kind}).",
        "zh": "{day}（{kind}）不得上门。",
    },
    "hours_too_short": {
        "en": "The visit takes {minutes} minutes and does not fit into the permitted hours {hours}.",
        "zh": "上门约需{minutes}分钟，无法安排在允许时段（{hours}）内。",
    },
    "customer_hours_too_short": {
        "en": "The visit takes {minutes} minutes and does not fit into the customer's own hours {hours}.",
        "zh": "上门约需{minutes}分钟，无法安排在客户指定时段（{hours}）内。",
    },
    "cap_reached": {
        "en": "{got} visit(s) within {days} days up to {day}; at most {visits} including this one ({per}).",
        "zh": "截至{day}的{days}天内已上门{got}次；含本次最多{visits}次（按{per}计）。",
    },
    "outside_hours": {
        "en": "The visit at {got} leaves the permitted hours {expected}.",
        "zh": "上门时间{got}超出允许时段（{expected}）。",
    },
    "outside_customer_hours": {
        "en": "The visit at {got} leaves the customer's own hours {expected}.",
        "zh": "上门时间{got}超出客户指定时段（{expected}）。",
    },
    "over_cap": {
        "en": "{got}, this one included; permitted: {expected}.",
        "zh": "含本次共{got}；允许：{expected}。",
    },
    "unknown_case": {
        "en": "The case of this stop is not known, so no rule can judge it.",
        "zh": "该站点的案件未知，无法按规则核查。",
    },
    "other_zone": {
        "en": "The plan's time zone is {got}; the rules are judged in {expected}.",
        "zh": "计划的时区为{got}，而规则按{expected}核查。",
    },
    "other_day": {
        "en": "The stop is on {got}, the plan is of {expected}.",
        "zh": "该站点日期为{got}，计划日期为{expected}。",
    },
    "no_holiday_calendar": {
        "en": "No public holiday of the year is known, so holidays were judged as ordinary days.",
        "zh": "未提供该年度法定节假日，节假日按普通日期核查。",
    },
    "other_packs": {
        "en": "The plan was made under other packs than it was judged by.",
        "zh": "制定计划时采用的规则包与核查时不同。",
    },
}
_TERMS: dict[str, dict[str, str]] = {
    "zh": {
        "customer": "客户",
        "case": "案件",
        "monday": "周一",
        "tuesday": "周二",
        "wednesday": "周三",
        "thursday": "周四",
        "friday": "周五",
        "saturday": "周六",
        "sunday": "周日",
        "holiday": "法定节假日",
    },
    "en": {
        "customer": "per customer",
        "case": "per case",
        "monday": "Monday",
        "tuesday": "Tuesday",
        "wednesday": "Wednesday",
        "thursday": "Thursday",
        "friday": "Friday",
        "saturday": "Saturday",
        "sunday": "Sunday",
        "holiday": "public holiday",
    },
}


def say(code: str, language: str, facts: Mapping[str, str]) -> str:
    """The sentence of `code` with its facts; English where a language is not spoken here."""
    spoken = "zh" if language.startswith("zh") else "en"
    terms = _TERMS[spoken]
    return SENTENCES[code][spoken].format_map({key: terms.get(value, value) for key, value in facts.items()})
