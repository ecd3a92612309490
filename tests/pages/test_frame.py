"""What every page shares: addresses in both languages, navigation, footer, and no cookie."""

import re
from itertools import pairwise

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from tests import factories as make
from tests.pages.reading import Element, read

pytestmark = pytest.mark.django_db

SITE = settings.SITE_URL
PATHS = [
    "/",
    "/presidencies/",
    "/presidencies/russia-2026/",
    "/presidencies/russia-2026/statement/",
    "/presidencies/russia-2026/priorities/",
    "/presidencies/russia-2026/priorities/borders/",
    "/priorities/",
    "/states/",
    "/states/russia/",
    "/bodies/",
    "/bodies/council/",
    "/events/",
    "/events/session/",
    "/sources/",
    "/sources/statement/",
    "/search/",
    "/search/?q=borders",
    "/methodology/",
    "/about/",
    "/api/",
    "/api/changes/",
    "/feeds/",
    "/assessments/",
    "/attendances/",
    "/claims/",
    "/contributions/",
    "/lineage/",
    "/memberships/",
    "/milestones/",
    "/passages/",
    "/themes/",
    "/matrix/",
    "/timeline/",
    "/compare/",
    "/map/",
    "/events/calendar/",
    "/events/agenda/",
]


@pytest.fixture
def _record() -> None:
    """One public row of each kind that has a page."""
    statement = make.source(slug="statement", text="We will guard borders.", kind="statement")
    state = make.state("RU", slug="russia", name="Russia", name_ru="Россия")
    presidency = make.presidency(
        2026,
        slug="russia-2026",
        state=state,
        statement=statement,
        motto="Common Goal",
        motto_ru="Единая цель",
    )
    priority = make.priority(presidency=presidency, slug="borders", title="Guard borders")
    passage = make.passage(source=statement, quote="guard borders")
    priority.passage_links.create(passage=passage)
    event = make.event(slug="session")
    make.contribution(event=event, priority=priority)
    make.attendance(event=event, state=state)
    make.assessment(priority=priority)
    make.claim(presidency=presidency)
    make.membership(state=state)
    make.body(slug="council")


@pytest.fixture(scope="module")
def followed() -> set[str]:
    """Links that led somewhere already: pages share most of theirs."""
    return set()


def head(page: Element, rel: str) -> list[tuple[str, str]]:
    """Languages and addresses of the page itself; feeds are alternates of another type."""
    return [
        (one["hreflang"], one["href"])
        for one in page.all("link")
        if one["rel"] == rel and not one["type"]
    ]


@pytest.mark.usefixtures("_record")
@pytest.mark.parametrize("path", PATHS)
def test_page_names_itself_in_each_language(client: Client, path: str) -> None:
    plain = path.partition("?")[0]
    for prefix, language in (("", "en"), ("/ru", "ru")):
        response = client.get(prefix + path)
        page = read(response.content)
        assert response.status_code == 200
        assert response.headers["Content-Language"] == language
        assert page.one("html")["lang"] == language
        assert head(page, "canonical") == [("", f"{SITE}{prefix}{plain}")]
        assert head(page, "alternate") == [
            ("en", SITE + plain),
            ("ru", f"{SITE}/ru{plain}"),
            ("x-default", SITE + plain),
        ]
        switch = page.one("nav", "languages")
        assert switch.links() == [("English", path), ("Русский", f"/ru{path}")]
        assert [one["lang"] for one in switch.all("a") if one["aria-current"]] == [language]


@pytest.mark.usefixtures("_record")
@pytest.mark.parametrize("path", PATHS)
def test_page_is_complete_and_plain(client: Client, path: str) -> None:
    response = client.get(path)
    page = read(response.content)
    (title,) = page.one("head").texts("title")
    (description,) = [one["content"] for one in page.all("meta") if one["name"] == "description"]
    assert re.fullmatch(r"\S.* · CSTO Presidency Tracker", title)
    assert len(page.all("h1")) == len(page.all("main")) == 1
    assert description.strip()
    levels = [int(one.tag[1]) for one in page.all() if re.fullmatch("h[1-6]", one.tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert [one["href"] for one in page.all("a") if not one["href"]] == []
    # The content policy refuses scripts and styles inside a page. Data are no script.
    scripts = [one for one in page.all("script") if one["type"] != "application/ld+json"]
    assert [one for one in scripts if not one["src"]] == page.all("style") == []
    assert [one for one in page.all() if one["style"] or one["onclick"]] == []
    assert response.cookies == {}
    assert "Cookie" not in response.headers.get("Vary", "")
    assert response.headers["Cache-Control"] == "public, max-age=0, must-revalidate"


@pytest.mark.usefixtures("_record")
@pytest.mark.parametrize("path", PATHS)
def test_page_links_lead_to_pages(client: Client, path: str, followed: set[str]) -> None:
    page = read(client.get(path).content)
    ids = {one["id"] for one in page.all() if one["id"]}
    for address in {one["href"] for one in page.all("a")} - followed:
        if address.startswith("#"):
            assert address[1:].partition(":~:")[0] in ids
        elif address.startswith("/"):
            where, _, fragment = address.partition("#")
            answer = client.get(where)
            assert answer.status_code == 200, address
            if fragment:
                assert f'id="{fragment}"' in answer.content.decode(), address
            followed.add(address)


@pytest.mark.usefixtures("_record")
def test_unchanged_page_is_not_sent_again(client: Client) -> None:
    for path in PATHS:
        tag = client.get(path).headers["ETag"]
        again = client.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.usefixtures("_record")
@pytest.mark.parametrize(
    ("path", "above"),
    [
        ("/", []),
        ("/presidencies/", ["Home"]),
        ("/presidencies/russia-2026/", ["Home", "Presidencies"]),
        (
            "/presidencies/russia-2026/priorities/borders/",
            ["Home", "Presidencies", "Presidency 2026", "Priorities"],
        ),
        ("/events/session/", ["Home", "Events"]),
        ("/states/russia/", ["Home", "States"]),
        ("/bodies/council/", ["Home", "Bodies"]),
        ("/sources/statement/", ["Home", "Sources"]),
        ("/api/changes/", ["Home", "API"]),
        ("/priorities/", ["Home"]),
        ("/reminders/", ["Home"]),
        ("/cite/?of=/events/", ["Home"]),
    ],
)
def test_breadcrumbs_name_the_pages_above(client: Client, path: str, above: list[str]) -> None:
    page = read(client.get(path).content)
    assert [text for nav in page.all("nav", "crumbs") for text, _url in nav.links()] == above


@pytest.mark.usefixtures("_record")
def test_navigation_marks_where_one_is(client: Client) -> None:
    def marked(path: str) -> list[tuple[str, str]]:
        nav = read(client.get(path).content).one("nav", "site-nav")
        return [(one.text, one["aria-current"]) for one in nav.all("a") if one["aria-current"]]

    assert marked("/events/") == [("Events", "page")]
    assert marked("/events/session/") == [("Events", "true")]
    assert marked("/") == []


def test_footer_says_how_fresh_the_record_is(client: Client) -> None:
    assert (
        "The record does not say how far it reaches."
        in read(client.get("/about/").content).one("footer").text
    )
    make.remark(kind="coverage", date="2026-02-15")
    make.remark(kind="coverage", date="2027-01-01", is_published=False)
    footer = read(client.get("/about/").content).one("footer").text
    assert "The record covers events up to 15 February 2026. Data version " in footer
    russian = read(client.get("/ru/about/").content).one("footer").text
    assert "Данные охватывают события по 15 февраля 2026 года. Версия данных " in russian


@pytest.mark.parametrize(("day", "notices"), [("2026-05-16", 0), ("2026-05-17", 1)])
def test_record_behind_the_published_threshold_is_called_stale(
    client: Client, day: str, notices: int
) -> None:
    make.remark(kind="coverage", date="2026-02-15")
    with time_machine.travel(day, tick=False):
        page = read(client.get("/").content)
    assert len(page.all("p", "notice")) == notices


def test_age_of_the_record_counts_to_the_day_that_is_asked_about(client: Client) -> None:
    make.remark(kind="coverage", date="2025-02-15")
    late = read(client.get("/?as_of=2025-12-01").content).one("p", "notice").text
    assert "The record ends on 15 February 2025, 289 days ago." in late
    for day in ("2025-02-16", "2025-01-01"):
        assert read(client.get(f"/?as_of={day}").content).all("p", "notice") == []


def test_language_switch_keeps_the_query(client: Client) -> None:
    page = read(client.get("/ru/events/?kind=summit&page_size=10").content)
    assert page.one("nav", "languages").links() == [
        ("English", "/events/?kind=summit&page_size=10"),
        ("Русский", "/ru/events/?kind=summit&page_size=10"),
    ]
