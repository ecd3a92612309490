"""The kill suite: reminders on their way while everything that carries them is killed.

    python -m tests.reminders.kill --reminders 10000 --kills 20

starts PostgreSQL, Valkey, a web server, Celery workers, two schedulers, a mail server and a
webhook receiver, kills workers at random, wipes and restarts Valkey, restarts PostgreSQL, and
prints what arrived, what did not, and what came twice.
"""

import argparse
import json
import logging
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from aiosmtpd.controller import Controller

from csto_tracker.local.ports import any_free
from tests.reminders.figures import Figures, is_good, table, write
from tests.reminders.receiver import Receiver, receiving
from tests.reminders.sink import NEVER, TROUBLES, Sink, trouble_of
from tests.reminders.site import Pages, Site, site

HOOK_EVERY = 100  # 1 % of the subscriptions are webhooks
REFUSED_HOOKS = 3  # of which as many get a 503 at the first attempt
LEASE_SECONDS, SWEEP_SECONDS = 45, 60


def seed(count: int, hook_url: str, ahead: float) -> dict[str, float]:
    """Subscriptions to events that begin an hour after their reminders are due, the first of them
    `ahead` seconds from now; returns when each address is due. Every event has a country of its
    own, which chooses its subscribers.
    """
    from datetime import UTC, datetime, timedelta

    from events.countries import CODES
    from reminders import clock
    from reminders.models import Selection, Subscriber, Subscription
    from tests import factories as make

    groups = max(2, min(60, count // 100))
    codes = sorted(CODES)[:groups]
    selections = {
        code: Selection.objects.get_or_create(query=f"country={code}")[0] for code in codes
    }
    addresses = [f"{TROUBLES.get(n % 100, 'reader')}-{n}@example.org" for n in range(count)]
    people = Subscriber.objects.bulk_create(
        [Subscriber(email=address) for address in addresses], batch_size=2000
    )
    yesterday = clock.now() - timedelta(days=1)
    rows = []
    for number, person in enumerate(people):
        is_hook = number % HOOK_EVERY == 10
        rows.append(
            Subscription(
                subscriber=person,
                channel="webhook" if is_hook else "email",
                url=f"{hook_url}/{number}" if is_hook else "",
                host="127.0.0.1" if is_hook else "",
                secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" if is_hook else "",
                selection=selections[codes[number % groups]],
                wants_changes=False,
                leads=[60],
                language="ru" if number % 2 else "en",
                zone="Asia/Bishkek",
                confirmed_at=yesterday,
            )
        )
    Subscription.objects.bulk_create(rows, batch_size=2000)
    begin = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=ahead)
    dues = {}
    for place, code in enumerate(codes):
        due = begin + timedelta(seconds=2 * place)
        start = due + timedelta(hours=1)
        make.event(
            status="confirmed",
            country=code,
            date=start.date().isoformat(),
            start_time=start.time(),
            time_zone="UTC",
        )
        dues[code] = due.timestamp()
    return {address: dues[codes[n % groups]] for n, address in enumerate(addresses)}


def run(
    reminders: int, kills: int, workers: int, say: Callable[[str], None], *, quick: bool = False
) -> Figures:
    """One whole run; a `quick` one has shorter leases and pauses (see `quick`)."""
    ahead, pause, app = (8, 2, "tests.reminders.quick") if quick else (15, 4, "csto_tracker")
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    sink = Sink()
    smtp_port = any_free()
    controller = Controller(sink, hostname="127.0.0.1", port=smtp_port)
    controller.start()
    try:
        with receiving() as receiver, site(workers, smtp_port, app) as found:
            # A second failure would be tried again after five minutes only.
            receiver.first = dict.fromkeys(_hook_paths(reminders)[:REFUSED_HOOKS], (503, {}, 0))
            receiver.answers = [(200, {}, 1.0)] * 3
            pages = Pages(found.address)
            say("seeding")
            due = seed(reminders, receiver.url, ahead)
            pages.start()
            begun = time.time()
            outages = _trouble(found, kills, say, ahead - 3, pause)
            _wait_for_all(sink, receiver, due, begun, say)
            pages.ended.set()
            pages.join(timeout=25)
            for failed in pages.failed:
                say(failed)
            figures = _figures(sink, receiver, due, pages, outages)
            figures.kills, figures.workers = kills, workers
            figures.load = os.getloadavg()[0]
            figures.poison_waiting = _poison_waiting()
            return figures
    finally:
        controller.stop()


def _hook_paths(count: int) -> list[str]:
    return [f"/hook/{number}" for number in range(count) if number % HOOK_EVERY == 10]


def _trouble(
    found: Site, kills: int, say: Callable[[str], None], after: float, pause: float
) -> dict[str, tuple[float, float]]:
    """Kill workers at random; a third of the way restart Valkey, at two thirds PostgreSQL.

    It begins `after` so many seconds, with about `pause` between kills.
    """
    outages = {}
    time.sleep(after)
    for number in range(kills):
        if number == kills // 3:
            begun = time.time()
            found.restart_valkey()
            outages["valkey"] = (begun, time.time())
            say("Valkey was wiped and restarted")
        if number == 2 * kills // 3:
            begun = time.time()
            found.restart_postgres()
            outages["postgres"] = (begun, time.time())
            say("PostgreSQL was killed and restarted")
        victim = random.randrange(len(found.workers))
        found.restart_worker(victim)
        say(f"kill -9 of worker {victim} ({number + 1} of {kills})")
        time.sleep(random.uniform(0.5, 1.5) * pause)
    return outages


def _wait_for_all(
    sink: Sink, receiver: Receiver, due: dict[str, float], begun: float, say: Callable[[str], None]
) -> None:
    """Until all that can arrive has arrived, or nothing has for longer than a lease and a sweep."""
    hooks = sum(1 for n in range(len(due)) if n % HOOK_EVERY == 10)
    never = sum(trouble_of(address) in NEVER for address in due)
    wanted = len(due) - hooks - never
    quiet_since, before = time.time(), -1
    while time.time() - quiet_since < 2 * (LEASE_SECONDS + SWEEP_SECONDS):
        arrived = len({address for address, _, _ in list(sink.accepted)})
        called = len({got.path for got in list(receiver.got)})
        if arrived + called != before:
            quiet_since, before = time.time(), arrived + called
        if arrived >= wanted and _all_settled():
            # What could still come twice would do so when the last lease has ended.
            say(f"{arrived} mails after {time.time() - begun:.0f} s")
            time.sleep(5)
            return
        time.sleep(1)
    say(f"only {before} messages arrived")


def _all_settled() -> bool:
    from django.db import DatabaseError, connection

    from reminders.models import Delivery, Reminder

    try:
        waiting = (
            Delivery.objects.filter(state="waiting")
            .exclude(failures__gt=0, channel="email")  # poison recipients
            .exists()
        )
        return not waiting and not Reminder.objects.filter(state="planned").exists()
    except DatabaseError:
        connection.close()
        return False


def _dead() -> int:
    from reminders.models import Delivery

    return int(Delivery.objects.filter(state="dead", channel="email").count())


def _poison_waiting() -> int:
    from reminders.models import Delivery

    return int(Delivery.objects.filter(state="waiting", failures__gt=0, channel="email").count())


def _figures(
    sink: Sink,
    receiver: Receiver,
    due: dict[str, float],
    pages: Pages,
    outages: dict[str, tuple[float, float]],
) -> Figures:
    ids: dict[str, set[str]] = {}
    first: dict[str, float] = {}
    for address, message_id, at in sink.accepted:
        ids.setdefault(address, set()).add(message_id)
        first.setdefault(address, at)
    hooks = {n for n in range(len(due)) if n % HOOK_EVERY == 10}
    wanted = [
        address
        for n, address in enumerate(due)
        if n not in hooks and trouble_of(address) not in NEVER
    ]
    late = sorted(
        first[address] - due[address]
        for address in wanted
        if address in first and trouble_of(address) == "reader"
    )
    again = Counter(trouble_of(address) for address, message_id, _at in sink.accepted) - Counter(
        trouble_of(address) for address, found in ids.items() for _id in found
    )
    well = Counter((got.path, got.headers["webhook-id"]) for got in receiver.got)
    called = {path for path, _ in well}
    distinct = sum(len(found) for found in ids.values())
    figures = Figures(
        reminders=len(due),
        lost=sum(address not in ids for address in wanted),
        doubled_by_id=sum(len(found) - 1 for found in ids.values()),
        raw_duplicates=len(sink.accepted) - distinct - again["slow"],
        slow_raw_duplicates=again["slow"],
        refused=sum(trouble_of(address) == "refused" for address in due),
        dead=_dead(),
        early=sum(first[address] < due[address] for address in wanted if address in first),
        hooks_lost=len(hooks) - len(called),
        hooks_doubled_by_id=len(well) - len(called),
        # Those that were answered by 503 had to come again.
        hooks_raw_duplicates=sum(well.values()) - len(well) - min(REFUSED_HOOKS, len(hooks)),
    )
    if late:
        figures.p50 = late[len(late) // 2]
        figures.p99 = late[int(len(late) * 0.99)]
        figures.latest = late[-1]
        figures.seconds = max(first.values()) - min(due.values())
    _count_pages(figures, pages, outages)
    return figures


def _count_pages(figures: Figures, pages: Pages, outages: dict[str, tuple[float, float]]) -> None:
    """What visitors saw. Around PostgreSQL's restart 503 is the right answer."""
    figures.pages_asked = len(pages.answers)
    begun, ended = outages.get("postgres", (0.0, 0.0))
    bad = [(at, status) for at, status in pages.answers if status >= 500 or status == 0]
    around = [(at, s) for at, s in bad if begun - 1 <= at <= ended + 30]
    figures.pages_503_postgres = sum(status == 503 for _, status in around)
    figures.pages_5xx_else = len(bad) - figures.pages_503_postgres
    if around:
        figures.postgres_recovery = max(0.0, max(at for at, _ in around) - ended)
    begun, ended = outages.get("valkey", (0.0, 0.0))
    elsewhere = [one for one in bad if one not in around]
    figures.valkey_pages_failed = sum(begun <= at <= ended + 10 for at, _ in elsewhere)
    if elsewhere:
        print("failed pages:", [(round(at - begun, 1), status) for at, status in elsewhere])


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reminders", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--quick", action="store_true", help="shorter leases and pauses")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--write", type=Path, help="put the table into this document")
    options = parser.parse_args(arguments)
    figures = run(
        options.reminders,
        options.kills,
        options.workers,
        lambda text: print(f"{time.strftime('%H:%M:%S')} {text}", flush=True),
        quick=options.quick,
    )
    print(table(figures))
    if options.json:
        options.json.write_text(json.dumps(asdict(figures)))
    if options.write:
        write(options.write, table(figures))
    return 0 if is_good(figures) else 1


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csto_tracker.settings")
    sys.exit(main(sys.argv[1:]))
