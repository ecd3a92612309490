"""Search as one types: results, what is said, the address, the way back; and without scripts."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]


def test_results_follow_what_is_typed(open_page: OpenPage) -> None:
    page = open_page("/about/")
    page.goto("/search/")
    box = page.get_by_label("Words in English or Russian")
    box.press_sequentially("Rubzeh", delay=20)
    said = page.get_by_role("status")
    expect(said).to_contain_text("Nothing matches “Rubzeh”. Shown is what matches “Rubezh”.")
    expect(page).to_have_url(re.compile(r"/search/\?q=Rubzeh$"))
    expect(page.locator(".hits a", has_text="Rubezh-2025")).to_be_visible()
    expect(box).to_be_focused()
    box.fill("")
    expect(page.locator("#results")).to_contain_text("Words match in any form")
    expect(said).to_be_empty()
    # Letters typed are no steps of history: one step back leaves the page.
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("About the data")
    page.go_forward()
    expect(page.get_by_role("heading", level=1)).to_have_text("Search")


def test_one_comes_back_to_what_was_found(open_page: OpenPage) -> None:
    page = open_page("/search/")
    page.get_by_label("Words in English or Russian").press_sequentially("Рубеж")
    page.locator(".hits a", has_text="Rubezh-2025").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rubezh-2025")
    page.go_back()
    expect(page.get_by_label("Words in English or Russian")).to_have_value("Рубеж")
    expect(page.locator(".hits a", has_text="Rubezh-2025")).to_be_visible()


@pytest.mark.parametrize(
    ("prefix", "label", "button"),
    [
        ("", "Words in English or Russian", "Search"),
        ("/ru", "Слова на русском или английском", "Поиск"),
    ],
)
def test_search_without_scripts(open_page: OpenPage, prefix: str, label: str, button: str) -> None:
    page = open_page(f"{prefix}/search/", java_script_enabled=False)
    page.get_by_label(label).fill("odkb")
    page.locator("main").get_by_role("button", name=button).click()
    expect(page.locator(".hits h2").first).to_be_visible()
