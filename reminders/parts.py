"""Planning for some subscriptions at a time, so that no transaction is long."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from reminders.models import Subscription

# Subscriptions times subjects, and filters that are asked which subjects they choose, in one part:
# about a second of work.
PAIRS, FILTERS = 10_000, 500
LAST = 2**63 - 1


class Part(NamedTuple):
    """The subscriptions with numbers after `after`, up to and with `upto`."""

    after: int = 0
    upto: int = LAST

    @property
    def is_last(self) -> bool:
        return self.upto == LAST

    def of(self, rows: QuerySet[Any]) -> Any:
        """Those of some reminders that are of these subscriptions."""
        return rows.filter(subscription__gt=self.after, subscription__lte=self.upto)


@contextmanager
def _in_order_of_an_index() -> Iterator[None]:
    """PostgreSQL reads as far as is asked for, and does not sort all that is left: after a rush
    of new rows it believes that there are few.
    """
    others = ("enable_sort", "enable_seqscan", "enable_bitmapscan")
    with connection.cursor() as cursor:
        cursor.execute(";".join(f"SET LOCAL {name} = off" for name in others))
        yield
        cursor.execute(";".join(f"RESET {name}" for name in others))


def next_part(after: int, subjects: int) -> Part:
    """The part that follows `after` when as many subjects are planned for."""
    most = max(1, PAIRS // max(1, subjects))
    rows = Subscription.objects.filter(pk__gt=after).order_by("pk")
    with _in_order_of_an_index():
        found = list(rows.values_list("pk", "selection")[: most + 1])
    filters: set[int] = set()
    for place, (_pk, selection) in enumerate(found):
        filters.add(selection)
        if place and (place == most or len(filters) > FILTERS):
            return Part(after, found[place - 1][0])
    return Part(after)
