"""Statements of filtered lists are kept by their shape: the values of one question stay its own."""

import pytest
from django.http import QueryDict

from events.filters import EventFilters
from events.models import Event
from members.filters import StateFilters
from members.models import State
from publishing import pagination
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
