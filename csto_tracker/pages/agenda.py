"""Events as a diary has them: what comes, month by month, then what is past, newest month first."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from csto_tracker.pages.asking import DAY
from events.facets import MOST, facets
from events.filters import EventFilters
from events.listing import Row, first_rows, row_text, rows_of
from events.models import Event
from events.views import form_of, offered
from publishing import edtf, pagination
from publishing.asking import note_day
from publishing.conditional import public_data
from publishing.dates import in_words

MOST_COMING = 100


class Entry(NamedTuple):
    """An event of a month. `day` is its day if one is known, `is_window` that it is some day of
    its date, and `is_again` that the entry before has the same day."""

    row: Row
    day: str
    is_window: bool
    is_again: bool


Months = list[tuple[str, list[Entry]]]


@public_data
def agenda(request: HttpRequest) -> HttpResponse:
    """What has not been held and may still come, then a page of all else; filters of the list."""
    note_day(request)
    asked = request.GET.copy()
    asked.pop("ordering", None)  # an agenda has its own
    public = Event.objects.public()
    filters = EventFilters(asked, public)
    today = filters.day or timezone.now().date()
    over = Q(status=Event.Status.HELD) | Q(period__endswith__lte=today)
    page = pagination.page_of(EventFilters(asked, public.filter(over)), row_text())
    ahead = (
        []
        if asked.get("cursor")
        else _coming(filters.rows.exclude(status=Event.Status.HELD), today)
    )
    past = rows_of(page.rows)
    options = offered(request)
    form = form_of(request, filters, options)
    return render(
        request,
        "events/agenda.html",
        {
            "form": form,
            "facets": facets(request, options) if ahead or past or form.chips else [],
            "most": MOST,
            "coming": _months(ahead[:MOST_COMING], today),
            "is_cut": len(ahead) > MOST_COMING,
            "past": _months(past, None),
            "next": pagination.link(request.path, asked, page.next),
            "previous": pagination.link(request.path, asked, page.previous),
        },
    )


def _coming(rows: QuerySet, today: date) -> list[Row]:
    """Events not over before `today`, the first to begin first, and one more than are shown."""
    # Written as an overlap, which an index answers: the past may be long.
    lasting = rows.filter(period__overlap=DateRange(today, None))
    return first_rows(lasting.order_by("period", "pk"), MOST_COMING + 1)


def _months(rows: Iterable[Row], today: date | None) -> Months:
    """Events under their months, or under the longer time that is all that is known of them.

    What has begun by `today` stands together. In a month days come first, in the order given.
    """
    found: dict[str, list[tuple[Row, str]]] = {}
    for row in rows:
        heading = _heading(edtf.parse(row.edtf), row, today)
        found.setdefault(heading, []).append((row, _day(row.edtf)))
    return [(head[:1].upper() + head[1:], _entries(events)) for head, events in found.items()]


def _heading(span: edtf.Span, row: Row, today: date | None) -> str:
    first = span.start.first if span.start else None
    if today and (first is None or first <= today):
        return _("Under way, or due any day")
    if first is None or span.end is None:
        return row.date
    fits = (span.end.after - DAY).replace(day=1) == first.replace(day=1)
    return in_words(f"{first:%Y-%m}") if fits or span.is_exact else row.date


def _entries(events: list[tuple[Row, str]]) -> list[Entry]:
    entries: list[Entry] = []
    for row, day in sorted(events, key=lambda event: not event[1]):
        is_again = bool(day and entries and entries[-1].day == day)
        entries.append(Entry(row, day, _is_window(row), is_again))
    return entries


def _day(text: str) -> str:
    """The day of the week and of the month, if the date is one day."""
    span = edtf.parse(text)
    if not span.is_day or span.start is None:
        return ""
    # Django has the months of Russian dates, which need their own case, under another letter.
    return date_format(span.start.first, "D, j E" if get_language() == "ru" else "D, j F")


def _is_window(row: Row) -> bool:
    """Whether it took or takes place on some day of its date, rather than on all of them."""
    span = edtf.parse(row.edtf)
    return row.status != Event.Status.ONGOING and any(
        point is None or point.precision != "day" for point in (span.start, span.end)
    )
