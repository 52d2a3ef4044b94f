"""Personal values sealed by AES-256-GCM, and found again by keyed hashes.

One secret of 32 bytes gives three keys by HKDF (RFC 5869): one seals, one hashes, one signs the audit trail.
A sealed value reads "dk1.<key id>.<base64 of nonce, ciphertext and tag>". Its table, column and row id are
authenticated with it: a value that was moved to another row, or changed, does not open.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from functools import cached_property
from typing import Any

from scheduler.model.findings import DoorstepError

SECRET_BYTES = 32
_KEY_PREFIX, _VALUE_PREFIX = "doorstep-key-1:", "dk1."
_NONCE = 12


class KeyProblem(DoorstepError):  # noqa: N818  it is read as a sentence
    """A key that is missing, wrong or unreadable. Nothing was changed."""


class SealBrokenError(DoorstepError):
    """A sealed value that does not open: changed, moved, or sealed by another key."""


class Key:
    """A workspace's secret. Its id tells keys apart and gives nothing away."""

    __slots__ = ("__dict__", "_secret")

    def __init__(self, secret: bytes) -> None:
        if len(secret) != SECRET_BYTES:
            raise KeyProblem("A key has 32 bytes", mend="Make one with: doorstep key new FILE")
        self._secret = secret

    @classmethod
    def new(cls) -> Key:
        """A key from the system's random numbers."""
        return cls(os.urandom(SECRET_BYTES))

    @classmethod
    def read(cls, text: str, where: str) -> Key:
        """The key that `text` spells. Raises KeyProblem naming `where`, never the text."""
        body = text.strip()
        try:
            if not body.startswith(_KEY_PREFIX):
                raise ValueError
            return cls(base64.b64decode(body.removeprefix(_KEY_PREFIX), altchars=b"-_", validate=True))
        except (ValueError, binascii.Error, KeyProblem):
            raise KeyProblem(
                f"{where} does not hold a key of Doorstep's",
                mend='A key is one line that begins with "doorstep-key-1:". Make one with: doorstep key new FILE',
            ) from None

    def text(self) -> str:
        """The key as a line of text, as key files hold it."""
        return _KEY_PREFIX + base64.urlsafe_b64encode(self._secret).decode()

    def __repr__(self) -> str:
        return f"Key({self.id})"

    @cached_property
    def id(self) -> str:
        """Eight hexadecimal digits."""
        return self._derive(b"id")[:4].hex()

    @cached_property
    def _aead(self) -> Any:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        return AESGCM(self._derive(b"seal"))

    @cached_property
    def _search(self) -> bytes:
        return self._derive(b"search")

    @cached_property
    def _sign(self) -> bytes:
        return self._derive(b"audit")

    def _derive(self, purpose: bytes) -> bytes:
        # HKDF-SHA256 with one block of output: extract, then expand (RFC 5869, 2.2 and 2.3).
        extracted = hmac.digest(b"doorstep", self._secret, hashlib.sha256)
        return hmac.digest(extracted, purpose + b"\x01", hashlib.sha256)

    def seal(self, text: str, table: str, column: str, row: str) -> str:
        """`text` sealed for one cell. The same text never seals to the same value twice."""
        sealed = self._closed(text.encode(), _place(table, column, row))
        return f"{_VALUE_PREFIX}{self.id}.{base64.b64encode(sealed).decode()}"

    def open(self, value: str, table: str, column: str, row: str) -> str:
        """What was sealed for this cell. Raises SealBrokenError, KeyProblem for another key's value."""
        from cryptography.exceptions import InvalidTag

        ident, _, body = value.removeprefix(_VALUE_PREFIX).partition(".")
        if is_sealed(value) and ident != self.id:
            raise wrong_key(self.id, ident)
        try:
            if not is_sealed(value):
                raise ValueError
            raw = base64.b64decode(body, validate=True)
            return self._opened(raw, _place(table, column, row)).decode()
        except (ValueError, InvalidTag, binascii.Error):
            raise SealBrokenError(
                f"The database holds a value that does not open ({table}.{column} of {row}): "
                "it was changed by another hand",
                mend="Restore the database from a copy.",
            ) from None

    def seal_file(self, data: bytes, kind: str) -> bytes:
        """What a file of this kind holds, sealed: nonce, ciphertext and tag."""
        return self._closed(data, _place("file", kind, ""))

    def open_file(self, data: bytes, kind: str) -> bytes:
        """What was sealed. Raises SealBrokenError, for another key's file too."""
        from cryptography.exceptions import InvalidTag

        try:
            return self._opened(data, _place("file", kind, ""))
        except (ValueError, InvalidTag):
            raise SealBrokenError(
                f"A file does not open ({kind}): it was sealed by another key, or changed"
            ) from None

    def _closed(self, data: bytes, place: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        sealed: bytes = self._aead.encrypt(nonce, data, place)
        return nonce + sealed

    def _opened(self, sealed: bytes, place: bytes) -> bytes:
        opened: bytes = self._aead.decrypt(sealed[:_NONCE], sealed[_NONCE:], place)
        return opened

    def hash(self, text: str, table: str, column: str) -> str:
        """A keyed hash to search by: HMAC-SHA-256 of `text`, another one in each column."""
        place = f"{table}\0{column}\0".encode()
        return hmac.digest(self._search, place + text.encode(), hashlib.sha256).hex()

    def sign(self, data: bytes) -> str:
        """A signature that only a holder of the key can make."""
        return hmac.digest(self._sign, data, hashlib.sha256).hex()


def is_sealed(value: str) -> bool:
    """Whether a stored value is a sealed one."""
    return value.startswith(_VALUE_PREFIX)


def wrong_key(given: str, wanted: str) -> KeyProblem:
    """The error for a key that is another workspace's."""
    return KeyProblem(
        f"The key given ({given}) is not this workspace's ({wanted}); nothing was changed",
        mend="Give the right key; doorstep key status names the one that is wanted.",
    )


def _place(table: str, column: str, row: str) -> bytes:
    return "\0".join((table, column, row)).encode()
