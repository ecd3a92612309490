"""Signatures of events: an index tells which events cannot be meant, and loses none that is."""

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.http import QueryDict

from events.filters import EventFilters
from events.models import Attendance, Contribution, Event
from publishing.past import recorded_at
from publishing.version import current_version
from reminders.models import Change
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


def found(query: str) -> set[str]:
    rows = EventFilters(QueryDict(query), Event.objects.public()).rows
    return {event.slug for event in rows}


def test_whose_bits_are_the_same_are_told_apart() -> None:
    armenia = make.state("AM")
    belarus = make.state("BY", pk=armenia.pk + 20)
    with_armenia, with_belarus = make.event(), make.event()
    make.attendance(event=with_armenia, state=armenia)
    make.attendance(event=with_belarus, state=belarus)
    for event in (with_armenia, with_belarus):
        event.refresh_from_db()
    assert with_armenia.signature == with_belarus.signature > 0
    assert found("state=AM") == {with_armenia.slug}
    assert found("state=AM,BY") == {with_armenia.slug, with_belarus.slug}
    assert found("not_state=AM") == {with_belarus.slug}


def test_every_way_to_write_a_link_signs_the_event() -> None:
    state, priority = make.state("AM"), make.priority(slug="forces")
    key = f"{priority.presidency.slug}:forces"
    events = [make.event() for _ in range(4)]
    make.attendance(event=events[0], state=state)
    Attendance.objects.bulk_create([Attendance(event=events[1], state=state)])
    moved = make.attendance(event=events[2], state=make.state("BY"))
    Attendance.objects.filter(pk=moved.pk).update(state=state)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE events_attendance SET event_id = %s WHERE event_id = %s",
            [events[3].pk, events[1].pk],
        )
    assert found("state=AM") == {events[0].slug, events[2].slug, events[3].slug}
    make.contribution(event=events[0], priority=priority)
    Contribution.objects.bulk_create(
        [Contribution(event=events[1], priority=priority, relation="mentions", reason="So.")]
    )
    assert found(f"priority={key}") == {events[0].slug, events[1].slug}
    assert found(f"priority={key}&state=AM") == {events[0].slug}


def test_event_saved_as_it_was_read_before_keeps_its_bits() -> None:
    event, state = make.event(), make.state("AM")
    read_before = Event.objects.get(pk=event.pk)
    make.attendance(event=event, state=state)
    read_before.title = "Another title"
    read_before.save()
    assert found("state=AM") == {event.slug}


def test_signature_is_no_change_of_the_event() -> None:
    event, draft = make.event(), make.state("AM", is_published=False)
    event.refresh_from_db()
    before = current_version().number
    Change.objects.all().delete()
    with transaction.atomic():
        make.attendance(event=event, state=draft)
    again = Event.objects.get(pk=event.pk)
    assert again.signature > event.signature
    assert (again.changed_at, again.sequence) == (event.changed_at, event.sequence)
    assert event.history.count() == 1
    assert current_version().number == before
    # What is queued for reminders is the link.
    assert list(Change.objects.values_list("kind", "old", "new")) == [("event", None, None)]


def test_past_finds_what_was_linked_then() -> None:
    event, state = make.event(), make.state("AM")
    link = make.attendance(event=event, state=state)
    moment = datetime.now(UTC)
    link.delete()
    assert found("state=AM") == set()
    with recorded_at(moment):
        assert found("state=AM") == {event.slug}
