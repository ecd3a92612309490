"""Statements of filtered lists are kept by their shape: the values of one question stay its own."""

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from events.filters import EventFilters
from events.models import Event
from events.serializers import EventSerializer
from members.filters import StateFilters
from members.models import State
from publishing import pagination
from publishing.shape import row_text
from tests import factories as make


def asked(query: str) -> list[int]:
    filters = EventFilters(QueryDict(query), Event.objects.public())
    kept = pagination.page_of(filters, "pk", "test")
    assert kept == pagination.page_of(filters, "pk")
    return list(kept.rows)


@pytest.mark.django_db
def test_questions_of_one_shape_get_their_own_rows() -> None:
    rows = {}
    for code, day, title in [
        ("AM", "2026-01-05", "Учение Рубеж"),
        ("BY", "2026-02-05", "Саммит 100 % %s"),
    ]:
        state, priority = make.state(code), make.priority(slug=f"priority-{code.lower()}")
        rows[code] = make.event(date=day, title_ru=title, kind="summit", country=code)
        make.attendance(event=rows[code], state=state, role="participant")
        make.contribution(event=rows[code], priority=priority)
    first, second = rows["AM"], rows["BY"]
    before = len(pagination._kept)
    keys = {event.pk: event.contributions.get().priority.key for event in (first, second)}
    for query, other in [
        ("state=AM", "state=BY"),
        ("not_state=BY", "not_state=AM"),
        ("since=2026-01-01&until=2026-01-31", "since=2026-02-01&until=9999-12-31"),
        (f"priority={keys[first.pk]}", f"priority={keys[second.pk]}"),
        ("country=AM", "country=BY"),
        ("q=рубеж", "q=саммит 100 %25"),
        ("on=2026-01-05", "on=2026-02-05"),
        ("absent=AM&until=2026-01-31", "absent=BY&until=2026-01-31"),
    ]:
        expected = ([], []) if "absent" in query else ([first.pk], [second.pk])
        assert (query, asked(query), asked(other)) == (query, *expected)
    assert asked("state=AM,BY") == [second.pk, first.pk]
    # One statement for each shape, not one for each question.
    assert len(pagination._kept) - before == 9


@pytest.mark.django_db(transaction=True)  # in a transaction nothing is prepared
def test_what_the_rows_of_a_page_say_is_planned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pagination, "_kept_values", {})
    for country in ("AM", *["KG"] * 40):
        make.event(country=country)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE events_event")
    for _ in range(10):  # PostgreSQL makes five plans before it keeps one
        filters = EventFilters(QueryDict("country=AM"), Event.objects.public())
        assert len(pagination.page_of(filters, row_text(EventSerializer), "test").rows) == 1
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT custom_plans, generic_plans FROM pg_prepared_statements WHERE name = %s",
            [pagination._kept_values["test"].name],
        )
        assert cursor.fetchone() == (5, 5)


@pytest.mark.django_db
def test_question_that_depends_on_the_day_is_not_kept() -> None:
    for query, filters in [
        ("status=member", StateFilters(QueryDict("status=member"), State.objects.public())),
        ("awaiting_outcome=true", EventFilters(QueryDict("awaiting_outcome=true"), Event.objects)),
    ]:
        assert filters.shape is None, query


@pytest.mark.django_db
def test_kept_statements_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pagination, "_kept", {})
    monkeypatch.setattr(pagination, "MOST_KEPT", 3)
    for number in range(1, 8):
        asked(f"country={','.join(['AM'] * number)}")
    assert len(pagination._kept) <= 3


@pytest.mark.django_db(transaction=True)
def test_key_is_looked_up_once_while_the_data_stay(client: Client) -> None:
    before = now().isoformat()
    state = make.state("KG")
    make.attendance(event=make.event(), state=state)
    path = "/api/v1/events/?state=KG"
    first = client.get(path)
    with CaptureQueriesContext(connection) as queries:
        again = client.get(path)
    assert again.json() == first.json()
    assert len(again.json()["results"]) == 1
    assert len(queries) == 3  # the data version, which rows there are, what they say
    state.is_published = False
    state.save()
    assert client.get(path).status_code == 400
    state.is_published = True
    state.save()
    assert client.get(path).json() == first.json()
    assert client.get(path, {"state": "KG", "recorded_at": before}).status_code == 400
