"""Celery says when to look; what is to be done stands in PostgreSQL."""

import logging

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from reminders import sweep as sweeping

log = logging.getLogger(__name__)
EXPIRES_SECONDS = 60  # by then the schedule's wake-ups have made it pointless

HELP_FROM = 50  # messages waiting, from which another worker is worth waking


@shared_task(name="reminders.tasks.sweep")
def sweep() -> None:
    """Sweep once; safe to run twice and at the same time. A long queue calls for help."""
    if sweeping.backlog() > HELP_FROM:
        call()
    if sweeping.sweep():
        call()


def wake() -> None:
    """Have a sweep begin once the present transaction is committed."""
    if all(function is not call for _sids, function, _robust in _waiting()):
        transaction.on_commit(call)


def _waiting() -> list[tuple[object, object, bool]]:
    return list(transaction.get_connection().run_on_commit)


def call() -> None:
    """Say “sweep now”. Without Redis the sweep of the next minute does the work."""
    try:
        sweep.apply_async(expires=EXPIRES_SECONDS, retry=False)
    except OperationalError as error:
        log.warning("no wake-up for the reminders: %s", error)
