"""Pages of states and bodies."""

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests import factories as make
from tests.pages.reading import Element, main_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_a_day")]


@pytest.fixture
def _on_a_day() -> object:
    with time_machine.travel("2026-03-01", tick=False):
        yield


def test_states_are_grouped_by_status_today_and_attribute_it(client: Client) -> None:
    armenia = make.state("AM", name="Armenia", slug="armenia")
    make.membership(state=armenia, since="2003-09-18", until="2024-02-22")
    make.membership(
        state=armenia,
        status="participation-frozen",
        since="2024-02-22",
        said_by="Its Prime Minister",
        disputed="Moscow says that no such status exists.",
    )
    georgia = make.state("GE", name="Georgia", slug="georgia")
    make.membership(state=georgia, status="withdrawn", since="1999-04-02")
    make.state("XX", name="Unknownia", slug="unknownia")
    page = main_of(client.get("/states/").content)
    assert page.texts("h2") == ["Members", "Not members today"]
    assert page.rows() == [
        ["Armenia", "Participation frozen disputed", "22 February 2024", "Its Prime Minister"],
        ["Georgia", "No longer a party", "2 April 1999", "The Secretariat"],
        ["Unknownia", "Not recorded", "—", "—"],
    ]


def test_list_of_states_without_any_says_so(client: Client) -> None:
    assert main_of(client.get("/states/").content).texts("div", "empty") == [
        "Nothing is recorded yet."
    ]


def test_state_in_russian_reads_in_russian(client: Client) -> None:
    state = make.state("AM", name="Armenia", name_ru="Армения", slug="armenia")
    make.membership(state=state, said_by="The Secretariat", said_by_ru="Секретариат")
    page = main_of(client.get("/ru/states/armenia/").content)
    assert page.texts("h1") == ["Армения"]
    assert page.texts("p", "when") == ["18 сентября 2003 года – сегодня"]
    assert page.one("ol", "history").texts("p")[2].endswith(": Секретариат.")


def test_state_shows_status_over_time_with_who_says_so_and_who_disputes_it(client: Client) -> None:
    state = make.state("AM", name="Armenia", slug="armenia")
    agency = make.source(publisher="Agency", title="Freeze", url="https://example.org/freeze")
    make.membership(state=state, since="2003-09-18", until="2024-02-22")
    make.membership(
        state=state,
        status="participation-frozen",
        since="2024-02-22",
        said_by="Its Prime Minister",
        disputed="Moscow says that no such status exists.",
        sources=[agency],
    )
    page = main_of(client.get("/states/armenia/").content)
    first, second = [
        item for item in page.all("ol", "history")[0].content if isinstance(item, Element)
    ]
    assert first.texts("p", "when") == ["18 September 2003 – 22 February 2024"]
    assert second.texts("p", "when") == ["22 February 2024 – today"]
    assert "Who says so: Its Prime Minister." in second.texts("p")
    assert second.one("div", "disputed").text == "Disputed. Moscow says that no such status exists."
    assert second.texts("ul", "sources") == ["Freeze, Agency, 1 January 2026 original: Freeze"]


def test_state_shows_milestones_in_order_and_what_has_not_happened_last(client: Client) -> None:
    state = make.state("AM", slug="armenia")
    make.milestone(state=state, slug="left", title="Formal withdrawal", date="", note="None yet.")
    make.milestone(state=state, slug="signed", title="Signed", date="1992-05-15")
    make.milestone(state=state, slug="charter", title="Charter signed", date="2002-10")
    page = main_of(client.get("/states/armenia/").content)
    facts = [item for item in page.all("li") if item["id"].startswith("milestone-")]
    assert [(fact["id"], fact.texts("p", "when")) for fact in facts] == [
        ("milestone-signed", ["15 May 1992"]),
        ("milestone-charter", ["October 2002"]),
        ("milestone-left", ["Has not happened, as far as sources say"]),
    ]
    assert "None yet." in facts[2].text


def test_state_shows_its_part_in_events_newest_first(client: Client) -> None:
    state = make.state("AM", slug="armenia")
    summit = make.event(slug="summit", title="Summit", date="2025-11-27")
    exercise = make.event(slug="exercise", title="Exercise", date="2026-02", status="announced")
    make.attendance(event=summit, state=state, role="absent", position="Did not sign.")
    make.attendance(event=exercise, state=state, role="host", level="Minister")
    make.event(title="Another")
    page = main_of(client.get("/states/armenia/").content)
    assert page.rows() == [
        ["February 2026", "Exercise", "Announced Outcome not recorded", "Host, Minister"],
        ["27 November 2025", "Summit", "Held", "Absent, as a source says: Did not sign."],
    ]


def test_state_without_anything_says_that_it_is_unknown(client: Client) -> None:
    make.state("AM", slug="armenia")
    page = main_of(client.get("/states/armenia/").content)
    assert page.texts("p", "empty") == [
        "No status is recorded.",
        "No legal fact is recorded.",
        "The record holds no presidency of this state.",
        (
            "No source in the record says that this state took part in an event; that is unknown,"
            " not absence."
        ),
        "No public source is recorded.",
    ]


def test_state_names_its_presidencies(client: Client) -> None:
    state = make.state("KG", slug="kyrgyzstan")
    make.presidency(2019, state=state, title="Kyrgyzstan 2019")
    make.presidency(2025, state=state, title="Kyrgyzstan 2025", motto="Together")
    make.presidency(2024)
    page = main_of(client.get("/states/kyrgyzstan/").content)
    assert [link for link in page.links() if "/presidencies/" in link[1]] == [
        ("Kyrgyzstan 2025", "/presidencies/presidency-2025/"),
        ("Kyrgyzstan 2019", "/presidencies/presidency-2019/"),
    ]
    assert "Kyrgyzstan 2025: “Together”" in page.texts("li")


def test_drafts_are_on_no_page_of_states(client: Client) -> None:
    state = make.state("AM", slug="armenia")
    draft = make.source(is_published=False, title="CANARY", publisher="CANARY")
    hidden = make.state("GE", slug="georgia", is_published=False, name="CANARY")
    make.membership(state=hidden, said_by="CANARY")
    make.membership(state=state, sources=[draft, make.source()])
    make.milestone(state=state, title="CANARY", is_published=False)
    make.milestone(state=state, sources=[draft])
    make.presidency(state=state, title="CANARY", is_published=False)
    make.attendance(state=state, event=make.event(title="CANARY", is_published=False))
    for path in ("/states/", "/states/armenia/", "/ru/states/", "/ru/states/armenia/"):
        assert "CANARY" not in client.get(path).content.decode()
    assert client.get("/states/georgia/").status_code == 404


def test_bodies_are_grouped_by_kind(client: Client) -> None:
    make.body(kind="force", name="Forces", number=2)
    make.body(kind="statutory", name="Council", abbreviation="C", number=1)
    make.body(name="CANARY", is_published=False)
    page = main_of(client.get("/bodies/").content)
    assert page.texts("h2") == ["Statutory body", "Force"]
    assert page.facts() == {"Council C": "Decides.", "Forces": "Decides."}


def test_body_shows_what_it_does_and_its_events(client: Client) -> None:
    body = make.body(
        slug="council", name="Council", established="2001?", established_note="Disputed"
    )
    event = make.event(slug="summit", title="Summit")
    event.body_links.create(body=body)
    make.event(slug="draft", title="CANARY", is_published=False).body_links.create(body=body)
    page = main_of(client.get("/bodies/council/").content)
    assert page.one("dl").facts() == {
        "Kind": "Statutory body",
        "Established": "2001 (uncertain) Disputed",
        "Confidence": "Seen in a named source",
    }
    assert page.texts("p", "event-title") == ["Summit"]
    assert "CANARY" not in page.text


def test_body_with_many_events_links_to_the_rest(client: Client) -> None:
    body = make.body(slug="council")
    for _ in range(21):
        make.event().body_links.create(body=body)
    page = main_of(client.get("/bodies/council/").content)
    assert len(page.texts("p", "event-title")) == 20
    assert ("All events of this body", "/events/?body=council") in page.links()


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_of_states_cost_the_same_for_more_rows(
    client: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    state, body = make.state("AM", slug="armenia"), make.body(slug="council")
    for number in range(rows):
        make.state()
        make.body()
        make.membership(state=state, since=f"{2000 + number}", until=f"{2001 + number}")
        make.milestone(state=state, date=f"{2000 + number}")
        make.presidency(state=state)
        event = make.event()
        make.attendance(state=state, event=event)
        make.contribution(event=event)
        event.body_links.create(body=body)
    # One of them is the data version for the ETag; the first page asks for the coverage too.
    for path, queries in (
        ("/states/", 5),
        ("/states/armenia/", 10),
        ("/bodies/", 3),
        ("/bodies/council/", 4),
    ):
        with django_assert_num_queries(queries):
            response = client.get(path)
        assert response.status_code == 200
        assert response.cookies == {}


@pytest.mark.parametrize("path", ["/states/nowhere/", "/bodies/nothing/", "/states/a%00b/"])
def test_unknown_state_or_body_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404
