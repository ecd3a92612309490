"""When nobody says “sweep now”, because Redis or the scheduler is gone, a worker does so itself."""

import logging
import random
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from celery.signals import worker_ready
from django.db import Error, connection

from reminders import tasks

log = logging.getLogger(__name__)
LOOK_SECONDS = 20
SILENT_SECONDS = 90
_MANAGE = Path(__file__).resolve().parent.parent / "manage.py"


def follow_workers() -> None:
    """Have each Celery worker sweep when it starts, and watch from then on."""
    worker_ready.connect(_start, weak=False)


def _start(**options: Any) -> None:
    tasks.call()  # who starts looks at once: the last worker may have died in the middle
    threading.Thread(target=_watch, name="reminders-deadman", daemon=True).start()


def _watch() -> None:
    while True:
        # Workers that were started together do not look together.
        time.sleep(LOOK_SECONDS * random.uniform(0.8, 1.2))  # noqa: S311 (no secret)
        try:
            silent = _is_silent()
        except Error as error:
            log.warning("reminders: PostgreSQL does not answer: %s", error)
            silent = False
        finally:
            connection.close()
        if silent:
            log.warning(
                "reminders: nothing swept for %d s, sweeping without Celery", SILENT_SECONDS
            )
            # A process of its own: this one's pool forks, and must not hold half a sweep.
            try:
                subprocess.run([sys.executable, str(_MANAGE), "reminders", "sweep"], timeout=120)
            except subprocess.TimeoutExpired:
                log.warning("reminders: the sweep without Celery was ended after 120 s")


def _is_silent() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT NOT EXISTS (SELECT 1 FROM reminders_sweep"
            " WHERE greatest(begun_at, ended_at) > now() - make_interval(secs => %s))",
            [SILENT_SECONDS],
        )
        return bool(cursor.fetchone()[0])
