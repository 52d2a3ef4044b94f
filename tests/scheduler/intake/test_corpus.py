"""Two hundred spoiled tables from one seed: findings or one clear error, no good row lost, no database harmed."""

from __future__ import annotations

import csv
import io
import random
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from scheduler.intake.catalogue import CATALOGUE
from scheduler.intake.tables import import_agents_table, import_cases_table
from scheduler.model.findings import DoorstepError
from scheduler.store.repository import Store

PEOPLE = ("Maija", "Meikäläinen", "王小", "Pavement", "Hämeentie", "Kaivokatu")
SEED, FILES, ROWS = 2026, 200, 30
Line = list[str]

CASES: list[Line] = [
    ["案件编号", "客户姓名", "电话", "地址", "逾期金额", "贷款余额", "逾期天数", "可拜访时间", "上次拜访日期", "lat", "lon",
     "备注"],
    *(
        [
            f"C{n:03d}", f"Maija-{n}-Meikäläinen" if n % 2 else f"王小{n}明", f"+358 40 {n:07d}", f"Hämeentie {n}, 00530",
            f"{100 + n}.50", f"{2000 + n}", str(30 + n),
            "09:00-12:00;14:00-18:00" if n % 3 else "", "2026-10-05" if n % 4 else "",
            f"60.{150 + n}" if n % 5 else "", "24.95" if n % 5 else "", f'says "{n}", twice' if n % 6 else "",
        ]
        for n in range(1, ROWS + 1)
    ),
]  # fmt: skip
AGENTS: list[Line] = [
    ["id", "name", "start address", "shift", "mode", "lunch", "skills", "crew", "days off"],
    *(
        [
            f"A{n:03d}", f"Tom-{n}-Pavement", f"Kaivokatu {n}", "09:00-17:00", ["car", "步行", "bicycle"][n % 3],
            "45 min 11:00-13:00", "zh;senior" if n % 2 else "", f"T{n // 2}" if 1 < n < 6 else "", "2026-12-24" if n % 4 else "",
        ]
        for n in range(1, ROWS + 1)
    ),
]  # fmt: skip
SPOILT = (
    "NaN", "-12.50", "inf", "1e308", "=1+1", '=HYPERLINK("http://x","y")', "#REF!", "\x00\x01\x07",
    "a\x1bb", "\u202egnp.exe", "\ufffd",
    "25:00-26:00", "17:00-09:00", "31.02.2026", "99999999", "0000-00-00", "91.0", "-181", "١٢٣", "½", "NULL",
    "None", "x" * 1_000_000,
    "'; drop table cases; --", "</script>", "{{ 7*7 }}", "../../etc/passwd", "1.234", "a\nb\r\nc", "  ", "\t", "-", "😀", "%s%n",
)  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A spoiled table and the ids of the rows that nobody touched."""

    name: str
    data: bytes
    untouched: frozenset[str]


def text_of(lines: list[Line], delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(lines)
    return out.getvalue()


def ids(lines: list[Line], without: set[int] = frozenset()) -> frozenset[str]:
    return frozenset(line[0] for number, line in enumerate(lines) if number and number not in without)


def some(rng: random.Random, most: int = 6) -> list[int]:
    return sorted(rng.sample(range(1, ROWS + 1), rng.randint(1, most)))


# Cells and rows: the others are untouched.


def spoilt_cells(rng, lines) -> Mutant:
    at = some(rng)
    for number in at:
        lines[number][rng.randrange(len(lines[0]))] = rng.choice(SPOILT)
    return Mutant("t.csv", text_of(lines).encode("utf-8", "replace"), ids(lines, set(at)))


def spoilt_workbook_cells(rng, lines) -> Mutant:
    from xlsxwriter import Workbook

    at = some(rng)
    for number in at:
        lines[number][rng.randrange(len(lines[0]))] = rng.choice(SPOILT)
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True, "strings_to_formulas": True, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        for number, line in enumerate(lines):
            for column, cell in enumerate(line):
                sheet.write(
                    number, column, cell[:32_000].replace("\x00", "").replace("\x01", "").replace("\x07", "")
                )
    return Mutant("t.xlsx", out.getvalue(), ids(lines, set(at)))


def swapped_cells(rng, lines) -> Mutant:
    at = some(rng)
    for number in at:
        a, b = rng.sample(range(len(lines[0])), 2)
        lines[number][a], lines[number][b] = lines[number][b], lines[number][a]
    return Mutant("t.csv", text_of(lines).encode(), ids(lines, set(at)))


def ragged_rows(rng, lines) -> Mutant:
    at = some(rng)
    for number in at:
        if rng.random() < 0.5:
            lines[number].insert(rng.randrange(len(lines[number])), "one too many")
        else:
            del lines[number][rng.randrange(1, len(lines[number])) :]
    return Mutant("t.csv", text_of(lines).encode(), ids(lines, set(at)))


def _raw(rng, lines, spoil: Callable[[bytes], bytes], encoding: str = "utf-8") -> Mutant:
    at = set(some(rng))
    made = [text_of([line]).encode(encoding) for line in lines]
    made = [spoil(line) if number in at else line for number, line in enumerate(made)]
    return Mutant("t.csv", b"".join(made), ids(lines, at))


def stray_quotes(rng, lines) -> Mutant:
    def spoil(line: bytes) -> bytes:
        parts = line.rstrip(b"\r\n").split(b",")
        number = rng.randrange(len(parts))
        parts[number] = rng.choice([b'"' + parts[number], parts[number] + b'"', b'"a" ' + parts[number]])
        return b",".join(parts) + b"\r\n"

    return _raw(rng, lines, spoil)


def other_encodings(rng, lines) -> Mutant:
    encoding = rng.choice(["gb18030", "utf-16-le", "latin-1"])
    main = rng.choice(["utf-8", "gb18030"])
    return _raw(
        rng,
        lines,
        lambda line: line.decode(main).encode(encoding, "replace").replace(b"\n", b"") + b"\r\n",
        main,
    )


def other_delimiters(rng, lines) -> Mutant:
    mark = rng.choice([b";", b"\t", b"|", b"^"])
    return _raw(rng, lines, lambda line: line.replace(b",", mark))


def random_bytes(rng, lines) -> Mutant:
    def spoil(line: bytes) -> bytes:
        at = rng.randrange(len(line) - 1)
        return (
            line[:at]
            + bytes(rng.choice([b for b in range(256) if b not in (10, 13)]) for _ in range(8))
            + line[at:]
        )

    return _raw(rng, lines, spoil)


def broken_lines(rng, lines) -> Mutant:
    def spoil(line: bytes) -> bytes:
        at = rng.randrange(len(line) - 1)
        return line[:at] + rng.choice([b"\n", b"\r", b"\r\n"]) + line[at:]

    return _raw(rng, lines, spoil)


def rows_twice(rng, lines) -> Mutant:
    at = some(rng)
    again = [list(lines[number]) for number in at]
    for line in again:
        line[rng.randrange(1, len(line))] = rng.choice(SPOILT)
    return Mutant("t.csv", text_of([*lines, *again]).encode("utf-8", "replace"), ids(lines))


def rows_between(rng, lines) -> Mutant:
    whole = ids(lines)
    for _ in range(5):
        extra = rng.choice([[], [""] * len(lines[0]), list(lines[0]), ["合计", "", "", "", "999"], ["-----"]])
        lines.insert(rng.randrange(1, len(lines)), extra)
    return Mutant("t.csv", text_of(lines).encode(), whole)


# The whole file


def truncated(rng, lines) -> Mutant:
    data = text_of(lines).encode()
    cut = rng.randrange(len(data))
    whole = data[:cut].count(b"\r\n")
    return Mutant("t.csv", data[:cut], frozenset(line[0] for line in lines[1:whole]))


def truncated_binary(rng, lines) -> Mutant:
    name, data = rng.choice([("t.xlsx", workbook(lines)), ("t.parquet", parquet(lines))])
    return Mutant(name, data[: rng.randrange(len(data))], frozenset())


def flipped_binary(rng, lines) -> Mutant:
    name, data = rng.choice([("t.xlsx", workbook(lines)), ("t.parquet", parquet(lines))])
    spoilt = bytearray(data)
    for _ in range(rng.randint(1, 40)):
        spoilt[rng.randrange(len(data))] = rng.randrange(256)
    return Mutant(name, bytes(spoilt), frozenset())


def whole_in_other_words(rng, lines) -> Mutant:
    """Delimiter, encoding, order of columns, titles above: nothing is lost by any."""
    order = list(range(len(lines[0])))
    if rng.random() < 0.5:
        rng.shuffle(order)
    if rng.random() < 0.3:
        order.append(rng.randrange(len(lines[0])))
    made = [[line[number] for number in order] for line in lines]
    if rng.random() < 0.3:
        made = [["逾期客户清单 November"], [], *made]
    text = text_of(made, rng.choice(",;\t|"))
    data = text.encode(rng.choice(["utf-8", "utf-8-sig", "gb18030", "utf-16"]))
    return Mutant("t.csv", data, ids(lines))


def workbook_or_parquet(rng, lines) -> Mutant:
    name, data = rng.choice([("t.xlsx", workbook(lines)), ("t.parquet", parquet(lines))])
    return Mutant(rng.choice([name, "t.csv", "t.txt"]), data, ids(lines))


def swapped_headers(rng, lines) -> Mutant:
    a, b = rng.sample(range(len(lines[0])), 2)
    lines[0][a], lines[0][b] = lines[0][b], lines[0][a]
    return Mutant("t.csv", text_of(lines).encode(), frozenset())


def spoilt_headers(rng, lines) -> Mutant:
    at = rng.randrange(len(lines[0]))
    kind = rng.randrange(4)
    if kind == 0:
        lines = lines[1:]
    elif kind == 1:
        lines[0][at] = rng.choice(["", "no such column", *SPOILT])
    elif kind == 2:
        lines = [[cell for number, cell in enumerate(line) if number != at] for line in lines]
    else:
        lines[0] = [lines[0][at]] * len(lines[0])
    return Mutant("t.csv", text_of(lines).encode("utf-8", "replace"), frozenset())


def all_windows_closed(rng, lines) -> Mutant:
    at = 7 if lines[0][0] != "id" else 3
    for line in lines[1:]:
        line[at] = rng.choice(["closed", "17:00-09:00", "25:00-26:00", "00:00-00:00"])
    return Mutant("t.csv", text_of(lines).encode(), frozenset())


def no_table(rng, lines) -> Mutant:
    empty_zip = io.BytesIO()
    with zipfile.ZipFile(empty_zip, "w") as archive:
        archive.writestr("[Content_Types].xml", rng.choice(["", "<Types/>", "nonsense"]))
    data = rng.choice(
        [b"", b"\n", b"\xef\xbb\xbf", b"\x00" * 5000, rng.randbytes(3000), empty_zip.getvalue(), b"PAR1PAR1", b"%PDF-1.4",
         text_of(lines[:1]).encode(), b",,,,\n,,,,\n", b'"' * 3000]
    )  # fmt: skip
    return Mutant(rng.choice(["t.csv", "t.xlsx", "t.parquet", "t.tsv"]), data, frozenset())


def workbook(lines: list[Line]) -> bytes:
    from xlsxwriter import Workbook

    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line)
    return out.getvalue()


def parquet(lines: list[Line]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    columns = list(zip(*lines[1:], strict=True))
    pq.write_table(pa.table(dict(zip(lines[0], map(list, columns), strict=True))), out)
    return out.getvalue()


MUTATORS = (
    spoilt_cells, spoilt_workbook_cells, swapped_cells, ragged_rows, stray_quotes, other_encodings, other_delimiters,
    random_bytes,
    broken_lines, rows_twice, rows_between, truncated, truncated_binary, flipped_binary, whole_in_other_words,
    workbook_or_parquet,
    swapped_headers, spoilt_headers, all_windows_closed, no_table,
)  # fmt: skip


def corpus() -> list[tuple[str, str, Mutant]]:
    """(what was done, whose table, the file), the same for the same seed."""
    rng = random.Random(SEED)
    made = []
    for number in range(FILES):
        mutate = MUTATORS[number % len(MUTATORS)]
        kind = "agents" if number // len(MUTATORS) % 3 == 2 else "cases"
        lines = [list(line) for line in (CASES if kind == "cases" else AGENTS)]
        made.append((f"{mutate.__name__}-{number}", kind, mutate(rng, lines)))
    return made


@pytest.fixture(scope="module")
def files() -> dict[str, tuple[str, Mutant]]:
    return {name: (kind, mutant) for name, kind, mutant in corpus()}


@pytest.fixture(scope="module")
def before(tmp_path_factory) -> Path:
    """A database with both tables as they should be."""
    return tmp_path_factory.mktemp("corpus") / "before.db"


def read(path: Path, kind: str, context):
    return (import_cases_table if kind == "cases" else import_agents_table)(path, context)


def found_in(intake, kind: str) -> dict[str, object]:
    return {one.id: one for one in (intake.cases if kind == "cases" else intake.agents)}


def take(store: Store, intake, kind: str, context):
    if kind == "cases":
        return store.import_cases(
            intake.cases, source="t", replace_missing=True, today=context.today, present=intake.present
        )
    return store.import_agents(intake.agents, intake.crews, source="t", present=intake.present)


@pytest.fixture
def good(tmp_path, context, before):
    """The tables as they should be read, and a copy of a database that holds them."""
    read_well = {}
    for kind, lines in (("cases", CASES), ("agents", AGENTS)):
        path = tmp_path / f"{kind}.csv"
        path.write_bytes(text_of(lines).encode())
        read_well[kind] = read(path, kind, context)
        assert read_well[kind].findings == ()
    if not before.exists():
        with Store.open(f"sqlite:///{before}") as store:
            for kind, intake in read_well.items():
                take(store, intake, kind, context)
    copy = tmp_path / "doorstep.db"
    shutil.copy(before, copy)
    return read_well, f"sqlite:///{copy}"


@pytest.mark.parametrize("name", [f"{MUTATORS[n % len(MUTATORS)].__name__}-{n}" for n in range(FILES)])
def test_a_spoiled_table_costs_nothing_but_what_is_spoiled(name, files, good, tmp_path, context) -> None:
    kind, mutant = files[name]
    read_well, url = good
    expected = found_in(read_well[kind], kind)
    path = tmp_path / mutant.name
    path.write_bytes(mutant.data)
    with Store.open(url) as store:
        had = {one.id: one for one in (store.cases() if kind == "cases" else store.agents())}
        try:
            intake = read(path, kind, context)
        except DoorstepError as error:
            assert not mutant.untouched, "good rows were refused"
            said, summary = f"{error} {error.mend}", None
        else:
            taken = found_in(intake, kind)
            lost = [ident for ident in mutant.untouched if taken.get(ident) != expected[ident]]
            assert not lost
            assert all(found.code in CATALOGUE for found in intake.findings)
            said = f"{intake.findings}"
            try:
                summary = take(store, intake, kind, context)
            except DoorstepError as error:
                said, summary = f"{said} {error}", None
        has = {one.id: one for one in (store.cases() if kind == "cases" else store.agents())}
    assert not [token for token in (*PEOPLE, str(tmp_path)) if token in said]
    if summary is None:
        assert has == had
    else:
        assert {ident: has[ident] for ident in mutant.untouched} == {
            ident: had[ident] for ident in mutant.untouched
        }
        assert not mutant.untouched & set(summary.settled)
        assert kind == "agents" or set(had) <= set(has)


def test_the_corpus_is_the_same_each_time() -> None:
    assert [(name, mutant.untouched) for name, _, mutant in corpus()] == [
        (name, mutant.untouched) for name, _, mutant in corpus()
    ]
    assert len({mutant.data for _, _, mutant in corpus()}) > FILES * 0.85
