"""Where pages are put: what was written is remembered, also when the work is interrupted half way."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from scheduler.planning.planfile import replace_bytes
from scheduler.settings import Workspace


class Desk:
    """One kind of page in one folder; what was written there before as one of `replaces` gives way to it."""

    def __init__(self, kind: str, folder: Path, replaces: Collection[str] = ()) -> None:
        self.kind, self.folder = kind, folder
        self.replaces = {kind, *replaces}
        self.written: list[Path] = []

    def put(self, name: str, data: bytes) -> None:
        """Write a file whole or not at all; `name` may have folders in it."""
        path = self.folder / name
        replace_bytes(path, data)
        self.written.append(path)


def remember(workspace: Workspace, desks: Iterable[Desk], *, whole: bool = True, **detail: str | int) -> None:
    """Tell the store and the audit trail what was written.

    Pages of an earlier publishing to the same folder that were not written again are removed:
    somebody whose stops were all withdrawn has no page any more. Not so where the work was not finished
    (`whole` is False).
    """
    from scheduler.store.opening import open_store
    from scheduler.store.written import all_written, note_written, remove_files

    with open_store(workspace) as store:
        for desk in desks:
            here = desk.folder.resolve()
            before = [e for e in all_written(store) if e.kind in desk.replaces and e.folder.resolve() == here]
            if desk.written:
                note_written(store, desk.kind, desk.folder, desk.written, **detail)
            if whole:
                remove_files(store, before, "published again")
