"""Sends what is due. The outbox itself, its claims and leases, is in `leases`."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self, TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from reminders import clock, mail, webhook
from reminders.leases import HOST_PAUSE, Held, calls_wait, claim, drop, release, renew, settle
from reminders.mail import Mailer
from reminders.messages import Message, NothingToSay, Writer
from reminders.models import Delivery, Subscription
from reminders.outcome import Outcome, Result

T = TypeVar("T")
log = logging.getLogger(__name__)

RENEW_SECONDS = 10
# Claimed at once and sent one after the other.
MAILS_AT_ONCE = 10
# A mail that takes longer goes on beside the others, on a connection of its own. Each that hangs
# costs this much, and a process whose places are all taken sends nothing.
SLOW_SECONDS = 0.5
SLOW_AT_ONCE = 32
CALLS_AT_ONCE = 8  # webhooks under way in one process
LOOK_SECONDS = 0.25  # between looks for webhooks, while mails go out one by one
SETTLE_SECONDS = 30  # how long to insist on settling, less than the lease


@dataclass(slots=True)
class Attempt:
    """A message that a thread is sending, since when, and by which connection if it is a mail."""

    held: Held
    begun: float
    mailer: Mailer | None

    @property
    def is_slow(self) -> bool:
        return self.slow_in <= 0

    @property
    def slow_in(self) -> float:
        """Seconds until it counts as slow."""
        return self.begun + SLOW_SECONDS - time.monotonic()


class Deliverer:
    """Sends what is due, in as many runs as one likes; leaving it waits for what is under way.

    The database is this thread's alone; other threads only talk to mail servers and webhooks.
    One mail goes out at a time, so that a process that dies has one in its hands, and beside it
    those that the server has kept waiting for longer than SLOW_SECONDS, so that they delay
    nobody.
    """

    def __init__(self, render: Callable[[Delivery, datetime], Message] | None = None) -> None:
        self.render = render or Writer().write
        self.sent = 0
        self._under_way: dict[Future[Outcome], Attempt] = {}
        self._mails: list[Held] = []
        self._idle: list[Mailer] = []
        self._mail_threads = ThreadPoolExecutor(1 + SLOW_AT_ONCE, "mail")
        self._call_threads = ThreadPoolExecutor(CALLS_AT_ONCE, "webhook")
        self._mail_is_down = False
        self._most_mails = 1 + SLOW_AT_ONCE
        self._look_for_calls_at = 0.0
        self._watch = clock.Watch()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._finish_slow()
            while self._under_way:
                self._wait()
            for held in self._mails:
                release(held, clock.now() - HOST_PAUSE, held.delivery.error)
        finally:
            for mailer in self._idle:
                mailer.close()
            self._mail_threads.shutdown(wait=False)
            self._call_threads.shutdown(wait=False)

    def run(self, seconds: float) -> bool:
        """Send until nothing is left or the time is up; returns whether there may be more.

        What is under way when the time is up goes on in its threads.
        """
        until = time.monotonic() + seconds
        self._mail_is_down = False
        while time.monotonic() < until:
            self._start()
            if self._under_way:
                self._wait()
            elif calls_wait(self._watch.now()):
                time.sleep(LOOK_SECONDS)
            else:
                return False
        return True

    def _finish_slow(self) -> None:
        """While slow ones come to their end, quick ones go on."""
        last = time.monotonic() + mail.SECONDS
        while any(one.is_slow for one in self._under_way.values()) and time.monotonic() < last:
            self._start()
            self._wait()

    def _start(self) -> None:
        """Hand out work to threads that are free."""
        now = self._watch.now()
        mails = [one for one in self._under_way.values() if one.mailer]
        if (
            not self._mail_is_down
            and len(mails) < self._most_mails
            and all(one.is_slow for one in mails)
        ):
            self._start_mail(now)
        free = CALLS_AT_ONCE - (len(self._under_way) - len(mails))
        if free > 0 and time.monotonic() >= self._look_for_calls_at:
            self._look_for_calls_at = time.monotonic() + LOOK_SECONDS
            for held in claim(Subscription.Channel.WEBHOOK, free, now):
                self._submit(held, None, now)

    def _start_mail(self, now: datetime) -> None:
        """Start the next mail that still is ours and has something to say."""
        mailer = self._idle.pop() if self._idle else Mailer()
        while True:
            if not self._mails:
                self._mails = claim(Subscription.Channel.EMAIL, MAILS_AT_ONCE, now)
            if not self._mails:
                break
            held = self._mails.pop(0)
            if renew(held) and self._submit(held, mailer, now):
                return
        self._idle.append(mailer)

    def _submit(self, held: Held, mailer: Mailer | None, now: datetime) -> bool:
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
        if mailer:
            future = self._mail_threads.submit(mailer.send, message)  # type: ignore[arg-type]
        else:
            future = self._call_threads.submit(webhook.send, message)  # type: ignore[arg-type]
        self._under_way[future] = Attempt(held, time.monotonic(), mailer)
        return True

    def _wait(self) -> None:
        """Wait for a thread to finish, keeping all leases alive meanwhile."""
        quick = [one.slow_in for one in self._under_way.values() if one.mailer and not one.is_slow]
        timeout = max(0.0, min([LOOK_SECONDS, *quick]))
        done, _ = wait(self._under_way, timeout=timeout, return_when=FIRST_COMPLETED)
        for future in done:
            self._finish(self._under_way.pop(future), future.result())
        for attempt in self._under_way.values():
            held = attempt.held
            if time.monotonic() - held.renewed > RENEW_SECONDS:
                insist(lambda held=held: renew(held))  # type: ignore[misc]

    def _finish(self, attempt: Attempt, outcome: Outcome) -> None:
        held = attempt.held
        if attempt.mailer:
            self._idle.append(attempt.mailer)
            if outcome.result is Result.UNREACHABLE:
                self._mail_server_refused(held, outcome)
                return
        else:
            self._look_for_calls_at = 0.0  # its host may take another one
        if not insist(lambda: settle(held, outcome, self._watch.now())):
            log.warning("lease of %s was lost before it was settled", held.delivery.pk)
        elif outcome.result is Result.SENT:
            self.sent += 1

    def _mail_server_refused(self, held: Held, outcome: Outcome) -> None:
        """The server takes no connection, which is no fault of the message: none is blamed."""
        waiting = [held]
        mails = sum(one.mailer is not None for one in self._under_way.values())
        if mails:  # it talks to us, but wants no more connections
            self._most_mails = mails
        else:
            self._mail_is_down = True
            waiting += self._mails
            self._mails = []
        for one in waiting:
            insist(lambda one=one: release(one, clock.now(), outcome.error))  # type: ignore[misc]


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
