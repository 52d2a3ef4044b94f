"""Addresses as text: made plain for comparison, and taken apart into street, number and unit."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_NUMERAL = re.compile(r"[〇零一二两三四五六七八九十百千]+(?=号|弄|栋|幢|单元|室|楼|层)")
_NOT_NAME = re.compile(r"[\s.,;:'\"’`´\-–—/()\[\]#·]+")
_ABBREVIATIONS = (
    (re.compile(r"k\.$|\bk$"), "katu"),
    (re.compile(r"t\.$"), "tie"),
    (re.compile(r"g\.$"), "gatan"),
    (re.compile(r"\bst\.?$"), "street"),
    (re.compile(r"\brd\.?$"), "road"),
    (re.compile(r"\bave?\.?$"), "avenue"),
    (re.compile(r"str\.$"), "strasse"),
    (re.compile(r"ß"), "ss"),
)
_WESTERN = re.compile(
    r"(?P<street>\D[^,]*?)[\s,]+(?P<number>\d+(?:\s?[-–]\s?\d+)?(?:\s?[a-z](?![\w]))?)(?P<unit>\b[^,]*)?(?:,(?P<rest>.*))?$",
    re.IGNORECASE,
)
_NUMBER_FIRST = re.compile(
    r"(?P<number>\d+[a-z]?)\s+(?P<street>[^\d,][^,]*)(?:,(?P<rest>.*))?$", re.IGNORECASE
)
_POSTCODE = re.compile(r"\b\d{4,6}\b")
_CHINESE = re.compile(
    r"(?P<province>[^省市区县路街道]{2,7}(?:省|自治区|特别行政区))?"
    r"(?P<city>[^省市区县路街]{1,7}?市)?"
    r"(?P<district>[^省市区县路街小]{1,6}?(?:区|县|旗|市))?"
    r"(?P<town>[^路街号]{1,6}?(?:街道|镇|乡))?"
    r"(?P<street>[^\d号,，]{1,12}?(?:大道|大街|胡同|公路|环路|路|街|巷|道|里(?=\d)))?"
    r"(?P<lane>\d+(?:弄|巷))?"
    r"(?P<number>\d+(?:[-之]\d+)?(?=号|$|[^\d栋幢单室楼层弄巷座]))?号?"
    r"(?P<rest>.*)$"
)
_CHINESE_UNIT = re.compile(r"\d+(?:栋|幢|号楼|座|单元|室|楼|层)|[A-Za-z](?:栋|座)|(?<=\D)\d{3,4}$")


@dataclass(frozen=True, slots=True)
class ParsedAddress:
    """The parts of an address, each empty where there is none. `place` is a named compound or building."""

    street: str = ""
    number: str = ""
    unit: str = ""
    place: str = ""
    district: str = ""
    city: str = ""
    province: str = ""
    postcode: str = ""


def normalise(text: str) -> str:
    """Width, case, blanks and Chinese numerals made plain. Normalising again changes nothing."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in plain)
    plain = unicodedata.normalize("NFKC", plain)
    plain = plain.translate({ord("，"): ",", ord("；"): ",", ord(";"): ",", ord("、"): ",", ord("#"): " "})
    plain = _NUMERAL.sub(lambda found: str(_chinese_number(found.group())), plain)
    plain = re.sub(r"(?<=\d)號", "号", plain)
    return " ".join(plain.split()).strip(" ,")


def _chinese_number(text: str) -> int | str:
    """一百二十三 -> 123, 二〇一 -> 201."""
    if not any(unit in text for unit in _UNITS):
        return "".join(str(_DIGITS[c]) for c in text)
    total, digit = 0, 0
    for c in text:
        if c in _UNITS:
            total += (digit or 1) * _UNITS[c]
            digit = 0
        else:
            digit = _DIGITS[c]
    return total + digit


def is_chinese(text: str) -> bool:
    """Whether the text holds Han characters."""
    return bool(_HAN.search(text))


def name_key(name: str) -> str:
    """A street's or place's name for comparison: no blanks, no punctuation, no accents but the Nordic ones."""
    plain = normalise(name)
    for pattern, full in _ABBREVIATIONS:
        plain = pattern.sub(full, plain)
    return _NOT_NAME.sub("", plain)


def number_key(number: str) -> str:
    """A house number for comparison: 12 B -> 12b, 14-20 -> 14-20."""
    return re.sub(r"\s+", "", normalise(number)).replace("–", "-").removesuffix("号")


def parse(text: str) -> ParsedAddress:
    """Take an address apart. Never raises; what is not recognised is left in `street` or `place`."""
    plain = normalise(text)
    if not plain:
        return ParsedAddress()
    return _parse_chinese(plain) if is_chinese(plain) else _parse_western(plain)


def _parse_western(plain: str) -> ParsedAddress:
    found = _NUMBER_FIRST.match(plain) or _WESTERN.match(plain)
    if not found:
        head, _, rest = plain.partition(",")
        return ParsedAddress(street=head.strip(), **_locality(rest))
    parts = found.groupdict()
    return ParsedAddress(
        street=parts["street"].strip(" ,"),
        number=number_key(parts["number"]),
        unit=(parts.get("unit") or "").strip(),
        **_locality(parts["rest"] or ""),
    )


def _locality(rest: str) -> dict[str, str]:
    code = _POSTCODE.search(rest)
    words = _POSTCODE.sub(" ", rest).replace(",", " ").split()
    return {"postcode": code.group() if code else "", "city": words[-1] if words else ""}


def _parse_chinese(plain: str) -> ParsedAddress:
    found = _CHINESE.match(plain.replace(" ", "").replace(",", ""))
    if not found:
        return ParsedAddress(place=plain)
    parts = {name: value or "" for name, value in found.groupdict().items()}
    rest = parts["rest"]
    unit = "".join(_CHINESE_UNIT.findall(rest))
    place = _CHINESE_UNIT.sub("", rest)
    return ParsedAddress(
        street=parts["street"],
        number=parts["lane"] + parts["number"],
        unit=unit,
        place=place if len(place) >= 2 else "",
        district=parts["district"],
        city=parts["city"],
        province=parts["province"],
    )
