"""What a delivery says, from the record as it is now: the same items for mail, JSON and feed.

What is not public any more is not said. Texts are in the active language.
"""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import Assessment
from events.models import Contribution, Event
from members.models import Presidency
from publishing.dates import in_words
from publishing.problems import BadQuery
from reminders import timing
from reminders.models import Reminder, Subscription
from reminders.selections import filters_of
from sources.models import Source

T = TypeVar("T")
Day = date  # where a field has that name
LATE = timedelta(minutes=10)
DIGEST_DAYS = {"daily": 7, "weekly": 14, "monthly": 45}
IN_DIGEST = 50


@dataclass(frozen=True, slots=True)
class Link:
    title: str
    url: str


@dataclass(slots=True)
class Item:
    """One event or other subject, with all there is to say of it: `lines` are what is new,
    `text` is what is written of it at length.
    """

    kind: str
    key: str
    title: str
    url: str
    date: str = ""
    when: str = ""
    note: str = ""
    place: str = ""
    status: str = ""
    lines: list[str] = field(default_factory=list)
    sources: list[Link] = field(default_factory=list)
    due_at: datetime | None = None
    late: bool = False
    begins: Day | None = None
    text: str = ""

    @property
    def said(self) -> list[str]:
        """All that is said, for forms without typography."""
        return [*self.lines, self.text] if self.text else self.lines


class Record:
    """What messages are made of, for two seconds: many that go out together say the same."""

    SECONDS = 2.0

    def __init__(self) -> None:
        self._kept: dict[str, dict[Any, Any]] = defaultdict(dict)
        self._until = 0.0

    def rows(self, kind: str, ids: set[int]) -> dict[int, Any]:
        """The public rows of a kind by id, and None for the others: a query for what is new."""
        kept = self._of(kind)
        if missing := ids - kept.keys():
            kept.update(dict.fromkeys(missing))
            kept.update((row.pk, row) for row in _PUBLIC[kind]().filter(pk__in=missing))
        return kept

    def once(self, kind: str, key: Any, read: Callable[[], T]) -> T:
        """What `read` returns, read once for each key."""
        kept = self._of(kind)
        if key not in kept:
            kept[key] = read()
        return cast("T", kept[key])

    def _of(self, kind: str) -> dict[Any, Any]:
        if time.monotonic() > self._until:
            self._kept.clear()
            self._until = time.monotonic() + self.SECONDS
        return self._kept[kind]


def items_of(
    reminders: list[Reminder],
    subscription: Subscription,
    now: datetime,
    record: Record | None = None,
) -> list[Item]:
    """The items of the reminders that there is still something to say of, in the order in which
    they take place.
    """
    record = record or Record()
    events, assessments, presidencies = (
        record.rows(kind, _ids(reminders, kind)) for kind in ("event", "assessment", "presidency")
    )
    documents = record.rows("document", _ids_of_documents(reminders))
    zone = ZoneInfo(subscription.zone)
    found: dict[str, Item] = {}
    for reminder in reminders:
        name, _colon, number = reminder.subject.partition(":")
        item = found.get(reminder.subject)
        if name == "event" and (event := events.get(int(number))):
            if reminder.kind == Reminder.Kind.UPCOMING and event.status not in Event.PLANNED:
                continue  # Called off since: there is a notice of its own.
            item = item or event_item(event, zone)
            if reminder.kind == Reminder.Kind.CHANGE:
                item.lines += _changes(reminder, documents, zone)
            elif reminder.kind == Reminder.Kind.UPCOMING:
                # Several leads may fall together, which is one thing to say.
                item.lines = list(dict.fromkeys([*item.lines, countdown(event, now, zone)]))
        elif name == "assessment" and (assessment := assessments.get(int(number))):
            item = item or _assessment_item(assessment)
        elif name == "presidency" and (presidency := presidencies.get(int(number))):
            item = item or _handover_item(presidency, now, zone)
        if item is None:
            continue
        if reminder.day is not None and now - reminder.due_at > LATE and not item.late:
            item.late = True
            item.lines.append(
                _("Late: this was due on %(moment)s.") % {"moment": _moment(reminder.due_at, zone)}
            )
        item.due_at = min(item.due_at or reminder.due_at, reminder.due_at)
        found[reminder.subject] = item
    return sorted(found.values(), key=lambda item: item.begins or date.min)


def coming(subscription: Subscription, now: datetime, record: Record | None = None) -> list[Item]:
    """The events that a digest looks ahead to."""
    query, days = subscription.selection.query, DIGEST_DAYS.get(subscription.digest, 14)
    rows = (record or Record()).once(
        "coming", (query, days), lambda: _coming_events(query, now.date(), days)
    )
    zone = ZoneInfo(subscription.zone)
    return [event_item(event, zone) for event in rows]


def _coming_events(query: str, day: date, days: int) -> list[Event]:
    until = day + timedelta(days=days)
    rows = Event.objects.public().upcoming(day).filter(period__startswith__lte=until)
    try:
        chosen = filters_of(query, rows).rows.order_by("period", "pk")
    except BadQuery:
        return []  # The page of the subscriber says what is wrong with the filter.
    return list(chosen.prefetch_related(_SOURCES)[:IN_DIGEST])


def event_item(event: Event, zone: ZoneInfo) -> Item:
    return Item(
        kind="event",
        key=event.slug,
        title=event.in_language("title"),
        url=settings.SITE_URL + event.get_absolute_url(),
        date=event.date,
        when=_when(event, zone),
        note=event.in_language("date_note"),
        begins=event.period.lower,
        place=event.in_language("place"),
        status=event.get_status_display(),
        sources=_links(event),
    )


def countdown(event: Event, now: datetime, zone: ZoneInfo) -> str:
    """How long it is until an event, or until the time in which it may be begins."""
    found = timing.occurrence(event.date, event.start_time, event.end_time, event.time_zone)
    if found is None:
        return ""
    today = now.astimezone(zone).date()
    if found.moment is not None:
        starts = timing.utc(*found.moment)
        if starts <= now:
            return _("It has begun.")
        if starts - now < timedelta(hours=20):
            minutes = max(1, round((starts - now).total_seconds() / 60))
            if minutes < 90:
                return ngettext("In %(count)d minute.", "In %(count)d minutes.", minutes) % {
                    "count": minutes
                }
            hours = round(minutes / 60)
            return ngettext("In %(count)d hour.", "In %(count)d hours.", hours) % {"count": hours}
        first = starts.astimezone(zone).date()
    else:
        first = found.first
    days = (first - today).days
    if found.exact:
        if days <= 0:
            return _("Today.")
        return ngettext("In %(count)d day.", "In %(count)d days.", days) % {"count": days}
    if days <= 0:
        return _("Any time now: the day is not known.")
    return ngettext(
        "In %(count)d day at the earliest: the day is not known.",
        "In %(count)d days at the earliest: the day is not known.",
        days,
    ) % {"count": days}


_SOURCES = Prefetch("sources", queryset=Source.objects.public().order_by("slug"))
_EVIDENCE = Prefetch(
    "evidence",
    queryset=Contribution.objects.public()
    .select_related("event")
    .prefetch_related(
        Prefetch("event__sources", queryset=Source.objects.public().order_by("slug"))
    ),
)
_before = (
    Assessment.objects.public()
    .filter(priority=OuterRef("priority"), number__lt=OuterRef("number"))
    .order_by("-number")
)
_PUBLIC: dict[str, Callable[[], QuerySet[Any]]] = {
    "event": lambda: Event.objects.public().prefetch_related(_SOURCES),
    "assessment": lambda: (
        Assessment.objects.public()
        .select_related("priority__presidency")
        .annotate(before=Subquery(_before.values("completion")[:1]))
        .prefetch_related(_EVIDENCE)
    ),
    "presidency": lambda: (
        Presidency.objects.public().select_related("state").prefetch_related(_SOURCES)
    ),
    "document": Source.objects.public,
}


def _ids(reminders: list[Reminder], name: str) -> set[int]:
    parts = (reminder.subject.partition(":") for reminder in reminders)
    return {int(number) for kind, _, number in parts if kind == name}


def _ids_of_documents(reminders: list[Reminder]) -> set[int]:
    return {
        details["source"]
        for reminder in reminders
        for name, details in reminder.data.get("happened", [])
        if name == "document"
    }


def _links(row: Any) -> list[Link]:
    return [
        Link(str(source), source.url or settings.SITE_URL + source.get_absolute_url())
        for source in row.sources.all()
    ]


def _when(event: Event, zone: ZoneInfo) -> str:
    """The date as it is recorded; a known hour at the place, and where the subscriber is."""
    words = in_words(event.date)
    found = timing.occurrence(event.date, event.start_time, event.end_time, event.time_zone)
    if found is None or found.moment is None:
        return words
    words = f"{words}, {event.start_time:%H:%M} ({event.time_zone})"
    if event.time_zone == zone.key:
        return words
    return f"{words} = {_moment(timing.utc(*found.moment), zone)}"


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    return f"{date_format(moment.astimezone(zone), 'j E Y, H:i')} ({zone.key})"


def _changes(reminder: Reminder, documents: dict[int, Source], zone: ZoneInfo) -> list[str]:
    lines = []
    for name, details in reminder.data.get("happened", []):
        if name == "document":
            if source := documents.get(details["source"]):
                lines.append(_("New document: %(title)s") % {"title": source})
        elif name in {"moved", "specified"}:
            text = _("Moved from %(old)s to %(new)s.")
            if name == "specified":
                text = _("The date is known better: %(new)s (before: %(old)s).")
            old, new = (_stored(details[side]) for side in ("from", "to"))
            lines.append(text % {"old": old, "new": new})
        else:
            lines.append(
                {
                    "added": _("New in the record."),
                    "cancelled": _("Cancelled."),
                    "reinstated": _("It is to take place after all."),
                    "postponed": _("Postponed."),
                    "held": _("It has taken place."),
                }[name]
            )
    return lines


def _stored(row: dict[str, Any]) -> str:
    words = in_words(row["date"])
    if row["start_time"]:
        at = clock_time.fromisoformat(row["start_time"])
        return f"{words}, {at:%H:%M} ({row['time_zone']})"
    return words


def _assessment_item(assessment: Assessment) -> Item:
    priority = assessment.priority
    sources = [link for one in assessment.evidence.all() for link in _links(one.event)]
    return Item(
        kind="assessment",
        key=assessment.key,
        title=priority.in_language("title"),
        url=settings.SITE_URL + assessment.get_absolute_url(),
        date=assessment.as_of.isoformat(),
        when=in_words(assessment.as_of.isoformat()),
        place=priority.presidency.in_language("title"),
        status=assessment.get_completion_display(),
        lines=[_new_assessment(assessment)],
        text=assessment.in_language("rationale"),
        sources=list(dict.fromkeys(sources)),
    )


def _new_assessment(assessment: Any) -> str:
    completion = assessment.get_completion_display()
    if assessment.before in {None, assessment.completion}:
        return _("New assessment: %(completion)s.") % {"completion": completion}
    return _("The assessment changed: %(completion)s (before: %(before)s).") % {
        "completion": completion,
        "before": Assessment.Completion(assessment.before).label,
    }


def _handover_item(presidency: Presidency, now: datetime, zone: ZoneInfo) -> Item:
    term: Any = presidency.period  # both ends are known: the database sees to it
    first: date = term.lower
    days = (first - now.astimezone(zone).date()).days
    line = _("The presidency passes on: %(title)s begins.") % {"title": presidency}
    if days > 0:
        line += " " + ngettext("In %(count)d day.", "In %(count)d days.", days) % {"count": days}
    return Item(
        kind="presidency",
        key=presidency.slug,
        title=presidency.in_language("title"),
        url=settings.SITE_URL + presidency.get_absolute_url(),
        date=first.isoformat(),
        when=in_words(first.isoformat()),
        begins=first,
        note=presidency.in_language("start_note"),
        lines=[line],
        sources=_links(presidency),
    )
