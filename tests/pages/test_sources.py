"""The list of sources and one source."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from sources.models import Check, CheckCitation, Remark, RemarkCitation, Source
from tests import factories as make
from tests.pages.reading import main_of

pytestmark = pytest.mark.django_db


def test_list_shows_what_is_known_of_each_source(client: Client) -> None:
    make.source(slug="b", title="Отчёт", language="ru", date="2025-11", extent="excerpt")
    make.source(slug="a", title="", date="", kind="statement", extent="whole", text="We will.")
    page = main_of(client.get("/sources/").content)
    assert page.rows() == [
        ["Untitled: Agency", "Agency", "—", "Statement", "English", "The whole text, text stored"],
        ["Отчёт", "Agency", "November 2025", "News report", "Russian", "An excerpt"],
    ]
    assert [(link.text, link["lang"], link["href"]) for link in page.one("tbody").all("a")] == [
        ("Untitled: Agency", "en", "/sources/a/"),
        ("Отчёт", "ru", "/sources/b/"),
    ]


def test_list_is_filtered_and_paged(client: Client) -> None:
    for number in range(5):
        make.source(slug=f"news-{number}", title=f"News {number}")
    make.source(slug="statement", kind="statement", title="Statement")
    path, seen = "/sources/?kind=news&page_size=2", []
    while path:
        page = main_of(client.get(path).content)
        seen += [row[0] for row in page.rows()]
        path = next((link["href"] for link in page.all("a") if link["rel"] == "next"), "")
    assert seen == [f"News {number}" for number in range(5)]


def test_bad_filter_is_a_400_page_that_names_the_parameter(client: Client) -> None:
    response = client.get("/sources/?kind=gossip&author=x")
    assert response.status_code == 400
    assert main_of(response.content).one("dl", "errors").texts("dt") == ["kind", "author"]


def test_empty_list_says_whether_filters_are_why(client: Client) -> None:
    page = main_of(client.get("/sources/").content)
    assert page.one("div", "empty").text == "Nothing is recorded yet."
    page = main_of(client.get("/sources/?q=nothing").content)
    assert page.one("div", "empty").links() == [("The whole list", "/sources/")]


def test_source_page_tells_what_is_known_of_it(client: Client) -> None:
    carrier = make.source(slug="article", title="Article", publisher="Paper")
    make.source(
        slug="statement",
        title="Statement",
        kind="statement",
        date="2026-01",
        date_note="As carried.",
        note="Found in an article.",
        carried_by=carrier,
        url="https://example.org/statement",
    )
    page = main_of(client.get("/sources/statement/").content)
    assert page.texts("h1") == ["Statement"]
    assert page.one("dl").facts() == {
        "Publisher": "Agency",
        "Published on": "January 2026 As carried.",
        "Kind": "Statement",
        "Language": "English",
        "How much was read": "An excerpt",
        "Original": "https://example.org/statement",
        "Found in": "Paper: Article",
        "Key": "statement",
    }
    assert page.one("div", "note").text == "Found in an article."
    assert page.texts("p", "empty") == ["Nothing public cites this source."]


def test_source_page_lists_everything_that_cites_it(client: Client) -> None:
    source = make.source(slug="agency", title="Report")
    state = make.state("AM", name="Armenia", slug="armenia")
    state.citations.create(source=source)
    make.membership(state=state, sources=[source])
    make.milestone(state=state, slug="treaty", title="Signed", date="1992-05-15", sources=[source])
    make.milestone(slug="charter", title="Charter signed", date="2002-10-07", sources=[source])
    body = make.body(name="Council", slug="council")
    body.citations.create(source=source)
    presidency = make.presidency(2025, title="Armenia 2025", slug="armenia-2025", sources=[source])
    priority = make.priority(
        presidency=presidency,
        slug="borders",
        title="Borders",
        sources=[source],
        title_ru_source=source,
    )
    make.event(slug="session", title="Session", date="2025-11-27", sources=[source])
    make.claim(slug="done", claimant="A minister", presidency=presidency, sources=[source])
    later = make.priority(presidency=make.presidency(2026), title="Borders again", slug="again")
    make.lineage(earlier=priority, later=later, source=source)
    checked = make.source(slug="statement", carried_by=source, title="Statement")
    check = Check.objects.create(source=checked, number=1, quote="We met.", verdict="confirmed")
    CheckCitation.objects.create(check_record=check, source=source)
    remark = Remark.objects.create(
        slug="gaps", kind="caveat", title="Gaps", text="There are gaps.", is_published=True
    )
    RemarkCitation.objects.create(remark=remark, source=source)
    page = main_of(client.get("/sources/agency/").content)
    assert page.texts("h3") == [
        "Priorities",
        "Russian wording of priorities",
        "Lineage of priorities",
        "Events",
        "Claims",
        "Presidencies",
        "States",
        "Status of states",
        "Legal facts of states",
        "Legal facts of the organisation",
        "Bodies",
        "Checks of other sources",
        "Remarks on the record",
        "Texts found in this source",
    ]
    about = reverse("site:about")
    at = page.all().index(page.by_id("citing"))
    cited = [(item.text, item.all("a")[0]["href"]) for item in page.all()[at:] if item.tag == "li"]
    assert cited == [
        ("Borders, Armenia 2025", "/presidencies/armenia-2025/priorities/borders/"),
        ("Borders, Armenia 2025", "/presidencies/armenia-2025/priorities/borders/"),
        ("Borders again, Continues", "/presidencies/presidency-2026/priorities/again/"),
        ("Session, 27 November 2025", "/events/session/"),
        ("A minister, 27 November 2025", "/presidencies/armenia-2025/#claim-done"),
        ("Armenia 2025", "/presidencies/armenia-2025/"),
        ("Armenia", "/states/armenia/"),
        ("Armenia, Member", "/states/armenia/#status"),
        ("Signed, 15 May 1992", "/states/armenia/#milestone-treaty"),
        ("Charter signed, 7 October 2002", f"{about}#milestone-charter"),
        ("Council", "/bodies/council/"),
        ("We met., Confirmed", "/sources/statement/#check-1"),
        ("Gaps", f"{about}#gaps"),
        ("Statement, Agency", "/sources/statement/"),
    ]


def test_stored_text_shows_overlapping_passages_and_their_priorities(client: Client) -> None:
    text = "We will deepen coordination.\nWe will hold exercises."
    source = make.source(slug="statement", kind="statement", text=text)
    presidency = make.presidency(2026, slug="russia-2026", statement=source)
    whole = make.passage(source=source, quote="We will deepen coordination.")
    inner = make.passage(source=source, quote="deepen coordination", kind="context")
    across = make.passage(source=source, quote="coordination.\nWe", kind="principle", title="Unity")
    for passage, title in ((whole, "Coordination"), (inner, "Depth")):
        make.priority(presidency=presidency, title=title).passage_links.create(passage=passage)
    page = main_of(client.get("/sources/statement/").content)
    stored = page.one("div", "stored-text")
    assert [part.text for part in stored.all("p")] == text.split("\n")
    assert [mark.text for mark in stored.all("mark")] == [
        "We will",
        "deepen",
        "coordination",
        ".",
        "We",
    ]
    assert [anchor["id"] for anchor in stored.all("span", "anchor")] == [
        whole.anchor,
        inner.anchor,
        across.anchor,
    ]
    assert [item.all("p")[0].text for item in page.one("ul", "passages").all("li")] == [
        "States a priority · Coordination",
        "Stands around a priority · Depth",
        "States a principle, not a priority: Unity",
    ]
    assert (
        "Read it with its priorities in the margin",
        "/presidencies/russia-2026/statement/",
    ) in (page.links())


def test_source_page_shows_how_it_was_checked(client: Client) -> None:
    source = make.source(slug="statement")
    check = Check.objects.create(
        source=source, number=1, quote="We met.", verdict="in-part", note="On another day."
    )
    CheckCitation.objects.create(check_record=check, source=make.source(title="Report"))
    page = main_of(client.get("/sources/statement/").content)
    found = page.by_id("check-1")
    assert found.texts("p", "when") == ["Confirmed in part"]
    assert found.texts("blockquote") == ["We met."]
    assert "On another day." in found.texts("p")
    assert found.all("ul", "sources")[0].texts("li")[0].startswith("Report, Agency")


def test_drafts_are_on_no_page_of_sources(client: Client) -> None:
    text = "We will deepen coordination."
    source = make.source(
        slug="statement",
        text=text,
        carried_by=make.source(title="CANARY", slug="canary", is_published=False),
    )
    hidden = make.presidency(1990, title="CANARY", is_published=False, statement=source)
    passage = make.passage(source=source, quote="deepen")
    for options in ({"is_published": False}, {"presidency": hidden}):
        priority = make.priority(title="CANARY", sources=[source], **options)
        priority.passage_links.create(passage=passage)
    make.event(title="CANARY", sources=[source], is_published=False)
    make.claim(claimant="CANARY", sources=[source], is_published=False)
    make.claim(claimant="CANARY", sources=[source], presidency=hidden)
    state = make.state("ZZ", name="CANARY", is_published=False)
    make.membership(state=state, sources=[source])
    make.milestone(state=state, title="CANARY", sources=[source])
    draft = make.source(title="CANARY", is_published=False, carried_by=source)
    check = Check.objects.create(source=draft, number=1, quote="CANARY", verdict="confirmed")
    CheckCitation.objects.create(check_record=check, source=source)
    for path in ("/sources/", "/sources/statement/", "/ru/sources/", "/ru/sources/statement/"):
        assert "canary" not in client.get(path).content.decode().lower()
    assert client.get("/sources/canary/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_of_sources_cost_the_same_for_more_rows(
    client: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    source = make.source(slug="statement", text="We will deepen coordination. We agree.")
    for number in range(rows):
        passage = make.passage(source=source, quote=["We", "will", "deepen"][number])
        make.priority(sources=[source]).passage_links.create(passage=passage)
        make.event(sources=[source])
        check = Check.objects.create(source=source, number=number, quote="We", verdict="confirmed")
        CheckCitation.objects.create(check_record=check, source=make.source())
    # The data version, the rows, the languages of the form, the data status of the footer.
    with django_assert_num_queries(4):
        response = client.get("/sources/")
    assert response.cookies == {}
    with django_assert_num_queries(8):
        response = client.get("/sources/statement/")
    assert response.cookies == {}


def test_unknown_source_is_not_found(client: Client) -> None:
    assert client.get("/sources/nothing/").status_code == 404


def test_long_list_of_citing_events_leads_to_the_rest(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("csto_tracker.pages.citations.MOST", 2)
    source = make.source(slug="agency")
    for number in range(3):
        make.event(title=f"Event {number}", date=f"2025-01-0{number + 1}", sources=[source])
    page = main_of(client.get("/sources/agency/").content)
    assert [text for text, url in page.links() if url.startswith("/events/event-")] == [
        "Event 2",
        "Event 1",
    ]
    assert ("All events that cite it", "/events/?source=agency") in page.links()
    assert Source.objects.get(slug="agency").events.count() == 3


def test_source_without_a_title_is_called_by_who_published_it_and_when(client: Client) -> None:
    source = make.source(slug="tass-1", title="", publisher="TASS", date="2026-01-06")
    make.event(slug="one", sources=[source])
    name = "Untitled: TASS, 6 January 2026"
    assert main_of(client.get("/sources/tass-1/").content).texts("h1") == [name]
    page = main_of(client.get("/sources/").content)
    assert (name, "/sources/tass-1/") in page.links()
    page = main_of(client.get("/events/one/").content)
    assert ("Untitled", "/sources/tass-1/") in page.links()
    assert "Без названия: TASS" in client.get("/ru/sources/tass-1/").content.decode()
