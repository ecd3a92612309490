"""The one clock of reminders: PostgreSQL's. A worker whose own clock is wrong does no harm."""

import time
from datetime import datetime, timedelta

from django.db import connection


def now() -> datetime:
    """The present moment (UTC), also within a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


class Watch:
    """PostgreSQL's clock, looked at now and then and counted on by one that never jumps."""

    SECONDS = 5.0

    def __init__(self) -> None:
        self._moment: datetime | None = None
        self._read_at = 0.0

    def now(self) -> datetime:
        """The present moment (UTC), asked of PostgreSQL once in SECONDS."""
        passed = time.monotonic() - self._read_at
        if self._moment is None or passed > self.SECONDS:
            self._read_at, passed = time.monotonic(), 0.0
            self._moment = now()
        return self._moment + timedelta(seconds=passed)
