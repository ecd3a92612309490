"""The composition as a Django app."""

from importlib import import_module

from django.apps import AppConfig


class TrackerConfig(AppConfig):
    name = "csto_tracker"

    def ready(self) -> None:
        # Tasks belong to the application that exists when they are called. It is not made when the
        # package is imported, so that the local launcher stays small.
        import_module("csto_tracker.celery")
