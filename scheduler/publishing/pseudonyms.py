"""Ids that tell cases apart and lead back to nobody without the key, and places rounded to 100 m."""

from __future__ import annotations

import base64
import hashlib
import hmac
import math
import os
from pathlib import Path

from geodata.coordinates import LatLon
from scheduler.model.findings import DoorstepError
from scheduler.settings import Workspace

FILE = ".pseudonyms.key"
_BYTES, _LETTERS = 32, 10
_METRES_A_DEGREE = 111_195.0  # of a great circle, on a sphere of the earth's mean radius
ROUNDED_M = 100.0


class Pseudonyms:
    """Keyed pseudonyms: the same id has the same one in every page of a workspace (HMAC-SHA-256, 50 bits)."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < _BYTES:
            raise ValueError(f"a secret has at least {_BYTES} bytes")
        self._secret = secret

    @classmethod
    def of(cls, workspace: Workspace) -> Pseudonyms:
        """By the workspace's key; without one by a secret that is made once and kept in its folder.

        Changing the workspace's key changes the pseudonyms.
        """
        from scheduler.store.keys import given_key

        key = given_key(workspace)
        if key is not None:
            return cls(bytes.fromhex(key.hash("secret", "pseudonyms", "id")))
        return cls(_kept_secret(workspace.folder / FILE))

    def __repr__(self) -> str:
        return "Pseudonyms()"

    def case(self, ident: str) -> str:
        """For a case's id."""
        return f"case-{self._letters('case', ident)}"

    def agent(self, ident: str) -> str:
        """For an agent's or a crew's id."""
        return f"agent-{self._letters('agent', ident)}"

    def other(self, kind: str, ident: str) -> str:
        """For anything else that has a name, such as a skill."""
        return f"{kind}-{self._letters(kind, ident)}"

    def _letters(self, kind: str, ident: str) -> str:
        digest = hmac.digest(self._secret, f"{kind}\0{ident}".encode(), hashlib.sha256)
        return base64.b32encode(digest).decode()[:_LETTERS].lower()


def _kept_secret(path: Path) -> bytes:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        secret = path.read_bytes()
        if len(secret) != _BYTES:
            raise DoorstepError(
                f"{path.name} does not hold a secret of {_BYTES} bytes",
                mend="Bring it back, or remove it: pages made from then on have other pseudonyms.",
            ) from None
        return secret
    secret = os.urandom(_BYTES)
    with os.fdopen(handle, "wb") as file:
        file.write(secret)
    return secret


def rounded(place: LatLon, metres: float = ROUNDED_M) -> LatLon:
    """The middle of the cell of `metres` by `metres` that a place lies in: at most 0.71 `metres` away."""
    step = metres / _METRES_A_DEGREE
    lat = _middle(place.lat, step)
    across = step / max(math.cos(math.radians(lat)), 0.01)
    return LatLon(round(max(-90.0, min(90.0, lat)), 6), round(_within(_middle(place.lon, across)), 6))


def _middle(value: float, step: float) -> float:
    return (math.floor(value / step) + 0.5) * step


def _within(lon: float) -> float:
    return max(-180.0, min(180.0, lon))
