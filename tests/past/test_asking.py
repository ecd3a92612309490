"""The past through the front door: recorded_at, as_of, the log of changes, tombstones."""

from datetime import date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from assessments.models import Assessment
from events.models import Event
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


def moment() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def keys(client: Client, name: str, **query: str) -> list[str]:
    answer = client.get(reverse(f"api:{name}-list"), query).json()
    return [row["key"] for row in answer["results"]]


def test_list_detail_and_page_show_what_the_site_said_then(client: Client) -> None:
    event = make.event(slug="one", title="Old title")
    then = moment().isoformat()
    Event.objects.filter(pk=event.pk).update(title="New title", is_published=False)
    address = reverse("api:events-detail", args=["one"])
    answer = client.get(address, {"recorded_at": then})
    page = client.get("/events/one/", {"recorded_at": then})
    assert answer.json()["title"] == "Old title"
    assert "Memento-Datetime" in answer.headers
    assert (page.status_code, "Old title" in page.content.decode()) == (200, True)
    assert keys(client, "events", recorded_at=then) == ["one"]
    assert client.get(address).status_code == 410


@pytest.mark.parametrize("text", ["2999-01-01", "yesterday", "2026-13-01"])
@pytest.mark.parametrize("address", ["/events/", "/api/v1/events/", "/events.csv"])
def test_wrong_or_future_moment_is_refused_by_name(client: Client, text: str, address: str) -> None:
    answer = client.get(address, {"recorded_at": text})
    assert answer.status_code == 400
    assert b"recorded_at" in answer.content


def test_as_of_shows_the_status_and_the_judgement_of_that_day(client: Client) -> None:
    state = make.state("AM")
    make.membership(state=state, since="2003-09-18", until="2024-02-22")
    make.membership(state=state, since="2024-02-22", status="participation-frozen")
    first = make.assessment(as_of=date(2026, 2, 15))
    second = make.assessment(priority=first.priority, as_of=date(2026, 5, 1))
    assert keys(client, "memberships", as_of="2010-01-01") == ["AM:2003-09-18"]
    assert keys(client, "assessments", as_of="2026-03-01") == [first.key]
    assert keys(client, "assessments", as_of="2026-06-01") == [second.key]


def test_as_of_and_recorded_at_work_together(client: Client) -> None:
    first = make.assessment(as_of=date(2026, 2, 15))
    then = moment().isoformat()
    Assessment.objects.create(
        priority=first.priority, number=2, as_of=date(2026, 2, 16), completion="completed",
        rationale="Later.", assessed_by="A coder", is_published=True,
    )  # fmt: skip
    assert keys(client, "assessments", as_of="2026-03-01", recorded_at=then) == [first.key]
    assert keys(client, "assessments", as_of="2026-03-01") == [f"{first.priority.key}:2"]


def test_log_says_what_became_public_and_what_left(client: Client) -> None:
    draft = make.event(slug="one", title="Working title", is_published=False)
    Event.objects.filter(pk=draft.pk).update(title="Public title", is_published=True)
    Event.objects.filter(pk=draft.pk).update(title="Better title")
    Event.objects.filter(pk=draft.pk).update(title="Secret title", is_published=False)
    Event.objects.filter(pk=draft.pk).update(title="More secret")
    answer = client.get(reverse("api:changes-list"), {"list": "events", "ordering": "changed"})
    found = [(row["change"], row["record"], row["title"]) for row in answer.json()["results"]]
    assert found == [
        ("published", "one", "Public title"),
        ("changed", "one", "Better title"),
        ("withdrawn", "one", "Better title"),
    ]


def test_log_lists_a_deleted_record_and_its_address_says_gone(client: Client) -> None:
    event = make.event(slug="one")
    event.delete()
    answer = client.get(reverse("api:changes-list"), {"record": "one", "change": "deleted"})
    assert [row["record"] for row in answer.json()["results"]] == ["one"]
    assert client.get(reverse("api:events-detail", args=["one"])).status_code == 410
    assert client.get("/events/one/").status_code == 410
    assert client.get("/events/never/").status_code == 404


PAGES = [
    "/",
    "/ru/",
    "/presidencies/",
    "/priorities/",
    "/events/",
    "/states/",
    "/bodies/",
    "/sources/",
    "/timeline/",
    "/matrix/",
    "/compare/",
    "/map/",
    "/changes/",
    "/search/?q=one",
    "/feeds/",
    "/methodology/",
    "/about/",
    "/events.ics",
    "/events.xlsx",
    "/search.csv?q=one",
]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_answers_from_the_past(client: Client, page: str) -> None:
    make.event(slug="one", title="One")
    make.priority(presidency=make.presidency())
    then = moment().isoformat()
    address = f"{page}{'&' if '?' in page else '?'}recorded_at={then.replace('+', '%2B')}"
    answer = client.get(address)
    assert answer.status_code == 200
    assert "Memento-Datetime" in answer.headers


def test_log_and_tombstones_are_those_of_the_moment(client: Client) -> None:
    before = moment().isoformat()
    event = make.event(slug="one")
    public = moment().isoformat()
    Event.objects.filter(pk=event.pk).update(is_published=False)
    assert keys(client, "changes", list="events", recorded_at=before) == []
    assert len(keys(client, "changes", list="events", recorded_at=public)) == 1
    assert len(keys(client, "changes", list="events")) == 2
    for address in ("/events/one/", reverse("api:events-detail", args=["one"])):
        assert client.get(address, {"recorded_at": before}).status_code == 404
        assert client.get(address, {"recorded_at": public}).status_code == 200
        assert client.get(address).status_code == 410
