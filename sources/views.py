"""The list of sources."""

from typing import NamedTuple

import orjson
from django.db.models import F, Q, TextField
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from publishing import pagination
from publishing.addresses import pattern
from publishing.asking import note_day
from publishing.conditional import public_data
from publishing.dates import in_words
from publishing.filterform import FilterForm
from publishing.shape import JSONObjectText
from publishing.templatetags.record import language_name
from sources.filters import SourceFilters
from sources.models import Source

ORDERINGS = (
    ("", _("By key")),
    ("publisher", _("By publisher")),
    ("-changed", _("Latest changes first")),
)


class Row(NamedTuple):
    """One source, ready to be written out."""

    url: str
    title: str
    language: str
    language_name: str
    publisher: str
    date: str
    kind: str
    extent: str
    is_held: bool


@public_data
def source_list(request: HttpRequest) -> HttpResponse:
    """Sources by the filters of the API."""
    note_day(request)
    rows = Source.objects.public().annotate(is_held=~Q(text=""))
    filters = SourceFilters(request.GET, rows)
    page = pagination.page_of(filters, _row_text())
    languages = Source.objects.public().order_by("language").values_list("language", flat=True)
    form = FilterForm(
        filters,
        request.path,
        main=("q", "kind", "language", "extent", "since", "until"),
        options={"language": [(code, language_name(code)) for code in languages.distinct()]},
        orderings=ORDERINGS,
        labels={"q": _("Words"), "since": _("From"), "until": _("To"), "language": _("Language")},
    )
    return render(
        request,
        "sources/list.html",
        {
            "sources": _rows(page.rows),
            "form": form,
            "next": pagination.link(request.path, request.GET, page.next),
            "previous": pagination.link(request.path, request.GET, page.previous),
        },
    )


def _row_text() -> Cast:
    names = ("slug", "title", "language", "publisher", "date", "kind", "extent", "is_held")
    return Cast(JSONObjectText(**{name: F(name) for name in names}), TextField())


def _rows(texts: list[str]) -> list[Row]:
    address = pattern("sources:source")
    kinds = {value: str(label) for value, label in Source.Kind.choices}
    extents = {value: str(label) for value, label in Source.Extent.choices}
    return [
        Row(
            url=address.format(row["slug"]),
            title=Source(**{name: row[name] for name in ("title", "publisher", "date")}).heading,
            language=row["language"] if row["title"] else str(get_language()),
            language_name=language_name(row["language"]),
            publisher=row["publisher"],
            date=in_words(row["date"]) if row["date"] else "",
            kind=kinds[row["kind"]],
            extent=extents[row["extent"]],
            is_held=row["is_held"],
        )
        for row in map(orjson.loads, texts)
    ]
