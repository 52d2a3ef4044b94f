"""Pages in a real browser, without a network. A page that complains in the console, or asks for anything, fails."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

HERE = Path(__file__).resolve().parents[1] / "reports" / "sheets.py"
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def sheets() -> ModuleType:
    """The module of invented sheets."""
    spec = importlib.util.spec_from_file_location("doorstep_test_sheets", HERE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium as the machine has it."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as engine:
        opened = engine.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()


@dataclass
class Watched:
    """An open page and what it did."""

    page: Any
    context: Any
    address: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def quiet(self) -> None:
        """Nothing was asked of anyone, nothing was refused, nothing failed."""
        assert self.complaints == []
        assert set(self.requests) <= {self.address, "data:,"}


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Watched]]:
    """Open a page's text from a file; options are the browser context's."""
    contexts = []

    def opened(text: str, **options: Any) -> Watched:
        path = tmp_path / f"page{len(contexts)}.html"
        path.write_text(text, "utf-8")
        settings = {"viewport": {"width": 390, "height": 844}, "accept_downloads": True} | options
        context = browser.new_context(**settings)
        contexts.append(context)
        page = context.new_page()
        watched = Watched(page, context, path.as_uri())
        page.on("request", lambda request: watched.requests.append(request.url))
        page.on("console", lambda said: watched.complaints.append(said.text) if said.type != "log" else None)
        page.on("pageerror", lambda error: watched.complaints.append(str(error)))
        page.goto(watched.address)
        return watched

    yield opened
    for context in contexts:
        context.close()
