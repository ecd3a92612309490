"""Celery tasks of the site as a whole: thin, safe to run twice."""

from celery import shared_task

from csto_tracker.releases import make_monthly_release


@shared_task(name="csto_tracker.tasks.release_month")
def release_month() -> None:
    """Make the release of the month on its first days, unless there is one."""
    make_monthly_release()
