"""From changes of the record to planned reminders. One planner works at a time."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction

from assessments.models import Assessment
from events.models import Event
from members.models import Presidency
from reminders import upcoming
from reminders.models import Change, Reminder, Selection, Subscription
from reminders.selections import matching_events, matching_priorities
from reminders.timing import Occurrence, occurrence
from reminders.upcoming import Pairs, Subject

BATCH = 500
# Subscriptions times subjects in one transaction: some seconds, in which mails do not wait long.
PAIRS = 200_000
# An event that is entered long after it was over is no news.
NEWS_DAYS = 30
_PLANNER = 7_204_001  # advisory lock
_TOLD = {Event.Status.CANCELLED, Event.Status.POSTPONED, Event.Status.HELD}

Happened = list[tuple[str, dict[str, Any]]]


def plan_changes(now: datetime) -> int:
    """Plan for at most BATCH changes, of about PAIRS reminders, and take them off the queue.

    Returns how many changes there were, 0 as well while another process plans: it goes on until
    the queue is empty.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_PLANNER])
        if not cursor.fetchone()[0]:
            return 0
        # Limits of pages are not for this: a million subscriptions to one event take half a minute.
        cursor.execute("SET LOCAL statement_timeout = '4min'")
        changes = _next_changes()
        by_kind: dict[str, list[Change]] = defaultdict(list)
        for change in changes:
            by_kind[change.kind].append(change)
        _plan_events(by_kind[Change.Kind.EVENT] + by_kind[Change.Kind.DOCUMENT], now)
        _plan_assessments(by_kind[Change.Kind.ASSESSMENT], now)
        _plan_handovers(by_kind[Change.Kind.PRESIDENCY], now)
        _plan_subscriptions(by_kind[Change.Kind.SUBSCRIPTION], now)
        Change.objects.filter(pk__in=[change.pk for change in changes]).delete()
    return len(changes)


def _next_changes() -> list[Change]:
    """The oldest changes, of so few subjects that planning them does not take long.

    What happened to one subject stays together, so that it is told at once.
    """
    changes = list(Change.objects.order_by("pk")[:BATCH])
    if not changes:
        return []
    most = max(1, PAIRS // max(1, Subscription.objects.active().count()))
    taken: set[tuple[str, int]] = set()
    for change in changes:
        if change.kind != Change.Kind.SUBSCRIPTION and len(taken) < most:
            taken.add(_subject(change))
    return [
        change
        for change in changes
        if change.kind == Change.Kind.SUBSCRIPTION or _subject(change) in taken
    ]


def _subject(change: Change) -> tuple[str, int]:
    kind = Change.Kind.EVENT if change.kind == Change.Kind.DOCUMENT else change.kind
    return str(kind), change.object_id


def _plan_subscriptions(changes: list[Change], now: datetime) -> None:
    """Plan what subscriptions that were confirmed or changed have ahead.

    What is planned and not wanted any more is dropped; what is due already is sent.
    """
    if not changes:
        return
    ids = {change.object_id: change.at for change in changes}
    Reminder.objects.filter(
        subscription__in=ids,
        state=Reminder.State.PLANNED,
        due_at__gt=now,
        kind__in=[Reminder.Kind.UPCOMING, Reminder.Kind.HANDOVER],
    ).update(state=Reminder.State.DROPPED, reason=Reminder.Reason.NOT_WANTED, settled_at=now)
    coming = list(Event.objects.public().upcoming(now.date()).values_list("pk", flat=True))
    for subscription in Subscription.objects.active().filter(pk__in=ids):
        selection, since = subscription.selection, ids[subscription.pk]
        for kind, subjects in (
            (Reminder.Kind.UPCOMING, _coming_events(selection, coming, since)),
            (Reminder.Kind.HANDOVER, _coming_handovers(since)),
        ):
            upcoming.plan(
                subjects,
                [(subject.name, selection.pk) for subject in subjects],
                kind=kind,
                now=now,
                only=[subscription.pk],
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


def _plan_events(changes: list[Change], now: datetime) -> None:
    if not changes:
        return
    by_event: dict[int, list[Change]] = defaultdict(list)
    for change in changes:
        by_event[change.object_id].append(change)
    events = {event.pk: event for event in Event.objects.public().filter(pk__in=by_event)}
    gone = [event_subject(pk) for pk in by_event if pk not in events]
    upcoming.drop(gone, Reminder.Reason.WITHDRAWN, now)
    matches = _matches(list(events), ["wants_upcoming", "wants_changes"])
    happened = {pk: what_happened(by_event[pk], event, now.date()) for pk, event in events.items()}
    _plan_leads(events, by_event, happened, matches, now)
    notices = [
        Notice(event_subject(pk), by_event[pk][-1], found)
        for pk, found in happened.items()
        if found
    ]
    pairs = [(event_subject(pk), selection) for pk in events for selection in matches.get(pk, [])]
    _tell_changes(notices, pairs, now)


def _plan_leads(
    events: dict[int, Event],
    changes: dict[int, list[Change]],
    happened: dict[int, Happened],
    matches: dict[int, list[int]],
    now: datetime,
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
    upcoming.drop(not_planned, Reminder.Reason.STATUS, now)
    upcoming.drop_outdated(list(subjects.values()), now)
    names = [subject.name for subject in subjects.values()]
    upcoming.drop(names, Reminder.Reason.NO_MATCH, now, due_too=False)
    upcoming.plan(
        list(subjects.values()),
        [(subjects[pk].name, selection) for pk in subjects for selection in matches.get(pk, [])],
        kind=Reminder.Kind.UPCOMING,
        now=now,
    )


def what_happened(changes: list[Change], event: Event, today: date) -> Happened:
    """The changes of one event put together, in words of the outbox; empty when it is no news."""
    rows = [change for change in changes if change.old is not None or change.new is not None]
    states = [change for change in rows if change.kind == Change.Kind.EVENT]
    found: Happened = []
    added_by = None
    if states:
        before, after = states[0].old, states[-1].new
        if before is None and after is not None:
            added_by = states[0].xact
            end = event.period.upper
            if end is None or end > today - timedelta(NEWS_DAYS):
                found.append(("added", {}))
        elif before is not None and after is not None:
            found += _differences(before, after)
    documents = [
        change.new["source"]
        for change in rows
        if change.kind == Change.Kind.DOCUMENT and change.new and change.xact != added_by
    ]
    found += [("document", {"source": source}) for source in dict.fromkeys(documents)]
    return found


def _differences(before: dict[str, Any], after: dict[str, Any]) -> Happened:
    found: Happened = []
    when = ("date", "start_time", "end_time", "time_zone")
    if any(before[name] != after[name] for name in when):
        old, new = ({name: row[name] for name in when} for row in (before, after))
        name = "specified" if _is_within(after, before) else "moved"
        found.append((name, {"from": old, "to": new}))
    if before["status"] != after["status"] and after["status"] in _TOLD:
        found.append((after["status"], {"from": before["status"]}))
    return found


def _is_within(after: dict[str, Any], before: dict[str, Any]) -> bool:
    """Whether the new date says more of the old one rather than something else."""
    if before["date"] == after["date"]:
        return before["start_time"] is None
    old, new = _occurrence(before), _occurrence(after)
    if old is None or new is None or old.after is None or new.after is None or old.exact:
        return False
    return old.first <= new.first and new.after <= old.after


def _occurrence(row: dict[str, Any]) -> Occurrence | None:
    return occurrence(row["date"], None, None, "")


def _matches(ids: list[int], wants: list[str]) -> dict[int, list[int]]:
    """The filters that choose each event: one query for each filter that somebody uses."""
    found: dict[int, list[int]] = defaultdict(list)
    if ids:
        for selection in _selections(wants):
            for pk in matching_events(selection, ids):
                found[pk].append(selection.pk)
    return found


def _selections(wants: list[str]) -> Iterable[Selection]:
    condition = " OR ".join(f"s.{name}" for name in wants)
    return Selection.objects.raw(
        "SELECT * FROM reminders_selection n WHERE EXISTS (SELECT 1 FROM reminders_subscription s"
        " WHERE s.selection_id = n.id AND s.confirmed_at IS NOT NULL AND s.disabled_at IS NULL"
        f" AND ({condition})) ORDER BY id"
    )


class Notice(NamedTuple):
    """Something that happened, once for each subscription that is to hear of it."""

    subject: str
    change: Change
    happened: Happened


_NOTICE = """
    INSERT INTO reminders_reminder (subscription_id, kind, subject, occurrence, lead, zone, due_at,
        data, state, reason)
    SELECT DISTINCT ON (s.id, n.subject) s.id, %(kind)s, n.subject, n.occurrence, 0, '', {due},
        n.data, 'planned', ''
    FROM unnest(%(subjects)s::text[], %(occurrences)s::text[], %(ats)s::timestamptz[],
        %(data)s::jsonb[]) n(subject, occurrence, at, data)
    {receivers}
    WHERE s.confirmed_at <= n.at AND s.disabled_at IS NULL AND s.channel <> 'calendar'
    ON CONFLICT DO NOTHING
"""
_AT_ITS_TIME = "coalesce(s.digest_due_at, %(now)s)"
# A digest is too late for what is called off.
_AT_ONCE = "%(now)s::timestamptz"
_REMINDED = """
    JOIN reminders_reminder r ON r.subject = n.subject AND r.kind = 'upcoming'
        AND r.state IN ('sent', 'bundled')
    JOIN reminders_subscription s ON s.id = r.subscription_id
"""
_ASKED = """
    JOIN unnest(%(pair_subjects)s::text[], %(pair_selections)s::bigint[]) p(subject, selection)
        ON p.subject = n.subject
    JOIN reminders_subscription s ON s.selection_id = p.selection AND s.{wants}
"""


def _tell_changes(notices: list[Notice], pairs: Pairs, now: datetime) -> None:
    """Plan the notices of what happened to events.

    A cancelled or postponed event is told at once to all who were reminded of it, whether or
    not they asked for changes.
    """
    calls_off = {Event.Status.CANCELLED, Event.Status.POSTPONED}
    off = [notice for notice in notices if any(name in calls_off for name, _ in notice.happened)]
    kind = Reminder.Kind.CHANGE
    _tell(off, kind, now, due=_AT_ONCE, receivers=_REMINDED)
    _tell(notices, kind, now, due=_AT_ITS_TIME, receivers=_asked("wants_changes"), pairs=pairs)


def _plan_assessments(changes: list[Change], now: datetime) -> None:
    """Tell of assessments that became public."""
    if not changes:
        return
    by_id = {change.object_id: change for change in changes if change.old is None}
    rows = {row.pk: row for row in Assessment.objects.public().filter(pk__in=by_id)}
    pairs = []
    for selection in _selections(["wants_assessments"]):
        chosen = matching_priorities(selection, [row.priority_id for row in rows.values()])
        pairs += [
            (f"assessment:{pk}", selection.pk)
            for pk, row in rows.items()
            if row.priority_id in chosen
        ]
    _tell(
        [Notice(f"assessment:{pk}", by_id[pk], [("assessment", {})]) for pk in rows],
        Reminder.Kind.ASSESSMENT,
        now,
        due=_AT_ITS_TIME,
        receivers=_asked("wants_assessments"),
        pairs=pairs,
    )


def _asked(wants: str) -> str:
    return _ASKED.format(wants=wants)


def _tell(
    notices: list[Notice],
    kind: Reminder.Kind,
    now: datetime,
    *,
    due: str,
    receivers: str,
    pairs: Pairs = (),
) -> None:
    """Plan notices for all receivers at once."""
    if not notices:
        return
    pairs = list(pairs)
    with connection.cursor() as cursor:
        cursor.execute(
            _NOTICE.format(due=due, receivers=receivers),
            {
                "kind": str(kind),
                "now": now,
                "subjects": [notice.subject for notice in notices],
                "occurrences": [f"change:{notice.change.pk}" for notice in notices],
                "ats": [notice.change.at for notice in notices],
                "data": [json.dumps({"happened": notice.happened}) for notice in notices],
                "pair_subjects": [subject for subject, _ in pairs],
                "pair_selections": [selection for _, selection in pairs],
            },
        )


def _handover(presidency: Presidency, since: datetime, *, fresh: bool = False) -> Subject:
    term: Any = presidency.period  # both ends are known: the database sees to it
    first: date = term.lower
    found = Occurrence(first.isoformat(), first, first + timedelta(days=1), True, None, None)
    return Subject(f"presidency:{presidency.pk}", found, since, fresh)


def _plan_handovers(changes: list[Change], now: datetime) -> None:
    if not changes:
        return
    by_id = {change.object_id: change for change in changes}
    rows = Presidency.objects.public().filter(pk__in=by_id, period__startswith__gt=now.date())
    subjects = [_handover(row, by_id[row.pk].at, fresh=True) for row in rows]
    names = {f"presidency:{pk}" for pk in by_id}
    upcoming.drop(
        sorted(names - {subject.name for subject in subjects}), Reminder.Reason.WITHDRAWN, now
    )
    upcoming.drop_outdated(subjects, now)
    selections = [selection.pk for selection in _selections(["wants_handover"])]
    upcoming.plan(
        subjects,
        [(subject.name, selection) for subject in subjects for selection in selections],
        kind=Reminder.Kind.HANDOVER,
        now=now,
    )
