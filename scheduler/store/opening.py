"""A workspace's store, opened with the workspace's key."""

from __future__ import annotations

from scheduler.settings import Workspace
from scheduler.store.keys import given_key
from scheduler.store.repository import Store


def open_store(workspace: Workspace, *, create: bool = False) -> Store:
    """The workspace's store. Raises DoorstepError as `Store.open` does, and for a key that cannot be read."""
    key = given_key(workspace)
    return Store.open(workspace.store_url, create=create, key=key, home=workspace.folder)
