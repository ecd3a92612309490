"""What every API resource is made of: a ViewSet is queryset + serializer + filterset."""

from datetime import date
from functools import lru_cache
from typing import Any, ClassVar
from urllib.parse import quote

import orjson
from django.conf import settings
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from publishing import conditional, pagination
from publishing.asking import answer, asked_day, asked_moment, note_day
from publishing.changes import list_name
from publishing.expanding import SERIALIZERS, asked, chosen, expanded_text, expansions
from publishing.filters import RecordFilters
from publishing.models import PublicChange
from publishing.prepared import Statement, by_key
from publishing.problems import BadQuery, exception_handler, problem
from publishing.querysets import RecordQuerySet
from publishing.services import merged_into
from publishing.shape import row_text

API_ROOT = "/api/v1"


class RecordViewSet(viewsets.GenericViewSet):
    """One list and one detail of public rows, addressed by natural key.

    A list costs one query, a detail one; PostgreSQL makes the JSON.
    """

    serializer_class: type[serializers.Serializer]
    record_filters: ClassVar[type[RecordFilters]]
    lookup_field = "key"
    lookup_value_regex = r"[^/]+"

    def get_queryset(self) -> RecordQuerySet:
        """Public rows only, here as everywhere."""
        return _public(self.serializer_class.Meta.model).all()  # type: ignore[attr-defined]

    def dispatch(self, request: HttpRequest, *args: Any, **options: Any) -> Any:
        """As Django's, from the past when asked; a wrong moment is refused like any parameter."""
        try:
            note_day(request)
            return answer(
                request, lambda: super(RecordViewSet, self).dispatch(request, *args, **options)
            )
        except BadQuery as error:
            return exception_handler(error, {"request": request})

    def list(self, request: Request, *args: Any, **options: Any) -> Response:
        filters = self.record_filters(request.GET, self.get_queryset())
        name = self.serializer_class.__name__
        text: Any = row_text(self.serializer_class)
        serializer, fewer = chosen(self.serializer_class, request.GET)
        expand, day = asked(self.serializer_class, request.GET), filters.day
        if expand or fewer or day:
            name, text = "", expanded_text(serializer, expand, day)
        page = pagination.page_of(filters, text, name)
        here = settings.SITE_URL + request.path
        neighbours = [
            (name, pagination.link(here, request.GET, cursor))
            for name, cursor in (("next", page.next), ("prev", page.previous))
        ]
        links = ", ".join(f'<{address}>; rel="{name}"' for name, address in neighbours if address)
        following, previous = neighbours[0][1], neighbours[1][1]
        body = b'{"next":%b,"previous":%b,"results":[%b]}' % (
            _json_text(following),
            _json_text(previous),
            ",".join(page.rows).encode(),
        )
        return Response(body, headers={"Link": links} if links else None)

    def retrieve(self, request: Request, key: str, *args: Any, **options: Any) -> HttpResponse:
        known = {"as_of", "fields", "format", "recorded_at"}
        if expansions(self.serializer_class):
            known.add("expand")
        unknown = sorted(set(request.GET) - known)
        if unknown:
            words = _("Unknown parameter; known are %(known)s.") % {
                "known": ", ".join(sorted(known))
            }
            raise BadQuery({name: [words] for name in unknown})
        day, expand = asked_day(request), asked(self.serializer_class, request.GET)
        serializer, fewer = chosen(self.serializer_class, request.GET)
        parts = self.serializer_class.Meta.model.objects.key_parts(key)  # type: ignore[attr-defined]
        rows: list[Any] = []
        if parts and (day or expand or fewer):
            rows = _asked_row(self, key, expanded_text(serializer, expand, day), day)
        elif parts:
            rows = _detail(self.serializer_class).rows(parts)
        if not rows:
            model = self.get_queryset().model
            if other := merged_into(model, key):
                return moved(request, f"{API_ROOT}/{list_name(model)}/{quote(other.key)}/")
            was = PublicChange.objects.filter(list=list_name(model), record=key.replace("\x00", ""))
            if was.exists():
                return problem(request, 410, str(_("This record was withdrawn or deleted.")))
            raise Http404
        text = rows[0][0].encode()
        if day:
            dates = orjson.dumps({"as_of": day, "recorded_at": asked_moment(request.GET)})
            text = b'{"asked":%b,%b' % (dates, text[1:])
        return Response(text)


@lru_cache(maxsize=64)
def _public(model: type[Model]) -> RecordQuerySet:
    """Put together once, which takes a tenth of the time of an answer, and never evaluated."""
    return model.objects.public()  # type: ignore[attr-defined]  # of each record


def _asked_row(view: RecordViewSet, key: str, text: Any, day: date | None) -> list[Any]:
    """The text of the row, as of a day if given; raises BadQuery where the list lacks it then."""
    found = view.get_queryset().by_key(key)
    rows = list(view.record_filters.begun(found, day).values_list(text))
    if not rows and day and found.exists():
        raise BadQuery({"as_of": [_("The list does not have this record as of that day.")]})
    return rows


@lru_cache(maxsize=64)
def _detail(serializer: type[serializers.Serializer]) -> Statement:
    return by_key(serializer.Meta.model, row_text(serializer))  # type: ignore[attr-defined]


def moved(request: HttpRequest, path: str) -> HttpResponse:
    """308 to the record that stands for the one asked for, with the same query.

    Not to be kept for good: a merger can be undone.
    """
    query = request.META.get("QUERY_STRING", "")
    address = f"{path}?{query}" if query else path
    return HttpResponse(
        status=308, headers={"Location": address, "Cache-Control": "public, max-age=0"}
    )


def _json_text(value: str | None) -> bytes:
    return b"null" if value is None else b'"%b"' % value.encode()


def public_resource(viewset: type[RecordViewSet]) -> type[RecordViewSet]:
    """Mark a resource as depending on public data only, so that it carries an ETag.

    Its serializer is what `expand` shows of such records.
    """
    setattr(viewset, conditional._MARK, True)
    serializer = viewset.serializer_class
    SERIALIZERS[serializer.Meta.model] = serializer  # type: ignore[attr-defined]
    return viewset
