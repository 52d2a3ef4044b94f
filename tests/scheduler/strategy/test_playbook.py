"""Playbooks: both languages say the same things, and an editor's slip is named by file, section and entry."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scheduler.strategy.playbook import (
    OWN_FOLDER,
    REQUIRED,
    PlaybookError,
    choose,
    load_playbook,
    load_playbooks,
)

EN = (OWN_FOLDER / "en.toml").read_text("utf-8")


@pytest.fixture
def write(tmp_path: Path):
    """`write(text)` writes own.toml and returns its path."""

    def writer(text: str, name: str = "own.toml") -> Path:
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return writer


def test_both_languages_have_the_same_entries_under_the_same_conditions(playbooks) -> None:
    english, chinese = playbooks["en"], playbooks["zh"]
    for section, entries in english.sections.items():
        plain = [(e.id, e.when, e.group, e.offer) for e in entries]
        assert plain == [(e.id, e.when, e.group, e.offer) for e in chinese.sections[section]]
    assert english.products.keys() == chinese.products.keys()
    assert english.most == chinese.most


def test_both_languages_use_the_same_variables(playbooks) -> None:
    for section, entries in playbooks["en"].sections.items():
        for english, chinese in zip(entries, playbooks["zh"].sections[section], strict=True):
            names = [set(re.findall(r"{{ (\w+) }}", entry.text)) for entry in (english, chinese)]
            assert names[0] == names[1], f"{section}/{english.id}"


def test_languages_are_chosen_by_their_first_part_else_english(playbooks) -> None:
    assert choose(playbooks, "zh-CN").language == "zh"
    assert choose(playbooks, "zh-Hans-CN").language == "zh"
    assert choose(playbooks, "en-GB").language == "en"
    assert choose(playbooks, "fi").language == "en"


def test_a_playbook_of_ones_own_replaces_its_language(write, tmp_path: Path, playbooks) -> None:
    write(EN.replace('name = "doorstep-en"', 'name = "ours"'))
    found = load_playbooks(tmp_path)
    assert found["en"].name == "ours"
    assert found["zh"] == playbooks["zh"]
    write(EN, "again.toml")
    with pytest.raises(PlaybookError, match="another playbook in en"):
        load_playbooks(tmp_path)
    with pytest.raises(PlaybookError, match="does not exist"):
        load_playbooks(tmp_path / "nowhere")


SLIPS = {
    "unknown section": (
        '[[likely]]\nid = "dispute"',
        '[[liekly]]\nid = "dispute"',
        "liekly: there is no such section",
    ),
    "unknown key": (
        'when = { promise = "kept" }',
        'if = { promise = "kept" }',
        r"\[\[\w+\]\] \w+: if is not known here",
    ),
    "unknown condition": (
        "min_failed_contacts = 6",
        "min_faild_contacts = 6",
        "moved: when.min_faild_contacts is not known: did you mean min_failed_contacts",
    ),
    "unknown value": (
        'promise = "kept"',
        'promise = "given"',
        "when.promise is one of none, pending, kept, broken",
    ),
    "wrong type": ("min_failed_contacts = 6", "min_failed_contacts = true", "whole number from 0 on"),
    "contradiction": (
        "min_failed_contacts = 3, max_failed_contacts = 5",
        "min_failed_contacts = 6, max_failed_contacts = 5",
        "lies above max_failed_contacts",
    ),
    "unknown variable": (
        "{{ days_past_due }}",
        "{{ days_past_deu }}",
        r"\[\[opening\]\] talk: text: there is no variable days_past_deu: did you mean days_past_due",
    ),
    "variable not always there": (
        'text = "Patient and unhurried.',
        'text = "{{ promise_due }}',
        r"\[\[tone\]\] patient: text: 'promise_due' is undefined for some case",
    ),
    "offer variable elsewhere": (
        'text = "Patient and unhurried.',
        'text = "{{ max_months }}',
        "patient: text: 'max_months' is undefined",
    ),
    "broken template": ("{{ days_past_due }}", "{{ days_past_due", "talk: text: line 1:"),
    "a loop": ("{{ days_past_due }}", "{% for x in product %}x{% endfor %}", "for is not permitted"),
    "an attribute": ("{{ days_past_due }}", "{{ product.__class__ }}", "getattr is not permitted"),
    "a call": ("{{ days_past_due }}", "{{ product() }}", "call is not permitted"),
    "arithmetic": ("{{ days_past_due }}", "{{ 7*7 }}", "mul is not permitted"),
    "a filter": ("{{ days_past_due }}", "{{ product|safe }}", "filter is not permitted"),
    "an include": ("{{ days_past_due }}", "{% include 'x' %}", "include is not permitted"),
    "an empty text": (
        'text = "Patient and unhurried. When there is silence, wait, and let them finish."',
        'text = "{% if days_past_due > 99 %}x{% endif %}"',
        "comes out empty for some case",
    ),
    "a long text": ('text = "Patient and unhurried.', 'text = "' + "Patient " * 100, "longer than 600"),
    "an assertion": (
        "Money may be short for a while",
        "The customer spends too much",
        r"\[\[likely\]\] cash_flow: a difficulty is worded as a possibility",
    ),
    "an id twice": ('id = "unknown"', 'id = "cash_flow"', "cash_flow: the id stands there twice"),
    "an unknown offer": ('offer = "fee_review"', 'offer = "discount"', "offer is one of"),
    "no product": ('other = "loan"\n', "", "other is missing"),
    "no room": ("opening = 7", "opening = 2", "opening leaves no room"),
    "too much": ("likely = 4", "likely = 99", "likely is a whole number from 1 to 20"),
    "not TOML": ("[most]", "[most", "cannot be read"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_slips_are_named(write, slip: str) -> None:
    old, new, says = SLIPS[slip]
    assert old in EN
    with pytest.raises(PlaybookError, match=rf"own\.toml.*({says})"):
        load_playbook(write(EN.replace(old, new)))


@pytest.mark.parametrize(
    ("section", "ident"), [(section, ident) for section, ids in REQUIRED.items() for ident in sorted(ids)]
)
def test_what_protects_every_customer_cannot_be_dropped_or_narrowed(write, section: str, ident: str) -> None:
    head = f'[[{section}]]\nid = "{ident}"\n'
    assert head in EN
    for changed in (
        f'[[{section}]]\nid = "gone"\n',
        f"{head}when = {{ max_days_past_due = 90 }}\n",
        f'{head}group = "one"\n',
    ):
        with pytest.raises(
            PlaybookError, match=rf"\[\[{section}\]\]: {ident} is missing, or has a condition"
        ):
            load_playbook(write(EN.replace(head, changed)))


def test_what_must_never_be_done_is_never_cut_short(write) -> None:
    text = EN.replace("[most]", "[most]\nnever = 1")
    assert load_playbook(write(text)).most["never"] == 1000


def test_no_playbook(tmp_path: Path) -> None:
    with pytest.raises(PlaybookError, match=r"no playbook gone\.toml"):
        load_playbook(tmp_path / "gone.toml")
