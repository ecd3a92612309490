"""The Celery application. Its schedule lives in code (`CELERY_BEAT_SCHEDULE` in settings)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csto_tracker.settings")
app = Celery("csto_tracker")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
