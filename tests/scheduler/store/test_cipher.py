from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.store.cipher import Key, KeyProblem, SealBrokenError, is_sealed

KEY, OTHER = Key(bytes(32)), Key(bytes([1]) * 32)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80)
IDS = st.text("abcdefgh-1234", min_size=1, max_size=12)


@given(TEXTS, IDS, IDS, IDS)
def test_what_was_sealed_opens_in_its_own_cell(text, table, column, row) -> None:
    sealed = KEY.seal(text, table, column, row)
    assert is_sealed(sealed)
    assert KEY.open(sealed, table, column, row) == text
    assert sealed != KEY.seal(text, table, column, row)


@given(TEXTS, st.tuples(IDS, IDS, IDS), st.tuples(IDS, IDS, IDS))
def test_a_value_moved_to_another_cell_does_not_open(text, cell, other) -> None:
    sealed = KEY.seal(text, *cell)
    if cell == other:
        assert KEY.open(sealed, *other) == text
    else:
        with pytest.raises(SealBrokenError) as caught:
            KEY.open(sealed, *other)
        assert sealed not in str(caught.value)


@given(TEXTS, st.integers(0, 10_000), st.integers(1, 255))
def test_a_value_with_one_byte_changed_does_not_open(text, at, mask) -> None:
    head, ident, body = KEY.seal(text, "t", "c", "r").split(".")
    raw = bytearray(base64.b64decode(body))
    raw[at % len(raw)] ^= mask
    with pytest.raises(SealBrokenError):
        KEY.open(f"{head}.{ident}.{base64.b64encode(raw).decode()}", "t", "c", "r")


@pytest.mark.parametrize(
    "value", ["plain text", "dk1.", f"dk1.{KEY.id}.", f"dk1.{KEY.id}.!!", f"dk1.{KEY.id}.AAAA"]
)
def test_what_was_never_sealed_does_not_open(value) -> None:
    with pytest.raises((SealBrokenError, KeyProblem)):
        KEY.open(value, "t", "c", "r")


def test_another_key_is_named_and_opens_nothing() -> None:
    with pytest.raises(KeyProblem, match=f"{OTHER.id}.*{KEY.id}.*nothing was changed"):
        OTHER.open(KEY.seal("x", "t", "c", "r"), "t", "c", "r")


@given(TEXTS, TEXTS)
def test_hashes_agree_only_for_the_same_text_column_and_key(one, two) -> None:
    assert (KEY.hash(one, "t", "c") == KEY.hash(two, "t", "c")) == (one == two)
    assert len({KEY.hash(one, "t", "c"), KEY.hash(one, "t", "d"), OTHER.hash(one, "t", "c")}) == 3


@given(st.binary(min_size=32, max_size=32))
def test_a_key_is_read_as_it_was_written_and_never_shown(secret) -> None:
    key = Key(secret)
    again = Key.read(f"  {key.text()}\n", "here")
    assert again.open(key.seal("x", "t", "c", "r"), "t", "c", "r") == "x"
    assert key.text() not in repr(key)
    assert secret.hex() not in repr(vars(key))


@pytest.mark.parametrize(
    "text", ["", "secret words", "doorstep-key-1:", "doorstep-key-1:AAAA", "doorstep-key-1:é"]
)
def test_what_is_no_key_is_refused_without_repeating_it(text) -> None:
    with pytest.raises(KeyProblem, match="The file x does not hold a key") as caught:
        Key.read(text, "The file x")
    assert "secret words" not in str(caught.value)


def test_the_derivation_is_hkdf() -> None:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    secret = bytes(range(32))
    for purpose in (b"seal", b"search", b"audit"):
        expected = HKDF(SHA256(), 32, b"doorstep", purpose).derive(secret)
        assert Key(secret)._derive(purpose) == expected


@given(st.binary(max_size=200), st.integers(0, 10**6), st.integers(1, 255))
def test_a_sealed_file_opens_as_it_was_and_not_once_it_was_changed(data, at, mask) -> None:
    key = Key.new()
    sealed = bytearray(key.seal_file(data, "travel"))
    assert key.open_file(bytes(sealed), "travel") == data
    with pytest.raises(SealBrokenError):
        key.open_file(bytes(sealed), "another kind")
    sealed[at % len(sealed)] ^= mask
    with pytest.raises(SealBrokenError):
        key.open_file(bytes(sealed), "travel")
