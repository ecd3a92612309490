"""The list of events and search, used as a person uses them."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]


@pytest.mark.parametrize("scripts", [True, False])
def test_events_are_filtered_paged_and_opened(open_page: OpenPage, scripts: bool) -> None:
    page = open_page("/events/", java_script_enabled=scripts)
    titles = page.locator(".event-title")
    expect(titles).to_have_count(50)
    first = titles.first.inner_text()
    page.get_by_role("link", name="Next page").click()
    expect(titles.first).not_to_have_text(first)
    page.get_by_role("link", name="Previous page").click()
    expect(titles.first).to_have_text(first)
    page.get_by_label("Kind", exact=True).select_option(label="Exercise")
    page.get_by_label("State", exact=True).select_option(label="Kazakhstan")
    page.get_by_role("button", name="Apply").click()
    expect(page).to_have_url(re.compile(r"kind=exercise&.*state=KZ"))
    page.get_by_role("link", name="Remove the filter State: Kazakhstan").click()
    expect(page.get_by_role("link", name="Remove the filter Kind: Exercise")).to_be_visible()
    page.get_by_role("link", name="Rubezh-2026").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rubezh-2026")
    expect(page.get_by_text("the outcome is not recorded")).to_be_visible()


@pytest.mark.parametrize(
    ("prefix", "words", "found"),
    [
        ("", "exercises", "Indestructible Brotherhood-2026 and Barrier-2026"),
        ("/ru", "рубежа", "Рубеж-2026"),
        ("", "Рубеж", "Rubezh-2026"),
    ],
)
def test_search_finds_in_both_languages_and_marks_the_words(
    open_page: OpenPage, prefix: str, words: str, found: str
) -> None:
    page = open_page(f"{prefix}/search/")
    box = page.get_by_role("main").get_by_role("searchbox")
    box.fill(words)
    box.press("Enter")
    expect(page.get_by_role("link", name=found)).to_be_visible()
    expect(page.locator(".hits mark").first).to_be_visible()


def test_source_text_scrolls_to_its_passage(open_page: OpenPage) -> None:
    page = open_page("/sources/lavrov-statement-2026/")
    link = page.locator(".passages blockquote a", has_text="peaceful coexistence of states")
    link.click()
    expect(page).to_have_url(re.compile("#p-"))
    anchor = page.url.split("#")[1]
    expect(page.locator(f"[id='{anchor}'] + mark").first).to_be_in_viewport()


def test_time_of_an_event_is_told_on_the_readers_clock_too(open_page: OpenPage) -> None:
    page = open_page("/about/", timezone_id="Europe/Berlin")
    # No event of the record has a time: the script is given one as the page would write it.
    page.evaluate(
        """document.querySelector("h1").outerHTML = `<h1 data-local="{time} on your clock">
        <time datetime="2026-01-13T10:00:00+06:00">10:00</time></h1>`"""
    )
    page.add_script_tag(url="/static/js/times.js")
    expect(page.locator("h1 small")).to_have_text("January 13 at 05:00 AM on your clock")
