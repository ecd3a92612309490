"""What is due becomes deliveries: one message for all that falls together."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from reminders.models import Reminder, Subscription
from reminders.timing import next_digest

BATCH = 2000
# Of what is only marked, so many at once.
MARKED = 20_000
_BUNDLER = 7_204_002  # advisory lock

_BUNDLE = """
    WITH first AS (
        SELECT r.subscription_id AS id, s.channel, s.host
        FROM reminders_reminder r JOIN reminders_subscription s ON s.id = r.subscription_id
        WHERE r.state = 'planned' AND r.due_at <= %(now)s AND s.channel IN ('email', 'webhook')
            AND s.confirmed_at IS NOT NULL AND s.disabled_at IS NULL
            AND (r.over_at IS NULL OR r.over_at > %(now)s)
        ORDER BY r.due_at, r.subscription_id LIMIT %(batch)s
    ), due AS (
        -- All that is due of each, so that no batch ends in the middle of a message.
        SELECT r.id, r.subscription_id, r.due_at, s.channel, s.host
        FROM (SELECT DISTINCT * FROM first) s
        JOIN reminders_reminder r ON r.subscription_id = s.id
        WHERE r.state = 'planned' AND r.due_at <= %(now)s
            AND (r.over_at IS NULL OR r.over_at > %(now)s)
    ), made AS (
        INSERT INTO reminders_delivery (id, kind, subscription_id, channel, host, state, due_at,
            attempt_at, failures, error)
        SELECT gen_random_uuid(), 'reminders', subscription_id, channel, host, 'waiting',
            min(due_at), %(now)s, 0, ''
        FROM due GROUP BY subscription_id, channel, host
        RETURNING id, subscription_id
    )
    UPDATE reminders_reminder r SET state = 'bundled', delivery_id = made.id
    FROM due JOIN made ON made.subscription_id = due.subscription_id
    WHERE r.id = due.id
"""


def bundle(now: datetime) -> int:
    """Put about BATCH due reminders into deliveries; returns how many it dealt with.

    0 as well while another process bundles: one at a time, so no subscriber gets two messages
    for what falls together.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_BUNDLER])
        if not cursor.fetchone()[0]:
            return 0
        due = Reminder.objects.filter(state=Reminder.State.PLANNED, due_at__lte=now)
        over = _mark(
            due.filter(over_at__lte=now),
            state=Reminder.State.DROPPED,
            reason=Reminder.Reason.OVER,
            settled_at=now,
        )
        digests = _start_digests(now)
        # A feed is fetched: an entry is in it from the moment that it is due.
        fetched = _mark(
            due.filter(
                Q(over_at=None) | Q(over_at__gt=now),
                subscription__channel=Subscription.Channel.FEED,
                subscription__disabled_at=None,
            ),
            state=Reminder.State.SENT,
            settled_at=now,
        )
        cursor.execute(_BUNDLE, {"now": now, "batch": BATCH})
        return over + digests + fetched + int(cursor.rowcount)


def _mark(rows: QuerySet[Reminder], **fields: Any) -> int:
    first = rows.order_by("due_at").values("pk")[:MARKED]
    return Reminder.objects.filter(pk__in=first).update(**fields)


def _start_digests(now: datetime) -> int:
    """Plan the digests that are due, one however many were missed, and set the next date; returns
    how many.
    """
    rows: list[Any] = list(Subscription.objects.active().filter(digest_due_at__lte=now)[:BATCH])
    Reminder.objects.bulk_create(
        [
            Reminder(
                subscription=row,
                kind=Reminder.Kind.DIGEST,
                subject="digest",
                occurrence=row.digest_due_at.astimezone(ZoneInfo(row.zone)).date().isoformat(),
                due_at=row.digest_due_at,
            )
            for row in rows
        ],
        ignore_conflicts=True,
    )
    for row in rows:
        row.digest_due_at = next_digest(row.digest, row.weekday, row.hour, row.zone, now)
    Subscription.objects.bulk_update(rows, ["digest_due_at"])
    return len(rows)
