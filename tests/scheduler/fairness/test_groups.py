"""Groups from fields and from tables: what is taken, what is refused, and how that is said."""

from __future__ import annotations

import pytest

from scheduler.fairness.groups import FIELDS, band, by_fields, from_table, read_bands
from scheduler.model.findings import DoorstepError
from scheduler.model.people import Customer, Place


@pytest.fixture
def cases(case):
    """Three cases of two customers."""
    one = Customer(id="K1", name="x", language="zh-Hans-CN")
    return [
        case("C1", customer=one, place=Place(address="上海市徐汇区淮海中路 88 号")),
        case("C2", customer=one, place=Place(address="Mannerheimintie 1, 00100 Helsinki")),
        case("C3", customer=Customer(id="K2", name="x", language="fi"), agency="AG1"),
    ]


def test_fields_of_the_store(cases) -> None:
    told = {one.name: dict(one.of) for one in by_fields(FIELDS, cases)}
    assert told["language"] == {"C1": "zh", "C2": "zh", "C3": "fi"}
    assert told["district"] == {"C1": "徐汇区"}
    assert told["postcode"] == {"C2": "00100"}
    assert told["agency"] == {"C1": "own", "C2": "own", "C3": "AG1"}
    with pytest.raises(DoorstepError, match="no field age") as caught:
        by_fields(["age"], cases)
    assert "--groups" in caught.value.mend
    with pytest.raises(DoorstepError, match="No case on file says its postcode"):
        by_fields(["postcode"], cases[2:])


def test_a_table_by_case_and_one_by_customer(cases, tmp_path) -> None:
    table = tmp_path / "groups.csv"
    table.write_text("案件编号,age,sex\nC1,29,f\nC2,45,\nC3,60,m\n", "utf-8")
    groupings, findings = from_table(table, cases, {"age": (30, 45)})
    assert [(one.name, dict(one.of)) for one in groupings] == [
        ("age", {"C1": "<30", "C2": ">=45", "C3": ">=45"}),
        ("sex", {"C1": "f", "C3": "m"}),
    ]
    assert findings == ()
    table.write_text("customer id,sex\nK1,f\n", "utf-8")
    assert dict(from_table(table, cases, {})[0][0].of) == {"C1": "f", "C2": "f"}


def test_rows_that_cannot_be_used_are_named_without_their_content(cases, tmp_path) -> None:
    table = tmp_path / "groups.csv"
    table.write_text("case,age\nC1,29\nC1,70\nC9,31\nC2,CANARY\n\nC3,50\n", "utf-8")
    (grouping,), findings = from_table(table, cases, {"age": (30,)})
    assert dict(grouping.of) == {"C1": "<30", "C3": ">=30"}
    assert [(one.code, one.row, one.column) for one in findings] == [
        ("group_twice", 3, ""),
        ("group_of_nobody", 4, ""),
        ("group_not_a_number", 5, "age"),
    ]
    assert not any("CANARY" in str(one.as_row()) for one in findings)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("case\nC1\n", "names no group"),
        ("age,sex\n3,f\n", "no column for"),
        ("case,sex\nC9,f\n", "tells the group of no case"),
        ("case,sex,sex\nC1,f,m\n", "sex stands twice"),
    ],
)
def test_tables_that_are_none(cases, tmp_path, text, words) -> None:
    table = tmp_path / "groups.csv"
    table.write_text(text, "utf-8")
    with pytest.raises(DoorstepError, match=words):
        from_table(table, cases, {})


def test_values_that_are_no_groups_are_refused(case, tmp_path) -> None:
    table = tmp_path / "groups.csv"
    table.write_text("case,born\n" + "".join(f"C{n},{1940 + n}\n" for n in range(61)), "utf-8")
    cases = [case(f"C{n}") for n in range(61)]
    with pytest.raises(DoorstepError, match="61 different values") as caught:
        from_table(table, cases, {})
    assert "--bands born=" in caught.value.mend
    assert from_table(table, cases, {"born": (1960, 1980)})[1] == ()
    with pytest.raises(DoorstepError, match="no column age"):
        from_table(table, cases, {"age": (30,)})


def test_bands() -> None:
    bounds = read_bands(["age=30,45.5", "income = 0"])
    assert bounds == {"age": (30, 45.5), "income": (0,)}
    assert [band(v, bounds["age"]) for v in (29.9, 30, 45, 45.5)] == ["<30", "30-<45.5", "30-<45.5", ">=45.5"]
    for wrong in ("age", "age=", "age=45,30", "age=a", "age=nan", "age=30,30"):
        with pytest.raises(DoorstepError, match="rising"):
            read_bands([wrong])
    for wrong in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="number"):
            band(wrong, (1,))
