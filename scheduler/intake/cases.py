"""A row of the bank's list -> a Case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from scheduler.intake import parsing
from scheduler.intake.rowreader import IntakeContext, Row, location
from scheduler.model.findings import Finding, ModelError, Severity
from scheduler.model.people import Case, Customer, Place, PlaceKind, Promise, PromiseState
from scheduler.model.values import Money, require_id

REQUIRED = ("id", "address", "overdue", "days_past_due")

_PROMISE = {
    "pending": PromiseState.PENDING, "open": PromiseState.PENDING, "待履行": PromiseState.PENDING, "未到期": PromiseState.PENDING,
    "kept": PromiseState.KEPT, "已履行": PromiseState.KEPT, "broken": PromiseState.BROKEN, "违约": PromiseState.BROKEN,
    "未履行": PromiseState.BROKEN, "失约": PromiseState.BROKEN,
}  # fmt: skip
_KINDS = {
    "home": PlaceKind.HOME, "家庭": PlaceKind.HOME, "住宅": PlaceKind.HOME, "work": PlaceKind.WORK, "单位": PlaceKind.WORK,
    "公司": PlaceKind.WORK, "other": PlaceKind.OTHER, "其他": PlaceKind.OTHER,
}  # fmt: skip
_PRODUCTS = {
    "信用卡": "credit_card", "消费贷": "consumer_loan", "消费贷款": "consumer_loan", "个人消费贷款": "consumer_loan",
    "汽车贷款": "car_loan", "车贷": "car_loan", "分期": "instalment", "分期贷款": "instalment", "小额贷款": "micro_loan",
    "住房贷款": "mortgage", "房贷": "mortgage",
}  # fmt: skip
_LANGUAGES = {"中文": "zh", "汉语": "zh", "英文": "en", "英语": "en"}


def case_of(row: Row, context: IntakeContext) -> tuple[str, Case] | None:
    """The row's id and case, or None where the row is spoiled; findings stay in the row."""
    ident = _ident(row)
    currency = _currency(row, context)
    blank = Money(0, currency)
    overdue = _amount(row, "overdue", currency)
    place = _place(row, context)
    if not row.text("days_past_due"):
        row.spoil(
            "missing_days", "days_past_due", "Nothing says for how long it is overdue.", "Fill in the days."
        )
    days = row.read("days_past_due", lambda text: parsing.whole(text, 0, 20_000), 0, grave=True)
    if row.spoiled or overdue is None:
        return None
    return ident, Case(
        id=ident,
        customer=_customer(row, ident),
        place=place,
        product=_PRODUCTS.get(row.text("product"), parsing.clean(row.text("product", "consumer_loan")))[:64],
        balance=row.read("balance", lambda text: parsing.money(text, currency), overdue or blank),
        overdue=overdue,
        days_past_due=days,
        settled_on=_past(row, "settled_on", context.today),
        last_visit=_past(row, "last_visit", context.today),
        promise=_promise(row, currency, context),
        failed_contacts=row.read("failed_contacts", lambda text: parsing.whole(text, 0, 9999), 0),
        hours=row.read("hours", parsing.spans, ()),
        service=timedelta(minutes=row.read("service_minutes", lambda text: parsing.whole(text, 1, 480), 20)),
        required_skills=row.read("skills", parsing.words, frozenset()),
        people=row.read("people", lambda text: parsing.whole(text, 1, 9), 1),
        excluded_agents=_agents(row, context),
        agency=_code(row, "agency"),
        mandatory=row.read("mandatory", parsing.yes_no, False),
        note=row.text("note"),
    )


def _ident(row: Row) -> str:
    ident = row.text("id")
    if not ident:
        row.spoil("missing_id", "id", "The row has no id.", "Give each case the bank's own number.")
        return "?"
    try:
        require_id("case", ident)
    except ModelError:
        row.spoil(
            "bad_id",
            "id",
            "An id has 1 to 64 characters without blanks or slashes.",
            "Use the bank's number.",
        )
    return ident


def _customer(row: Row, ident: str) -> Customer:
    customer = _code(row, "customer_id") or ident
    language = row.text("language", "zh")
    return Customer(
        id=customer,
        name=row.text("customer_name"),
        phone=row.text("phone"),
        language=_LANGUAGES.get(language, language)[:35],
        flags=row.read("flags", parsing.words, frozenset()),
    )


def _code(row: Row, name: str) -> str:
    """An optional id; a faulty one is left out with a finding."""
    text = row.text(name)
    if text:
        try:
            require_id(name, text)
        except ModelError:
            row.warn("bad_id", name, "An id has 1 to 64 characters without blanks or slashes.", "Use a code.")
            return ""
    return text


def _currency(row: Row, context: IntakeContext) -> str:
    text = {"人民币": "CNY", "RMB": "CNY", "元": "CNY"}.get(
        row.text("currency"), row.text("currency")
    ).upper()
    if text and text != context.currency:
        row.spoil(
            "other_currency",
            "currency",
            "It is not the workspace's currency.",
            "Convert it, or use another workspace.",
        )
    return context.currency


def _amount(row: Row, name: str, currency: str) -> Money | None:
    if not row.text(name):
        row.spoil("missing_amount", name, "The amount is missing.", "Fill in what is overdue.")
        return None
    return row.read(name, lambda text: parsing.money(text, currency), None, grave=True)


def _place(row: Row, context: IntakeContext) -> Place:
    address = row.text("address")
    at = location(row, context, "lat", "lon")
    if not address and at is None:
        row.spoil("empty_address", "address", "The address is empty.", "Fill it in, or give coordinates.")
    kind = row.text("place_kind", "home").casefold()
    if kind not in _KINDS:
        row.warn("bad_place_kind", "place_kind", "It is none of home, work, other.", "Write one of them.")
    return Place(
        address=address, kind=_KINDS.get(kind, PlaceKind.HOME), location=at, precision="given" if at else ""
    )


def _past(row: Row, name: str, today: date) -> date | None:
    found = row.read(name, parsing.day, None)
    if found is not None and found > today:
        row.warn("future_date", name, "The date lies in the future; it is not used.", "Check the date.")
        return None
    return found


def _promise(row: Row, currency: str, context: IntakeContext) -> Promise | None:
    due = row.read("promise_due", parsing.day, None)
    state = row.text("promise_state").casefold()
    if due is None:
        if state:
            row.warn(
                "promise_without_date",
                "promise_due",
                "A promise has no date; it is not used.",
                "Fill in the date.",
            )
        return None
    if state and state not in _PROMISE:
        row.warn(
            "bad_promise_state", "promise_state", "It is none of pending, kept, broken.", "Write one of them."
        )
    assumed = PromiseState.PENDING if due >= context.today else PromiseState.BROKEN
    return Promise(
        due=due,
        state=_PROMISE.get(state, assumed),
        amount=row.read("promise_amount", lambda text: parsing.money(text, currency), None),
    )


def _agents(row: Row, context: IntakeContext) -> frozenset[str]:
    named = row.read("excluded_agents", parsing.words, frozenset[str]())
    if context.known_agents and not named <= context.known_agents:
        row.warn(
            "unknown_agent",
            "excluded_agents",
            "An agent named here is not known.",
            "Import the agents first.",
        )
    return named


def probable_twins(file: str, cases: Iterable[tuple[int, Case]]) -> list[Finding]:
    """Rows with other ids but the same customer's name, address and amount."""
    seen: dict[tuple[str, str, int], int] = {}
    findings = []
    for number, case in cases:
        if not case.customer.name or not case.place.address:
            continue
        key = (
            parsing.clean(case.customer.name).casefold(),
            parsing.clean(case.place.address).casefold(),
            case.overdue.minor,
        )
        first = seen.setdefault(key, number)
        if first != number:
            findings.append(
                Finding(
                    code="probable_duplicate",
                    severity=Severity.WARNING,
                    cause=f"Row {first} has the same name, address and amount under another id.",
                    mend="Remove one if they are the same loan.",
                    file=file,
                    row=number,
                )
            )
    return findings
