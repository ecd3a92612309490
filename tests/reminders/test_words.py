"""What messages say: each thing once, what comes first first, and no digest without news."""

from datetime import timedelta
from typing import Any

import pytest

from assessments.models import Evidence
from events.models import Event
from reminders import clock, sweep
from reminders.items import Item, coming, items_of
from reminders.messages import NothingToSay, Writer
from reminders.models import Delivery, Reminder, Subscription
from tests import factories as make
from tests.reminders.conftest import due_events, subscription

pytestmark = pytest.mark.django_db(transaction=True)


def day(ahead: int) -> str:
    return (clock.now() + timedelta(days=ahead)).date().isoformat()


def items(row: Subscription) -> list[Item]:
    return items_of(list(row.reminders.order_by("due_at", "pk")), row, clock.now())


def mail_of(row: Subscription, *, digest: bool = False) -> Any:
    """The mail of all that is planned for a subscription."""
    delivery = Delivery.objects.create(subscription=row, channel="email")
    if digest:
        Reminder.objects.create(
            subscription=row, kind="digest", subject="digest", due_at=clock.now()
        )
    row.reminders.update(delivery=delivery)
    return Writer().write(delivery, clock.now())


def test_leads_that_fall_together_say_one_thing() -> None:
    row = subscription(wants_changes=False, leads=[1440, 10080])
    due_events()
    (item,) = items(row)
    assert row.reminders.count() == 2
    assert item.lines == ["In 30 days."]


def test_what_takes_place_first_stands_first() -> None:
    row = subscription(wants_upcoming=False)
    later = make.event(status="announced", date=day(40))
    sooner = make.event(status="announced", date=day(20))
    sweep.prepare()
    assert [item.key for item in items(row)] == [sooner.slug, later.slug]


def test_event_known_by_month_says_that_the_day_is_not_known() -> None:
    row = subscription(wants_changes=False)
    year = clock.now().year + 1
    due_events(date=f"{year}-12")
    (item,) = items(row)
    assert item.lines[0].endswith(" days at the earliest: the day is not known.")


def test_digest_says_nothing_twice() -> None:
    row = subscription(digest="weekly", wants_upcoming=False)
    told = make.event(status="announced", date=day(3))
    sweep.prepare()
    body = mail_of(row, digest=True).body
    assert body.count(told.title) == 1
    assert "Coming events" not in body


def test_what_runs_for_years_is_no_reason_for_a_digest_of_its_own() -> None:
    row = subscription(digest="daily", wants_changes=False)
    year = clock.now().year
    event = make.event(status="ongoing", date=f"{year - 2}/{year + 3}")
    assert [item.key for item in coming(row, clock.now())] == [event.slug]
    with pytest.raises(NothingToSay):
        mail_of(row, digest=True)
    make.event(status="announced", date=day(3))
    assert event.title in mail_of(row).body


def test_event_that_was_called_off_and_is_to_take_place_after_all_is_told() -> None:
    row = subscription(wants_upcoming=False)
    event = make.event(status="cancelled", date=day(40))
    sweep.prepare()
    row.reminders.all().delete()
    Event.objects.filter(pk=event.pk).update(status="confirmed")
    sweep.prepare()
    assert [item.lines for item in items(row)] == [["It is to take place after all."]]


def test_assessment_says_what_was_before_and_its_sources() -> None:
    row = subscription(wants_assessments=True, wants_changes=False, wants_upcoming=False)
    priority = make.priority()
    contribution = make.contribution(priority=priority)
    make.assessment(priority=priority, completion="limited")
    sweep.prepare()
    row.reminders.all().delete()
    later = make.assessment(priority=priority, completion="substantial", is_published=False)
    Evidence.objects.create(assessment=later, contribution=contribution)
    type(later).objects.filter(pk=later.pk).update(is_published=True)
    sweep.prepare()
    (item,) = items(row)
    assert item.lines == ["The assessment changed: Substantial (before: Limited)."]
    assert [link.url for link in item.sources] == [contribution.event.sources.get().url]
    assert item.place == priority.presidency.title
    for text in (mail_of(row).body, mail_of(row).alternatives[0].content):
        assert later.rationale in text
        assert item.sources[0].url in text


def test_wording_of_a_date_stands_on_a_line_of_its_own() -> None:
    row = subscription(wants_changes=False)
    due_events(date_note="the last week of the year")
    assert "\n  On the date: the last week of the year\n" in mail_of(row).body
