"""What may be offered for a product, and within which bounds. The bank's rules, as TOML.

[sizes.CNY]                       # which overdue amounts are small and large, in major units
small_below = 5000
large_from = 50000

[offers.credit_card.instalments]  # an offer that is not listed for a product is not allowed
max_months = 12
min_days_past_due = 1
max_days_past_due = 360
without_flags = ["fraud"]
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scheduler.model.findings import DoorstepError
from scheduler.model.people import Case

OWN_FILE = Path(__file__).parent / "products.toml"
OFFERS: Mapping[str, str] = {
    "instalments": "max_months",
    "extension": "max_days",
    "hardship_relief": "max_months",
    "part_payment": "",
    "fee_review": "",
}
"""Kinds of offers, each with the bound that it needs."""
_COMMON = ("min_days_past_due", "max_days_past_due", "flags", "without_flags")


class ProductError(DoorstepError):
    """Something in the product rules that cannot be used, named by file, table and key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRule:
    """One offer of one product: from and until which days past due, for whom, and up to what bound."""

    kind: str
    bound: int = 0
    min_days_past_due: int = 0
    max_days_past_due: int = 1 << 30
    flags: frozenset[str] = frozenset()
    without_flags: frozenset[str] = frozenset()

    def allows(self, case: Case) -> bool:
        """Whether the product's rules allow the offer to this case."""
        flags = case.customer.flags
        return (
            self.min_days_past_due <= case.days_past_due <= self.max_days_past_due
            and (not self.flags or bool(self.flags & flags))
            and not self.without_flags & flags
        )

    @property
    def values(self) -> Mapping[str, int]:
        """The bound by the name that templates know it by."""
        return {OFFERS[self.kind]: self.bound} if OFFERS[self.kind] else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRules:
    """Offers by product ("default" for every product that is not named), sizes by currency."""

    offers: Mapping[str, tuple[OfferRule, ...]]
    sizes: Mapping[str, tuple[float, float]]

    def offers_for(self, case: Case) -> tuple[OfferRule, ...]:
        """What may be offered to this case."""
        rules = self.offers.get(case.product, self.offers["default"])
        return tuple(rule for rule in rules if rule.allows(case))

    def size(self, case: Case) -> str:
        """Whether the overdue amount is small, medium or large."""
        small_below, large_from = self.sizes.get(case.overdue.currency, self.sizes["default"])
        amount = case.overdue.major
        return "small" if amount < small_below else "large" if amount >= large_from else "medium"


def load_products(path: Path | None = None) -> ProductRules:
    """The product rules at `path`, else Doorstep's cautious ones. Raises ProductError."""
    path = path or OWN_FILE
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ProductError(f"There is no file {path.name} with product rules") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProductError(f"{path.name} cannot be read: {error}", mend="Mend that line.") from None
    _only(path.name, "the file", raw, ("sizes", "offers"))
    offers = _table(path.name, "[offers]", raw.get("offers"))
    sizes = _table(path.name, "[sizes]", raw.get("sizes"))
    for name, table in (("offers", offers), ("sizes", sizes)):
        if "default" not in table:
            raise ProductError(
                f"{path.name}: [{name}.default] is missing", mend="It holds for all that is not named."
            )
    return ProductRules(
        offers={name: _offers(path.name, name, table) for name, table in offers.items()},
        sizes={name: _sizes(path.name, name, table) for name, table in sizes.items()},
    )


def _offers(file: str, product: str, raw: Any) -> tuple[OfferRule, ...]:
    place = f"[offers.{product}]"
    table = _table(file, place, raw)
    _only(file, place, table, OFFERS)
    return tuple(_offer(file, f"[offers.{product}.{kind}]", kind, entry) for kind, entry in table.items())


def _offer(file: str, place: str, kind: str, raw: Any) -> OfferRule:
    table = _table(file, place, raw)
    bound = OFFERS[kind]
    _only(file, place, table, (*_COMMON, bound) if bound else _COMMON)
    if bound and bound not in table:
        raise ProductError(f"{file}: {place} {bound} is missing", mend="An offer without a bound is no rule.")
    rule = OfferRule(
        kind=kind,
        bound=_count(file, place, bound, table[bound], least=1) if bound else 0,
        min_days_past_due=_count(file, place, "min_days_past_due", table.get("min_days_past_due", 0)),
        max_days_past_due=_count(file, place, "max_days_past_due", table.get("max_days_past_due", 1 << 30)),
        flags=_codes(file, place, "flags", table.get("flags", [])),
        without_flags=_codes(file, place, "without_flags", table.get("without_flags", [])),
    )
    if rule.min_days_past_due > rule.max_days_past_due:
        raise ProductError(f"{file}: {place} min_days_past_due lies above max_days_past_due")
    return rule


def _sizes(file: str, currency: str, raw: Any) -> tuple[float, float]:
    place = f"[sizes.{currency}]"
    table = _table(file, place, raw)
    _only(file, place, table, ("small_below", "large_from"))
    small, large = (
        _count(file, place, key, table.get(key), least=1) for key in ("small_below", "large_from")
    )
    if small >= large:
        raise ProductError(f"{file}: {place} small_below lies below large_from")
    return small, large


def _table(file: str, place: str, raw: Any) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        raise ProductError(f"{file}: {place} is missing or not a table")
    return raw


def _only(file: str, place: str, table: Mapping[str, Any], known: Iterable[str]) -> None:
    names = sorted(known)
    for key in table:
        if key not in names:
            near = difflib.get_close_matches(key, names, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(names)}."
            raise ProductError(f"{file}: {place} {key} is not known", mend=hint)


def _count(file: str, place: str, key: str, value: Any, *, least: int = 0) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ProductError(f"{file}: {place} {key} is a whole number from {least} on")
    return value


def _codes(file: str, place: str, key: str, value: Any) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise ProductError(f"{file}: {place} {key} is a list of texts")
    return frozenset(value)
