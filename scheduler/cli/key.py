"""`doorstep key`: the workspace's key, made, changed and named."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.common import Output, common, in_workspace
from scheduler.model.findings import DoorstepError
from scheduler.settings import Workspace

if TYPE_CHECKING:
    from scheduler.store.cipher import Key

FILE = click.Path(path_type=Path, dir_okay=False)


@click.group("key", short_help="Encrypt names, phones, addresses and notes.")
def command() -> None:
    """Encryption at rest: one key a workspace, kept outside it. Who loses the key loses the names."""


@command.command("new")
@click.argument("file", type=FILE, required=False)
@in_workspace
@common
def new(file: Path | None, workspace: Workspace, out: Output) -> None:
    """Encrypt the workspace with a new key in FILE, or with the key that is named already.

    FILE lies outside the workspace. An existing key file is taken as it is, never overwritten.

    \b
    Examples:
      doorstep key new ~/keys/mybank.key
      DOORSTEP_KEY_FILE=/run/keys/mybank doorstep key new
    """
    from scheduler.store.keyed import workspace_key
    from scheduler.store.keys import given_key

    used = workspace_key(workspace.store_url)
    if used is not None:
        raise DoorstepError(
            f"This workspace is encrypted already (key {used[0]})",
            mend="Change its key with: doorstep key rotate FILE",
        )
    key = given_key(workspace) if file is None else _key_in(file, workspace)
    if key is None:
        raise DoorstepError(
            "No key is named, and no file for a new one", mend="doorstep key new ~/keys/mybank.key"
        )
    _seal(workspace, out, None, key, file)


@command.command("rotate")
@click.argument("file", type=FILE)
@in_workspace
@common
def rotate(file: Path, workspace: Workspace, out: Output) -> None:
    """Seal everything under a new key in FILE. Interrupted, all stays under the old key; run it again.

    \b
    Examples:
      doorstep key rotate ~/keys/mybank-2027.key
    """
    from scheduler.store.keys import given_key

    old = given_key(workspace)
    if old is None:
        raise DoorstepError("No key is named", mend="Encrypt the workspace first: doorstep key new FILE")
    _seal(workspace, out, old, _key_in(file, workspace), file)


@command.command("status")
@in_workspace
@common
def status(workspace: Workspace, out: Output) -> int:
    """Say whether the workspace is encrypted, with which key, and whether the key named is the right one.

    \b
    Examples:
      doorstep key status
    """
    from scheduler.store.keyed import workspace_key
    from scheduler.store.keys import given_key

    used, given = workspace_key(workspace.store_url), given_key(workspace)
    fits = used is not None and given is not None and used[0] == given.id
    words = [
        f"Encrypted with key {used[0]} since {used[1]:%Y-%m-%d}."
        if used
        else "Not encrypted: names, phones, addresses and notes lie open in the database.",
        f"The key named is {given.id}{'' if fits or not used else ': the wrong one'}."
        if given
        else "No key is named.",
    ]
    out.result(
        {"encrypted": used is not None, "key": used and used[0], "given": given and given.id, "fits": fits},
        words,
    )
    return 0 if fits else 1


def _key_in(file: Path, workspace: Workspace) -> Key:
    from scheduler.store.cipher import Key
    from scheduler.store.keys import read_key_file, write_key_file

    if file.exists():  # an interrupted run left it
        return read_key_file(file, workspace)
    key = Key.new()
    write_key_file(key, file, workspace)
    return key


def _seal(workspace: Workspace, out: Output, old: Key | None, key: Key, file: Path | None) -> None:
    from scheduler.store.keyed import change_key

    with out.progress("Sealing") as step:
        count = change_key(
            workspace.store_url, old, key, lambda done, total: step(done, total, f"{done} of {total}")
        )
    words = [f"{count} rows sealed with key {key.id}."]
    if file is not None:
        words += [
            f"Name it from now on: export DOORSTEP_KEY_FILE={file.resolve()}",
            "Keep a copy of it in a safe place: without it nobody can read the names.",
            "Copies of the database made before this still hold what they held.",
        ]
    out.result({"rows": count, "key": key.id}, words)
