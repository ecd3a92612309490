"""Reminders: planning for many subscriptions, and delivering mails.

    make bench-reminders

writes its figures to bench/reminders.md. It needs an empty database of its own.
"""

import logging
import os
import platform
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from aiosmtpd.controller import Controller

SUBSCRIPTIONS, EVENTS = 10_000, 100  # a million pairs
CROWD = 1_000_000  # subscribers of one event
MAILS = 10_000
REPORT = Path(__file__).with_suffix(".md")


def megabytes() -> float:
    """The memory that this process has now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


class Memory(threading.Thread):
    """The most memory that the process had while this ran, looked at ten times a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.before = self.most = megabytes()
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.1):
            self.most = max(self.most, megabytes())

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *details: object) -> None:
        self.ended.set()
        self.join()

    def __str__(self) -> str:
        return f"{self.before:.0f} MB before, at most {self.most:.0f} MB"


class Sink:
    count = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.count += 1
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[Sink]:
    from django.test.utils import override_settings

    from csto_tracker.local.ports import any_free

    logging.getLogger("mail.log").setLevel(logging.WARNING)
    sink, port = Sink(), any_free()
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        with override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=port,
        ):
            yield sink
    finally:
        controller.stop()


def subscribe(count: int) -> None:
    from reminders import clock
    from reminders.models import Selection, Subscriber, Subscription

    selection = Selection.objects.create(query="")
    people = Subscriber.objects.bulk_create(
        [Subscriber(email=f"reader-{n}@example.org") for n in range(count)], batch_size=2000
    )
    zones = ["Asia/Bishkek", "Europe/Moscow", "America/New_York", "UTC"]
    Subscription.objects.bulk_create(
        [
            Subscription(
                subscriber=person,
                channel="email",
                selection=selection,
                wants_changes=False,
                leads=[1440],
                language="en",
                zone=zones[n % len(zones)],
                confirmed_at=clock.now() - timedelta(days=1),
            )
            for n, person in enumerate(people)
        ],
        batch_size=2000,
    )


def announce(count: int) -> None:
    from reminders import clock
    from tests import factories as make

    day = (clock.now() + timedelta(days=60)).date().isoformat()
    for _ in range(count):
        make.event(status="announced", date=day)


def plan() -> None:
    from reminders import clock, planning

    while planning.plan_changes(clock.now()):
        continue


def join_crowd(count: int) -> None:
    """Many more subscribers, as far as planning looks at them."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "WITH person AS (INSERT INTO reminders_subscriber (email, nonce)"
            " SELECT 'crowd-' || n || '@example.org', md5(n::text) FROM generate_series(1, %s) n"
            " RETURNING id)"
            " INSERT INTO reminders_subscription (subscriber_id, channel, url, host, secret,"
            " selection_id, wants_upcoming, wants_changes, wants_assessments, wants_handover,"
            " leads, digest, weekday, hour, digest_when_empty, language, zone, nonce, confirmed_at,"
            " disabled_reason)"
            " SELECT id, 'email', '', '', '', (SELECT min(id) FROM reminders_selection), true,"
            " false, false, false, '{1440}', 'none', 0, id %% 24, false, 'en',"
            " (ARRAY['Asia/Bishkek', 'Europe/Moscow', 'America/New_York', 'UTC'])[1 + id %% 4],"
            " md5(id::text), now() - interval '1 day', '' FROM person",
            [count],
        )


def plan_for_crowd() -> tuple[float, float]:
    """Plan one event for everybody; seconds in all, and of the longest transaction."""
    from reminders import clock, planning

    announce(1)
    each = []
    while True:
        begun = time.perf_counter()
        done = planning.plan_changes(clock.now())
        each.append(time.perf_counter() - begun)
        if not done:
            return sum(each), max(each)


def timed(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def change_one_event() -> float:
    """Change the text of one event and plan; returns the seconds of planning."""
    from events.models import Event

    first = Event.objects.order_by("pk")[:1].values("pk")
    Event.objects.filter(pk__in=first).update(summary=f"Text of {time.time()}.")
    return timed(plan)


class Rows(list[tuple[str, str]]):
    """The table so far. Each row is shown as soon as it is measured."""

    def add(self, label: str, value: object) -> None:
        print(f"{label}: {value}", flush=True)
        self.append((label, str(value)))


def measure() -> Rows:
    from reminders.models import Reminder

    rows = Rows()
    subscribe(SUBSCRIPTIONS)
    announce(1)
    plan()
    alone = change_one_event()
    announce(EVENTS - 1)
    with Memory() as memory:
        seconds = timed(plan)
    planned = Reminder.objects.filter(state="planned").count()
    assert planned == SUBSCRIPTIONS * EVENTS, planned
    added = planned - SUBSCRIPTIONS
    rows.add(
        f"Planning {added:,} reminders ({SUBSCRIPTIONS:,} subscriptions x {EVENTS - 1} events)",
        f"{seconds:.1f} s, {added / seconds:,.0f} a second",
    )
    rows.add("Memory (RSS) of the process while it planned", memory)
    rows.add(
        "Planning when nothing changed, a million reminders planned",
        f"{timed(plan) * 1000:.0f} ms",
    )
    rows.add(
        f"Planning a change of one event, {SUBSCRIPTIONS:,} reminders planned", f"{alone:.2f} s"
    )
    rows.add("The same, a million reminders planned", f"{change_one_event():.2f} s")
    measure_delivery(rows)
    join_crowd(CROWD - SUBSCRIPTIONS)
    with Memory() as memory:
        seconds, longest = plan_for_crowd()
    rows.add(
        f"Planning one event for {CROWD:,} subscriptions, part by part",
        f"{seconds:.0f} s; the longest transaction {longest:.1f} s",
    )
    rows.add("Memory (RSS) of the process while it planned", memory)
    return rows


def measure_delivery(rows: Rows) -> None:
    from django.db import connection

    from events.models import Event
    from reminders import clock, delivery, sweep
    from reminders.models import Reminder

    first = Event.objects.order_by("pk").first()
    assert first is not None
    Reminder.objects.exclude(subject=f"event:{first.pk}").delete()
    # Without a day nothing is computed anew, and all of it is due now.
    Reminder.objects.update(due_at=clock.now(), day=None)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE reminders_reminder")  # as autovacuum would, after a million
    bundling = timed(sweep.prepare)
    with mail_server() as sink, Memory() as memory, delivery.Deliverer() as deliverer:
        seconds = timed(lambda: deliverer.run(600))
        assert sink.count == MAILS, sink.count
    rows.add(f"Bundling {MAILS:,} messages", f"{bundling:.1f} s")
    rows.add(
        f"Delivering {MAILS:,} mails by one worker to a sink in the same process",
        f"{seconds:.0f} s, {MAILS / seconds:.0f} a second",
    )
    rows.add("Memory (RSS) of worker and sink while they delivered", memory)


def report(rows: list[tuple[str, str]]) -> str:
    lines = [
        "# Reminders: planning and delivery",
        "",
        (
            f"Made by `make bench-reminders` on {os.cpu_count()} cores"
            f" ({platform.machine()}), Python {platform.python_version()}."
            " PostgreSQL ran without waiting for the disk, as in the tests; other work shared the"
            f" machine, whose load was {os.getloadavg()[1]:.1f}."
        ),
        "",
        "| what | measured |",
        "|---|---|",
        *(f"| {label} | {value} |" for label, value in rows),
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    text = report(measure())
    REPORT.write_text(text)
    print(text)
    return 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csto_tracker.settings")
    sys.exit(main())
