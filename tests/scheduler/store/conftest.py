"""A database of one's own, plain and encrypted."""

from __future__ import annotations

from pathlib import Path

import pytest

from scheduler.store.cipher import Key
from scheduler.store.repository import Store


@pytest.fixture
def url(tmp_path) -> str:
    return f"sqlite:///{tmp_path / 'doorstep.db'}"


@pytest.fixture
def store(url):
    with Store.open(url) as opened:
        yield opened


@pytest.fixture
def key() -> Key:
    return Key(bytes(range(32)))


@pytest.fixture
def locked(url, key):
    with Store.open(url, key=key) as opened:
        yield opened


@pytest.fixture
def on_disk(tmp_path):
    """`on_disk(word)` says in which of the database's files a word stands."""

    def where(word: str) -> list[str]:
        files = [path for path in Path(tmp_path).rglob("*") if path.is_file()]
        return [path.name for path in files if word.encode() in path.read_bytes()]

    return where
