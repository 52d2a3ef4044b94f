"""Which characters the fonts within the project have."""

from __future__ import annotations

import struct
from functools import cache
from importlib.resources import files

REGULAR = "NotoSansCJKsc-Regular-subset.otf"
BOLD = "NotoSansCJKsc-Bold-subset.otf"


@cache
def covered() -> frozenset[int]:
    """Code points that both fonts can draw."""
    return _code_points(REGULAR) & _code_points(BOLD)


def _code_points(name: str) -> frozenset[int]:
    """Code points of a font's `cmap` table, format 4 (OpenType 1.9, cmap): all of the basic plane."""
    font = files("reports").joinpath("assets", "fonts", name).read_bytes()
    (tables,) = struct.unpack_from(">H", font, 4)
    records = (struct.unpack_from(">4sLLL", font, 12 + 16 * k) for k in range(tables))
    start = next(offset for tag, _, offset, _ in records if tag == b"cmap")
    (encodings,) = struct.unpack_from(">H", font, start + 2)
    found = set[int]()
    for k in range(encodings):
        _, _, offset = struct.unpack_from(">HHL", font, start + 4 + 8 * k)
        if struct.unpack_from(">H", font, start + offset)[0] == 4:
            found |= _segments(font, start + offset)
    return frozenset(found - {0xFFFF})


def _segments(font: bytes, at: int) -> set[int]:
    (twice,) = struct.unpack_from(">H", font, at + 6)
    count = twice // 2
    ends = struct.unpack_from(f">{count}H", font, at + 14)
    starts = struct.unpack_from(f">{count}H", font, at + 16 + twice)
    # A subset maps whole segments: every code within one has a glyph.
    return {code for low, high in zip(starts, ends, strict=True) for code in range(low, high + 1)}
