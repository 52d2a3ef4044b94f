"""Bytes of a text file to text: the encodings that banks export in, one damaged line at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

UTF8, CHINESE, WESTERN = "utf-8", "gb18030", "cp1252"
_VOTERS = 2000
_HIGH = re.compile(rb"[\x80-\xff]+")
_FOUR = re.compile(rb"[\x81-\xfe][0-9][\x81-\xfe][0-9]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the encoding of most of it, and how many lines had another."""

    text: str
    encoding: str
    odd_lines: int = 0


def decode(data: bytes) -> Decoded:
    """UTF-8 with or without its mark, UTF-16, GB18030, Windows-1252; what fits none becomes U+FFFD.

    GB18030 accepts almost any bytes, so that a single damaged line must not decide for a whole UTF-8 file:
    where the file is not of one piece, its lines vote.
    """
    wide = _utf16(data)
    if wide:
        return Decoded(data.decode(wide, "replace").removeprefix("\ufeff"), wide)
    data = data.removeprefix(b"\xef\xbb\xbf")
    main = UTF8 if _fits(data, UTF8) else _vote(data)
    if _fits(data, main):
        return Decoded(data.decode(main), main)
    lines, odd = [], 0
    for line in data.split(b"\n"):
        other = not _fits(line, main)
        odd += other
        lines.append(_rescue(line, main) if other else line.decode(main))
    return Decoded("\n".join(lines), main, odd)


def _utf16(data: bytes) -> str:
    """UTF-16 by its mark, or by the zeros beside delimiters, digits and every line's end."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    head = data[:4000]
    first, second = head[0::2].count(0), head[1::2].count(0)
    few, many = sorted((first, second))
    end = b"\n\x00" if second > first else b"\x00\n"
    if (
        many < 4
        or (few + many) * 25 < len(head)
        or many < 9 * few
        or head.count(end) < head.count(b"\n") * 0.9
    ):
        return ""
    return "utf-16-le" if second > first else "utf-16-be"


def _fits(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _vote(data: bytes) -> str:
    """The encoding that most lines with more than ASCII in them are in."""
    lines = list(islice((line for line in data.split(b"\n") if not line.isascii()), _VOTERS))
    utf8 = sum(_fits(line, UTF8) or _damaged_utf8(line) for line in lines)
    if utf8 * 2 >= len(lines):
        return UTF8
    return _single_byte_or_chinese(b"\n".join(lines))


def _single_byte_or_chinese(data: bytes) -> str:
    """Chinese text has its high bytes in pairs, accented letters stand alone among plain ones.

    GB18030 writes accented letters as four bytes, of which every second is a digit.
    """
    rest, fours = _FOUR.subn(b"", data)
    runs = _HIGH.findall(rest)
    return WESTERN if sum(len(run) == 1 for run in runs) * 2 > len(runs) + fours else CHINESE


def _damaged_utf8(line: bytes) -> bool:
    """UTF-8 with a few bytes lost, rather than another encoding."""
    text = line.decode(UTF8, "replace")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return 2 * text.count("\ufffd") < beyond_ascii


def _rescue(line: bytes, main: str) -> str:
    if main == UTF8 and _damaged_utf8(line):
        return line.decode(UTF8, "replace")
    other = _single_byte_or_chinese(line) if main == UTF8 else UTF8
    return line.decode(other if _fits(line, other) else main, "replace")
