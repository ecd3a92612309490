"""The last days that a calendar has, and other values on which pages have stumbled."""

import pytest
from django.test import Client

from tests import factories as make
from tests.pages.reading import main_of

pytestmark = pytest.mark.django_db
PAGES = [
    *("/", "/events/", "/ru/events/", "/events/calendar/", "/events/agenda/", "/timeline/"),
    *("/sources/", "/priorities/", "/assessments/", "/matrix/", "/matrix.json", "/compare/"),
    *("/map/", "/states/", "/search/", "/changes/", "/embed/timeline.svg", "/api/v1/events/"),
]


@pytest.mark.parametrize("day", ["9999-12-31", "9999-12-30", "0001-01-01"])
@pytest.mark.parametrize("page", PAGES)
def test_no_day_of_the_calendar_is_too_much(client: Client, page: str, day: str) -> None:
    make.presidency(2026)
    make.event(date="2026-03-01")
    for name in ("as_of", "since", "until", "on"):
        answer = client.get(page, {name: day})
        assert answer.status_code in {200, 400}, (name, answer.content[:300])


def test_the_end_of_the_calendar_is_no_end(client: Client) -> None:
    make.event(title="Summit", date="2026-03-01")
    page = main_of(client.get("/events/?until=9999-12-31&since=2026-01-01").content)
    assert page.texts("p", "event-title") == ["Summit"]


@pytest.mark.parametrize("query", ["since=2026-6-1", "on=15.06.2026", "as_of=soon", "kind=party"])
def test_calendar_refuses_what_the_list_refuses(client: Client, query: str) -> None:
    answer = client.get(f"/events/calendar/?{query}")
    assert answer.status_code == 400
    assert main_of(answer.content).one("dl", "errors").texts("dt") == [query.partition("=")[0]]


@pytest.mark.parametrize("path", ["/data/%00/", "/data/2026.02/%00", "/data/%00/a.csv"])
def test_null_character_in_an_address_names_nothing(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404
