"""The list of events and one event."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.db.models import F, Model, Prefetch, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from events.calendar import moments
from events.countries import country_name
from events.facets import MOST, facets
from events.filters import EventFilters
from events.linked import linked
from events.listing import row_text, rows_of
from events.models import Attendance, Contribution, Event
from members.models import Body, Presidency, State
from priorities.models import Theme
from publishing import pagination
from publishing.asking import asked_day, note_day
from publishing.conditional import public_data
from publishing.filterform import FilterForm, Options
from publishing.languages import localized
from publishing.version import Version
from sources.citing import cited

LABELS = {
    "q": _("Words"),
    "presidency": _("Presidency"),
    "state": _("State"),
    "since": _("From"),
    "until": _("To"),
    "on": _("On"),
    "body": _("Body"),
    "priority": _("Priority"),
    "relation": _("Relation to a priority"),
    "country": _("Country (ISO 3166-1)"),
    "awaiting_outcome": _("Outcome not recorded"),
    "source": _("Source"),
}
MAIN = ("q", "kind", "status", "presidency", "state", "since", "until")
ORDERINGS = (
    ("", _("Newest first")),
    ("date", _("Oldest first")),
    ("-changed", _("Latest changes first")),
)


@public_data
def event_list(request: HttpRequest) -> HttpResponse:
    """Events by the filters of the API, 50 to a page unless `page_size` says otherwise."""
    note_day(request)
    filters = EventFilters(request.GET, Event.objects.public())
    page = pagination.page_of(filters, row_text(), f"page {get_language()}")

    # The past is asked for what is offered each time: once for both, and only if it is shown.
    options: Any = SimpleLazyObject(lambda: offered(request))
    form: Any = SimpleLazyObject(lambda: form_of(request, filters, options, orderings=ORDERINGS))
    return render(
        request,
        "events/list.html",
        {
            "events": rows_of(page.rows),
            "form": form,
            "facets": lambda: facets(request, options) if page.rows or form.chips else [],
            "most": MOST,
            **_narrowing(request, found=bool(page.rows)),
            "next": pagination.link(request.path, request.GET, page.next),
            "previous": pagination.link(request.path, request.GET, page.previous),
        },
    )


def form_of(
    request: HttpRequest,
    filters: EventFilters,
    options: Options,
    *,
    main: tuple[str, ...] = MAIN,
    orderings: Iterable[tuple[str, Any]] = (),
) -> FilterForm:
    """The form of a view of events, which all offer the same."""
    more = ("theme", "body", "relation", "country", "awaiting_outcome", "confidence")
    return FilterForm(
        filters,
        request.path,
        main=main,
        more=more,
        options=options,
        orderings=orderings,
        labels=LABELS,
    )


def _narrowing(request: HttpRequest, *, found: bool) -> dict[str, Any]:
    """For how many seconds the form and what it may be narrowed to are kept, and by which key.

    While the data and the day stay the same they depend on the filters alone, and so are those
    of each page of a list. Of the past they are made anew.
    """
    version = getattr(request, "data_version", None)
    query = request.GET.copy()
    query.pop("cursor", None)
    return {
        "seconds": 0 if version is None or hasattr(request, "recorded_at") else 86_400,
        "narrowing": (version, timezone.now().date(), request.path, query.urlencode(), found),
    }


def offered(request: HttpRequest) -> Options:
    """Rows that the form offers to choose from, by filter.

    One query, or none while the public data stay as they are; the past is asked each time.
    """
    version = getattr(request, "data_version", None)
    if version is None or hasattr(request, "recorded_at"):
        return _find_options()
    return _options_at(version, str(get_language()))


@lru_cache(maxsize=4)
def _options_at(version: Version, language: str) -> Options:
    return _find_options()


def _find_options() -> Options:
    found: dict[str, list[tuple[str, str]]] = {}
    choices = [
        _choices("presidency", Presidency, "slug", "title", "-period"),
        _choices("state", State, "code", "name", localized("name")),
        _choices("theme", Theme, "slug", "title", "number"),
        _choices("body", Body, "slug", "name", "number"),
    ]
    for name, key, label in choices[0].union(*choices[1:], all=True):
        found.setdefault(name, []).append((key, label))
    return found


def _choices(name: str, model: type[Model], key: str, label: str, order: Any) -> QuerySet:
    rows: Any = model._default_manager
    return (
        rows.public()
        .annotate(filter_name=Value(name, TextField()), key_text=Cast(F(key), TextField()))
        .annotate(label=localized(label))
        .order_by(order)
        # Without a limit PostgreSQL need not keep the order of one part of a union.
        .values_list("filter_name", "key_text", "label")[:500]
    )


@public_data
def event(request: HttpRequest, slug: str) -> HttpResponse:
    """One event: when, where, who took part, what it bears on, and who says so."""
    found = get_object_or_404(
        Event.objects.public()
        .defer("search")
        .prefetch_related(
            cited(),
            Prefetch("bodies", Body.objects.public()),
            Prefetch(
                "attendances",
                Attendance.objects.public()
                .select_related("state")
                .order_by(localized("state__name")),
            ),
            Prefetch(
                "contributions",
                Contribution.objects.public()
                .select_related("priority__presidency")
                .order_by("-priority__presidency__period", "priority__number"),
            ),
        ),
        slug=slug,
    )
    period: Any = found.period
    asked_day(request, period.lower)
    country = State.objects.public().filter(code=found.country).first() if found.country else None
    return render(
        request,
        "events/event.html",
        {
            "event": found,
            "begun": found.status in Event.BEGUN,
            "linked": linked(found),
            "moments": [one for one in moments(found) if one],
            "place": found.in_language("place"),
            "country": country or country_name(found.country),
            "summary": found.in_language("summary"),
            "date_note": found.in_language("date_note"),
            "note": found.in_language("note"),
            "attendances": [_attendance(row) for row in found.attendances.all()],
            "relations": _relations(list(found.contributions.all())),
        },
    )


def _attendance(row: Attendance) -> dict[str, str]:
    return {
        "state": str(row.state),
        "url": row.state.get_absolute_url(),
        "role": row.get_role_display(),
        "level": row.in_language("level"),
        "position": row.in_language("position"),
        "note": row.in_language("note"),
    }


def _relations(rows: list[Contribution]) -> list[tuple[str, list[dict[str, str]]]]:
    """Contributions by relation, in the order of the choices; relations without any left out."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        found.setdefault(row.relation, []).append(
            {
                "priority": str(row.priority),
                "presidency": str(row.priority.presidency),
                "url": row.priority.get_absolute_url(),
                "reason": row.in_language("reason"),
                "basis": row.get_basis_display(),
                "note": row.in_language("note"),
            }
        )
    return [
        (str(label), found[value])
        for value, label in Contribution.Relation.choices
        if value in found
    ]
