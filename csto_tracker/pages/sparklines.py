"""Events by month of a term, priority by priority, as small charts."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from csto_tracker.pages.asking import DAY, begun, months_of
from events.models import Contribution
from members.models import Presidency
from publishing.dates import in_words

BAR, GAP, HEIGHT = 5, 1, 18  # units
MOST = 4  # events that fill a bar


@dataclass(frozen=True, slots=True)
class Spark:
    """A bar for each month with an event: (x, y, height); the width of all, and it in words."""

    bars: list[tuple[int, int, int]]
    width: int
    label: str


def sparklines(presidency: Presidency, until: date | None = None) -> dict[int, Spark]:
    """The events that bear on each priority by its number, month by month: one query.

    An event whose date is a range counts in each month that it may fall into. Events that begin
    after `until` are left out.
    """
    term: Any = presidency.period
    months = months_of(term.lower, term.upper - DAY)
    counts: dict[int, list[int]] = defaultdict(lambda: [0] * len(months))
    links = (
        begun(Contribution.objects.public(), "event__period", until)
        .filter(priority__presidency=presidency, event__period__overlap=presidency.period)
        .order_by()
        .values_list("priority__number", "event__period")
        .annotate(events=Count("pk"))
    )
    for number, period, events in links:
        for at, month in enumerate(months):
            counts[number][at] += events * month.may_hold(period)
    names = [in_words(month.text) for month in months]
    return {number: _spark(found, names) for number, found in counts.items()}


def _spark(counts: list[int], names: list[str]) -> Spark:
    bars = []
    for at, count in enumerate(counts):
        if count:
            height = max(round(HEIGHT * min(count, MOST) / MOST), 3)
            bars.append((at * (BAR + GAP), HEIGHT - height, height))
    said = [f"{name} {count}" for name, count in zip(names, counts, strict=True) if count]
    words = _("Events by month: %(months)s") % {"months": ", ".join(said)}
    return Spark(bars, len(counts) * (BAR + GAP) - GAP, words)
