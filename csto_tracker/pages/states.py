"""Pages of states and of the organisation's bodies, each with its events."""

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from csto_tracker.pages import linked
from csto_tracker.pages.asking import begun
from csto_tracker.pages.map import drawn, states_on
from events.listing import first_rows
from events.models import Attendance, Event
from members.filters import BodyFilters, StateFilters
from members.models import Body, Membership, Milestone, Presidency, State
from publishing import pagination
from publishing.asking import asked_day, note_day
from publishing.conditional import public_data
from publishing.dates import in_words
from publishing.filterform import FilterForm
from sources.citing import cited

EVENTS_SHOWN = 20


@public_data
def state_list(request: HttpRequest) -> HttpResponse:
    """States that are or were party, each with its status on a day and who says so.

    The filters of the API choose those in the tables; the map shows all.
    """
    note_day(request)
    filters = StateFilters(request.GET, State.objects.public())
    page = pagination.page_of(filters, "code")
    day = filters.day
    states = list(states_on(day or timezone.now().date()))
    by_code = {one.code: one for one in states}
    codes = page.rows if request.GET.get("ordering") else [c for c in by_code if c in page.rows]
    rows = [_status_today(by_code[code]) for code in codes]
    inside = {Membership.Status.MEMBER, Membership.Status.FROZEN}
    outside = _("Not members on that day") if day else _("Not members today")
    groups = [
        (_("Members"), [row for row in rows if row["status"] in inside]),
        (outside, [row for row in rows if row["status"] not in inside]),
    ]
    return render(
        request,
        "members/states.html",
        drawn(states)
        | {
            "groups": groups if rows else [],
            "with_map": bool(states),
            "form": FilterForm(
                filters,
                request.path,
                main=("q", "status"),
                labels={"status": _("Status on that day") if day else _("Status today")},
            ),
            "next": pagination.link(request.path, request.GET, page.next),
            "previous": pagination.link(request.path, request.GET, page.previous),
        },
    )


def _status_today(state: State) -> dict[str, str]:
    row = {"name": str(state), "url": state.get_absolute_url(), "status": ""}
    for membership in state.current:  # type: ignore[attr-defined]  # set by the prefetch
        row |= {
            "status": membership.status,
            "status_word": membership.get_status_display(),
            "since": in_words(membership.since),
            "said_by": membership.in_language("said_by"),
            "disputed": membership.in_language("disputed"),
        }
    return row


@public_data
def state(request: HttpRequest, slug: str) -> HttpResponse:
    """One state: its status over time, legal facts, presidencies, events, as of a day if asked."""
    day = asked_day(request)
    found = get_object_or_404(
        State.objects.public().prefetch_related(
            cited(),
            Prefetch(
                "memberships",
                begun(Membership.objects.order_by("period"), "period", day).prefetch_related(
                    cited()
                ),
            ),
            Prefetch(
                "milestones",
                # What has not happened comes last.
                begun(Milestone.objects.public(), "period", day)
                .order_by("period", "slug")
                .prefetch_related(cited()),
            ),
            Prefetch(
                "presidencies",
                begun(Presidency.objects.public(), "period", day).order_by("-period"),
            ),
        ),
        slug=slug,
    )
    events = first_rows(
        begun(Event.objects.public(), "period", day)
        .filter(pk__in=Attendance.objects.filter(state=found).values("event"))
        .order_by("-period", "-pk"),
        EVENTS_SHOWN + 1,
    )
    parts = {
        attendance.event.slug: attendance
        for attendance in Attendance.objects.filter(
            state=found, event__slug__in=[row.slug for row in events]
        ).select_related("event")
    }
    return render(
        request,
        "members/state.html",
        {
            "state": found,
            "other_name": found.other_name_ru if get_language() == "ru" else "",
            "note": found.in_language("note"),
            "events": [(row, parts[row.slug]) for row in events[:EVENTS_SHOWN]],
            "more_events": len(events) > EVENTS_SHOWN,
        },
    )


@public_data
def body_list(request: HttpRequest) -> HttpResponse:
    """The organs of the organisation by kind, by the filters of the API."""
    note_day(request)
    filters = BodyFilters(request.GET, Body.objects.public())
    page = pagination.page_of(filters, "pk")
    found = Body.objects.defer("search").in_bulk(page.rows)
    bodies = [found[key] for key in page.rows]
    groups = [
        (label, [body for body in bodies if body.kind == kind]) for kind, label in Body.Kind.choices
    ]
    return render(
        request,
        "members/bodies.html",
        {
            "groups": [group for group in groups if group[1]],
            "form": FilterForm(filters, request.path, main=("q", "kind")),
            "next": pagination.link(request.path, request.GET, page.next),
            "previous": pagination.link(request.path, request.GET, page.previous),
        },
    )


@public_data
def body(request: HttpRequest, slug: str) -> HttpResponse:
    """One body and the events in which it met or which it ran, as of a day if asked."""
    found = get_object_or_404(Body.objects.public().prefetch_related(cited()), slug=slug)
    period: Any = found.period
    day = asked_day(request, period.lower if period else None)
    events = first_rows(
        begun(Event.objects.public(), "period", day)
        .filter(body_links__body=found)
        .order_by("-period", "-pk"),
        EVENTS_SHOWN + 1,
    )
    return render(
        request,
        "members/body.html",
        {
            "body": found,
            "linked": linked.body(found),
            "events": events[:EVENTS_SHOWN],
            "more_events": len(events) > EVENTS_SHOWN,
        },
    )
