"""The calendar of one month of events."""

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests import factories as make
from tests.pages.reading import Element, main_of

pytestmark = pytest.mark.django_db


def month(
    client: Client, query: str = "?month=2026-06", path: str = "/events/calendar/"
) -> Element:
    with time_machine.travel("2026-06-10", tick=False):
        return main_of(client.get(path + query).content)


def days(page: Element) -> dict[str, list[str]]:
    """What stands on each day that has something, by its date."""
    return {
        cell.one("time")["datetime"]: cell.texts("li")
        for cell in page.one("table", "month").all("td")
        if cell.all("li")
    }


def test_weeks_begin_on_monday_and_are_whole(client: Client) -> None:
    page = month(client)
    assert page.texts("h1") == ["Events: June 2026"]
    assert page.texts("th") == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    cells = page.one("table", "month").all("td")
    dates = [cell.one("time")["datetime"] for cell in cells]
    assert (dates[0], dates[-1], len(dates)) == ("2026-06-01", "2026-07-05", 35)
    assert [cell["class"].strip() for cell in cells].count("outside") == 5
    assert [cell.text for cell in cells if "now" in cell["class"]] == ["10 June 2026, today10"]


def test_months_are_named_in_the_language_of_the_page(client: Client) -> None:
    page = month(client, path="/ru/events/calendar/")
    assert page.texts("th")[0] == "Пн"
    assert page.one("nav", "months").links()[0][0] == "← май 2026 года"


def test_events_stand_on_their_days_and_uncertain_ones_above(client: Client) -> None:
    for title, day, status in [
        ("One", "2026-06-15", "announced"),
        ("Long", "2026-06-29/2026-07-01", "held"),
        ("Passed", "2026-06-09", "announced"),
        ("Some day", "2026-06", "announced"),
        ("About", "2026-06-20~", "held"),
        ("Season", "2026-22", "announced"),
        ("Weeks", "2026-06-01/2026-06-20", "held"),
        ("Endless", "2025-01/..", "ongoing"),
        ("July", "2026-07-03", "announced"),
        ("Other", "2026-08-01", "announced"),
        ("May", "2026-05", "announced"),
    ]:
        make.event(title=title, date=day, status=status)
    make.event(title="Timed", date="2026-06-16", start_time="10:00", time_zone="Asia/Bishkek")
    page = month(client)
    assert days(page) == {
        "2026-06-09": ["Passed Outcome not recorded"],
        "2026-06-15": ["One Announced"],
        "2026-06-16": ["Timed Held 10:00 (Asia/Bishkek)"],
        "2026-06-29": ["Long Held"],
        "2026-06-30": ["Long Held"],
        "2026-07-01": ["Long Held"],
        "2026-07-03": ["July Announced"],
    }
    assert page.one("ul", "vague").texts("li") == [
        "Ongoing Endless from January 2025",
        "Held Weeks 1–20 June 2026",
        "Announced Some day June 2026",
        "Announced Season summer 2026",
        "Held About about 20 June 2026",
    ]


def test_calendar_takes_the_filters_of_the_list_and_keeps_the_month(client: Client) -> None:
    make.event(title="Summit", date="2026-06-15")
    make.event(title="Drill", date="2026-06-15", kind="exercise")
    page = month(client, "?month=2026-06&kind=exercise")
    assert days(page) == {"2026-06-15": ["Drill Held"]}
    hidden = [(one["name"], one["value"]) for one in page.one("details", "filters").all("input")]
    assert ("month", "2026-06") in hidden
    chip = page.one("ul", "chips").all("a")[0]
    assert chip["href"] == "/events/calendar/?month=2026-06"
    assert page.one("nav", "months").links() == [
        ("← May 2026", "/events/calendar/?month=2026-05&kind=exercise"),
        ("This month", "/events/calendar/?month=2026-06&kind=exercise"),
        ("July 2026 →", "/events/calendar/?month=2026-07&kind=exercise"),
    ]
    assert page.one("nav", "views").links() == [
        ("List", "/events/?kind=exercise"),
        ("Calendar", "/events/calendar/?month=2026-06&kind=exercise"),
        ("Agenda", "/events/agenda/?kind=exercise"),
        ("Timeline", "/timeline/?kind=exercise"),
    ]


def test_calendar_without_a_month_shows_this_one(client: Client) -> None:
    page = month(client, "")
    assert page.texts("h1") == ["Events: June 2026"]
    assert page.texts("p", "empty") == ["No event of this month matches."]


def test_calendar_ends_where_years_end(client: Client) -> None:
    first = month(client, "?month=0002-01")
    last = month(client, "?month=9998-12")
    assert [text for text, _url in first.one("nav", "months").links()][-1] == "February 2 →"
    assert next(text for text, _url in last.one("nav", "months").links()) == "← November 9998"


@pytest.mark.parametrize(
    "query",
    ["?month=soon", "?month=2026-13", "?month=2026-06-01", "?month=0001-01", "?colour=red"],
)
def test_calendar_refuses_what_it_does_not_know(client: Client, query: str) -> None:
    answer = client.get(f"/events/calendar/{query}")
    assert answer.status_code == 400
    (named,) = main_of(answer.content).one("dl", "errors").texts("dt")
    assert named == query[1:].partition("=")[0]


def test_calendar_keeps_drafts_to_itself(client: Client) -> None:
    for day in ("2026-06-15", "2026-06"):
        make.event(title="CANARY", date=day, is_published=False)
    assert "CANARY" not in client.get("/events/calendar/?month=2026-06").content.decode()


@pytest.mark.parametrize("path", ["/events/", "/timeline/"])
def test_other_views_of_events_lead_to_the_calendar(client: Client, path: str) -> None:
    page = main_of(client.get(f"{path}?kind=exercise").content)
    assert ("Calendar", "/events/calendar/?kind=exercise") in page.one("nav", "views").links()


@pytest.mark.parametrize("rows", [1, 3])
def test_calendar_costs_the_same_for_more_rows(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for _ in range(rows):
        make.event(date="2026-06-15")
        make.event(date="2026-06")
    # Data version, choices of the form, events, data status.
    with django_assert_num_queries(4):
        month(client)
