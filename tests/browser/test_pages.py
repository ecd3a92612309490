"""Every page in a browser: accessible, on small and wide screens, in both themes and languages."""

import re
from collections.abc import Callable

import pytest
from django.urls import URLResolver, resolve
from playwright.sync_api import Page, expect

from csto_tracker.pages.urls import urlpatterns
from tests.browser.accessibility import LAYOUT, LOOKS, RULES, barriers, overflow
from tests.browser.conftest import RELEASE

OpenPage = Callable[..., Page]

# One page of each kind, looked at in both languages.
PAGES = [
    "/",
    "/presidencies/",
    "/presidencies/russia-2026/",
    "/presidencies/russia-2026/statement/",
    "/presidencies/russia-2026/priorities/",
    "/presidencies/russia-2026/priorities/information-security/",
    "/priorities/?theme=military-component&tracked=true",
    "/states/",
    "/states/armenia/",
    "/bodies/",
    "/bodies/collective-security-council/",
    "/events/?status=announced&state=RU",
    "/events/csc-session-moscow-2026/",
    "/events/calendar/?month=2025-11",
    "/events/agenda/?state=RU",
    "/sources/?page_size=20",
    "/sources/lavrov-statement-2026/",
    "/search/?q=forces",
    "/matrix/",
    "/timeline/?presidency=russia-2026",
    "/compare/?left=kyrgyzstan-2025&right=russia-2026",
    "/map/",
    "/memberships/?state=AM",
    "/milestones/",
    "/themes/",
    "/lineage/",
    "/passages/",
    "/attendances/?page_size=10",
    "/contributions/?page_size=10",
    "/assessments/?page_size=10",
    "/claims/",
    "/methodology/",
    "/about/",
    "/api/",
    "/api/changes/",
    "/feeds/",
    "/changes/",
    "/data/",
    f"/data/{RELEASE}/",
    "/cite/?of=/events/",
    "/reminders/?kind=exercise",
    "/status/",
    "/embed/",
    "/embed/presidencies/russia-2026/",
    "/embed/presidencies/russia-2026/priorities/information-security/",
    "/embed/matrix/?presidency=kyrgyzstan-2025",
    "/embed/matrix/states/?presidency=kyrgyzstan-2025",
    "/embed/matrix/themes/",
    "/embed/timeline/?presidency=russia-2026",
    "/embed/compare/?left=kyrgyzstan-2025&right=russia-2026",
    "/embed/compare/states/?left=kyrgyzstan-2025&right=russia-2026",
    "/embed/map/",
    "/embed/events/?page_size=5",
    "/embed/events/agenda/?page_size=5",
]
# Others of the same kinds, each looked at in one language, by turns.
OTHERS = [
    "/presidencies/kyrgyzstan-2025/",
    "/presidencies/kazakhstan-2018/",
    "/presidencies/kyrgyzstan-2025/priorities/foreign-policy-interaction/",
    "/presidencies/russia-2026/statement/?theme=military-component",
    "/priorities/?q=nothingatall",
    "/events/?q=nothingatall",
    "/events/?fields=title,date,attendances&expand=sources,contributions.priority&page_size=5",
    "/assessments/?fields=key,priority,evidence&page_size=5",
    "/search/?q=",
    "/search/?q=Rubzeh",
    "/search/?q=forces&fields=kind,title,url",
    "/matrix/?presidency=kyrgyzstan-2025",
    "/matrix/?presidency=belarus-2023",
    "/matrix/?as_of=2026-02-15",
    "/timeline/",
    "/timeline/?since=2026-01-01&until=2026-02-15",
    "/compare/?left=kyrgyzstan-2019&right=kyrgyzstan-2025",
    "/compare/?as_of=2025-06-01",
    "/map/?as_of=2010-01-01",
    "/events/calendar/?month=2027-06",
]
LANGUAGES = ("", "/ru")
LOOKED_AT = [(path, LANGUAGES) for path in PAGES] + [
    (path, LANGUAGES[number % 2 :][:1]) for number, path in enumerate(OTHERS)
]
# Width and height. Zoomed to 200 %, a window of 1280 pixels is one of 640 with larger pixels.
DESK, ZOOMED, PHONE = (1440, 900), (640, 400), (320, 640)
# What is looked for in each. What is zoomed has the colours of a phone.
SIZES = ((DESK, RULES), (ZOOMED, LAYOUT), (PHONE, LOOKS))


def test_every_page_is_among_those_looked_at() -> None:
    """Those of reminders, which follow on a form or a mail, are looked at in their own tests."""
    looked_at = {resolve(path.partition("?")[0]).view_name for path in PAGES}
    assert looked_at >= {resolve(path.partition("?")[0]).view_name for path in OTHERS}
    known = {
        f"{part.namespace}:{one.name}"
        for part in urlpatterns
        if isinstance(part, URLResolver)
        for one in part.url_patterns
    }
    assert known - looked_at == {"site:release-file"}  # a file


@pytest.mark.parametrize(("path", "languages"), LOOKED_AT)
def test_page_is_accessible_and_fits(
    open_page: OpenPage, path: str, languages: tuple[str, ...]
) -> None:
    """Each language in each size and theme, all rules in each language; zoomed, the rules of layout
    in the last one, whose words are longer."""
    page = open_page(languages[0] + path)
    for prefix in languages:
        if prefix != languages[0]:
            page.goto(prefix + path)
        schemes = ("dark", "light", "dark") if prefix else ("light", "dark", "light")
        for (size, rules), scheme in zip(SIZES, schemes, strict=True):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # "light" or "dark"
            look = f"{prefix}{path}, {size[0]} px, {scheme}"
            assert overflow(page) <= 0, look
            if size != ZOOMED or prefix == languages[-1]:
                assert barriers(page, rules) == [], look


def test_barriers_are_found(open_page: OpenPage) -> None:
    page = open_page("about:blank")  # has no policy that forbids styles like these
    page.set_content(
        "<title>A</title><style>a { display: inline-block; width: 9px; height: 9px }</style>"
        "<main><h1>Words</h1><p style='color: #ccc'>Pale</p><p>Black</p>"
        "<a href='#1'>a</a><a href='#2'>b</a></main>"
    )
    assert {one.partition(":")[0] for one in barriers(page)} == {
        "html-has-lang", "color-contrast", "target-size"
    }  # fmt: skip
    assert [one for one in barriers(page, LOOKS) if "contrast" in one] == [
        "color-contrast: p:nth-child(2)"
    ]


@pytest.mark.parametrize("path", ["/nowhere/", "/events/?colour=red"])
def test_error_page_is_accessible(open_page: OpenPage, path: str) -> None:
    page = open_page("/about/")
    # The browser complains of the status of what it opens, not of what it has fetched.
    page.set_content(page.request.get(path).text())
    assert barriers(page) == []


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/events/csc-session-moscow-2026/", "Event"),
        ("/bodies/collective-security-council/", "GovernmentOrganization"),
        ("/data/", "Dataset"),
    ],
)
def test_content_policy_lets_data_for_search_engines_be(
    open_page: OpenPage, path: str, kind: str
) -> None:
    block = open_page(path).locator('script[type="application/ld+json"]')
    assert block.evaluate("block => JSON.parse(block.textContent)['@type']") == kind


def test_keyboard_alone_leads_from_home_to_an_event(open_page: OpenPage) -> None:
    page = open_page("/")
    seen = []
    while len(seen) < 12 and "searchbox" not in seen:
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate(
                "(one => { const style = getComputedStyle(one);"
                " return style.outlineStyle === 'none' || style.outlineWidth === '0px'"
                " ? `no outline: ${one.outerHTML}`"
                " : one.type === 'search' ? 'searchbox' : 'other'; })(document.activeElement)"
            )
        )
    assert set(seen[:-1]) == {"other"}
    assert seen[-1] == "searchbox"
    page.keyboard.type("Rubezh-2025")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Search")
    hit = page.locator(".hits a").first
    for _ in range(60):
        page.keyboard.press("Tab")
        if hit.evaluate("one => one === document.activeElement"):
            break
    expect(hit).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Rubezh-2025")


def test_keyboard_reaches_content_first(open_page: OpenPage) -> None:
    page = open_page("/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("scripts", [True, False])
def test_from_home_to_the_words_of_the_source_in_two_clicks(
    open_page: OpenPage, scripts: bool
) -> None:
    page = open_page("/", java_script_enabled=scripts)
    page.get_by_role("main").get_by_role("link", name="Information security", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Information security")
    page.locator(".passages a", has_text="information security").first.click()
    passage = page.locator("#p-2736-2756 + mark")
    expect(passage).to_have_text("information security")
    expect(passage).to_be_in_viewport()


def test_reader_switches_language_and_stays_on_the_page(open_page: OpenPage) -> None:
    page = open_page("/priorities/?theme=terrorism-and-crime", width=375)
    page.get_by_role("link", name="Русский").click()
    expect(page).to_have_url(re.compile(r"/ru/priorities/\?theme=terrorism-and-crime$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Приоритеты")


def test_filters_narrow_a_list_and_chips_take_them_away(open_page: OpenPage) -> None:
    page = open_page("/priorities/")
    rows = page.locator("tbody tr")
    everything = rows.count()
    page.get_by_label("Presidency", exact=True).select_option(label="Kyrgyzstan 2025")
    page.get_by_role("button", name="Apply").click()
    expect(rows).to_have_count(11)
    page.get_by_role("link", name="Remove the filter Presidency: Kyrgyzstan 2025").click()
    expect(rows).to_have_count(everything)


@pytest.mark.parametrize("path", ["/events/", "/sources/", "/priorities/", "/ru/events/"])
def test_phone_shows_what_a_list_has_before_its_filters(open_page: OpenPage, path: str) -> None:
    page = open_page(path, width=375, java_script_enabled=False)
    first = page.locator(".event, tbody tr").first
    expect(first).to_be_in_viewport()
    form = page.locator("main form")
    expect(form).to_have_count(1)
    expect(form).to_be_hidden()
    summary = page.locator(".filters > summary")
    while not summary.evaluate("one => one === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(form).to_be_visible()
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(summary).to_be_hidden()
    expect(form).to_be_visible()


def test_wide_window_shows_filters_that_nobody_opened(open_page: OpenPage) -> None:
    page = open_page("/events/?kind=exercise", java_script_enabled=False)
    expect(page.locator("main form")).to_be_visible()
    expect(page.locator(".facets")).to_be_visible()
    expect(page.locator(".event").first).to_be_in_viewport()
    page.set_viewport_size({"width": 768, "height": 1024})
    expect(page.locator(".facets")).to_be_hidden()
    expect(page.locator(".event").first).to_be_in_viewport()
    expect(page.get_by_role("link", name="Remove the filter Kind")).to_be_visible()


def test_search_box_of_every_page_finds(open_page: OpenPage) -> None:
    page = open_page("/about/")
    box = page.get_by_role("searchbox", name="Search the record")
    box.fill("biological threats")
    box.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("Protection against biological threats")


@pytest.mark.parametrize("path", ["/", "/ru/"])
def test_home_weighs_less_than_100_kilobytes_and_asks_no_other_host(
    open_page: OpenPage, path: str, site: str
) -> None:
    page = open_page("about:blank")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    network = page.context.new_cdp_session(page)
    received: list[float] = []
    network.on("Network.loadingFinished", lambda end: received.append(end["encodedDataLength"]))
    network.send("Network.enable")
    network.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto(path, wait_until="networkidle")
    network.detach()
    assert len(received) == len(asked) >= 3  # the page, its stylesheets
    assert sum(received) < 100_000
    assert {url[: len(site)] for url in asked} == {site}


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/presidencies/russia-2026/statement/",
        "/events/",
        "/events/agenda/",
        "/events/csc-session-moscow-2026/",
        "/search/?q=forces",
    ],
)
def test_nothing_shifts_while_a_page_is_read(open_page: OpenPage, path: str) -> None:
    page = open_page(f"/ru{path}", width=375)
    page.wait_for_load_state("networkidle")
    for _ in range(6):
        page.mouse.wheel(0, 900)
        page.wait_for_timeout(50)
    shifts = page.evaluate(
        "new Promise(done => new PerformanceObserver(list => done(list.getEntries()"
        ".filter(one => !one.hadRecentInput).map(one => one.value)))"
        ".observe({type: 'layout-shift', buffered: true})"
        " || setTimeout(() => done([]), 300))"
    )
    assert sum(shifts) < 0.01
