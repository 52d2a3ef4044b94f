"""The sample's day published sealed: what lies in the folder tells nobody anything, and the passcodes lie elsewhere."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import stat
import zlib
from base64 import b64decode
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from scheduler.cli.main import run
from scheduler.settings import Workspace
from scheduler.store.opening import open_store
from scheduler.store.written import all_written

PEOPLE = ("name", "phone", "address", "note", "flag", "amount")
AGENTS = ("agent_name", "agent_phone", "agent_start")


@pytest.fixture
def home(published, tmp_path) -> Path:
    return Path(shutil.copytree(published.home, tmp_path / "w"))


def unseal(page: str, passcode: str) -> str:
    """The page within, as the format's description says; by no code of the project."""
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.S)[1])
    code = passcode.replace("-", "").encode()
    key = PBKDF2HMAC(hashes.SHA256(), 32, b64decode(data["salt"]), data["rounds"]).derive(code)
    bound = "|".join(str(data[name]) for name in ("format", "rounds", "salt", "nonce", "expires")).encode()
    packed = AESGCM(key).decrypt(b64decode(data["nonce"]), b64decode(data["sealed"]), bound)
    return zlib.decompress(packed, zlib.MAX_WBITS | 16).decode()


def test_a_sealed_day_opens_with_its_passcodes_alone(published, home, day, tmp_path, reading, capfd) -> None:
    out, file = home / "out" / day, tmp_path / "codes.csv"
    assert list(out.glob("route-sheets/*.pdf"))
    assert run(["publish", str(out), "--seal", "--passcodes", str(file), "-v", "-w", str(home)]) == 0
    with file.open(encoding="utf-8", newline="") as table:
        codes = {row["agent"]: row["passcode"] for row in csv.DictReader(table)}
    said = capfd.readouterr()
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    plan = json.loads((out / "plan.json").read_text("utf-8"))
    assert set(codes) == {route["vehicle"] for route in plan["routes"]}
    # Open pages of before are gone, and what cannot be sealed is not written.
    assert not [path for suffix in ("pdf", "gpx", "geojson") for path in out.rglob(f"*.{suffix}")]
    wanted = [*published.customers(*PEOPLE), *published.workers(*AGENTS)]
    for route in plan["routes"]:
        for folder in ("agents", "route-sheets"):
            page = (out / folder / f"{route['vehicle']}.html").read_text("utf-8")
            assert not reading(page.encode(), wanted)
            opened = reading(unseal(page, codes[route["vehicle"]]).encode(), wanted)
            assert opened >= {("name", stop["case"]) for stop in route["stops"]}
            assert len(page) < 120_000
    everything = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    for code in codes.values():
        assert code.encode() not in everything
        assert code not in said.out + said.err
    with open_store(Workspace.open(home)) as store:
        assert {entry.kind for entry in all_written(store) if entry.folder == out.resolve()} >= {
            "sealed",
            "day",
        }
        assert "agents" not in {entry.kind for entry in all_written(store) if entry.folder == out.resolve()}


def test_the_page_closes_after_its_day(home, day, tmp_path) -> None:
    out = home / "out" / day
    codes = tmp_path / "codes.csv"
    assert run(["publish", str(out), "--seal", "--passcodes", str(codes), "-q", "-w", str(home)]) == 0
    page = next((out / "agents").glob("*.html")).read_text("utf-8")
    expires = json.loads(re.search(r'id="data">(.*?)</script>', page, re.S)[1])["expires"]
    zone = Workspace.open(home).settings.zone
    last = max(datetime.now(zone).date(), datetime.fromisoformat(day).date()) + timedelta(days=2)
    assert datetime.fromtimestamp(expires, zone).replace(tzinfo=None) == datetime.combine(
        last, datetime.min.time()
    )


@pytest.mark.parametrize("where", ["none", "pages", "there"])
def test_passcodes_need_a_place_of_their_own(home, day, tmp_path, capsys, where) -> None:
    out = home / "out" / day
    (tmp_path / "there.csv").write_text("kept")
    given = {
        "none": [],
        "pages": ["--passcodes", str(out / "codes.csv")],
        "there": ["--passcodes", str(tmp_path / "there.csv")],
    }[where]
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert run(["publish", str(out), "--seal", *given, "-w", str(home)]) == 2
    assert "asscodes" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    assert (tmp_path / "there.csv").read_text() == "kept"
