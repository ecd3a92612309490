"""How many events each choice of a filter would leave: counted up to a bound, by one query."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from events.filters import EventFilters, TodayFilter
from events.models import Attendance, Event
from publishing.filterform import Options, without
from publishing.version import Version

MOST = 1000  # with more events than this nothing is counted: it would cost more than the list
NAMES = ("kind", "status", "state")
_IRRELEVANT = ("cursor", "page_size", "ordering")
_ALL = ""

Counts = dict[str, dict[str, int]]


class Choice(NamedTuple):
    """One value of a filter: the list with it, or without it where it is in force."""

    label: str
    number: int
    url: str
    is_chosen: bool


class Facet(NamedTuple):
    """The choices of a filter that leave any event; none of them where there are too many."""

    label: str
    choices: list[Choice]
    is_over: bool


def facets(request: HttpRequest, options: Options) -> list[Facet]:
    """What the list can be narrowed to from here; for a query that the list itself accepts.

    A facet counts what the other filters leave. One query, or none for what was asked before
    while the public data stay as they are; the past is asked each time.
    """
    query = request.GET.copy()
    for name in _IRRELEVANT:
        query.pop(name, None)
    version = getattr(request, "data_version", None)
    asks_today = any(isinstance(EventFilters.filters.get(name), TodayFilter) for name in query)
    if version is None or asks_today or hasattr(request, "recorded_at"):
        counts = _count(query)
    else:
        counts = _counts_at(version, query.urlencode())
    words: dict[str, tuple[Any, Iterable[tuple[str, Any]]]] = {
        "kind": (_("Kind"), Event.Kind.choices),
        "status": (_("Status"), Event.Status.choices),
        "state": (_("Took part"), options.get("state", ())),
    }
    return [
        _facet(request, name, str(words[name][0]), words[name][1], counts[name]) for name in NAMES
    ]


@lru_cache(maxsize=256)
def _counts_at(version: Version, query: str) -> Counts:
    return _count(QueryDict(query))


def _count(query: QueryDict) -> Counts:
    counts: Counts = {name: {} for name in NAMES}
    parts = [part for name in NAMES for part in _parts(name, query)]
    for name, value, number in parts[0].union(*parts[1:], all=True):
        counts[name][value] = number
    return counts


def _parts(name: str, query: QueryDict) -> tuple[QuerySet, QuerySet]:
    """How many events there are without this filter, and how many with each value of it."""
    others = query.copy()
    others.pop(name, None)
    rows = EventFilters(others, Event.objects.public()).rows
    within = rows.order_by().values("pk")[: MOST + 1]
    found: Any = Event.objects.filter(pk__in=within)
    choices: Any = found
    path, counted = name, "pk"
    if name == "state":
        choices = Attendance.objects.public().filter(
            event__in=within, role__in=Attendance.TOOK_PART
        )
        path, counted = "state__code", "event"
    whole = (
        found.annotate(facet=Value(name, TextField()), value=Value(_ALL, TextField()))
        .values_list("facet", "value")
        .annotate(number=Count("pk"))
    )
    each = (
        choices.annotate(facet=Value(name, TextField()), value=Cast(path, TextField()))
        .order_by()
        .values_list("facet", "value")
        .annotate(number=Count(counted, distinct=True))
    )
    return whole.order_by(), each


def _facet(
    request: HttpRequest,
    name: str,
    label: str,
    words: Iterable[tuple[str, Any]],
    counts: dict[str, int],
) -> Facet:
    if counts.get(_ALL, 0) > MOST:
        return Facet(label, [], is_over=True)
    chosen = {part for text in request.GET.getlist(name) for part in text.split(",")}
    choices = [
        Choice(str(word), counts[value], _url(request, name, value, chosen), value in chosen)
        for value, word in words
        if counts.get(value)
    ]
    choices.sort(key=lambda choice: -choice.number)
    return Facet(label, choices, is_over=False)


def _url(request: HttpRequest, name: str, value: str, chosen: set[str]) -> str:
    if value in chosen:
        return without(request.path, request.GET, name, value)
    others = request.GET.copy()
    others.pop(name, None)  # the list then has as many rows as the choice says
    return without(request.path, others, name, "", [(name, value)])
