"""Reasons in sentences, Chinese and English: why a visit is not in the plan, and what would mend it."""

from __future__ import annotations

from collections.abc import Mapping

from scheduler.model.money_text import money_text
from scheduler.model.plan import Reason, ReasonCode

# code -> (why, what would mend it); the fields of a Reason fill the braces.
_EN: dict[ReasonCode, tuple[str, str]] = {
    ReasonCode.NOT_GEOCODED: ("The address was not found on the map.", "Correct it in the review list."),
    ReasonCode.NEEDS_REVIEW: ("The address is doubtful.", "Confirm it in the review list."),
    ReasonCode.OFF_THE_MAP: (
        "The place lies too far from any road of the extract.",
        "Check the coordinates.",
    ),
    ReasonCode.RULE_FORBIDS: ("A rule forbids a visit on this day: {rule}.", "Choose another day."),
    ReasonCode.BELOW_THE_CUT: (
        "More visits of higher worth are due than a day can hold.",
        "Add agents, or visit it another day.",
    ),
    ReasonCode.NO_VEHICLE_HAS_SKILL: (
        "Nobody on duty has all of: {skills}.",
        "Put an agent with these skills on duty.",
    ),
    ReasonCode.NO_VEHICLE_ALLOWED: (
        "No agent or crew on duty may take this case (people needed, agency, or a bar).",
        "Put a crew or another agent on duty.",
    ),
    ReasonCode.NO_MEETING: (
        "No two agents were found who could meet there in time for what it is worth.",
        "Send a crew, add an agent, or search longer.",
    ),
    ReasonCode.UNREACHABLE: (
        "No agent can reach the place by road.",
        "Check the place, or send someone on foot.",
    ),
    ReasonCode.WINDOW_SHUT_BEFORE_ARRIVAL: (
        "Its hours are over before anyone can be there; {agent} would be {minutes} min late.",
        "Start {agent}'s day earlier, or agree later hours.",
    ),
    ReasonCode.OUTSIDE_ALL_SHIFTS: ("Its hours lie outside every shift.", "Plan a shift in these hours."),
    ReasonCode.ALONE_DOES_NOT_FIT: (
        "Even alone it does not fit into anyone's day.",
        "Allow a longer day or a start nearer by.",
    ),
    ReasonCode.NOT_WORTH_ITS_TRAVEL: (
        "It costs {money} more than it is worth.",
        "Visit it together with others nearby, or raise its worth.",
    ),
    ReasonCode.NO_TIME_LEFT: (
        "No time is left: {agent} would need {minutes} min more.",
        "Give {agent} {minutes} min of overtime, or add an agent.",
    ),
    ReasonCode.DISPLACED_BY: (
        "Visits worth more fill the day; it would displace case {other_case}.",
        "Add an agent, or visit it another day.",
    ),
    ReasonCode.MAX_TASKS_REACHED: ("{agent} has as many visits as allowed.", "Allow {agent} one more visit."),
    ReasonCode.PIN_CONFLICT: ("It is pinned in a way that cannot be kept.", "Loosen the pin."),
    ReasonCode.SEARCH_ENDED_EARLY: (
        "It fits into {agent}'s day; the search ended before it was tried.",
        "Search longer.",
    ),
    ReasonCode.CANCELLED: ("It was cancelled.", "Add it again, or visit it another day."),
    ReasonCode.OTHER_DAY: ("It is planned for {day}.", "Nothing: it will be visited."),
}
_ZH: dict[ReasonCode, tuple[str, str]] = {
    ReasonCode.NOT_GEOCODED: ("地图上未找到该地址。", "请在复核清单中更正。"),
    ReasonCode.NEEDS_REVIEW: ("地址存疑。", "请在复核清单中确认。"),
    ReasonCode.OFF_THE_MAP: ("该地点距离地图内的道路过远。", "请核对坐标。"),
    ReasonCode.RULE_FORBIDS: ("规则禁止当日上门：{rule}。", "请改日安排。"),
    ReasonCode.BELOW_THE_CUT: ("价值更高的到期拜访已超过当日容量。", "增派人员，或改日拜访。"),
    ReasonCode.NO_VEHICLE_HAS_SKILL: ("当班人员均不具备所需技能：{skills}。", "请安排具备该技能的人员当班。"),
    ReasonCode.NO_VEHICLE_ALLOWED: (
        "当班人员均不可承办此案（人数、机构或回避）。",
        "请安排双人小组或其他人员当班。",
    ),
    ReasonCode.NO_MEETING: (
        "未能找到两名可在合适时间会合且值得的人员。",
        "安排双人小组、增派人员，或延长搜索时间。",
    ),
    ReasonCode.UNREACHABLE: ("道路无法到达该地点。", "请核对地点，或安排步行人员。"),
    ReasonCode.WINDOW_SHUT_BEFORE_ARRIVAL: (
        "可拜访时间结束前无人能到达；{agent} 将晚 {minutes} 分钟。",
        "让 {agent} 提前出发，或约定更晚的时间。",
    ),
    ReasonCode.OUTSIDE_ALL_SHIFTS: ("可拜访时间不在任何班次内。", "请在该时段排班。"),
    ReasonCode.ALONE_DOES_NOT_FIT: ("即使单独安排，也排不进任何人的一天。", "请延长工时或从更近处出发。"),
    ReasonCode.NOT_WORTH_ITS_TRAVEL: ("成本比预期价值高 {money}。", "与附近拜访合并，或提高其价值。"),
    ReasonCode.NO_TIME_LEFT: (
        "时间不足：{agent} 还需 {minutes} 分钟。",
        "给 {agent} 加班 {minutes} 分钟，或增派人员。",
    ),
    ReasonCode.DISPLACED_BY: (
        "当日已排满价值更高的拜访；安排它需放弃案件 {other_case}。",
        "增派人员，或改日拜访。",
    ),
    ReasonCode.MAX_TASKS_REACHED: ("{agent} 的拜访数已达上限。", "允许 {agent} 多一次拜访。"),
    ReasonCode.PIN_CONFLICT: ("固定要求无法满足。", "请放宽固定要求。"),
    ReasonCode.SEARCH_ENDED_EARLY: ("可排入 {agent} 的路线，但搜索提前结束。", "延长搜索时间。"),
    ReasonCode.CANCELLED: ("已取消。", "可重新加入，或改日拜访。"),
    ReasonCode.OTHER_DAY: ("已安排在 {day}。", "无需处理：届时拜访。"),
}
_WORDS: Mapping[str, dict[ReasonCode, tuple[str, str]]] = {"en": _EN, "zh": _ZH}
# Where nobody knows how many minutes are missing.
_NO_TIME = {
    "en": ("No time is left in anybody's day.", "Add an agent, or allow overtime."),
    "zh": ("所有人员均无剩余时间。", "增派人员，或允许加班。"),
}
# Where the reader may not see by how much.
_NOT_WORTH = {"en": "It costs more than it is worth.", "zh": "成本高于预期价值。"}
_LIKELY = {"en": "Likely: ", "zh": "可能："}


def why(reason: Reason, language: str, names: Mapping[str, str]) -> str:
    """The reason as a sentence, marked where it is only likely. `names` says agents' ids in words."""
    sentence = _sentences(reason, language)[0]
    if not reason.proven:
        sentence = _LIKELY[language] + sentence[0].lower() + sentence[1:]
    return _fill(sentence, reason, language, names)


def mend(reason: Reason, language: str, names: Mapping[str, str]) -> str:
    """What would mend it, as a sentence."""
    return _fill(_sentences(reason, language)[1], reason, language, names)


def _sentences(reason: Reason, language: str) -> tuple[str, str]:
    if reason.code is ReasonCode.NO_TIME_LEFT and reason.minutes is None:
        return _NO_TIME[language]
    if reason.code is ReasonCode.NOT_WORTH_ITS_TRAVEL and reason.money is None:
        return _NOT_WORTH[language], _WORDS[language][reason.code][1]
    return _WORDS[language][reason.code]


def _fill(text: str, reason: Reason, language: str, names: Mapping[str, str]) -> str:
    return text.format(
        agent=names.get(reason.agent, reason.agent),
        other_case=reason.other_case,
        minutes=reason.minutes,
        money=money_text(reason.money, language) if reason.money else "",
        skills=", ".join(reason.skills),
        rule=reason.rule,
        day=reason.day.isoformat() if reason.day else "",
    )
