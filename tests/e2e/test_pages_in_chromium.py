"""What readers do with the pages, done in a browser."""

from __future__ import annotations

import csv
import json
import struct
from dataclasses import replace

import pytest

from reports.agent_map import render_agent_page
from reports.comparison import render_comparison
from reports.day_page import render_day_page
from reports.fairness_page import render_fairness
from reports.review_page import render_review
from reports.route_sheet import render_route_sheet

pytestmark = pytest.mark.browser

PAYLOADS = [
    "</script><img src=x onerror=window.__xss=1>",
    "`${window.__xss=1}`\\",
    '"><svg onload=window.__xss=1>',
    "\u2028window.__xss=1\u2029//",
    "{{constructor.constructor('window.__xss=1')()}}",
    "'><a href=javascript:window.__xss=1>x</a><!--",
]
DESKTOP = {"width": 1280, "height": 800}
TALL = """() => [...document.querySelectorAll('button, .button, select, input, textarea, summary, .marker.leaflet-interactive')]
  .filter((one) => one.checkVisibility() && one.type !== 'radio')
  .map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect().height, one.getBoundingClientRect().width])
  .filter(([, height, width]) => height < 43.9 || width < 43.9)"""


def every(sheets, text=""):
    """Each kind of page, and whether it has a script."""
    return {
        "agent": (render_agent_page(sheets.route(4, text)), True),
        "route_sheet": (render_route_sheet(sheets.route(4, text)), False),
        "day": (render_day_page(sheets.day_page(text)), True),
        "comparison": (render_comparison(sheets.comparison(text)), False),
        "review": (render_review(sheets.review(text)), True),
        "fairness": (render_fairness(sheets.fairness(text)), False),
    }


def ready(shown):
    shown.page.wait_for_selector("html[data-ready='1']", state="attached", timeout=10_000)


def looks_drawn(screenshot: bytes, viewport: dict[str, int]) -> None:
    """A PNG as large as the window; a blank one of this size compresses to a few thousand bytes."""
    assert struct.unpack(">II", screenshot[16:24]) == (viewport["width"], viewport["height"])
    assert len(screenshot) > 12_000


@pytest.mark.parametrize("kind", ["agent", "route_sheet", "day", "comparison", "review", "fairness"])
@pytest.mark.parametrize("viewport", [{"width": 390, "height": 844}, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_asks_nobody_and_fits(show, sheets, kind, viewport, scheme):
    text, scripted = every(sheets)[kind]
    shown = show(text, viewport=viewport, color_scheme=scheme)
    if scripted:
        ready(shown)
    wide = shown.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    looks_drawn(shown.page.screenshot(), viewport)
    shown.quiet()


@pytest.mark.parametrize("payload", ["".join(PAYLOADS), "".join(reversed(PAYLOADS))], ids=["", "reversed"])
def test_text_is_never_run(show, sheets, payload):
    for text, scripted in every(sheets, payload).values():
        shown = show(text)
        if scripted:
            ready(shown)
        shown.page.wait_for_timeout(50)
        assert shown.page.evaluate("window.__xss") is None
        body = shown.page.evaluate("document.body.textContent")
        assert body.count(payload) > 5
        assert shown.page.locator("img:not(.leaflet-tile)").count() == 0
        assert shown.page.locator("a[href^='javascript']").count() == 0
        shown.quiet()


@pytest.mark.parametrize("payload", ["".join(PAYLOADS)], ids=[""])
def test_text_is_not_run_when_things_are_pressed(show, sheets, payload):
    shown = show(render_day_page(sheets.day_page(payload)), viewport=DESKTOP)
    ready(shown)
    shown.page.locator(".marker.leaflet-interactive").first.hover()
    shown.page.locator(".agent").first.click()
    assert shown.page.locator(".leaflet-tooltip").first.text_content().count(payload) >= 1
    assert shown.page.evaluate("window.__xss") is None
    review = show(render_review(sheets.review(payload)), viewport=DESKTOP)
    ready(review)
    review.page.locator("#row0 .pick").first.click()
    assert review.page.evaluate("window.__xss") is None
    shown.quiet()
    review.quiet()


def test_a_thumb_can_press_everything(show, sheets):
    shown = show(render_agent_page(sheets.route(12)))
    ready(shown)
    shown.page.locator("#stop1 .record").click()
    shown.page.locator("#stop1 .nav summary").click()
    assert shown.page.evaluate(TALL) == []


def test_a_thumb_can_press_every_link_of_the_day(show, sheets):
    shown = show(render_day_page(sheets.day_page(agents=3)))
    ready(shown)
    assert shown.page.evaluate(TALL.replace("'button,", "'.files a, header a, button,")) == []


def test_map_and_list_know_each_other(show, sheets):
    shown = show(render_agent_page(sheets.route(12)), reduced_motion="reduce")
    ready(shown)
    shown.page.get_by_label("拜访 5", exact=True).click()
    assert shown.page.locator("#stop5.on").count() == 1
    top = shown.page.locator("#stop5").bounding_box()["y"]
    bottom = shown.page.locator(".map").bounding_box()
    assert bottom["y"] + bottom["height"] <= top + 1 < 844
    shown.page.locator("#stop2 .name").scroll_into_view_if_needed()
    shown.page.locator("#stop2 .name").click()
    assert shown.page.locator("#stop2.on").count() == 1
    assert shown.page.locator("#stop5.on").count() == 0
    shown.quiet()


def test_discs_do_not_overlap_and_leaders_lead(show, sheets):
    sheet = sheets.route(6)
    here = sheet.stops[0].place
    shown = show(render_agent_page(replace(sheet, stops=tuple(replace(s, place=here) for s in sheet.stops))))
    ready(shown)
    boxes = [one.bounding_box() for one in shown.page.locator(".marker .disc").all()]
    middles = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes]
    gaps = [
        ((ax - bx) ** 2 + (ay - by) ** 2) ** 0.5
        for i, (ax, ay) in enumerate(middles)
        for bx, by in middles[:i]
    ]
    assert min(gaps) > 20
    shown.quiet()


def test_a_result_survives_a_reload_and_is_saved_as_a_file(show, sheets, tmp_path):
    shown = show(render_agent_page(sheets.route(4)))
    ready(shown)
    page = shown.page
    page.locator("#stop2 .record").click()
    form = page.locator("#stop2 form")
    assert not form.locator("[name=promised_by]").is_visible()
    form.locator("[name=outcome]").select_option("promised")
    form.locator("[name=promised_by]").fill("2026-12-01")
    form.locator("[name=promised_amount]").fill("1200.50")
    form.locator("[name=note]").fill('<b>"晚上"</b>')
    form.locator("button").click()
    page.reload()
    ready(shown)
    assert "✓" in page.locator("#stop2 .kept").text_content()
    assert page.locator("#count").text_content() == "1 / 4"
    page.locator("#stop2 .record").click()
    form = page.locator("#stop2 form")
    assert form.locator("[name=outcome]").input_value() == "promised"
    assert form.locator("[name=note]").input_value() == '<b>"晚上"</b>'

    def exported():
        with page.expect_download() as waiting:
            page.locator("#export").click()
        waiting.value.save_as(tmp_path / "results.json")
        assert waiting.value.suggested_filename == "results-2026-11-24.json"
        return json.loads((tmp_path / "results.json").read_text("utf-8"))

    first = exported()
    assert (first["plan"], first["agent"], first["day"]) == ("p17", "A-07", "2026-11-24")
    (result,) = first["results"]
    assert result["case"] == "C-002"
    assert (result["promised_by"], result["promised_amount"]) == ("2026-12-01", "1200.50")
    form.locator("button").click()
    assert exported()["results"][0]["id"] == result["id"], "the same result keeps its id"
    form.locator("[name=outcome]").select_option("paid")
    form.locator("button").click()
    (changed,) = exported()["results"]
    assert changed["id"] != result["id"]
    assert "promised_by" not in changed
    shown.quiet()


def test_results_of_another_plan_are_not_shown(show, sheets):
    shown = show(render_agent_page(sheets.route(2)))
    ready(shown)
    shown.page.locator("#stop1 .record").click()
    shown.page.locator("#stop1 [name=outcome]").select_option("not_home")
    shown.page.locator("#stop1 form button").click()
    other = render_agent_page(sheets.route(2, plan_id="p18"))
    shown.page.evaluate("() => document.documentElement.removeAttribute('data-ready')")
    from pathlib import Path
    from urllib.parse import unquote, urlsplit

    Path(unquote(urlsplit(shown.address).path)).write_text(other, "utf-8")
    shown.page.reload()
    ready(shown)
    assert shown.page.locator("#count").text_content() == "0 / 2"


def test_results_are_sent_once_to_the_address_alone(browser, sheets):
    sent, page_text = [], render_agent_page(sheets.route(2, outcome_url="https://bank.example/results"))
    context = browser.new_context()
    page = context.new_page()
    fails = [True]

    def answer(route):
        if route.request.method == "POST":
            sent.append(route.request.post_data_json)
            route.fulfill(status=503 if fails.pop() else 204) if fails else route.fulfill(status=204)
        else:
            route.fulfill(body=page_text, content_type="text/html; charset=utf-8")

    context.route("**/*", answer)
    page.goto("https://bank.example/a")
    page.wait_for_selector("html[data-ready='1']", state="attached")
    page.locator("#stop1 .record").click()
    page.locator("#stop1 [name=outcome]").select_option("met_no_result")
    page.locator("#stop1 form button").click()
    page.wait_for_timeout(200)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.locator("#stop1 .kept", has_text="已发送").wait_for()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.wait_for_timeout(200)
    context.close()
    assert len(sent) == 2
    assert sent[0]["results"] == sent[1]["results"], "tried again with the same id"


def test_the_map_app_is_remembered(show, sheets):
    shown = show(render_agent_page(sheets.route(2)))
    ready(shown)
    shown.page.locator("#app").select_option("google")
    shown.page.reload()
    ready(shown)
    assert shown.page.locator("#app").input_value() == "google"
    shown.context.route("https://www.google.com/**", lambda route: route.abort())
    with shown.context.expect_page() as waiting:
        shown.page.locator("#stop1 .nav summary").click()
    asked = []
    waiting.value.on("request", lambda request: asked.append(request.url))
    assert not shown.page.locator("#stop1 .apps").is_visible()


@pytest.mark.parametrize("kind", ["agent", "route_sheet", "day", "comparison", "review", "fairness"])
def test_without_scripts_the_text_and_a_map_are_there(show, sheets, kind):
    text, _ = every(sheets)[kind]
    shown = show(text, java_script_enabled=False)
    body = shown.page.locator("body").inner_text()
    expected = {
        "agent": "淮海中路 104 号",
        "route_sheet": "淮海中路 104 号",
        "day": "C-900",
        "comparison": "成本更低",
        "fairness": "需要相近者之间与其他案件相差",
    }
    assert expected.get(kind, "淮海路 88 号") in body
    if kind not in ("review", "fairness"):
        assert shown.page.locator("svg[role=img]").first.bounding_box()["width"] > 200
    assert not shown.page.locator(".needs-js").first.is_visible()
    assert set(shown.requests) <= {shown.address, "data:,"}


def test_an_agent_of_the_day_stands_out(show, sheets):
    shown = show(render_day_page(sheets.day_page(agents=3)), viewport=DESKTOP)
    ready(shown)
    shown.page.locator(".agent").nth(1).click()
    assert shown.page.locator("tr.dim").count() == 2
    assert shown.page.locator(".marker.dim").count() == 12
    shown.page.locator("#all").click()
    assert shown.page.locator(".dim").count() == 0
    shown.quiet()


def test_a_reviewed_list_is_saved(show, sheets, tmp_path):
    shown = show(render_review(sheets.review()), viewport=DESKTOP)
    ready(shown)
    page = shown.page
    page.locator("#row0 .pick").nth(1).click()
    page.locator("#row1 .typed").fill("nowhere")
    page.locator("#row1 .typed").blur()
    assert page.locator("#row1 .wrong").is_visible()
    page.locator("#row1 .typed").fill("31.21, 121.46")
    page.locator("#row1 .typed").blur()
    assert page.locator("#count").text_content() == "2 / 2"
    with page.expect_download() as waiting:
        page.locator("#download").click()
    path = tmp_path / "review.csv"
    waiting.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == [
        {"id": "C-1", "choice": "2", "lat": "31.203000", "lon": "121.452000", "address": "淮海路 88 号"},
        {"id": "C-2", "choice": "", "lat": "31.210000", "lon": "121.460000", "address": "'=1+1 老街"},
    ]
    shown.quiet()


def test_a_place_pressed_on_the_map_is_taken(show, sheets):
    shown = show(render_review(sheets.review()), viewport=DESKTOP)
    ready(shown)
    shown.page.locator("#row1 h2").click()
    shown.page.locator(".map").click(position={"x": 300, "y": 200})
    assert shown.page.locator("#row1.done").count() == 1
    lat, lon = (float(part) for part in shown.page.locator("#row1 .typed").input_value().split(","))
    assert 31 < lat < 31.5
    assert 121 < lon < 122
    shown.quiet()


def test_numbers_of_two_digits_stay_in_their_discs(show, sheets):
    shown = show(
        render_day_page(replace(sheets.day_page(agents=0), routes=(sheets.route(12),))), viewport=DESKTOP
    )
    ready(shown)
    inner = """() => [...document.querySelectorAll('.marker .disc')].map((one) => {
      const range = document.createRange();
      range.selectNodeContents(one);
      const text = range.getBoundingClientRect(), face = one.getBoundingClientRect();
      return [text.width <= face.width, text.height <= face.height];
    })"""
    assert shown.page.evaluate(inner) == [[True, True]] * 12


def test_what_was_read_stays_closed(show, sheets):
    shown = show(render_agent_page(sheets.route(2)))
    ready(shown)
    assert shown.page.locator("#every[open]").count() == 1
    shown.page.locator("#every summary").click()
    shown.page.reload()
    ready(shown)
    assert shown.page.locator("#every[open]").count() == 0
    shown.quiet()
