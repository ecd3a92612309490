"""Sources, and everything that rests on one of them."""

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from csto_tracker.pages.citations import citing
from members.models import Presidency
from priorities.models import Priority
from publishing.asking import asked_day
from publishing.conditional import public_data
from sources.citing import cited
from sources.models import Check, Passage, Source
from sources.segments import paragraphs


@public_data
def source(request: HttpRequest, slug: str) -> HttpResponse:
    """One source: what is known of it, its stored text if held, checks, and what cites it.

    As of a day, if asked: what had begun by then.
    """
    found = get_object_or_404(
        Source.objects.public()
        .defer("search")
        .prefetch_related(
            Prefetch("checks", Check.objects.prefetch_related(cited())),
        ),
        slug=slug,
    )
    period: Any = found.period
    day = asked_day(request, period.lower if period else None)
    passages = []
    if found.text:
        passages = list(
            Passage.objects.filter(source=found)
            .order_by("start", "-end")
            .prefetch_related(
                Prefetch(
                    "priorities",
                    Priority.objects.public()
                    .select_related("presidency")
                    .order_by("presidency__period", "number")
                    .distinct(),
                )
            )
        )
    return render(
        request,
        "sources/source.html",
        {
            "source": found,
            "carried_by": Source.objects.public().filter(pk=found.carried_by_id).first()
            if found.carried_by_id
            else None,
            "passages": passages,
            "paragraphs": paragraphs(found.text, passages),
            "statement_of": Presidency.objects.public().filter(statement=found).first()
            if found.text
            else None,
            "citing": citing(found, day),
        },
    )
