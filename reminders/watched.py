"""Triggers that queue public changes. They stand on proxies, so that the apps below know nothing.

What bulk updates and raw SQL change is queued as well, in the transaction of the change: either
both are there or none.
"""

from typing import Any

import pgtrigger

from assessments.models import Assessment
from events.models import Attendance, Contribution, Event, EventBody, EventCitation
from members.models import Presidency
from publishing.triggers import regardless_of

QUEUE = "INSERT INTO reminders_change (kind, object_id, xact, old, new) VALUES"
XACT = "pg_current_xact_id()::text::bigint"
ANY = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete

EVENT_FIELDS = ("status", "date", "start_time", "end_time", "time_zone")


def _json(row: str, fields: tuple[str, ...]) -> str:
    pairs = ", ".join(f"'{name}', {row}.{name}" for name in fields)
    return f"jsonb_build_object({pairs})"


def queue_row(kind: str, fields: tuple[str, ...], signature: str = "") -> pgtrigger.Trigger:
    """Queue a row that is, or was, published, with `fields` as they were and are.

    Not public is null: publishing shows null before, withdrawing null after.
    """
    return pgtrigger.Trigger(
        name="queue_change",
        when=pgtrigger.After,
        operation=ANY,
        declare=[("before", "jsonb"), ("after", "jsonb")],
        func=f"""{regardless_of(signature)}
            IF TG_OP <> 'INSERT' AND OLD.is_published THEN
                before := {_json("OLD", fields)};
            END IF;
            IF TG_OP <> 'DELETE' AND NEW.is_published THEN
                after := {_json("NEW", fields)};
            END IF;
            IF before IS NULL AND after IS NULL THEN
                RETURN NULL;
            END IF;
            IF TG_OP = 'UPDATE' AND OLD IS NOT DISTINCT FROM NEW THEN
                RETURN NULL;
            END IF;
            {QUEUE} ('{kind}', CASE WHEN TG_OP = 'DELETE' THEN OLD.id ELSE NEW.id END, {XACT},
                before, after);
            RETURN NULL;
        """,
    )


def queue_link(kind: str = "event", new: str = "NULL", *, only_insert: bool = False) -> Any:
    """Queue the public event to which a linked row belongs: other filters may choose it now."""
    return pgtrigger.Trigger(
        name="queue_change",
        when=pgtrigger.After,
        operation=pgtrigger.Insert if only_insert else ANY,
        declare=[("event", "bigint")],
        func=f"""
            event := CASE WHEN TG_OP = 'DELETE' THEN OLD.event_id ELSE NEW.event_id END;
            IF EXISTS (SELECT 1 FROM events_event WHERE id = event AND is_published) THEN
                {QUEUE} ('{kind}', event, {XACT}, NULL, {new});
            END IF;
            RETURN NULL;
        """,
    )


class WatchedEvent(Event):
    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [queue_row("event", EVENT_FIELDS, "signature")]


class WatchedCitation(EventCitation):
    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [
            queue_link("document", "jsonb_build_object('source', NEW.source_id)", only_insert=True)
        ]


class WatchedBody(EventBody):
    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [queue_link()]


class WatchedAttendance(Attendance):
    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [queue_link()]


class WatchedContribution(Contribution):
    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [queue_link()]


class WatchedAssessment(Assessment):
    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [queue_row("assessment", ("priority_id", "number"))]


class WatchedPresidency(Presidency):
    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [queue_row("presidency", ("period",))]


WATCHED = (
    WatchedEvent,
    WatchedCitation,
    WatchedBody,
    WatchedAttendance,
    WatchedContribution,
    WatchedAssessment,
    WatchedPresidency,
)
