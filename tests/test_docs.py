"""Docs are tested: the commands' page is made from the commands' own help. Run this file to write it anew."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from scheduler.cli.main import SECTIONS, cli

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "commands.md"
HEAD = """# Commands

Made from the commands' own help by `make docs`.

Results go to standard output (JSON with `--json`), progress and findings to standard error.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | done, with findings that a person should look at |
| 2 | the input cannot be used; the message says what, where and how to mend it |
| 3 | refused: a plan without a clean certificate is not published |
| 70 | a defect in Doorstep itself |
| 130 | interrupted before there was anything to keep |
"""


def _help(command: click.Command, name: str) -> str:
    context = click.Context(
        command,
        info_name=f"doorstep {name}",
        terminal_width=100,
        max_content_width=100,
        help_option_names=["-h", "--help"],
    )
    return re.sub(r"[ \t]+$", "", command.get_help(context), flags=re.M)


def commands_markdown() -> str:
    """The whole page."""
    parts = [HEAD]
    context = click.Context(cli)
    for section, verbs in SECTIONS.items():
        parts.append(f"\n## {section}\n")
        for name in verbs:
            command = cli.get_command(context, name)
            assert command is not None
            parts.append(f"\n### {name}\n\n```\n{_help(command, name)}\n```\n")
            if isinstance(command, click.Group):
                for sub, subcommand in command.commands.items():
                    parts.append(f"\n```\n{_help(subcommand, f'{name} {sub}')}\n```\n")
    return "".join(parts)


def test_the_commands_page_says_what_the_commands_say() -> None:
    assert PAGE.read_text("utf-8") == commands_markdown(), "run `make docs`"


def test_every_command_has_examples() -> None:
    context = click.Context(cli)
    for verbs in SECTIONS.values():
        for name in verbs:
            command = cli.get_command(context, name)
            assert command is not None
            texts = [command.help or ""]
            if isinstance(command, click.Group):
                texts = [sub.help or "" for sub in command.commands.values()]
            assert all(f"doorstep {name}" in text for text in texts), name


def test_every_setting_is_told() -> None:
    from dataclasses import fields

    from scheduler.settings import Settings

    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    for table in fields(Settings):
        assert f"`[{table.name}]`" in page, table.name
        known = fields(getattr(Settings(), table.name)) if table.name != "selection" else ()
        for entry in known:
            assert f"`{entry.name}`" in page, f"{table.name}.{entry.name}"


DOCS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("page", DOCS, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_docs_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


if __name__ == "__main__":
    PAGE.write_text(commands_markdown(), "utf-8")
