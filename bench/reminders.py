"""Reminders: planning for many subscriptions, and delivering mails.

    python -m csto_tracker.local.run -- python -m bench.reminders

writes its figures to bench/reminders.md. It needs an empty database of its own.
"""

import logging
import os
import platform
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

SUBSCRIPTIONS, EVENTS = 10_000, 100  # a million pairs
MAILS = 10_000
REPORT = Path(__file__).with_suffix(".md")


def peak_megabytes() -> float:
    """The most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


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


def timed(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def measure() -> list[tuple[str, str]]:
    from events.models import Event
    from reminders import clock, delivery, sweep
    from reminders.models import Reminder

    rows = []
    subscribe(SUBSCRIPTIONS)
    announce(EVENTS)
    before = peak_megabytes()
    seconds = timed(plan)
    planned = Reminder.objects.filter(state="planned").count()
    assert planned == SUBSCRIPTIONS * EVENTS, planned
    rows += [
        (f"Planning {planned:,} reminders ({SUBSCRIPTIONS:,} subscriptions x {EVENTS} events)",
         f"{seconds:.1f} s, {planned / seconds:,.0f} a second"),
        ("Memory that planning added to the process", f"{peak_megabytes() - before:.0f} MB"),
    ]  # fmt: skip
    first = Event.objects.order_by("pk")[:1].values("pk")
    rows.append(("Planning when nothing changed", f"{timed(plan) * 1000:.0f} ms"))
    Event.objects.filter(pk__in=first).update(summary="Another text.")
    rows.append(
        (f"Planning when one of {EVENTS} events changed, a million reminders planned",
         f"{timed(plan):.2f} s")
    )  # fmt: skip
    Reminder.objects.exclude(subject=f"event:{first[0]['pk']}").delete()
    # Without a day nothing is computed anew, and all of it is due now.
    Reminder.objects.update(due_at=clock.now(), day=None)
    rows.append((f"Bundling {MAILS:,} messages", f"{timed(sweep.prepare):.1f} s"))
    before = peak_megabytes()
    with mail_server() as sink:
        with delivery.Deliverer() as deliverer:
            seconds = timed(lambda: deliverer.run(600))
        assert sink.count == MAILS, sink.count
    rows += [
        (f"Delivering {MAILS:,} mails by one worker to a sink in the same process",
         f"{seconds:.0f} s, {MAILS / seconds:.0f} a second"),
        ("Memory that delivery added to the process", f"{peak_megabytes() - before:.0f} MB"),
    ]  # fmt: skip
    return rows


def report(rows: list[tuple[str, str]]) -> str:
    lines = [
        "# Reminders: planning and delivery",
        "",
        (
            "Made by `python -m csto_tracker.local.run -- python -m bench.reminders` on"
            f" {os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}."
            " PostgreSQL ran without waiting for the disk, as in the tests; other work shared the"
            " machine."
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
    from django.db import connection

    call_command("migrate", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        # A million rows in one statement may take longer than a page's statement may.
        cursor.execute("SET statement_timeout = '10min'")
    text = report(measure())
    REPORT.write_text(text)
    print(text)
    return 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csto_tracker.settings")
    sys.exit(main())
