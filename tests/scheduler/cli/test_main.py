from __future__ import annotations

import subprocess
import sys

import pytest

from scheduler.cli.main import SECTIONS, VERBS, run


def test_help_lists_every_verb_by_user(capsys) -> None:
    assert run(["--help"]) == 0
    text = capsys.readouterr().out
    for section, verbs in SECTIONS.items():
        assert text.index(f"{section}:") < min(text.index(f"\n  {verb} ") for verb in verbs)


def test_help_imports_nothing_heavy() -> None:
    """The overview answers at once because it imports no tool package and no library of theirs."""
    code = (
        "import sys; from scheduler.cli.main import run; run(['--help']); "
        "heavy = {'numpy', 'pandas', 'ortools', 'sqlalchemy', 'osmium', 'folium', 'geodata', 'solvers', 'reports'}; "
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_has_help(verb: str, capsys) -> None:
    assert run([verb, "--help"]) == 0
    assert "Usage:" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["plan", "-w", "nowhere"], 2, "doorstep init"),
        (["plan", "--date", "tomorrow", "-w", "nowhere"], 2, "doorstep init"),
        (["nonsense"], 2, "No such command"),
        (["roads", "build", "none.osm.pbf"], 2, "none.osm.pbf"),
        (["geocode", "t.csv"], 2, "--extract"),
        (["scenario", "run"], 2, "Missing argument"),
    ],
)
def test_bad_calls_are_explained(arguments, code, words, capsys, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == code
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said


def test_a_defect_is_told_without_a_traceback_or_its_content(capsys, monkeypatch) -> None:
    from scheduler.cli import select

    def broken(*_: object) -> None:
        raise RuntimeError("Maija Meikäläinen, 040 123")

    monkeypatch.setattr("scheduler.settings.Workspace.find", broken)
    assert run(["select"]) == 70
    said = capsys.readouterr().err
    assert "defect" in said
    assert "Maija" not in said
    assert select.command.name == "select"
