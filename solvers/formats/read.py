"""Any benchmark file, by what is in it."""

from __future__ import annotations

import json
from pathlib import Path

from solvers.formats.fieldday import day_of
from solvers.formats.instance import BenchInstance, Family, FormatError, text_of
from solvers.formats.solomon import read_solomon
from solvers.formats.toptw import read_toptw
from solvers.formats.vrplib import read_vrplib
from solvers.problem_json import FORMAT, problem_from_dict


def read_instance(path: Path, agents: int = 1) -> BenchInstance:
    """The instance in this file: Solomon or TOPTW text, VRPLIB, a field day, or a problem kept as JSON.

    `agents` is for TOPTW, whose files do not say. Raises OSError when the file cannot be read, `ProblemError`
    (mostly `FormatError`) when it holds no instance.
    """
    text = text_of(path)
    if text.lstrip()[:1] in {"{", "["}:
        return _json(path, text)
    lines = text.splitlines()
    if any(line.strip().upper() == "VEHICLE" for line in lines):
        return read_solomon(path)
    if any(line.startswith("NODE_COORD_SECTION") for line in lines):
        return read_vrplib(path)
    first = lines[0].split() if lines else []
    if first and all(word.isdigit() for word in first):
        return read_toptw(path, agents)
    raise FormatError.at(
        path, None, "no known format: Solomon, VRPLIB, TOPTW, a field day or a problem in JSON are read"
    )


def _json(path: Path, text: str) -> BenchInstance:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise FormatError.at(path, error.lineno, "this is no JSON") from None
    ours = isinstance(data, dict) and data.get("format") == FORMAT
    problem = problem_from_dict(data) if ours else day_of(data)
    return BenchInstance(path.stem, Family.FIELDDAY, problem)
