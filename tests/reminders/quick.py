"""The Celery application with shorter leases and pauses: what is shown is the same, and sooner.

Each is in proportion to the others as it is in the product: a lease outlasts a message, is renewed
several times, and settling ends before it does.
"""

from datetime import timedelta

import django

from csto_tracker.celery import app

django.setup()

from reminders import delivery, leases, mail  # noqa: E402  # the settings must be there first

leases.LEASE, leases.HOST_PAUSE = timedelta(seconds=20), timedelta(seconds=15)
delivery.RENEW_SECONDS, delivery.SETTLE_SECONDS = 5, 14
mail.SECONDS, mail.STEP_SECONDS = 10, 8
app.conf.beat_schedule["sweep-reminders"]["schedule"] = 4.0
