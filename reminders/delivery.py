"""The outbox: claim a delivery with a lease, send it, settle it with the lease's own token.

A process that dies leaves leases that run out, and others take over. Only the holder of a token
can settle, so a sender that was slow changes nothing that another has done since.
"""

import logging
import time
import uuid
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from reminders import clock, webhook
from reminders.mail import Mailer
from reminders.messages import Message, NothingToSay, message_of
from reminders.models import Delivery, Reminder, Subscription
from reminders.outcome import Outcome, Result, pause

T = TypeVar("T")
log = logging.getLogger(__name__)

LEASE = timedelta(seconds=45)
RENEW_SECONDS = 10
# Claimed at once and sent one after the other. What a process that dies has claimed waits for
# its lease to end, so few.
MAILS_AT_ONCE = 5
CALLS_AT_ONCE = 8  # webhooks under way in one process
LOOK_SECONDS = 0.25  # between looks for webhooks, while mails go out one by one
CALLS_PER_HOST = 2  # under way in all processes together
HOST_PAUSE = timedelta(seconds=60)
SETTLE_SECONDS = 30  # how long to insist on settling, less than the lease
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
    ) f ON f.id = d.id
    WHERE f.place <= %(per_host)s - (
        SELECT count(*) FROM reminders_delivery b WHERE b.host = d.host AND b.state = 'waiting'
            AND b.channel = 'webhook' AND b.lease_until BETWEEN %(now)s AND %(far)s)
    ORDER BY d.failures, d.attempt_at LIMIT %(most)s FOR UPDATE OF d SKIP LOCKED
"""
_CLAIM = """
    UPDATE reminders_delivery SET lease_token = %(token)s, lease_until = %(until)s
    WHERE id IN ({which}) RETURNING id
"""


@dataclass(slots=True)
class Held:
    """A delivery that this process holds, and since when its lease runs."""

    delivery: Delivery
    token: uuid.UUID
    renewed: float


def claim(channel: str, most: int, now: datetime) -> list[Held]:
    """Take at most `most` deliveries that are due and that nobody holds."""
    token = uuid.uuid4()
    parameters: dict[str, Any] = {
        "token": token,
        "now": now,
        "until": now + LEASE,
        "far": now + 2 * LEASE,
        "most": most,
        "per_host": CALLS_PER_HOST,
    }
    is_mail = channel == Subscription.Channel.EMAIL
    with transaction.atomic(), connection.cursor() as cursor:
        if not is_mail:  # counting calls per host needs one claimer at a time
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CLAIMER])
        statement = _CLAIM.format(which=_MAILS if is_mail else _CALLS)
        cursor.execute(statement, parameters)
        ids = [row[0] for row in cursor.fetchall()]
    rows = (
        Delivery.objects.filter(pk__in=ids, lease_token=token)
        .select_related("subscription__subscriber", "subscription__selection", "curator")
        .prefetch_related("reminders")
        .order_by("failures", "attempt_at")
    )
    renewed = time.monotonic()
    return [Held(row, token, renewed) for row in rows]


def renew(held: Held) -> bool:
    """Extend a lease; False when it ran out and another process has the delivery."""
    held.renewed = time.monotonic()
    rows = Delivery.objects.filter(pk=held.delivery.pk, lease_token=held.token, state="waiting")
    return bool(rows.update(lease_until=clock.now() + LEASE))


@transaction.atomic
def settle(held: Held, outcome: Outcome, now: datetime) -> bool:
    """Write down what came of an attempt; False, and nothing written, without the lease."""
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
        case Result.SENT:
            _close(row, Delivery.State.SENT, now)
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


def _close(row: Delivery, state: str, now: datetime) -> None:
    row.state, row.settled_at = state, now
    sent = state == Delivery.State.SENT
    row.reminders.update(
        state=Reminder.State.SENT if sent else Reminder.State.DROPPED,
        reason="" if sent else Reminder.Reason.DEAD,
        settled_at=now,
    )


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
    _close(row, Delivery.State.DEAD, now)
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


class Deliverer:
    """Sends what is due until nothing is left or the time is up.

    The database is this thread's alone; other threads only talk to mail servers and webhooks:
    one for mail, so that a process that dies can have at most one mail in its hands.
    """

    def __init__(
        self, seconds: float, render: Callable[[Delivery, datetime], Message] = message_of
    ) -> None:
        self.until = time.monotonic() + seconds
        self.render = render
        self.sent = 0
        self._under_way: dict[Future[Outcome], Held] = {}
        self._mails: list[Held] = []
        self._mailer = Mailer()
        self._mail_is_down = False
        self._look_for_calls_at = 0.0

    def run(self) -> bool:
        """Returns whether there may be more to do."""
        with (
            ThreadPoolExecutor(1, "mail") as mail,
            ThreadPoolExecutor(CALLS_AT_ONCE, "webhook") as calls,
        ):
            try:
                while self._start(mail, calls):
                    self._wait()
                while self._under_way:
                    self._wait()
            finally:
                self._mailer.close()
        for held in self._mails:
            release(held, clock.now() - HOST_PAUSE, held.delivery.error)
        return self._time_is_up()

    def _time_is_up(self) -> bool:
        return time.monotonic() > self.until

    def _start(self, mail: ThreadPoolExecutor, calls: ThreadPoolExecutor) -> bool:
        """Hand out work to threads that are free; False when none is under way or time is up."""
        if self._time_is_up():
            return False
        now = clock.now()
        busy = [held.delivery.channel for held in self._under_way.values()]
        if not self._mail_is_down and Subscription.Channel.EMAIL not in busy:
            self._start_mail(mail, now)
        free = CALLS_AT_ONCE - busy.count(Subscription.Channel.WEBHOOK)
        if free > 0 and time.monotonic() >= self._look_for_calls_at:
            self._look_for_calls_at = time.monotonic() + LOOK_SECONDS
            for held in claim(Subscription.Channel.WEBHOOK, free, now):
                self._submit(calls, webhook.send, held, now)
        return bool(self._under_way)

    def _start_mail(self, mail: ThreadPoolExecutor, now: datetime) -> None:
        """Start the next mail that still is ours and has something to say."""
        while True:
            if not self._mails:
                self._mails = claim(Subscription.Channel.EMAIL, MAILS_AT_ONCE, now)
            if not self._mails:
                return
            held = self._mails.pop(0)
            if time.monotonic() - held.renewed > RENEW_SECONDS and not renew(held):
                continue
            if self._submit(mail, self._mailer.send, held, now):
                return

    def _submit(
        self, pool: ThreadPoolExecutor, send: Callable[..., Outcome], held: Held, now: datetime
    ) -> bool:
        try:
            message = self.render(held.delivery, now)
        except NothingToSay:
            drop(held, now)
            return False
        except DatabaseError:
            raise
        except Exception as error:
            # A fault of ours that one message brings out must not keep all others waiting.
            log.exception("delivery %s cannot be written", held.delivery.pk)
            settle(held, Outcome(Result.RETRY, f"{type(error).__name__}: {error}"[:500]), now)
            return False
        self._under_way[pool.submit(send, message)] = held
        return True

    def _wait(self) -> None:
        """Wait for a thread to finish, keeping all leases alive meanwhile."""
        done, _ = wait(self._under_way, timeout=1, return_when=FIRST_COMPLETED)
        for future in done:
            held = self._under_way.pop(future)
            self._finish(held, future.result())
        for held in self._under_way.values():
            if time.monotonic() - held.renewed > RENEW_SECONDS:
                insist(lambda held=held: renew(held))  # type: ignore[misc]

    def _finish(self, held: Held, outcome: Outcome) -> None:
        is_mail = held.delivery.channel == Subscription.Channel.EMAIL
        if is_mail and outcome.result is Result.UNREACHABLE:
            # The server is down, which is no fault of the message: all wait, none is blamed.
            self._mail_is_down = True
            for other in [held, *self._mails]:
                insist(lambda other=other: release(other, clock.now(), outcome.error))  # type: ignore[misc]
            self._mails = []
            return
        if not insist(lambda: settle(held, outcome, clock.now())):
            log.warning("lease of %s was lost before it was settled", held.delivery.pk)
        elif outcome.result is Result.SENT:
            self.sent += 1
        if not is_mail:
            self._look_for_calls_at = 0.0  # its host may take another one


def insist(write: Callable[[], T]) -> T:
    """Write to PostgreSQL, also when it is being restarted: what was sent is to be known as sent.

    Raises the last error after SETTLE_SECONDS; then the lease has run out and the message is
    sent again under the same id.
    """
    until = time.monotonic() + SETTLE_SECONDS
    while True:
        try:
            return write()
        except (OperationalError, InterfaceError):
            if time.monotonic() > until:
                raise
            connection.close()
            time.sleep(0.2)
