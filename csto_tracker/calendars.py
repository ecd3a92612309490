"""Every list whose records have dates, as a calendar: what the date of each kind of record is."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments.models import Assessment, Claim
from csto_tracker.pages.lists import page_of_list, title_of_list
from events.calendar import entry_of
from events.models import Attendance, Contribution
from members.models import Body, Membership, Milestone, Presidency
from publishing.asking import asked_moment
from publishing.dates import in_words
from publishing.edtf import parse
from publishing.filters import RecordFilters
from publishing.formats import calendar
from publishing.formats.calendar import Entry
from sources.models import Source

MOST_ENTRIES = 5000


class Said(NamedTuple):
    """What a calendar says of a record: its EDTF date, title, texts, and the page it stands on."""

    date: str
    title: str
    texts: list[str]
    url: str
    status: str = "confirmed"


class Dated(NamedTuple):
    """A kind of record with a date.

    `date` is the path to its EDTF text, empty where each record has an exact day, and `moved_by`
    are the fields whose changes SEQUENCE counts, as the history has them. What hangs on an event
    has the event's date, time, place and status; events themselves say all of it elsewhere.
    """

    said: Callable[[Any], Said] | None
    date: str = ""
    moved_by: tuple[str, ...] = ()
    related: tuple[str, ...] = ()


def _presidency(row: Presidency) -> Said:
    term: Any = row.period
    first_day, last_day = _("First day"), _("Last day")
    last = term.upper - timedelta(1)
    inferred = Presidency.Basis.INFERRED in {row.start_basis, row.end_basis}
    return Said(
        f"{term.lower}/{last}",
        str(row),
        [
            row.in_language("motto"),
            f"{first_day}: {row.get_start_basis_display()}",
            row.in_language("start_note"),
            f"{last_day}: {row.get_end_basis_display()}",
            row.in_language("end_note"),
        ],
        row.get_absolute_url(),
        "announced" if inferred else "confirmed",
    )


def _membership(row: Membership) -> Said:
    """The day on which a status begins; it may hold for decades."""
    until = _("Until %(day)s") % {"day": in_words(row.until)} if row.until else ""
    said_by = _("Who says so: %(name)s") % {"name": row.in_language("said_by")}
    return Said(
        row.since,
        f"{row.state}: {row.get_status_display()}",
        [until, said_by, row.in_language("disputed")],
        row.state.get_absolute_url(),
    )


def _milestone(row: Milestone) -> Said:
    state = row.state if row.state and row.state.is_published else None
    organization = _("CSTO")
    page = f"{state.get_absolute_url()}#milestone-{row.slug}" if state else ""
    return Said(
        row.date,
        f"{state or organization}: {row.in_language('title')}",
        [row.in_language("note")],
        page or reverse(page_of_list("milestones")),
    )


def _body(row: Body) -> Said:
    title = _("Established: %(body)s") % {"body": row}
    texts = [row.in_language("established_note"), row.in_language("description")]
    return Said(row.established, title, texts, row.get_absolute_url())


def _claim(row: Claim) -> Said:
    title = _("Claim: %(claimant)s") % {"claimant": row.in_language("claimant")}
    return Said(row.date, title, [row.in_language("text")], row.get_absolute_url())


def _assessment(row: Assessment) -> Said:
    return Said(
        row.as_of.isoformat(),
        f"{row.priority}: {row.get_completion_display()}",
        [row.in_language("rationale"), row.assessed_by],
        row.get_absolute_url(),
    )


def _source(row: Source) -> Said:
    texts = [row.url, row.in_language("date_note")]
    return Said(row.date, str(row), texts, row.get_absolute_url())


def _attendance(row: Attendance) -> Said:
    texts = [row.in_language("level"), row.in_language("position"), row.in_language("note")]
    return Said(row.event.date, f"{row.event} ({row})", texts, row.event.get_absolute_url())


def _contribution(row: Contribution) -> Said:
    title = f"{row} ({row.get_relation_display()})"
    return Said(row.event.date, title, [row.in_language("reason")], row.event.get_absolute_url())


CALENDARS: dict[str, Dated] = {
    "events": Dated(None, "date"),
    "presidencies": Dated(_presidency, moved_by=("period", "start_basis", "end_basis")),
    "memberships": Dated(_membership, "since", ("since", "until", "status"), ("state",)),
    "milestones": Dated(_milestone, "date", ("date",), ("state",)),
    "bodies": Dated(_body, "established", ("established",)),
    "claims": Dated(_claim, "date", ("date",), ("presidency",)),
    "assessments": Dated(_assessment, moved_by=("as_of",), related=("priority__presidency",)),
    "attendances": Dated(_attendance, "event__date", ("role",), ("event", "state")),
    "contributions": Dated(_contribution, "event__date", related=("event", "priority__presidency")),
    "sources": Dated(_source, "date", ("date",)),
}


def calendar_of(request: HttpRequest, name: str, citation: str, filters: RecordFilters) -> bytes:
    """A filtered list as iCalendar; records without a date, or with an open one, are left out."""
    kind = CALENDARS[name]
    rows = filters.rows
    if kind.date:
        rows = rows.exclude(Q(**{kind.date: ""}) | Q(**{f"{kind.date}__contains": ".."}))
    found = list(_light(rows, kind)[:MOST_ENTRIES])
    moves = _moves(rows.model, kind.moved_by, [row.pk for row in found], asked_moment(request.GET))
    return calendar.calendar(
        _("CSTO: %(list)s") % {"list": title_of_list(name).lower()},
        settings.SITE_URL + request.get_full_path(),
        (_entry(name, kind, row, moves[row.pk]) for row in found),
        about=_("How to cite: %(address)s") % {"address": citation},
    )


def _light(rows: QuerySet, kind: Dated) -> QuerySet:
    """The rows with what they are shown with, without the columns that only search reads."""
    models = [("", rows.model)]
    for path in kind.related:
        model, prefix = rows.model, ""
        for part in path.split("__"):
            model, prefix = model._meta.get_field(part).related_model, f"{prefix}{part}__"
            models.append((prefix, model))
    unread = [
        f"{prefix}{field.name}"
        for prefix, model in models
        for field in model._meta.concrete_fields
        if field.name == "search" or (model is Source and field.name == "text")
    ]
    return rows.select_related(*kind.related).defer(*unread)


def _entry(name: str, kind: Dated, row: Any, moves: int) -> Entry:
    if kind.said is None:
        return entry_of(row)
    said = kind.said(row)
    host = settings.SITE_URL.split("//", 1)[1]
    own: dict[str, Any] = {
        "uid": f"{name}/{row.key}@{host}",
        "title": said.title,
        "url": settings.SITE_URL + said.url,
    }
    texts = [*said.texts, in_words(said.date)]
    own["description"] = "\n".join(filter(None, texts))
    if isinstance(row, Attendance | Contribution):
        event = entry_of(row.event)
        changed_at = max(event.changed_at, row.changed_at)
        return event._replace(sequence=event.sequence + moves, changed_at=changed_at, **own)
    span: Any = parse(said.date)  # of no open one: `calendar_of` leaves those out
    return Entry(
        **own,
        status=said.status,
        sequence=moves,
        changed_at=row.changed_at,
        first=span.start.first,
        after=span.end.after,
        exact=span.is_exact,
        date_words=in_words(said.date),
        place="",
        language=str(get_language()),
    )


def _moves(
    model: type[Model], fields: tuple[str, ...], keys: list[Any], by: datetime | None
) -> Counter[Any]:
    """How often one of the fields of each row had changed, by a moment or by now: one query."""
    found: Counter[Any] = Counter()
    if not fields or not keys:
        return found
    history = model.history.rel.related_model  # type: ignore[attr-defined]  # of each tracked model
    rows = history.objects.filter(pgh_obj_id__in=keys)
    if by:
        rows = rows.filter(pgh_created_at__lte=by)
    rows = rows.order_by("pgh_obj_id", "pgh_created_at", "pgh_id")
    for key, versions in groupby(rows.values_list("pgh_obj_id", *fields), lambda row: row[0]):
        found[key] = sum(before != after for before, after in pairwise(versions))
    return found
