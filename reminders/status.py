"""The public page that says how well reminders are delivered. It names nobody."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from publishing.releases import Release
from publishing.version import current_version
from reminders import clock
from reminders.items import LATE
from reminders.models import Delivery, Sweep
from reminders.sweep import is_late

DAYS = 30

_COUNTS = """
    SELECT (due_at AT TIME ZONE 'UTC')::date AS day,
        count(*) FILTER (WHERE state = 'sent') AS sent,
        count(*) FILTER (
            WHERE state = 'sent' AND settled_at - due_at > %(late)s * interval '1 second') AS late,
        count(*) FILTER (WHERE state = 'waiting') AS waiting,
        count(*) FILTER (WHERE state = 'dead') AS dead
    FROM reminders_delivery
    WHERE kind = 'reminders' AND due_at > %(now)s - %(days)s * interval '1 day'
"""
_LEDGER = """
    SELECT day, sum(sent + waiting + dead), sum(sent), sum(late), sum(waiting), sum(dead)
    FROM ({counts} AND state <> 'dropped' GROUP BY 1 UNION ALL
        SELECT day, sent, late, 0, dead FROM reminders_departed
        WHERE day > %(now)s - %(days)s * interval '1 day') counts
    GROUP BY 1 ORDER BY 1 DESC
"""
_DEPART = """
    INSERT INTO reminders_departed (day, sent, late, dead)
    SELECT day, sent, late, dead
    FROM ({counts} AND state IN ('sent', 'dead') AND subscription_id = ANY(%(leaving)s)
        GROUP BY 1) counts
    ON CONFLICT (day) DO UPDATE SET sent = reminders_departed.sent + excluded.sent,
        late = reminders_departed.late + excluded.late,
        dead = reminders_departed.dead + excluded.dead
"""
_LATENESS = """
    SELECT percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (
        ORDER BY greatest(0, extract(epoch FROM settled_at - due_at)))
    FROM reminders_delivery
    WHERE kind = 'reminders' AND state = 'sent' AND due_at > %(now)s - %(days)s * interval '1 day'
"""


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    due: int
    sent: int
    late: int
    waiting: int
    dead: int


def ledger() -> list[Day]:
    """Messages by the day on which they were due (UTC), newest first."""
    with connection.cursor() as cursor:
        cursor.execute(_LEDGER.format(counts=_COUNTS), _limits())
        return [Day(day, *map(int, counts)) for day, *counts in cursor.fetchall()]


def depart(subscriptions: list[int]) -> None:
    """Keep the counts of subscriptions that are about to be deleted, and not whose they were."""
    with connection.cursor() as cursor:
        cursor.execute(_DEPART.format(counts=_COUNTS), {**_limits(), "leaving": subscriptions})


def _limits() -> dict[str, Any]:
    return {"now": clock.now(), "days": DAYS, "late": LATE.total_seconds()}


def lateness() -> tuple[float, float] | None:
    """Seconds from due to sent: median and 99th percentile; None when nothing was sent."""
    with connection.cursor() as cursor:
        cursor.execute(_LATENESS, {"now": clock.now(), "days": DAYS})
        found = cursor.fetchone()[0]
    return (found[0], found[1]) if found else None


def given_up_lately() -> int:
    """Dead letters of the last seven days."""
    rows = Delivery.objects.filter(state=Delivery.State.DEAD)
    return rows.filter(settled_at__gt=clock.now() - timedelta(days=7)).count()


def status(request: HttpRequest) -> HttpResponse:
    context = {
        "ledger": ledger(),
        "lateness": lateness(),
        "days": DAYS,
        "late_minutes": int(LATE.total_seconds() // 60),
        "sweep": Sweep.objects.filter(pk=1).first(),
        "sweep_is_late": is_late(),
        "data_changed_at": current_version().changed_at,
        "release": Release.objects.first(),
    }
    return render(request, "reminders/status.html", context)
