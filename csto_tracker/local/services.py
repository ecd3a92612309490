"""The processes of the site itself: how each is started, and how it is seen to answer."""

import hashlib
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from csto_tracker.local import health
from csto_tracker.local.failure import LocalError
from csto_tracker.local.processes import TAG, Child
from csto_tracker.local.variables import CHECKOUT

START_SECONDS = 60
WEB_WORKERS = 2


@dataclass(frozen=True)
class Service:
    child: Child
    answers: Callable[[], bool]


def _python(name: str, environment: Mapping[str, str], log: Path | None, *module: str) -> Child:
    return Child(name, [sys.executable, "-m", *module], environment, log=log, folder=CHECKOUT)


def prepare(environment: Mapping[str, str], interrupted: Callable[[], bool]) -> None:
    """Bring the database to the present code, in a process whose output the user sees."""
    child = _python("Preparing the database", environment, None, "csto_tracker.local.prepare")
    child.start()
    try:
        code = child.wait(interrupted=interrupted)
    finally:
        child.kill_group()
    if code != 0:
        raise LocalError(f"The database could not be prepared (code {code}); see above.")


def web(environment: Mapping[str, str], log: Path, host: str, port: int) -> Service:
    child = _python(
        "Web server",
        environment,
        log / "web.log",
        *("granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", str(WEB_WORKERS), "--blocking-threads", "1", "--http", "1", "--no-ws"),
        *("--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "4"),
        *("--log-level", "warning", "csto_tracker.wsgi:application"),
    )
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (compared, not listened on)
    return Service(child, lambda: health.answers(reached, port, environment["SITE_URL"]))


def worker(environment: Mapping[str, str], log: Path) -> Service:
    name = f"local-{hashlib.sha256(environment[TAG].encode()).hexdigest()[:8]}@localhost"
    child = _python(
        "Worker",
        environment,
        log / "worker.log",
        *("celery", "--app", "csto_tracker", "worker", "--hostname", name),
        # One process instead of two, as all of it has to fit a small machine. Servers use more.
        *("--pool", "solo", "--without-gossip", "--without-mingle", "--loglevel", "INFO"),
    )
    ask = [sys.executable, "-m", "celery", "inspect", "ping", "--destination", name, "-t", "1"]
    ask_environment = {**environment, "BROKER_URL": environment["REDIS_URL"]}

    def answers() -> bool:
        # A process of its own: Celery would stay in the launcher's memory for one question.
        asked = subprocess.run(ask, env=ask_environment, capture_output=True, cwd=CHECKOUT)
        return asked.returncode == 0

    return Service(child, answers)


def scheduler(environment: Mapping[str, str], log: Path, folder: Path) -> Service:
    folder.mkdir(mode=0o700, exist_ok=True)
    alive = folder / "schedule.alive"
    alive.unlink(missing_ok=True)
    child = _python(
        "Scheduler",
        environment,
        log / "scheduler.log",
        *("celery", "--app", "csto_tracker", "beat", "--loglevel", "INFO"),
        # No file with its process number: after `kill -9` it would keep the next one from starting.
        *("--pidfile", "", "--schedule", str(folder / "schedule"), "--max-interval", "60"),
        *("--scheduler", "csto_tracker.local.heartbeat:HeartbeatScheduler"),
    )
    return Service(child, alive.exists)
