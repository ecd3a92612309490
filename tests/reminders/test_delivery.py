"""From due to sent: bundles, leases, failures, dead letters; what a mail looks like."""

import asyncio
import re
import time
from datetime import timedelta
from email.message import EmailMessage
from typing import Any, ClassVar

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from csto_tracker.local.ports import any_free
from events.models import Event
from reminders import clock, delivery, leases, links, services, sweep, timing
from reminders.leases import claim, renew, settle
from reminders.messages import Writer
from reminders.models import Delivery, Reminder, Subscription, Sweep
from reminders.outcome import SCHEDULE, Outcome, Result, pause
from tests import factories as make
from tests.reminders.conftest import Sink, deliver, subscription

pytestmark = pytest.mark.django_db(transaction=True)

MINUTE = timedelta(minutes=1)


def due_events(count: int = 1, **options: Any) -> list[Event]:
    """Events of tomorrow whose reminders, planned by a sweep, are due now."""
    tomorrow = (clock.now() + timedelta(days=30)).date().isoformat()
    events = [make.event(status="confirmed", **{"date": tomorrow, **options}) for _ in range(count)]
    sweep.prepare()
    # Or else the first sweep would compute the moments anew.
    Sweep.objects.update_or_create(pk=1, defaults={"zones": timing.rules_of_zones()})
    Reminder.objects.filter(kind="upcoming", state="planned").update(due_at=clock.now())
    return events


def body(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_what_falls_together_is_one_mail(sink: Sink) -> None:
    subscription(wants_changes=False)
    events = due_events(3)
    sweep.sweep(seconds=5)
    (mail,) = sink.mails
    assert [event.title in body(mail) for event in events] == [True] * 3
    assert list(Reminder.objects.values_list("state", flat=True)) == ["sent"] * 3
    sent = Delivery.objects.get()
    assert (sent.state, mail["Message-ID"]) == ("sent", f"<{sent.pk}@127.0.0.1>")


def test_mail_has_both_forms_the_reason_the_sources_and_ways_out(sink: Sink) -> None:
    row = subscription(wants_changes=False, query="kind=summit")
    (event,) = due_events(date_note="day of the report", place="Bishkek")
    source = event.sources.get()
    sweep.sweep(seconds=5)
    (mail,) = sink.mails
    unsubscribe = links.address("unsubscribe", row)
    assert mail["List-Unsubscribe"].strip() == f"<{unsubscribe}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for form in ("plain", "html"):
        text = body(mail, form)
        for said in (
            event.title,
            "day of the report",
            "Bishkek",
            source.url,
            f"/events/{event.slug}/",
            "You receive this because you asked for it",
            "Kind: ",
            "Summit",
            links.address("manage", row.subscriber),
            unsubscribe,
        ):
            assert said in text, (form, said)
    assert 'lang="en"' in body(mail, "html")
    assert "prefers-color-scheme: dark" in body(mail, "html")


def test_mail_is_in_the_language_and_zone_of_the_subscriber(sink: Sink) -> None:
    subscription(wants_changes=False, language="ru", zone="Asia/Yerevan")
    (event,) = due_events(start_time="10:00", time_zone="Asia/Bishkek")
    sweep.sweep(seconds=5)
    (mail,) = sink.mails
    text = body(mail)
    assert event.title_ru in text
    assert "10:00 (Asia/Bishkek)" in text
    assert "08:00 (Asia/Yerevan)" in text
    assert "/ru/reminders/manage/" in text


def test_late_reminder_says_so(sink: Sink) -> None:
    subscription(wants_changes=False)
    due_events()
    Reminder.objects.update(due_at=clock.now() - timedelta(hours=3))
    sweep.sweep(seconds=5)
    assert "Late: this was due on" in body(sink.mails[0])


def test_event_withdrawn_between_bundling_and_sending_is_not_sent(sink: Sink) -> None:
    subscription(wants_changes=False)
    (event,) = due_events()
    sweep.prepare()
    Event.objects.filter(pk=event.pk).update(is_published=False)
    deliver(5)
    assert sink.mails == []
    assert Delivery.objects.get().state == "dropped"


def test_subscription_deleted_meanwhile_gets_nothing(sink: Sink) -> None:
    row = subscription(wants_changes=False)
    due_events()
    sweep.prepare()
    services.unsubscribe(subscription=row)
    sweep.sweep(seconds=5)
    assert sink.mails == []


def test_two_sweepers_never_hold_the_same_delivery() -> None:
    for number in range(10):
        subscription(f"{number}@example.org", wants_changes=False)
    due_events()
    sweep.prepare()
    now = clock.now()
    first, second = claim("email", 6, now), claim("email", 6, now)
    assert (len(first), len(second)) == (6, 4)
    ids = {held.delivery.pk for held in [*first, *second]}
    assert len(ids) == 10


def test_lease_runs_out_and_only_its_next_holder_settles() -> None:
    subscription(wants_changes=False)
    due_events()
    sweep.prepare()
    now = clock.now()
    (slow,) = claim("email", 1, now)
    assert claim("email", 1, now) == []
    (other,) = claim("email", 1, now + leases.LEASE + timedelta(seconds=1))
    assert settle(slow, Outcome(Result.RETRY, "slow"), now) is False
    assert renew(slow) is False
    assert settle(other, Outcome(Result.SENT), now) is True
    row = Delivery.objects.get()
    assert (row.state, row.failures, row.error) == ("sent", 0, "")


def test_a_thousand_slow_sends_settle_only_with_their_own_token() -> None:
    row = subscription()
    Delivery.objects.bulk_create(Delivery(subscription=row, channel="email") for _ in range(1000))
    now = clock.now()
    slow = claim("email", 1000, now)
    others = claim("email", 1000, now + 2 * MINUTE)
    stale = sum(settle(held, Outcome(Result.REFUSED, "stale"), now) for held in slow)
    settled = sum(settle(held, Outcome(Result.SENT), now) for held in others)
    assert (stale, settled) == (0, 1000)
    assert set(Delivery.objects.values_list("state", "error")) == {("sent", "")}


def test_long_send_is_renewed_while_it_lasts(monkeypatch: pytest.MonkeyPatch, sink: Sink) -> None:
    subscription(wants_changes=False)
    due_events()
    sweep.prepare()
    monkeypatch.setattr(leases, "LEASE", timedelta(seconds=2))
    monkeypatch.setattr(delivery, "RENEW_SECONDS", 0.5)
    seen = []

    async def slow(*details: Any) -> str:
        await asyncio.sleep(4)
        seen.append(True)
        return "250 OK"

    sink.handle_DATA = slow  # type: ignore[method-assign]
    deliver(10)
    assert seen == [True]
    assert Delivery.objects.get().state == "sent"


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


def test_mail_that_hangs_delays_no_other(monkeypatch: pytest.MonkeyPatch, sink: Sink) -> None:
    for number in range(4):
        subscription(f"hanging-{number}@example.org", wants_changes=False)
    for number in range(20):
        subscription(f"{number}@example.org", wants_changes=False)
    due_events()
    sweep.prepare()
    monkeypatch.setattr(delivery, "SLOW_SECONDS", 0.3)
    arrived: list[float] = []

    async def handle(server: Any, session: Any, envelope: Any) -> str:
        if envelope.rcpt_tos[0].startswith("hanging"):
            await asyncio.sleep(4)
        else:
            arrived.append(time.monotonic())
        return "250 OK"

    sink.handle_DATA = handle  # type: ignore[method-assign]
    begun = time.monotonic()
    deliver(2)
    assert len(arrived) == 20
    assert max(arrived) - begun < 4  # one after the other, the four would take 16 s
    assert set(Delivery.objects.values_list("state", "failures")) == {("sent", 0)}


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


def test_retries_go_on_for_75_hours_and_then_end() -> None:
    total = sum(SCHEDULE)
    assert 75 * 3600 < total < 76 * 3600
    assert pause(len(SCHEDULE) + 1) is None
    first = [pause(2) for _ in range(50)]
    assert len(set(first)) > 1  # jitter
    assert all(timedelta(minutes=4) <= one <= timedelta(minutes=6) for one in first if one)


def test_lease_given_by_a_clock_that_has_jumped_back_is_no_lease() -> None:
    subscription(wants_changes=False)
    due_events()
    sweep.prepare()
    now = clock.now()
    claim("email", 1, now + timedelta(days=1))
    assert len(claim("email", 1, now)) == 1


def test_digest_lists_what_is_ahead_and_is_silent_when_there_is_nothing(sink: Sink) -> None:
    full = subscription("a@example.org", digest="daily", digest_due_at=clock.now(), leads=[])
    subscription("b@example.org", digest="daily", digest_due_at=clock.now(), query="kind=exercise")
    subscription(
        "c@example.org",
        digest="daily",
        digest_due_at=clock.now(),
        query="kind=exercise",
        digest_when_empty=True,
    )
    soon = (clock.now() + timedelta(days=3)).date().isoformat()
    event = make.event(status="announced", date=soon)
    sweep.sweep(seconds=5)
    assert {mail["To"] for mail in sink.mails} == {"a@example.org", "c@example.org"}
    assert event.title in body(sink.to("a@example.org")[0])
    assert "There is nothing new" in body(sink.to("c@example.org")[0])
    full.refresh_from_db()
    assert full.digest_due_at is not None
    assert clock.now() < full.digest_due_at < clock.now() + timedelta(days=1, minutes=1)
    assert len(sink.to("a@example.org")) == 1


def test_missed_digests_are_sent_once(sink: Sink) -> None:
    subscription(
        digest="daily", digest_due_at=clock.now() - timedelta(days=5), digest_when_empty=True
    )
    sweep.sweep(seconds=5)
    sweep.sweep(seconds=5)
    assert len(sink.mails) == 1


def test_forged_host_is_in_no_mail(sink: Sink) -> None:
    response = Client().post(
        "/reminders/",
        {"channel": "email", "email": "x@example.org"},
        headers={"host": "evil.example"},
    )
    assert response.status_code == 400
    subscription(wants_changes=False)
    due_events()
    sweep.sweep(seconds=5)
    hosts = set(re.findall(r"https?://([^/\s\"<>]+)", body(sink.mails[0])))
    assert {host.rstrip(".") for host in hosts} == {"127.0.0.1:8000", "example.org"}


def test_feed_has_what_became_due() -> None:
    row = subscription(channel="feed", wants_changes=False)
    (event,) = due_events()
    sweep.prepare()
    assert Delivery.objects.count() == 0
    page = Client().get(links.address("feed", row).removeprefix("http://127.0.0.1:8000"))
    assert page.status_code == 200
    assert event.title in page.content.decode()
    assert Subscription.objects.get().reminders.get().state == "sent"
