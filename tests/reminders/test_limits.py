"""How often one is asked, how much one may have, and how long anything is kept."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reminders import clock, links, services, sweep
from reminders.models import Change, Delivery, Reminder, Subscriber, Subscription, Sweep
from tests.reminders.conftest import subscription
from tests.reminders.test_pages import ask

pytestmark = pytest.mark.django_db


def test_one_address_is_asked_five_times_a_day_at_most(client: Client) -> None:
    for _ in range(8):
        assert ask(client).status_code == 303
    assert Delivery.objects.count() == services.CONFIRMATIONS_A_DAY


def test_one_host_is_asked_to_confirm_so_often_and_not_more(client: Client, settings: Any) -> None:
    settings.REMINDERS_ALLOW_LOOPBACK, settings.SUBSCRIBE_RATE = True, None
    hook = {"channel": "webhook", "email": ""}
    with patch.object(services, "MOST", 3):
        places = [
            ask(client, **hook, url=f"http://127.0.0.1:9/{number}")["Location"]
            for number in range(5)
        ]
    assert Delivery.objects.count() == Subscription.objects.count() == 3
    assert [place == "/reminders/asked/" for place in places] == [False] * 3 + [True] * 2


@pytest.mark.django_db(transaction=True)
def test_two_forms_at_once_make_one_subscriber() -> None:
    def send() -> int:
        try:
            return int(ask(Client()).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        statuses = [future.result() for future in [threads.submit(send) for _ in range(4)]]
    assert statuses == [303] * 4
    assert (Subscriber.objects.count(), Subscription.objects.count()) == (1, 4)


def test_address_that_is_never_confirmed_is_forgotten_after_seven_days() -> None:
    row = subscription(confirmed_at=None)
    old = clock.now() - timedelta(days=8)
    Subscription.objects.update(created_at=old)
    Subscriber.objects.update(created_at=old)
    Sweep.objects.create(pk=1)
    sweep.clean()
    assert not Subscriber.objects.filter(pk=row.subscriber.pk).exists()


def test_what_was_settled_long_ago_is_forgotten_and_what_waits_is_not() -> None:
    row = subscription()
    old = clock.now() - timedelta(days=91)
    for state, settled in (("sent", old), ("dead", old), ("sent", clock.now()), ("waiting", None)):
        delivery = Delivery.objects.create(
            subscription=row, channel="email", state=state, settled_at=settled, created_at=old
        )
        Reminder.objects.create(
            subscription=row,
            kind="change",
            subject="event:1",
            occurrence=f"change:{delivery.pk}",
            due_at=old,
            state="bundled" if state == "waiting" else "sent",
            settled_at=settled,
            delivery=delivery,
        )
    Sweep.objects.create(pk=1)
    with patch.object(sweep, "CLEAN_AT_ONCE", 1):
        sweep.clean()
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["sent", "waiting"]
    assert Reminder.objects.count() == 2


@pytest.mark.parametrize("channel", ["calendar", "feed"])
@pytest.mark.parametrize(
    ("age", "fetched", "is_kept"),
    [(29, None, True), (31, None, False), (800, 365, True), (800, 366, False)],
)
def test_feed_that_nobody_fetches_is_forgotten(
    channel: str, age: int, fetched: int | None, is_kept: bool
) -> None:
    row = subscription(channel=channel, email="")
    by_mail = subscription()
    now = clock.now()
    old = now - timedelta(days=age)
    day = None if fetched is None else now.date() - timedelta(days=fetched)
    Subscription.objects.update(created_at=old)
    Subscription.objects.filter(pk=row.pk).update(fetched_on=day)
    Subscriber.objects.update(created_at=old)
    Sweep.objects.create(pk=1)
    sweep.clean()
    kept = [row.pk] * is_kept + [by_mail.pk]
    assert list(Subscription.objects.values_list("pk", flat=True)) == kept
    assert Subscriber.objects.count() == len(kept)


@pytest.mark.parametrize("channel", ["calendar", "feed"])
def test_fetching_is_noted_once_a_day_and_the_page_says_the_rule(
    client: Client, channel: str
) -> None:
    row = subscription(channel=channel, email="")
    site = "http://127.0.0.1:8000"
    page = client.get(links.address("manage", row.subscriber).removeprefix(site))
    assert "no program fetches it in its first 30 days" in page.content.decode()
    assert Subscription.objects.get().fetched_on is None
    address = links.address(channel, row).removeprefix(site)
    assert client.get(address).status_code == 200
    assert Subscription.objects.get().fetched_on == clock.now().date()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    assert Change.objects.count() == 0
    assert [one["sql"] for one in queries if one["sql"].startswith("UPDATE")] == []
