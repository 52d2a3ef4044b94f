"""Why a visit is in a plan as it is, or not in it, in words and as data: ids and hours, no names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from scheduler.model.money_text import money_text
from scheduler.model.plan import Reason, ReasonCode
from scheduler.model.values import Money
from scheduler.planning.explain import At, Explained, Offer, Option, Other
from scheduler.publishing.words import mend, why
from solvers.options import OptionCode

_EN = {
    OptionCode.OTHER_VEHICLE: "Another agent: {agent} at {start}",
    OptionCode.EARLIER: "Earlier: {agent} at {start}",
    OptionCode.LATER: "Later: {agent} at {start}",
    OptionCode.LEFT_OUT: "Without this visit",
    OptionCode.HIGHER_WORTH: "Serve it as things are: {agent} at {start}",
    OptionCode.LONGER_DAY: "Let {agent} end up to {minutes} min later: at {start}",
    OptionCode.EARLIER_DAY: "Let {agent} start {minutes} min earlier: at {start}",
    OptionCode.SKILL: "Give {agent} the skill {skills}: at {start}",
    OptionCode.WIDER_HOURS: "Agree other hours with the customer, {minutes} min outside theirs: {agent} at {start}",
    OptionCode.ONE_MORE_VEHICLE: "Send one more agent like {agent}: at {start}",
    OptionCode.HIGHER_LIMIT: "Raise {agent}'s limit of visits or travel ({minutes} min): at {start}",
}
_ZH = {
    OptionCode.OTHER_VEHICLE: "换人：{agent}，{start}",
    OptionCode.EARLIER: "提前：{agent}，{start}",
    OptionCode.LATER: "推后：{agent}，{start}",
    OptionCode.LEFT_OUT: "不安排此次拜访",
    OptionCode.HIGHER_WORTH: "按现状安排：{agent}，{start}",
    OptionCode.LONGER_DAY: "让 {agent} 最多晚 {minutes} 分钟下班：{start}",
    OptionCode.EARLIER_DAY: "让 {agent} 提前 {minutes} 分钟上班：{start}",
    OptionCode.SKILL: "让 {agent} 具备技能 {skills}：{start}",
    OptionCode.WIDER_HOURS: "与客户约定其时段外 {minutes} 分钟：{agent}，{start}",
    OptionCode.ONE_MORE_VEHICLE: "增派一名与 {agent} 相当的人员：{start}",
    OptionCode.HIGHER_LIMIT: "放宽 {agent} 的拜访数或行驶上限（{minutes} 分钟）：{start}",
}
_OPTIONS = {"en": _EN, "zh": _ZH}
_WORDS = {
    "en": {
        "served": "{case}: {agent} at {start} on {day}, worth {worth} (at its best hour {top}).",
        "unserved": "{case}: not in the plan of {day}, worth up to {top}.",
        "not_due": "{case}: not due on {day}: {words}",
        "unasked": "{case}: due on {day} only since the plan was made.",
        "unasked_mend": "Plan the day again, or add it: doorstep replan PLAN --now HH:MM --add {case}",
        "hours": "May start: {hours}.",
        "options": "What could be otherwise, the cheapest first:",
        "mends": "What would bring it in, each alone, the cheapest first:",
        "no_mend": "No single change that was tried brings it in.",
        "slack": "The plan was not searched to its end: a short search near it gained {money}, which is not counted here.",
        "untried": "{count} changes were not tried for want of time: ask again with more --seconds.",
        "offers": "Every other agent, with the order of all visits as it is:",
        "dearer": "the day costs {money} more",
        "gains": "the day gains {money}",
        "even": "the day costs the same",
        "lacks": "it lacks {money} of worth to be worth it",
        "out": "{case} falls out",
        "in": "{case} comes in",
        "moved": "{case} {before} -> {after}",
        "others": "Others: {others}.",
        "more": "and {count} more",
    },
    "zh": {
        "served": "{case}：{day} {start} 由 {agent} 拜访，价值 {worth}（最佳时段 {top}）。",
        "unserved": "{case}：未排入 {day} 的计划，价值最高 {top}。",
        "not_due": "{case}：{day} 不应拜访：{words}",
        "unasked": "{case}：计划制定之后才应于 {day} 拜访。",
        "unasked_mend": "请重新规划，或加入：doorstep replan PLAN --now HH:MM --add {case}",
        "hours": "可开始时段：{hours}。",
        "options": "其他可能，成本低者在前：",
        "mends": "任一单项改变即可安排，成本低者在前：",
        "no_mend": "所试的任何单项改变均无法安排。",
        "slack": "该计划尚未搜索充分：附近的短时搜索即可增收 {money}，此处未计入。",
        "untried": "另有 {count} 项改变因时间不足未试：请用更大的 --seconds 再问。",
        "offers": "其他人员（各人顺序不变）：",
        "dearer": "当日成本增加 {money}",
        "gains": "当日收益增加 {money}",
        "even": "当日成本不变",
        "lacks": "价值尚差 {money}",
        "out": "{case} 落选",
        "in": "{case} 入选",
        "moved": "{case} {before} → {after}",
        "others": "其他：{others}。",
        "more": "另有 {count} 项",
    },
}
_MOST_OTHERS, _MOST_OFFERS = 6, 12


def explained_data(told: Explained) -> dict[str, Any]:
    """The answer as plain values: minor units, ISO instants, codes."""
    return {
        "case": told.case,
        "plan": told.plan.id,
        "date": told.plan.day.isoformat(),
        "served": told.at is not None,
        "at": _at_data(told.at),
        "currency": told.plan.currency,
        "worth_minor": _minor(told.worth),
        "top_worth_minor": _minor(told.top_worth),
        "windows": [[w.start.isoformat(), w.end.isoformat()] for w in told.windows],
        "not_due": told.not_due.code if told.not_due else None,
        "due_since": told.unasked,
        "reasons": [_reason_data(reason) for reason in told.reasons],
        "slack_minor": _minor(told.slack),
        "options": [_option_data(option) for option in told.options],
        "untried": [code.value for code in told.untried],
        "offers": [
            {
                "agent": offer.agent,
                "cost_minor": _minor(offer.cost),
                "start": _iso(offer.start),
                "reason": _reason_data(offer.reason) if offer.reason else None,
            }
            for offer in told.offers
        ],
    }


def _minor(money: Money | None) -> int | None:
    return None if money is None else money.minor


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _at_data(at: At | None) -> dict[str, Any] | None:
    return None if at is None else {"agent": at.agent, "start": at.start.isoformat()}


def _reason_data(reason: Reason) -> dict[str, Any]:
    return {
        "code": reason.code.value,
        "proven": reason.proven,
        "agent": reason.agent,
        "other_case": reason.other_case,
        "minutes": reason.minutes,
        "money_minor": _minor(reason.money),
        "skills": list(reason.skills),
        "rule": reason.rule,
    }


def _option_data(option: Option) -> dict[str, Any]:
    return {
        "code": option.code.value,
        "cost_minor": option.cost.minor,
        "agent": option.agent,
        "start": _iso(option.start),
        "minutes": option.minutes,
        "skills": list(option.skills),
        "others": [
            {"case": other.case, "before": _at_data(other.before), "after": _at_data(other.after)}
            for other in option.others
        ],
    }


def explained_words(told: Explained, language: str) -> list[str]:
    """The answer as lines for a person."""
    return list(_Words(told, language).lines())


class _Words:
    def __init__(self, told: Explained, language: str) -> None:
        self.told, self.language, self.words = told, language, _WORDS[language]

    def lines(self) -> Iterator[str]:
        told, words = self.told, self.words
        facts = {"case": told.case, "day": told.plan.day.isoformat()}
        if told.unasked:
            yield words["unasked"].format(**facts)
            yield f"  {words['unasked_mend'].format(**facts)}"
            return
        if told.not_due is not None:
            yield words["not_due"].format(**facts, words=told.not_due.words)
            return
        top = self._money(told.top_worth)
        if told.at is not None:
            served = {"agent": told.at.agent, "start": self._clock(told.at.start)}
            yield words["served"].format(**facts, **served, worth=self._money(told.worth), top=top)
        else:
            yield words["unserved"].format(**facts, top=top)
        if told.windows:
            hours = ", ".join(f"{self._clock(w.start)}-{self._clock(w.end)}" for w in told.windows)
            yield f"  {words['hours'].format(hours=hours)}"
        for reason in told.reasons:
            yield f"  {why(reason, self.language, {})} {mend(reason, self.language, {})}"
        yield from self._options()
        if told.slack is not None and told.slack.minor >= 1:
            yield f"  {words['slack'].format(money=self._money(told.slack))}"
        yield from self._offers()

    def _options(self) -> Iterator[str]:
        told, words = self.told, self.words
        if told.options:
            yield f"  {words['options' if told.at else 'mends']}"
        elif told.offers and not told.untried:
            yield f"  {words['no_mend']}"
        for number, option in enumerate(told.options, start=1):
            facts = {
                "agent": option.agent,
                "start": self._clock(option.start) if option.start else "",
                "minutes": option.minutes,
                "skills": ", ".join(option.skills),
            }
            yield f"  {number}. {_OPTIONS[self.language][option.code].format(**facts)}; {self._price(option)}."
            if option.others:
                shown = [self._other(other) for other in _gravest(option.others)[:_MOST_OTHERS]]
                if len(option.others) > _MOST_OTHERS:
                    shown.append(words["more"].format(count=len(option.others) - _MOST_OTHERS))
                yield f"     {words['others'].format(others=', '.join(shown))}"
        if told.untried:
            yield f"  {words['untried'].format(count=len(told.untried))}"

    def _price(self, option: Option) -> str:
        if option.code is OptionCode.HIGHER_WORTH and option.cost.minor > 0:
            return self.words["lacks"].format(money=self._money(option.cost))
        return self._dearer(option.cost)

    def _dearer(self, cost: Money) -> str:
        if cost.minor == 0:
            return self.words["even"]
        return self.words["dearer" if cost.minor > 0 else "gains"].format(
            money=self._money(Money(abs(cost.minor), cost.currency))
        )

    def _other(self, other: Other) -> str:
        if other.after is None:
            return self.words["out"].format(case=other.case)
        if other.before is None:
            return self.words["in"].format(case=other.case)
        return self.words["moved"].format(
            case=other.case, before=self._at(other.before), after=self._at(other.after)
        )

    def _at(self, at: At) -> str:
        return f"{at.agent} {self._clock(at.start)}"

    def _offers(self) -> Iterator[str]:
        if not self.told.offers:
            return
        yield f"  {self.words['offers']}"
        for offer in self.told.offers[:_MOST_OFFERS]:
            yield f"    {offer.agent}: {self._offer(offer)}"
        if len(self.told.offers) > _MOST_OFFERS:
            yield f"    {self.words['more'].format(count=len(self.told.offers) - _MOST_OFFERS)}"

    def _offer(self, offer: Offer) -> str:
        if offer.cost is not None and offer.start is not None:
            return f"{self._clock(offer.start)}; {self._dearer(offer.cost)}."
        assert offer.reason is not None
        reason = offer.reason
        if reason.code is ReasonCode.NO_TIME_LEFT and reason.minutes is None:
            return _NO_ROOM[self.language]
        return _ONE[self.language][reason.code].format(
            skills=", ".join(reason.skills), minutes=reason.minutes
        )

    def _clock(self, moment: datetime) -> str:
        return f"{moment:%H:%M}"

    def _money(self, money: Money | None) -> str:
        return "" if money is None else money_text(money, self.language)


def _gravest(others: tuple[Other, ...]) -> list[Other]:
    """Those that fall out first, then those that come in."""
    return sorted(others, key=lambda other: (other.after is not None, other.before is not None, other.case))


# Why one agent cannot take a visit in, in a word.
_ONE = {
    "en": {
        ReasonCode.NO_VEHICLE_HAS_SKILL: "lacks the skill {skills}.",
        ReasonCode.NO_VEHICLE_ALLOWED: "may not take this case.",
        ReasonCode.ALONE_DOES_NOT_FIT: "could not make it even with nothing else to do.",
        ReasonCode.MAX_TASKS_REACHED: "has as many visits as allowed.",
        ReasonCode.NO_TIME_LEFT: "lacks {minutes} min.",
    },
    "zh": {
        ReasonCode.NO_VEHICLE_HAS_SKILL: "不具备技能 {skills}。",
        ReasonCode.NO_VEHICLE_ALLOWED: "不可承办此案。",
        ReasonCode.ALONE_DOES_NOT_FIT: "即使没有其他拜访也无法完成。",
        ReasonCode.MAX_TASKS_REACHED: "拜访数已达上限。",
        ReasonCode.NO_TIME_LEFT: "尚差 {minutes} 分钟。",
    },
}
_NO_ROOM = {"en": "has no room for it.", "zh": "没有空档。"}
