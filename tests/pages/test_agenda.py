"""The agenda: what may still come and what is past, by month and day."""

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from csto_tracker.pages import agenda
from tests import factories as make
from tests.pages.reading import Element, main_of

pytestmark = pytest.mark.django_db


def page_of(client: Client, query: str = "", path: str = "/events/agenda/") -> Element:
    with time_machine.travel("2026-06-10", tick=False):
        return main_of(client.get(path + query).content)


def shown(page: Element) -> list[tuple[str, list[list[str]]]]:
    """What stands under each heading of a month: when, and what."""
    headings = page.texts("h3")
    lists = page.all("ol", "agenda")
    return [
        (heading, [[item.text for item in event.all("p")[:2]] for event in months.all("li")])
        for heading, months in zip(headings, lists, strict=True)
    ]


def test_coming_events_stand_before_past_ones_and_days_before_windows(client: Client) -> None:
    for title, day, status in [
        ("Autumn", "2026-23", "announced"),
        ("July", "2026-07", "announced"),
        ("Second", "2026-07-15", "confirmed"),
        ("First", "2026-07-15", "announced"),
        ("Days", "2026-07-30/2026-08-02", "announced"),
        ("Programme", "2025/2029", "ongoing"),
        ("Today", "2026-06-10", "announced"),
        ("Cancelled", "2026-08-01", "cancelled"),
        ("Passed", "2026-06-09", "announced"),
        ("Held", "2026", "held"),
        ("About", "2026-05-20~", "held"),
        ("Old", "2025-05-01", "held"),
    ]:
        make.event(title=title, date=day, status=status)
    page = page_of(client)
    assert page.texts("h2") == ["What may still come", "What is past"]
    assert shown(page) == [
        (
            "Under way, or due any day",
            [["Wed, 10 June", "Today"], ["2025–2029", "Programme"]],
        ),
        (
            "July 2026",
            [
                ["Wed, 15 July", "Second"],
                ["Wed, 15 July", "First"],
                ["July 2026 day not known", "July"],
                ["30 July – 2 August 2026", "Days"],
            ],
        ),
        ("August 2026", [["Sat, 1 August", "Cancelled"]]),
        ("Autumn 2026", [["autumn 2026 day not known", "Autumn"]]),
        ("June 2026", [["Tue, 9 June", "Passed"]]),
        ("May 2026", [["about 20 May 2026", "About"]]),
        ("2026", [["2026 day not known", "Held"]]),
        ("May 2025", [["Thu, 1 May", "Old"]]),
    ]
    assert [one["class"].strip() for one in page.all("li", "event")].count("event again") == 1


def test_russian_agenda_has_its_own_cases(client: Client) -> None:
    make.event(title_ru="Учение", date="2026-08-01", status="announced")
    assert shown(page_of(client, path="/ru/events/agenda/")) == [
        ("Август 2026 года", [["Сб, 1 августа", "Учение"]])
    ]


def test_agenda_takes_the_filters_of_the_list_but_has_an_order_of_its_own(client: Client) -> None:
    make.event(title="Drill", date="2026-05-15", kind="exercise")
    make.event(title="Older drill", date="2026-05-01", kind="exercise")
    make.event(title="Summit", date="2026-05-20", kind="summit")
    page = page_of(client, "?kind=exercise&ordering=date")
    assert page.texts("p", "event-title") == ["Drill", "Older drill"]
    assert page.texts("p", "empty") == ["Nothing that matches is announced for a later day."]
    assert page.one("ul", "chips").all("a")[0]["href"] == "/events/agenda/"
    assert client.get("/events/agenda/?colour=red").status_code == 400


def test_past_goes_on_page_by_page_without_what_comes(client: Client) -> None:
    make.event(title="Next", date="2026-08-01", status="announced")
    for month in ("05", "04", "03"):
        make.event(title=month, date=f"2026-{month}-01")
    first = page_of(client, "?page_size=2")
    assert first.texts("p", "event-title") == ["Next", "05", "04"]
    (onwards,) = first.one("nav", "pager").links()
    second = page_of(client, path=onwards[1])
    assert second.texts("p", "event-title") == ["03"]
    assert second.texts("h2") == ["What is past"]
    assert ("To what may still come", "?page_size=2") in second.links()


def test_more_than_a_page_of_coming_events_leads_to_the_list(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agenda, "MOST_COMING", 1)
    for day in ("2026-08-01", "2026-08-02"):
        make.event(title=day, date=day, status="announced", kind="exercise")
    page = page_of(client, "?kind=exercise")
    assert page.texts("p", "event-title") == ["2026-08-01"]
    rest = "/events/?kind=exercise&upcoming=true&ordering=date"
    assert ("All that is announced, as a list", rest) in page.links()


def test_agenda_costs_the_same_for_any_number_of_events(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(1, 20):
        make.event(date=f"2026-05-{number:02}")
        make.event(date=f"2026-07-{number:02}", status="announced")
    with django_assert_max_num_queries(6):
        page_of(client)


def test_agenda_of_a_day_parts_what_may_come_after_it(client: Client) -> None:
    make.event(title="Over by now", date="2026-01/2026-03", status="announced")
    make.event(title="Over by then", date="2026-01-10", status="announced")
    make.event(title="Not begun", date="2026-07-01", status="announced")
    page = page_of(client, "?as_of=2026-02-15")
    assert [[what for _when, what in events] for _heading, events in shown(page)] == [
        ["Over by now"],
        ["Over by then"],
    ]
    assert page.texts("h2") == ["What may still come", "What is past"]
