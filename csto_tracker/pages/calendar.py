"""One month of events, weeks from Monday, by the filters of the list."""

from calendar import Calendar
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from csto_tracker.pages.asking import DAY
from events.filters import EventFilters
from events.models import Event
from events.views import MAIN, form_of, offered
from publishing.asking import note_day
from publishing.conditional import public_data
from publishing.dates import in_words
from publishing.edtf import parse
from publishing.problems import BadQuery

WEEK = Calendar(firstweekday=0)
WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
# An event that lasts longer is listed above the grid: it would fill all of it.
MOST_DAYS = 14


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as a day shows it."""

    title: str
    url: str
    status: str
    word: str
    date: str
    time: str


class Day(NamedTuple):
    """A day of the grid with its events."""

    number: int
    words: str
    iso: str
    is_today: bool
    is_outside: bool
    entries: list[Entry]


@public_data
def month(request: HttpRequest) -> HttpResponse:
    """The events of the month `month` (YYYY-MM), of this one unless it says otherwise."""
    note_day(request)
    today = timezone.now().date()
    first = _first(request.GET, today)
    filters = EventFilters(request.GET, Event.objects.public(), ["month"])
    events = filters.rows  # refuses a query that is wrong before anything else is done
    main = tuple(name for name in MAIN if name not in {"since", "until"})  # the month says both
    form = form_of(request, filters, offered(request), main=main)
    form.hidden += [("month", value) for value in request.GET.getlist("month") if value]
    after = _moved(first, 1) or date.max
    known, vague = _placed(events, first, after)
    days = [
        [_day(day, first, today, known.get(day, [])) for day in week]
        for week in WEEK.monthdatescalendar(first.year, first.month)
    ]
    return render(
        request,
        "events/calendar.html",
        {
            "form": form,
            "month": first.isoformat()[:7],
            "title": in_words(first.isoformat()[:7]),
            "weekdays": [(str(name), date_format(day, "D")) for name, day in _named()],
            "weeks": days,
            "vague": vague,
            "is_empty": not vague and not known,
            "before": _link(request, _moved(first, -1)),
            "after": _link(request, _moved(first, 1)),
            "now": _link(request, today.replace(day=1)),
        },
    )


def _first(data: QueryDict, today: date) -> date:
    """The first day of the month that is asked for; raises BadQuery."""
    text = data.get("month")
    if not text:
        return today.replace(day=1)
    try:
        if len(text) == 7 and text[4] == "-":
            # The grid of the first and of the last month there is would leave the calendar.
            found = date.fromisoformat(f"{text}-01")
            if date.min.year < found.year < date.max.year:
                return found
    except ValueError:
        pass  # The same message serves for every wrong form, below.
    raise BadQuery(
        {"month": [_("“%(value)s” is not a month such as 2026-06.") % {"value": text[:40]}]}
    )


def _moved(first: date, by: int) -> date | None:
    """The first day of another month; None outside the calendar."""
    number = first.year * 12 + first.month - 1 + by
    year = number // 12
    return date(year, number % 12 + 1, 1) if date.min.year < year < date.max.year else None


def _link(request: HttpRequest, first: date | None) -> tuple[str, str] | None:
    """A month in words and its address, with the filters of this page."""
    if first is None:
        return None
    query = request.GET.copy()
    query["month"] = first.isoformat()[:7]
    query.pop("cursor", None)
    return in_words(first.isoformat()[:7]), f"{request.path}?{query.urlencode()}"


def _named() -> list[tuple[Any, date]]:
    return list(zip(WEEKDAYS, (date(2024, 1, number) for number in range(1, 8)), strict=True))


def _placed(
    rows: QuerySet, first: date, after: date
) -> tuple[dict[date, list[Entry]], list[Entry]]:
    """Events of the month by day, and those of no certain day in it: one query."""
    by_day: dict[date, list[Entry]] = defaultdict(list)
    vague = []
    weeks = WEEK.monthdatescalendar(first.year, first.month)
    begin, end = weeks[0][0], weeks[-1][-1] + DAY
    shown = rows.filter(
        Q(period__startswith__lt=end) | Q(period__startswith__isnull=True),
        Q(period__endswith__gt=begin) | Q(period__endswith__isnull=True),
    )
    for event in shown.defer("search").order_by("period", "start_time", "pk"):
        period: Any = event.period
        entry = _entry(event)
        if _is_certain(event):
            day = max(period.lower, begin)
            while day < min(period.upper, end):
                by_day[day].append(entry)
                day += DAY
        elif (period.lower is None or period.lower < after) and (
            period.upper is None or period.upper > first
        ):
            vague.append(entry)
    return dict(by_day), vague


def _is_certain(event: Event) -> bool:
    """Whether the days of an event are known, and few enough for a grid."""
    span = parse(event.date)
    points = (span.start, span.end)
    if any(point is None or point.precision != "day" or point.qualifier for point in points):
        return False
    period: Any = event.period
    return bool((period.upper - period.lower).days <= MOST_DAYS)


def _entry(event: Event) -> Entry:
    status, word = event.status, str(event.get_status_display())
    if event.outcome_missing:
        status, word = "missing", _("Outcome not recorded")
    time = f"{event.start_time:%H:%M} ({event.time_zone})" if event.start_time else ""
    return Entry(str(event), event.get_absolute_url(), status, word, in_words(event.date), time)


def _day(day: date, first: date, today: date, entries: list[Entry]) -> Day:
    return Day(
        day.day,
        in_words(day.isoformat()),
        day.isoformat(),
        day == today,
        day.month != first.month,
        entries,
    )
