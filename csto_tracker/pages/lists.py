"""Lists without a page of their own design, and any list of which fields are asked for: a table
of what the API answers, in words.

A row is the API's own, with the records that it refers to expanded, so one query gives the page.
`fields` chooses its columns, `expand` adds some.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any, NamedTuple

import orjson
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from csto_tracker.api import RESOURCES
from csto_tracker.context import places
from events.views import offered
from members.models import Presidency
from publishing import pagination
from publishing.addresses import pattern
from publishing.asking import note_day
from publishing.changes import list_name
from publishing.conditional import public_data
from publishing.dates import in_words
from publishing.expanding import asked, chosen, expanded_text, expansions, keep
from publishing.fields import EDTFField
from publishing.filterform import FilterForm
from publishing.filters import ValuesFilter
from publishing.shape import Column, ReferenceColumn, RowsColumn, columns
from publishing.values import split_values

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


class Design(NamedTuple):
    """The view of a list with a page of its own design, and the fields of its plain table."""

    view: str
    fields: tuple[str, ...]


DESIGNED = {
    "sources": Design("sources:list", ("title", "publisher", "date", "kind")),
    "states": Design("members:states", ("name", "code", "capital")),
    "bodies": Design("members:bodies", ("name", "kind", "established")),
    "presidencies": Design("members:presidencies", ("title", "state", "first_day", "last_day")),
    "priorities": Design("priorities:list", ("title", "presidency", "number", "theme")),
    "events": Design("events:list", ("title", "date", "kind", "status", "place")),
    "changes": Design("site:changes", ("title", "list", "change", "changed_at", "reason")),
}
# Records with a page that is called by their key.
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
    "takes_up": gettext_lazy("Takes up"),
    "taken_up_by": gettext_lazy("Taken up by"),
    # Of the log of changes, whose columns have no names.
    "changed_at": gettext_lazy("Changed at"),
    "list": gettext_lazy("List"),
    "record": gettext_lazy("Record"),
    "change": gettext_lazy("What happened"),
    "title": gettext_lazy("Title"),
    "title_ru": gettext_lazy("Title (Russian)"),
    "reason": gettext_lazy("Why"),
    "into": gettext_lazy("Merged into"),
}


class Part(NamedTuple):
    """A piece of a cell: `url` is empty for plain text, `language` where it is the page's."""

    text: str
    url: str = ""
    language: str = ""


def as_asked(name: str, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The designed page of a list; its plain table for a question that names fields or expands."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        if _names_parts(request):
            return record_list(request, name, **options)
        return view(request, *args, **options)

    return page


def _names_parts(request: HttpRequest) -> bool:
    return any(split_values(request.GET.getlist(name)) for name in ("fields", "expand"))


@public_data
def record_list(request: HttpRequest, name: str, slug: str = "") -> HttpResponse:
    """The rows of a list by the filters of the API, in a table; with a `slug` of a presidency,
    those that are its own."""
    note_day(request)
    resource = RESOURCES[name]
    own = resource.serializer_class
    rows, can_expand = resource().get_queryset(), expansions(own)
    if slug:
        rows = rows.filter(presidency=get_object_or_404(Presidency.objects.public(), slug=slug))
    filters = resource.record_filters(request.GET, rows)
    day = filters.day
    serializer, further = chosen(own, request.GET)[0], asked(own, request.GET)
    exact = bool(split_values(request.GET.getlist("fields")))
    fields = list(columns(serializer)) if exact else list(shown_fields(name))
    if not exact:
        twins = [f"{field}_ru" for field in fields if f"{field}_ru" in columns(serializer)]
        keep(serializer, [*fields, *twins, "key"])
    refer = list(dict.fromkeys([*(one for one in fields if one in can_expand), *further]))
    page = pagination.page_of(filters, expanded_text(serializer, refer, day))
    shown = list(dict.fromkeys([*fields, *further]))
    cells = [_cell_of(name, field, exact) for field in shown]
    return render(
        request,
        "site/list.html",
        {
            "list": name,
            "title": title_of_list(name),
            "lead": LISTS[name].lead if name in LISTS else "",
            "usual": _usual(request) if _names_parts(request) else "",
            "form": _form(request, filters),
            "header": [_heading(own, field) for field in shown],
            "rows": [[list(cell(row)) for cell in cells] for row in map(orjson.loads, page.rows)],
            "next": pagination.link(request.path, request.GET, page.next),
            "previous": pagination.link(request.path, request.GET, page.previous),
        },
    )


def shown_fields(name: str) -> tuple[str, ...]:
    """The fields of a list's table where none are asked for."""
    return LISTS[name].fields if name in LISTS else DESIGNED[name].fields


def _usual(request: HttpRequest) -> str:
    """The same list as its page shows it where no fields are asked for."""
    query = request.GET.copy()
    for name in ("fields", "expand"):
        query.pop(name, None)
    return f"{request.path}?{query.urlencode()}" if query else request.path


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


def _heading(serializer: Any, field: str) -> str:
    """What a field is called; of nested rows, whose field follows a dot, both."""
    outer, _dot, inner = field.partition(".")
    if inner:
        nested = columns(serializer())[outer].serializer  # type: ignore[attr-defined]
        return f"{_heading(serializer, outer)}: {_heading(nested, inner)}"
    if field in NAMES:
        return str(NAMES[field])
    found = _stored(serializer, field)
    if found.auto_created:  # a relation from elsewhere has no name
        return capfirst(str(found.related_model._meta.verbose_name_plural))
    return capfirst(str(found.verbose_name))


def _stored(serializer: Any, field: str) -> Any:
    """The field of the model, or of one that it refers to, whose values a field has."""
    column = columns(serializer())[field]
    path = column.path if isinstance(column, ReferenceColumn) else field
    if not isinstance(column, Column):
        path = (column.source or field).replace(".", "__")
    found, model = None, serializer.Meta.model
    for name in path.split("__"):
        found = model._meta.get_field(name)
        model = found.related_model
    return found


def _cell_of(name: str, field: str, exact: bool) -> Callable[[dict[str, Any]], Iterator[Part]]:
    """What makes the cell of a field of a row; an `exact` text is that of the field alone, any
    other is in the language of the page."""
    serializer = RESOURCES[name].serializer_class
    if expansion := expansions(serializer).get(field):
        related = list_name(expansion.serializer.Meta.model)  # type: ignore[attr-defined]
        return lambda row: _references(related, row["expanded"][field])
    if field == "key":
        return lambda row: iter([Part(row["key"], address_of(name, row["key"]))])
    column = columns(serializer())[field]
    if isinstance(column, RowsColumn):
        nested = column.serializer
        texts = {
            one: _text_of(nested, one, alone=False)
            for one in columns(nested())
            if not one.endswith("_ru")
        }
        return lambda row: _nested(texts, row[field])
    text, language = _text_of(serializer, field), _language_of(serializer, field) if exact else ""
    return lambda row: iter(
        [Part(text(row[field] if exact else _in_language(row, field)), "", language)]
    )


def _language_of(serializer: Any, field: str) -> str:
    """The language of a field that has a twin in the other; empty where it is the page's own."""
    if field.endswith("_ru"):
        language = "ru"
    else:
        language = "en" if f"{field}_ru" in columns(serializer()) else ""
    return "" if language == get_language() else language


def _nested(
    texts: dict[str, Callable[[Any], str]], rows: Iterable[dict[str, Any]]
) -> Iterator[Part]:
    """One part for each nested row, which says all that the row has to say."""
    for row in rows:
        said = [text(_in_language(row, name)) for name, text in texts.items()]
        yield Part(" · ".join(filter(None, said)))


def _text_of(serializer: Any, field: str, *, alone: bool = True) -> Callable[[Any], str]:
    """What puts a value of a field into words; one that does not stand alone says what it is."""
    computed = isinstance(columns(serializer())[field], Column)
    own = None if computed else _stored(serializer, field)
    words = dict(own.flatchoices) if own is not None else {}
    is_date = isinstance(own, EDTFField | models.DateField)
    is_date = is_date and not isinstance(own, models.DateTimeField)

    def text(value: Any) -> str:
        if value in words:
            return str(words[value])
        if is_date and value:
            return in_words(value)
        if isinstance(value, bool) and not alone:
            return _heading(serializer, field).lower() if value else ""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        said = "" if value is None else str(value)
        return said if len(said) <= CUT else f"{said[:CUT].rsplit(' ', 1)[0]} …"

    return text


def _in_language(row: dict[str, Any], field: str) -> Any:
    """The value of a field; of one in two languages, in the active one, else in the other."""
    first, second = row.get(field), row.get(f"{field}_ru")
    return (second or first) if get_language() == "ru" else (first or second)


def _references(own: str, found: Any) -> Iterator[Part]:
    """Links to the records of a list that a field refers to: several, one or none."""
    for record in found if isinstance(found, list) else [found] if found else []:
        title = _in_language(record, "title") or _in_language(record, "name")
        title = title or record.get("publisher") or record["key"]
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
    return DESIGNED[name].view if name in DESIGNED else f"lists:{name}"


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
