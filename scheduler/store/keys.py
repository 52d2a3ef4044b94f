"""Where a workspace's key comes from: an environment variable, or a file that lies outside the workspace."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from scheduler.settings import Workspace
from scheduler.store.cipher import Key, KeyProblem

KEY, KEY_FILE = "DOORSTEP_KEY", "DOORSTEP_KEY_FILE"


def given_key(workspace: Workspace) -> Key | None:
    """The key in $DOORSTEP_KEY, else in the file that $DOORSTEP_KEY_FILE or `[store] key_file` names.

    None where none is named. Raises KeyProblem for one that cannot be read.
    """
    text = os.environ.get(KEY, "").strip()
    if text:
        return Key.read(text, f"The environment variable {KEY}")
    path = named_file(workspace)
    return None if path is None else read_key_file(path, workspace)


def is_key_named(workspace: Workspace) -> bool:
    """Whether any key is named; it need not be readable."""
    return bool(os.environ.get(KEY, "").strip()) or named_file(workspace) is not None


def named_file(workspace: Workspace) -> Path | None:
    """The key file that is named, or None."""
    given = os.environ.get(KEY_FILE, "").strip()
    if given:
        return Path(given).expanduser()
    own = workspace.settings.store.key_file
    return workspace.folder / Path(own).expanduser() if own else None


def read_key_file(path: Path, workspace: Workspace) -> Key:
    """The key in a file. Raises KeyProblem where it lies in the workspace or others may read it."""
    refuse_inside(path, workspace)
    try:
        if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeyProblem(f"The key file {path.name} can be read by others", mend=f"chmod 600 {path.name}")
        return Key.read(path.read_text("ascii"), f"The key file {path.name}")
    except FileNotFoundError:
        raise KeyProblem(
            f"There is no key file {path.name}", mend="Bring it back: without it names cannot be read."
        ) from None
    except UnicodeDecodeError:
        return Key.read("", f"The key file {path.name}")


def write_key_file(key: Key, path: Path, workspace: Workspace) -> None:
    """Write a key for its owner alone. Raises KeyProblem for a file that is there, or in the workspace."""
    refuse_inside(path, workspace)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyProblem(
            f"{path.name} is there already; a key is never overwritten", mend="Name another file."
        ) from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key.text() + "\n")
        file.flush()
        os.fsync(file.fileno())


def refuse_inside(path: Path, workspace: Workspace) -> None:
    """A key beside what it locks is no lock: whoever copies the folder has both."""
    if path.resolve().is_relative_to(workspace.folder.resolve()):
        raise KeyProblem(
            f"The key file {path.name} lies in the workspace", mend="Keep it in a folder outside."
        )
