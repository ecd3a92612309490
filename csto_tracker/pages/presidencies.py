"""Presidencies, one presidency, and the reader of its statement."""

from collections import Counter
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import (
    Count,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.listing import by_theme, completions
from assessments.models import Claim
from csto_tracker.context import Place, places
from csto_tracker.pages.asking import begun, chosen, refuse_unknown
from csto_tracker.pages.home import motto_of, term_of
from csto_tracker.pages.reader import read, tint
from csto_tracker.pages.sparklines import sparklines
from events.listing import first_rows
from events.models import Event
from events.views import offered
from members.filters import PresidencyFilters
from members.models import Presidency
from priorities.models import Lineage, Priority, PriorityPassage, Theme
from publishing import pagination
from publishing.asking import asked_day, note_day
from publishing.conditional import public_data
from publishing.filterform import FilterForm
from sources.citing import cited
from sources.models import Passage

EVENTS_SHOWN = 10


@public_data
def presidency_list(request: HttpRequest) -> HttpResponse:
    """Presidencies by the filters of the API, the newest first."""
    note_day(request)
    today = timezone.now().date()
    stated = Priority.objects.public().filter(presidency=OuterRef("pk")).order_by()
    number = stated.values("presidency").values_list(Count("pk"))
    rows = (
        Presidency.objects.public()
        .select_related("state", "statement")
        .defer("search", "state__search", "statement__text", "statement__search")
        # Not grouped by presidency: a view, as the past is made of, has no key to group by.
        .annotate(stated=Coalesce(Subquery(number), 0))
    )
    filters = PresidencyFilters(request.GET, rows)
    page = pagination.page_of(filters, "pk")
    found = rows.in_bulk(page.rows)
    on = filters.day or today
    return render(
        request,
        "members/presidencies.html",
        {
            "presidencies": [
                (row, term_of(row, on), motto_of(row)) for row in map(found.get, page.rows) if row
            ],
            "form": FilterForm(
                filters,
                request.path,
                main=("q", "state", "on", "current"),
                options={"state": offered(request).get("state", ())},
                labels={
                    "current": _("In office on that day") if filters.day else _("In office today")
                },
            ),
            "next": pagination.link(request.path, request.GET, page.next),
            "previous": pagination.link(request.path, request.GET, page.previous),
        },
    )


@public_data
def presidency(request: HttpRequest, slug: str) -> HttpResponse:
    """One presidency: its term, motto, priorities, claims, events, and ties to other terms.

    As of a day, if asked: what had begun, and how priorities stood.
    """
    found = get_object_or_404(
        Presidency.objects.public()
        .select_related("state", "statement")
        .defer("search", "state__search", "statement__text", "statement__search")
        .prefetch_related(cited()),
        slug=slug,
    )
    period: Any = found.period
    day = asked_day(request, period.lower)
    prefetch_related_objects([found], Prefetch("claims", begun(claims(), "period", day)))
    themes = by_theme(Priority.objects.public().for_presidency(found), day)
    events = first_rows(
        begun(Event.objects.public().for_presidency(found), "period", day).order_by(
            "-period", "-pk"
        ),
        EVENTS_SHOWN + 1,
    )
    links = list(
        begun(Lineage.objects.public(), "later__presidency__period", day)
        .filter(Q(later__presidency=found) | Q(earlier__presidency=found))
        .select_related("earlier__presidency", "later__presidency")
        .order_by("later__presidency__period", "later__number", "earlier__number")
    )
    return render(
        request,
        "members/presidency.html",
        {
            "presidency": found,
            "term": term_of(found, day or timezone.now().date()),
            "last_day": date.fromordinal(period.upper.toordinal() - 1).isoformat(),
            "motto": motto_of(found),
            "themes": themes,
            "sparks": sparklines(found, day),
            "completions": completions([row for _theme, rows in themes for row in rows]),
            "events": events[:EVENTS_SHOWN],
            "more_events": len(events) > EVENTS_SHOWN,
            "inherited": [row for row in links if row.later.presidency_id == found.pk],
            "taken_up": [row for row in links if row.earlier.presidency_id == found.pk],
            "neighbours": _neighbours(found, day),
        },
    )


def claims() -> QuerySet:
    """Public claims with their sources, the newest first. Their priority may be a draft."""
    return (
        Claim.objects.public()
        .select_related("presidency", "priority__presidency")
        .defer("search", "presidency__search", "priority__search")
        .prefetch_related(cited())
        .order_by("-period", "slug")
    )


def _neighbours(found: Presidency, day: date | None) -> dict[str, Presidency | None]:
    """The presidencies before and after: one query."""
    rows = list(begun(Presidency.objects.public(), "period", day).order_by("period"))
    at = rows.index(found)
    return {
        "before": rows[at - 1] if at else None,
        "after": rows[at + 1] if at + 1 < len(rows) else None,
    }


def crumbs_of(found: Presidency) -> list[Place]:
    """The pages above a page that belongs to a presidency."""
    return [places()["members:presidencies"], Place(str(found), found.get_absolute_url())]


@public_data
def statement(request: HttpRequest, slug: str) -> HttpResponse:
    """The stored text of a presidency's statement, with its passages and their priorities.

    `theme` leaves only the passages marked that belong to priorities of that theme.
    """
    refuse_unknown(request.GET, {"theme", "as_of"})
    found = get_object_or_404(
        Presidency.objects.public().select_related("statement__carried_by"), slug=slug
    )
    period: Any = found.period
    asked_day(request, period.lower)
    source = found.statement
    if source is None or not found.has_reader:
        raise Http404
    passages = list(
        Passage.objects.public()
        .filter(source=source)
        .prefetch_related(Prefetch("priority_links", _links(found)))
        .order_by("start", F("end").desc())
    )
    themes = themes_of(passages)
    theme = chosen(request.GET, "theme", [one for one, _number in themes], None, Theme)
    if theme:
        passages = [one for one in passages if theme in _themes(one)]
    others = _other_languages(found, source.language)
    beside: dict[int, list[Passage]] = {}
    for passage in others:
        for link in passage.priority_links.all():
            beside.setdefault(link.priority_id, []).append(passage)
    carrier = source.carried_by
    return render(
        request,
        "members/statement.html",
        {
            "presidency": found,
            "source": source,
            "carried_by": carrier if carrier and carrier.is_published else None,
            "paragraphs": read(source.text, passages, beside),
            "passages": passages,
            "themes": [(one, number, tint(one)) for one, number in themes],
            "theme": theme,
            "not_held": [
                code
                for code, _name in settings.LANGUAGES
                if code not in {source.language, *(one.source.language for one in others)}
            ],
            "crumbs": crumbs_of(found),
        },
    )


def _links(found: Presidency) -> QuerySet:
    """The priorities of a presidency that passages belong to, in their order."""
    return (
        PriorityPassage.objects.public()
        .filter(priority__is_published=True, priority__presidency=found)
        .select_related("priority__presidency", "priority__theme")
        .order_by("priority__number")
    )


def _other_languages(found: Presidency, language: str) -> list[Passage]:
    """Passages that state its priorities in stored texts of other languages than `language`."""
    return list(
        Passage.objects.public()
        .filter(priority_links__in=_links(found).filter(role=PriorityPassage.Role.MAIN))
        .exclude(source__language=language)
        .exclude(source__text="")
        .select_related("source")
        .defer("source__text", "source__search")
        .prefetch_related(Prefetch("priority_links", _links(found)))
        .order_by("source__language", "source__slug", "start")
        .distinct()
    )


def themes_of(passages: list[Passage]) -> list[tuple[Theme, int]]:
    """The themes of the priorities that passages belong to, with the number of those passages."""
    count = Counter(theme for passage in passages for theme in _themes(passage))
    return sorted(count.items(), key=lambda pair: (pair[0].number, pair[0].slug))


def _themes(passage: Passage) -> set[Theme]:
    return {
        link.priority.theme
        for link in passage.priority_links.all()
        if link.priority.theme.is_published
    }
