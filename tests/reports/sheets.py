"""Sheets for tests: an invented town on a grid, invented people."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from reports.sheet import (
    Comparison,
    DayPage,
    FairnessField,
    FairnessPage,
    FairnessRow,
    FairnessTable,
    Figure,
    FindingRow,
    Kpi,
    MapRoute,
    Move,
    ReviewPage,
    ReviewRow,
    RouteSheet,
    RuleRow,
    ScenarioColumn,
    SheetBreak,
    SheetStop,
    StrategyCard,
    StreetLine,
    Suggestion,
    UnassignedRow,
)

ZONE = timezone(timedelta(hours=8))
DAY = date(2026, 11, 24)
CENTRE = (31.2, 121.45)
NAMES = ["王芳", "李强 Li Qiang", "Åsa Öberg", "陈小明", "O'Neil & Sons", "赵敏"]


def at(hour: int, minute: int = 0) -> datetime:
    """A moment of the day."""
    return datetime(DAY.year, DAY.month, DAY.day, hour, minute, tzinfo=ZONE)


def streets(side: int = 20) -> tuple[StreetLine, ...]:
    """A grid of streets around the centre, each fifth a great one."""
    made = []
    for k in range(side):
        rank = 1 if k % 5 == 0 else 4
        lat, lon = CENTRE[0] - 0.02 + k * 0.04 / side, CENTRE[1] - 0.02 + k * 0.04 / side
        made.append(
            StreetLine(rank, tuple((lat, CENTRE[1] - 0.02 + j * 0.04 / side) for j in range(side + 1)))
        )
        made.append(
            StreetLine(rank, tuple((CENTRE[0] - 0.02 + j * 0.04 / side, lon) for j in range(side + 1)))
        )
    return tuple(made)


def card(text: str = "") -> StrategyCard:
    """A card with a sentence of each kind."""
    return StrategyCard(
        why=("逾期 42 天,本月已两次未接电话。" + text,),
        likely=("可能暂时失业(未证实)。" + text,),
        tone=("平和,先听后说。" + text,),
        opening=("您好,我是银行的走访人员,想了解您的情况。" + text,),
        offers=("可分 6 期,免收罚息。" + text,),
        never=("不得向第三人透露欠款。" + text,),
        documents=("工牌、授权书" + text,),
        referrals=("社区法律援助 12348" + text,),
    )


def stop(number: int, text: str = "") -> SheetStop:
    """Visit `number`; `text` is added to every text of it."""
    begin = at(9) + timedelta(minutes=30 * (number - 1))
    place = (CENTRE[0] + 0.003 * ((number * 7) % 5 - 2), CENTRE[1] + 0.003 * ((number * 3) % 7 - 3))
    before = (
        CENTRE[0] + 0.003 * (((number - 1) * 7) % 5 - 2),
        CENTRE[1] + 0.003 * (((number - 1) * 3) % 7 - 3),
    )
    if number == 1:
        before = CENTRE
    return SheetStop(
        number=number,
        case_id=f"C-{number:03d}{text}",
        name=NAMES[number % len(NAMES)] + text,
        address=f"淮海中路 {100 + number} 号 {number} 室" + text,
        phone=f"1380000{number:04d}" + text,
        place=place,
        arrive=begin,
        start=begin,
        finish=begin + timedelta(minutes=20),
        windows=((at(8), at(12)), (at(13), at(20))),
        worth="¥1,250" + text,
        worth_value=1250.0,
        amount="¥12,600.00" + text,
        card=card(text),
        travel=timedelta(minutes=6),
        distance_m=1250,
        leg=(before, (before[0], place[1]), place),
        high_priority=number % 4 == 3,
        pinned=number == 5,
        late_risk=number == 6,
        place_note=("只知道小区,请询问楼号。" + text) if number == 2 or text else "",
        badges=("出示工牌" + text, "先核实身份" + text),
    )


def route(visits: int = 12, text: str = "", language: str = "zh", **changes: object) -> RouteSheet:
    """A day of an agent."""
    stops = tuple(stop(number, text) for number in range(1, visits + 1))
    last = stops[-1].place if stops else CENTRE
    fields: dict[str, object] = {
        "agent_id": "A-07" + text,
        "agent_name": "陈晓明 Chen Xiaoming" + text,
        "day": DAY,
        "language": language,
        "mode": "car",
        "depart": at(8, 54),
        "finish": at(16, 4),
        "start_place": CENTRE,
        "end_place": CENTRE,
        "start_note": "静安支行" + text,
        "stops": stops,
        "breaks": (SheetBreak(start=at(12), finish=at(12, 30)),),
        "back_leg": (last, CENTRE),
        "travel": timedelta(minutes=72),
        "service": timedelta(minutes=20 * visits),
        "waiting": timedelta(minutes=12),
        "distance_m": 1250 * visits,
        "plan_id": "p17" + text,
        "generated_at": datetime(2026, 11, 23, 18, 5, tzinfo=UTC),
        "common": StrategyCard(never=("不得威胁。" + text,), opening=("您好。" + text,)),
        "streets": streets(),
    }
    return RouteSheet(**(fields | changes))  # type: ignore[arg-type]


def day_page(text: str = "", language: str = "zh", agents: int = 3) -> DayPage:
    """A dispatcher's day."""
    from dataclasses import replace

    routes = tuple(
        replace(
            route(6, text, language),
            agent_id=f"A-{number}{text}",
            agent_name=f"Agent {number}{text}",
            start_place=(CENTRE[0] + number * 0.002, CENTRE[1]),
        )
        for number in range(1, agents + 1)
    )
    return DayPage(
        title="当日计划" + text,
        day=DAY,
        language=language,  # type: ignore[arg-type]
        kpis=(
            Kpi(label="拜访" + text, value="18" + text, hint="已排" + text),
            Kpi(label="里程", value="42.1 km"),
        ),
        routes=routes,
        unassigned=(
            UnassignedRow(
                case_id="C-900" + text,
                reasons=("来不及在允许时间内到达。" + text,),
                mends=("换一天,或增加人员。" + text,),
                worth="¥300" + text,
                worth_value=300.0,
                place=(31.205, 121.455),
            ),
        ),
        left_out=(("金额太小" + text, 12),),
        findings=(
            FindingRow(
                severity="warning", where="cases.csv 7" + text, cause="无电话" + text, mend="补上" + text
            ),
        ),
        clean=not text,
        packs=("cn" + text,),
        rules=(RuleRow(rule="时间" + text, source="第 1 条" + text, judged=18, findings=1 if text else 0),),
        notes=("人工核对录音。" + text,),
        links=(("工作簿" + text, "day.xlsx"),),
        agent_links={one.agent_id: (("页面" + text, "a.html"), ("PDF", "a.pdf")) for one in routes},
        streets=streets(),
        generated_at=datetime(2026, 11, 23, 18, 5, tzinfo=UTC),
    )


def comparison(text: str = "", language: str = "zh") -> Comparison:
    """Two scenarios; C-002 changes hands."""
    plain = route(4, text)

    def column(name: str, cost: float, swap: bool) -> ScenarioColumn:
        stops = tuple((s.number, s.case_id, s.place) for s in plain.stops)
        first, second = (stops[:1], stops[1:]) if swap else (stops[:2], stops[2:])
        return ScenarioColumn(
            name=name + text,
            title=f"方案 {name}{text}",
            changes=("多一人" + text,),
            figures=(
                Figure(label="成本" + text, value=cost, text=f"¥{cost:.0f}{text}", better="less"),
                Figure(label="拜访", value=4 + swap, text=str(4 + swap), better="more"),
            ),
            routes=(
                MapRoute(agent="A-1" + text, line=plain.line[:6], stops=first),
                MapRoute(agent="A-2" + text, line=plain.line[6:], stops=second),
            ),
        )

    return Comparison(
        title="对比" + text,
        day=DAY,
        language=language,  # type: ignore[arg-type]
        scenarios=(column("base", 100, False), column("more", 90, True)),
        moves=(
            Move(
                scenario="more" + text,
                kind="agent",
                case_id="C-002" + text,
                before="A-1" + text,
                after="A-2" + text,
                why="成本更低" + text,
            ),
        ),
        streets=streets(),
    )


def review(text: str = "", language: str = "zh") -> ReviewPage:
    """Two doubtful addresses, one without suggestions."""
    return ReviewPage(
        title="存疑地址" + text,
        language=language,  # type: ignore[arg-type]
        rows=(
            ReviewRow(
                id="C-1" + text,
                address="淮海路 88 号" + text,
                reasons=("两条同名路" + text,),
                suggestions=(
                    Suggestion(
                        place=(31.201, 121.449),
                        matched="淮海中路 88 号" + text,
                        score=0.91,
                        precision="门牌" + text,
                    ),
                    Suggestion(
                        place=(31.203, 121.452),
                        matched="淮海西路 88 号" + text,
                        score=0.74,
                        precision="道路" + text,
                    ),
                ),
            ),
            ReviewRow(
                id="C-2" + text, address="=1+1 老街" + text, reasons=("未找到" + text,), suggestions=()
            ),
        ),
        streets=streets(),
    )


def fairness(text: str = "", language: str = "zh") -> FairnessPage:
    """Two groups and one that is too small, by one field, in one outcome with hours."""

    def row(group: str, **changes: object) -> FairnessRow:
        base = {
            "group": group + text,
            "cases": "212",
            "need": "45天，1,200 CNY" + text,
            "here": "31% (27%-36%)",
            "elsewhere": "38% (34%-42%)",
            "difference": "−7个百分点（−12至−2）" + text,
            "verdict": "不能由需要解释" + text,
            "weight": "bad",
            "bar": (-0.6, -0.35, -0.1),
            "bands": ((0.2, 0.3), (0.8, 0.7)),
        }
        return FairnessRow(**{**base, **changes})  # type: ignore[arg-type]

    small = row(
        "藏语", cases="少于30", weight="soft", bar=None, bands=(), here="", elsewhere="", difference=""
    )
    table = FairnessTable(
        title="应上门" + text,
        rows=(row("普通话"), row("粤语", weight="good", bar=(-0.1, 0.3, 0.7)), small),
        scale="−20% … +20%",
        band_names=("<12" + text, "≥12"),
    )
    return FairnessPage(
        title="公平性审计" + text,
        day=DAY,
        language=language,  # type: ignore[arg-type]
        found=("语言：需要相近者之间与其他案件相差−7个百分点。" + text,),
        fields=(FairnessField(name="语言" + text, note="3件案件没有此项分组。", tables=(table,)),),
        method=("未结案件212件。" + text,),
    )
