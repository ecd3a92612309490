"""What changes of an event come to, in words of the outbox. Nothing here reads the database."""

from datetime import date, timedelta
from typing import Any

from events.models import Event
from reminders.models import Change
from reminders.timing import Occurrence, occurrence

# An event that is entered long after it was over is no news.
NEWS_DAYS = 30
_CALLED_OFF = {Event.Status.CANCELLED, Event.Status.POSTPONED}
_TOLD = {*_CALLED_OFF, Event.Status.HELD}

Happened = list[tuple[str, dict[str, Any]]]


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
    elif before["status"] in _CALLED_OFF and after["status"] in Event.PLANNED:
        found.append(("reinstated", {"from": before["status"]}))
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
