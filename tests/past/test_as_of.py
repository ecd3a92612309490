"""`as_of` on one record: status, judgement and ties as they were on a day."""

from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from events.models import Event
from tests import factories as make
from tests.api.cases import CASES, Case

pytestmark = pytest.mark.django_db


def detail(client: Client, name: str, key: str, **query: str) -> Any:
    return client.get(reverse(f"api:{name}-detail", args=[key]), query)


def test_state_shows_what_had_begun(client: Client) -> None:
    state = make.state("AM")
    make.membership(state=state, since="2003-09-18", until="2024-02-22")
    make.membership(state=state, since="2024-02-22", status="participation-frozen")
    make.milestone(state=state, title="Early fact", date="2004")
    make.milestone(state=state, title="Late fact", date="2025-05-01")
    answer = detail(client, "states", "AM", as_of="2010-01-01").json()
    assert [row["status"] for row in answer["memberships"]] == ["member"]
    assert answer["asked"] == {"as_of": "2010-01-01", "recorded_at": None}
    whole = detail(client, "states", "AM").json()
    assert len(whole["memberships"]) == 2
    assert "asked" not in whole
    page = client.get(f"/states/{state.slug}/", {"as_of": "2010-01-01"}).content.decode()
    assert "As of 1 January 2010" in page
    assert ("Early fact" in page, "Late fact" in page) == (True, False)
    assert ("member-member" in page, "member-participation-frozen" in page) == (True, False)


def test_priority_shows_the_judgement_of_the_day_and_no_later_tie(client: Client) -> None:
    term = make.presidency(2026)
    priority = make.priority(presidency=term)
    first = make.assessment(priority=priority, as_of=date(2026, 2, 15), completion="limited")
    make.assessment(priority=priority, number=2, as_of=date(2026, 5, 1), completion="completed")
    later = make.lineage(earlier=priority, later=make.priority(presidency=make.presidency(2027)))
    for slug, day in (("before", "2026-02-01"), ("after", "2026-04-01")):
        make.contribution(priority=priority, event=make.event(slug=slug, date=day))
    answer = detail(client, "priorities", priority.key, as_of="2026-03-01").json()
    assert [row["key"] for row in answer["assessments"]] == [first.key]
    assert answer["taken_up_by"] == []
    asked = client.get(priority.get_absolute_url(), {"as_of": "2026-03-01"}).content.decode()
    assert 'href="/events/before/"' in asked
    assert 'href="/events/after/"' not in asked
    assert "completion-limited" in asked
    assert "completion-completed" not in asked
    assert later.later.get_absolute_url() not in asked
    plain = client.get(priority.get_absolute_url()).content.decode()
    assert 'href="/events/after/"' in plain
    assert later.later.get_absolute_url() in plain


def test_presidency_shows_its_standing_on_the_day(client: Client) -> None:
    term = make.presidency(2026)
    after = make.presidency(2027)
    priority = make.priority(presidency=term)
    make.assessment(priority=priority, as_of=date(2026, 2, 15), completion="limited")
    make.assessment(priority=priority, number=2, as_of=date(2026, 5, 1), completion="completed")
    make.claim(presidency=term, text="Everything is done.", date="2026-11-01")
    make.event(slug="late", date="2026-10-01")
    page = client.get(term.get_absolute_url(), {"as_of": "2026-03-01"}).content.decode()
    assert "day 60 of 365" in page
    assert "completion-limited" in page
    assert "Everything is done." not in page
    assert 'href="/events/late/"' not in page
    assert after.get_absolute_url() not in page
    plain = client.get(term.get_absolute_url()).content.decode()
    assert "Everything is done." in plain
    assert after.get_absolute_url() in plain


def test_a_day_before_the_term_is_refused(client: Client) -> None:
    term = make.presidency(2026)
    priority = make.priority(presidency=term)
    for address in (
        reverse("api:presidencies-detail", args=[term.key]),
        reverse("api:priorities-detail", args=[priority.key]),
        term.get_absolute_url(),
        priority.get_absolute_url(),
    ):
        answer = client.get(address, {"as_of": "2025-12-31"})
        assert answer.status_code == 400, address
        assert b"as_of" in answer.content
        assert client.get(address, {"as_of": "2026-01-01"}).status_code == 200
        assert client.get(address, {"as_of": "2026-13-01"}).status_code == 400


@pytest.mark.parametrize(("name", "case"), CASES.items(), ids=list(CASES))
def test_every_list_and_record_takes_a_day(client: Client, name: str, case: Case) -> None:
    key = case.make().key
    for address in (
        reverse(f"api:{name}-list"),
        reverse(f"api:{name}-detail", args=[key]),
        f"/{name}.csv",
        f"/{name}.atom",
    ):
        answer = client.get(address, {"as_of": "9998-01-01"})
        assert (answer.status_code, answer.headers["As-Of"]) == (200, "9998-01-01")
        for wrong in ("2026-13-01", "tomorrow"):
            refused = client.get(address, {"as_of": wrong, "recorded_at": "2999-01-01"})
            assert refused.status_code == 400
    asked = detail(client, name, key, as_of="9998-01-01")
    assert asked.json().pop("asked") == {"as_of": "9998-01-01", "recorded_at": None}
    assert "As-Of" not in detail(client, name, key).headers


@pytest.mark.django_db(transaction=True)
def test_lists_tell_nothing_later_in_any_format(client: Client) -> None:
    priority = make.priority(presidency=make.presidency(2026))
    make.assessment(priority=priority, as_of=date(2026, 2, 15), completion="limited")
    make.assessment(priority=priority, number=2, as_of=date(2026, 5, 1), completion="completed")
    query = {"as_of": "2026-03-01"}
    for address in (
        "/priorities/",
        f"/presidencies/{priority.presidency.slug}/priorities/",
        "/api/v1/priorities/",
        "/priorities.json",
        "/priorities.jsonl",
        "/priorities.csv",
        "/priorities.xlsx",
    ):
        answers = [client.get(address, asked) for asked in (query, {})]
        then, today = (b"".join(one) if one.streaming else one.content for one in answers)
        if address.endswith("xlsx"):
            then, today = (cells(one) for one in (then, today))
        assert (b"limited" in then, b"completed" in then) == (True, False), address
        assert b"completed" in today, address
        assert answers[0].headers["As-Of"] == "2026-03-01"
        if answers[0].headers["Content-Type"].startswith("text/html"):
            assert "As of 1 March 2026" in then.decode()


def cells(workbook: bytes) -> bytes:
    with ZipFile(BytesIO(workbook)) as parts:
        return b"".join(parts.read(name) for name in parts.namelist())


def test_records_that_had_not_begun_are_refused(client: Client) -> None:
    event = make.event(date="2026-06")
    source = make.source(date="2026-06-15")
    for address in (
        reverse("api:events-detail", args=[event.key]),
        reverse("api:sources-detail", args=[source.key]),
        event.get_absolute_url(),
        source.get_absolute_url(),
    ):
        assert client.get(address, {"as_of": "2026-06-15"}).status_code == 200, address
        answer = client.get(address, {"as_of": "2026-05-31"})
        assert (answer.status_code, b"as_of" in answer.content) == (400, True), address


def test_pages_of_bodies_and_sources_show_what_had_begun(client: Client) -> None:
    body, source = make.body(), make.source(date="2026-01-01")
    for slug, day in (("before", "2026-02-01"), ("after", "2026-04-01")):
        event = make.event(slug=slug, date=day, sources=[source])
        event.bodies.add(body)
    for row in (body, source):
        asked = client.get(row.get_absolute_url(), {"as_of": "2026-03-01"})
        page, plain = asked.content.decode(), client.get(row.get_absolute_url()).content.decode()
        assert "As of 1 March 2026" in page
        assert asked.headers["As-Of"] == "2026-03-01"
        for text, late in ((page, False), (plain, True)):
            assert 'href="/events/before/"' in text
            assert ('href="/events/after/"' in text) is late
    for name in ("members:bodies", "events:list"):
        listed = client.get(reverse(name), {"as_of": "2026-03-01"})
        assert "As of 1 March 2026" in listed.content.decode()
        assert listed.headers["As-Of"] == "2026-03-01"


def test_list_of_states_shows_the_status_of_the_day(client: Client) -> None:
    state = make.state(name="Uzbekistan")
    make.membership(state=state, since="1992-05-15", until="1999-04-02")
    names = {
        day: [row["name"] for label, rows in groups for row in rows if label == "Members"]
        for day in ("1995-01-01", "2005-01-01")
        for groups in [client.get("/states/", {"as_of": day}).context["groups"]]
    }
    assert names == {"1995-01-01": ["Uzbekistan"], "2005-01-01": []}


@pytest.mark.django_db(transaction=True)
def test_both_dates_are_told(client: Client) -> None:
    term = make.presidency(2026)
    then = now().isoformat()
    Event.objects.all().delete()
    query = {"as_of": "2026-03-01", "recorded_at": then}
    answer = detail(client, "presidencies", term.key, **query)
    asked = answer.json()["asked"]
    assert asked["as_of"] == "2026-03-01"
    assert asked["recorded_at"].startswith(then[:19])
    assert "Memento-Datetime" in answer.headers
    page = client.get(term.get_absolute_url(), query).content.decode()
    assert page.count('class="past-banner"') == 2
