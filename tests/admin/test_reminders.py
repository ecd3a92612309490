"""What curators see of the reminders: whether anybody sweeps, dead letters and what they say."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from reminders import clock, links, sweep
from reminders.models import Delivery
from tests.reminders.conftest import due_events, subscription

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
LIST = "admin:reminders_delivery_changelist"


def dead() -> Delivery:
    """A dead letter of a subscription that was switched off for it."""
    row = subscription(wants_changes=False)
    due_events()
    sweep.prepare()
    delivery = Delivery.objects.get(subscription=row)
    delivery.reminders.update(state="dropped", reason="dead", settled_at=clock.now())
    Delivery.objects.update(state="dead", error="550 No such user", settled_at=clock.now())
    type(row).objects.update(disabled_at=clock.now(), disabled_reason="550 No such user")
    return delivery


def test_start_page_says_when_nothing_sweeps(sign_in: SignIn) -> None:
    client, index = sign_in("curator"), reverse("admin:index")
    said = "Nothing has looked for due reminders for three minutes"
    assert said in client.get(index).content.decode()
    sweep.sweep(seconds=1)
    assert said not in client.get(index).content.decode()


def test_start_page_counts_the_dead_letters_of_a_week(sign_in: SignIn) -> None:
    client, index = sign_in("curator"), reverse("admin:index")
    assert "given up" not in client.get(index).content.decode()
    dead()
    page = client.get(index).content.decode()
    assert "1 message was given up in the last seven days." in page
    assert f'{reverse(LIST)}?state__exact=dead"' in page
    Delivery.objects.update(settled_at=clock.now() - timedelta(days=8))
    assert "given up" not in client.get(index).content.decode()


def test_curator_reads_a_dead_letter_without_address_or_links_and_requeues_it(
    sign_in: SignIn,
) -> None:
    row, client = dead(), sign_in("curator")
    assert row.subscription is not None
    page = client.get(reverse("admin:reminders_delivery_change", args=[row.pk])).content.decode()
    assert "Summit" in page
    assert "In 30 days." in page
    for purpose, of in (("manage", row.subscription.subscriber), ("unsubscribe", row.subscription)):
        assert links.token(purpose, of) not in page
    assert "reader@example.org" not in page
    client.post(reverse(LIST), {"action": "requeue", "_selected_action": [str(row.pk)]})
    row.refresh_from_db()
    assert (row.state, row.failures) == ("waiting", 0)


@pytest.mark.parametrize("kind", ["confirm", "link"])
def test_request_to_confirm_is_shown_without_its_link(sign_in: SignIn, kind: str) -> None:
    row = Delivery.objects.create(subscription=subscription(), kind=kind, channel="email")
    page = sign_in("curator").get(reverse("admin:reminders_delivery_change", args=[row.pk]))
    assert page.status_code == 200
    assert "Somebody, probably you" in page.content.decode()
    assert row.subscription is not None
    for purpose, of in (("manage", row.subscription.subscriber), ("confirm", row.subscription)):
        assert links.token(purpose, of) not in page.content.decode()
