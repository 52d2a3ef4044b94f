"""The fairness audit for people: out/fairness.html, lines for a terminal, and data for scripts. Nobody is on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from reports.fairness_page import render_fairness
from reports.sheet import FairnessField, FairnessPage, FairnessRow, FairnessTable
from scheduler.fairness.audit import HOURS, Audit, Comparison, FieldAudit, GroupAudit, Outcome, Verdict
from scheduler.fairness.statistics import Estimate
from scheduler.fairness.words import (
    difference_text,
    field_words,
    hour_text,
    method_words,
    outcome_words,
    sentence,
    share_text,
    verdict_words,
)
from scheduler.planning.planfile import replace_bytes
from scheduler.publishing.labels import labels
from scheduler.settings import Workspace
from scheduler.store.opening import open_store
from scheduler.store.written import note_written

_WEIGHTS: dict[Verdict, Literal["bad", "good", "soft"]] = {
    Verdict.UNEXPLAINED: "bad",
    Verdict.EXPLAINED: "good",
}
_FEW = {"en": "fewer than {least}", "zh": "少于{least}"}
_NEED = {"en": "{days:.0f} days, {amount:,.0f} {currency}", "zh": "{days:.0f}天，{amount:,.0f} {currency}"}
_NOTE = {"en": "{unknown} cases have no group here.", "zh": "{unknown}件案件没有此项分组。"}
_SCALE = {"en": "{left} … {right}", "zh": "{left} … {right}"}
_BANDS = (("<", HOURS[0]), *((f"{low:.0f}-", high) for low, high in pairwise(HOURS)))
BAND_NAMES = (*(f"{text}{high:.0f}" for text, high in _BANDS), f"≥{HOURS[-1]:.0f}")


def write_fairness(workspace: Workspace, audit: Audit, day: date, folder: Path) -> Path:
    """Write fairness.html to `folder`."""
    path = folder / "fairness.html"
    replace_bytes(path, render_fairness(_page(workspace, audit, day)).encode())
    with open_store(workspace) as store:
        note_written(store, "fairness", folder, [path], cases=audit.cases, unexplained=len(audit.unexplained))
    return path


def fairness_data(audit: Audit, language: str) -> dict[str, Any]:
    """Everything as plain values; groups that are too small show no figure."""
    return {
        "cases": audit.cases,
        "due": audit.due,
        "visited": audit.visited,
        "strata": audit.strata,
        "tests": audit.tests,
        "least": audit.least,
        "seed": audit.seed,
        "fields": [
            {
                "field": one.name,
                "unknown": one.unknown,
                "groups": [_group_data(group, audit.least, language) for group in one.groups],
            }
            for one in audit.fields
        ],
        "unexplained": list(found_lines(audit, language)),
    }


def fairness_lines(audit: Audit, language: str) -> list[str]:
    """A table a field for a terminal, then what need does not explain, then what was done."""
    lines: list[str] = []
    for one in audit.fields:
        lines.append(f"{one.name}:")
        lines += [
            "  " + _line(group, made, audit.least, language)
            for group in one.groups
            for made in group.comparisons
        ]
        if one.unknown:
            lines.append("  " + _NOTE[language].format(unknown=one.unknown))
    return [*lines, *found_lines(audit, language), *method_words(audit, language)]


def found_lines(audit: Audit, language: str) -> tuple[str, ...]:
    """A sentence for every difference that need does not explain."""
    return tuple(
        f"{field} {group}: {sentence(made, audit.least, language, _reason_words(language))}"
        for field, group, made in audit.unexplained
    )


def _reason_words(language: str) -> Callable[[str], str]:
    known = labels(language)
    return lambda code: known.get(f"left_{code}", code)


def _group_data(group: GroupAudit, least: int, language: str) -> dict[str, Any]:
    if group.cases < least:
        return {"group": group.group, "cases": None, "verdict": Verdict.TOO_SMALL.value}
    told = [_comparison_data(made, least, language) for made in group.comparisons]
    need = {"days_past_due": group.days_past_due, "overdue": group.overdue}
    return {"group": group.group, "cases": group.cases, "median": need, "comparisons": told}


def _comparison_data(made: Comparison, least: int, language: str) -> dict[str, Any]:
    said = {
        "outcome": made.outcome.value,
        "verdict": made.verdict.value,
        "words": sentence(made, least, language, _reason_words(language)),
    }
    if not made.judged:
        return said
    estimates = {name: _plain(getattr(made, name)) for name in ("here", "elsewhere", "raw", "adjusted")}
    return {
        **said,
        **estimates,
        "cases": made.cases,
        "raw_chance": made.raw_chance,
        "chance": made.chance,
        "strata": made.strata,
        "alike": made.alike,
        "bands": [list(pair) for pair in made.bands],
        "reason": made.reason and asdict(made.reason),
    }


def _plain(estimate: Estimate) -> list[float] | None:
    return [estimate.value, estimate.low, estimate.high] if estimate.known else None


def _line(group: GroupAudit, made: Comparison, least: int, language: str) -> str:
    cases = _cases(made, least, language)
    parts = [f"{group.group:<14}", f"{outcome_words(made.outcome, language):<16}", f"{cases:>14}"]
    if made.judged:
        parts += [f"{_here(made, made.here):>16}", f"{_here(made, made.elsewhere):>16}"]
        parts += [f"{difference_text(made, made.adjusted, language):>28}"]
    return "  ".join((*parts, verdict_words(made.verdict, language)))


def _cases(made: Comparison, least: int, language: str) -> str:
    return str(made.cases) if made.cases >= least else _FEW[language].format(least=least)


def _here(made: Comparison, estimate: Estimate) -> str:
    return hour_text(estimate.value) if made.outcome is Outcome.HOURS else share_text(estimate)


def _page(workspace: Workspace, audit: Audit, day: date) -> FairnessPage:
    language = workspace.settings.page_language
    currency = workspace.settings.workspace.currency
    return FairnessPage(
        title=labels(language)["fairness_title"],
        day=day,
        language="zh" if language == "zh" else "en",
        found=found_lines(audit, language),
        fields=tuple(
            FairnessField(
                name=field_words(one.name, language),
                note=_NOTE[language].format(unknown=one.unknown) if one.unknown else "",
                tables=tuple(_tables(one, audit.least, language, currency)),
            )
            for one in audit.fields
        ),
        method=method_words(audit, language),
    )


def _tables(one: FieldAudit, least: int, language: str, currency: str) -> Iterable[FairnessTable]:
    for at, outcome in enumerate(made.outcome for made in one.groups[0].comparisons):
        pairs = [(group, group.comparisons[at]) for group in one.groups]
        widest = max(
            (max(abs(made.adjusted.low), abs(made.adjusted.high)) for _, made in pairs if made.judged),
            default=0.0,
        )
        scale = _nice(widest, 0.25 if outcome is Outcome.HOURS else 0.05)
        end = f"{scale * 60:.0f} min" if outcome is Outcome.HOURS else f"{scale:.0%}"
        yield FairnessTable(
            title=outcome_words(outcome, language),
            rows=tuple(_row(group, made, scale, least, language, currency) for group, made in pairs),
            scale=_SCALE[language].format(left=f"−{end}", right=f"+{end}"),
            band_names=BAND_NAMES if outcome is Outcome.HOURS else (),
        )


def _nice(widest: float, step: float) -> float:
    """The smallest round scale that holds the widest interval."""
    return step * max(1, -int(-widest // step))


def _row(
    group: GroupAudit, made: Comparison, scale: float, least: int, language: str, currency: str
) -> FairnessRow:
    need = _NEED[language].format(days=group.days_past_due, amount=group.overdue, currency=currency)
    bar = made.adjusted
    return FairnessRow(
        group=group.group,
        cases=_cases(made, least, language),
        need=need if group.cases >= least else "",
        here=_here(made, made.here) if made.judged else "",
        elsewhere=_here(made, made.elsewhere) if made.judged else "",
        difference=difference_text(made, bar, language) if made.judged else "",
        verdict=verdict_words(made.verdict, language),
        weight=_WEIGHTS.get(made.verdict, "soft"),
        bar=(bar.low / scale, bar.value / scale, bar.high / scale) if made.judged else None,
        bands=made.bands,
    )
