"""The reader of a statement: from passage to passage, by buttons, keys and links."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]
PATH = "/presidencies/russia-2026/statement/"


def test_buttons_and_keys_walk_from_passage_to_passage(open_page: OpenPage) -> None:
    page = open_page(PATH)
    anchors = page.locator(".reader .anchor").evaluate_all("all => all.map(one => one.id)")
    page.get_by_role("button", name="Next passage").click()
    expect(page.get_by_role("status")).to_have_text(f"Passage 1 of {len(anchors)}")
    page.keyboard.press("n")
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile(f"#{anchors[2]}$"))
    expect(page.locator(f"#{anchors[2]}")).to_be_in_viewport()
    page.keyboard.press("p")
    expect(page).to_have_url(re.compile(f"#{anchors[1]}$"))
    page.get_by_label("Keys n and p").uncheck()
    page.keyboard.press("n")
    page.get_by_role("searchbox").press("n")
    expect(page).to_have_url(re.compile(f"#{anchors[1]}$"))


def test_keys_that_are_faster_than_the_page_scrolls_all_count(open_page: OpenPage) -> None:
    page = open_page(PATH)
    page.set_viewport_size({"width": 1440, "height": 300})
    anchors = page.locator(".reader .anchor").evaluate_all("all => all.map(one => one.id)")
    page.evaluate(
        "for (const key of 'nnjp') document.body.dispatchEvent("
        "new KeyboardEvent('keydown', {key, bubbles: true}))"
    )
    expect(page).to_have_url(re.compile(f"#{anchors[1]}$"))
    expect(page.locator(f"#{anchors[1]}")).to_be_in_viewport()
    page.evaluate("scrollTo({top: document.body.scrollHeight, behavior: 'instant'})")
    expect(page.locator(f"#{anchors[1]}")).not_to_be_in_viewport()
    page.keyboard.press("p")
    expect(page).to_have_url(re.compile(f"#{anchors[-2]}$"))


@pytest.mark.parametrize("prefix", ["", "/ru"])
def test_links_walk_without_scripts(open_page: OpenPage, prefix: str) -> None:
    page = open_page(prefix + PATH, java_script_enabled=False)
    anchors = [one.get_attribute("id") for one in page.locator(".reader .anchor").all()]
    expect(page.locator(".walk")).to_be_hidden()
    page.locator(f"main a[href='#{anchors[0]}']").first.click()
    page.locator(f"#n-{anchors[0]} .note-walk a", has_text="↓").click()
    expect(page).to_have_url(re.compile(f"#{anchors[1]}$"))


def test_link_to_words_finds_them(open_page: OpenPage) -> None:
    page = open_page(f"{PATH}?theme=military-component")
    link = page.locator(".note-walk a", has_text="¶").first
    target = link.get_attribute("href") or ""
    assert target.startswith("#p-")
    assert ":~:text=" in target
    page.goto("/about/")
    page.goto(PATH + target)
    expect(page.locator(f"{target.partition(':')[0]} + mark")).to_be_in_viewport()
