"""Celery tasks of this app: thin, safe to run twice."""

from celery import shared_task

from assessments import services


@shared_task
def find_curator_work() -> None:
    """Bring the curators' tasks in line with the record."""
    services.find_curator_work()
    services.find_house_work()
