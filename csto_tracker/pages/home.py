"""The home page: who presides, where the term stands, and what is known of its priorities."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments.listing import by_theme, completions
from csto_tracker.pages.recent import recent
from csto_tracker.pages.sparklines import sparklines
from events.filters import EventFilters
from events.listing import Row, first_rows
from events.models import Event, EventQuerySet
from members.models import Presidency
from priorities.models import Priority
from publishing.asking import asked_day
from publishing.conditional import public_data
from publishing.dates import in_words

EVENTS_SHOWN, CHANGES_SHOWN = 5, 6


class Term(NamedTuple):
    """Where a day stands in a term: day `day` of `days`; 0 before it, `days` after it."""

    words: str
    day: int
    days: int
    is_over: bool
    is_running: bool
    inferred: str


def term_of(presidency: Presidency, at: date) -> Term:
    """The term in words and its progress on the day `at`."""
    period: Any = presidency.period
    days = (period.upper - period.lower).days
    day = min(max((at - period.lower).days + 1, 0), days)
    last = date.fromordinal(period.upper.toordinal() - 1)
    return Term(
        in_words(f"{period.lower}/{last}"),
        day,
        days,
        is_over=at >= period.upper,
        is_running=period.lower <= at < period.upper,
        inferred=_inferred(presidency),
    )


def _inferred(presidency: Presidency) -> str:
    """Which end of the term no source states, in words; empty if neither was inferred."""
    inferred = Presidency.Basis.INFERRED
    first, last = presidency.start_basis == inferred, presidency.end_basis == inferred
    if first and last:
        return _("both days inferred")
    return _("first day inferred") if first else _("last day inferred") if last else ""


class Motto(NamedTuple):
    """A motto as it was worded, and its English rendering where the page is in English."""

    original: str
    language: str
    rendering: str


def motto_of(presidency: Presidency) -> Motto:
    """The motto, in Russian as it was worded; empty when none is recorded."""
    if not presidency.motto_ru:
        return Motto(presidency.motto, "en", "")
    return Motto(presidency.motto_ru, "ru", "" if get_language() == "ru" else presidency.motto)


def _coming(upcoming: EventQuerySet, today: date) -> list[Row]:
    """The next events, earliest first: what goes on already, then what is ahead.

    Together they would be searched from the first event ever; apart, each has an index.
    """
    first_day = DateRange(today, today + timedelta(days=1))
    ordered = upcoming.order_by("period", "pk")
    begun = first_rows(ordered.current(today).filter(period__lt=first_day), EVENTS_SHOWN)
    ahead = first_rows(ordered.filter(period__gte=first_day), EVENTS_SHOWN)
    return (begun + ahead)[:EVENTS_SHOWN]


def presiding(today: date) -> Presidency | None:
    """The presidency in office on a day, or the last one before it."""
    return (
        Presidency.objects.public()
        .filter(period__startswith__lte=today)
        .select_related("state", "statement")
        .defer("search", "state__search", "statement__text", "statement__search")
        .order_by("-period")
        .first()
    )


@public_data
def home(request: HttpRequest) -> HttpResponse:
    """The presidency in office today, else the last one, and the newest of its record.

    As of a day, if asked: without what was to come and what changed, of which no day is recorded.
    """
    day = asked_day(request)
    today = day or timezone.now().date()
    found = presiding(today)
    themes = by_theme(Priority.objects.public().for_presidency(found), day) if found else []
    events: Any = EventFilters.begun(Event.objects.public(), day)
    upcoming = [] if day else _coming(events.upcoming(today), today)
    return render(
        request,
        "site/home.html",
        {
            "presidency": found,
            "term": term_of(found, today) if found else None,
            "motto": motto_of(found) if found else None,
            "themes": themes,
            "sparks": sparklines(found, day) if found else {},
            "completions": completions([row for _theme, rows in themes for row in rows]),
            "upcoming": upcoming,
            # What lasts for years has begun: it is not what comes next.
            "next": next((row for row in upcoming if row.status != Event.Status.ONGOING), None),
            "waiting": first_rows(
                events.awaiting_outcome(today).order_by("-period", "-pk"), EVENTS_SHOWN
            ),
            "held": first_rows(events.held().order_by("-period", "-pk"), EVENTS_SHOWN),
            "changes": [] if day else recent(CHANGES_SHOWN),
        },
    )
