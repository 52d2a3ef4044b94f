"""A row of the bank's list -> a Case.

A cell that protects somebody (hours, dates of settlement, promise and last visit, people who must attend)
costs the row where it cannot be read: nobody is sent on a guess. Any other cell falls back to its default.
"""

from __future__ import annotations

from datetime import date, timedelta

from geodata.coordinates import LatLon
from scheduler.intake import clock, parsing
from scheduler.intake.positions import is_undeclared, position
from scheduler.intake.rowreader import IntakeContext, Row
from scheduler.intake.validation import balance_below_overdue, chosen, coded, other_currency
from scheduler.model.people import Case, Customer, Place, PlaceKind, Promise, PromiseState
from scheduler.model.values import DailyHours, Money

IDS = ("id", "customer_id")
REQUIRED = (IDS, ("address", "work_address", "lat"), ("overdue",), ("days_past_due", "overdue_since"))
FLAGS = {
    "hardship": "hardship", "困难": "hardship", "经济困难": "hardship", "illness": "illness", "疾病": "illness",
    "重病": "illness", "hospital": "hospital", "住院": "hospital", "unemployed": "unemployed", "失业": "unemployed",
    "job_loss": "job_loss", "disaster": "disaster", "受灾": "disaster", "bereavement": "bereavement", "丧亲": "bereavement",
    "elderly": "elderly", "高龄": "elderly", "老人": "elderly", "vulnerable": "vulnerable", "弱势": "vulnerable",
    "dispute": "dispute", "争议": "dispute", "异议": "dispute", "fraud": "fraud", "欺诈": "fraud",
}  # fmt: skip

_MOST_DAYS = 20_000
_ANY_HOUR: tuple[DailyHours, ...] = ()
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
_LANGUAGES = {
    "中文": "zh", "汉语": "zh", "普通话": "zh", "chinese": "zh", "英文": "en", "英语": "en", "english": "en",
}  # fmt: skip


def case_of(row: Row, context: IntakeContext) -> tuple[Case, bool] | None:
    """The row's case, and whether its coordinates came undeclared; None where the row is spoiled."""
    overdue = _overdue(row, context)
    days = _days(row, context)
    at = position(row, context, "lat", "lon")
    place = _place(row, at)
    hours = row.read("hours", clock.spans, _ANY_HOUR, grave=True)
    people = row.read("people", lambda text: parsing.whole(text, 1, 9), 1, grave=True)
    settled_on, last_visit = _past(row, "settled_on", context), _past(row, "last_visit", context)
    promise = _promise(row, context)
    if row.spoiled or overdue is None:
        return None
    case = Case(
        id=row.ident,
        customer=_customer(row, context),
        place=place,
        product=_product(row),
        balance=row.read("balance", lambda text: parsing.money(text, context.currency), overdue),
        overdue=overdue,
        days_past_due=days,
        settled_on=settled_on,
        last_visit=last_visit,
        promise=promise,
        failed_contacts=row.read("failed_contacts", lambda text: parsing.whole(text, 0, 9999), 0),
        hours=hours,
        service=timedelta(minutes=row.read("service_minutes", lambda text: clock.minutes(text, 1, 480), 20)),
        required_skills=row.read("skills", parsing.words, frozenset()),
        people=people,
        excluded_agents=_excluded(row, context),
        agency=coded(row, "agency"),
        mandatory=row.read("mandatory", parsing.yes_no, False),
        note=row.text("note"),
    )
    balance_below_overdue(row, case)
    return case, is_undeclared(row, at)


def _overdue(row: Row, context: IntakeContext) -> Money | None:
    other_currency(row, context)
    if parsing.clean(row.text("overdue")).casefold() in parsing.NOTHING | {"", "nan"}:
        row.missing("overdue", "missing_amount")
        return None
    return row.read("overdue", lambda text: parsing.money(text, context.currency), None, grave=True)


def _days(row: Row, context: IntakeContext) -> int:
    if row.text("days_past_due"):
        return row.read("days_past_due", lambda text: parsing.whole(text, 0, _MOST_DAYS), 0, grave=True)
    since = row.read("overdue_since", parsing.day, None, grave=True)
    if since is None:
        if not row.spoiled:
            row.missing("days_past_due", "missing_days")
        return 0
    if since > context.today:
        row.find("future_date", "overdue_since", grave=True)
    return max(0, (context.today - since).days)


def _customer(row: Row, context: IntakeContext) -> Customer:
    language = parsing.clean(row.text("language", context.language))
    raw = row.read("flags", parsing.words, frozenset[str]())
    flags = frozenset(FLAGS.get(flag.casefold(), flag) for flag in raw)
    if not flags <= FLAGS.keys():
        row.find("unknown_flag", "flags")
    return Customer(
        id=coded(row, "customer_id") or row.ident,
        name=_line(row.text("customer_name")),
        phone=_line(row.text("phone")),
        language=_LANGUAGES.get(language.casefold(), language)[:35],
        flags=flags,
    )


def _line(text: str) -> str:
    return " ".join(text.split())


def _product(row: Row) -> str:
    text = parsing.clean(row.text("product", "consumer_loan"))
    return _PRODUCTS.get(text, text)[:64]


def _place(row: Row, at: LatLon | None) -> Place:
    address, kind = (
        _line(row.text("address")),
        chosen(row, "place_kind", _KINDS, PlaceKind.HOME, "bad_place_kind"),
    )
    if not address and row.text("work_address"):
        address, kind = _line(row.text("work_address")), PlaceKind.WORK
        row.find("work_address_used", "work_address")
    if not address and at is None:
        row.missing("address", "empty_address")
    return Place(address=address, kind=kind, location=at, precision="given" if at else "")


def _past(row: Row, name: str, context: IntakeContext) -> date | None:
    found = row.read(name, parsing.day, None, grave=True)
    if found is not None and found > context.today:
        row.find("future_date", name, grave=True)
    return found


def _promise(row: Row, context: IntakeContext) -> Promise | None:
    due = row.read("promise_due", parsing.day, None, grave=True)
    if due is None:
        if row.text("promise_state"):
            row.find("promise_without_date", "promise_due")
        return None
    assumed = PromiseState.PENDING if due >= context.today else PromiseState.BROKEN
    return Promise(
        due=due,
        state=chosen(row, "promise_state", _PROMISE, assumed, "bad_promise_state"),
        amount=row.read("promise_amount", lambda text: parsing.money(text, context.currency), None),
    )


def _excluded(row: Row, context: IntakeContext) -> frozenset[str]:
    named = row.read("excluded_agents", parsing.words, frozenset[str]())
    if context.known_agents and not named <= context.known_agents:
        row.find("unknown_agent", "excluded_agents")
    return named
