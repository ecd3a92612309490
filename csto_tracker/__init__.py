"""The composition of the site: everything below is put together here, nothing imports it."""

from csto_tracker.celery import app as celery_app

__all__ = ["celery_app"]
