"""What is told of delivery as a whole: the ledger, health, and the local mailbox."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from reminders import clock, services, status, sweep
from reminders.models import Delivery, Subscriber, Sweep
from tests.reminders.conftest import subscription
from tests.reminders.test_pages import ask

pytestmark = pytest.mark.django_db


def test_status_page_names_nobody_and_shows_the_ledger(client: Client) -> None:
    row = subscription()
    now = clock.now()
    for state, late in (("sent", 5), ("sent", 3600), ("dead", 0), ("waiting", 0)):
        Delivery.objects.create(
            subscription=row,
            channel="email",
            state=state,
            due_at=now,
            settled_at=now + timedelta(seconds=late),
        )
    for address in ("/status/", "/ru/status/"):
        page = client.get(address)
        text = page.content.decode()
        assert page.status_code == 200
        assert "reader@" not in text
        cells = re.findall(r"<td>(\d+)</td>", text)
        assert cells == ["4", "2", "1", "1", "1"]


def test_ledger_still_says_what_went_to_those_who_have_left(client: Client) -> None:
    now = clock.now()
    for email in ("a@example.org", "b@example.org", "c@example.org"):
        row = subscription(email)
        for state, minutes in (("sent", 1), ("sent", 60), ("dead", 1), ("dropped", 1)):
            Delivery.objects.create(
                subscription=row,
                channel="email",
                state=state,
                due_at=now - timedelta(minutes=minutes),
                settled_at=now,
                error="550 no such mailbox",
            )
    before = status.ledger()
    assert sum(day.sent for day in before) == 6
    first, second, _ = Subscriber.objects.order_by("email")
    services.erase(subscriber=first)
    services.unsubscribe(subscription=second.subscriptions.get())
    assert Delivery.objects.count() == 4
    assert status.ledger() == before


def test_health_says_when_nothing_sweeps(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok", "sweep": "late"}
    assert client.get("/healthz/sweep").status_code == 503
    sweep.sweep(seconds=1)
    assert client.get("/healthz").json() == {"status": "ok", "sweep": "ok"}
    assert client.get("/healthz/sweep").status_code == 200
    Sweep.objects.update(ended_at=clock.now() - timedelta(minutes=4))
    assert client.get("/healthz").json() == {"status": "ok", "sweep": "late"}


def test_mailbox_shows_kept_mail_to_this_machine_only(
    client: Client, settings: Any, tmp_path: Any
) -> None:
    assert client.get("/mailbox/").status_code == 404
    settings.EMAIL_BACKEND, settings.MAILBOX_DIR = "reminders.mailbox.Mailbox", tmp_path / "mail"
    ask(client)
    sweep.sweep(seconds=2)
    page = client.get("/mailbox/")
    assert page.status_code == 200
    assert "Please confirm your reminders" in page.content.decode()
    assert re.search(r'href="http://127.0.0.1:8000/reminders/confirm/', page.content.decode())
    assert client.get("/mailbox/", REMOTE_ADDR="192.0.2.1").status_code == 404
