"""Invented people and loans. What is assumed of real card and consumer-loan books is said in docs/samples.md."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FINNISH = (
    ("Aino", "Eero", "Helmi", "Kaarlo", "Maija", "Oskari", "Päivi", "Sakari", "Tuula", "Väinö", "Ilona", "Jorma"),
    ("Aalto-Esimerkki", "Järvelä", "Keksitty", "Lehtomaa", "Mallinen", "Niemelä", "Oravala", "Peltosaari", "Ylätalo"),
)  # fmt: skip
ENGLISH = (
    ("Alice", "Ben", "Chloe", "Daniel", "Emma", "Frank", "Grace", "Harry", "Isla", "Jack", "Nora", "Owen"),
    ("Ashdown", "Brightwell", "Caulfield", "Denholm", "Everley", "Fairbrook", "Greenhalgh", "Hartnoll"),
)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂兰玉萍红建国志华晓雪梅鹏飞宁欣怡子涵浩然梓萱雨桐思远嘉宜文博"
# Shares of accounts by days past due, falling from bucket to bucket as roll rates do.
BUCKETS = ((4, 29, 0.30), (30, 59, 0.26), (60, 89, 0.19), (90, 179, 0.17), (180, 400, 0.08))


@dataclass(frozen=True, slots=True)
class Loan:
    """A loan's figures in major units."""

    product: str
    balance: float
    overdue: float
    days_past_due: int


def western_name(rng: np.random.Generator, names: tuple[tuple[str, ...], tuple[str, ...]]) -> str:
    """A given name and a surname."""
    return f"{rng.choice(names[0])} {rng.choice(names[1])}"


def chinese_name(rng: np.random.Generator) -> str:
    """A surname and one or two characters."""
    given = "".join(str(rng.choice(list(GIVEN))) for _ in range(1 if rng.random() < 0.2 else 2))
    return f"{rng.choice(list(SURNAMES))}{given}"


def loan(rng: np.random.Generator, scale: float, products: tuple[str, ...]) -> Loan:
    """A heavy-tailed balance; what is overdue grows with the months missed."""
    shares = np.array([share for _, _, share in BUCKETS])
    low, high, _ = BUCKETS[int(rng.choice(len(BUCKETS), p=shares / shares.sum()))]
    days = int(rng.integers(low, high + 1))
    product = str(rng.choice(products))
    balance = float(np.exp(rng.normal(0, 0.9))) * scale
    instalment = balance * (0.05 if product == "credit_card" else 1 / float(rng.integers(12, 48)))
    overdue = min(balance, instalment * (1 + days // 30) * float(rng.uniform(0.8, 1.1)))
    return Loan(product, round(balance, 2), round(overdue, 2), days)


def typo(rng: np.random.Generator, text: str) -> str:
    """One slip of the fingers within the letters: a swap, a loss or a doubling."""
    letters = [i for i, character in enumerate(text[:-1]) if character.isalpha() and text[i + 1].isalpha()]
    if not letters:
        return text
    at = int(rng.choice(letters))
    kind = int(rng.integers(3))
    if kind == 0:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + text[at + 1 :] if kind == 1 else text[: at + 1] + text[at:]
