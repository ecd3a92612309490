"""Charts in a browser: without JavaScript, by keyboard, without colours, and on paper."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]
CHARTS = ["/matrix/", "/timeline/", "/compare/", "/map/", "/events/calendar/?month=2025-11"]


@pytest.mark.parametrize("prefix", ["", "/ru"])
@pytest.mark.parametrize("path", CHARTS)
def test_chart_needs_no_script(open_page: OpenPage, path: str, prefix: str) -> None:
    page = open_page(prefix + path, java_script_enabled=False)
    links = page.locator("main svg a, main table a")
    assert links.count() >= 3
    target = links.last.get_attribute("href") or ""
    page.goto(target)
    expect(page.locator("h1")).to_be_visible()


def test_cell_of_the_matrix_opens_as_many_events_as_it_counts(open_page: OpenPage) -> None:
    page = open_page("/matrix/?presidency=kyrgyzstan-2025")
    cell = page.locator(".matrix-months td a").first
    number = int((cell.get_attribute("aria-label") or "").split(": ")[-1].split(" ")[0])
    cell.click()
    expect(page.locator(".event")).to_have_count(number)


def test_mark_of_the_timeline_is_reached_by_keyboard_and_opens_its_event(
    open_page: OpenPage,
) -> None:
    page = open_page("/timeline/?presidency=russia-2026")
    mark = page.locator(".timeline g[role=group] a").first
    label = mark.get_attribute("aria-label") or ""
    page.locator(".timeline .term-bar").last.focus()
    page.keyboard.press("Tab")
    expect(mark).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(label.rsplit(", ", 2)[0])


def test_zoom_of_the_timeline_is_an_address(open_page: OpenPage) -> None:
    page = open_page("/timeline/?presidency=russia-2026")
    page.locator(".zoom a", has_text="Closer").click()
    expect(page.locator("#axis")).to_have_text("2 April – 30 September 2026")
    assert "since=2026-04-02&until=2026-09-30" in page.url


def test_shapes_tell_states_apart_without_colours(open_page: OpenPage) -> None:
    page = open_page("/map/", forced_colors="active")
    fills = page.locator(".key .country").evaluate_all(
        "all => all.map(one => getComputedStyle(one).fill)"
    )
    assert len(set(fills)) == len(fills) == 5


@pytest.mark.parametrize("path", CHARTS)
def test_chart_fits_on_paper(open_page: OpenPage, path: str) -> None:
    page = open_page(path, width=680)  # A4 without its margins, at 96 dots an inch
    page.emulate_media(media="print")
    wider = page.locator("main svg, main table").evaluate_all(
        "all => all.filter(one => one.checkVisibility()"
        " && one.getBoundingClientRect().right > innerWidth + 1)"
        ".map(one => one.getAttribute('class'))"
    )
    assert wider == []


def test_month_on_a_small_screen_lists_days_with_events_only(open_page: OpenPage) -> None:
    page = open_page("/events/calendar/?month=2025-11", width=375)
    days = page.locator(".month td:visible")
    expect(days).to_have_count(page.locator(".month td.has-events").count())
    expect(days.first).to_contain_text("10 November 2025")


def test_timeline_opens_at_its_newest_where_there_is_no_room_for_all(open_page: OpenPage) -> None:
    page = open_page("/timeline/", width=375)
    chart = page.locator(".timeline").bounding_box()
    assert chart
    assert chart["width"] > 1000
    headings = page.locator(".lane-heading:visible").all()
    for shown in (page.locator(".today-label"), headings[-1]):
        box = shown.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 375
