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
    "all_hours_blocked": {
        "en": "The hours that the customer blocked ({hours}) leave no time for a visit.",
        "zh": "客户设定的禁访时段（{hours}）之外已无可上门的时间。",
    },
    "inside_blocked_hours": {
        "en": "The visit at {got} touches hours that the customer blocked ({expected}).",
        "zh": "上门时间{got}落入客户设定的禁访时段（{expected}）。",
    },
    "cap_reached": {
        "en": "{got} contact(s) within {days} days up to {day}; at most {visits} including this one ({per}).",
        "zh": "截至{day}的{days}天内已联系{got}次；含本次最多{visits}次（按{per}计）。",
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
    "visited_too_often": {
        "en": "Visit {got} of this case in days planned as one; asked for: {expected} at most.",
        "zh": "合并规划的各日内此案第 {got} 次上门；要求至多 {expected} 次。",
    },
    "visited_too_soon": {
        "en": "Visited again after {got} days; asked for: {expected} at least.",
        "zh": "距上次上门仅 {got} 天；要求至少 {expected} 天。",
    },
    "customer_visited_twice": {
        "en": "The customer is visited for case {got} on another of these days.",
        "zh": "该客户在其中另一日因案件 {got} 已有上门。",
    },
    "no_consent": {
        "en": "No consent on record permits a visit on {day}; it has to name: {asks}.",
        "zh": "{day}没有允许上门的同意记录；同意须写明：{asks}。",
    },
    "without_consent": {
        "en": "The visit at {got} has no consent on record that names: {expected}.",
        "zh": "上门时间{got}没有写明{expected}的同意记录。",
    },
    "contact_ceased": {
        "en": "The customer told us to stop contacting them.",
        "zh": "客户已要求停止联系。",
    },
    "visits_refused": {
        "en": "The customer refuses visits.",
        "zh": "客户拒绝上门。",
    },
    "visit_after_refusal": {
        "en": "On {got} a refusal of visits, or of all contact, stands.",
        "zh": "{got}客户拒绝上门或拒绝联系的要求仍然有效。",
    },
    "paused": {
        "en": "Visits to this customer rest on {day}.",
        "zh": "{day}处于暂停上门期间。",
    },
    "visit_in_pause": {
        "en": "On {got} visits to this customer rest.",
        "zh": "{got}处于暂停上门期间。",
    },
    "case_settled": {
        "en": "The case is settled.",
        "zh": "案件已结清。",
    },
    "visit_after_settlement": {
        "en": "The case is settled; nothing is left to visit for on {got}.",
        "zh": "案件已结清，{got}无需上门。",
    },
    "too_few_people": {
        "en": "{got} attend(s); at least {expected} must.",
        "zh": "上门人数为{got}人；至少应为{expected}人。",
    },
    "agent_lacks": {
        "en": "Agent {got} lacks: {expected}.",
        "zh": "外访人员{got}缺少：{expected}。",
    },
    "nobody_has": {
        "en": "Nobody who attends ({got}) has: {expected}.",
        "zh": "到场人员（{got}）均不具备：{expected}。",
    },
    "agent_barred": {
        "en": "Agent {got} must not be sent to this customer.",
        "zh": "外访人员{got}不得派往该客户处。",
    },
    "other_agency": {
        "en": "Agent {got} is not of the agency that works the case ({expected}).",
        "zh": "外访人员{got}不属于受托机构（{expected}）。",
    },
    "place_not_permitted": {
        "en": "A visit at this kind of place ({place}) needs a consent that names it.",
        "zh": "在此类地点（{place}）上门须有写明该地点的同意。",
    },
    "place_out_of_order": {
        "en": "A visit at this kind of place ({place}) comes after one at: {first}.",
        "zh": "须先在{first}上门，之后方可在{place}上门。",
    },
    "workplace_closed": {
        "en": "The hours at a workplace on {day} leave no time for the visit.",
        "zh": "{day}在工作单位允许的时段不足以安排上门。",
    },
    "barred_place": {
        "en": "The visit is at: {got}; permitted without a consent that names it: {expected}.",
        "zh": "上门地点为{got}；无相应同意时仅允许：{expected}。",
    },
    "place_too_early": {
        "en": "The visit is at: {got}, but no visit at {expected} is on record.",
        "zh": "上门地点为{got}，但没有先在{expected}上门的记录。",
    },
    "outside_work_hours": {
        "en": "The visit at {got} leaves the hours at a workplace ({expected}; 1 is Monday).",
        "zh": "上门时间{got}超出工作单位允许的时段（{expected}；1为周一）。",
    },
    "place_refused": {
        "en": "The customer refuses visits at: {place}.",
        "zh": "客户拒绝在{place}接受上门。",
    },
    "visit_at_refused_place": {
        "en": "The visit is at a place that the customer refused: {got}.",
        "zh": "上门地点（{got}）已被客户拒绝。",
    },
    "vulnerable_never": {
        "en": "The customer is, or may be, vulnerable: no visit.",
        "zh": "客户属于或疑似弱势群体，不得上门。",
    },
    "vulnerable_not_approved": {
        "en": "The customer is, or may be, vulnerable, and no approval is on record.",
        "zh": "客户属于或疑似弱势群体，且没有审批记录。",
    },
    "visit_to_vulnerable": {
        "en": "A vulnerable customer must not be visited.",
        "zh": "不得对弱势客户上门。",
    },
    "visit_without_approval": {
        "en": "The visit to a vulnerable customer was not approved.",
        "zh": "对弱势客户的上门未经审批。",
    },
    "no_daylight": {
        "en": "A risk is known, and on {day} there is no daylight for the visit.",
        "zh": "存在安全风险，而{day}没有可供上门的白昼时间。",
    },
    "unsafe_visit": {
        "en": "A risk is known; wanted: {expected}; planned (people, time): {got}.",
        "zh": "存在安全风险；要求：{expected}；计划（人数、时间）：{got}。",
    },
    "end_unknown": {
        "en": "A risk is known, but the route is said to end at {got}, before the visit at {expected} does.",
        "zh": "存在安全风险，但路线结束时间{got}早于上门时间{expected}。",
    },
    "no_time_for_notice": {
        "en": "The day leaves no time to tell the customer {hours} hours before.",
        "zh": "当日已来不及提前{hours}小时告知客户。",
    },
    "no_notice": {
        "en": "The visit at {got} leaves no time for notice (not before {expected}).",
        "zh": "上门时间{got}来不及事先告知（不得早于{expected}）。",
    },
    "unknown_agent": {
        "en": "Agent {got} is not known, so no rule can judge who attends.",
        "zh": "外访人员{got}未知，无法核查到场人员。",
    },
    "agent_twice": {
        "en": "Agent {got} is on two routes at once.",
        "zh": "外访人员{got}同时出现在两条路线上。",
    },
    "meets_nobody": {
        "en": "Team {expected} is to join here and has no visit to this case at this time.",
        "zh": "应在此会合的{expected}在该时间没有此案的上门安排。",
    },
    "stops_overlap": {
        "en": "The visit at {got} begins before the one before it ({expected}) ends.",
        "zh": "{got}的上门在前一站点（{expected}）结束之前开始。",
    },
    "other_place": {
        "en": "The stop is not where the case's address is.",
        "zh": "该站点的位置与案件地址不符。",
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
    "loosening_expired": {
        "en": "A loosening has expired; the pack's own figures applied.",
        "zh": "放宽规定已过期，按规则包原有规定核查。",
    },
    "other_packs": {
        "en": "The plan was made under other packs than it was judged by.",
        "zh": "制定计划时采用的规则包与核查时不同。",
    },
}
NOTES = ("no_holiday_calendar", "other_packs", "loosening_expired")
"""Codes of what a certificate could not judge, or judged otherwise than the plan expected."""

DUTIES: dict[str, dict[str, str]] = {
    "identity_check": {
        "en": "Verify who opens before a word about the matter.",
        "zh": "说明来意前先核实对方身份。",
    },
    "third_party_silence": {
        "en": "Nobody else may learn what the visit is about.",
        "zh": "不得让第三人知悉来访事由。",
    },
    "purpose_notice": {
        "en": "Tell the customer the purpose and the time before the visit.",
        "zh": "上门前告知客户目的和时间。",
    },
    "announcement": {"en": "Announce who will come.", "zh": "事先告知外访人员身份。"},
    "photo_id": {"en": "Carry and show a photo ID.", "zh": "携带并出示带照片的证件。"},
    "badge": {"en": "Wear and show the badge.", "zh": "佩戴并出示工作证。"},
    "entry_consent": {
        "en": "Enter neither home nor office without consent.",
        "zh": "未经同意不得进入住所或办公区域。",
    },
    "consent_recorded": {
        "en": "Keep the consent to this visit on record.",
        "zh": "留存本次上门的同意记录。",
    },
    "recording": {"en": "Record the sound of the whole visit.", "zh": "全程录音。"},
    "check_in": {"en": "Check in after the visit.", "zh": "上门结束后报平安。"},
}
"""What a visit must do and leave, by code."""

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
        "home": "住所",
        "work": "工作单位",
        "other": "其他地点",
        "two": "两人",
        "daylight": "白昼",
        "two_or_daylight": "两人或白昼",
        "purpose": "目的",
        "date": "日期",
        "hours": "时段",
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
        "two": "two people",
        "two_or_daylight": "two people or daylight",
    },
}


def say(code: str, language: str, facts: Mapping[str, str]) -> str:
    """The sentence of `code` with its facts; English where a language is not spoken here."""
    spoken = "zh" if language.startswith("zh") else "en"
    terms = _TERMS[spoken]
    return SENTENCES[code][spoken].format_map({key: terms.get(value, value) for key, value in facts.items()})
