from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.intake.encoding import decode

CHINESE = "编号,姓名,地址\n1,王小明,静海市滨河区和平路18号\n2,李华,解放大道五号\n"
FINNISH = "id,name,address\n1,Päivi Mäkelä,Hämeentie 4\n2,Åke Öst,Töölönkatu 3\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_chinese_in_any_encoding(encoding: str) -> None:
    assert decode(CHINESE.encode(encoding)).text == CHINESE


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "gb18030"])
def test_accents_in_any_encoding(encoding: str) -> None:
    found = decode(FINNISH.encode(encoding))
    assert found.text == FINNISH
    assert found.encoding == encoding.removesuffix("-sig")


def test_one_line_in_another_encoding_leaves_the_others_alone() -> None:
    lines = CHINESE.encode().split(b"\n")
    lines[1] = CHINESE.split("\n")[1].encode("gb18030")
    found = decode(b"\n".join(lines))
    assert (found.text, found.odd_lines) == (CHINESE, 1)
    lines = CHINESE.encode("gb18030").split(b"\n")
    lines[1] = CHINESE.split("\n")[1].encode()
    assert decode(b"\n".join(lines)).text.split("\n")[2:] == CHINESE.split("\n")[2:]


def test_lines_in_utf16_do_not_decide_for_the_file() -> None:
    lines = CHINESE.encode().split(b"\n")
    lines[1] = ("1,2,3,4,5,6,7,8,9" * 5).encode("utf-16-le")
    assert decode(b"\n".join(lines)).text.split("\n")[2] == CHINESE.split("\n")[2]


def test_a_damaged_line_is_marked_and_the_others_are_whole() -> None:
    data = CHINESE.encode()
    cut = data.replace("王小明".encode(), "王小明".encode()[:-1])
    found = decode(cut)
    assert "\ufffd" in found.text.split("\n")[1]
    assert found.text.split("\n")[2] == CHINESE.split("\n")[2]


@given(st.binary(max_size=300))
def test_any_bytes_become_text(data: bytes) -> None:
    assert isinstance(decode(data).text, str)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=200))
def test_utf8_is_always_read_as_utf8(text: str) -> None:
    if not text.startswith("\ufeff"):
        assert decode(text.encode()).text == text
