"""The record as it stood at a moment: random histories replayed against snapshots."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.serializers import serialize
from django.db import connection, transaction
from django.utils.timezone import now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.models import Attendance, Contribution, Event, EventBody, EventCitation
from publishing.fields import Signature
from publishing.past import recorded_at
from sources.models import Source
from tests import factories as make

MODELS = [Event, EventCitation, EventBody, Attendance, Contribution, Source]


def snapshot() -> str:
    """All public content of the models under test, drafts excluded; signatures are no content."""
    rows = {}
    for model in MODELS:
        found = model.objects.order_by("pk")
        rows[model.__name__] = serialize(
            "json",
            found.public() if hasattr(found, "public") else found,
            fields=[one.name for one in model._meta.fields if not isinstance(one, Signature)],
        )
    return json.dumps(rows)


def moment() -> datetime:
    """The database's own clock, after everything that was committed so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def test_recorded_at_shows_deleted_and_withdrawn_and_renamed_rows(
    transactional_db: None,
) -> None:
    gone, hidden, renamed = make.event(), make.event(), make.event(title="Old")
    then, before = moment(), snapshot()
    gone.delete()
    Event.objects.filter(pk=hidden.pk).update(is_published=False)
    Event.objects.filter(pk=renamed.pk).update(title="New")
    after = snapshot()
    with recorded_at(then):
        assert snapshot() == before
    assert snapshot() == after


def test_recorded_at_computes_dates_and_search_again(transactional_db: None) -> None:
    event = make.event(date="2026-06", title="Rubezh exercise")
    then = moment()
    Event.objects.filter(pk=event.pk).update(date="2026-09-01", title="Other")
    with recorded_at(then):
        row = Event.objects.get(search="rubezh")
    assert (row.period.lower.isoformat(), row.period.upper.isoformat()) == (
        "2026-06-01",
        "2026-07-01",
    )


def test_recorded_at_before_the_first_record_is_empty(transactional_db: None) -> None:
    make.event()
    with recorded_at(now() - timedelta(days=1)):
        assert list(Event.objects.all()) == []


def test_recorded_at_refuses_to_write(transactional_db: None) -> None:
    from django.db.utils import InternalError

    source = make.source()
    with pytest.raises(InternalError), recorded_at(moment()):
        connection.cursor().execute("DELETE FROM public.sources_source WHERE id = %s", [source.pk])


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["create", "draft", "publish", "withdraw", "rename", "bulk", "raw", "delete", "attend",
             "unattend", "cite"]
        ),
        st.integers(0, 5),
    ),
    min_size=3,
    max_size=12,
)  # fmt: skip


def apply(step: str, number: int, fixed: dict[str, Any]) -> None:
    """One change to the record; nothing happens when there is nothing to change."""
    events = list(Event.objects.order_by("pk"))
    event = events[number % len(events)] if events else None
    if step in {"create", "draft"}:
        make.event(is_published=step == "create", sources=[fixed["source"]])
    elif event is None:
        return
    elif step in {"publish", "withdraw"}:
        Event.objects.filter(pk=event.pk).update(is_published=step == "publish")
    elif step == "rename":
        event.title = f"Переименовано {number}"
        event.save()
    elif step == "bulk":
        Event.objects.update(summary=f"Bulk {number}")
    elif step == "raw":
        with connection.cursor() as cursor:
            cursor.execute("UPDATE events_event SET status = 'cancelled' WHERE id = %s", [event.pk])
    elif step == "delete":
        event.delete()
    elif step == "attend":
        Attendance.objects.get_or_create(event=event, state=fixed["state"])
    elif step == "unattend":
        Attendance.objects.filter(event=event).delete()
    elif step == "cite":
        EventCitation.objects.get_or_create(event=event, source=fixed["other"])


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_random_histories_replay_as_they_were(steps: Any, transactional_db: None) -> None:
    with transaction.atomic():
        fixed = {"source": make.source(), "other": make.source(), "state": make.state()}
    taken = [(moment(), snapshot())]
    for step, number in steps:
        with transaction.atomic():
            apply(step, number, fixed)
        taken.append((moment(), snapshot()))
    for then, expected in taken:
        with recorded_at(then):
            assert snapshot() == expected
