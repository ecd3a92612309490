"""The outbox: claim a delivery with a lease, and settle it with the lease's own token.

A process that dies leaves leases that run out, and others take over. Only the holder of a token
can settle, so a sender that was slow changes nothing that another has done since.
"""

import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from reminders.models import Delivery, Reminder, Subscription
from reminders.outcome import Outcome, Result, pause

LEASE = timedelta(seconds=45)
# What is claimed and not begun yet: of a process that died, others take it over this soon.
RESERVED = timedelta(seconds=5)
# Of all processes together: under way, and ended within a second.
CALLS_PER_HOST, CALLS_A_SECOND = 2, 10
HOST_PAUSE = timedelta(seconds=60)
DEAD_IN_A_ROW = 3  # deliveries given up after which a subscription is switched off
_CLAIMER = 7_204_003  # advisory lock

# A lease further ahead than any that is given comes from a clock that has jumped back since.
_FREE = "(lease_until IS NULL OR lease_until < %(now)s OR lease_until > %(far)s)"
_MAILS = f"""
    SELECT id FROM reminders_delivery
    WHERE state = 'waiting' AND channel = 'email' AND attempt_at <= %(now)s AND {_FREE}
    ORDER BY failures, attempt_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
"""
_CALLS = f"""
    SELECT d.id FROM reminders_delivery d JOIN (
        SELECT id, row_number() OVER (PARTITION BY host ORDER BY failures, attempt_at) AS place
        FROM reminders_delivery
        WHERE state = 'waiting' AND channel = 'webhook' AND attempt_at <= %(now)s AND {_FREE}
    ) f ON f.id = d.id AND f.place <= %(per_host)s
    CROSS JOIN LATERAL (
        SELECT count(*) AS calls FROM reminders_delivery b WHERE b.host = d.host
            AND b.state = 'waiting' AND b.channel = 'webhook'
            AND b.lease_until BETWEEN %(now)s AND %(far)s
    ) busy
    CROSS JOIN LATERAL (
        SELECT count(*) AS calls FROM reminders_delivery e WHERE e.host = d.host
            AND e.channel = 'webhook' AND e.settled_at > %(now)s - interval '1 second'
    ) ended
    WHERE f.place <= %(per_host)s - busy.calls
        AND f.place <= %(a_second)s - busy.calls - ended.calls
    ORDER BY d.failures, d.attempt_at LIMIT %(most)s FOR UPDATE OF d SKIP LOCKED
"""
_CLAIM = """
    UPDATE reminders_delivery SET lease_token = %(token)s, lease_until = %(until)s
    WHERE id IN ({which}) RETURNING id
"""
# These two are done once for each mail, so each is one statement.
_RENEW = """
    UPDATE reminders_delivery SET lease_until = clock_timestamp() + %(lease)s
    WHERE id = %(id)s AND lease_token = %(token)s AND state = 'waiting'
"""
_SENT = """
    WITH done AS (
        UPDATE reminders_delivery SET state = 'sent', settled_at = %(now)s, error = '',
            lease_token = NULL, lease_until = NULL
        WHERE id = %(id)s AND lease_token = %(token)s AND state = 'waiting' RETURNING id
    ), told AS (
        UPDATE reminders_reminder SET state = 'sent', reason = '', settled_at = %(now)s
        WHERE delivery_id IN (SELECT id FROM done)
    )
    SELECT count(*) FROM done
"""


@dataclass(slots=True)
class Held:
    """A delivery that this process holds, and since when its lease runs."""

    delivery: Delivery
    token: uuid.UUID
    renewed: float


def claim(channel: str, most: int, now: datetime) -> list[Held]:
    """Take at most `most` deliveries that are due and that nobody holds.

    Mails, which are sent one after the other, are only RESERVED: `renew` each when its turn comes.
    """
    token = uuid.uuid4()
    is_mail = channel == Subscription.Channel.EMAIL
    parameters: dict[str, Any] = {
        "token": token,
        "now": now,
        "until": now + (RESERVED if is_mail else LEASE),
        "far": now + 2 * LEASE,
        "most": most,
        "per_host": CALLS_PER_HOST,
        "a_second": CALLS_A_SECOND,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        if not is_mail:  # counting calls per host needs one claimer at a time
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CLAIMER])
        statement = _CLAIM.format(which=_MAILS if is_mail else _CALLS)
        cursor.execute(statement, parameters)
        ids = [row[0] for row in cursor.fetchall()]
        # It may have waited for long: what is over by now is not said any more.
        Reminder.objects.filter(delivery__in=ids, over_at__lte=now, state="bundled").update(
            state=Reminder.State.DROPPED,
            reason=Reminder.Reason.OVER,
            settled_at=now,
            delivery=None,
        )
    rows = (
        Delivery.objects.filter(pk__in=ids, lease_token=token)
        .select_related("subscription__subscriber", "subscription__selection", "curator")
        .prefetch_related("reminders")
        .order_by("failures", "attempt_at")
    )
    renewed = time.monotonic()
    return [Held(row, token, renewed) for row in rows]


def calls_wait(now: datetime) -> bool:
    """Whether a webhook is due that nobody holds: its host has had enough for the moment."""
    rows = Delivery.objects.filter(channel=Subscription.Channel.WEBHOOK, attempt_at__lte=now)
    return bool(rows.filter(_free(now), state=Delivery.State.WAITING).exists())


def renew(held: Held) -> bool:
    """Begin or extend a lease; False when it ran out and another process has the delivery."""
    held.renewed = time.monotonic()
    with connection.cursor() as cursor:
        parameters: dict[str, Any] = {"id": held.delivery.pk, "token": held.token, "lease": LEASE}
        cursor.execute(_RENEW, parameters)
        return bool(cursor.rowcount)


def settle(held: Held, outcome: Outcome, now: datetime) -> bool:
    """Write down what came of an attempt; False, and nothing written, without the lease."""
    if outcome.result is Result.SENT:
        return _settle_sent(held, now)
    return _settle_failed(held, outcome, now)


def _settle_sent(held: Held, now: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_SENT, {"id": held.delivery.pk, "token": held.token, "now": now})
        is_settled = cursor.fetchone()[0] == 1
    if is_settled and held.delivery.host and held.delivery.failures:
        # One that had failed got through after its own pause, so the others need not wait longer.
        Delivery.objects.filter(
            channel=Subscription.Channel.WEBHOOK,
            failures=0,
            attempt_at__gt=now,
            host=held.delivery.host,
            state=Delivery.State.WAITING,
        ).update(attempt_at=now)
    return is_settled


@transaction.atomic
def _settle_failed(held: Held, outcome: Outcome, now: datetime) -> bool:
    row = (
        Delivery.objects.select_for_update()
        .filter(pk=held.delivery.pk, lease_token=held.token, state=Delivery.State.WAITING)
        .first()
    )
    if row is None:
        return False
    row.lease_token = row.lease_until = None
    row.error = outcome.error
    match outcome.result:
        case Result.REFUSED | Result.GONE:
            row.failures += 1
            _give_up(row, outcome, now)
        case Result.RETRY | Result.UNREACHABLE:
            row.failures += 1
            _postpone(row, outcome, now)
    row.save()
    return True


def drop(held: Held, now: datetime) -> bool:
    """Settle a delivery that has nothing left to say."""
    with transaction.atomic():
        rows = Delivery.objects.filter(pk=held.delivery.pk, lease_token=held.token)
        fields = {"state": Delivery.State.DROPPED, "settled_at": now, "lease_token": None}
        if not rows.update(**fields, lease_until=None):
            return False
        Reminder.objects.filter(delivery=held.delivery).update(
            state=Reminder.State.DROPPED, reason=Reminder.Reason.EMPTY, settled_at=now
        )
    return True


def release(held: Held, now: datetime, error: str) -> None:
    """Give a delivery back untried, for when the way out is closed to all of them."""
    Delivery.objects.filter(pk=held.delivery.pk, lease_token=held.token).update(
        lease_token=None,
        lease_until=None,
        attempt_at=now + HOST_PAUSE / 2,
        error=error[:500],
    )


def take_out(reminders: QuerySet[Reminder], reason: Reminder.Reason, now: datetime) -> int:
    """Drop those of `reminders` that are in messages which nobody is sending now."""
    bundled = reminders.filter(state=Reminder.State.BUNDLED)
    with transaction.atomic():
        waiting = Delivery.objects.filter(
            _free(now), state="waiting", pk__in=bundled.values("delivery")
        )
        ids = list(waiting.select_for_update(skip_locked=True).values_list("pk", flat=True))
        return bundled.filter(delivery__in=ids).update(
            state=Reminder.State.DROPPED, reason=reason, settled_at=now, delivery=None
        )


def _free(now: datetime) -> Q:
    return Q(lease_until=None) | Q(lease_until__lt=now) | Q(lease_until__gt=now + 2 * LEASE)


def _postpone(row: Delivery, outcome: Outcome, now: datetime) -> None:
    wait_for = pause(row.failures)
    if wait_for is None:
        _give_up(row, outcome, now)
        return
    row.attempt_at = now + max(wait_for, timedelta(seconds=outcome.retry_after))
    if outcome.result is Result.UNREACHABLE and row.host:
        until = now + max(HOST_PAUSE, timedelta(seconds=outcome.retry_after))
        Delivery.objects.filter(
            host=row.host, state=Delivery.State.WAITING, lease_token=None, attempt_at__lt=until
        ).exclude(pk=row.pk).update(attempt_at=until)


def _give_up(row: Delivery, outcome: Outcome, now: datetime) -> None:
    """A dead letter. A receiver that is gone, or refuses again and again, is left alone."""
    row.state, row.settled_at = Delivery.State.DEAD, now
    row.reminders.update(state=Reminder.State.DROPPED, reason=Reminder.Reason.DEAD, settled_at=now)
    if row.subscription is None:
        return
    gone = outcome.result is Result.GONE
    last = Delivery.objects.filter(subscription=row.subscription).exclude(pk=row.pk)
    states = list(
        last.filter(settled_at__isnull=False)
        .order_by("-settled_at")
        .values_list("state", flat=True)[: DEAD_IN_A_ROW - 1]
    )
    if gone or states == [Delivery.State.DEAD] * (DEAD_IN_A_ROW - 1):
        Subscription.objects.filter(pk=row.subscription.pk, disabled_at=None).update(
            disabled_at=now, disabled_reason=outcome.error[:200]
        )
        Reminder.objects.filter(subscription=row.subscription, state="planned").update(
            state=Reminder.State.DROPPED, reason=Reminder.Reason.DEAD, settled_at=now
        )
