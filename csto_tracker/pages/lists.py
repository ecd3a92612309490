"""Lists without a page of their own design: a table of what the API answers, in words.

A row is the API's own, with the records that it refers to expanded, so one query gives the page,
and `fields` chooses its columns.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import orjson
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from csto_tracker.api import RESOURCES
from csto_tracker.context import places
from events.views import offered
from publishing import pagination
from publishing.addresses import pattern
from publishing.asking import note_day
from publishing.changes import list_name
from publishing.conditional import public_data
from publishing.dates import in_words
from publishing.expanding import chosen, expanded_text, expansions, keep
from publishing.fields import EDTFField
from publishing.filterform import FilterForm
from publishing.filters import ValuesFilter
from publishing.shape import Column, ReferenceColumn, ReferencesColumn, columns

SHOWN_FILTERS = 4
CUT = 400  # characters of a text in a cell


class Shown(NamedTuple):
    """How a list is called and introduced, and the fields of its table."""

    title: Promise
    lead: Promise
    fields: tuple[str, ...]


LISTS = {
    "passages": Shown(
        gettext_lazy("Passages"),
        gettext_lazy("Words of stored texts that priorities rest on."),
        ("quote", "source", "kind", "key"),
    ),
    "memberships": Shown(
        gettext_lazy("Status of states"),
        gettext_lazy("What each state was to the organization, since when, and who says so."),
        ("state", "status", "since", "until", "said_by", "disputed"),
    ),
    "milestones": Shown(
        gettext_lazy("Legal facts"),
        gettext_lazy("Dated legal facts of the states and of the organization itself."),
        ("title", "state", "date", "sources"),
    ),
    "themes": Shown(
        gettext_lazy("Themes"),
        gettext_lazy("Subjects that priorities of several presidencies share."),
        ("title", "number"),
    ),
    "lineage": Shown(
        gettext_lazy("Lineage of priorities"),
        gettext_lazy("Which later priority takes up which earlier one, and on what basis."),
        ("later", "relation", "earlier", "basis"),
    ),
    "attendances": Shown(
        gettext_lazy("States in events"),
        gettext_lazy("What sources say of a state's part in an event. No row means unknown."),
        ("event", "state", "role", "level", "position"),
    ),
    "contributions": Shown(
        gettext_lazy("Events and priorities"),
        gettext_lazy("Which event bears on which priority: activity, never achievement."),
        ("event", "relation", "priority", "reason", "basis"),
    ),
    "assessments": Shown(
        gettext_lazy("Assessments"),
        gettext_lazy("Curators' judgements of priorities by the published rubric."),
        ("priority", "as_of", "completion", "certainty", "rationale", "assessed_by"),
    ),
    "claims": Shown(
        gettext_lazy("Claims"),
        gettext_lazy("What officials say of progress: attributed, not our judgement."),
        ("text", "claimant", "date", "presidency", "priority", "sources"),
    ),
}
# Lists with a page of their own design, and records with a page that is called by their key.
DESIGNED = {
    "sources": "sources:list",
    "states": "members:states",
    "bodies": "members:bodies",
    "presidencies": "members:presidencies",
    "priorities": "priorities:list",
    "events": "events:list",
    "changes": "site:changes",
}
PAGES = {
    "events": "events:event",
    "presidencies": "members:presidency",
    "bodies": "members:body",
    "sources": "sources:source",
}
# Names of fields that are no columns of the table in the database.
NAMES = {
    "key": gettext_lazy("Key"),
    "sources": gettext_lazy("Sources"),
    "first_day": gettext_lazy("First day"),
    "last_day": gettext_lazy("Last day"),
    "earliest": gettext_lazy("First possible day"),
    "latest": gettext_lazy("Last possible day"),
}


class Part(NamedTuple):
    """A piece of a cell: `url` is empty for plain text."""

    text: str
    url: str = ""


@public_data
def record_list(request: HttpRequest, name: str) -> HttpResponse:
    """The rows of a list by the filters of the API, in a table."""
    note_day(request)
    resource, shown = RESOURCES[name], LISTS[name]
    model: Any = resource().get_queryset().model
    filters = resource.record_filters(request.GET, resource().get_queryset())
    serializer, some = chosen(resource.serializer_class, request.GET)
    fields = list(columns(serializer)) if some else list(shown.fields)
    if not some:
        twins = [f"{field}_ru" for field in fields if f"{field}_ru" in columns(serializer)]
        keep(serializer, [*fields, *twins, "key"])
    can_expand = expansions(resource.serializer_class)
    expand = [field for field in fields if field in can_expand]
    page = pagination.page_of(filters, expanded_text(serializer, expand, filters.day))
    cells = [_cell_of(name, field, columns(serializer)[field]) for field in fields]
    return render(
        request,
        "site/list.html",
        {
            "list": name,
            "title": shown.title,
            "lead": shown.lead,
            "form": _form(request, filters),
            "header": [_heading(model, field) for field in fields],
            "rows": [[list(cell(row)) for cell in cells] for row in map(orjson.loads, page.rows)],
            "next": pagination.link(request.path, request.GET, page.next),
            "previous": pagination.link(request.path, request.GET, page.previous),
        },
    )


def _form(request: HttpRequest, filters: Any) -> FilterForm:
    offered_here = [
        name
        for name, own in filters.filters.items()
        if not own.exclude and name not in {"as_of", "changed_since"}
    ]
    of_rows = {
        name
        for name, own in filters.filters.items()
        if isinstance(own, ValuesFilter) and own.choices is None
    }
    return FilterForm(
        filters,
        request.path,
        main=tuple(offered_here[:SHOWN_FILTERS]),
        more=tuple(offered_here[SHOWN_FILTERS:]),
        options={name: pairs for name, pairs in offered(request).items() if name in of_rows},
    )


def _heading(model: Any, field: str) -> str:
    if field in NAMES:
        return str(NAMES[field])
    try:
        return capfirst(str(model._meta.get_field(field).verbose_name))
    except (FieldDoesNotExist, AttributeError):  # an expression; a relation without a name
        return field


def _cell_of(name: str, field: str, column: Any) -> Callable[[dict[str, Any]], Iterator[Part]]:
    """What makes the cell of a field of a row."""
    if isinstance(column, ReferenceColumn | ReferencesColumn):
        own = list_name(column.model)
        return lambda row: _references(own, field, row)
    if field == "key":
        at = pattern(f"api:{name}-detail")
        return lambda row: iter([Part(row["key"], at.format(row["key"]))])
    model = RESOURCES[name].serializer_class.Meta.model  # type: ignore[attr-defined]
    of_model = None if isinstance(column, Column) else model._meta.get_field(column.source or field)
    words = dict(of_model.flatchoices) if of_model is not None else {}
    is_date = isinstance(of_model, EDTFField | models.DateField) and not isinstance(
        of_model, models.DateTimeField
    )

    def cell(row: dict[str, Any]) -> Iterator[Part]:
        value = _in_language(row, field)
        if value in words:
            value = str(words[value])
        elif is_date and value:
            value = in_words(value)
        elif isinstance(value, bool):
            value = _("yes") if value else _("no")
        text = "" if value is None else str(value)
        yield Part(text if len(text) <= CUT else f"{text[:CUT].rsplit(' ', 1)[0]} …")

    return cell


def _in_language(row: dict[str, Any], field: str) -> Any:
    """The value of a field; of one in two languages, in the active one, else in the other."""
    first, second = row.get(field), row.get(f"{field}_ru")
    return (second or first) if get_language() == "ru" else (first or second)


def _references(own: str, field: str, row: dict[str, Any]) -> Iterator[Part]:
    """Links to the records that a field refers to."""
    records = row["expanded"][field]
    for record in records if isinstance(records, list) else [records] if records else []:
        title = _in_language(record, "title") or _in_language(record, "name") or record["key"]
        # The page of a state is called by its name, its record by its code.
        if own == "states":
            yield Part(title, pattern("members:state").format(record["slug"]))
        else:
            yield Part(title, address_of(own, record["key"]))


def title_of_list(name: str) -> str:
    """What the list is called on its page, in the active language."""
    if name in LISTS:
        return str(LISTS[name].title)
    return places()[page_of_list(name)].label


def page_of_list(name: str) -> str:
    """The view that shows a list, by which its address is found."""
    return DESIGNED.get(name, f"lists:{name}")


def address_of(name: str, key: str) -> str:
    """The page of a record of a list, or its address in the API; both say when it is gone.

    Remarks have no list: they stand on the page about the data.
    """
    if name in PAGES:
        return pattern(PAGES[name]).format(key)
    if name == "priorities":
        return pattern("priorities:priority", slugs=2).format(*key.split(":"))
    if name == "remarks":
        return f"{reverse('site:about')}#{key}"
    return reverse(f"api:{name}-detail", args=[key])
