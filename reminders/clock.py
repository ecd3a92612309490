"""The one clock of reminders: PostgreSQL's. A worker whose own clock is wrong does no harm."""

from datetime import datetime

from django.db import connection


def now() -> datetime:
    """The present moment (UTC), also within a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment
