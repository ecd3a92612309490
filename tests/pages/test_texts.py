"""The methodology and the page about the data."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from members.models import Milestone
from sources.models import RemarkCitation
from tests import factories as make
from tests.pages.reading import Element, main_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("path", "title"), [("", "Methodology"), ("/ru", "Методология")])
def test_methodology_is_read_with_its_sections(client: Client, path: str, title: str) -> None:
    page = main_of(client.get(f"{path}/methodology/").content)
    assert page.texts("h1") == [title]
    text = page.one("div", "prose")
    assert page.one("ol", "toc").links() == [(one.text, f"#{one['id']}") for one in text.all("h2")]
    assert len(text.all("h2")) == 12
    assert len(text.rows()) == 7
    assert {one["href"].partition(":")[0] for one in text.all("a")} == {"http", "https"}


def test_both_languages_of_the_methodology_have_the_same_parts(client: Client) -> None:
    def shape(path: str) -> list[str]:
        text = main_of(client.get(path).content).one("div", "prose")
        return [one.tag for one in text.all() if one.tag in {"h2", "h3", "table", "tr", "ul", "li"}]

    assert shape("/methodology/") == shape("/ru/methodology/")


def sections(page: Element) -> list[str]:
    return page.texts("h2")


def test_about_orders_what_a_reader_must_know(client: Client) -> None:
    make.remark(kind="method", title="Offsets", number=1)
    make.remark(kind="caveat", title="Second", number=2)
    make.remark(kind="caveat", title="First", number=1, slug="first", text="One.\n\nTwo.")
    coverage = make.remark(kind="coverage", title="Range", date="2026-02-15")
    make.remark(kind="organisation", title="Seat", number=1)
    source = make.source(publisher="Agency", title="Report", url="", date="")
    RemarkCitation.objects.create(remark=coverage, source=source)
    page = main_of(client.get("/about/").content)
    assert sections(page) == [
        "Coverage",
        "Caveats",
        "Method",
        "What was checked",
        "The organization",
        "Licence and attribution",
    ]
    assert page.texts("h3") == ["Range", "First", "Second", "Offsets", "Seat"]
    assert page.by_id("first").texts("p") == ["One.", "Two."]
    assert page.by_id(coverage.slug).texts("li") == ["Report, Agency"]
    assert page.one("p", "lead").text == (
        "The record covers events up to 15 February 2026. What a reader must know before relying"
        " on it stands below."
    )


def test_about_shows_checks_and_milestones_of_the_organisation(client: Client) -> None:
    source = make.source(slug="article", publisher="Agency", title="Article")
    make.check(source=source, number=3, quote="It took over.", verdict="in-part", note="In May.")
    make.milestone(title="In force", date="1994-04-20", slug="in-force")
    make.milestone(title="Signed", date="1992-05-15", slug="signed")
    make.milestone(title="Of a state", state=make.state())
    page = main_of(client.get("/about/").content)
    checks, milestones = page.all("ol", "history")
    assert checks.texts("li") == ["Confirmed in part It took over. In May. Agency: Article"]
    assert checks.links() == [("Agency: Article", "/sources/article/#check-3")]
    assert [one.texts("p")[:2] for one in milestones.all("li") if one["id"]] == [
        ["15 May 1992", "Signed"],
        ["20 April 1994", "In force"],
    ]
    assert page.by_id("milestone-in-force").tag == "li"


def test_about_says_how_to_cite_the_state_of_the_record(client: Client) -> None:
    text = main_of(client.get("/about/").content).one("p", "note").text
    assert text.startswith("CSTO Presidency Tracker, http")
    assert ", data version " in text


def test_drafts_are_not_on_the_page_about_the_data(client: Client) -> None:
    hidden = {"is_published": False}
    make.remark(title="CANARY", text="CANARY", **hidden)
    make.milestone(title="CANARY", **hidden)
    source = make.source(title="CANARY", **hidden)
    make.check(source=source, quote="CANARY")
    RemarkCitation.objects.create(remark=make.remark(), source=source)
    assert Milestone.objects.count() == 1
    for path in ("/about/", "/ru/about/"):
        assert "canary" not in client.get(path).content.decode().lower()


@pytest.mark.parametrize("rows", [1, 3])
def test_about_costs_the_same_for_more_rows(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for _ in range(rows):
        RemarkCitation.objects.create(remark=make.remark(), source=make.source())
        make.check()
        make.milestone()
    # Data version for the ETag; remarks, milestones, and the sources of each; checks; data status.
    with django_assert_num_queries(7):
        client.get("/about/")
