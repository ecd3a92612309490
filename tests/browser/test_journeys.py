"""Ten journeys as people make them: in both languages, with scripts and without.

Each leaves a picture of where it ended in `.local/screenshots/`.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

PICTURES = Path(__file__).resolve().parents[2] / ".local" / "screenshots"


class Visit:
    """A person on the site, in one language: addresses are given without the language."""

    def __init__(self, page: Page, language: str) -> None:
        self.page, self.language = page, language
        self.prefix = "" if language == "en" else f"/{language}"
        self.main = page.locator("main")

    def open(self, path: str) -> None:
        self.page.goto(self.prefix + path)

    def link(self, path: str) -> None:
        """Follow the first link to an address in the content of the page."""
        self.main.locator(f"a[href='{self.prefix}{path}']:visible").first.click()

    def send(self, form: str = ".filters") -> None:
        self.main.locator(f"{form} button[type=submit]").first.click()

    def is_at(self, pattern: str) -> None:
        """The whole page of this address is there, in the visitor's language, with a heading."""
        expect(self.page).to_have_url(re.compile(rf"//[^/]+{self.prefix}{pattern}"))
        expect(self.page.locator("html")).to_have_attribute("lang", self.language)
        self.page.wait_for_load_state()  # what is counted next is not counted half read
        expect(self.page.locator("h1")).to_be_visible()


@pytest.fixture(scope="module")
def pages(contexts: Callable[..., BrowserContext]) -> Iterator[dict[bool, Page]]:
    """One page with scripts and one without, for all journeys."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    found = {scripts: contexts(java_script_enabled=scripts).new_page() for scripts in (True, False)}
    for page in found.values():
        page.set_viewport_size({"width": 1280, "height": 900})
    yield found
    for page in found.values():
        page.context.clear_cookies()
        page.close()


@pytest.fixture(params=[("en", True), ("en", False), ("ru", True), ("ru", False)])
def visit(pages: dict[bool, Page], request: pytest.FixtureRequest) -> Iterator[Visit]:
    language, scripts = request.param
    page = pages[scripts]
    complaints: list[str] = []

    def note(message: object) -> None:
        if getattr(message, "type", "") in {"error", "warning"}:
            complaints.append(getattr(message, "text", ""))

    page.on("console", note)
    yield Visit(page, language)
    page.remove_listener("console", note)
    journey = request.node.name.removeprefix("test_").partition("[")[0]
    name = f"{journey}-{language}-{'scripts' if scripts else 'plain'}.png"
    page.screenshot(path=PICTURES / name)
    assert complaints == []


def test_promise_is_traced_to_the_words_that_make_it(visit: Visit) -> None:
    visit.open("/")
    visit.link("/presidencies/russia-2026/")
    visit.link("/presidencies/russia-2026/priorities/information-security/")
    visit.main.locator(".passages blockquote a").first.click()
    visit.is_at("/presidencies/russia-2026/statement/#p-")
    anchor = visit.page.url.partition("#")[2]
    expect(visit.page.locator(f"[id='{anchor}'] + mark")).to_be_in_viewport()


def test_events_are_narrowed_and_widened_again(visit: Visit) -> None:
    visit.open("/events/")
    visit.main.locator("select[name=kind]").select_option("exercise")
    visit.main.locator("select[name=presidency]").select_option("kyrgyzstan-2025")
    visit.send()
    visit.is_at(r"/events/\?.*kind=exercise")
    events = visit.main.locator(".event")
    narrow = events.count()
    assert narrow > 0
    visit.main.locator(".facets a[href*='state=KG']").click()
    visit.is_at(r"/events/\?.*state=KG")
    assert 0 < events.count() <= narrow
    visit.main.locator(".chips .chip").first.click()
    visit.is_at(r"/events/\?(?!.*kind=exercise)")


def test_name_is_found_in_the_other_alphabet(visit: Visit) -> None:
    visit.open("/search/")
    box = visit.main.get_by_role("searchbox")
    box.fill("Rubezh" if visit.language == "ru" else "Рубеж")
    box.press("Enter")
    visit.main.locator(".chip[href*='kind=events']").click()
    visit.main.locator(".hits a").first.click()
    visit.is_at("/events/rubezh-")


def test_statement_is_read_by_theme(visit: Visit) -> None:
    visit.open("/presidencies/russia-2026/statement/")
    every = visit.main.locator(".reader mark").count()
    visit.main.locator("a[href*='theme=military-component']").click()
    visit.is_at(r"/presidencies/russia-2026/statement/\?theme=military-component")
    marks = visit.main.locator(".reader mark")
    expect(marks).not_to_have_count(every)
    visit.main.locator(".reader-margin a[href*='/priorities/']").first.click()
    visit.is_at("/presidencies/russia-2026/priorities/")


def test_two_presidencies_are_compared(visit: Visit) -> None:
    visit.open("/compare/")
    visit.main.locator("select[name=left]").select_option("kyrgyzstan-2025")
    visit.main.locator("select[name=right]").select_option("russia-2026")
    visit.send()
    visit.is_at(r"/compare/\?left=kyrgyzstan-2025&right=russia-2026")
    expect(visit.main.locator(".lineage .tie").first).to_be_visible()
    visit.main.locator(".wordings a").first.click()
    visit.is_at("/presidencies/kyrgyzstan-2025/priorities/")


def test_cell_of_the_matrix_is_opened(visit: Visit) -> None:
    visit.open("/matrix/?presidency=kyrgyzstan-2025")
    cell = visit.main.locator(".matrix-months td a").first
    number = sum(map(int, re.findall(r"\d+", cell.inner_text())))
    cell.click()
    visit.is_at(r"/events/\?")
    expect(visit.main.locator(".event")).to_have_count(number)


def test_time_is_looked_at_closer(visit: Visit) -> None:
    visit.open("/timeline/?presidency=russia-2026")
    visit.main.locator(".zoom a[href*='since=2026-0']").first.click()
    visit.is_at(r"/timeline/\?.*since=2026-")
    visit.main.locator("summary").last.click()
    visit.main.locator("details a[href*='/events/']:visible").first.click()
    visit.is_at("/events/[a-z]")


def test_map_of_a_day_leads_to_a_state(visit: Visit) -> None:
    visit.open("/map/")
    visit.main.locator("input[name=as_of]").fill("2003-10-01")
    visit.send()
    visit.is_at(r"/map/\?as_of=2003-10-01")
    visit.link("/states/uzbekistan/")
    visit.is_at("/states/uzbekistan/")


def test_month_is_turned_to_an_event(visit: Visit) -> None:
    visit.open("/events/calendar/?month=2025-10")
    visit.main.locator(".months a[rel=next]").click()
    visit.is_at(r"/events/calendar/\?month=2025-11")
    visit.main.locator(".month td a").first.click()
    visit.is_at("/events/[a-z]")


def test_figures_are_taken_along(visit: Visit) -> None:
    visit.open("/map/?as_of=2010-01-01")
    visit.main.locator(".chart-links summary").click()
    image = visit.main.locator(".chart-links a[href*='.png']").get_attribute("href") or ""
    assert visit.page.request.get(image).headers["content-type"] == "image/png"
    visit.main.locator(".chart-links a[href*='/embed/map/']").click()
    way_back = visit.page.locator(".embed-source a")
    expect(way_back).to_be_visible()
    visit.page.goto(way_back.get_attribute("href") or "")
    visit.is_at(r"/map/\?as_of=2010-01-01")
    visit.page.locator(".site-footer a[href*='/cite/']").click()
    expect(visit.main.locator("code, pre").first).to_be_visible()
