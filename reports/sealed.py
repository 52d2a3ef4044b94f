"""The sealed form of a page: it opens with its passcode, until the day it expires, without a network.

The page is compressed (gzip) and sealed by AES-256-GCM under a key that PBKDF2-SHA-256 makes of the passcode in
600,000 rounds. Format, rounds, salt, nonce and expiry are authenticated with it: whoever moves the expiry has a page
that does not open. A reader's clock tells that the time has come; the file has to be removed to be gone.
"""

from __future__ import annotations

import base64
import os
import secrets
import zlib
from datetime import UTC, datetime

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from reports import words
from reports.page import asset, lean, policy_of, render

FORMAT = "doorstep-sealed-1"
ROUNDS = 600_000
_WORDS = ("sealed_wrong", "sealed_expired", "sealed_opening", "sealed_cannot")
_SALT_BYTES, _NONCE_BYTES = 16, 12
# No letter or digit that is taken for another, on paper or by ear.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 4


def new_passcode() -> str:
    """Four groups of four letters and digits: 79 bits from the system's random numbers."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def plain_passcode(typed: str) -> str:
    """What counts of a passcode, however it was typed: a to z and digits, in small letters."""
    return "".join(character for character in typed.lower() if character.isascii() and character.isalnum())


def seal_page(page: str, passcode: str, expires: datetime, *, title: str, language: str) -> str:
    """A page that asks for the passcode and opens into `page`. `title` is seen by everybody who has the file.

    Raises ValueError for a passcode of less than 12 letters and digits, or an expiry without a time zone.
    """
    plain = plain_passcode(passcode)
    if len(plain) < 12:
        raise ValueError("a passcode has at least 12 letters and digits")
    if expires.tzinfo is None:
        raise ValueError("the expiry has a time zone")
    salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
    until = int(expires.astimezone(UTC).timestamp())
    head = {
        "format": FORMAT,
        "rounds": ROUNDS,
        "salt": base64.b64encode(salt).decode("ascii"),
        "nonce": base64.b64encode(nonce).decode("ascii"),
        "expires": until,
    }
    sealed = AESGCM(_key(plain, salt)).encrypt(nonce, _zipped(page), _bound(head))
    known = words.words(language)
    return render(
        "sealed.html",
        title=title,
        language=language,
        styles=[asset("base.css"), asset("sealed.css")],
        scripts=[lean(asset("sealed.js"))],
        data={
            **head,
            "sealed": base64.b64encode(sealed).decode("ascii"),
            "words": {key: known[key] for key in _WORDS},
        },
        inner=policy_of(page),
        shown=title,
        until=expires.strftime("%Y-%m-%d %H:%M"),
    )


def _key(passcode: str, salt: bytes) -> bytes:
    return PBKDF2HMAC(hashes.SHA256(), 32, salt, ROUNDS).derive(passcode.encode("utf-8"))


def _bound(head: dict[str, object]) -> bytes:
    """What is authenticated beside the page: all that the file says openly of how it is to be opened."""
    return "|".join(str(head[name]) for name in ("format", "rounds", "salt", "nonce", "expires")).encode(
        "ascii"
    )


def _zipped(page: str) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return packer.compress(page.encode("utf-8")) + packer.flush()
