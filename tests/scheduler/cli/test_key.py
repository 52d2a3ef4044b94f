"""Keys from the command line: nothing is overwritten, and every command says what lies open."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from scheduler.cli.main import run

CASES = (
    "case id,name,address,overdue,days past due,phone\nC1,Kaino Kanaria,Kanariakuja 7,100.00,30,0407654321\n"
)


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    monkeypatch.delenv("DOORSTEP_KEY", raising=False)
    monkeypatch.delenv("DOORSTEP_KEY_FILE", raising=False)
    folder = tmp_path / "w"
    assert run(["init", str(folder), "--pack", "house", "-q"]) == 0
    (tmp_path / "cases.csv").write_text(CASES, "utf-8")
    assert run(["import", "cases", str(tmp_path / "cases.csv"), "-w", str(folder), "-q"]) == 0
    return folder


def call(capsys, *arguments: str) -> tuple[int, dict, str]:
    capsys.readouterr()
    code = run([*arguments, "--json"])
    said = capsys.readouterr()
    return code, json.loads(said.out) if said.out.strip() else {}, said.err


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("doorstep.db*")))


def test_a_workspace_without_a_key_says_so(home, capsys) -> None:
    code, data, said = call(capsys, "key", "status", "-w", str(home))
    assert (code, data["encrypted"], data["given"]) == (1, False, None)
    assert said.count("No key: this workspace keeps names") == 1


def test_from_plain_text_to_a_key_to_another(home, tmp_path, capsys, monkeypatch) -> None:
    first, second = tmp_path / "keys" / "one.key", tmp_path / "keys" / "two.key"
    assert b"Kanaria" in bytes_of(home)
    assert call(capsys, "key", "new", str(first), "-w", str(home))[1]["rows"] == 1
    assert b"Kanaria" not in bytes_of(home)
    assert stat.S_IMODE(first.stat().st_mode) == 0o600

    code, _, said = call(capsys, "select", "-w", str(home))
    assert code == 2
    assert "no key is given" in said
    monkeypatch.setenv("DOORSTEP_KEY_FILE", str(first))
    assert call(capsys, "key", "status", "-w", str(home))[0] == 0
    code, _, said = call(capsys, "import", "cases", str(tmp_path / "cases.csv"), "-w", str(home))
    assert code == 0
    assert "No key" not in said

    assert call(capsys, "key", "rotate", str(second), "-w", str(home))[0] == 0
    before = bytes_of(home)
    code, _, said = call(capsys, "import", "cases", str(tmp_path / "cases.csv"), "-w", str(home))
    assert code == 2
    assert "not this workspace's" in said
    assert bytes_of(home) == before
    monkeypatch.setenv("DOORSTEP_KEY_FILE", str(second))
    code, data, _ = call(capsys, "import", "cases", str(tmp_path / "cases.csv"), "-w", str(home))
    assert (code, data["unchanged"]) == (0, 1)


def test_the_key_may_come_from_the_environment_itself(home, tmp_path, capsys, monkeypatch) -> None:
    from scheduler.store.cipher import Key

    monkeypatch.setenv("DOORSTEP_KEY", Key.new().text())
    assert "not encrypted yet" in call(capsys, "select", "-w", str(home))[2]
    assert call(capsys, "key", "new", "-w", str(home))[0] == 0
    assert b"Kanaria" not in bytes_of(home)
    assert call(capsys, "key", "status", "-w", str(home))[1]["fits"] is True


def test_a_new_workspace_is_encrypted_from_the_start(tmp_path, capsys, monkeypatch) -> None:
    from scheduler.store.cipher import Key

    monkeypatch.setenv("DOORSTEP_KEY", Key.new().text())
    assert run(["init", str(tmp_path / "w"), "-q"]) == 0
    assert call(capsys, "key", "status", "-w", str(tmp_path / "w"))[1]["fits"] is True


def refused(capsys, *arguments: str) -> str:
    code, _, said = call(capsys, *arguments)
    assert code == 2
    assert "Mend:" in said
    return said


def test_what_cannot_be_is_refused(home, tmp_path, capsys, monkeypatch) -> None:
    where = ("-w", str(home))
    assert "no file for a new one" in refused(capsys, "key", "new", *where)
    assert "lies in the workspace" in refused(capsys, "key", "new", str(home / "my.key"), *where)
    assert "No key is named" in refused(capsys, "key", "rotate", str(tmp_path / "x.key"), *where)
    junk = tmp_path / "junk.key"
    junk.write_text("hunter2 hunter2")
    assert "can be read by others" in refused(capsys, "key", "new", str(junk), *where)
    junk.chmod(0o600)
    said = refused(capsys, "key", "new", str(junk), *where)
    assert "does not hold a key" in said
    assert "hunter2" not in said
    assert junk.read_text() == "hunter2 hunter2"
    monkeypatch.setenv("DOORSTEP_KEY_FILE", str(tmp_path / "gone.key"))
    assert "There is no key file gone.key" in refused(capsys, "select", *where)
    monkeypatch.delenv("DOORSTEP_KEY_FILE")
    good = tmp_path / "good.key"
    assert call(capsys, "key", "new", str(good), *where)[0] == 0
    assert "encrypted already" in refused(capsys, "key", "new", str(tmp_path / "x.key"), *where)
    assert not (tmp_path / "x.key").exists()


def test_the_key_file_may_stand_in_the_settings(home, tmp_path, capsys) -> None:
    assert call(capsys, "key", "new", str(tmp_path / "k.key"), "-w", str(home))[0] == 0
    settings = home / "doorstep.toml"
    settings.write_text(
        settings.read_text("utf-8").replace("[store]", '[store]\nkey_file = "../k.key"'), "utf-8"
    )
    assert call(capsys, "key", "status", "-w", str(home))[1]["fits"] is True
