"""The curators' pages in a browser: the content policy, choosing a passage, what is refused."""

import os
import re
from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import Page, expect

from tests.browser.accessibility import LOOKS, RULES, barriers, overflow

OpenPage = Callable[..., Page]
PASSWORD = "correct horse battery"


@pytest.fixture(scope="session")
def _curator(site: str) -> None:
    """An account in the database of the site that the browser sees."""
    own = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/browser_{os.getpid()}")
    connection = psycopg2.connect(urlunsplit(own))
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO auth_user (username, password, is_staff, is_superuser, is_active,"
            " first_name, last_name, email, date_joined)"
            " VALUES ('anna', %s, true, true, true, '', '', '', now())",
            [make_password(PASSWORD)],
        )
    connection.close()


@pytest.fixture
def signed_in(_curator: None, open_page: OpenPage) -> Page:
    page = open_page("/admin/")
    page.get_by_label("Username").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="The record")).to_be_visible()
    page.wait_for_load_state()
    return page


def test_start_page_has_no_barriers(signed_in: Page) -> None:
    page = signed_in
    expect(page.locator(".errornote")).to_contain_text("Nothing has looked for due reminders")
    assert barriers(page) == []


def row_of(page: Page, kind: str, query: str) -> None:
    """Open the form of the first row that a search in a list finds."""
    page.goto(f"/admin/{kind}/?q={query}")
    page.locator("#result_list tbody th a, #result_list tbody td a").first.click()


def test_no_page_breaks_the_content_policy(signed_in: Page) -> None:
    """Whatever the browser complains about fails in the fixture."""
    page = signed_in
    links = page.locator("#content-main .addlink")  # of lists, the test below opens each
    adding = [str(link.get_attribute("href")) for link in links.all()]
    assert len(adding) > 15
    for address in adding:
        answer = page.goto(address)
        assert (answer and answer.status) == 200, address
    for kind, query in (("events/event", "moscow"), ("priorities/priority", "information")):
        row_of(page, kind, query)
        page.wait_for_load_state("networkidle")
        page.locator(".historylink").click()
        expect(page.locator("#change-history")).to_be_visible()


# Forms of Django's own, whose fields of a moment have no names.
FORMS = ("events/event", "priorities/priority", "sources/source", "sources/passage",
         "assessments/assessment", "members/presidency", "members/state")  # fmt: skip
ROWS = {"events/event": "csc-session-bishkek-2025", "members/presidency": "2026"}


def places(page: Page, prefix: str) -> list[str]:
    """Start page, each list, for each kind of form one with the rows that belong to it, and of one
    of them the history, a new one and the question before it is deleted."""
    page.goto(f"{prefix}/admin/")
    links = page.locator("#content-main th a")
    found = [f"{prefix}/admin/", *(str(link.get_attribute("href")) for link in links.all())]
    for kind in FORMS:
        page.goto(f"{prefix}/admin/{kind}/?q={ROWS.get(kind, '')}")
        first = page.locator("#result_list tbody th a, #result_list tbody td a").first
        form = str(first.get_attribute("href")).partition("?")[0]
        found.append(form)
    found += [form.replace("/change/", f"/{what}/") for what in ("history", "delete")]
    found.append(f"{prefix}/admin/events/event/add/")
    # Words in Russian change little of what is looked at.
    return found[::4] if prefix else found


@pytest.mark.parametrize("prefix", ["", "/ru"])
def test_pages_of_curators_are_accessible_and_fit(signed_in: Page, prefix: str) -> None:
    page = signed_in
    for number, path in enumerate(places(page, prefix)):
        scheme = ("light", "dark")[number % 2]
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # "light" or "dark"
        page.goto(path)
        assert barriers(page, RULES) == [], (path, scheme)
        assert overflow(page) <= 0, path
        page.set_viewport_size({"width": 375, "height": 900})
        assert overflow(page) <= 0, (path, 375)
        if path.removeprefix(prefix).count("/") > 4:  # no list, which have one look on a phone
            assert barriers(page, LOOKS) == [], (path, scheme, 375)
        page.set_viewport_size({"width": 1440, "height": 900})


@pytest.mark.parametrize("prefix", ["", "/ru"])
def test_page_to_sign_in_is_accessible(open_page: OpenPage, prefix: str) -> None:
    page = open_page(f"{prefix}/admin/login/", width=375, scheme="dark")
    assert barriers(page) == []


def test_selecting_in_the_stored_text_fills_the_fields(signed_in: Page) -> None:
    page = signed_in
    row_of(page, "sources/passage", "information")
    box, quote = page.locator("#passage-picker"), page.locator("#id_quote")
    expect(box).to_have_value(re.compile("Together with our CSTO allies"))
    before = quote.input_value()
    box.evaluate("box => { box.focus(); box.setSelectionRange(14, 17); }")
    expect(quote).to_have_value("our")
    expect(page.locator("#id_start")).to_have_value("14")
    expect(page.locator("#id_end")).to_have_value("17")
    assert before != "our"


def test_offsets_count_letters_whatever_the_browser_counts(signed_in: Page) -> None:
    page = signed_in
    page.goto("/admin/sources/source/add/")
    for name, value in {
        "slug": "letters",
        "publisher": "Agency",
        "language": "en",
        "text": "Two 😀😀 lines\nof text.",
    }.items():
        page.locator(f"#id_{name}").fill(value)
    page.locator("#id_kind").select_option("news")
    page.get_by_role("button", name="Save", exact=True).first.click()
    key = page.locator(".success a").get_attribute("href") or ""
    page.goto(f"/admin/sources/passage/add/?source={key.split('/')[-3]}")
    box = page.locator("#passage-picker")
    expect(box).to_have_value("Two 😀😀 lines\nof text.")
    box.evaluate("box => { box.focus(); box.setSelectionRange(9, 17); }")
    expect(page.locator("#id_quote")).to_have_value("lines\nof")
    expect(page.locator("#id_start")).to_have_value("7")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator(".success")).to_contain_text("letters 7–15")


def test_what_was_typed_stays_beside_what_stands_there(signed_in: Page) -> None:
    page = signed_in
    row_of(page, "sources/passage", "information")
    page.locator("#id_quote").fill("not there")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator(".field-quote .errorlist")).to_contain_text("the text reads")
    expect(page.locator("#passage-picker")).to_have_value(re.compile("Together"))
    expect(page.locator("#id_quote")).to_have_value("not there")
