"""QuerySets of rows that last for a period."""

from datetime import date
from typing import Self

from publishing.querysets import RecordQuerySet


class DatedQuerySet(RecordQuerySet):
    """Rows that hold for a period of days."""

    def current(self, at: date) -> Self:
        """Rows whose period holds the day `at`."""
        return self.filter(period__contains=at)
