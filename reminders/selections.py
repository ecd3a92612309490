"""Filters of the list of events, as subscriptions keep them: one text for one question."""

from typing import NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from events.filters import EventFilters
from events.models import Event
from priorities.models import Priority
from publishing.filterform import FilterForm
from publishing.filters import NOT
from publishing.problems import BadQuery
from reminders.models import Selection

LONGEST = 1000
# The part of the filter that says which priorities, and so which assessments, are meant.
_OF_PRIORITY = {
    "event": "contributions__event",
    "priority": "pk",
    "presidency": "presidency",
    "theme": "theme",
}


class Condition(NamedTuple):
    label: str
    value: str


def canonical(query: str) -> str:
    """The filters of a query string, sorted and without paging. Raises BadQuery."""
    data = QueryDict(query.lstrip("?"))
    filters = EventFilters(data, Event.objects.public())
    filters.rows.none()  # looking at the rows raises for whatever a filter refuses
    text = urlencode(sorted(set(filters.chosen)))
    if len(text) > LONGEST:
        raise BadQuery({"query": [too_long()]})
    return text


def too_long() -> str:
    return _("The filter is too long: at most %(most)d characters.") % {"most": LONGEST}


def keep(query: str) -> Selection:
    """The row of a canonical query."""
    return Selection.objects.get_or_create(query=query)[0]


def filters_of(query: str, rows: object = None) -> EventFilters:
    return EventFilters(QueryDict(query), Event.objects.public() if rows is None else rows)  # type: ignore[arg-type]


def in_words(query: str) -> list[Condition]:
    """The filter as label and value pairs in the active language; empty means all events."""
    form = FilterForm(filters_of(query), "", main=())
    return [Condition(chip.label, chip.value) for chip in form.chips]


def matching_events(selection: Selection, ids: list[int]) -> set[int]:
    """Which of the public events `ids` a filter chooses: one query. Notes a filter that broke."""
    rows = Event.objects.public().filter(pk__in=ids)
    try:
        found = set(filters_of(selection.query, rows).rows.values_list("pk", flat=True))
    except BadQuery as error:
        # What it names was withdrawn: the subscriber sees why on their page, others go on.
        _note(selection, str(error.detail))
        return set()
    _note(selection, "")
    return found


def matching_priorities(selection: Selection, ids: list[int]) -> set[int]:
    """Which priorities a filter is about. Parts of it that only events have are left aside."""
    rows = Priority.objects.public().filter(presidency__is_published=True, pk__in=ids)
    data = QueryDict(selection.query)
    for name, path in _OF_PRIORITY.items():
        try:
            if name in data:
                rows = rows.filter(**{f"{path}__in": _keys(name, data)})
            if f"{NOT}{name}" in data:
                rows = rows.exclude(**{f"{path}__in": _keys(f"{NOT}{name}", data)})
        except ValueError as error:
            _note(selection, str(error))
            return set()
    return set(rows.values_list("pk", flat=True))


def _keys(name: str, data: QueryDict) -> list[int]:
    """What a filter's values name; raises ValueError."""
    found: list[int] = EventFilters.filters[name].read(data.getlist(name))
    return found


def _note(selection: Selection, error: str) -> None:
    if selection.error != error[:500]:
        selection.error = error[:500]
        selection.save(update_fields=["error"])
