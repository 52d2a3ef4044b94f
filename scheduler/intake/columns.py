"""Which column is which: names in Chinese and English, whatever their case, width and punctuation."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping

from scheduler.intake.readers import Table
from scheduler.model.findings import DoorstepError, Finding, Severity

CASE_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": (
        "case id",
        "case",
        "case no",
        "contract",
        "contract no",
        "loan id",
        "案件编号",
        "案件号",
        "案号",
        "借据号",
        "合同号",
        "合同编号",
    ),
    "customer_id": ("customer id", "client id", "客户编号", "客户号"),
    "customer_name": (
        "name",
        "customer",
        "client",
        "client name",
        "客户姓名",
        "姓名",
        "客户名称",
        "借款人",
        "借款人姓名",
    ),
    "phone": ("telephone", "mobile", "phone number", "联系电话", "手机号", "手机号码", "手机", "电话"),
    "language": ("lang", "语言"),
    "flags": ("flag", "标记", "标签", "风险标记"),
    "address": (
        "home address",
        "street address",
        "地址",
        "家庭住址",
        "家庭地址",
        "居住地址",
        "住址",
        "联系地址",
        "上门地址",
    ),
    "place_kind": ("address kind", "address type", "地址类型"),
    "lat": ("latitude", "纬度"),
    "lon": ("lng", "long", "longitude", "经度"),
    "crs": ("coordinate system", "datum", "坐标系", "坐标系统"),
    "product": ("product code", "loan type", "产品", "产品名称", "贷款产品", "产品类型"),
    "currency": ("币种", "货币"),
    "balance": ("outstanding", "principal", "贷款余额", "剩余本金", "余额", "欠款余额"),
    "overdue": (
        "overdue amount",
        "amount overdue",
        "arrears",
        "past due",
        "逾期金额",
        "逾期总额",
        "欠款金额",
    ),
    "days_past_due": ("dpd", "days overdue", "overdue days", "逾期天数", "逾期日数"),
    "settled_on": ("settled", "paid on", "结清日期", "还清日期"),
    "last_visit": ("last visited", "last visit date", "上次拜访日期", "上次外访日期", "最近外访日期"),
    "promise_due": ("promise date", "promised by", "承诺还款日", "承诺还款日期", "承诺日期"),
    "promise_amount": ("promised amount", "承诺金额", "承诺还款金额"),
    "promise_state": ("promise status", "promise", "承诺状态"),
    "failed_contacts": ("failed calls", "failed attempts", "失联次数", "联系失败次数"),
    "hours": ("visit hours", "preferred hours", "可拜访时间", "可上门时间", "方便时间"),
    "service_minutes": ("service", "visit minutes", "拜访时长", "预计时长", "拜访时长(分钟)"),
    "skills": ("required skills", "技能", "所需技能", "技能要求"),
    "people": ("persons", "visitors", "人数", "上门人数", "外访人数"),
    "excluded_agents": ("excluded", "not by", "回避人员", "排除人员"),
    "agency": ("agency id", "机构", "委外机构", "承办机构"),
    "mandatory": ("must visit", "必访", "是否必访"),
    "note": ("notes", "remark", "remarks", "comment", "备注", "说明"),
}
AGENT_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("agent id", "agent", "staff id", "工号", "人员编号", "外访员编号", "员工编号"),
    "name": ("agent name", "姓名", "人员姓名", "外访员"),
    "start_address": ("start", "home", "出发地址", "出发地", "起点", "起点地址"),
    "start_lat": ("出发纬度", "起点纬度"),
    "start_lon": ("出发经度", "起点经度"),
    "end_address": ("end", "返回地址", "返回地", "终点", "终点地址"),
    "end_lat": ("返回纬度", "终点纬度"),
    "end_lon": ("返回经度", "终点经度"),
    "crs": ("coordinate system", "datum", "坐标系", "坐标系统"),
    "mode": ("travel mode", "vehicle", "出行方式", "交通方式", "交通工具"),
    "shift": ("hours", "working hours", "班次", "工作时间", "上班时间"),
    "lunch": ("break", "lunch break", "午休", "午休时间"),
    "skills": ("skill", "技能"),
    "max_visits": ("most visits", "最多拜访数", "每日上限", "最大拜访数"),
    "max_travel": ("max travel minutes", "最长行程(分钟)", "最长在途(分钟)", "最长行程"),
    "max_overtime": ("overtime", "overtime minutes", "加班上限(分钟)", "加班上限"),
    "hourly_cost": ("cost per hour", "小时成本", "时薪", "每小时成本"),
    "km_cost": ("cost per km", "公里成本", "每公里成本"),
    "currency": ("币种", "货币"),
    "phone": ("telephone", "mobile", "联系电话", "手机号", "电话"),
    "agency": ("agency id", "机构", "所属机构"),
    "days_off": ("away", "absent", "休息日", "请假日期", "休假"),
    "crew": ("crew id", "team", "小组", "搭档组", "外访小组"),
}
_PUNCTUATION = re.compile(r"[\s_\-./:()\[\]*#]+")


def plain(name: str) -> str:
    """A header without case, width, blanks and punctuation."""
    return _PUNCTUATION.sub("", unicodedata.normalize("NFKC", name).casefold().lstrip("\ufeff"))


def columns_of(
    table: Table, known: Mapping[str, tuple[str, ...]], required: Iterable[str]
) -> tuple[dict[str, int], list[Finding]]:
    """Field name to column number, and findings about columns that are not used or appear twice.

    Raises DoorstepError naming the required columns that are missing and the nearest found.
    """
    names = {plain(alias): field for field, aliases in known.items() for alias in (field, *aliases)}
    found: dict[str, int] = {}
    findings: list[Finding] = []
    for number, header in enumerate(table.header):
        field = names.get(plain(header))
        if field is None:
            if plain(header):
                findings.append(_unused(table.name, number))
        elif field in found:
            findings.append(_twice(table.name, number, field))
        else:
            found[field] = number
    missing = [field for field in required if field not in found]
    if missing:
        raise DoorstepError(
            f"{table.name} has no column for: {', '.join(missing)}", mend=_expected(missing, known, table)
        )
    return found, findings


def _unused(file: str, number: int) -> Finding:
    return Finding(
        code="column_unused",
        severity=Severity.INFO,
        cause="This column's name is not known; it is not read.",
        mend="Rename it as docs/tables.md says if it matters.",
        file=file,
        row=1,
        column=f"column {number + 1}",
    )


def _twice(file: str, number: int, field: str) -> Finding:
    return Finding(
        code="column_twice",
        severity=Severity.WARNING,
        cause=f"Another column already gives {field}; this one is not read.",
        mend="Keep one of them.",
        file=file,
        row=1,
        column=f"column {number + 1}",
    )


def _expected(missing: list[str], known: Mapping[str, tuple[str, ...]], table: Table) -> str:
    parts = []
    there = {plain(header): header for header in table.header if len(header) <= 40}
    for field in missing:
        near = difflib.get_close_matches(plain(field), there, n=1)
        parts.append(
            f"{field} (or {', '.join(known[field][-3:])})" + (f", perhaps {there[near[0]]}" if near else "")
        )
    return "Name a column " + "; ".join(parts) + "."
