"""An event as an entry of a calendar: the same in downloads and in personal calendars."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from events.models import Event
from publishing.dates import in_words
from publishing.edtf import parse
from publishing.formats.calendar import Entry


def entry_of(event: Event) -> Entry:
    """An event as calendars show it; its period must have both ends."""
    period: Any = event.period
    start, end = moments(event)
    host = settings.SITE_URL.split("//", 1)[1]
    said = [event.in_language("summary"), event.in_language("date_note"), in_words(event.date)]
    if event.outcome_missing:
        said.append(_("Its time has passed; the outcome is not recorded."))
    return Entry(
        uid=f"{event.slug}@{host}",
        title=event.in_language("title"),
        description="\n".join(filter(None, said)),
        url=settings.SITE_URL + event.get_absolute_url(),
        status=event.status,
        sequence=event.sequence,
        changed_at=event.changed_at,
        first=period.lower,
        after=period.upper,
        exact=not event.is_window,
        date_words=in_words(event.date),
        place=event.in_language("place"),
        start=start,
        end=end,
        language=str(get_language()),
    )


def moments(event: Event) -> tuple[datetime | None, datetime | None]:
    """When an event begins and ends, at its place's time; None for what is not known."""
    span = parse(event.date)
    if not event.start_time or span.start is None:
        return None, None
    zone, day = ZoneInfo(event.time_zone), span.start.first
    end = datetime.combine(day, event.end_time, zone) if event.end_time else None
    return datetime.combine(day, event.start_time, zone), end
