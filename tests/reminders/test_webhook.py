"""Delivery to webhooks as Standard Webhooks 1.0 says, and what receivers may do to us."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from reminders import clock, leases, links, sweep, timing, webhook
from reminders.leases import CALLS_PER_HOST
from reminders.models import Delivery, Reminder, Subscription, Sweep, new_webhook_secret
from tests import factories as make
from tests.reminders.conftest import deliver, subscription
from tests.reminders.receiver import Receiver, receiving

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.REMINDERS_ALLOW_LOOPBACK = True
    with receiving() as found:
        yield found


def hook(receiver: Receiver, **options: Any) -> Subscription:
    values = {
        "channel": "webhook",
        "url": receiver.url,
        "host": "127.0.0.1",
        "secret": new_webhook_secret(),
        "wants_changes": False,
    }
    return subscription("", **values | options)


def due() -> None:
    tomorrow = (clock.now() + timedelta(days=30)).date().isoformat()
    make.event(status="confirmed", date=tomorrow)
    sweep.prepare()
    Sweep.objects.update_or_create(pk=1, defaults={"zones": timing.rules_of_zones()})
    Reminder.objects.filter(state="planned").update(due_at=clock.now())


def test_signature_is_that_of_the_specification() -> None:
    """The example of the specification's own libraries."""
    assert (
        webhook.signature(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1614265330,
            b'{"test": 2432232314}',
        )
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_message_is_signed_dated_and_says_what_is_due(receiver: Receiver) -> None:
    row = hook(receiver)
    due()
    sweep.sweep(seconds=5)
    (got,) = receiver.got
    sent = Delivery.objects.get()
    assert (sent.state, got.headers["webhook-id"]) == ("sent", f"msg_{sent.pk.hex}")
    timestamp = got.headers["webhook-timestamp"]
    assert abs(int(timestamp) - time.time()) < 60
    signed = f"{got.headers['webhook-id']}.{timestamp}.".encode() + got.body
    key = base64.b64decode(row.secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert got.headers["webhook-signature"] == f"v1,{expected}"
    body = json.loads(got.body)
    (item,) = body["data"]["items"]
    assert (body["type"], item["type"], item["late"]) == ("reminder", "event", False)
    assert item["sources"][0]["url"].startswith("https://example.org/")


def test_failed_message_comes_again_under_the_same_id(receiver: Receiver) -> None:
    hook(receiver)
    due()
    receiver.answers = [(500, {}, 0)]
    sweep.sweep(seconds=3)
    row = Delivery.objects.get()
    assert (row.state, row.failures, row.error) == ("waiting", 1, "HTTP 500")
    Delivery.objects.update(attempt_at=clock.now())
    sweep.sweep(seconds=3)
    assert len({got.headers["webhook-id"] for got in receiver.got}) == 1
    assert Delivery.objects.get().state == "sent"


def test_retry_after_is_honoured_for_the_whole_host(receiver: Receiver) -> None:
    hook(receiver)
    hook(receiver, language="ru")
    due()
    sweep.prepare()
    receiver.answers = [(429, {"Retry-After": "3600"}, 0), (429, {"Retry-After": "3600"}, 0)]
    deliver(3)
    soonest = Delivery.objects.order_by("attempt_at").first()
    assert soonest is not None
    assert soonest.attempt_at > clock.now() + timedelta(minutes=59)


def test_pauses_after_failures_are_those_that_are_stated(receiver: Receiver) -> None:
    hook(receiver)
    due()
    sweep.prepare()
    for failures, pause in enumerate((5, 300, 1800), start=1):
        receiver.answers = [(503, {}, 0)]
        deliver(2)
        row = Delivery.objects.get()
        wait = (row.attempt_at - clock.now()).total_seconds()
        assert row.failures == failures
        assert 0.8 * pause - 2 < wait <= 1.2 * pause
        Delivery.objects.update(attempt_at=clock.now())
    receiver.answers = [(503, {"Retry-After": "36000"}, 0)]
    deliver(2)  # the schedule says two hours, the receiver ten
    wait = (Delivery.objects.get().attempt_at - clock.now()).total_seconds()
    assert 36000 - 5 < wait <= 36000


def test_host_that_is_well_again_gets_at_once_what_waited_for_it(receiver: Receiver) -> None:
    row = hook(receiver)
    for _ in range(5):
        Delivery.objects.create(subscription=row, channel="webhook", host=row.host, kind="test")
    receiver.answers = [(503, {}, 0)] * 2
    deliver(2)
    assert len(receiver.got) == 2  # the others were not tried
    assert not Delivery.objects.filter(attempt_at__lte=clock.now()).exists()
    tried = Delivery.objects.filter(failures=1)
    Delivery.objects.filter(pk=tried[0].pk).update(attempt_at=clock.now())
    deliver(3)
    # One of the two that failed was the probe; the other keeps its own pause.
    assert Delivery.objects.filter(state="sent").count() == 4
    assert Delivery.objects.get(state="waiting").failures == 1


def test_retry_after_is_read_in_both_forms_and_at_most_a_day() -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert webhook.retry_after("120", now) == 120
    assert webhook.retry_after("Sun, 01 Mar 2026 12:05:00 GMT", now) == 300
    assert webhook.retry_after("9999999", now) == 86400
    for nonsense in ("", "soon", "-5", "Sun, 01 Mar 2020 12:05:00 GMT", "²"):
        assert webhook.retry_after(nonsense, now) == 0


def test_gone_switches_the_webhook_off_and_leaves_a_dead_letter(receiver: Receiver) -> None:
    row = hook(receiver)
    due()
    receiver.answers = [(410, {}, 0)]
    sweep.sweep(seconds=3)
    row.refresh_from_db()
    assert (row.disabled_reason, Delivery.objects.get().state) == ("HTTP 410", "dead")
    assert not row.is_active


def test_redirect_is_a_failure_and_is_not_followed(receiver: Receiver) -> None:
    hook(receiver)
    due()
    receiver.answers = [(302, {"Location": receiver.url + "/inside"}, 0)]
    sweep.sweep(seconds=3)
    assert [got.path for got in receiver.got] == ["/hook"]
    assert Delivery.objects.get().error == "HTTP 302"


def test_hanging_receiver_delays_no_other_and_ends(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reminders.guard.SECONDS", 2)
    row = hook(receiver)
    with receiving() as other:
        well = hook(receiver, url=other.url, host="other")
        for one in (row, well):
            for _ in range(5):
                Delivery.objects.create(
                    subscription=one, channel="webhook", host=one.host, kind="test"
                )
        receiver.answers = [(200, {}, 5)] * 5
        begun = time.monotonic()
        deliver(8)
        assert time.monotonic() - begun < 8
        assert len(other.got) == 5
        assert max(got.at for got in other.got) - min(got.at for got in other.got) < 2
    assert Delivery.objects.filter(subscription=row, state="waiting").count() == 5


def test_no_host_gets_more_than_two_calls_at_once(receiver: Receiver) -> None:
    row = hook(receiver)
    for _ in range(12):
        Delivery.objects.create(subscription=row, channel="webhook", host=row.host, kind="test")
    receiver.answers = [(200, {}, 0.2)] * 12
    deliver(20)
    assert (len(receiver.got), receiver.most_at_once) == (12, CALLS_PER_HOST)


def test_host_that_answers_quickly_gets_so_many_calls_a_second(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "CALLS_A_SECOND", 3)
    row = hook(receiver)
    for _ in range(8):
        Delivery.objects.create(subscription=row, channel="webhook", host=row.host, kind="test")
    deliver(20)
    moments = sorted(got.at for got in receiver.got)
    assert len(moments) == 8
    # Of any four in a row the last is a second after the first.
    assert all(later - first > 0.8 for first, later in zip(moments, moments[3:], strict=False))


def test_webhook_is_confirmed_by_whoever_reads_its_messages(receiver: Receiver) -> None:
    form = {
        "channel": "webhook",
        "url": receiver.url,
        "wants_upcoming": "on",
        "leads": ["1440"],
        "digest": "none",
        "weekday": "0",
        "hour": "9",
        "zone": "UTC",
    }
    client = Client()
    page = client.post("/reminders/", form)
    assert page.status_code == 303
    row = Subscription.objects.get()
    shown = client.get(page["Location"]).content.decode()
    assert row.secret in shown
    assert "waits for confirmation" in shown
    sweep.sweep(seconds=3)
    (got,) = receiver.got
    body = json.loads(got.body)
    assert body["type"] == "subscription.confirm"
    assert body["data"]["confirm_url"] == links.address("confirm", row)
    client.post(body["data"]["confirm_url"].removeprefix("http://127.0.0.1:8000"))
    row.refresh_from_db()
    assert row.is_active


def test_address_that_turned_inside_since_it_was_saved_is_not_connected_to(
    receiver: Receiver, settings: Any
) -> None:
    hook(receiver)
    due()
    settings.REMINDERS_ALLOW_LOOPBACK = False
    sweep.sweep(seconds=3)
    assert receiver.got == []
    assert Delivery.objects.get().error.startswith("refused: ")
