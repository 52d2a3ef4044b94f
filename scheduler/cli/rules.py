"""`doorstep rules`: which packs there are, what they say and from where, and what they do to a day or a visit."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.common import Output, common, in_workspace
from scheduler.model.findings import DoorstepError
from scheduler.settings import Workspace

if TYPE_CHECKING:
    from scheduler.rules.base import Pack, RuleContext


@click.group("rules", short_help="Rule packs: list, explain, test.")
def command() -> None:
    """What a visit may never do, by whose text. Packs in force are named under [rules] in doorstep.toml."""


@command.command("list")
@in_workspace
@common
def list_packs(workspace: Workspace, out: Output) -> None:
    """Show every pack: whether it is in force, how many rules it has and how good their sources are.

    \b
    Examples:
      doorstep rules list
      doorstep rules list --json
    """
    from scheduler.rules.packs import available, load_pack, load_packs

    settings = workspace.settings.rules
    folder = workspace.path(settings.folder)
    load_packs(settings.packs, folder)
    packs = [load_pack(path) for path in available(folder).values()]
    language = workspace.settings.workspace.language
    rows = [_listed(pack, pack.name in settings.packs, language) for pack in packs]
    out.result({"packs": rows}, [*map(_line, rows), "* in force; of several the strictest applies."])


def _listed(pack: Pack, in_force: bool, language: str) -> dict[str, Any]:
    return {
        "pack": pack.name,
        "version": pack.version,
        "jurisdiction": pack.jurisdiction,
        "title": pack.title[language],
        "in_force": in_force,
        "rules": len(pack.rules),
        "status": sorted({rule.source.status.value for rule in pack.rules}),
    }


def _line(row: dict[str, Any]) -> str:
    sign = "*" if row["in_force"] else " "
    return (
        f"{sign} {row['pack']:18} {row['version']:7} {row['rules']:2} rules "
        f"({', '.join(row['status'])})  {row['title']}"
    )


@command.command("explain")
@click.argument("names", metavar="[PACK]...", nargs=-1)
@in_workspace
@common
def explain(names: tuple[str, ...], workspace: Workspace, out: Output) -> None:
    """Say what each rule of a PACK asks, by which text and article, and what is left to people.

    Without a name: the packs in force, and the floor that holds under every pack.

    \b
    Examples:
      doorstep rules explain
      doorstep rules explain cn-bank-2026 ie-cca-1995
    """
    from scheduler.rules.checker import FLOOR
    from scheduler.rules.packs import load_packs

    settings = workspace.settings.rules
    packs = load_packs(names or settings.packs, workspace.path(settings.folder))
    language = workspace.settings.workspace.language
    data: dict[str, Any] = {"packs": [_explained(pack) for pack in packs]}
    words = [line for pack in packs for line in _told(pack, language)]
    if not names:
        data["floor"] = [rule.id for rule in FLOOR]
        words.append("The floor, under every pack")
        words += [f"  {rule.id}: {rule.source.text}" for rule in FLOOR]
    out.result(data, words)


def _explained(pack: Pack) -> dict[str, Any]:
    from scheduler.rules.describe import figures

    return {
        "pack": pack.label,
        "title": dict(pack.title),
        "calendar": pack.calendar,
        "rules": [
            {
                "rule": rule.id,
                "figures": figures(rule),
                "source": rule.source.text,
                "article": rule.source.article,
                "status": rule.source.status.value,
                "date_read": rule.source.date_read,
            }
            for rule in pack.rules
        ],
        "loosened": [entry.as_row() for entry in pack.loosened],
        "not_judged": [{"article": e.article, "words": dict(e.words)} for e in pack.not_judged],
    }


def _told(pack: Pack, language: str) -> list[str]:
    from scheduler.rules.describe import figures

    lines = [f"{pack.label}: {pack.title[language]}"]
    for rule in pack.rules:
        source = rule.source
        read = f", read {source.date_read}" if source.date_read else ""
        lines += [f"  {rule.id}: {figures(rule)}", f"      {source.cited} ({source.status}{read})"]
    lines += [f"  loosened: {e.pack} {e.rule} until {e.until}, by {e.by}: {e.reason}" for e in pack.loosened]
    return [*lines, *(f"  left to people: {e.article}: {e.words[language]}" for e in pack.not_judged)]


@command.command("test")
@click.argument("case", required=False)
@click.option("--date", "day", help="The day, as 2026-11-24; tomorrow if not given.")
@click.option("--at", "clock", metavar="HH:MM", help="When the visit to CASE would begin.")
@click.option("--by", "members", metavar="AGENT,...", default="", help="Who would make it.")
@in_workspace
@common
def test(
    case: str | None, day: str | None, clock: str | None, members: str, workspace: Workspace, out: Output
) -> int:
    """Try the packs in force: how many cases each rule bars on a day, or whether one visit would be lawful.

    \b
    Examples:
      doorstep rules test --date 2026-11-24
      doorstep rules test C-1042 --date 2026-11-24 --at 19:30 --by A1,A2
    """
    from scheduler.cli.plan import day_option
    from scheduler.planning.day import load_inputs, rule_context
    from scheduler.store.opening import open_store

    chosen = day_option(day, workspace)
    context = rule_context(workspace, load_inputs(workspace))
    with open_store(workspace) as store:
        store.audit("looked", {"at": "rules"})
    if case is None:
        if clock or members:
            raise DoorstepError("--at and --by are of a visit", mend="Name its case.")
        return _day(chosen, context, out)
    if not clock or not members:
        raise DoorstepError("A visit has an hour and people", mend="Write --at 10:30 --by AGENT.")
    start = datetime.combine(chosen, _clock(clock), context.zone)
    return _visit(case, start, tuple(members.split(",")), context, workspace, out)


def _clock(text: str) -> Any:
    try:
        return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007  a wall-clock time, of no day yet
    except ValueError:
        raise DoorstepError("--at is no time of day", mend="Write it as 10:30.") from None


def _day(day: date, context: RuleContext, out: Output) -> int:
    from scheduler.rules.trial import try_day

    tried = try_day(context.cases.values(), day, context)
    out.result(
        {
            "date": day,
            "cases": tried.cases,
            "permitted": tried.permitted,
            "no_common_hours": tried.no_hours,
            "two_or_more": tried.in_twos,
            "barred": [
                {"rule": rule, "pack": source.pack, "source": source.cited, "cases": count}
                for rule, source, count in tried.barred
            ],
        },
        [
            f"{day}: of {tried.cases} cases {tried.permitted} may be visited, {tried.in_twos} of them by two or more.",
            *(
                f"  {count:6} barred by {source.pack} {rule}: {source.cited}"
                for rule, source, count in tried.barred
            ),
            *([f"  {tried.no_hours:6} left without a common hour"] if tried.no_hours else []),
        ],
    )
    return 0


def _visit(
    case: str,
    start: datetime,
    members: tuple[str, ...],
    context: RuleContext,
    workspace: Workspace,
    out: Output,
) -> int:
    from scheduler.planning.certified import rule_findings
    from scheduler.rules.checker import certify
    from scheduler.rules.trial import visit_plan

    known = context.cases.get(case)
    if known is None:
        raise DoorstepError("There is no such case", mend="See the ids with: doorstep select")
    certificate = certify(visit_plan(known, start, members, context), "", context)
    language = workspace.settings.workspace.language
    findings = rule_findings(certificate, language)
    judged = sum(bool(result.judged) for result in certificate.results)
    verdict = f"{len(findings)} findings" if findings else "Lawful"
    out.result(
        {
            "case": case,
            "start": start,
            "lawful": not findings,
            "findings": [f.as_row() for f in certificate.findings],
        },
        [f"{verdict}; {judged} rules judged this visit.", *(f"  {found.cause}" for found in findings)],
    )
    return 1 if findings else 0
