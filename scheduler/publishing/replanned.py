"""What a plan made anew changes, in words and as data: ids and hours, no names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from scheduler.planning.replan import PlannedMove, ReplannedDay
from solvers.replan import Cause

_CAUSES = {
    "en": {
        Cause.CANCELLED: "cancelled",
        Cause.ADDED: "added",
        Cause.AWAY: "{agent} is away",
        Cause.LATE: "{agent} is late",
        Cause.MAKES_ROOM: "makes room for {other}",
        Cause.FILLS_GAP: "fills the gap of {other}",
        Cause.CHEAPER: "worth the change",
    },
    "zh": {
        Cause.CANCELLED: "已取消",
        Cause.ADDED: "新增",
        Cause.AWAY: "{agent} 缺勤",
        Cause.LATE: "{agent} 延误",
        Cause.MAKES_ROOM: "为 {other} 让出时间",
        Cause.FILLS_GAP: "填补 {other} 的空档",
        Cause.CHEAPER: "变更更划算",
    },
}
_WORDS = {
    "en": {
        "head": "{day} from {now} on: {visits} visits, {kept} as planned, {moves} changed.",
        "none": "not visited",
        "left": "No room for {cases}, even instead of others.",
        "clean": "Certificate: clean.",
        "dirty": "Certificate: {count} findings; this plan cannot be published.",
        "wrote": "Wrote {path}",
    },
    "zh": {
        "head": "{day} {now} 起：{visits} 次拜访，{kept} 次照旧，{moves} 次变更。",
        "none": "不拜访",
        "left": "{cases} 无法安排，即使放弃其他拜访。",
        "clean": "证书：无问题。",
        "dirty": "证书：{count} 项问题；该计划不可发布。",
        "wrote": "已写入 {path}",
    },
}


def replanned_data(done: ReplannedDay, now: datetime) -> dict[str, Any]:
    """The changes as plain values."""
    return {
        "plan": str(done.path),
        "id": done.plan.id,
        "date": done.plan.day.isoformat(),
        "now": now.isoformat(),
        "visits": len(done.plan.visits),
        "kept": done.kept,
        "moves": [
            {
                "case": move.case,
                "before": _slot(move.before),
                "after": _slot(move.after),
                "cause": move.cause.value,
                "other": move.other,
            }
            for move in done.moves
        ],
        "withdrawn": [{"case": entry.case, "code": entry.code} for entry in done.withdrawn],
        "unplaced": list(done.unplaced),
        "cost": done.plan.solved.cost,
        "clean": done.certificate.clean,
    }


def _slot(slot: tuple[str, datetime] | None) -> dict[str, str] | None:
    return None if slot is None else {"agent": slot[0], "start": slot[1].isoformat()}


def replanned_words(done: ReplannedDay, now: datetime, language: str) -> list[str]:
    """The changes as lines for a person."""
    return list(_lines(done, now, language))


def _lines(done: ReplannedDay, now: datetime, language: str) -> Iterator[str]:
    words = _WORDS[language]
    facts = {"day": done.plan.day, "now": f"{now:%H:%M}", "visits": len(done.plan.visits)}
    yield words["head"].format(**facts, kept=done.kept, moves=len(done.moves))
    for move in done.moves:
        yield f"  {move.case}: {_text(move.before, words)} -> {_text(move.after, words)} ({_why(move, language)})"
    if done.unplaced:
        yield f"  {words['left'].format(cases=', '.join(done.unplaced))}"
    count = len(done.certificate.findings)
    yield f"  {words['dirty'].format(count=count) if count else words['clean']}"
    yield f"  {words['wrote'].format(path=done.path)}"


def _text(slot: tuple[str, datetime] | None, words: dict[str, str]) -> str:
    return words["none"] if slot is None else f"{slot[0]} {slot[1]:%H:%M}"


def _why(move: PlannedMove, language: str) -> str:
    agent = move.before[0] if move.before else ""
    return _CAUSES[language][move.cause].format(agent=agent, other=move.other)
