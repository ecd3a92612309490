"""One sweep: plan what changed, bundle what is due, deliver. Any number may run at once."""

import logging
import math
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from publishing import code_version
from reminders import bundling, clock, curators, notices, planning, timing, upcoming
from reminders.delivery import Deliverer
from reminders.models import Change, Delivery, Departed, Reminder, Subscriber, Subscription, Sweep

log = logging.getLogger(__name__)

SECONDS = 50  # then the worker may do something else
SLICE_SECONDS = 5  # between looks at what has become due meanwhile
SILENCE = timedelta(minutes=3)
UNCONFIRMED_DAYS = 7
KEPT_DAYS = 90
UNFETCHED_DAYS, FORGOTTEN_DAYS = 30, 365  # of feeds and calendars that nobody fetches
CLEAN_AT_ONCE, CLEAN_SECONDS = 5000, 10


def sweep(seconds: float = SECONDS) -> bool:
    """Do all that is to be done, for at most about `seconds`; returns whether more is left."""
    until = time.monotonic() + seconds
    Sweep.objects.update_or_create(pk=1, defaults={"begun_at": clock.now()})
    note_release()
    apply_rules_of_zones()
    clean()
    try:
        curators.find_work(clock.now())
    except Exception:  # a fault in it must not keep reminders waiting
        log.exception("curators' work was not found")
    curators.plan(clock.now())
    with Deliverer() as deliverer:
        while True:
            try:
                prepare(SLICE_SECONDS)
            finally:  # a fault in planning must not hold up what is on its way
                left = min(SLICE_SECONDS, until - time.monotonic())
                more = deliverer.run(left) if left > 0 else True
            Sweep.objects.update(ended_at=clock.now())
            if time.monotonic() > until:
                return more
            if not more and not _is_waiting():
                return False


def prepare(seconds: float = math.inf) -> None:
    """Plan for all changes that are queued, then bundle all that is due.

    After `seconds` the rest is left for the next time, but of each something is done.
    """
    for work in (planning.plan_changes, bundling.bundle):
        until = time.monotonic() + seconds / 2
        while work(clock.now()) and time.monotonic() < until:
            continue


def backlog() -> int:
    """How many messages and reminders could be worked on now."""
    now = clock.now()
    waiting = Delivery.objects.filter(
        Q(lease_until=None) | Q(lease_until__lt=now), state="waiting", attempt_at__lte=now
    )
    return waiting.count() + Reminder.objects.filter(state="planned", due_at__lte=now).count()


def last() -> datetime | None:
    """When a sweep last came to its end."""
    return Sweep.objects.filter(pk=1).values_list("ended_at", flat=True).first()


def is_late() -> bool:
    """Whether nothing has swept for three minutes, so that nobody may be delivering."""
    ended = last()
    return ended is None or clock.now() - ended > SILENCE


def note_release() -> None:
    """Note when this code was first seen at work."""
    Sweep.objects.filter(pk=1).exclude(release=code_version()).update(
        release=code_version(), released_at=clock.now()
    )


@transaction.atomic
def apply_rules_of_zones() -> None:
    """Compute what is planned anew when this process knows other rules of zones than the last."""
    rules = timing.rules_of_zones()
    row = Sweep.objects.select_for_update().get(pk=1)
    if row.zones == rules:
        return
    upcoming.apply_rules_of_zones(clock.now())
    rows: Iterable[Any] = Subscription.objects.active().exclude(digest_due_at=None)
    for subscription in rows:
        due = timing.next_digest(
            subscription.digest,
            subscription.weekday,
            subscription.hour,
            subscription.zone,
            clock.now(),
        )
        if due != subscription.digest_due_at and subscription.digest_due_at > clock.now():
            subscription.digest_due_at = due
            subscription.save(update_fields=["digest_due_at"])
            notices.follow_digest(subscription, clock.now())
    row.zones = rules
    row.save(update_fields=["zones"])


def clean() -> None:
    """Once a day, forget what nobody uses: addresses that were never confirmed, feeds and
    calendars that nobody fetches, and what was settled long ago.

    Of the last so much as goes in a few seconds; the rest on the next days.
    """
    now = clock.now()
    if not Sweep.objects.filter(pk=1).exclude(cleaned_on=now.date()).update(cleaned_on=now.date()):
        return
    stale = now - timedelta(days=UNCONFIRMED_DAYS)
    Subscription.objects.filter(confirmed_at=None, created_at__lt=stale).delete()
    Subscription.objects.filter(
        Q(fetched_on=None, created_at__lt=now - timedelta(days=UNFETCHED_DAYS))
        | Q(fetched_on__lt=now.date() - timedelta(days=FORGOTTEN_DAYS)),
        channel__in=[Subscription.Channel.CALENDAR, Subscription.Channel.FEED],
    ).delete()
    Subscriber.objects.filter(subscriptions=None, created_at__lt=stale).delete()
    old = now - timedelta(days=KEPT_DAYS)
    Departed.objects.filter(day__lt=old.date()).delete()
    until = time.monotonic() + CLEAN_SECONDS
    for model in (Reminder, Delivery):  # a delivery takes its reminders with it
        rows: Any = model._default_manager.filter(settled_at__lt=old)
        while ids := list(rows.values_list("pk", flat=True)[:CLEAN_AT_ONCE]):
            rows.filter(pk__in=ids).delete()
            if time.monotonic() > until:
                return


def _is_waiting() -> bool:
    """Whether there is a change or a due reminder that came up during the sweep."""
    due = Reminder.objects.filter(
        state=Reminder.State.PLANNED,
        due_at__lte=clock.now(),
        subscription__confirmed_at__isnull=False,
        subscription__disabled_at=None,
    )
    return Change.objects.exists() or due.exists()
