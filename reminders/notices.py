"""Notices of what happened, planned for all who are to hear of it by one statement."""

import json
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from events.models import Event
from reminders.happened import Happened
from reminders.models import Change, Reminder, Subscription
from reminders.parts import Part
from reminders.upcoming import Pairs


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
    WHERE s.id > %(after)s AND s.id <= %(upto)s
        AND s.confirmed_at <= n.at AND s.disabled_at IS NULL AND s.channel <> 'calendar'
    ON CONFLICT DO NOTHING
"""
_AT_ITS_TIME = "coalesce(s.digest_due_at, %(now)s)"
# A digest is too late for what is called off.
_AT_ONCE = "%(now)s::timestamptz"
_REMINDED = """
    JOIN reminders_reminder r ON r.subject = n.subject AND r.kind = 'upcoming'
        AND r.state IN ('sent', 'bundled')
        AND r.subscription_id > %(after)s AND r.subscription_id <= %(upto)s
    JOIN reminders_subscription s ON s.id = r.subscription_id
"""
_ASKED = """
    JOIN unnest(%(pair_subjects)s::text[], %(pair_selections)s::bigint[]) p(subject, selection)
        ON p.subject = n.subject
    JOIN reminders_subscription s ON s.selection_id = p.selection AND s.{wants}
"""


def follow_digest(subscription: Subscription, now: datetime) -> None:
    """What waits for a digest waits for the next one as it is now; without one it is due now."""
    Reminder.objects.filter(
        subscription=subscription,
        kind__in=[Reminder.Kind.CHANGE, Reminder.Kind.ASSESSMENT],
        state=Reminder.State.PLANNED,
        due_at__gt=now,
    ).update(due_at=subscription.digest_due_at or now)


def tell_changes(notices: list[Notice], pairs: Pairs, now: datetime, part: Part) -> None:
    """Plan the notices of what happened to events.

    A cancelled or postponed event is told at once to all who were reminded of it, whether or
    not they asked for changes.
    """
    calls_off = {Event.Status.CANCELLED, Event.Status.POSTPONED}
    off = [notice for notice in notices if any(name in calls_off for name, _ in notice.happened)]
    kind = Reminder.Kind.CHANGE
    _insert(off, kind, now, part, statement=_NOTICE.format(due=_AT_ONCE, receivers=_REMINDED))
    tell(notices, kind, now, part, wants="wants_changes", pairs=pairs)


def tell(
    notices: list[Notice],
    kind: Reminder.Kind,
    now: datetime,
    part: Part,
    *,
    wants: str,
    pairs: Pairs,
) -> None:
    """Plan notices for those whose filter chooses the subject and who want to hear of such."""
    receivers = _ASKED.format(wants=wants)
    statement = _NOTICE.format(due=_AT_ITS_TIME, receivers=receivers)
    _insert(notices, kind, now, part, statement=statement, pairs=pairs)


def _insert(
    notices: list[Notice],
    kind: Reminder.Kind,
    now: datetime,
    part: Part,
    *,
    statement: str,
    pairs: Pairs = (),
) -> None:
    if not notices:
        return
    pairs = list(pairs)
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                **part._asdict(),
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
