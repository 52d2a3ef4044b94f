"""What holds for every page: its policy, escaping, words, and that it refers to nothing outside."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import tomllib
from dataclasses import replace
from importlib.resources import files

import pytest

from reports import page, words
from reports.agent_map import render_agent_page, telephone, tile_origin
from reports.comparison import delta, render_comparison
from reports.day_page import render_day_page
from reports.fairness_page import render_fairness
from reports.navigation import navigation_links
from reports.review_page import render_review
from reports.route_sheet import render_route_sheet
from reports.sheet import Figure, Tiles

HOSTILE = (
    '</script><img src=x onerror=window.__xss=1>`${window.__xss=1}`"><svg onload=window.__xss=1>\u2028{{7*7}}'
)
KINDS = ["agent", "route_sheet", "day", "comparison", "review", "fairness"]


def made(sheets, kind: str, text: str = "", language: str = "zh") -> str:
    """A page of a kind, every text of it ending with `text`."""
    return {
        "agent": lambda: render_agent_page(sheets.route(3, text, language)),
        "route_sheet": lambda: render_route_sheet(sheets.route(3, text, language)),
        "day": lambda: render_day_page(sheets.day_page(text, language)),
        "comparison": lambda: render_comparison(sheets.comparison(text, language)),
        "review": lambda: render_review(sheets.review(text, language)),
        "fairness": lambda: render_fairness(sheets.fairness(text, language)),
    }[kind]()


def data_of(text: str) -> object:
    """The page's data, as a browser reads it."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)
    assert found
    return json.loads(found[1])


@pytest.mark.parametrize("kind", KINDS)
def test_the_policy_allows_exactly_what_is_on_the_page(sheets, kind):
    text = made(sheets, kind)
    policy = html.unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1])
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "connect-src" not in policy
    scripts = re.findall(r"<script>(.*?)</script>", text, re.S)
    styles = re.findall(r"<style>(.*?)</style>", text, re.S)
    assert len(styles) == 1
    assert len(scripts) <= 1
    for block in (*scripts, *styles):
        digest = base64.b64encode(hashlib.sha256(block.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_outside_is_referred_to(sheets, kind):
    text = re.sub(r"<script>.*?</script>", "", made(sheets, kind), flags=re.S)
    assert not re.findall(r'(?:src|@import|url\()\s*=?\s*["\']?(?:https?:)?//', text)
    assert not re.search(r'<link[^>]+href="(?!data:)', text)
    assert not re.search(r'\sstyle="', text)
    assert not re.search(r"\son\w+=", text)


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_text_stays_text(sheets, kind):
    text = made(sheets, kind, HOSTILE)
    without_data = re.sub(r'<script type="application/json".*?</script>', "", text, flags=re.S)
    assert "<img" not in text
    assert "<svg onload" not in text
    assert "49" not in re.findall(r"\{\{.*?\}\}", text)
    assert html.unescape(without_data).count(HOSTILE) > 5
    if kind in ("agent", "day", "review"):
        assert HOSTILE in json.dumps(data_of(text), ensure_ascii=False).replace('\\"', '"')


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_is_in_one_language(sheets, kind, language):
    text = made(sheets, kind, language=language)
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in text
    assert "user-scalable" not in text


def test_both_languages_have_the_same_words():
    tables = {
        language: tomllib.loads(files("reports").joinpath("locale", f"{language}.toml").read_text("utf-8"))
        for language in words.LANGUAGES
    }
    assert tables["en"].keys() == tables["zh"].keys()
    assert all(text.strip() for table in tables.values() for text in table.values())
    places = {
        language: {key: re.findall(r"\{\w+\}", text) for key, text in table.items()}
        for language, table in tables.items()
    }
    assert {key: sorted(found) for key, found in places["en"].items()} == {
        key: sorted(found) for key, found in places["zh"].items()
    }


def test_every_word_of_the_templates_exists_and_each_is_used():
    known = set(words.words("en"))
    root = files("reports")
    sources = [one.read_text("utf-8") for folder in ("templates", "assets") for one in root.joinpath(folder).iterdir()
               if one.name.endswith((".html", ".svg", ".js", ".typ"))]  # fmt: skip
    sources += [one.read_text("utf-8") for one in root.iterdir() if one.name.endswith(".py")]
    used = {name for text in sources for name in re.findall(r"\bw(?:ords)?\.([a-z_]+)", text)}
    quoted = {name for text in sources for name in re.findall(r'"([a-z_]+)"', text)}
    outcomes = {name for name in known if name.startswith("outcome_")}
    assert known - used - quoted - outcomes == set()


def test_a_language_without_words_is_refused():
    with pytest.raises(KeyError):
        words.words("fr")


def test_the_same_sheet_makes_the_same_page(sheets):
    assert made(sheets, "agent") == made(sheets, "agent")
    assert made(sheets, "day") == made(sheets, "day")


def test_a_day_of_twelve_visits_is_small(sheets):
    assert len(render_agent_page(sheets.route(12)).encode()) <= 250_000


def test_many_streets_do_not_make_a_page_large(sheets):
    wide = sheets.streets(300)
    assert sum(len(street.points) for street in wide) > 100_000
    assert len(render_agent_page(sheets.route(12, streets=wide)).encode()) <= 262_000


def test_a_day_without_visits_still_has_a_page(sheets):
    empty = sheets.route(0, breaks=(), back_leg=())
    assert "map_doorstep" in render_agent_page(empty)
    assert "map_doorstep" in render_day_page(sheets.day_page(agents=0))


def test_results_go_to_one_origin_alone(sheets):
    text = render_agent_page(sheets.route(1, outcome_url="https://bank.example:8443/r/abc?x=1"))
    assert (
        "connect-src https://bank.example:8443&" in text or 'connect-src https://bank.example:8443"' in text
    )
    assert "connect-src &#39;self&#39;" in render_agent_page(sheets.route(1, outcome_url="/r/abc"))


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "https://a b/", "https://x;script-src *", "//evil/x"]
)
def test_an_address_that_would_widen_the_policy_is_refused(sheets, address):
    with pytest.raises(ValueError, match="policy"):
        render_agent_page(sheets.route(1, outcome_url=address))


def test_tiles_are_allowed_by_their_host():
    tiles = Tiles(
        url="https://webrd0{s}.is.autonavi.com/t?x={x}&y={y}&z={z}", attribution="AutoNavi", gcj02=True
    )
    assert tile_origin(tiles) == "https://*.is.autonavi.com"
    plain = Tiles(url="https://tiles.example/{z}/{x}/{y}.png", attribution="x")
    assert tile_origin(plain) == "https://tiles.example"
    assert tile_origin(None) == ""


def test_navigation_names_the_number_and_the_datum():
    links = {app: href for app, _, href in navigation_links((31.2, 121.45), "拜访 3", "bicycle", "zh")}
    assert links["amap"].startswith("https://uri.amap.com/navigation?to=121.450000,31.200000,")
    assert "coordinate=wgs84" in links["amap"]
    assert "mode=ride" in links["amap"]
    assert "%20" in links["amap"]
    assert "location=31.200000,121.450000" in links["baidu"]
    assert "coord_type=wgs84" in links["baidu"]
    assert links["google"].endswith("destination=31.200000,121.450000&travelmode=bicycling")
    assert links["apple"].startswith("https://maps.apple.com/?daddr=31.200000,121.450000")
    assert links["geo"].startswith("geo:31.200000,121.450000?q=31.200000,121.450000(")


def test_addresses_of_links_hold_no_person(sheets):
    text = render_agent_page(sheets.route(12))
    hrefs = " ".join(re.findall(r'href="([^"]*)"', text))
    for stop in sheets.route(12).stops:
        assert stop.name not in html.unescape(hrefs)
        assert stop.case_id not in hrefs


@pytest.mark.parametrize(
    ("phone", "dialled"),
    [("+86 (138) 0000-0001", "+8613800000001"), ("javascript:1", ""), ("", ""), ("12", "")],
)
def test_only_digits_are_dialled(phone, dialled):
    assert telephone(phone) == dialled


@pytest.mark.parametrize(
    ("address", "kept"),
    [("agents/A.html", True), ("https://x.example/a", True), ("javascript:alert(1)", False), ("JAVASCRIPT:x", False),
     ("data:text/html,x", False), ("java\nscript:x", False), ("./a:b/c", True)],
)  # fmt: skip
def test_links_run_no_code(address, kept):
    assert page.safe_href(address) == (address if kept else "#")


def test_scenarios_with_other_figures_are_refused(sheets):
    from dataclasses import replace

    plain = sheets.comparison()
    odd = replace(plain.scenarios[1], figures=plain.scenarios[1].figures[:1])
    with pytest.raises(ValueError, match="figures"):
        render_comparison(replace(plain, scenarios=(plain.scenarios[0], odd)))


@pytest.mark.parametrize(
    ("base", "value", "text", "better", "told", "verdict"),
    [
        (235.0, 34.6166667, "34 min", "less", "▼ −200", "good"),
        (31.1, 29.04, "29.0 km", "less", "▼ −2.1", "good"),
        (100.0, 1423.5, "€1,423.50", "less", "▲ +1,323.50", "bad"),
        (7.0, 9.0, "9", "", "▲ +2", ""),
        (7.0, 7.0004, "7", "more", "=", ""),
    ],
)
def test_a_change_is_as_exact_as_the_figure(base, value, text, better, told, verdict):
    found = delta(
        Figure(label="x", value=value, text=text, better=better), Figure(label="x", value=base, text="")
    )
    assert (found.text, found.verdict) == (told, verdict)


def test_a_bar_outside_its_scale_is_refused(sheets):
    shown = sheets.fairness()
    (field,) = shown.fields
    (table,) = field.tables
    for bar in ((-1.2, 0, 0.5), (0.5, 0.1, 0.2)):
        wrong = replace(table, rows=(replace(table.rows[0], bar=bar),))
        with pytest.raises(ValueError, match="scale"):
            render_fairness(replace(shown, fields=(replace(field, tables=(wrong,)),)))


def test_a_day_with_thousands_left_out_stays_a_page(sheets):
    from dataclasses import replace

    plain = sheets.day_page(agents=1)
    row = plain.unassigned[0]
    many = replace(plain, unassigned=tuple(replace(row, case_id=f"L-{k:04d}") for k in range(3000)))
    text = render_day_page(many)
    assert len(text) < len(render_day_page(plain)) + 100_000
    assert "L-0000" in text
    assert "2850" in text, "how many more there are is said"
