"""Planned reminders of what is to come, made to agree with the record, by sets of rows.

The cost grows with what changed: one INSERT for a batch of changed events, whatever the number
of subscriptions that it reaches.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple

from django.db import connection

from reminders import leases, timing
from reminders.models import Reminder
from reminders.parts import Part
from reminders.timing import Moment, Occurrence


class Subject(NamedTuple):
    """Something with a date. Leads that were past at `since` are not made up for, except that a
    `fresh` date, new or moved, is told by the shortest of them."""

    name: str
    found: Occurrence
    since: datetime
    fresh: bool


class Place(NamedTuple):
    """Where a subscriber reads the clock: zone, and the hour for what has none."""

    zone: str
    hour: int


class Due(NamedTuple):
    """A row of what may be planned: for every subscription in `place`, or all when it is empty."""

    subject: str
    occurrence: str
    lead: int
    place: str
    day: date
    time: time
    zone: str
    due: datetime
    over: datetime | None


Pairs = Iterable[tuple[str, int]]  # subject, selection


_MOVE = """
    UPDATE reminders_reminder r SET due_at = t.due
    FROM unnest(%s::date[], %s::time[], %s::text[], %s::int[], %s::timestamptz[])
        t(day, time, zone, lead, due)
    WHERE r.state = 'planned' AND r.due_at <> t.due
        AND (r.day, r.time, r.zone, r.lead) = (t.day, t.time, t.zone, t.lead)
"""


class _Asked(NamedTuple):
    """Who is planned for: `wants` is the column that must be true."""

    pairs: list[tuple[str, int]]
    wants: str
    part: Part
    kind: Reminder.Kind
    now: datetime


_RECEIVERS = """
    FROM unnest(%(pair_subjects)s::text[], %(pair_selections)s::bigint[]) p(subject, selection)
    JOIN reminders_subscription s ON s.selection_id = p.selection
        AND s.confirmed_at IS NOT NULL AND s.disabled_at IS NULL AND s.channel <> 'calendar'
        AND s.{wants} AND s.id > %(after)s AND s.id <= %(upto)s
"""
_TIMES = """
    JOIN unnest(%(subject)s::text[], %(occurrence)s::text[], %(lead)s::int[], %(place)s::text[],
        %(day)s::date[], %(time)s::time[], %(zone)s::text[], %(due)s::timestamptz[],
        %(over)s::timestamptz[])
        t(subject, occurrence, lead, place, day, time, zone, due, over)
        ON t.subject = p.subject {at_place} AND t.lead = ANY(s.leads)
"""
_COLUMNS = """
    INSERT INTO reminders_reminder (subscription_id, kind, subject, occurrence, lead, day, time,
        zone, due_at, over_at, data, state, reason)
"""
# What was dropped for a cause that is gone comes back; what was sent never does.
_REVIVE = """
    ON CONFLICT ON CONSTRAINT reminder_once DO UPDATE SET day = excluded.day, time = excluded.time,
        zone = excluded.zone, due_at = excluded.due_at, over_at = excluded.over_at,
        data = excluded.data, state = 'planned', reason = '', settled_at = NULL
    WHERE reminders_reminder.state = 'dropped' AND reminders_reminder.delivery_id IS NULL
        AND reminders_reminder.reason NOT IN ('over', 'empty')
        OR reminders_reminder.state = 'planned'
            AND reminders_reminder.due_at IS DISTINCT FROM excluded.due_at
"""


def plan(
    subjects: Sequence[Subject],
    pairs: Pairs,
    *,
    kind: Reminder.Kind,
    now: datetime,
    part: Part,
) -> int:
    """Plan the leads of `subjects` for those subscriptions of a part whose filters are in `pairs`;
    returns how many rows.
    """
    pairs = list(pairs)
    if not subjects or not pairs:
        return 0
    wants = "wants_handover" if kind == Reminder.Kind.HANDOVER else "wants_upcoming"
    places, leads = _asked(pairs, wants, part)
    ahead: list[Due] = []
    missed: list[Due] = []
    for subject in subjects:
        for row in _dues(subject, places, leads):
            if row.due > subject.since:
                ahead.append(row)
            elif subject.fresh and _begins(subject.found, row.zone) > now:
                missed.append(row)
    asked = _Asked(pairs, wants, part, kind, now)
    return sum(_insert(rows, asked, missed=False) for rows in _by_form(ahead)) + sum(
        _insert(rows, asked, missed=True) for rows in _by_form(missed)
    )


def drop(
    subjects: Sequence[str],
    reason: Reminder.Reason,
    now: datetime,
    part: Part,
    *,
    due_too: bool = True,
) -> int:
    """Drop what is planned of `subjects`; with `due_too=False` what is due now stays."""
    planned = part.of(Reminder.objects.all()).filter(
        subject__in=subjects,
        state=Reminder.State.PLANNED,
        kind__in=[Reminder.Kind.UPCOMING, Reminder.Kind.HANDOVER],
    )
    if not due_too:
        planned = planned.filter(due_at__gt=now)
    dropped: int = planned.update(state=Reminder.State.DROPPED, reason=reason, settled_at=now)
    return dropped


def drop_outdated(subjects: Sequence[Subject], now: datetime, part: Part) -> None:
    """Drop what is not sent yet for a date that an event does not have any more."""
    occurrences = {
        timing.key(subject.found, lead) for subject in subjects for lead in (timing.DAY, 1)
    }
    rows = (
        part.of(Reminder.objects.all())
        .filter(
            subject__in=[subject.name for subject in subjects],
            kind__in=[Reminder.Kind.UPCOMING, Reminder.Kind.HANDOVER],
        )
        .exclude(occurrence__in=occurrences)
    )
    rows.filter(state=Reminder.State.PLANNED).update(
        state=Reminder.State.DROPPED, reason=Reminder.Reason.MOVED, settled_at=now
    )
    leases.take_out(rows, Reminder.Reason.MOVED, now)


def _asked(pairs: list[tuple[str, int]], wants: str, part: Part) -> tuple[list[Place], list[int]]:
    """The places and leads that the subscriptions concerned have."""
    selections = sorted({selection for _, selection in pairs})
    parameters: dict[str, Any] = {"selections": selections, **part._asdict()}
    where = f"""
        FROM reminders_subscription s WHERE s.selection_id = ANY(%(selections)s)
        AND s.confirmed_at IS NOT NULL AND s.disabled_at IS NULL AND s.channel <> 'calendar'
        AND s.{wants} AND s.id > %(after)s AND s.id <= %(upto)s
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT s.zone, s.hour {where}", parameters)
        places = [Place(*row) for row in cursor.fetchall()]
        cursor.execute(
            f"SELECT DISTINCT l FROM (SELECT DISTINCT s.leads {where}) d, unnest(leads) l",
            parameters,
        )
        return places, [row[0] for row in cursor.fetchall()]


def _dues(subject: Subject, places: list[Place], leads: list[int]) -> Iterable[Due]:
    found = subject.found
    for lead in leads:
        if not timing.allowed(lead, found):
            continue
        occurrence = timing.key(found, lead)
        if found.moment is not None:
            due = timing.due_at(found.moment, lead)
            yield Due(subject.name, occurrence, lead, "", *found.moment, due, found.ends_at)
            continue
        for place in places:
            moment = Moment(found.first, time(place.hour), place.zone)
            yield Due(
                subject.name,
                occurrence,
                lead,
                f"{place.zone}@{place.hour}",
                *moment,
                timing.due_at(moment, lead),
                timing.over_at(found, place.zone),
            )


def _begins(found: Occurrence, zone: str) -> datetime:
    return timing.utc(*found.moment) if found.moment else timing.utc(found.first, time.min, zone)


def _by_form(rows: list[Due]) -> Iterable[list[Due]]:
    """Rows with a place of their own apart from those for everybody: each joins in its own way."""
    for form in (True, False):
        if found := [row for row in rows if bool(row.place) is form]:
            yield found


def _insert(rows: list[Due], asked: _Asked, *, missed: bool) -> int:
    columns = dict(zip(Due._fields, map(list, zip(*rows, strict=True)), strict=True))
    at_place = "AND t.place = s.zone || '@' || s.hour" if rows[0].place else ""
    receivers = _RECEIVERS.format(wants=asked.wants) + _TIMES.format(at_place=at_place)
    if missed:
        # The shortest lead that was missed, unless something was said of this date already.
        select = (
            "SELECT DISTINCT ON (s.id, t.subject) s.id, %(kind)s, t.subject, t.occurrence, t.lead,"
            " NULL::date, NULL::time, '', %(now)s::timestamptz, t.over,"
            " '{\"short\": true}'::jsonb, 'planned', ''"
            + receivers
            + "WHERE NOT EXISTS (SELECT 1 FROM reminders_reminder r WHERE r.subscription_id = s.id"
            " AND r.subject = t.subject AND r.occurrence = t.occurrence"
            " AND r.state IN ('planned', 'bundled', 'sent') AND r.due_at <= %(now)s)"
            " ORDER BY s.id, t.subject, t.lead" + _REVIVE
        )
    else:
        select = (
            "SELECT DISTINCT ON (s.id, t.subject, t.lead) s.id, %(kind)s, t.subject, t.occurrence,"
            " t.lead, t.day, t.time, t.zone, t.due, t.over, '{}'::jsonb, 'planned', ''"
            + receivers
            + "WHERE t.due > s.confirmed_at ORDER BY s.id, t.subject, t.lead"
            + _REVIVE
        )
    parameters: dict[str, Any] = {
        **columns,
        "pair_subjects": [subject for subject, _ in asked.pairs],
        "pair_selections": [selection for _, selection in asked.pairs],
        **asked.part._asdict(),
        "kind": str(asked.kind),
        "now": asked.now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS + select, parameters)
        return int(cursor.rowcount)


def apply_rules_of_zones(now: datetime) -> int:
    """Compute `due_at` of all that is planned anew; returns how many moved.

    Looks at each distinct wall time once, and reads what is planned twice.
    """
    planned = Reminder.objects.filter(state=Reminder.State.PLANNED, day__isnull=False)
    rows = planned.order_by().values_list("day", "time", "zone", "lead").distinct()
    times: list[Any] = list(rows)
    columns = [list(column) for column in zip(*times, strict=True)] or [[]] * 4
    dues = [timing.due_at(Moment(day, at, zone), lead) for day, at, zone, lead in times]
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [*columns, dues])
        return int(cursor.rowcount)
