"""Addresses as text: made plain for comparison, and taken apart into street, number and unit."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_NUMERAL = re.compile(r"[〇零一二两三四五六七八九十百千]+(?=号|弄|栋|幢|单元|室|楼|层)")
_NOT_NAME = re.compile(r"[\s.,;:'\"’`´\-–—/()\[\]#·]+")
_ABBREVIATIONS = (
    (re.compile(r"\bst\.?$"), "street"),
    (re.compile(r"\brd\.?$"), "road"),
    (re.compile(r"\bave?\.?$"), "avenue"),
    (re.compile(r"str\.$"), "strasse"),
    (re.compile(r"k\.$|\bk$"), "katu"),
    (re.compile(r"t\.$"), "tie"),
    (re.compile(r"g\.$"), "gatan"),
    (re.compile(r"ß"), "ss"),
)
_HOUSE = r"\d+(?:\s?[-–/]\s?\d+)?(?:\s?/?\s?[a-z](?![\w./]))?"
_STREET_FIRST = re.compile(
    rf"(?P<street>(?:\d+(?:\.|st|nd|rd|th)\s*)?[^\d,]*[^\W\d][^\d,]*?)\s+(?P<number>{_HOUSE})(?P<unit>(?:\b|\s).*)?$"
)
_NUMBER_FIRST = re.compile(rf"(?P<number>{_HOUSE})\s+(?P<street>[^\W\d][^\d]*?)(?P<unit>\s+\d.*)?$")
_HOUSE_ALONE = re.compile(rf"(?P<number>{_HOUSE})(?P<unit>\s.*)?$")
_UNIT_ALONE = re.compile(
    r"(?:apt|apartment|unit|flat|suite|ste|room|rm|floor|fl|as|asunto|rappu|krs|lgh|lejl|int|scala|piso|porta|"
    r"bldg|building|wohnung|whg)\b.*$|(?:\d{1,3}|st|kl)\.?\s*(?:tv|th|mf|sal|floor|krs|og|etage)\.?\s*\d{0,3}$"
)
_POSTCODE = re.compile(r"(?<![\w])\d{4,6}(?!\w)")
_TOWN = re.compile(r"(?:^|\s|\b[a-z]-)(?P<code>\d{4,6})\s+(?P<town>[^\W\d].*)$")
_CHINESE = re.compile(
    r"(?:中国)?"
    r"(?P<province>[^省市区县路街道]{2,7}(?:省|自治区|特别行政区))?"
    r"(?P<city>[^省市区县路街]{1,7}?市)?"
    r"(?P<district>[^省市区县路街小\d]{1,6}?(?:(?<!社)(?<!小)区|县|旗|市))?"
    r"(?P<town>[^路街号\d]{1,6}?(?:街道|镇|乡))?"
    r"(?P<street>[^\d号]{1,12}?(?:大道|大街|胡同|公路|环路|路|街|巷|道|里(?=\d))"
    r"(?:辅道|辅路|步行街|支路|支巷|支弄|[东西南北中一二三四五六七八九]段)?)?"
    r"(?P<lane>\d+(?:弄|巷))?"
    r"(?P<number>[甲乙丙丁附]?\d+(?:[-之]\d+)?(?:号(?!楼)之\d+|[a-z](?=号))?(?=号(?!楼)|$|[^\d栋幢单室楼层弄巷座号]))?号?"
    r"(?P<rest>.*)$"
)
_CHINESE_UNIT = re.compile(r"(?:\d+|[a-z])(?:栋|幢|号楼|座|单元)|\d+(?:室|楼|层)|(?<=[栋幢楼座元])\d{3,4}$")
_PLACE_NUMBER = re.compile(r"(?P<place>\D+)(?P<number>\d+(?:-\d+)?)(?:号|$)")
_CHINESE_POSTCODE = re.compile(r"(?<!\w)\d{6}(?!\w)|(?<=\D)\d{6}$|^\d{6}(?=\D)")
_RUN_TOGETHER = re.compile(r"(?<=[^\W\d]{4})(?=\d{1,3}(?!\w))")
_TRAILING_TOWN = re.compile(r"(?:^|\s)(?P<town>[^\W\d]{4,}(?:[\s-][^\W\d]{4,})*)$")
_NUMERO = re.compile(r"\b(?:n|no|nr|num)[.°]\s*(?=\d)")
_OLD_FORMS = str.maketrans("號樓棟單區縣", "号楼栋单区县")
_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "œ": "oe", "đ": "d", "ł": "l"})
_LONGEST = 500  # characters; what is longer is no address, and patterns take their time over it
_CARE_OF = re.compile(r"\bc/o\b[^,]*")
_NOTE = re.compile(r"[(\[【][^)\]】]*[)\]】]")


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
    plain = unicodedata.normalize("NFKC", text.replace("º", ".").replace("№", "no.")).casefold()
    plain = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in plain)
    plain = unicodedata.normalize("NFKC", plain)
    plain = plain.translate({ord("，"): ",", ord("；"): ",", ord(";"): ",", ord("、"): ",", ord("#"): " "})
    plain = plain.translate(_OLD_FORMS)
    plain = _NUMERAL.sub(lambda found: str(_chinese_number(found.group())), plain)
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


def fold(key: str) -> str:
    """A name key without accents: allé -> alle, æ -> ae, ø -> o."""
    plain = unicodedata.normalize("NFD", key.translate(_LETTERS))
    return "".join(c for c in plain if not unicodedata.combining(c))


@lru_cache(maxsize=65_536)
def number_key(number: str) -> str:
    """A house number for comparison: 12 B -> 12b, 14-20 -> 14-20."""
    return re.sub(r"\s+", "", normalise(number)).replace("–", "-").removesuffix("号")


def parse(text: str) -> ParsedAddress:
    """Take an address apart. Never raises; what is not recognised is left in `street` or `place`."""
    plain = normalise(text[:_LONGEST])
    if not plain:
        return ParsedAddress()
    return _parse_chinese(plain) if is_chinese(plain) else _parse_western(plain)


def _parse_western(plain: str) -> ParsedAddress:
    plain = _RUN_TOGETHER.sub(" ", _NUMERO.sub("", _CARE_OF.sub(" ", _NOTE.sub(" ", plain))))
    segments = [part for part in (p.strip() for p in plain.split(",")) if part]
    units = [part for part in segments if _UNIT_ALONE.match(part)]
    others = [part for part in segments if part not in units]
    street, number, unit, first, after = _house(others)
    rest = others[after:]
    town = _TOWN.search(unit) or (None if _city(rest) else _TRAILING_TOWN.search(unit))
    if town:
        unit, rest = unit[: town.start()], [town.group().strip(), *rest]
    return ParsedAddress(
        street=street,
        number=number_key(number),
        unit=" ".join([unit.strip(), *units]).strip(),
        place=others[0] if first else "",
        postcode=next((found.group() for part in rest if (found := _POSTCODE.search(part))), ""),
        city=_city(rest),
    )


def _house(segments: list[str]) -> tuple[str, str, str, int, int]:
    """Street, number, what follows the number, and from which segment up to which they were read."""
    for at, segment in enumerate(segments):
        found = _NUMBER_FIRST.match(segment) or _STREET_FIRST.match(segment)
        if found and not _TOWN.match(segment):
            return found["street"].strip(), found["number"], found["unit"] or "", at, at + 1
        alone = _HOUSE_ALONE.match(segments[at + 1]) if at + 1 < len(segments) else None
        if alone and len(re.sub(r"\D", "", alone["number"])) < 4:
            return segment, alone["number"], alone["unit"] or "", at, at + 2
    return (segments[0], "", "", 0, 1) if segments else ("", "", "", 0, 0)


def _city(segments: list[str]) -> str:
    """The town's name: beside a postcode where there is one, else the first segment without digits."""
    coded = [found["town"] for part in segments if (found := _TOWN.search(part))]
    named = coded or [part for part in segments if not re.search(r"\d", part)]
    return re.sub(r"\s+\w$", "", named[0]) if named else ""  # København S -> København


def _parse_chinese(plain: str) -> ParsedAddress:
    bare = re.sub(r"[\s,.]", "", _NOTE.sub("", _CHINESE_POSTCODE.sub(" ", plain)))
    found = _CHINESE.match(bare)
    assert found, "every part is optional"
    parts = {name: value or "" for name, value in found.groupdict().items()}
    rest = parts["rest"]
    unit = "".join(_CHINESE_UNIT.findall(rest))
    place, number = _CHINESE_UNIT.sub("", rest), parts["number"].replace("号", "")
    numbered = _PLACE_NUMBER.match(place)
    if numbered and not number:
        place, number = numbered["place"], numbered["number"]
    postcode = _CHINESE_POSTCODE.search(plain)
    return ParsedAddress(
        street=parts["street"] + parts["lane"],
        number=number,
        unit=unit,
        place=place if len(place) >= 2 else "",
        district=parts["district"],
        city=parts["city"],
        province=parts["province"],
        postcode=postcode.group() if postcode else "",
    )
