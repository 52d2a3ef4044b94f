"""A made-up Chinese city as a real extract: districts, rivers and bridges, ring roads, blocks, lanes, addresses.

云州市 does not exist. It is laid over farmland, so that nobody's real address is among its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

CITY, PROVINCE = "云州市", "云中省"
ORIGIN = (31.05, 112.85)  # south-west corner, latitude and longitude
BLOCK_M = 150.0
_DEGREE_M = 111_195.0
_SQUEEZE = float(np.cos(np.radians(ORIGIN[0])))
DISTRICTS = ("云桥区", "江湾区", "北塔区", "东湖区", "城中区", "西岭区", "南浦区", "临港区", "翠屏区")
_FIRST = "人民 解放 建设 和平 新华 文化 长江 滨江 朝阳 光明 学府 迎宾 青年 胜利 团结 友谊 安康 平安 富强 民主 中兴 永安 长乐 开元 天府 锦绣 紫荆 梧桐 银杏 桂花 翠竹 碧桃 红梅 丹枫 白鹭 金沙 玉泉 龙泉 凤凰 麒麟 云海 星河 明月 晨曦 春晖 秋实 兴业 创新 科技 工业 商贸 财富 石桥 古城 钟楼 鼓楼 西山 南湖 北苑 东岳".split()  # noqa: E501, SIM905
_COMPOUND_FIRST = "翠湖 碧水 阳光 金色 锦绣 御景 盛世 幸福 和谐 东方 绿洲 蓝天 丽景 名门 书香 梧桐 观澜 江南 云顶 星河".split()  # noqa: SIM905
_COMPOUND_LAST = "花园 家园 小区 新村 名苑 雅居 公寓 华庭".split()  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Address:
    """An address of the city, with its place."""

    district: str
    street: str
    number: int
    lat: float
    lon: float
    compound: str = ""


@dataclass(slots=True)
class City:
    """What is written to the extract. Nodes are (latitude, longitude, tags), by id."""

    nodes: dict[int, tuple[float, float, dict[str, str]]] = field(default_factory=dict)
    ways: list[tuple[list[int], dict[str, str]]] = field(default_factory=list)
    turns: list[tuple[int, int, int]] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)

    def node(self, lat: float, lon: float, **tags: str) -> int:
        """Add a node; returns its id."""
        ident = len(self.nodes) + 1
        self.nodes[ident] = (lat, lon, tags)
        return ident


class _Builder:
    """The city on a bent grid of `side` by `side` junctions."""

    def __init__(self, side: int, rng: np.random.Generator) -> None:
        self.side, self.rng, self.city = side, rng, City()
        rows, columns = np.meshgrid(np.arange(side), np.arange(side), indexing="ij")
        bend = 0.8 * np.sin(rows / 9.0) + 0.5 * np.sin(columns / 7.0)
        self.y = (rows + bend + rng.normal(0, 0.08, rows.shape)) * BLOCK_M
        self.x = (columns + 0.6 * np.sin(rows / 11.0) + rng.normal(0, 0.08, rows.shape)) * BLOCK_M
        self.names = self._street_names()
        self.rivers = (int(side * 0.38), int(side * 0.71))
        self.rings = tuple(sorted({max(1, int(side * share)) for share in (0.18, 0.34)}))
        self.ids = np.zeros((side, side), np.int64)

    def build(self, addresses: int) -> City:
        """Streets, then rivers, then addresses."""
        for row in range(self.side):
            for column in range(self.side):
                self.ids[row, column] = self.city.node(*self.place(self.y[row, column], self.x[row, column]))
        for across in (True, False):
            for line in range(self.side):
                self._line(line, across)
        self._ring_twins()
        self._lanes()
        self._rivers()
        self._signals()
        self._addresses(addresses)
        return self.city

    @staticmethod
    def place(y: float, x: float) -> tuple[float, float]:
        """Metres north and east of the origin -> latitude, longitude."""
        return ORIGIN[0] + y / _DEGREE_M, ORIGIN[1] + x / (_DEGREE_M * _SQUEEZE)

    def _street_names(self) -> list[str]:
        pairs = [
            f"{a}{b}"
            for a in _FIRST
            for b in ("", "东", "西", "南", "北", "中", "新", "前", "后", "上", "下")
        ]
        order = self.rng.permutation(len(pairs))
        return [pairs[int(i)] for i in order]

    def rank(self, line: int) -> str:
        """The class of a grid line."""
        middle = self.side // 2
        if line in {middle - ring for ring in self.rings} | {middle + ring for ring in self.rings}:
            return "trunk"
        if line % 10 == 5:
            return "primary"
        return "secondary" if line % 5 == 0 else ("tertiary" if line % 3 == 0 else "residential")

    def name(self, line: int, across: bool, half: int) -> str:
        """A line's name; great streets change theirs in the middle of the city."""
        base = self.names[(2 * line + across) % len(self.names)]
        kind = self.rank(line)
        suffix = {"trunk": "大道", "primary": "大道", "residential": "街"}.get(kind, "路")
        side = ("西", "东") if across else ("南", "北")
        return f"{base}{side[half]}{suffix}" if kind in ("primary", "secondary") else f"{base}{suffix}"

    def _line(self, line: int, across: bool) -> None:
        """A grid line as ways: cut where links are missing, at rivers without a bridge, and in the middle."""
        kind, middle = self.rank(line), self.side // 2
        oneway = kind == "residential" and self.rng.random() < 0.12
        run: list[int] = []
        for at in range(self.side):
            row, column = (line, at) if across else (at, line)
            run.append(int(self.ids[row, column]))
            cut = at == self.side - 1 or at == middle or not self._linked(line, at, across, kind)
            if cut or len(run) > 12:
                self._way(run, kind, self.name(line, across, int(at > middle)), oneway)
                run = run[-1:] if at < self.side - 1 and self._last_link else []
        self._way(run, kind, self.name(line, across, 1), oneway)

    _last_link = True

    def _linked(self, line: int, at: int, across: bool, kind: str) -> bool:
        """Whether the street goes on to the next junction."""
        river = self.rivers[1] if across else self.rivers[0]
        bridge = kind in ("trunk", "primary") or line % 10 == 0
        missing = kind == "residential" and self.rng.random() < 0.10
        self._last_link = not ((at == river and not bridge) or missing)
        return self._last_link

    def _way(self, run: Sequence[int], kind: str, name: str, oneway: bool = False) -> None:
        if len(run) > 1:
            limits = {"trunk": "80", "primary": "60", "secondary": "50", "tertiary": "40"}
            tags = {"highway": kind, "name": name, "maxspeed": limits.get(kind, "30")}
            self.city.ways.append((list(run), {**tags, "oneway": "yes"} if oneway else tags))

    def _ring_twins(self) -> None:
        """The rings' second carriageway, one-way, tied to the first at every other junction."""
        middle = self.side // 2
        for ring in self.rings:
            low, high = middle - ring, middle + ring
            round_trip = [(low, c) for c in range(low, high)] + [(r, high) for r in range(low, high)]
            round_trip += [(high, c) for c in range(high, low, -1)] + [(r, low) for r in range(high, low, -1)]
            twins = []
            for number, (row, column) in enumerate(round_trip):
                out = 1 + 0.16 / max(ring, 1)
                y = self.y[middle, middle] + (self.y[row, column] - self.y[middle, middle]) * out
                x = self.x[middle, middle] + (self.x[row, column] - self.x[middle, middle]) * out
                twins.append(self.city.node(*self.place(float(y), float(x))))
                if number % 2 == 0:
                    self._way([int(self.ids[row, column]), twins[-1]], "trunk_link", "")
            name = f"{'二三四五'[self.rings.index(ring)]}环路辅道"
            self._way([*twins, twins[0]], "secondary", name, oneway=True)

    def _lanes(self) -> None:
        """Lanes into the blocks, most with a dead end, some right through."""
        for row in range(self.side - 1):
            for column in range(self.side - 1):
                if self.rng.random() > 0.5:
                    continue
                y, x = self.y[row, column], self.x[row, column]
                inner = [
                    self.city.node(*self.place(float(y + BLOCK_M * f), float(x + BLOCK_M * g)))
                    for f, g in ((0.35, 0.3), (0.6, 0.55))
                ]
                ends = [int(self.ids[row, column]), *inner]
                if self.rng.random() < 0.4:
                    ends.append(int(self.ids[row + 1, column + 1]))
                kind = str(self.rng.choice(["service", "living_street", "footway"], p=[0.5, 0.3, 0.2]))
                name = f"{self.names[(row * 31 + column * 7) % len(self.names)]}巷"
                self.city.ways.append((ends, {"highway": kind, "name": name}))

    def _rivers(self) -> None:
        for across, at in ((False, self.rivers[0]), (True, self.rivers[1])):
            line = []
            for step in range(self.side):
                row, column = (step, at) if across else (at, step)
                dy, dx = (0.0, 0.5) if across else (0.5, 0.0)
                line.append(
                    self.city.node(
                        *self.place(
                            float(self.y[row, column] + dy * BLOCK_M),
                            float(self.x[row, column] + dx * BLOCK_M),
                        )
                    )
                )
            self.city.ways.append((line, {"waterway": "river", "name": "云河" if across else "清江"}))

    def _signals(self) -> None:
        """Lights where great streets cross; some forbid turning left from one of their ends."""
        great = [line for line in range(self.side) if self.rank(line) in ("trunk", "primary", "secondary")]
        ends: dict[int, list[int]] = {}
        for number, (run, tags) in enumerate(self.city.ways):
            if tags.get("highway") in ("trunk", "primary", "secondary"):
                ends.setdefault(run[-1], []).append(number)
                ends.setdefault(run[0], []).append(number)
        for row in great:
            for column in great:
                node = int(self.ids[row, column])
                self.city.nodes[node][2]["highway"] = "traffic_signals"
                here = ends.get(node, [])
                if len(here) >= 2 and self.rng.random() < 0.5:
                    self.city.turns.append((here[0], node, here[-1]))

    def _addresses(self, count: int) -> None:
        """House numbers along named streets, odd on one side and even on the other."""
        links = [
            (run[i], run[i + 1], tags["name"])
            for run, tags in self.city.ways
            if tags.get("name")
            and tags.get("highway") in ("primary", "secondary", "tertiary", "residential", "living_street")
            for i in range(len(run) - 1)
        ]
        order = self.rng.permutation(len(links))
        used: set[tuple[str, str, int]] = set()
        for number in self._cycle(order):
            if len(self.city.addresses) >= count:
                return
            a, b, street = links[number]
            self._address(self.city.nodes[a][:2], self.city.nodes[b][:2], street, used)

    def _cycle(self, order: np.ndarray) -> Iterator[int]:
        for _ in range(12):
            yield from order.tolist()

    def _address(
        self, a: tuple[float, float], b: tuple[float, float], street: str, used: set[tuple[str, str, int]]
    ) -> None:
        share, side = float(self.rng.uniform(0.12, 0.88)), int(self.rng.integers(2))
        lat, lon = a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
        along = max(abs(lat - ORIGIN[0]) * _DEGREE_M, abs(lon - ORIGIN[1]) * _DEGREE_M * _SQUEEZE)
        number = 2 * int(along / 14) + 1 + side
        district = self._district(lat, lon)
        if (district, street, number) in used:
            return
        used.add((district, street, number))
        away = (1 if side else -1) * 12 / _DEGREE_M
        lat, lon = (
            lat + away * (abs(b[1] - a[1]) > abs(b[0] - a[0])),
            lon + away * (abs(b[0] - a[0]) >= abs(b[1] - a[1])),
        )
        compound = ""
        if self.rng.random() < 0.12:
            compound = f"{self.rng.choice(_COMPOUND_FIRST)}{self.rng.choice(_FIRST)}{self.rng.choice(_COMPOUND_LAST)}"
        self.city.addresses.append(Address(district, street, number, lat, lon, compound))

    def _district(self, lat: float, lon: float) -> str:
        span = self.side * BLOCK_M
        row = min(2, max(0, int((lat - ORIGIN[0]) * _DEGREE_M / span * 3)))
        column = min(2, max(0, int((lon - ORIGIN[1]) * _DEGREE_M * _SQUEEZE / span * 3)))
        return DISTRICTS[row * 3 + column]


def build_city(*, nodes: int, addresses: int, seed: int) -> City:
    """A city of about `nodes` road nodes with `addresses` addresses."""
    side = max(12, round((nodes / 2.05) ** 0.5))
    return _Builder(side, np.random.default_rng(seed)).build(addresses)


def write_extract(city: City, path: Path) -> None:
    """Write the city as an .osm.pbf."""
    import osmium

    mutable = osmium.osm.mutable
    first_address = len(city.nodes) + 1
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for ident, (lat, lon, tags) in city.nodes.items():
            writer.add_node(mutable.Node(id=ident, location=(lon, lat), tags=tags))
        for number, address in enumerate(city.addresses):
            tags = {
                "addr:city": CITY,
                "addr:district": address.district,
                "addr:street": address.street,
                "addr:housenumber": str(address.number),
            }
            if address.compound:
                tags |= {"name": address.compound, "landuse": "residential"}
            writer.add_node(
                mutable.Node(id=first_address + number, location=(address.lon, address.lat), tags=tags)
            )
        for number, (run, tags) in enumerate(city.ways, start=1):
            writer.add_way(mutable.Way(id=number, nodes=run, tags={k: v for k, v in tags.items() if v}))
        for number, (origin, via, target) in enumerate(city.turns, start=1):
            members = [("w", origin + 1, "from"), ("n", via, "via"), ("w", target + 1, "to")]
            tags = {"type": "restriction", "restriction": "no_left_turn"}
            writer.add_relation(mutable.Relation(id=number, members=members, tags=tags))
