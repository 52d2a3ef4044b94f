"""Playbooks: how to speak with a customer, as TOML that a trainer edits. Validated whole on load.

name = "mybank"
version = "3"
language = "zh"

[most]                          # optional: the most entries of a section on a card
likely = 3

[products]                      # how products are called; "other" is needed
credit_card = "信用卡"
other = "贷款"

[[likely]]                      # sections: why, likely, tone, opening, offers, never, documents, referrals
id = "cash_flow"
when = { min_days_past_due = 10 }
group = "income"                # optional: only the first entry of a group is used
text = "可能一时周转困难……"

[[offers]]
id = "instalments"
offer = "instalments"           # shown only where the product's rules allow it; "none" where nothing is
text = "可申请分期，最长{{ max_months }}期……"
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

from jinja2 import Template, UndefinedError

from scheduler.model.findings import DoorstepError
from scheduler.model.people import PlaceKind
from scheduler.selection.promises import PromiseStanding
from scheduler.strategy.conditions import Condition, ConditionError
from scheduler.strategy.facts import Facts
from scheduler.strategy.products import OFFERS
from scheduler.strategy.templates import TemplateError, compile_text

OWN_FOLDER = Path(__file__).parent / "playbooks"
SECTIONS = ("why", "likely", "tone", "opening", "offers", "never", "documents", "referrals")
MOST: Mapping[str, int] = {
    "why": 3,
    "likely": 4,
    "tone": 3,
    "opening": 6,
    "offers": 5,
    "never": 1000,
    "documents": 6,
    "referrals": 3,
}
# What a card says to every customer and about every customer, whoever edits the playbook.
REQUIRED: Mapping[str, frozenset[str]] = {
    "opening": frozenset({"badge", "identity", "recording"}),
    "never": frozenset(
        {
            "threats",
            "disclosure",
            "cash",
            "entry",
            "beyond_authority",
            "stay_when_asked_to_leave",
            "belongings",
        }
    ),
    "tone": frozenset({"respect"}),
    "documents": frozenset({"badge"}),
    "referrals": frozenset({"complaints"}),
}
_HEDGES: Mapping[str, tuple[str, ...]] = {
    "zh": ("可能", "也许", "或许"),
    "en": (" may ", " might ", " could ", "perhaps", "possibly"),
}
_TOP = {"name", "version", "language", "most", "products", *SECTIONS}
_ENTRY = {"id", "when", "group", "offer", "text"}
_LONGEST = 600


class PlaybookError(DoorstepError):
    """Something in a playbook that cannot be used, named by file, section and entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One text of one section, with its condition."""

    id: str
    when: Condition
    group: str
    offer: str
    text: str
    template: Template = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbook:
    """The texts of one language."""

    name: str
    version: str
    language: str
    most: Mapping[str, int]
    products: Mapping[str, str]
    sections: Mapping[str, tuple[Entry, ...]]

    def product_name(self, code: str) -> str:
        """How a product is called; a code that the playbook does not know is never repeated."""
        return self.products.get(code, self.products["other"])


def load_playbooks(folder: Path | None = None) -> Mapping[str, Playbook]:
    """Playbooks by language: Doorstep's own, each replaced by one of the same language in `folder`.

    Raises PlaybookError.
    """
    found = {
        playbook.language: playbook for playbook in map(load_playbook, sorted(OWN_FOLDER.glob("*.toml")))
    }
    if folder is None:
        return found
    if not folder.is_dir():
        raise PlaybookError(
            "The folder of playbooks does not exist", mend="Make it, or mend [strategy] playbooks."
        )
    own: dict[str, Playbook] = {}
    for path in sorted(folder.glob("*.toml")):
        playbook = load_playbook(path)
        if playbook.language in own:
            raise PlaybookError(f"{path.name}: there is another playbook in {playbook.language} beside it")
        own[playbook.language] = playbook
    return {**found, **own}


def choose(playbooks: Mapping[str, Playbook], language: str) -> Playbook:
    """The playbook of a BCP 47 language tag, by its first part; English where there is none."""
    return playbooks.get(language, playbooks.get(language.split("-")[0], playbooks["en"]))


def load_playbook(path: Path) -> Playbook:
    """Read and check one playbook, every text tried out. Raises PlaybookError."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise PlaybookError(f"There is no playbook {path.name}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PlaybookError(f"{path.name} cannot be read: {error}", mend="Mend that line.") from None
    return _Reader(path.name).playbook(raw)


class _Reader:
    """One playbook file, so that every complaint names it."""

    def __init__(self, file: str) -> None:
        self.file = file

    def wrong(self, place: str, what: str, mend: str = "") -> PlaybookError:
        return PlaybookError(f"{self.file}: {place}: {what}", mend=mend)

    def playbook(self, raw: Mapping[str, Any]) -> Playbook:
        for key in raw:
            if key not in _TOP:
                raise self.wrong(key, "there is no such section", f"Known: {', '.join(sorted(_TOP))}.")
        language = self.text("the playbook", raw, "language")
        products = raw.get("products")
        if not isinstance(products, Mapping) or "other" not in products:
            raise self.wrong("[products]", "other is missing", "It names products that are not listed.")
        playbook = Playbook(
            name=self.text("the playbook", raw, "name"),
            version=self.text("the playbook", raw, "version"),
            language=language,
            most=self.most(raw.get("most", {})),
            products={key: self.text("[products]", products, key) for key in products},
            sections={section: self.section(section, raw.get(section, [])) for section in SECTIONS},
        )
        self.complete(playbook)
        for section, entries in playbook.sections.items():
            for entry in entries:
                self.try_out(playbook, section, entry)
        return playbook

    def most(self, raw: Any) -> Mapping[str, int]:
        if not isinstance(raw, Mapping):
            raise self.wrong("[most]", "it is a table")
        for key, value in raw.items():
            if key not in MOST:
                raise self.wrong("[most]", f"there is no section {key}")
            if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 20:
                raise self.wrong("[most]", f"{key} is a whole number from 1 to 20")
        return {**MOST, **raw, "never": MOST["never"]}  # what must never be done is never cut short

    def section(self, section: str, raw: Any) -> tuple[Entry, ...]:
        if not isinstance(raw, list):
            raise self.wrong(f"[[{section}]]", "entries are written under [[...]]")
        entries = tuple(self.entry(section, number, entry) for number, entry in enumerate(raw, start=1))
        ids = [entry.id for entry in entries]
        for ident in ids:
            if ids.count(ident) > 1:
                raise self.wrong(f"[[{section}]] {ident}", "the id stands there twice")
        return entries

    def entry(self, section: str, number: int, raw: Any) -> Entry:
        place = f"[[{section}]] number {number}"
        if not isinstance(raw, Mapping):
            raise self.wrong(place, "an entry is a table")
        ident = self.text(place, raw, "id")
        place = f"[[{section}]] {ident}"
        for key in raw:
            if key not in _ENTRY or (key == "offer") > (section == "offers"):
                raise self.wrong(place, f"{key} is not known here")
        offer, group = raw.get("offer", ""), raw.get("group", "")
        if section == "offers" and offer not in (*OFFERS, "none"):
            raise self.wrong(place, f"offer is one of {', '.join(OFFERS)}, none")
        if not isinstance(group, str):
            raise self.wrong(place, "group is text")
        text = self.text(place, raw, "text").strip()
        self.worded(section, place, text)
        try:
            when, template = Condition.parse(raw.get("when", {})), compile_text(text)
        except ConditionError as error:
            raise self.wrong(place, str(error)) from None
        except TemplateError as error:
            raise self.wrong(f"{place}: text", str(error)) from None
        return Entry(id=ident, when=when, group=group, offer=offer, text=text, template=template)

    def worded(self, section: str, place: str, text: str) -> None:
        if len(text) > _LONGEST:
            raise self.wrong(
                place, f"the text is longer than {_LONGEST} characters", "Nobody reads it at a door."
            )
        hedges = [hedge for spoken in _HEDGES.values() for hedge in spoken]
        if section == "likely" and not any(hedge in f" {text.lower()} " for hedge in hedges):
            raise self.wrong(
                place,
                "a difficulty is worded as a possibility, never as a fact",
                f"Use one of: {', '.join(hedge.strip() for hedge in hedges)}.",
            )

    def complete(self, playbook: Playbook) -> None:
        for section, needed in REQUIRED.items():
            present = {e.id for e in playbook.sections[section] if e.when.always and not e.group}
            for ident in sorted(needed - present):
                raise self.wrong(
                    f"[[{section}]]",
                    f"{ident} is missing, or has a condition or a group",
                    "It protects every customer; word it as you like, but keep it for all of them.",
                )
        for section in REQUIRED:
            firm = sum(entry.when.always and not entry.group for entry in playbook.sections[section])
            if playbook.most[section] < firm:
                raise self.wrong("[most]", f"{section} leaves no room for what every card says ({firm})")

    def try_out(self, playbook: Playbook, section: str, entry: Entry) -> None:
        for facts in examples(entry.when):
            values: dict[str, str | int] = {**facts.values, "product": playbook.product_name(facts.product)}
            if OFFERS.get(entry.offer):
                values[OFFERS[entry.offer]] = 6
            try:
                rendered = entry.template.render(values)
            except UndefinedError as error:
                raise self.wrong(
                    f"[[{section}]] {entry.id}: text",
                    f"{error.message} for some case that it is meant for",
                    "Narrow its condition (promise, first_visit) or leave the variable out.",
                ) from None
            if not rendered.strip():
                raise self.wrong(f"[[{section}]] {entry.id}: text", "it comes out empty for some case")

    def text(self, place: str, table: Mapping[str, Any], key: str) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(place, f"{key} is missing or not a text")
        if any(ord(character) < 32 and character != "\n" for character in value):
            raise self.wrong(place, f"{key} holds a control character")
        return value


def examples(when: Condition) -> Iterator[Facts]:
    """Cases that meet `when`, with and without everything a template might lean on."""
    firsts = (True, False) if when.first_visit is None else (when.first_visit,)
    promises = sorted(when.promise)
    for promise, named, first, size in product(promises, (True, False), firsts, sorted(when.size)):
        values: dict[str, str | int] = {
            "days_past_due": when.min_days_past_due,
            "overdue": "1,234.00 CNY",
            "balance": "12,345.00 CNY",
            "failed_contacts": when.min_failed_contacts,
            "people": max(1, when.min_people),
        }
        if promise != PromiseStanding.NONE:
            values["promise_due"] = "2026-11-20"
            if named:
                values["promise_amount"] = "500.00 CNY"
        if not first:
            values["last_visit"] = "2026-10-01"
        yield Facts(
            days_past_due=when.min_days_past_due,
            failed_contacts=when.min_failed_contacts,
            promise=PromiseStanding(promise),
            size=size,
            flags=frozenset(sorted(when.flags)[:1]),
            product=min(when.products, default="other"),
            place=PlaceKind(min(when.place)),
            first_visit=first,
            people=max(1, when.min_people),
            values=values,
        )
