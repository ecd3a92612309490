"""An event of many subscribers is planned part by part, whatever happens between two parts."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import DatabaseError, connection

from csto_tracker.local.variables import CHECKOUT
from events.models import Event
from reminders import bundling, clock, parts, planning
from reminders.models import Change, Delivery, Reminder, Subscription
from tests import factories as make
from tests.reminders.conftest import subscription
from tests.reminders.test_planning import coming, day

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def subscribers(monkeypatch: pytest.MonkeyPatch) -> list[Subscription]:
    """Seven, who are planned for two by two, each two in a transaction."""
    monkeypatch.setattr(planning, "SECONDS", 0)
    monkeypatch.setattr(parts, "PAIRS", 2)
    return [subscription(f"{number}@example.org") for number in range(7)]


def plan_once() -> int:
    return planning.plan_changes(clock.now())


def plan() -> None:
    while plan_once():
        continue


def planned(kind: str = "upcoming") -> list[int]:
    rows = Reminder.objects.filter(kind=kind, state="planned")
    return sorted(rows.values_list("subscription", flat=True))


@contextmanager
def insert(body: str) -> Iterator[None]:
    """What PostgreSQL does before a reminder is planned."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION test_insert() RETURNS trigger LANGUAGE plpgsql"
            f" AS $$ BEGIN {body} RETURN NEW; END $$;"
            " CREATE TRIGGER test_insert BEFORE INSERT ON reminders_reminder"
            " FOR EACH ROW EXECUTE FUNCTION test_insert()"
        )
        try:
            yield
        finally:
            cursor.execute("DROP FUNCTION test_insert CASCADE")


def test_each_part_is_a_transaction_and_the_change_says_how_far_it_came(
    subscribers: list[Subscription],
) -> None:
    coming(40)
    numbers = [row.pk for row in subscribers]
    seen = []
    while plan_once():
        reached = Change.objects.values_list("planned_to", flat=True).first()
        seen.append((len(planned()), len(planned("change")), reached))
    assert seen == [
        *((2, 2, numbers[1]), (4, 4, numbers[3]), (6, 6, numbers[5])),
        (7, 7, None),
    ]


def test_part_that_fails_is_planned_again_and_the_others_are_not(
    subscribers: list[Subscription],
) -> None:
    coming(40)
    plan_once()
    broken = f"IF NEW.subscription_id = {subscribers[3].pk} THEN RAISE 'broken'; END IF;"
    with insert(broken), pytest.raises(DatabaseError, match="broken"):
        plan()
    assert planned() == planned("change") == [row.pk for row in subscribers[:2]]
    plan()
    assert planned() == planned("change") == [row.pk for row in subscribers]


def test_process_killed_within_a_part_loses_and_doubles_nothing(
    subscribers: list[Subscription],
) -> None:
    coming(40)
    plan_once()
    database = urlsplit(os.environ["DATABASE_URL"])._replace(
        path=f"/{connection.settings_dict['NAME']}"
    )
    slow = f"IF NEW.subscription_id >= {subscribers[3].pk} THEN PERFORM pg_sleep(30); END IF;"
    with insert(slow):
        process = subprocess.Popen(
            [sys.executable, "manage.py", "reminders", "sweep"],
            cwd=CHECKOUT,
            env={**os.environ, "DATABASE_URL": urlunsplit(database)},
        )
        wait_until_it_sleeps()
        process.kill()
        process.wait()
        end_what_it_left()
    assert planned() == [row.pk for row in subscribers[:2]]
    plan()
    assert planned() == planned("change") == [row.pk for row in subscribers]


def sleeping() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event = 'PgSleep'"
        )
        return [row[0] for row in cursor.fetchall()]


def wait_until_it_sleeps() -> None:
    until = time.monotonic() + 30
    while not sleeping():
        assert time.monotonic() < until
        time.sleep(0.1)


def end_what_it_left() -> None:
    """PostgreSQL would notice only when the statement ends that its client is gone."""
    with connection.cursor() as cursor:
        for pid in sleeping():
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_event_moved_between_two_parts_is_right_for_both(subscribers: list[Subscription]) -> None:
    event = coming(40)
    plan_once()
    Event.objects.filter(pk=event.pk).update(date=day(60))
    plan()
    assert planned() == [row.pk for row in subscribers]
    rows = Reminder.objects.filter(kind="upcoming", state="planned")
    assert set(rows.values_list("occurrence", flat=True)) == {day(60)}
    notices = Reminder.objects.filter(kind="change").order_by("subscription", "pk")
    told = [(row.subscription_id, row.data["happened"][0][0]) for row in notices]
    assert told == [(row.pk, name) for row in subscribers for name in ("added", "moved")]


def test_event_withdrawn_between_two_parts_is_dropped_for_both(
    subscribers: list[Subscription],
) -> None:
    event = coming(40)
    plan_once()
    Event.objects.filter(pk=event.pk).update(is_published=False)
    plan()
    assert planned() == []
    assert Change.objects.count() == 0


def test_subscription_confirmed_between_two_parts_is_planned_once(
    subscribers: list[Subscription],
) -> None:
    coming(40)
    plan_once()
    late = subscription("late@example.org")
    Change.objects.create(kind="subscription", object_id=late.pk)
    plan()
    assert planned() == [*(row.pk for row in subscribers), late.pk]
    assert late.pk not in planned("change")


def test_a_part_asks_few_filters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "FILTERS", 2)
    kinds = ("summit", "exercise", "summit", "meeting", "summit")
    rows = [subscription(f"{n}@example.org", query=f"kind={kind}") for n, kind in enumerate(kinds)]
    first = parts.next_part(0, 1)
    assert (first.upto, first.is_last) == (rows[2].pk, False)
    assert parts.next_part(first.upto, 1).is_last


def test_no_batch_ends_in_the_middle_of_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundling, "BATCH", 2)
    for number in range(2):
        subscription(f"{number}@example.org", wants_changes=False)
    for _ in range(3):
        make.event(status="confirmed", date=day(40))
    plan()
    Reminder.objects.update(due_at=clock.now())
    while bundling.bundle(clock.now()):
        continue
    assert sorted(row.reminders.count() for row in Delivery.objects.all()) == [3, 3]


def test_what_is_over_is_dropped_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundling, "MARKED", 2)
    for number in range(3):
        subscription(f"{number}@example.org", wants_changes=False)
    coming(40)
    plan()
    now = clock.now()
    Reminder.objects.update(due_at=now, over_at=now)
    assert [bundling.bundle(now), bundling.bundle(now), bundling.bundle(now)] == [2, 1, 0]
    assert Delivery.objects.count() == 0
