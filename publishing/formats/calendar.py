"""iCalendar (RFC 5545): one VEVENT per entry, nothing sharper than its source."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from icalendar import Event

STATUS = {
    "announced": "TENTATIVE",
    "postponed": "TENTATIVE",
    "confirmed": "CONFIRMED",
    "ongoing": "CONFIRMED",
    "held": "CONFIRMED",
    "cancelled": "CANCELLED",
}


class Entry(NamedTuple):
    """What a calendar needs to know of a record; `after` is the day after its last possible one."""

    uid: str
    title: str
    description: str
    url: str
    status: str
    sequence: int
    changed_at: datetime
    first: date
    after: date
    exact: bool  # lasts from `first` on, rather than falling on some day before `after`
    date_words: str
    place: str
    start: datetime | None = None
    end: datetime | None = None
    language: str = "en"
    alarms: tuple[timedelta, ...] = ()  # from the start, negative before it


def calendar(name: str, address: str, entries: Iterable[Entry], about: str = "") -> bytes:
    """A calendar to subscribe to; `about` says whose it is, and how to cite it."""
    from icalendar import Calendar, Timezone  # is large, and seldom needed

    result = Calendar()
    result.add("prodid", "-//CSTO Presidency Tracker//EN")
    result.add("version", "2.0")
    result.add("method", "PUBLISH")
    result.add("x-wr-calname", name)
    if about:
        result.add("x-wr-caldesc", about)
    result.add("source", address, parameters={"VALUE": "URI"})
    result.add("refresh-interval", timedelta(hours=12), parameters={"VALUE": "DURATION"})
    zones: set[str] = set()
    for entry in entries:
        result.add_component(_event(entry))
        for moment in (entry.start, entry.end):
            if moment is not None and isinstance(moment.tzinfo, ZoneInfo):
                zones.add(moment.tzinfo.key)
    for key in sorted(zones):
        result.add_component(Timezone.from_tzinfo(ZoneInfo(key)))
    return result.to_ical()


def _event(entry: Entry) -> "Event":
    from icalendar import Alarm, Event

    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.sequence)
    event.add("status", STATUS[entry.status])
    title = entry.title
    if not entry.exact:
        # The whole window is shown, and said to be one: the day is not known.
        title = _("%(title)s (some time in: %(words)s)") % {
            "title": entry.title,
            "words": entry.date_words,
        }
    event.add("summary", title, parameters={"LANGUAGE": entry.language})
    if entry.start is not None:
        event.add("dtstart", entry.start)
        if entry.end is not None:
            event.add("dtend", entry.end)
    else:
        event.add("dtstart", entry.first)
        event.add("dtend", entry.after)
        event.add("transp", "TRANSPARENT")
    if entry.place:
        event.add("location", entry.place, parameters={"LANGUAGE": entry.language})
    event.add("description", entry.description, parameters={"LANGUAGE": entry.language})
    event.add("url", entry.url)
    for trigger in entry.alarms:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", title)
        alarm.add("trigger", trigger)
        event.add_component(alarm)
    return event
