"""What planning reads, counted by PostgreSQL: it grows with what changed, not with all there is."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction

from events.models import Event
from reminders import clock, parts, planning, upcoming
from reminders.models import Reminder, Selection, Subscriber, Subscription
from tests import factories as make

pytestmark = pytest.mark.django_db

# Rows that this transaction has read or written. The queue of changes is left out, and so are
# entries of indexes: what other tests have undone is still among them.
_TOUCHED = """
    SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0) + n_tup_ins + n_tup_upd)
    FROM pg_stat_xact_user_tables
    WHERE relname IN ('reminders_subscription', 'reminders_reminder', 'reminders_selection')
"""


def touched(work: Callable[[], object]) -> int:
    """How many rows `work` makes PostgreSQL touch."""
    found = []
    for act in (lambda: None, work):
        act()
        with connection.cursor() as cursor:
            cursor.execute(_TOUCHED)
            found.append(int(cursor.fetchone()[0]))
    return found[1] - found[0]


def subscriptions(count: int, query: str, **options: object) -> list[Subscription]:
    """Subscriptions to events ahead, all with one filter."""
    selection = Selection.objects.get_or_create(query=query)[0]
    people = Subscriber.objects.bulk_create(Subscriber(email="") for _ in range(count))
    values = {"channel": "email", "leads": [1440], "language": "en", "zone": "UTC"} | options
    return Subscription.objects.bulk_create(
        Subscription(
            subscriber=person,
            selection=selection,
            wants_changes=False,
            confirmed_at=clock.now(),
            **values,
        )
        for person in people
    )


def coming(count: int, **options: object) -> list[Event]:
    day = (clock.now() + timedelta(days=60)).date().isoformat()
    return [make.event(status="announced", date=day, **options) for _ in range(count)]


def statistics() -> None:
    """What PostgreSQL itself gathers from time to time, by which it chooses how to read."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE reminders_subscription, reminders_reminder, reminders_selection")
        cursor.execute("ANALYZE events_event, reminders_change")


def plan() -> None:
    while planning.plan_changes(clock.now()):
        pass


def move(event: Event, days: int) -> None:
    day = (clock.now() + timedelta(days=days)).date().isoformat()
    Event.objects.filter(pk=event.pk).update(date=day)
    plan()


def test_change_of_one_event_reads_none_of_what_is_planned_for_others() -> None:
    subscriptions(50, "kind=exercise")
    subscriptions(200, "kind=summit")
    (event,) = coming(1, kind="exercise")
    costs = []
    for others, days in ((10, 70), (90, 80)):
        coming(others, kind="summit")
        plan()
        statistics()
        costs.append(touched(lambda days=days: move(event, days)))  # type: ignore[misc]
    assert Reminder.objects.filter(state="planned").count() == 50 + 100 * 200
    # What was dropped for the first date of the event is looked at again for the third.
    assert costs[1] < costs[0] + 5 * 50


def test_cost_grows_with_the_subscriptions_that_are_reached_and_little_with_the_others() -> None:
    costs = {}
    for reached, others in ((200, 200), (2000, 200), (200, 4000)):
        with transaction.atomic():
            subscriptions(reached, "kind=exercise")
            subscriptions(others, "kind=summit")
            statistics()
            coming(1, kind="exercise")
            costs[reached, others] = touched(plan)
            assert Reminder.objects.filter(state="planned").count() == reached
            transaction.set_rollback(True)
    base = costs[200, 200]
    assert 3 < costs[2000, 200] / base < 12
    # Of those that are not reached the number and the filter are looked at, a few times.
    assert (costs[200, 4000] - base) / 3800 < 7


def test_parts_of_a_filters_subscriptions_together_read_each_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As after a rush: what PostgreSQL knows is from when there were few. When each part read all
    of the filter, a million subscribers took five minutes and more, not 22 s.
    """
    costs = {}
    for size in (10_000, 200):
        with transaction.atomic():
            monkeypatch.setattr(parts, "PAIRS", size)
            subscriptions(10, "kind=exercise")
            statistics()
            subscriptions(4000, "kind=exercise")
            coming(1, kind="exercise")
            costs[size] = touched(plan)
            assert Reminder.objects.filter(state="planned").count() == 4010
            transaction.set_rollback(True)
    assert costs[200] < 2 * costs[10_000]


def test_nothing_changed_reads_nothing() -> None:
    subscriptions(100, "")
    coming(5)
    plan()
    assert touched(plan) == 0


def test_other_rules_of_zones_look_at_each_reminder_a_few_times() -> None:
    subscriptions(300, "")
    coming(5)
    plan()
    statistics()
    assert Reminder.objects.filter(state="planned").count() == 1500
    assert touched(lambda: upcoming.apply_rules_of_zones(clock.now())) < 4 * 1500
