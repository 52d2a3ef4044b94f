"""What the audit says, in words, Chinese and English."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from scheduler.fairness.audit import Audit, Comparison, Outcome, Verdict
from scheduler.fairness.statistics import Estimate

Texts = Mapping[str, Mapping[str, str]]

_OUTCOMES: Texts = {
    "due": {"en": "Due", "zh": "应上门"},
    "visited": {"en": "Visited if due", "zh": "应上门且已排入"},
    "hours": {"en": "Hour of visit", "zh": "上门时刻"},
}
_FIELDS: Texts = {
    "language": {"en": "Language", "zh": "语言"},
    "district": {"en": "District", "zh": "区"},
    "postcode": {"en": "Postcode", "zh": "邮政编码"},
    "product": {"en": "Product", "zh": "产品"},
    "place": {"en": "Kind of place", "zh": "地点类型"},
    "agency": {"en": "Agency", "zh": "承办机构"},
}
_VERDICTS: Texts = {
    "too_small": {"en": "too small to judge", "zh": "样本过小，不作判断"},
    "nobody_alike": {"en": "nobody of like need", "zh": "无相近需要者可比"},
    "no_difference": {"en": "none beyond chance", "zh": "未超出偶然"},
    "explained": {"en": "explained by need", "zh": "可由需要解释"},
    "unclear": {"en": "cannot be told", "zh": "无法判定"},
    "unexplained": {"en": "NOT explained by need", "zh": "不能由需要解释"},
}
_SENTENCES: Texts = {
    "too_small": {
        "en": "{what}: fewer than {least} cases on one side; nothing is said of so few.",
        "zh": "{what}：一方不足{least}件，样本过小，不作结论。",
    },
    "nobody_alike": {
        "en": "{what}: no other case is overdue as long and as much; there is nobody to compare with.",
        "zh": "{what}：没有逾期天数和金额相近的其他案件，无从比较。",
    },
    "no_difference": {
        "en": "{what}: no difference beyond chance, all comparisons counted. Among cases of like need it is {adjusted}.",
        "zh": "{what}：计入全部检验后，未发现超出偶然的差异。需要相近者之间为{adjusted}。",
    },
    "explained": {
        "en": "{what}: {raw} against the others; among cases of like need {adjusted}. Need explains it.",
        "zh": "{what}：与其他案件相差{raw}；需要相近者之间为{adjusted}。差异可由需要解释。",
    },
    "unclear": {
        "en": "{what}: {raw} against the others; among cases of like need {adjusted}: "
        "too uncertain to say whether need explains it.",
        "zh": "{what}：与其他案件相差{raw}；需要相近者之间为{adjusted}，不足以判断是否可由需要解释。",
    },
    "unexplained": {
        "en": "{what}: among cases of like need {adjusted} against the others (chance {chance}). "
        "Days past due and amount do not explain it.",
        "zh": "{what}：需要相近者之间与其他案件相差{adjusted}（偶然概率{chance}）。逾期天数和金额不能解释此差异。",
    },
    "reason": {
        "en": " Most of it: {reason}, {here} against {elsewhere}.",
        "zh": " 主要原因：{reason}，{here}对{elsewhere}。",
    },
    "shifted": {
        "en": " The mean hour may be the same and its spread not: look at the bands.",
        "zh": " 平均时刻可能相同而分布不同，请看时段分布。",
    },
    "partly": {
        "en": " {alike} of its {cases} cases have others of like need.",
        "zh": " 其{cases}件中有{alike}件存在需要相近者。",
    },
}
_UNITS: Texts = {
    "points": {"en": "{value} points ({low} to {high})", "zh": "{value}个百分点（{low}至{high}）"},
    "minutes": {"en": "{value} minutes ({low} to {high})", "zh": "{value}分钟（{low}至{high}）"},
}
METHOD: Texts = {
    "base": {
        "en": "{cases} open cases, {due} of them due, {visited} visited.",
        "zh": "未结案件{cases}件，其中应上门{due}件，已排入{visited}件。",
    },
    "how": {
        "en": "Each group is compared with all others whose group is known, within {strata} strata of days past due and "
        "overdue amount. Intervals hold 95 %. {tests} comparisons were tested; the chances are Holm's, so that all of them "
        "together find a difference that is none in at most 5 of 100 audits.",
        "zh": "每组与其他已知分组的全部案件比较，并按逾期天数和逾期金额分为{strata}层。区间为95%。共检验{tests}项；"
        "偶然概率经Holm法校正：全部检验合计，每100次审计至多5次误报差异。",
    },
    "limits": {
        "en": "A difference that is not explained is a question for a person, not a proof of unfairness: need is taken as "
        "days and amount alone. That none was found is no proof of fairness: the intervals say how large it may still be. Groups "
        "of fewer than {least} cases are not judged.",
        "zh": "不能解释的差异是需要人工查明的问题，并非不公平的证明：此处的需要仅指逾期天数和金额。未发现差异也不证明公平："
        "区间说明差异仍可能有多大。少于{least}件的分组不作判断。",
    },
}


def outcome_words(outcome: Outcome, language: str) -> str:
    """What is compared."""
    return _OUTCOMES[outcome.value][language]


def field_words(name: str, language: str) -> str:
    """A field of the store in the reader's language; a table's column as it is called there."""
    return _FIELDS[name][language] if name in _FIELDS else name


def verdict_words(verdict: Verdict, language: str) -> str:
    """A verdict in two or three words."""
    return _VERDICTS[verdict.value][language]


def method_words(audit: Audit, language: str) -> tuple[str, ...]:
    """What was done, and what may not be read out of it."""
    facts = {name: getattr(audit, name) for name in ("cases", "due", "visited", "strata", "tests", "least")}
    return tuple(text[language].format(**facts) for text in METHOD.values())


def share_text(estimate: Estimate) -> str:
    """A share with its interval, in per cent."""
    if not estimate.known:
        return ""
    return f"{estimate.value:.0%} ({estimate.low:.0%}-{estimate.high:.0%})"


def hour_text(hour: float) -> str:
    """An hour of the day as 14:30."""
    minutes = round(hour * 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def difference_text(comparison: Comparison, estimate: Estimate, language: str) -> str:
    """A difference with its sign and interval, in points or minutes."""
    if not estimate.known:
        return "-"
    hours = comparison.outcome is Outcome.HOURS
    factor = 60 if hours else 100
    signed = {name: _signed(getattr(estimate, name) * factor) for name in ("value", "low", "high")}
    return _UNITS["minutes" if hours else "points"][language].format(**signed)


def sentence(comparison: Comparison, least: int, language: str, reason_words: Callable[[str], str]) -> str:
    """The finding on one comparison. `reason_words` says a reason for not being due."""
    text = _SENTENCES[comparison.verdict.value][language].format(
        what=outcome_words(comparison.outcome, language),
        least=least,
        raw=difference_text(comparison, comparison.raw, language),
        adjusted=difference_text(comparison, comparison.adjusted, language),
        chance=chance_text(comparison.chance),
    )
    if comparison.verdict is not Verdict.UNEXPLAINED:
        return text
    if comparison.reason is not None:
        text += _SENTENCES["reason"][language].format(
            reason=reason_words(comparison.reason.code),
            here=f"{comparison.reason.here:.0%}",
            elsewhere=f"{comparison.reason.elsewhere:.0%}",
        )
    if comparison.outcome is Outcome.HOURS and not comparison.adjusted.excludes_zero:
        text += _SENTENCES["shifted"][language]
    if comparison.alike < comparison.cases:
        text += _SENTENCES["partly"][language].format(alike=comparison.alike, cases=comparison.cases)
    return text.replace("。 ", "。") if language == "zh" else text


def chance_text(chance: float) -> str:
    """A chance with as many digits as matter."""
    return "<0.001" if chance < 0.001 else f"{chance:.2g}" if chance < 0.1 else f"{chance:.2f}"


def _signed(value: float) -> str:
    rounded = round(value)
    return f"{'+' if rounded > 0 else '−' if rounded < 0 else ''}{abs(rounded)}"
