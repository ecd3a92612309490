"""Passages as annotations of the W3C Web Annotation Data Model, in JSON-LD.

A passage links words of a stored text, served as plain text under `/sources/….txt`, with the
priorities that rest on them. Offsets count code points, as the model asks.
"""

from collections.abc import Iterable
from typing import Any

import orjson
from django.conf import settings
from django.db.models import F, Prefetch, QuerySet
from django.db.models.functions import Greatest, Least, Substr
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from csto_tracker.pages.asking import refuse_unknown
from csto_tracker.pages.citing import cited_at, tell_citation
from priorities.models import PriorityPassage
from publishing import pagination
from publishing.asking import asked_day
from publishing.conditional import public_data
from publishing.filters import RecordFilters
from sources.models import Passage, Source

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
MEDIA_TYPE = f'application/ld+json; profile="{CONTEXT}"'
AROUND = 32  # code points before and after the quote, to find it in another copy of the text


@public_data
def annotation(request: HttpRequest, key: str) -> HttpResponse:
    """One passage; raises Http404, and BadQuery for a day before that of its source."""
    refuse_unknown(request.GET, ["as_of"])
    found = _described(Passage.objects.public().by_key(key)).first()
    if found is None:
        raise Http404
    _check_day(request, found.source)
    response = _answer({"@context": CONTEXT} | _annotation(found))
    tell_citation(response, cited_at(found.source.get_absolute_url()))
    return response


def _check_day(request: HttpRequest, source: Source) -> None:
    period: Any = source.period
    asked_day(request, period.lower if period else None)


def collection(request: HttpRequest, filters: RecordFilters) -> HttpResponse:
    """The passages of a list: an AnnotationCollection, or with `cursor` one AnnotationPage of it.

    An empty `cursor` is the first page, which the collection holds as well.
    """
    here = settings.SITE_URL + request.path
    whole = settings.SITE_URL + (pagination.link(request.path, request.GET, "") or "")
    page = pagination.page_of(filters, "pk")
    found = {row.pk: row for row in _described(Passage.objects.filter(pk__in=page.rows))}
    label = {"en": ["Passages of the CSTO Presidency Tracker"]}
    of = {"id": whole.removesuffix("cursor=").rstrip("?&"), "type": "AnnotationCollection"}
    neighbours = {
        "next": pagination.link(here, request.GET, page.next),
        "prev": pagination.link(here, request.GET, page.previous),
    }
    items = {
        "type": "AnnotationPage",
        "items": [_annotation(found[key]) for key in page.rows],
        **{name: address for name, address in neighbours.items() if address},
    }
    if "cursor" in request.GET:
        address = settings.SITE_URL + request.get_full_path()
        return _answer({"@context": CONTEXT, "id": address, "partOf": of} | items)
    first = {"id": whole} | items
    return _answer(
        {"@context": CONTEXT, **of, "label": label, "total": filters.rows.count(), "first": first}
    )


def _answer(data: dict[str, Any]) -> HttpResponse:
    return HttpResponse(orjson.dumps(data), content_type=MEDIA_TYPE)


def _described(rows: QuerySet) -> QuerySet:
    """Passages with the words around them and their priorities, but not their sources' texts."""
    links = PriorityPassage.objects.filter(
        priority__is_published=True, priority__presidency__is_published=True
    ).select_related("priority__presidency")
    return (
        rows.select_related("source")
        .defer("source__text", "source__search")
        .annotate(
            before=Substr(
                "source__text", Greatest(F("start") - AROUND + 1, 1), Least(F("start"), AROUND)
            ),
            after=Substr("source__text", F("end") + 1, AROUND),
        )
        .prefetch_related(Prefetch("priority_links", links.order_by("pk")))
    )


def _annotation(passage: Any) -> dict[str, Any]:
    links = list(passage.priority_links.all())
    bodies = [
        {
            "type": "SpecificResource",
            "source": settings.SITE_URL + link.priority.get_absolute_url(),
            "purpose": "linking",
        }
        for link in links
    ]
    texts = [(passage.title, "en"), (passage.title_ru, "ru"), (passage.note, "en")]
    texts.append((passage.note_ru, "ru"))
    source = passage.source
    return {
        "id": settings.SITE_URL + reverse("annotation", args=[passage.key]),
        "type": "Annotation",
        "motivation": "linking" if links else "describing",
        "modified": passage.changed_at.isoformat().replace("+00:00", "Z"),
        "body": [*bodies, *_texts(texts)],
        "target": {
            "type": "SpecificResource",
            "source": {
                "id": settings.SITE_URL + reverse("source-text", args=[source.slug]),
                "format": "text/plain",
                "language": source.language,
                **({"via": source.url} if source.url else {}),
            },
            "selector": [
                {"type": "TextPositionSelector", "start": passage.start, "end": passage.end},
                {
                    "type": "TextQuoteSelector",
                    "exact": passage.quote,
                    "prefix": passage.before,
                    "suffix": passage.after,
                },
            ],
        },
    }


def _texts(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [
        {
            "type": "TextualBody",
            "value": value,
            "format": "text/plain",
            "language": language,
            "purpose": "describing",
        }
        for value, language in pairs
        if value
    ]


@public_data
def source_text(request: HttpRequest, slug: str) -> HttpResponse:
    """The stored text of a source, letter by letter; raises Http404 where none is held."""
    refuse_unknown(request.GET, ["as_of"])
    found = get_object_or_404(Source.objects.public().exclude(text=""), slug=slug)
    _check_day(request, found)
    response = HttpResponse(
        found.text,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Language": found.language},
    )
    tell_citation(response, cited_at(found.get_absolute_url()))
    return response
