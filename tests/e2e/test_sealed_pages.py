"""A sealed page in a browser: it opens with its passcode, until its time, and asks nobody."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from reports.agent_map import render_agent_page
from reports.route_sheet import render_route_sheet
from reports.sealed import new_passcode, seal_page

pytestmark = pytest.mark.browser
CODE = "abcd-efgh-jkmn-pqrs"


def sealed(page: str, expires: datetime | None = None, code: str = CODE) -> str:
    """The page, sealed until tomorrow unless told otherwise."""
    until = expires or datetime.now(UTC) + timedelta(days=1)
    return seal_page(page, code, until, title="Route sheet", language="en")


def enter(shown, code: str) -> None:
    shown.page.fill("#passcode", code)
    shown.page.click("button")


def opened(shown) -> None:
    shown.page.wait_for_selector("html[data-ready='1']", state="attached", timeout=20_000)


@pytest.mark.parametrize("typed", [CODE, " ABCD efgh JKMNpqrs "])
def test_the_passcode_opens_the_agents_page(show, sheets, typed) -> None:
    sheet = sheets.route(6)
    shown = show(sealed(render_agent_page(sheet)))
    assert sheet.stops[0].name not in shown.page.content()
    enter(shown, typed)
    opened(shown)
    assert shown.page.locator("article.stop").count() == 6
    assert sheet.stops[0].name in shown.page.text_content("body")
    assert shown.page.locator(".leaflet-interactive").count() > 5
    shown.quiet()


def test_results_outlive_the_seal(show, sheets) -> None:
    shown = show(sealed(render_agent_page(sheets.route(2))))
    enter(shown, CODE)
    opened(shown)
    shown.page.click("#stop1 .record")
    shown.page.select_option("#stop1 form select[name=outcome]", "not_home")
    shown.page.click("#stop1 form button.primary")
    shown.page.reload()
    enter(shown, CODE)
    opened(shown)
    assert shown.page.locator("#stop1 .kept").is_visible()
    shown.quiet()


def test_a_page_without_script_opens_too(show, sheets) -> None:
    sheet = sheets.route(3)
    shown = show(sealed(render_route_sheet(sheet)))
    enter(shown, CODE)
    shown.page.get_by_text(sheet.stops[0].name).first.wait_for()
    shown.quiet()


def test_another_passcode_opens_nothing(show, sheets) -> None:
    shown = show(sealed(render_agent_page(sheets.route(2))))
    enter(shown, new_passcode())
    shown.page.get_by_text("does not open").wait_for()
    assert shown.page.locator("article.stop").count() == 0
    enter(shown, CODE)
    opened(shown)
    shown.quiet()


def test_past_its_time_it_does_not_ask(show, sheets) -> None:
    shown = show(sealed(render_agent_page(sheets.route(2)), datetime.now(UTC) - timedelta(seconds=1)))
    assert shown.page.locator("form").is_hidden()
    assert "expired" in shown.page.text_content("#said")
    shown.quiet()


def test_a_later_expiry_written_into_it_opens_nothing(show, sheets) -> None:
    text = sealed(render_agent_page(sheets.route(2)), datetime.now(UTC) - timedelta(days=2))
    later = int((datetime.now(UTC) + timedelta(days=9)).timestamp())
    shown = show(re.sub(r'"expires":\d+', f'"expires":{later}', text))
    enter(shown, CODE)
    shown.page.get_by_text("does not open").wait_for()
    assert shown.page.locator("article.stop").count() == 0


def test_left_open_it_closes_at_its_time(show, sheets) -> None:
    shown = show("<!doctype html><title>-</title>")
    shown.page.clock.install()
    path = shown.address.removeprefix("file://")
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123  where the page was opened from
        file.write(sealed(render_agent_page(sheets.route(2)), datetime.now(UTC) + timedelta(hours=2)))
    shown.page.reload()
    enter(shown, CODE)
    opened(shown)
    shown.page.clock.fast_forward("02:01:00")
    shown.page.wait_for_selector("html[data-sealed='expired']", state="attached", timeout=10_000)
    assert shown.page.locator("article.stop").count() == 0
    assert shown.page.locator("form").is_hidden()


def test_text_in_a_sealed_page_is_not_run(show, sheets) -> None:
    hostile = "</script><img src=x onerror=window.__xss=1>`${window.__xss=1}`"
    shown = show(sealed(render_agent_page(sheets.route(2, hostile))))
    enter(shown, CODE)
    opened(shown)
    assert shown.page.evaluate("window.__xss") is None
    assert shown.page.locator("img:not(.leaflet-tile)").count() == 0
    shown.quiet()


def test_the_file_tells_nothing_but_its_title_and_time(sheets) -> None:
    sheet = sheets.route(4)
    text = sealed(render_agent_page(sheet))
    data = json.loads(re.search(r'id="data">(.*?)</script>', text, re.S)[1])
    assert set(data) == {"format", "rounds", "salt", "nonce", "expires", "sealed", "words"}
    assert data["rounds"] == 600_000
    for stop in sheet.stops:
        assert not [word for word in (stop.name, stop.address, stop.phone, stop.case_id) if word in text]
    assert CODE not in text
    assert sheet.agent_name not in text
    other = sealed(render_agent_page(sheet))
    assert json.loads(re.search(r'id="data">(.*?)</script>', other, re.S)[1])["salt"] != data["salt"]


def test_what_cannot_be_sealed_is_refused(sheets) -> None:
    page = render_route_sheet(sheets.route(1))
    with pytest.raises(ValueError, match="12 letters"):
        sealed(page, code="short")
    with pytest.raises(ValueError, match="time zone"):
        sealed(page, datetime(2026, 1, 1))  # noqa: DTZ001  that is what is refused
    with pytest.raises(ValueError, match="policy"):
        sealed("<p>somebody else's</p>")
    assert len({new_passcode() for _ in range(1000)}) == 1000
    assert re.fullmatch(r"(?:[a-z2-9]{4}-){3}[a-z2-9]{4}", new_passcode())
