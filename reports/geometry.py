"""Lines made small: packed for a page, or drawn as an SVG."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reports.sheet import Line, Position, StreetLine

_GRID = 1e5


def pack_streets(streets: Iterable[StreetLine]) -> str:
    """Streets as base64: for each its rank, its count of points, and zigzag varint deltas on a 1e-5 degree grid."""
    numbers: list[int] = []
    last = np.zeros(2, np.int64)
    for street in streets:
        grid = np.rint(np.asarray(street.points, float) * _GRID).astype(np.int64)
        distinct = np.ones(len(grid), bool)
        distinct[1:] = (np.diff(grid, axis=0) != 0).any(axis=1)
        grid = grid[distinct]
        if len(grid) < 2:
            continue
        steps = np.diff(np.vstack([last, grid]), axis=0).ravel()
        last = grid[-1]
        numbers += [street.rank, len(grid), *np.where(steps < 0, -2 * steps - 1, 2 * steps).tolist()]
    return base64.b64encode(_varints(numbers)).decode("ascii")


def pack_line(line: Line) -> str:
    """One line, packed as streets are; "" for a line without length."""
    return pack_streets([StreetLine(0, line)]) if len(line) else ""


def _varints(numbers: Iterable[int]) -> bytes:
    out = bytearray()
    for number in numbers:
        while number > 0x7F:
            out.append(number & 0x7F | 0x80)
            number >>= 7
        out.append(number)
    return bytes(out)


def rounded(line: Line) -> list[list[float]]:
    """A line on the 1e-5 degree grid, without repeated points, for JSON."""
    made: list[list[float]] = []
    for lat, lon in line:
        point = [round(float(lat), 5), round(float(lon), 5)]
        if not made or made[-1] != point:
            made.append(point)
    return made


@dataclass(frozen=True, slots=True)
class Canvas:
    """A plate carrée at the middle latitude, fitted to a picture of `width` by `height` with a margin."""

    west: float
    north: float
    scale_x: float
    scale_y: float
    width: float
    height: float

    @classmethod
    def fit(cls, points: Sequence[Position], width: float, height: float, margin: float = 24) -> Canvas:
        """The canvas that shows all points."""
        array = np.asarray(points, float) if len(points) else np.array([[0.0, 0.0]])
        (south, west), (north, east) = array.min(axis=0), array.max(axis=0)
        squeeze = max(0.05, float(np.cos(np.radians((south + north) / 2))))
        high, wide = max(north - south, 2e-3), max((east - west) * squeeze, 2e-3)
        scale = min((width - 2 * margin) / wide, (height - 2 * margin) / high)
        left = (west + east) / 2 - width / 2 / (scale * squeeze)
        top = (south + north) / 2 + height / 2 / scale
        return cls(float(left), float(top), scale * squeeze, scale, width, height)

    def xy(self, points: Line) -> NDArray[np.float64]:
        """Picture coordinates, shape (n, 2), y downwards."""
        array = np.asarray(points, float).reshape(-1, 2)
        return np.stack(
            [(array[:, 1] - self.west) * self.scale_x, (self.north - array[:, 0]) * self.scale_y], axis=1
        )

    def path(self, points: Line) -> str:
        """An SVG path of a line; repeated points are dropped."""
        xy = np.rint(self.xy(points) * 2) / 2
        keep = np.ones(len(xy), bool)
        keep[1:] = (np.diff(xy, axis=0) != 0).any(axis=1)
        steps = [f"{x:g} {y:g}" for x, y in xy[keep]]
        return "M" + "L".join(steps) if len(steps) > 1 else ""

    def street_paths(self, streets: Iterable[StreetLine], most_rank: int = 5) -> list[tuple[int, str]]:
        """One path a rank, of the streets that touch the picture."""
        by_rank: dict[int, list[str]] = {}
        for street in streets:
            if street.rank > most_rank:
                continue
            xy = self.xy(street.points)
            if (xy.max(axis=0) < 0).any() or xy[:, 0].min() > self.width or xy[:, 1].min() > self.height:
                continue
            by_rank.setdefault(street.rank, []).append(self.path(street.points))
        return [(rank, "".join(by_rank[rank])) for rank in sorted(by_rank, reverse=True)]


def spread(xy: NDArray[np.float64], apart: float, rounds: int = 60) -> NDArray[np.float64]:
    """Points pushed apart until none is nearer than `apart` to another, each as little as it takes."""
    placed = xy.astype(float).copy()
    for _ in range(rounds):
        delta = placed[:, None, :] - placed[None, :, :]
        distance = np.hypot(delta[..., 0], delta[..., 1])
        np.fill_diagonal(distance, np.inf)
        if not len(placed) or distance.min() >= apart:
            break
        twins = distance < 1e-6
        angle = np.arange(len(placed)) * 2.399963
        delta[twins] = np.stack([np.cos(angle), np.sin(angle)], axis=1)[np.nonzero(twins)[0]]
        push = np.where(distance < apart, (apart - distance) / 2, 0)
        push[twins] = apart / 2
        unit = delta / np.maximum(np.where(twins, 1, distance), 1e-9)[..., None]
        placed += (unit * push[..., None]).sum(axis=1) * 0.6
    return placed
