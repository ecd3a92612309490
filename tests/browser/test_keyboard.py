"""Without a pointer: every page is walked from end to end, and everything on it can be done."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

OpenPage = Callable[..., Page]
PAGES = [
    "/",
    "/presidencies/russia-2026/",
    "/presidencies/russia-2026/priorities/information-security/",
    "/presidencies/russia-2026/statement/",
    "/matrix/?presidency=kyrgyzstan-2025",
    "/timeline/?presidency=russia-2026",
    "/compare/?left=kyrgyzstan-2025&right=russia-2026",
    "/map/",
    "/events/?kind=exercise",
    "/events/calendar/?month=2025-11",
    "/events/agenda/?kind=exercise",
    "/events/csc-session-moscow-2026/",
    "/search/?q=forces",
    "/states/",
    "/sources/?page_size=10",
    "/changes/?page_size=10",
    "/data/",
    "/reminders/?kind=exercise",
    "/status/",
]
# What can be reached, in the order of the page; of a group of radio buttons the one that is chosen.
STOPS = """
(() => {
  const found = [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, summary, textarea, [tabindex='0']"
  )].filter(one => one.checkVisibility() && !one.disabled
    && !(one.type === "radio" && !one.checked));
  window.stops = found;
  return found.length;
})()
"""
# Where the focus is, and what is wrong with how it is shown there.
HERE = """
(() => {
  const one = document.activeElement;
  if (one === document.body || one === document.documentElement) return [-1, ""];
  const style = getComputedStyle(one);
  const strokes = one.closest("svg")
    ? [...one.querySelectorAll("*")].map(part => getComputedStyle(part))
      .filter(part => part.stroke !== "none" && parseFloat(part.strokeWidth) >= 3).length : 0;
  const shown = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || strokes;
  const box = one.getBoundingClientRect();
  const seen = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const name = one.outerHTML.slice(0, 120);
  const wrong = shown ? (seen ? "" : `unseen: ${name}`) : `unmarked: ${name}`;
  return [window.stops.indexOf(one), wrong];
})()
"""


@pytest.mark.parametrize("path", PAGES)
def test_tab_walks_a_page_in_its_order_and_shows_where_it_is(
    open_page: OpenPage, path: str
) -> None:
    page = open_page(path, reduced_motion="reduce")  # what is reached is there at once
    number = page.evaluate(STOPS)
    order, wrong = list[int](), list[str]()
    # A date has several parts, each a stop of its own.
    for _ in range(number + 20):
        page.keyboard.press("Tab")
        at, complaint = page.evaluate(HERE)
        if at == -1 or (at == 0 and len(order) > 1):  # the end, or the beginning again
            break
        if not order or order[-1] != at:
            order.append(at)
        wrong += [complaint] if complaint else []
    assert wrong == []
    assert order == list(range(number))


@pytest.mark.parametrize("path", ["/methodology/", "/ru/methodology/"])
def test_phone_has_all_places_in_one_row_and_shows_each_that_is_reached(
    open_page: OpenPage, path: str
) -> None:
    page = open_page(path, width=375, reduced_motion="reduce", java_script_enabled=False)
    places = page.locator(".site-nav a")
    rows = {places.nth(at).bounding_box()["y"] for at in range(places.count())}  # type: ignore[index]
    assert len(rows) == 1
    expect(page.locator(".site-nav [aria-current]")).to_be_in_viewport(ratio=1)  # the last of them
    page.locator(".languages a").last.focus()
    for at in range(places.count()):
        page.keyboard.press("Tab")
        expect(places.nth(at)).to_be_focused()
        expect(places.nth(at)).to_be_in_viewport(ratio=1)


def reach(page: Page, target: Locator) -> None:
    """Go to an element as the keyboard goes: from the stop before it."""
    target.scroll_into_view_if_needed()
    page.evaluate(STOPS)
    target.evaluate("one => window.stops[window.stops.indexOf(one) - 1].focus()")
    for _ in range(6):
        page.keyboard.press("Tab")
        if target.evaluate("one => one === document.activeElement"):
            break
    expect(target).to_be_focused()


@pytest.mark.parametrize(
    ("path", "target", "arrives"),
    [
        ("/", ".languages a[lang=ru]", r"/ru/$"),
        ("/matrix/?presidency=kyrgyzstan-2025", ".choice .chip", r"/matrix/\?presidency="),
        ("/matrix/?presidency=kyrgyzstan-2025", ".matrix-months td a", r"/events/\?"),
        ("/matrix/?presidency=kyrgyzstan-2025", ".matrix-states td a", r"/events/\?"),
        ("/matrix/?presidency=kyrgyzstan-2025", ".matrix-themes td a", r"/priorities/"),
        ("/timeline/?presidency=russia-2026", ".zoom a", r"/timeline/\?.*since="),
        ("/timeline/?presidency=russia-2026", ".timeline g a", r"/events/[a-z]"),
        ("/compare/?left=kyrgyzstan-2025&right=russia-2026", ".lineage a:has(.tie)", r"/"),
        ("/compare/?left=kyrgyzstan-2025&right=russia-2026", ".sides-numbers td a", r"/events/\?"),
        ("/map/", ".map a:has(.country)", r"/states/[a-z]"),
        ("/map/", ".map a:has(.place)", r"/events/\?country="),
        (
            "/presidencies/russia-2026/priorities/information-security/",
            ".steps a",
            r"#assessment-\d",
        ),
        ("/presidencies/russia-2026/statement/", ".chip[href*=theme]", r"\?theme="),
        ("/presidencies/russia-2026/statement/", ".reader-text .mark-number", r"(/|#n-)"),
        ("/presidencies/russia-2026/statement/", ".note-walk a", r"#"),
        ("/events/", ".views li:nth-child(3) a", r"/events/agenda/"),
        ("/events/", ".facets a", r"/events/\?\w+="),
        ("/events/?kind=exercise", ".chips .chip", r"/events/$"),
        ("/events/?kind=exercise", ".chips .chip-flip", r"/events/\?not_kind=exercise"),
        ("/events/?page_size=5", ".pager [rel=next]", r"cursor="),
        ("/events/", ".downloads a[href*=reminders]", r"/reminders/"),
        ("/events/calendar/?month=2025-11", ".months [rel=next]", r"month=2025-12"),
        ("/events/calendar/?month=2025-11", ".month td a", r"/events/[a-z]"),
        ("/events/agenda/", ".agenda a", r"/events/[a-z]"),
        ("/search/?q=forces", ".kinds a[href*=kind]", r"kind="),
    ],
)
def test_link_is_followed_from_the_keyboard(
    open_page: OpenPage, path: str, target: str, arrives: str
) -> None:
    page = open_page(path)
    reach(page, page.locator("main, header").locator(target).first)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(arrives))
    expect(page.locator("h1")).to_be_visible()


@pytest.mark.parametrize(
    ("path", "field", "keys", "arrives"),
    [
        ("/events/", "#filter-kind", "Exe", r"kind=exercise"),
        ("/sources/", "#filter-q", "Lavrov", r"q=Lavrov"),
        ("/compare/", "#left", "Arm", r"left=armenia"),
        ("/search/", "#search-q", "Rubezh", r"q=Rubezh"),
    ],
)
def test_form_is_filled_and_sent_from_the_keyboard(
    open_page: OpenPage, path: str, field: str, keys: str, arrives: str
) -> None:
    page = open_page(path)
    reach(page, page.locator(field))
    page.keyboard.type(keys)
    reach(page, page.locator("main form button[type=submit]").first)
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile(arrives))


@pytest.mark.parametrize(
    ("path", "summary", "inside"),
    [
        ("/map/", ".chart-links summary", ".chart-links a"),
        ("/events/", ".filters details summary", "#filter-theme"),
        ("/timeline/?presidency=russia-2026", "details:not([class]) summary", "details table a"),
        ("/states/armenia/", ".history summary", ".history details a"),
    ],
)
def test_folded_part_is_opened_and_entered_from_the_keyboard(
    open_page: OpenPage, path: str, summary: str, inside: str
) -> None:
    page = open_page(path)
    main = page.locator("main")
    reach(page, main.locator(summary).last)
    page.keyboard.press("Enter")
    part = main.locator(f"details[open] :is({inside.split()[-1]})").last
    reach(page, part)
    reach(page, main.locator(summary).last)
    page.keyboard.press("Space")
    expect(part).to_be_hidden()


def test_way_of_being_reminded_is_chosen_from_the_keyboard(open_page: OpenPage) -> None:
    page = open_page("/reminders/?kind=exercise")
    reach(page, page.locator("input[type=radio]:checked").first)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Webhook", exact=True)).to_be_checked()
    box = page.get_by_label("New assessments")
    reach(page, box)
    page.keyboard.press("Space")
    expect(box).to_be_checked()
