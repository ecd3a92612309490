"""The composition as a Django app."""

from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from csto_tracker.groups import make_groups


class TrackerConfig(AppConfig):
    name = "csto_tracker"

    def ready(self) -> None:
        # Tasks belong to the application that exists when they are called. It is not made when the
        # package is imported, so that the local launcher stays small.
        import_module("csto_tracker.celery")
        post_migrate.connect(make_groups, dispatch_uid="make_groups")
