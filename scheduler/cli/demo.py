"""`doorstep demo`: a sample day, from the overdue list to the pages, on Helsinki's real streets."""

from __future__ import annotations

import shutil
import time
from datetime import date
from pathlib import Path

import click

from scheduler.cli.common import Output, common
from scheduler.model.findings import DoorstepError, Finding
from scheduler.planning.day import Search
from scheduler.settings import Workspace

DAY = date(2026, 11, 24)
_WORKSPACE = "workspace"
_SCENARIOS = ("base", "more-agents", "late-shift")


@click.command("demo", short_help="A sample day.")
@click.option("--out", "folder", type=click.Path(path_type=Path), default=Path("out/demo"), show_default=True)
@click.option(
    "--time-limit", type=click.FloatRange(0.5), default=15.0, show_default=True, help="Seconds of search."
)
@click.option("--seed", type=int, default=7, show_default=True)
@common
def command(folder: Path, time_limit: float, seed: int, out: Output) -> None:
    """Plan and publish a sample day. The people are invented; the streets and addresses are Helsinki's.

    \b
    Examples:
      doorstep demo
      doorstep demo --out mydemo --time-limit 5
    """
    began = time.monotonic()
    workspace, findings = _prepare(folder, seed, out)
    words, data = _plan_and_publish(
        workspace, folder, Search(time_limit_s=time_limit, seed=seed), findings, out
    )
    seconds = time.monotonic() - began
    out.result(
        {**data, "folder": str(folder), "seconds": round(seconds, 1)},
        [
            "",
            *words,
            "",
            f"All in {seconds:.0f} s. Open these:",
            f"  {folder / 'index.html'}          the dispatcher's day",
            f"  {folder / 'agents'}/              a page for each agent's phone, works without network",
            f"  {folder / 'route-sheets'}/        to print",
            f"  {folder / 'compare.html'}        what two more agents or a late shift would change",
            f"  {folder / _WORKSPACE}/           the workspace it came from: try `doorstep select -w {folder / _WORKSPACE}`",
        ],
    )


def _prepare(folder: Path, seed: int, out: Output) -> tuple[Workspace, list[Finding]]:
    """A fresh sample workspace with cases, agents and places."""
    from scheduler.cli.imports import intake_context
    from scheduler.cli.sample import write_sample
    from scheduler.intake.tables import import_agents_table, import_cases_table
    from scheduler.planning.geocoding import geocode_workspace
    from scheduler.store.opening import open_store

    home = folder / _WORKSPACE
    if folder.exists() and any(folder.iterdir()):
        if not (home / "doorstep.toml").is_file():
            raise DoorstepError(f"{folder} is not empty", mend="Choose another folder with --out.")
        shutil.rmtree(folder)
    with out.progress("Writing the sample"):
        files = write_sample("helsinki", home, None, None, seed, DAY)
    workspace = Workspace.open(home)
    with out.progress("Reading cases and agents"), open_store(workspace, create=True) as store:
        agents = import_agents_table(home / files.agents, intake_context(workspace, store))
        store.import_agents(agents.agents, agents.crews, source=files.agents, present=agents.present)
        context = intake_context(workspace, store)
        cases = import_cases_table(home / files.cases, context)
        store.import_cases(
            cases.cases,
            source=files.cases,
            replace_missing=True,
            today=context.today,
            present=cases.present,
        )
    findings = [*agents.findings, *cases.findings]
    out.say(f"  {cases.rows_read} rows, {len(cases.cases)} usable, {len(findings)} findings (findings.csv).")
    with out.progress("Finding addresses"):
        found = geocode_workspace(workspace)
    out.say(f"  {found.accepted} found, {found.review + found.failed} for a person (review.html).")
    return workspace, findings


def _plan_and_publish(
    workspace: Workspace, folder: Path, search: Search, findings: list[Finding], out: Output
) -> tuple[list[str], dict[str, object]]:
    from scheduler.planning.certified import plan_and_write
    from scheduler.planning.scenariofile import read_scenario
    from scheduler.planning.scenarios import ScenarioResult, run_scenarios
    from scheduler.publishing.compare import comparison_words, write_comparison
    from scheduler.publishing.labels import labels
    from scheduler.publishing.publish import publish
    from scheduler.publishing.review import write_review_files
    from scheduler.publishing.summary import plan_summary

    with out.progress(f"Planning {DAY}") as step:
        written = plan_and_write(
            workspace,
            DAY,
            search,
            folder,
            note=lambda text: step(0, None, text),
            progress=lambda news: step(news.elapsed_s, search.time_limit_s, f"{news.served} visits"),
        )
    with out.progress("Comparing what-ifs") as step:
        base, *others = (read_scenario(workspace.folder / f"{name}.toml") for name in _SCENARIOS)
        compared = run_scenarios(
            workspace, DAY, others, search, done=lambda name, count, total: step(count, total, name)
        )
        results = (ScenarioResult(scenario=base, plan=written.plan), *compared)
        write_comparison(workspace, results, folder / "compare.html")
    words = labels(workspace.settings.workspace.language)
    with out.progress("Writing pages") as step:
        publish(
            workspace,
            written.path,
            folder,
            findings=(*findings, *written.findings),
            note=lambda count, total, what: step(count, total, what),
            extra_links=((words["compare_link"], "compare.html"), (words["review_title"], "review.html")),
        )
        write_review_files(workspace, folder)
    data, lines = plan_summary(written, workspace)
    return [*lines, "", *comparison_words(results, workspace)], data
