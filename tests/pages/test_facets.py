"""What a list of events can be narrowed to, with counts that are right and bounded."""

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from events import facets
from tests import factories as make
from tests.pages.reading import main_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _events() -> None:
    """Two exercises and a summit; Russia in all, Belarus in one exercise, absent from the other."""
    russia, belarus = make.state("RU", name="Russia"), make.state("BY", name="Belarus")
    for number, (kind, status) in enumerate(
        [("exercise", "held"), ("exercise", "announced"), ("summit", "held")]
    ):
        event = make.event(kind=kind, status=status, date=f"202{number}")
        make.attendance(event=event, state=russia)
        if kind == "exercise":
            make.attendance(event=event, state=belarus, role=("participant", "absent")[number])
    make.event(kind="summit", status="held", is_published=False)


def shown(client: Client, query: str) -> dict[str, list[tuple[str, str]]]:
    nav = main_of(client.get(f"/events/{query}").content).one("nav", "facets")
    return {line.one("b").text: line.links() for line in nav.all("p")}


def test_each_choice_says_how_many_events_it_leaves(client: Client) -> None:
    assert shown(client, "") == {
        "Kind:": [("Exercise 2", "/events/?kind=exercise"), ("Summit 1", "/events/?kind=summit")],
        "Status:": [
            ("Held 2", "/events/?status=held"),
            ("Announced 1", "/events/?status=announced"),
        ],
        "Took part:": [("Russia 3", "/events/?state=RU"), ("Belarus 1", "/events/?state=BY")],
    }


def test_facet_counts_what_the_other_filters_leave(client: Client) -> None:
    assert shown(client, "?kind=exercise&state=BY&page_size=10&cursor=") == {
        "Kind:": [("Exercise 1", "/events/?state=BY&page_size=10")],
        "Status:": [("Held 1", "/events/?status=held&kind=exercise&state=BY&page_size=10")],
        "Took part:": [
            ("Russia 2", "/events/?state=RU&kind=exercise&page_size=10"),
            ("Belarus 1", "/events/?kind=exercise&page_size=10"),
        ],
    }


@pytest.mark.parametrize(
    "query",
    ["", "?state=RU", "?kind=exercise&status=held", "?q=event", "?kind=summit&not_state=BY"],
)
def test_choice_leads_to_as_many_events_as_it_says(client: Client, query: str) -> None:
    for name, links in shown(client, query).items():
        own = {"Kind:": "kind=", "Status:": "status=", "Took part:": "state="}[name]
        for text, url in links:
            if own not in query.replace("not_", "") or own in url:  # else it is taken back
                events = main_of(client.get(url).content).all("li", "event")
                assert len(events) == int(text.split()[-1])


def test_too_many_events_are_not_counted(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    facets._counts_at.cache_clear()
    monkeypatch.setattr(facets, "MOST", 2)
    page = main_of(client.get("/events/").content).one("nav", "facets")
    assert "Kind: More than" in page.texts("p")[0]
    assert page.all("a") == []
    facets._counts_at.cache_clear()
    assert shown(client, "?kind=exercise")["Status:"] == [
        ("Announced 1", "/events/?status=announced&kind=exercise"),
        ("Held 1", "/events/?status=held&kind=exercise"),
    ]
    facets._counts_at.cache_clear()


def test_counts_are_asked_once_for_a_data_version(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = shown(client, "?kind=exercise")
    with django_assert_num_queries(3):  # the data version, which events, and the events
        again = shown(client, "?kind=exercise&ordering=date")
    assert [text for text, _ in again["Took part:"]] == [text for text, _ in first["Took part:"]]


@pytest.mark.django_db(transaction=True)  # the data version rises on commit
def test_counts_follow_the_record(client: Client) -> None:
    assert shown(client, "")["Kind:"][0][0] == "Exercise 2"
    make.event(kind="exercise")
    assert shown(client, "")["Kind:"][0][0] == "Exercise 3"


@pytest.mark.django_db(transaction=True)
def test_form_offers_the_states_of_the_record_and_of_its_past(client: Client) -> None:
    def offered(query: str = "") -> list[str]:
        page = main_of(client.get(f"/events/{query}").content)
        return [one.text for one in page.by_id("filter-state").all("option")]

    assert offered() == ["Any", "Belarus", "Russia"]
    moment = timezone.now().isoformat().replace("+00:00", "Z")
    make.state("AM", name="Armenia")
    assert offered() == ["Any", "Armenia", "Belarus", "Russia"]
    assert offered(f"?recorded_at={moment}") == ["Any", "Belarus", "Russia"]


def test_counts_of_what_is_coming_follow_the_day(client: Client) -> None:
    make.event(kind="exercise", status="announced", date="2026-03-02")
    with time_machine.travel("2026-03-02", tick=False):
        assert shown(client, "?upcoming=true")["Kind:"][0][0] == "Exercise 1"
    with time_machine.travel("2026-03-03", tick=False):
        assert "Kind:" not in shown(client, "?upcoming=true&page_size=20")


def test_past_has_counts_of_its_own(client: Client) -> None:
    assert "Kind:" not in shown(client, "?recorded_at=2020-01-01T00:00:00Z&status=held")
