"""The map of states and events."""

from math import hypot

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from csto_tracker.pages.map import outlines
from members.models import State
from tests import factories as make
from tests.pages.reading import Element, main_of, read

pytestmark = pytest.mark.django_db


def world(client: Client, query: str = "") -> Element:
    with time_machine.travel("2026-03-01", tick=False):
        return main_of(client.get(f"/map/{query}").content)


def countries(page: Element) -> dict[str, str]:
    """The class of each outline by what the link around it says."""
    return {
        link["aria-label"]: link.one("path")["class"]
        for link in page.one("svg", "map").all("a")
        if link.all("path")
    }


def armenia(**options: object) -> State:
    return make.state(
        code="AM",
        name="Armenia",
        slug="armenia",
        latitude="40.1872",
        longitude="44.5152",
        **options,
    )


def test_map_shows_the_status_of_each_state_on_a_day(client: Client) -> None:
    state = armenia()
    make.membership(state=state, status="party", since="1994-04-20", until="2003-09-18")
    make.membership(state=state, status="member", since="2003-09-18", until="2024-02-22")
    make.membership(
        state=state, status="participation-frozen", since="2024-02-22", disputed="Others deny it."
    )
    make.membership(state=make.state(code="GE", name="Georgia"), status="withdrawn", since="1999")
    make.state(code="UZ", name="Uzbekistan")
    assert countries(world(client)) == {
        "Armenia: Participation frozen, disputed": "country country-participation-frozen",
        "Georgia: No longer a party": "country country-withdrawn",
        "Uzbekistan: Status not recorded": "country country-none",
    }
    page = world(client, "?as_of=1994-06-01")
    assert countries(page)["Armenia: Party to the Treaty"] == "country country-party"
    assert page.texts("p", "lead")[0].startswith("The status of each state on 1 June 1994")
    assert page.all("table")[0].rows()[0] == [
        "Armenia",
        "Party to the Treaty",
        "20 April 1994",
        "The Secretariat",
    ]


def test_outlines_and_names_are_those_of_the_state(client: Client) -> None:
    armenia()
    drawing = world(client).one("svg", "map")
    assert drawing.one("path", "country")["d"] == outlines()["states"]["AM"]
    assert drawing.one("path", "disputed-area").texts("title") == ["Crimea: disputed"]
    assert drawing.texts("text", "country-name") == ["Armenia"]
    assert (drawing.one("circle", "capital")["cx"], drawing.one("circle", "capital")["cy"]) == (
        "134",
        "380",
    )


def test_a_small_state_is_not_covered_by_what_is_said_of_it(client: Client) -> None:
    armenia()
    make.event(country="AM")
    drawing = world(client).one("svg", "map")
    dot, circle = drawing.one("circle", "capital"), drawing.one("circle", "place")
    apart = [int(circle[name]) - int(dot[name]) for name in ("cx", "cy")]
    assert hypot(*apart) > int(circle["r"]) + 20
    line = drawing.one("path", "leader")["d"]
    assert line == f"M{dot['cx']} {dot['cy']}L{circle['cx']} {circle['cy']}"


def test_map_counts_events_by_country_and_opens_their_list(client: Client) -> None:
    armenia()
    for day in ("2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"):
        make.event(country="AM", date=day)
    make.event(country="US", date="2026-01-01")
    make.event()
    page = world(client)
    circle = page.one("svg", "map").all("a")[1]
    assert (circle["aria-label"], circle["href"]) == ("Armenia: 4 events", "/events/?country=AM")
    assert (circle.one("circle")["r"], circle.one("text").text) == ("10", "4")
    assert page.texts("li")[-2:] == ["Armenia: 4 events", "United States: 1 event"]
    page = world(client, "?as_of=2026-01-02")
    link = page.one("svg", "map").all("a")[1]
    assert (link["aria-label"], link["href"]) == (
        "Armenia: 2 events",
        "/events/?country=AM&as_of=2026-01-02",
    )
    assert len(main_of(client.get(link["href"]).content).all("p", "event-title")) == 2


def test_map_keeps_the_links_of_the_frame(client: Client) -> None:
    page = read(client.get("/map/").content)
    assert ("States", "/states/") in page.one("header").links()
    assert all(url for _text, url in page.links())


@pytest.mark.parametrize("query", ["?as_of=soon", "?colour=red"])
def test_map_refuses_what_it_does_not_know(client: Client, query: str) -> None:
    answer = client.get(f"/map/{query}")
    assert answer.status_code == 400
    (named,) = main_of(answer.content).one("dl", "errors").texts("dt")
    assert named == query[1:].partition("=")[0]


def test_map_keeps_drafts_to_itself(client: Client) -> None:
    make.state(code="AM", name="CANARY", is_published=False)
    make.event(country="AM", title="CANARY", is_published=False)
    assert "CANARY" not in client.get("/map/").content.decode()
    assert world(client).texts("p", "empty") == [
        "No state is recorded yet.",
        "No event with a country is recorded.",
    ]


def test_list_of_states_shows_the_same_map(client: Client) -> None:
    make.membership(state=armenia())
    with time_machine.travel("2026-03-01", tick=False):
        page = main_of(client.get("/states/").content)
    assert countries(page) == {"Armenia: Member": "country country-member"}
    assert page.one("svg", "map").all("circle", "place") == []
    assert ("The map on any day, with events", "/map/") in page.links()


@pytest.mark.parametrize("rows", [1, 3])
def test_map_costs_the_same_for_more_rows(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for code in ("AM", "GE", "UZ")[:rows]:
        make.membership(state=make.state(code=code))
        make.event(country=code)
    # Data version, states, their statuses, countries of events, data status.
    with django_assert_num_queries(5):
        world(client)
