"""plan.json: a plan as a file that another machine can check. Ids and places only, no names."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from scheduler.model.findings import DoorstepError, ModelError
from scheduler.model.plan import Plan


@cache
def _adapter() -> TypeAdapter[Plan]:
    return TypeAdapter(Plan)


def plan_bytes(plan: Plan) -> bytes:
    """The plan as indented JSON in UTF-8; the same plan gives the same bytes."""
    return _adapter().dump_json(plan, indent=1) + b"\n"


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal: what a certificate is bound to."""
    return hashlib.sha256(data).hexdigest()


def write_plan(plan: Plan, path: Path) -> str:
    """Write the plan whole or not at all; returns the hash of what was written."""
    data = plan_bytes(plan)
    replace_bytes(path, data)
    return digest(data)


def folder_of(path: Path) -> Path:
    """Where a plan lies: it is named by its file or by its folder."""
    return path if path.is_dir() else path.parent


def read_plan(path: Path) -> tuple[Plan, str]:
    """The plan at `path` and the hash of its bytes. Raises DoorstepError for what is not a plan."""
    if path.is_dir():
        path = path / "plan.json"
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise DoorstepError(
            f"There is no plan at {path.name}", mend="Make one with: doorstep plan --date DAY"
        ) from None
    try:
        return _adapter().validate_json(data), digest(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole file"
        raise DoorstepError(f"{path.name} is not a plan: {place}: {first['msg']}") from None
    except ModelError as error:
        raise DoorstepError(f"{path.name} is not a plan: {error}") from None


def replace_bytes(path: Path, data: bytes) -> None:
    """Write `data` beside `path`, then put it in its place: never half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    part.replace(path)
