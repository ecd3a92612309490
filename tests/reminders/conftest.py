"""Subscribers, and a mail server of this process that keeps what it accepts."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.test.utils import override_settings

from csto_tracker.local.ports import any_free
from events.models import Event
from reminders import clock, sweep, timing
from reminders.delivery import Deliverer
from reminders.models import Reminder, Selection, Subscriber, Subscription, Sweep
from tests import factories as make


class Sink:
    """Keeps accepted mails. `answers` maps a recipient to what it is answered instead."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answers: dict[str, str] = {}
        self.tried: list[str] = []

    async def handle_RCPT(  # noqa: N802 (named by aiosmtpd)
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        self.tried.append(address)
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if mail["To"] == address]


@pytest.fixture
def sink() -> Iterator[Sink]:
    found = Sink()
    port = any_free()
    controller = Controller(found, hostname="127.0.0.1", port=port)
    controller.start()
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port,
        EMAIL_USE_TLS=False,
        EMAIL_HOST_USER="",
    ):
        yield found
    controller.stop()


def deliver(seconds: float, render: Any = None) -> None:
    """Send what is in the outbox, and wait for all that is under way."""
    with Deliverer(render) as deliverer:
        deliverer.run(seconds)


def subscription(email: str = "reader@example.org", **options: Any) -> Subscription:
    """An active subscription by mail to all events, a day ahead, in UTC."""
    query = options.pop("query", "")
    subscriber = options.pop("subscriber", None)
    values = {
        "channel": "email",
        "leads": [1440],
        "language": "en",
        "zone": "UTC",
        "confirmed_at": clock.now(),
        "selection": Selection.objects.get_or_create(query=query)[0],
        "subscriber": subscriber or Subscriber.objects.get_or_create(email=email)[0],
    }
    return Subscription.objects.create(**values | options)


def due_events(count: int = 1, **options: Any) -> list[Event]:
    """Events of tomorrow whose reminders, planned by a sweep, are due now."""
    tomorrow = (clock.now() + timedelta(days=30)).date().isoformat()
    events = [make.event(status="confirmed", **{"date": tomorrow, **options}) for _ in range(count)]
    sweep.prepare()
    # Or else the first sweep would compute the moments anew.
    Sweep.objects.update_or_create(pk=1, defaults={"zones": timing.rules_of_zones()})
    Reminder.objects.filter(kind="upcoming", state="planned").update(due_at=clock.now())
    return events
