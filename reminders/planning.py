"""From changes of the record to planned reminders. One planner works at a time.

A change is planned for part of the subscriptions after part. After SECONDS the transaction is
committed, and with it, in the change, how far it came: whoever plans next goes on from there,
also when this process was killed.
"""

import time
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from assessments.models import Assessment
from events.models import Event
from members.models import Presidency
from reminders import notices, upcoming
from reminders.happened import Happened, what_happened
from reminders.models import Change, Reminder, Selection, Subscription
from reminders.notices import Notice
from reminders.parts import Part, next_part
from reminders.selections import matching_events, matching_priorities
from reminders.timing import Occurrence, occurrence
from reminders.upcoming import Subject

BATCH = 500
SECONDS = 2.0  # for one transaction, and the part that is under way then
_PLANNER = 7_204_001  # advisory lock


def plan_changes(now: datetime) -> int:
    """Plan for at most BATCH changes, for about SECONDS; those that are done leave the queue.

    Returns how many changes were worked on, 0 as well while another process plans: it goes on
    until the queue is empty.
    """
    until = time.monotonic() + SECONDS
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_PLANNER])
        if not cursor.fetchone()[0]:
            return 0
        # A part takes about a second; on a machine that is busy it must not be cut off.
        cursor.execute("SET LOCAL statement_timeout = '2min'")
        wishes = list(Change.objects.filter(kind=Change.Kind.SUBSCRIPTION).order_by("pk")[:BATCH])
        wishes = _plan_subscriptions(wishes, now, until)
        _done(wishes)
        changes = _next_changes()
        if changes:
            _plan(changes, now, until)
    return len(wishes) + len(changes)


def _done(changes: list[Change]) -> None:
    Change.objects.filter(pk__in=[change.pk for change in changes]).delete()


def _next_changes() -> list[Change]:
    """The changes that are begun, or the oldest; those of subscriptions are apart.

    What happened to one subject stays together, so that it is told at once. What happens to it
    while this is planned for is planned for afterwards.
    """
    changes = Change.objects.exclude(kind=Change.Kind.SUBSCRIPTION).order_by("pk")
    return list(changes.filter(planned_to__gt=0)) or list(changes[:BATCH])


def _plan(changes: list[Change], now: datetime, until: float) -> None:
    """Plan for one part of the subscriptions after the other, until all is done or time is up."""
    by_kind: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        by_kind[change.kind].append(change)
    events = by_kind[Change.Kind.EVENT] + by_kind[Change.Kind.DOCUMENT]
    others = by_kind[Change.Kind.ASSESSMENT] + by_kind[Change.Kind.PRESIDENCY]
    subjects = len({change.object_id for change in events}) + len(others)
    after = changes[0].planned_to
    found = Matches()
    while True:
        part = next_part(after, subjects)
        _plan_events(events, now, part, found)
        _plan_assessments(by_kind[Change.Kind.ASSESSMENT], now, part)
        _plan_handovers(by_kind[Change.Kind.PRESIDENCY], now, part)
        if part.is_last:
            _done(changes)
            return
        after = part.upto
        if time.monotonic() >= until:
            rows = Change.objects.filter(pk__in=[change.pk for change in changes])
            rows.update(planned_to=after)
            return


def _plan_subscriptions(changes: list[Change], now: datetime, until: float) -> list[Change]:
    """Plan what subscriptions that were confirmed or changed have ahead; returns whose are done.

    What is planned and not wanted any more is dropped; what is due already is sent.
    """
    if not changes:
        return []
    coming = list(Event.objects.public().upcoming(now.date()).values_list("pk", flat=True))
    ids = [change.object_id for change in changes]
    rows = Subscription.objects.active().select_related("selection").in_bulk(ids)
    for number, change in enumerate(changes, start=1):
        _plan_subscription(change, rows.get(change.object_id), coming, now)
        if time.monotonic() >= until:
            return changes[:number]
    return changes


def _plan_subscription(
    change: Change, subscription: Subscription | None, coming: list[int], now: datetime
) -> None:
    Reminder.objects.filter(
        subscription=change.object_id,
        state=Reminder.State.PLANNED,
        due_at__gt=now,
        kind__in=[Reminder.Kind.UPCOMING, Reminder.Kind.HANDOVER],
    ).update(state=Reminder.State.DROPPED, reason=Reminder.Reason.NOT_WANTED, settled_at=now)
    if subscription is None:
        return
    selection = subscription.selection
    for kind, subjects in (
        (Reminder.Kind.UPCOMING, _coming_events(selection, coming, change.at)),
        (Reminder.Kind.HANDOVER, _coming_handovers(change.at)),
    ):
        upcoming.plan(
            subjects,
            [(subject.name, selection.pk) for subject in subjects],
            kind=kind,
            now=now,
            part=Part(subscription.pk - 1, subscription.pk),
        )


def _coming_events(selection: Selection, ids: list[int], since: datetime) -> list[Subject]:
    events = Event.objects.filter(pk__in=matching_events(selection, ids))
    return [found for event in events if (found := subject_of(event, since, fresh=False))]


def _coming_handovers(since: datetime) -> list[Subject]:
    rows = Presidency.objects.public().filter(period__startswith__gt=since.date())
    return [_handover(row, since) for row in rows]


def subject_of(event: Event, since: datetime, *, fresh: bool) -> Subject | None:
    """An event as something to be reminded of; None when its beginning is open."""
    found = occurrence(event.date, event.start_time, event.end_time, event.time_zone)
    return Subject(event_subject(event.pk), found, since, fresh) if found else None


def event_subject(pk: int) -> str:
    return f"event:{pk}"


def _plan_events(changes: list[Change], now: datetime, part: Part, found: "Matches") -> None:
    if not changes:
        return
    by_event: dict[int, list[Change]] = defaultdict(list)
    for change in changes:
        by_event[change.object_id].append(change)
    events = {event.pk: event for event in Event.objects.public().filter(pk__in=by_event)}
    gone = [event_subject(pk) for pk in by_event if pk not in events]
    upcoming.drop(gone, Reminder.Reason.WITHDRAWN, now, part)
    matches = found.of(list(events), part)
    happened = {pk: what_happened(by_event[pk], event, now.date()) for pk, event in events.items()}
    _plan_leads(events, by_event, happened, matches, now, part)
    news = [
        Notice(event_subject(pk), by_event[pk][-1], told) for pk, told in happened.items() if told
    ]
    pairs = [(event_subject(pk), selection) for pk in events for selection in matches.get(pk, [])]
    notices.tell_changes(news, pairs, now, part)


def _plan_leads(
    events: dict[int, Event],
    changes: dict[int, list[Change]],
    happened: dict[int, Happened],
    matches: dict[int, list[int]],
    now: datetime,
    part: Part,
) -> None:
    """Make planned reminders of the changed events agree with them."""
    subjects: dict[int, Subject] = {}
    not_planned: list[str] = []
    for pk, event in events.items():
        fresh = any(name in {"added", "moved", "specified"} for name, _ in happened[pk])
        subject = subject_of(event, changes[pk][0].at, fresh=fresh)
        if event.status in Event.PLANNED and subject:
            subjects[pk] = subject
        else:
            not_planned.append(event_subject(pk))
    upcoming.drop(not_planned, Reminder.Reason.STATUS, now, part)
    upcoming.drop_outdated(list(subjects.values()), now, part)
    names = [subject.name for subject in subjects.values()]
    upcoming.drop(names, Reminder.Reason.NO_MATCH, now, part, due_too=False)
    upcoming.plan(
        list(subjects.values()),
        [(subjects[pk].name, selection) for pk in subjects for selection in matches.get(pk, [])],
        kind=Reminder.Kind.UPCOMING,
        now=now,
        part=part,
    )


class Matches:
    """The filters that choose each event: one query for each filter that somebody uses."""

    def __init__(self) -> None:
        self._known: dict[int, set[int]] = {}

    def of(self, ids: list[int], part: Part) -> dict[int, list[int]]:
        """By event, the filters of these subscriptions. The events are the same at each call."""
        found: dict[int, list[int]] = defaultdict(list)
        if not ids:
            return found
        for selection in _selections(["wants_upcoming", "wants_changes"], part):
            if selection.pk not in self._known:
                self._known[selection.pk] = matching_events(selection, ids)
            for pk in self._known[selection.pk]:
                found[pk].append(selection.pk)
        return found


def _selections(wants: list[str], part: Part) -> Iterable[Selection]:
    """The filters of the subscriptions of a part that want one of these things."""
    condition = " OR ".join(f"s.{name}" for name in wants)
    return Selection.objects.raw(
        "SELECT * FROM reminders_selection WHERE id IN (SELECT s.selection_id"
        " FROM reminders_subscription s WHERE s.id > %s AND s.id <= %s"
        " AND s.confirmed_at IS NOT NULL AND s.disabled_at IS NULL"
        f" AND ({condition})) ORDER BY id",
        [part.after, part.upto],
    )


def _plan_assessments(changes: list[Change], now: datetime, part: Part) -> None:
    """Tell of assessments that became public."""
    if not changes:
        return
    by_id = {change.object_id: change for change in changes if change.old is None}
    rows = {row.pk: row for row in Assessment.objects.public().filter(pk__in=by_id)}
    pairs = []
    for selection in _selections(["wants_assessments"], part):
        chosen = matching_priorities(selection, [row.priority_id for row in rows.values()])
        pairs += [
            (f"assessment:{pk}", selection.pk)
            for pk, row in rows.items()
            if row.priority_id in chosen
        ]
    notices.tell(
        [Notice(f"assessment:{pk}", by_id[pk], [("assessment", {})]) for pk in rows],
        Reminder.Kind.ASSESSMENT,
        now,
        part,
        wants="wants_assessments",
        pairs=pairs,
    )


def _handover(presidency: Presidency, since: datetime, *, fresh: bool = False) -> Subject:
    term: Any = presidency.period  # both ends are known: the database sees to it
    first: date = term.lower
    found = Occurrence(first.isoformat(), first, first + timedelta(days=1), True, None, None)
    return Subject(f"presidency:{presidency.pk}", found, since, fresh)


def _plan_handovers(changes: list[Change], now: datetime, part: Part) -> None:
    if not changes:
        return
    by_id = {change.object_id: change for change in changes}
    rows = Presidency.objects.public().filter(pk__in=by_id, period__startswith__gt=now.date())
    subjects = [_handover(row, by_id[row.pk].at, fresh=True) for row in rows]
    names = {f"presidency:{pk}" for pk in by_id}
    upcoming.drop(
        sorted(names - {subject.name for subject in subjects}),
        Reminder.Reason.WITHDRAWN,
        now,
        part,
    )
    upcoming.drop_outdated(subjects, now, part)
    selections = [selection.pk for selection in _selections(["wants_handover"], part)]
    upcoming.plan(
        subjects,
        [(subject.name, selection) for subject in subjects for selection in selections],
        kind=Reminder.Kind.HANDOVER,
        now=now,
        part=part,
    )
