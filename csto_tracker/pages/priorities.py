"""Priorities: all of them, those of one presidency, and one priority."""

import re
from datetime import date
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Case, Prefetch, Q, When, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.listing import row_text, rows_of
from assessments.models import Assessment
from csto_tracker.context import Place, known_until, places
from csto_tracker.pages.asking import DAY, begun
from csto_tracker.pages.home import term_of
from csto_tracker.pages.presidencies import claims, crumbs_of
from csto_tracker.pages.steps import chart
from events.models import Contribution, Event
from members.models import Presidency, State
from priorities.filters import PriorityFilters
from priorities.models import Lineage, Priority, PriorityPassage, Theme
from publishing import pagination
from publishing.asking import asked_day, note_day
from publishing.conditional import public_data
from publishing.dates import in_words
from publishing.filterform import FilterForm
from sources.citing import cited

LABELS = {
    "q": _("Words"),
    "state": _("State that presided"),
    "tracked": _("Assessed"),
}
ORDERINGS = (
    ("", _("Newest presidency first")),
    ("presidency", _("Oldest presidency first")),
    ("title", _("By English title")),
    ("title_ru", _("By Russian title")),
    ("-changed", _("Latest changes first")),
)


# A step of the scale with what would count as it: “Limited: a held meeting.”
_STEP = re.compile(r"(?:^|(?<=[.!?;])\s+)(\w+(?: \w+)?): ")


@public_data
def priority_list(request: HttpRequest) -> HttpResponse:
    """Priorities of all presidencies by the filters of the API."""
    return _list(request, None)


@public_data
def of_presidency(request: HttpRequest, slug: str) -> HttpResponse:
    """The priorities of one presidency, by the same filters."""
    found = get_object_or_404(Presidency.objects.public(), slug=slug)
    return _list(request, found)


def _list(request: HttpRequest, presidency: Presidency | None) -> HttpResponse:
    rows = Priority.objects.public()
    if presidency:
        rows = rows.for_presidency(presidency)
    note_day(request)
    filters = PriorityFilters(request.GET, rows)
    page = pagination.page_of(filters, row_text(filters.day))
    whose = ("presidency", "state") if presidency is None else ()
    form = FilterForm(
        filters,
        request.path,
        main=("q", *whose, "theme", "kind", "tracked"),
        more=("temporal", "strength", "confidence"),
        options=_options(with_presidencies=presidency is None),
        orderings=ORDERINGS if presidency is None else (),
        labels=LABELS,
    )
    return render(
        request,
        "priorities/list.html",
        {
            "presidency": presidency,
            "rows": rows_of(page.rows),
            "form": form,
            "next": pagination.link(request.path, request.GET, page.next),
            "previous": pagination.link(request.path, request.GET, page.previous),
            "crumbs": crumbs_of(presidency) if presidency else [],
        },
    )


def _options(*, with_presidencies: bool) -> dict[str, list[tuple[str, str]]]:
    options = {"theme": [(row.slug, str(row)) for row in Theme.objects.public()]}
    if with_presidencies:
        terms = list(Presidency.objects.public().select_related("state").order_by("-period"))
        states: dict[str, State] = {row.state.code: row.state for row in terms}
        options["presidency"] = [(row.slug, str(row)) for row in terms]
        options["state"] = sorted(
            ((code, str(row)) for code, row in states.items() if row.is_published),
            key=lambda pair: pair[1],
        )
    return options


@public_data
def priority(request: HttpRequest, presidency: str, slug: str) -> HttpResponse:
    """One priority: its words, what bears on it, what is claimed and judged, its lineage.

    As of a day, if asked: what had begun, and how it was judged.
    """
    found = get_object_or_404(
        Priority.objects.public()
        .select_related("presidency__statement", "theme", "title_ru_source")
        .defer(
            "search",
            "presidency__search",
            "presidency__statement__text",
            "presidency__statement__search",
            "title_ru_source__text",
            "title_ru_source__search",
        )
        .prefetch_related(cited(), _passages()),
        presidency__slug=presidency,
        slug=slug,
    )
    own = found.presidency
    term: Any = own.period
    day = asked_day(request, term.lower)
    today = day or timezone.now().date()
    prefetch_related_objects([found], _assessments(day), _contributions(day))
    links = list(
        begun(Lineage.objects.public(), "later__presidency__period", day)
        .filter(Q(later=found) | Q(earlier=found))
        .select_related("earlier__presidency", "later__presidency", "source")
        .defer("earlier__search", "later__search", "source__text", "source__search")
        .order_by("earlier__presidency__period", "later__presidency__period", "pk")
    )
    contributions = list(found.contributions.all())
    last = known_until(request, today)
    silence = _silence(contributions, own, today, last) if found.is_tracked else None
    return render(
        request,
        "priorities/priority.html",
        {
            "priority": found,
            "presidency": own,
            "term": term_of(own, today),
            "passages": [_placed(link, own) for link in found.passage_links.all()],
            "relations": _relations(contributions, own),
            "silence": silence,
            "ends": in_words(last.isoformat()) if last < today else "",
            "chart": chart(
                own,
                found.assessments.all(),
                contributions,
                today,
                (silence.since, silence.until) if silence else None,
            ),
            "rubric": _rubric(found.in_language("rubric")),
            "silence_threshold": settings.SILENCE_THRESHOLD_DAYS,
            "claims": list(
                begun(claims(), "period", day)
                .filter(presidency=own)
                .filter(Q(priority=found) | Q(priority=None))
            ),
            "inherited": [row for row in links if row.later_id == found.pk],
            "taken_up": [row for row in links if row.earlier_id == found.pk],
            "neighbours": _neighbours(found),
            "crumbs": [
                *crumbs_of(own),
                Place(
                    str(places()["priorities:list"].label),
                    reverse("priorities:of-presidency", args=[own.slug]),
                ),
            ],
        },
    )


# The words that state the priority come first.
_RANK = Case(When(role=PriorityPassage.Role.MAIN, then=0), default=1)


def _passages() -> Prefetch:
    return Prefetch(
        "passage_links",
        PriorityPassage.objects.public()
        .select_related("passage__source")
        .defer("passage__source__text", "passage__source__search")
        .annotate(rank=_RANK)
        .order_by("rank", "passage__start", "-passage__end"),
    )


def _assessments(day: date | None) -> Prefetch:
    rows = Assessment.objects.public()
    evidence = Contribution.objects.public().select_related("event").defer("event__search")
    return Prefetch(
        "assessments",
        (rows.filter(as_of__lte=day) if day else rows)
        .select_related("corrects")
        .prefetch_related(Prefetch("evidence", evidence.order_by("event__period", "event__pk")))
        .order_by("-as_of", "-number"),
    )


def _contributions(day: date | None) -> Prefetch:
    return Prefetch(
        "contributions",
        begun(Contribution.objects.public(), "event__period", day)
        .select_related("event")
        .defer("event__search")
        .order_by("-event__period", "-event__pk"),
    )


def _placed(link: PriorityPassage, presidency: Presidency) -> tuple[PriorityPassage, str]:
    """A passage and where it is read in its context: the statement's reader, else its source."""
    passage = link.passage
    if presidency.statement_id == passage.source_id:
        return link, f"{reverse('members:statement', args=[presidency.slug])}#{passage.anchor}"
    return link, passage.get_absolute_url()


def _relations(
    rows: list[Contribution], presidency: Presidency
) -> list[tuple[str, str, list[tuple[Contribution, bool]]]]:
    """Contributions by relation in the order of the choices, and whether each is of this term."""
    term: Any = presidency.period
    found = []
    for value, label in Contribution.Relation.choices:
        own = [
            (row, (row.event.period.upper or date.max) > term.lower)
            for row in rows
            if row.relation == value
        ]
        if own:
            found.append((value, str(label), own))
    return found


class Silence(NamedTuple):
    """No event from one day to another, where the record ends or today is reached.

    `is_whole` if there was none since the term began.
    """

    since: date
    until: date
    is_whole: bool

    @property
    def days(self) -> int:
        return max((self.until - self.since).days, 0)

    @property
    def days_of_term(self) -> int:
        """The days of the term until then, of a whole silence."""
        return self.days + 1


def _silence(
    rows: list[Contribution], presidency: Presidency, today: date, last: date
) -> Silence | None:
    """From the end of the last event of the term that is reported as held, or else the beginning
    of the term, until the record ends; None outside the term, and where it begins later."""
    term: Any = presidency.period
    if not term.lower <= today < term.upper or last < term.lower:
        return None
    held = [
        row.event.period.upper - DAY
        for row in rows
        if row.event.status == Event.Status.HELD and row.event.period.upper
    ]
    newest = max(held, default=date.min)
    return Silence(max(newest, term.lower), last, newest < term.lower)


def _neighbours(found: Priority) -> dict[str, Priority | None]:
    """The priorities before and after it in the statement: one query."""
    rows = list(
        Priority.objects.public()
        .for_presidency(found.presidency)
        .select_related("presidency")
        .only("number", "slug", "title", "title_ru", "presidency__slug")
        .order_by("number")
    )
    at = next(index for index, row in enumerate(rows) if row.pk == found.pk)
    return {
        "before": rows[at - 1] if at else None,
        "after": rows[at + 1] if at + 1 < len(rows) else None,
    }


def _rubric(text: str) -> list[tuple[str, str]]:
    """The steps of a rubric, each with what would count; what names no step stands by itself."""
    before, *steps = _STEP.split(text.strip())
    found = [(step, words.strip()) for step, words in zip(steps[::2], steps[1::2], strict=True)]
    return [("", before.strip()), *found] if before.strip() else found
