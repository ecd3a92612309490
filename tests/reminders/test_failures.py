"""Refusals, servers that hang or are down, dead letters: what fails delays nobody else."""

import asyncio
import time
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from csto_tracker.local.ports import any_free
from events.models import Event
from reminders import clock, delivery, sweep
from reminders.messages import Writer
from reminders.models import Delivery, Reminder
from reminders.outcome import SCHEDULE, pause
from tests import factories as make
from tests.reminders.conftest import Sink, deliver, due_events, subscription

pytestmark = pytest.mark.django_db(transaction=True)

MINUTE = timedelta(minutes=1)


def test_temporary_refusal_is_tried_again_under_the_same_id(sink: Sink) -> None:
    subscription(wants_changes=False)
    due_events()
    sink.answers["reader@example.org"] = "451 Try later"
    sweep.sweep(seconds=5)
    row = Delivery.objects.get()
    assert (row.state, row.failures) == ("waiting", 1)
    assert "451" in row.error
    assert row.attempt_at > clock.now()
    del sink.answers["reader@example.org"]
    Delivery.objects.update(attempt_at=clock.now())
    sweep.sweep(seconds=5)
    (mail,) = sink.mails
    assert mail["Message-ID"] == f"<{row.pk}@127.0.0.1>"


def test_permanent_refusal_is_a_dead_letter_that_a_curator_can_requeue(sink: Sink) -> None:
    subscription(wants_changes=False)
    due_events()
    sink.answers["reader@example.org"] = "550 No such user"
    sweep.sweep(seconds=5)
    row = Delivery.objects.get()
    assert (row.state, Reminder.objects.get().reason) == ("dead", "dead")
    curator = get_user_model().objects.create_superuser("curator", password="x")
    client = Client()
    client.force_login(curator)
    page = client.get(reverse("admin:reminders_delivery_changelist")).content.decode()
    assert "550" in page
    assert "reader@example.org" not in page
    del sink.answers["reader@example.org"]
    client.post(
        reverse("admin:reminders_delivery_changelist"),
        {"action": "requeue", "_selected_action": [str(row.pk)]},
    )
    sweep.sweep(seconds=5)
    assert [mail["Message-ID"] for mail in sink.mails] == [f"<{row.pk}@127.0.0.1>"]
    assert Reminder.objects.get().state == "sent"


def test_poison_recipient_delays_nobody(sink: Sink) -> None:
    for number in range(30):
        subscription(f"{number}@example.org", wants_changes=False)
    sink.answers |= {f"{number}@example.org": "451 Try later" for number in range(5)}
    due_events()
    begun = time.monotonic()
    sweep.sweep(seconds=20)
    assert len({mail["To"] for mail in sink.mails}) == 25
    assert time.monotonic() - begun < 15


def test_three_dead_letters_in_a_row_switch_a_subscription_off(sink: Sink) -> None:
    row = subscription(wants_changes=False)
    sink.answers["reader@example.org"] = "550 No such user"
    for _ in range(3):
        due_events()
        sweep.sweep(seconds=5)
    row.refresh_from_db()
    assert row.disabled_at is not None
    assert "550" in row.disabled_reason


def test_server_that_is_down_blames_no_message(settings: Any, sink: Sink) -> None:
    subscription(wants_changes=False)
    due_events()
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    sweep.sweep(seconds=5)
    row = Delivery.objects.get()
    assert (row.state, row.failures) == ("waiting", 0)
    assert "refused" in row.error.lower()
    settings.EMAIL_PORT = port
    Delivery.objects.update(attempt_at=clock.now())
    sweep.sweep(seconds=5)
    assert len(sink.mails) == 1


def test_server_that_hangs_holds_a_worker_no_longer_than_the_limit(
    monkeypatch: pytest.MonkeyPatch, sink: Sink
) -> None:
    subscription(wants_changes=False)
    due_events()
    sweep.prepare()
    monkeypatch.setattr("reminders.mail.SECONDS", 2)

    async def hang(*details: Any) -> str:
        await asyncio.sleep(8)
        return "250 OK"

    sink.handle_RCPT = hang  # type: ignore[method-assign]
    begun = time.monotonic()
    deliver(10)
    assert time.monotonic() - begun < 6
    assert (Delivery.objects.get().state, Delivery.objects.get().failures) == ("waiting", 1)


def others_arrive(
    monkeypatch: pytest.MonkeyPatch, sink: Sink, *, hanging: int, seconds: float, within: float
) -> list[float]:
    """After how many seconds the mails of twenty others arrive, beside some that hang, when mails
    are begun `within` so many seconds."""
    for number in range(hanging):
        subscription(f"hanging-{number}@example.org", wants_changes=False)
    for number in range(20):
        subscription(f"{number}@example.org", wants_changes=False)
    due_events()
    sweep.prepare()
    monkeypatch.setattr(delivery, "SLOW_SECONDS", 0.1)
    arrived: list[float] = []

    async def handle(server: Any, session: Any, envelope: Any) -> str:
        if envelope.rcpt_tos[0].startswith("hanging"):
            await asyncio.sleep(seconds)
        else:
            arrived.append(time.monotonic())
        return "250 OK"

    sink.handle_DATA = handle  # type: ignore[method-assign]
    begun = time.monotonic()
    deliver(within)
    return [at - begun for at in arrived]


def test_mail_that_hangs_delays_no_other(monkeypatch: pytest.MonkeyPatch, sink: Sink) -> None:
    arrived = others_arrive(monkeypatch, sink, hanging=4, seconds=4, within=2)
    assert len(arrived) == 20
    assert max(arrived) < 4  # one after the other, the four would take 16 s
    assert set(Delivery.objects.values_list("state", "failures")) == {("sent", 0)}


def test_a_dozen_that_hang_leave_room_for_the_others(
    monkeypatch: pytest.MonkeyPatch, sink: Sink
) -> None:
    arrived = others_arrive(monkeypatch, sink, hanging=12, seconds=6, within=1)
    assert len(arrived) == 20
    assert max(arrived) < 6  # before the first of those that hang has ended


class OneConnection(SMTP):
    """A server that turns a second connection away."""

    taken: ClassVar[list[object]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        if self.taken:
            transport.write(b"421 Too many connections\r\n")
            transport.close()
        else:
            self.taken.append(self)
            super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self in self.taken:
            self.taken.remove(self)
            super().connection_lost(error)


class OneConnectionController(Controller):
    def factory(self) -> SMTP:
        return OneConnection(self.handler)


def test_server_that_takes_one_connection_only_still_gets_what_is_due(
    monkeypatch: pytest.MonkeyPatch, sink: Sink, settings: Any
) -> None:
    for number in range(5):
        subscription(f"{number}@example.org", wants_changes=False)
    due_events()
    sweep.prepare()
    monkeypatch.setattr(delivery, "SLOW_SECONDS", 0.1)

    async def handle(*details: Any) -> str:
        await asyncio.sleep(0.5)
        return "250 OK"

    sink.handle_DATA = handle  # type: ignore[method-assign]
    settings.EMAIL_PORT = any_free()
    server = OneConnectionController(sink, hostname="127.0.0.1", port=settings.EMAIL_PORT)
    server.start()
    deliver(10)
    server.stop()
    # The one that was turned away waits, without blame.
    rows = Delivery.objects.order_by("state").values_list("state", "failures")
    assert list(rows) == [("sent", 0)] * 4 + [("waiting", 0)]


def test_fault_of_ours_in_one_message_stops_no_other(sink: Sink) -> None:
    subscription("a@example.org", wants_changes=False)
    subscription("b@example.org", wants_changes=False)
    due_events()
    sweep.prepare()
    broken = Delivery.objects.get(subscription__subscriber__email="a@example.org")

    def render(row: Delivery, now: Any) -> Any:
        if row.pk == broken.pk:
            raise KeyError("a fault")
        return Writer().write(row, now)

    deliver(5, render)
    assert [mail["To"] for mail in sink.mails] == ["b@example.org"]
    broken.refresh_from_db()
    assert (broken.state, broken.failures, broken.error) == ("waiting", 1, "KeyError: 'a fault'")


def try_again() -> None:
    Delivery.objects.update(attempt_at=clock.now())
    sweep.sweep(seconds=3)


def test_event_that_is_over_before_a_retry_is_dropped(sink: Sink) -> None:
    subscription(wants_changes=False)
    due_events()
    sink.answers["reader@example.org"] = "451 Try later"
    sweep.sweep(seconds=3)
    sink.answers.clear()
    Reminder.objects.update(over_at=clock.now())
    try_again()
    assert sink.mails == []
    assert (Delivery.objects.get().state, Reminder.objects.get().reason) == ("dropped", "over")


def test_event_moved_before_a_retry_moves_its_reminder(sink: Sink) -> None:
    subscription(wants_changes=False)
    (event,) = due_events()
    sink.answers["reader@example.org"] = "451 Try later"
    sweep.sweep(seconds=3)
    sink.answers.clear()
    later = (clock.now() + timedelta(days=40)).date()
    Event.objects.filter(pk=event.pk).update(date=later.isoformat())
    try_again()
    assert (sink.mails, Delivery.objects.get().state) == ([], "dropped")
    rows = Reminder.objects.order_by("occurrence").values_list("occurrence", "state", "reason")
    assert list(rows) == [(event.date, "dropped", "moved"), (later.isoformat(), "planned", "")]


def test_event_moved_away_and_back_before_a_retry_is_told_once(sink: Sink) -> None:
    subscription(wants_changes=False, leads=[10080])
    soon, later = ((clock.now() + timedelta(days=n)).date().isoformat() for n in (3, 40))
    event = make.event(status="confirmed", date=soon)
    sink.answers["reader@example.org"] = "451 Try later"
    sweep.sweep(seconds=3)
    for day in (later, soon):
        Event.objects.filter(pk=event.pk).update(date=day)
        sweep.prepare()
    sink.answers.clear()
    try_again()
    try_again()
    assert len(sink.mails) == 1
    assert Reminder.objects.get(state="sent").occurrence == soon


def test_retries_go_on_for_75_hours_and_then_end() -> None:
    total = sum(SCHEDULE)
    assert 75 * 3600 < total < 76 * 3600
    assert pause(len(SCHEDULE) + 1) is None
    first = [pause(2) for _ in range(50)]
    assert len(set(first)) > 1  # jitter
    assert all(timedelta(minutes=4) <= one <= timedelta(minutes=6) for one in first if one)
