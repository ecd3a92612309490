"""Pages in other media: on paper, in colours that the reader forces, and without motion."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import overflow

OpenPage = Callable[..., Page]


def test_page_without_colours_tells_states_apart(open_page: OpenPage) -> None:
    page = open_page("/presidencies/russia-2026/", forced_colors="active")
    shapes = page.locator(".completion").evaluate_all(
        "all => all.map(one => [one.textContent, getComputedStyle(one, '::before').borderStyle,"
        " getComputedStyle(one, '::before').backgroundSize].join('|'))"
    )
    by_word: dict[str, set[str]] = {}
    for shape in shapes:
        word, _, look = shape.partition("|")
        by_word.setdefault(word.strip(), set()).add(look)
    looks = [look for found in by_word.values() for look in found]
    assert len(looks) == len(set(looks)) == len(by_word) == 5


def test_choice_in_force_is_told_without_colours(open_page: OpenPage) -> None:
    page = open_page("/search/?q=forces", forced_colors="active")
    for path in ("/search/?q=forces", "/presidencies/russia-2026/statement/?theme=core-mission"):
        page.goto(path)
        grounds = page.locator("main .chip").evaluate_all(
            "all => all.map(one => [one.hasAttribute('aria-current'),"
            " getComputedStyle(one).backgroundColor].join(' '))"
        )
        current = {ground for ground in grounds if ground.startswith("true")}
        assert len(current) == 1
        assert not {one.partition(" ")[2] for one in current} & {
            ground.partition(" ")[2] for ground in set(grounds) - current
        }


@pytest.mark.parametrize(
    ("path", "marks"),
    [
        ("/timeline/?presidency=russia-2026", ".timeline .bar, .timeline .whisker"),
        ("/compare/?left=kyrgyzstan-2025&right=russia-2026", ".lineage .tie"),
        ("/map/", ".map .place"),
        ("/presidencies/russia-2026/priorities/information-security/", ".steps .step-line"),
    ],
)
def test_drawings_take_the_colours_that_the_reader_forces(
    open_page: OpenPage, path: str, marks: str
) -> None:
    page = open_page(path, forced_colors="active")
    lines = page.locator(marks).evaluate_all(
        "all => [...new Set(all.map(one => getComputedStyle(one).stroke))]"
    )
    assert lines == [page.locator("h1").evaluate("one => getComputedStyle(one).color")]


def test_passages_and_places_are_told_apart_in_forced_colours(open_page: OpenPage) -> None:
    page = open_page("/presidencies/russia-2026/statement/", forced_colors="active")
    looks = {
        kind: page.locator(f"mark.passage-{kind}").first.evaluate(
            "one => { const style = getComputedStyle(one);"
            " return style.backgroundColor + style.borderBottomStyle; }"
        )
        for kind in ("commitment", "context", "principle")
    }
    assert len(set(looks.values())) == 3
    lines = page.locator(".site-nav a").evaluate_all(
        "all => all.map(one => [one.hasAttribute('aria-current'),"
        " getComputedStyle(one).borderBottomColor].join())"
    )
    assert len(set(lines)) == 2


def test_nothing_moves_for_those_who_ask_for_stillness(open_page: OpenPage) -> None:
    page = open_page("/presidencies/russia-2026/statement/", reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    page.get_by_role("button", name="Next passage").click()
    assert page.evaluate("document.getAnimations().length") == 0


PRINTED = [
    "/",
    "/presidencies/russia-2026/",
    "/presidencies/russia-2026/statement/",
    "/presidencies/russia-2026/priorities/information-security/",
    "/matrix/?presidency=kyrgyzstan-2025",
    "/compare/?left=kyrgyzstan-2025&right=russia-2026",
    "/timeline/?presidency=russia-2026",
    "/events/?kind=exercise&status=held",
    "/events/csc-session-moscow-2026/",
]


@pytest.mark.parametrize("path", PRINTED)
def test_paper_shows_what_a_page_says_and_where_it_stands(
    open_page: OpenPage, path: str, site: str
) -> None:
    page = open_page(path, scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": 700, "height": 1000})
    pressed = "form, nav, button, .filters, .chart-links, .downloads, .actions, .walk, .chip-flip"
    assert page.locator(pressed).filter(visible=True).count() == 0
    expect(page.locator(".on-paper")).to_have_text(site + path)
    expect(page.locator(".footer-row p").first).to_contain_text("Data version")
    colours = "one => [getComputedStyle(one).color, getComputedStyle(one).backgroundColor]"
    assert page.locator("body").evaluate(colours) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    assert overflow(page) <= 0
    for drawing in page.locator("main svg:not(.mark)").all():
        box = drawing.bounding_box()
        assert box is None or box["height"] < 950  # fits a page, which it is not split over
        assert drawing.evaluate("one => getComputedStyle(one).breakInside") == "avoid"
    source = page.locator(".outward").first
    if source.count():
        said = source.evaluate("one => getComputedStyle(one, '::after').content")
        assert str(source.get_attribute("href")) in said


def test_paper_shows_folded_parts_and_filters_in_force(open_page: OpenPage) -> None:
    page = open_page("/timeline/?presidency=russia-2026")
    page.emulate_media(media="print")
    expect(page.locator("details:not([class]) table")).to_be_visible()
    expect(page.locator(".chip")).to_contain_text(["Russia 2026"])
