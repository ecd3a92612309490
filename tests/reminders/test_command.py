"""`manage.py reminders`: what is due, a test, and why."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from events.models import Event
from reminders import clock, sweep
from reminders.models import Delivery, Subscription
from tests import factories as make
from tests.reminders.conftest import subscription

pytestmark = pytest.mark.django_db


def output(*arguments: str) -> str:
    out = StringIO()
    call_command("reminders", *arguments, stdout=out)
    return out.getvalue()


def coming(ahead: int = 40) -> Event:
    day = (clock.now() + timedelta(days=ahead)).date()
    return make.event(status="announced", date=day.isoformat())


def test_due_lists_what_comes_within_the_days_asked_for() -> None:
    subscription(wants_changes=False)
    event = coming(40)
    sweep.prepare()
    assert f"event:{event.pk}" not in output("due")
    assert f"event:{event.pk}" in output("due", "--days", "60")


def test_test_is_sent_to_active_subscriptions_only() -> None:
    row = subscription()
    off = subscription("b@example.org", disabled_at=clock.now())
    assert output("test", "reader@example.org") == (
        f"subscription {row.pk}: a test is on its way\n"
    )
    assert output("test", str(off.pk)) == f"subscription {off.pk}: not active, nothing sent\n"
    assert Delivery.objects.count() == 1


def test_why_names_each_reason() -> None:
    row = subscription(wants_changes=False)
    other = subscription("b@example.org", query="kind=exercise", disabled_at=clock.now())
    event = coming(40)
    sweep.prepare()
    assert "minutes before: 1440" in output("why", "reader@example.org", event.slug)
    said = output("why", "b@example.org", event.slug)
    assert f"subscription {other.pk}: switched off" in said
    assert "the filter does not choose the event" in said
    Event.objects.filter(pk=event.pk).update(status="cancelled")
    sweep.prepare()
    said = output("why", str(row.pk), event.slug)
    assert "event with this status: Cancelled" in said
    assert "Dropped (The event is not planned any more)" in said
    Event.objects.filter(pk=event.pk).update(is_published=False)
    assert "the event is a draft" in output("why", str(row.pk), event.slug)


def test_why_says_what_is_fetched_and_what_waits_to_be_planned() -> None:
    subscription("", channel="calendar")
    row = Subscription.objects.get()
    event = coming(40)
    said = output("why", str(row.pk), event.slug)
    assert "a calendar is fetched: nothing is sent, its alarms ring in the calendar program" in said
    assert "a change of the event waits to be planned for" in said
    sweep.prepare()
    assert "waits to be planned for" not in output("why", str(row.pk), event.slug)


def test_unknown_address_and_event_are_refused() -> None:
    subscription()
    with pytest.raises(CommandError, match="Nobody subscribes as"):
        output("why", "nobody@example.org", coming().slug)
    with pytest.raises(CommandError, match="There is no event"):
        output("why", "reader@example.org", "none")


def test_each_part_speaks_russian() -> None:
    row = subscription()
    event = coming(40)
    sweep.prepare()
    russian = ("--language", "ru")
    for said in (
        output("due", "--days", "60", *russian),
        output("why", str(row.pk), event.slug, *russian),
        output("test", str(row.pk), *russian),
        output("sweep", *russian),
    ):
        assert re.search("[а-я]", said)
        assert not re.search(r"\b(is|was|the|due|before|subscription|swept)\b", said), said
    with pytest.raises(CommandError, match="Подписок"):
        output("test", "nobody@example.org", *russian)


def test_sweep_from_the_command_line_sweeps() -> None:
    assert output("sweep") == "swept\n"
    assert not sweep.is_late()
