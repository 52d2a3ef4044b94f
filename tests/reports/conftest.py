"""Sheets to make pages from."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

HERE = Path(__file__).with_name("sheets.py")


@pytest.fixture(scope="session")
def sheets() -> ModuleType:
    """The module of invented sheets."""
    spec = importlib.util.spec_from_file_location("doorstep_test_sheets", HERE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
