"""A whole site as processes of its own, with an empty database, and a reader of its pages."""

import os
import secrets
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from csto_tracker.local import health, services
from csto_tracker.local.ports import any_free
from csto_tracker.local.postgres import Postgres
from csto_tracker.local.processes import TAG, Child, stop
from csto_tracker.local.run import SETTINGS, make_place
from csto_tracker.local.valkey import Valkey
from csto_tracker.local.variables import CHECKOUT


class Pages(threading.Thread):
    """Asks for pages all the time and keeps the answers."""

    def __init__(self, address: str) -> None:
        super().__init__(daemon=True)
        self.address, self.ended = address, threading.Event()
        self.answers: list[tuple[float, int]] = []
        self.failed: list[str] = []

    def run(self) -> None:
        paths = ["/healthz", "/status/", "/events/", "/api/v1/events/"]
        number = 0
        while not self.ended.wait(0.25):
            number += 1
            path = paths[number % len(paths)]
            status = self._ask(path)
            self.answers.append((time.time(), status))
            if status >= 500 or status == 0:
                self.failed.append(f"{time.strftime('%H:%M:%S')} {path} {status or 'no answer'}")

    def _ask(self, path: str) -> int:
        try:
            with urllib.request.urlopen(self.address + path, timeout=20) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0


@dataclass
class Site:
    """Everything that runs, and what it takes to start a worker again."""

    environment: dict[str, str]
    log: Path
    postgres: Postgres
    valkey: Valkey
    cache: Child
    address: str
    app: str
    workers: list[Child] = field(default_factory=list)
    others: list[Child] = field(default_factory=list)

    def worker(self, number: int) -> Child:
        return Child(
            f"Worker {number}",
            [
                *(sys.executable, "-m", "celery", "--app", self.app, "worker"),
                *("--hostname", f"w{number}@localhost", "--pool", "solo"),
                *("--without-gossip", "--without-mingle", "--loglevel", "WARNING"),
            ],
            self.environment,
            log=self.log / f"worker-{number}.log",
            folder=CHECKOUT,
        )

    def scheduler(self, number: int) -> Child:
        return Child(
            f"Scheduler {number}",
            [
                *(sys.executable, "-m", "celery", "--app", self.app, "beat"),
                *("--pidfile", "", "--schedule", str(self.log / f"schedule-{number}")),
            ],
            self.environment,
            log=self.log / f"scheduler-{number}.log",
            folder=CHECKOUT,
        )

    def restart_worker(self, number: int) -> None:
        self.workers[number].kill_group()
        self.workers[number].start()

    def restart_valkey(self) -> None:
        """Wiped, killed and started empty on its port."""
        self.cache.kill_group()
        time.sleep(2)
        self.cache.start_until(self.valkey.answers, seconds=15, interrupted=lambda: False)

    def restart_postgres(self) -> None:
        """Crashed and recovered: `kill -9` of its main process."""
        self.postgres.child.process.send_signal(signal.SIGKILL)
        self.postgres.child.process.wait()
        time.sleep(1)
        self.postgres.restart(interrupted=lambda: False)


@contextmanager
def site(workers: int, smtp_port: int, app: str = "csto_tracker") -> Iterator[Site]:
    """A whole site in a folder of its own, with a migrated, empty database. `app` is the Celery
    application of its workers and schedulers.
    """
    with ExitStack() as cleanup:
        place = make_place(cleanup)
        log = place / "log"
        postgres = Postgres(place, tell=lambda _: None)
        child = postgres.start()
        cleanup.callback(lambda: stop([postgres.child], seconds=5))
        valkey = Valkey(place)
        cache = valkey.start()
        cleanup.callback(lambda: stop([cache], seconds=3))
        port = any_free()
        environment = {
            **os.environ,
            **SETTINGS,
            "DEBUG": "0",  # or else a page that fails would not be the one that visitors see
            "SECRET_KEY": secrets.token_urlsafe(64),
            "DATABASE_URL": postgres.url,
            "REDIS_URL": valkey.url,
            "SITE_URL": f"http://127.0.0.1:{port}",
            "EMAIL_URL": f"smtp://127.0.0.1:{smtp_port}",
            "REMINDERS_ALLOW_LOOPBACK": "1",
            "LOG_LEVEL": "WARNING",
            TAG: str(place),
        }
        os.environ.update(environment)
        found = Site(environment, log, postgres, valkey, cache, environment["SITE_URL"], app)
        assert child.running
        migrate()
        web = services.web(environment, log, "127.0.0.1", port).child
        found.workers = [found.worker(number) for number in range(workers)]
        found.others = [web, found.scheduler(1), found.scheduler(2)]
        started: list[Child] = []
        cleanup.callback(lambda: stop(started, seconds=2))
        for process in [*found.others, *found.workers]:
            process.start()
            started.append(process)
        web.wait_until(
            lambda: health.answers("127.0.0.1", port, found.address),
            seconds=60,
            interrupted=lambda: False,
        )
        yield found


def migrate() -> None:
    import django  # the settings read the environment that was made above

    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
