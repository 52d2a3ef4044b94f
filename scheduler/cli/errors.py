"""What a person is told when something goes wrong."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

import click

from geodata.errors import GeodataError
from scheduler.model.findings import DoorstepError

EXIT_INPUT, EXIT_INTERNAL = 2, 70


def explain(error: Exception) -> int:
    """Print `error` in words and return the exit code. Tracebacks only with DOORSTEP_TRACEBACK=1."""
    if os.environ.get("DOORSTEP_TRACEBACK") == "1":
        traceback.print_exception(error)
    if isinstance(error, DoorstepError):
        _say(str(error), error.mend)
        return error.exit_code
    if isinstance(error, GeodataError):
        _say(str(error))
        return EXIT_INPUT
    if isinstance(error, OSError) and error.strerror:
        _say(f"{Path(str(error.filename)).name if error.filename else 'A file'}: {error.strerror}")
        return EXIT_INPUT
    place = traceback.extract_tb(error.__traceback__)[-1]
    _say(
        f"Something in Doorstep itself went wrong ({type(error).__name__} in {Path(place.filename).name}, line {place.lineno}).",
        "This is a defect. Set DOORSTEP_TRACEBACK=1 to see more, and report it without customers' data.",
    )
    return EXIT_INTERNAL


def _say(message: str, mend: str = "") -> None:
    click.echo(f"Error: {message}", err=True)
    if mend:
        click.echo(f"  Mend: {mend}", err=True)
