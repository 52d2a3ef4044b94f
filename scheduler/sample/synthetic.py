"""The made-up city's overdue list and its visiting agents, in Chinese, as a bank would export them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from scheduler.sample.city import CITY, PROVINCE, Address, build_city, write_extract
from scheduler.sample.files import SampleFiles
from scheduler.sample.people import chinese_name, loan

EXTRACT, CASES, AGENTS = "yunzhou.osm.pbf", "逾期清单.csv", "外访人员.xlsx"
CASE_FIELDS = (
    "案件编号", "客户姓名", "联系电话", "家庭住址", "产品", "贷款余额", "逾期金额", "逾期天数", "上次拜访日期",
    "承诺还款日", "承诺金额", "承诺状态", "可拜访时间", "拜访时长(分钟)", "上门人数", "承办机构", "备注",
)  # fmt: skip
AGENT_FIELDS = (
    "工号", "姓名", "出发地址", "出行方式", "班次", "午休", "最多拜访数", "加班上限(分钟)", "小时成本", "公里成本",
    "联系电话", "所属机构", "外访小组",
)  # fmt: skip
SCENARIOS = {
    "base.toml": 'title = "现状"\n',
    "late-shift.toml": 'title = "全员晚班"\nshift = "12:00-20:00"\n',
    "rain.toml": 'title = "雨天"\nspeed_factor = 0.8\n',
    "pairs.toml": 'title = "当日自动配对"\npairs = "anew"\n',
    "meet.toml": 'title = "单人出行，到场会合"\nattendance = "meet"\npairs = "none"\n',
    "singles.toml": 'title = "全员单人"\npairs = "none"\n',
}
_DIGITS = "零一二三四五六七八九"
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_AGENCIES = ("", "", "", "信达外访", "恒通外访")


def write_synthetic(
    folder: Path,
    *,
    cases: int = 5000,
    agents: int = 60,
    seed: int = 7,
    nodes: int = 20_000,
    day: date = date(2026, 11, 24),
) -> SampleFiles:
    """Write the extract, the cases (CSV in GB18030), the agents (XLSX) and six scenarios to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    city = build_city(nodes=nodes, addresses=2 * (cases + agents) + 200, seed=seed)
    write_extract(city, folder / EXTRACT)
    rng = np.random.default_rng(seed + 1)
    order = rng.permutation(len(city.addresses))
    homes = [city.addresses[int(order[number % len(order)])] for number in range(cases + agents)]
    shared = _AGENCIES if agents >= 10 else ("",)
    team = [_agent(number, home, shared) for number, home in enumerate(homes[cases:])]
    staffed = tuple(agency for agency in shared if any(row["所属机构"] == agency for row in team))
    rows = [_case(rng, number, home, day, staffed) for number, home in enumerate(homes[:cases], start=1)]
    with (folder / CASES).open("w", encoding="gb18030", newline="") as file:
        table = csv.DictWriter(file, CASE_FIELDS)
        table.writeheader()
        table.writerows(rows)
    _write_agents(folder / AGENTS, team, rng)
    for name, text in SCENARIOS.items():
        (folder / name).write_text(text, "utf-8")
    return SampleFiles(
        folder, EXTRACT, CASES, AGENTS, tuple(SCENARIOS), "Asia/Shanghai", "CNY", "zh",
        ("house", "cn-bank-2026", "cn-gbt-45251-2025"),
    )  # fmt: skip


def _case(
    rng: np.random.Generator, number: int, home: Address, day: date, agencies: Sequence[str]
) -> dict[str, Any]:
    figures = loan(rng, 45_000, ("信用卡", "消费贷", "消费贷", "汽车贷款"))
    row: dict[str, Any] = dict.fromkeys(CASE_FIELDS, "")
    row |= {
        "案件编号": f"YZ{number:06d}",
        "客户姓名": chinese_name(rng),
        "联系电话": f"1990000{number % 10000:04d}",
        "家庭住址": written(rng, home),
        "产品": figures.product,
        "贷款余额": f"{figures.balance:,.2f}",
        "逾期金额": f"¥{figures.overdue:.2f}" if rng.random() < 0.1 else f"{figures.overdue:.2f}",
        "逾期天数": figures.days_past_due,
        "拜访时长(分钟)": int(rng.choice([15, 20, 25, 30])),
        "上门人数": 2 if rng.random() < 0.1 else 1,
        "承办机构": agencies[number % len(agencies)],
    }
    chance = rng.random()
    if chance < 0.10:
        row |= {
            "承诺还款日": f"{day - timedelta(days=int(rng.integers(3, 20))):%Y/%m/%d}",
            "承诺状态": "违约",
        }
    elif chance < 0.14:
        row |= {
            "承诺还款日": f"{day + timedelta(days=int(rng.integers(1, 8))):%Y/%m/%d}",
            "承诺状态": "待履行",
        }
    if rng.random() < 0.08:
        row["上次拜访日期"] = f"{day - timedelta(days=int(rng.integers(1, 30))):%Y年%m月%d日}"
    if rng.random() < 0.12:
        row["可拜访时间"] = str(rng.choice(["17:00-20:00", "09:00-12:00", "10:00-14:00；16:00-19:00"]))
    if rng.random() < 0.01:
        row["逾期金额"] = str(rng.choice(["", "-500", "不详"]))
    return row


def written(rng: np.random.Generator, home: Address) -> str:
    """An address as people write it: with or without the province, full-width, in numerals, with slips."""
    number = str(home.number)
    chance = rng.random()
    if chance < 0.06:
        number = number.translate(_FULL_WIDTH)
    elif chance < 0.10 and home.number < 100:
        number = _numeral(home.number)
    tail = "" if chance > 0.97 else f"{number}号" if chance > 0.12 else number
    flat = (
        f"{int(rng.integers(1, 20))}栋{int(rng.integers(1, 5))}单元{int(rng.integers(101, 1804))}室"
        if rng.random() < 0.5
        else ""
    )
    if rng.random() < 0.12 and tail and not tail.endswith("号"):
        flat = ""
    head = str(
        rng.choice(
            [f"{PROVINCE}{CITY}{home.district}", f"{CITY}{home.district}", home.district], p=[0.4, 0.4, 0.2]
        )
    )
    if home.compound and rng.random() < 0.1:
        return f"{head}{home.compound}{flat}"
    street = home.street
    if len(street) > 4 and rng.random() < 0.02:
        at = int(rng.integers(0, len(street) - 2))
        street = street[:at] + street[at + 1] + street[at] + street[at + 2 :]
    return f"{head}{street}{tail}{home.compound}{flat if tail.endswith('号') or not tail else ''}"


def _numeral(number: int) -> str:
    """1 to 99 in Chinese numerals."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones or not tens else "")


def _agent(number: int, home: Address, agencies: Sequence[str]) -> dict[str, Any]:
    # Two go together: the banks' guideline asks for it (art. 22), and so everything is the pair's.
    pair = number // 2
    mode = ("汽车", "电动车", "汽车", "步行", "电动车")[pair % 5]
    late = pair % 3 == 2
    agency = agencies[pair % len(agencies)]
    return {
        "工号": f"W{number + 1:03d}",
        "出发地址": f"{CITY}{home.district}{home.street}{home.number}号",
        "出行方式": mode,
        "班次": "12:00-20:00" if late else "09:00-17:30",
        "午休": "30分钟 15:00-17:00" if late else "45分钟 11:30-13:30",
        "最多拜访数": 16,
        "加班上限(分钟)": 30 if number % 4 == 0 else 0,
        "小时成本": 45,
        "公里成本": 1.2 if mode == "汽车" else 0.1,
        "联系电话": f"1990001{number:04d}",
        "所属机构": agency,
        "外访小组": f"小组{pair + 1}",
    }


def _write_agents(path: Path, rows: Sequence[dict[str, Any]], rng: np.random.Generator) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(list(AGENT_FIELDS))
    for row in rows:
        named = {**row, "姓名": chinese_name(rng)}
        sheet.append([named.get(name, "") for name in AGENT_FIELDS])
    book.save(path)
