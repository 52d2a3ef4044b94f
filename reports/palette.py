"""Colours of agents: Okabe and Ito's (2008), told apart by most colour-blind readers; dashes tell the rest.

Yellow is left out (too faint on a light ground) and olive stands for it.
"""

from __future__ import annotations

from dataclasses import dataclass

_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8c6d0f", "#56b4e9", "#4d4d4d")
_DASHES = ("", "10 6", "2 6", "14 5 2 5")


@dataclass(frozen=True, slots=True)
class Tone:
    """How an agent's route looks. `ink` is what reads best on `colour`."""

    colour: str
    ink: str
    dash: str


def tone(index: int) -> Tone:
    """The look of the agent at `index`; 28 of them differ."""
    colour = _COLOURS[index % len(_COLOURS)]
    dash = _DASHES[index % len(_DASHES)]
    return Tone(colour, _ink(colour), dash)


def _ink(colour: str) -> str:
    """Black or white, whichever has the greater contrast (WCAG 2.2, relative luminance)."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#ffffff" if 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 else "#000000"
