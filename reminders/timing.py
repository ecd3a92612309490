"""When a reminder is due. Wall time and zone go in, UTC comes out; nothing here reads a clock."""

import hashlib
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from publishing import edtf

DAY = 24 * 60  # minutes
LEADS = (60, DAY, 7 * DAY, 30 * DAY)


class Moment(NamedTuple):
    """What a reminder counts back from: `time` on `day` in `zone`."""

    day: date
    time: time
    zone: str


class Occurrence(NamedTuple):
    """When an event takes place, as far as it is known.

    `moment` is None while the hour is not known; then each subscriber's own hour and zone count.
    `first` is the first day it may be, `after` the day after the last, None when it is open.
    """

    text: str
    first: date
    after: date | None
    exact: bool
    moment: Moment | None
    ends_at: datetime | None


def utc(day: date, at: time, zone: str) -> datetime:
    """The moment of a wall time. Of an hour that comes twice the first one; one that is skipped
    when summer time begins is read as if it had not begun, so just after the gap.
    """
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)


def due_at(moment: Moment, lead: int) -> datetime:
    """`lead` minutes before: whole days keep the wall time, anything else is elapsed time."""
    if lead % DAY == 0:
        return utc(moment.day - timedelta(minutes=lead), moment.time, moment.zone)
    return utc(*moment) - timedelta(minutes=lead)


def occurrence(text: str, start: time | None, end: time | None, zone: str) -> Occurrence | None:
    """The occurrence of a row's date and times; None when it may begin at any time in the past."""
    span = edtf.parse(text)
    if span.start is None:
        return None
    first, after = span.start.first, span.end.after if span.end else None
    exact = span.is_day
    if not (exact and start and zone):
        return Occurrence(text, first, after, exact, None, None)
    # Without an end it counts as under way until the day is over where it takes place.
    over = utc(first, end, zone) if end else utc(first + timedelta(days=1), time.min, zone)
    return Occurrence(text, first, after, exact, Moment(first, start, zone), over)


def key(found: Occurrence, lead: int) -> str:
    """What a lead reminds of: the date, and below a day the hour as well.

    An hour that becomes known or changes does not repeat what was said days before.
    """
    if found.moment is None or lead % DAY == 0:
        return found.text
    return f"{found.text}T{found.moment.time:%H:%M} {found.moment.zone}"


def allowed(lead: int, found: Occurrence) -> bool:
    """Whether a lead makes sense: an hour before needs to know the hour."""
    return found.moment is not None or lead % DAY == 0


def over_at(found: Occurrence, zone: str) -> datetime | None:
    """After this moment a reminder is pointless; None for what may go on without end."""
    if found.ends_at is not None:
        return found.ends_at
    return utc(found.after, time.min, zone) if found.after else None


def next_digest(digest: str, weekday: int, hour: int, zone: str, after: datetime) -> datetime:
    """The first moment after `after` at which a digest of this kind is due."""
    day = after.astimezone(ZoneInfo(zone)).date()
    while True:
        fits = {
            "daily": True,
            "weekly": day.weekday() == weekday,
            "monthly": day.day == 1,
        }[digest]
        moment = utc(day, time(hour), zone)
        if fits and moment > after:
            return moment
        day += timedelta(days=1)


@lru_cache(maxsize=1)
def rules_of_zones() -> str:
    """A digest of every zone's offsets until the end of next year, as this process knows them.

    Another digest than the one kept means that tzdata was renewed, or the year has changed. About
    0.2 s, once a process.
    """
    return digest_of_rules(datetime(datetime.now(UTC).year, 1, 1, tzinfo=UTC))


def digest_of_rules(start: datetime) -> str:
    digest = hashlib.sha256()
    weeks = [start + timedelta(weeks=week) for week in range(104)]
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        offsets = ",".join(str(week.astimezone(zone).utcoffset()) for week in weeks)
        digest.update(f"{name} {offsets}\n".encode())
    return digest.hexdigest()
