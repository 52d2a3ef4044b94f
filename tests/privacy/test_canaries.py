"""Every command over an encrypted workspace full of canaries: nothing personal is printed or left lying about.

What is printed may end in a log, files in a backup, and names of files in anybody's terminal.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from scheduler.cli.main import run
from scheduler.model.values import Money
from scheduler.model.visit import Outcome, OutcomeKind
from scheduler.settings import Workspace
from scheduler.store.opening import open_store

pytestmark = pytest.mark.slow
PEOPLE = ("name", "phone", "address", "note", "flag", "amount")
AGENTS = ("agent_name", "agent_phone", "agent_start")
MARKS = ("Kanarialähde-q", "Kanariatarkoitus-q", "Kanarialaatu-q")
RECORDING = "Kanariatallenne-q"
# What a command may print, since it was asked for just this.
MAY_PRINT = {
    "select": {"amount"},  # why a visit is due: an amount is part of a reason
    "ledger show": {*MARKS, RECORDING},  # what binds the next visit, and how it is known
}
# Where personal data may lie, and what of it: the tables that were given, pages of those whom they are for.
MAY_HOLD = {
    "given": {*PEOPLE, *AGENTS},
    "w/cases.csv": {*PEOPLE},
    "w/agents.csv": {*AGENTS},
    "w/out/{day}/agents": {"name", "phone", "address", "amount", "agent_name", "agent_start"},
    "w/out/{day}/route-sheets": {"name", "phone", "address", "amount", "agent_name", "agent_start"},
    "w/out/{day}/index.html": {"agent_name"},
    "w/out/{day}/day.xlsx": {"agent_name"},
    "w/out/{day}/agencies": {"agent_name"},
    "w/out/review.html": {"address", "agent_start"},
    "w/out/review.csv": {"address", "agent_start"},
}
OUTCOME_NOTE = "Kanariamuistelma-q"
SECRETS = (*MARKS, RECORDING, OUTCOME_NOTE)


@dataclass
class Walk:
    """Where everything lies, and what was said by which command."""

    root: Path
    planted: object
    said: list[tuple[tuple[str, ...], int, bytes]] = field(default_factory=list)

    @property
    def home(self) -> Path:
        return self.root / "w"


@pytest.fixture(scope="module")
def walk(tmp_path_factory, helsinki, planting, day) -> Iterator[Walk]:
    """The whole path, commands that fail among them, with and without -v and --json."""
    root = tmp_path_factory.mktemp("canaries")
    with pytest.MonkeyPatch.context() as patch:
        (root / "tmp").mkdir()
        patch.setenv("TMPDIR", str(root / "tmp"))
        patch.setattr("tempfile.tempdir", None)
        made = Walk(root, planting(root / "w", 40))
        patch.setenv("DOORSTEP_TRACEBACK", "0")
        _given(made)
        with pytest.MonkeyPatch.context() as output:
            for arguments, key, typed in _commands(made, day):
                patch.setenv("DOORSTEP_KEY_FILE", str(root / "keys" / key))
                made.said.append(_call(output, made, arguments, typed))
                if arguments[0] == "plan" and made.said[-1][1] == 0:
                    _outcome(made, day)
        yield made


def _call(patch, walk: Walk, arguments: tuple[str, ...], typed: str) -> tuple[tuple[str, ...], int, bytes]:
    out, err = io.StringIO(), io.StringIO()
    for name, stream in (("stdout", out), ("stderr", err), ("stdin", io.StringIO(typed))):
        patch.setattr(f"sys.{name}", stream)
    code = run([*arguments, "-w", str(walk.home)])
    return arguments, code, (out.getvalue() + "\n" + err.getvalue()).encode()


def _given(walk: Walk) -> None:
    """Tables with faults: the user's own, outside the workspace."""
    folder = walk.root / "given"
    folder.mkdir()
    text = (walk.home / "cases.csv").read_text("utf-8-sig")
    head, *rows = text.splitlines()
    swapped = (
        head.replace("customer_name", "x").replace("address", "customer_name").replace("note", "address")
    )
    for name, content in {
        "bad.csv": text.replace("2026", "20x6").replace("C-00", "C 00"),
        "headless.csv": "\n".join(rows),
        "swapped.csv": "\n".join((swapped, *rows)),
        "shifted.csv": "\n".join((head, *(f",{row}" for row in rows))),
        "quotes.csv": text.replace(",", ',"', 30),
        "broken.json": text,
    }.items():
        (folder / name).write_text(content, "utf-8")
    (folder / "broken.xlsx").write_bytes(b"PK\x03\x04" + text.encode())
    (folder / "broken.parquet").write_bytes(b"PAR1" + text.encode())
    (folder / "utf16.csv").write_text(text, "utf-16")
    (folder / "ledger.csv").write_text(
        f"kind,case,since,source,purpose,nature\nvisit_consent,{'C-0003'},2026-11-01,{MARKS[0]},{MARKS[1]},\n"
        f"safety_flag,C-0006,2026-11-01,{MARKS[0]},,{MARKS[2]}\npause,C-0009,notaday,{MARKS[0]},,\n",
        "utf-8",
    )


def _outcome(walk: Walk, day: str) -> None:
    with open_store(Workspace.open(walk.home)) as store:
        store.add_outcome(
            Outcome(
                id="o1",
                plan="p",
                case="C-0012",
                agent="A-CAR-1",
                kind=OutcomeKind.PROMISED,
                at=datetime.now(UTC),
                promised=Money(777_731, "EUR"),
                promised_by=date.fromisoformat(day),
                note=OUTCOME_NOTE,
            )
        )


def _commands(walk: Walk, day: str) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Each command, the key it is given, and what is typed at its prompt."""
    home, given, keys = walk.home, walk.root / "given", walk.root / "keys"
    out = str(home / "out" / day)
    some = next(iter(walk.planted.people.values()))
    search = ("--date", day, "--iterations", "3", "--time-limit", "20")
    first = [
        ("key", "new", str(keys / "one.key")),
        ("import", "agents", str(home / "agents.csv"), "-v"),
        ("import", "cases", str(home / "cases.csv"), "-v", "--findings", str(walk.root / "findings.csv")),
        ("import", "cases", str(home / "cases.csv"), "--json"),
        *(("import", "cases", str(path), "-v") for path in sorted(given.iterdir())),
        *(("import", "agents", str(path), "--json") for path in sorted(given.iterdir())),
        ("ledger", "import", str(given / "ledger.csv"), "-v"),
        ("ledger", "import", str(home / "cases.csv"), "--json"),
        ("import", "cases", str(home / "cases.csv")),
        ("geocode", "-v"),
        ("geocode", "--again", "--json"),
        ("review", "-v"),
        ("review", "--take", str(home / "cases.csv"), "-v"),
        ("select", "--date", day, "--top", "60", "-v"),
        ("select", "--date", day, "--json"),
        *(("select", "--date", day, "--why-not", case) for case in list(walk.planted.people)[:6]),
        ("plan", *search, "-v"),
        ("plan", *search, "--out", str(walk.root / "elsewhere"), "--json"),
        ("check", out, "-v"),
        ("check", out, "--json"),
        ("check", str(home / "cases.csv")),
        ("publish", out, "-v"),
        ("publish", out, "--json", "--audience=planner", "--audience=agency", "--audience=auditor"),
        ("publish", str(home / "agents.csv")),
        ("scenario", "run", str(home / "base.toml"), str(home / "more-agents.toml"), *search, "-v"),
        ("scenario", "run", str(home / "cases.csv"), str(home / "base.toml")),
        ("ledger", "add", "pause", "--case", "C-0003", "--since", "2026-11-20", "--source", MARKS[0], "-v"),
        ("ledger", "add", "call", "--case", some.name, "--at", some.phone, "--reached", some.note),
        (
            "ledger",
            "add",
            "call",
            "--case",
            "C-0006",
            "--at",
            "2026-11-20 10:00",
            "--reached",
            "yes",
            "--recording",
            RECORDING,
        ),
        ("publish", out, "--dry-run", "-v"),
        ("rules", "list", "-v"),
        ("rules", "test", "--date", day, "-v"),
        ("audit", "verify", "-v"),
        ("audit", "show", "--json"),
        ("audit", "fairness", "--by", "language", "-v"),
        ("key", "status", "-v"),
        *(("explain", out, case, "-v") for case in list(walk.planted.people)[2:5]),
        ("key", "new", str(keys / "two.key")),
        ("purge", "--dry-run", "-v"),
        ("purge", "--customer", some.name, "--yes"),
    ]
    yield from ((arguments, "one.key", "") for arguments in first)
    yield ("ledger", "show", "--by-phone", "--json"), "one.key", f"{some.phone}\n"
    yield ("ledger", "show", "--by-name", "-v"), "one.key", f"{some.name}\n"
    yield ("ledger", "show", "C-0006"), "one.key", ""
    yield ("key", "rotate", str(keys / "three.key"), "-v"), "one.key", ""
    yield ("select", "--date", day), "one.key", ""
    yield ("publish", out), "missing.key", ""
    yield ("publish", out, "-v"), "three.key", ""
    yield ("purge", "--customer", "C-0021", "--yes", "-v"), "three.key", ""


def wanted(walk: Walk):
    return [*walk.planted.customers(*PEOPLE), *walk.planted.workers(*AGENTS)]


def test_the_path_was_walked(walk) -> None:
    codes = {arguments[:2]: code for arguments, code, _ in walk.said}
    assert 70 not in {code for _, code, _ in walk.said}, [a for a, code, _ in walk.said if code == 70]
    for done in (("publish", "-v"), ("plan", "--date"), ("audit", "verify"), ("key", "rotate")):
        named = [code for arguments, code, _ in walk.said if set(done) <= set(arguments)]
        assert min(named) in (0, 1), done
    assert codes["key", "new"] == 2  # a second key where there is one
    assert RECORDING.encode() in next(said for arguments, _, said in walk.said if "C-0006" in arguments[2:3])
    assert {code for _, code, _ in walk.said} == {0, 1, 2}, codes


def test_nothing_personal_is_printed(walk, reading) -> None:
    leaks = []
    for arguments, _, said in walk.said:
        may = MAY_PRINT.get(arguments[0], set()) | MAY_PRINT.get(" ".join(arguments[:2]), set())
        leaks += [(arguments, *one) for one in reading(said, wanted(walk)) if one[0] not in may]
        leaks += [(arguments, text) for text in SECRETS if text.encode() in said and text not in may]
    assert leaks == []


def test_nothing_personal_lies_about(walk, reading, day) -> None:
    may = {place.format(day=day): kinds for place, kinds in MAY_HOLD.items()}
    leaks, searched = [], 0
    for path in sorted(walk.root.rglob("*")):
        place = path.relative_to(walk.root).as_posix()
        assert not reading(place.encode(), wanted(walk)), place
        if not path.is_file() or path.suffix == ".pbf":
            continue
        searched += 1
        data = path.read_bytes()
        allowed = next((kinds for start, kinds in may.items() if f"{place}/".startswith(f"{start}/")), ())
        leaks += [(place, *one) for one in reading(data, wanted(walk)) if one[0] not in allowed]
        if not place.startswith("given/"):
            leaks += [(place, text) for text in SECRETS if text.encode() in data]
    assert leaks == []
    assert searched > 40
    assert not list((walk.root / "tmp").rglob("*.csv"))


def test_a_canary_that_flies_is_seen(walk, reading, tmp_path) -> None:
    person = next(iter(walk.planted.people.values()))
    sums = person.amounts[0]
    for kind, text in (
        ("name", f'{{"a": "{person.name.encode("ascii", "backslashreplace").decode()}"}}'),
        ("name", person.name.replace(" ", "%20")),
        ("phone", person.phone.replace(" ", "")),
        ("address", person.address.replace(" ", "&nbsp;")),
        ("amount", f"owes {float(sums):,.2f} now"),
    ):
        assert (kind, person.case) in reading(text.encode(), wanted(walk)), text
    archive = shutil.make_archive(str(tmp_path / "a"), "zip", root_dir=walk.home, base_dir="cases.csv")
    assert len(reading(Path(archive).read_bytes(), walk.planted.customers("name"))) == len(
        walk.planted.people
    )
