"""What is fetched rather than sent: a personal calendar with alarms, and a personal feed."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from events.calendar import entry_of
from events.models import Event
from publishing.formats import atom, calendar
from publishing.problems import BadQuery
from reminders import clock, links
from reminders.items import items_of
from reminders.messages import subject_of
from reminders.models import Reminder, Subscription
from reminders.selections import filters_of
from reminders.timing import DAY

MOST_EVENTS = 1000
MOST_ENTRIES = 100


def calendar_of(subscription: Subscription) -> bytes:
    """The events that a subscription chooses, with alarms for those to come.

    An alarm of an event whose hour is not known rings at the subscriber's hour; an event that
    is not known to the day rings before the first day on which it may be.
    """
    with translation.override(subscription.language):
        rows = Event.objects.public().filter(
            period__startswith__isnull=False, period__endswith__isnull=False
        )
        try:
            chosen = filters_of(subscription.selection.query, rows).rows.order_by("-period", "pk")
        except BadQuery:
            chosen = rows.none()  # The page of the subscriber says what is wrong.
        return calendar.calendar(
            _("CSTO events"),
            links.address("calendar", subscription),
            [
                entry_of(event)._replace(alarms=_alarms(event, subscription))
                for event in chosen.defer("search")[:MOST_EVENTS]
            ],
        )


def _alarms(event: Event, subscription: Subscription) -> tuple[timedelta, ...]:
    if not subscription.wants_upcoming or event.status not in Event.PLANNED:
        return ()
    if event.start_time:
        return tuple(-timedelta(minutes=lead) for lead in subscription.leads)
    hour = timedelta(hours=subscription.hour)
    return tuple(hour - timedelta(minutes=lead) for lead in subscription.leads if lead % DAY == 0)


def feed_of(subscription: Subscription) -> bytes:
    """What became due for a subscription, newest first."""
    rows = list(
        subscription.reminders.filter(state=Reminder.State.SENT).order_by("-due_at", "-pk")[
            :MOST_ENTRIES
        ]
    )
    now = clock.now()
    with translation.override(subscription.language):
        entries = [
            atom.Entry(
                id=f"{settings.SITE_URL}/reminders/{row.pk}",
                title=subject_of([item], []),
                url=item.url,
                updated=row.due_at,
                published=row.due_at,
                summary="\n".join([item.when, *item.said]),
            )
            for row in rows
            for item in items_of([row], subscription, now)
        ]
        return atom.feed(
            title=_("Reminders of the CSTO Presidency Tracker"),
            address=links.address("feed", subscription),
            page=settings.SITE_URL + reverse("reminders:subscribe"),
            author=_("CSTO Presidency Tracker"),
            language=subscription.language,
            entries=entries,
        )
