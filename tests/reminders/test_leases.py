"""Leases: who holds a delivery, for how long, and who may settle it."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from reminders import clock, delivery, leases, sweep
from reminders.leases import claim, renew, settle
from reminders.models import Delivery
from reminders.outcome import Outcome, Result
from tests.reminders.conftest import Sink, deliver, due_events, subscription

pytestmark = pytest.mark.django_db(transaction=True)

MINUTE = timedelta(minutes=1)


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


def test_what_a_dead_process_had_not_begun_is_free_within_seconds() -> None:
    for number in range(2):
        subscription(f"{number}@example.org", wants_changes=False)
    due_events()
    sweep.prepare()
    now = clock.now()
    begun, _reserved = claim("email", 2, now)
    assert renew(begun)
    (other,) = claim("email", 2, now + timedelta(seconds=10))
    assert other.delivery.pk != begun.delivery.pk


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


def test_lease_given_by_a_clock_that_has_jumped_back_is_no_lease() -> None:
    subscription(wants_changes=False)
    due_events()
    sweep.prepare()
    now = clock.now()
    claim("email", 1, now + timedelta(days=1))
    assert len(claim("email", 1, now)) == 1
