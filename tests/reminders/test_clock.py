"""Clocks that jump, summer time that begins and ends, laws that change: wall time is exact."""

import struct
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reminders import bundling, clock, planning, sweep, timing, upcoming
from reminders.models import Delivery, Reminder, Subscription, Sweep
from reminders.timing import DAY, Moment
from tests import factories as make
from tests.reminders.conftest import Sink, subscription

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("zone", "day", "wall", "expected"),
    [
        # New York: an hour is skipped on 8 March 2026, and one comes twice on 1 November.
        ("America/New_York", "2026-03-07", "02:30", "2026-03-07T07:30"),
        ("America/New_York", "2026-03-08", "02:30", "2026-03-08T07:30"),
        ("America/New_York", "2026-03-08", "09:00", "2026-03-08T13:00"),
        ("America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30"),
        ("America/New_York", "2026-11-01", "09:00", "2026-11-01T14:00"),
        # Lord Howe: half an hour, on 5 April and 4 October 2026.
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45"),
        ("Australia/Lord_Howe", "2026-04-05", "09:00", "2026-04-04T22:30"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:45"),
        ("Australia/Lord_Howe", "2026-10-04", "09:00", "2026-10-03T22:00"),
        # Chatham: at a quarter to, on 5 April and 27 September 2026.
        ("Pacific/Chatham", "2026-04-05", "03:00", "2026-04-04T13:15"),
        ("Pacific/Chatham", "2026-04-05", "09:00", "2026-04-04T20:15"),
        ("Pacific/Chatham", "2026-09-27", "03:00", "2026-09-26T14:15"),
        ("Pacific/Chatham", "2026-09-27", "09:00", "2026-09-26T19:15"),
    ],
)
def test_wall_time_around_the_change_of_the_clocks(
    zone: str, day: str, wall: str, expected: str
) -> None:
    found = timing.utc(date.fromisoformat(day), time.fromisoformat(wall), zone)
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_a_day_before_keeps_the_wall_time_and_an_hour_before_is_an_hour() -> None:
    zone = ZoneInfo("America/New_York")
    moment = Moment(date(2026, 3, 8), time(9), "America/New_York")  # the night before is short
    assert timing.due_at(moment, DAY).astimezone(zone).isoformat() == "2026-03-07T09:00:00-05:00"
    assert timing.utc(*moment) - timing.due_at(moment, DAY) == timedelta(hours=23)
    assert timing.utc(*moment) - timing.due_at(moment, 60) == HOUR


# These hours do not exist on the day on which summer time begins; the digest comes right after.
SKIPPED = {("America/New_York", 2), ("Australia/Lord_Howe", 2), ("Pacific/Chatham", 3)}


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe", "Pacific/Chatham"])
@pytest.mark.parametrize("hour", [1, 2, 3, 9])
def test_daily_digest_comes_once_on_each_day_of_a_year(zone: str, hour: int) -> None:
    local = datetime(2025, 12, 31, 12, tzinfo=ZoneInfo(zone))
    days, odd = [], 0
    while True:
        moment = timing.next_digest("daily", 0, hour, zone, local)
        local = moment.astimezone(ZoneInfo(zone))
        if local.year == 2027:
            break
        days.append(local.date())
        odd += (local.hour, local.minute) != (hour, 0)
    assert days == [date(2026, 1, 1) + timedelta(n) for n in range(365)]
    assert odd == ((zone, hour) in SKIPPED)


@pytest.mark.parametrize(
    ("digest", "expected"),
    [
        ("daily", "2026-11-25T09:00:00"),
        ("weekly", "2026-11-26T09:00:00"),
        ("monthly", "2026-12-01T09:00:00"),
    ],
)
def test_next_digest(digest: str, expected: str) -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    found = timing.next_digest(digest, 3, 9, "UTC", now)
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def tzif(footer: str, transitions: list[tuple[int, int]], first: int) -> bytes:
    """A time zone file (RFC 9636): an offset at first, then at each moment another one."""
    offsets = list(dict.fromkeys([first, *(offset for _, offset in transitions)]))

    def block(form: str) -> bytes:
        names = b"LMT\x00"
        counts = struct.pack(">6l", 0, 0, 0, len(transitions), len(offsets), len(names))
        head = b"TZif2" + b"\x00" * 15 + counts
        moments = b"".join(struct.pack(form, at) for at, _ in transitions)
        kinds = bytes(offsets.index(offset) for _, offset in transitions)
        types = b"".join(struct.pack(">lbB", offset, 0, 0) for offset in offsets)
        return head + moments + kinds + types + names

    return block(">l") + block(">q") + f"\n{footer}\n".encode()


class Tzdata:
    """Stands in for an installed tzdata in which Asia/Almaty follows one law or the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "Asia").mkdir()

    def install(self, text: bytes) -> None:
        (self.folder / "Asia" / "Almaty").write_bytes(text)
        zoneinfo.reset_tzpath([str(self.folder)])
        ZoneInfo.clear_cache()
        timing.rules_of_zones.cache_clear()

    def old(self) -> None:
        """As in 2023.4: +6 for ever."""
        self.install(tzif("<+06>-6", [], 6 * 3600))

    def new(self) -> None:
        """As in 2024.1: +5 from 1 March 2024."""
        at = int(datetime(2024, 2, 29, 18, tzinfo=UTC).timestamp())
        self.install(tzif("<+05>-5", [(at, 5 * 3600)], 6 * 3600))


@pytest.fixture
def tzdata(tmp_path: Path) -> Iterator[Tzdata]:
    yield Tzdata(tmp_path)
    zoneinfo.reset_tzpath()
    ZoneInfo.clear_cache()
    timing.rules_of_zones.cache_clear()


def test_rules_that_stay_are_the_same_on_every_day() -> None:
    """Or else two processes that were started on different days would each undo the other."""
    found = set()
    for day in (1, 2, 200):
        with time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)):
            timing.rules_of_zones.cache_clear()
            found.add(timing.rules_of_zones())
    timing.rules_of_zones.cache_clear()
    assert len(found) == 1


def test_almaty_2024_with_old_and_new_tzdata(tzdata: Tzdata) -> None:
    moment = Moment(date(2024, 3, 10), time(9), "Asia/Almaty")
    tzdata.old()
    assert timing.due_at(moment, DAY) == datetime(2024, 3, 9, 3, tzinfo=UTC)
    before = timing.rules_of_zones()
    tzdata.new()
    assert timing.due_at(moment, DAY) == datetime(2024, 3, 9, 4, tzinfo=UTC)
    assert timing.due_at(moment._replace(day=date(2024, 2, 20)), DAY).hour == 3
    assert timing.rules_of_zones() != before


@pytest.mark.django_db
def test_new_law_moves_what_is_planned_and_nothing_is_early_or_twice(tzdata: Tzdata) -> None:
    tzdata.old()
    subscription(zone="Asia/Almaty", hour=9, wants_changes=False, leads=[1440, 10080])
    day = (clock.now() + timedelta(days=60)).date()
    make.event(status="announced", date=day.isoformat())
    sweep.sweep(seconds=1)
    before = dict(Reminder.objects.values_list("lead", "due_at"))
    tzdata.new()
    sweep.sweep(seconds=1)
    after = dict(Reminder.objects.values_list("lead", "due_at"))
    assert after == {lead: due + HOUR for lead, due in before.items()}
    walls = [due.astimezone(ZoneInfo("Asia/Almaty")).hour for due in after.values()]
    assert walls == [9, 9]
    # What was due under the old law is not due before the new one says so.
    bundling.bundle(before[1440] + timedelta(minutes=1))
    assert Reminder.objects.get(lead=1440).state == "planned"
    bundling.bundle(after[1440])
    bundling.bundle(after[1440] + HOUR)
    assert Delivery.objects.count() == 2


@pytest.mark.django_db
def test_new_law_costs_the_same_number_of_queries_for_one_wall_time_and_for_ten(
    tzdata: Tzdata,
) -> None:
    counts = []
    for hours in (1, 10):
        tzdata.old()
        for hour in range(hours):
            subscription(f"{hours}-{hour}@example.org", zone="Asia/Almaty", hour=hour)
        day = (clock.now() + timedelta(days=60)).date()
        make.event(status="announced", date=day.isoformat())
        sweep.prepare()
        tzdata.new()
        now = clock.now()
        with CaptureQueriesContext(connection) as queries:
            assert upcoming.apply_rules_of_zones(now) > 0
        counts.append(len(queries))
    assert counts == [2, 2]


@pytest.mark.django_db
def test_digest_follows_a_new_law_too(tzdata: Tzdata) -> None:
    tzdata.old()
    due = timing.next_digest("daily", 0, 9, "Asia/Almaty", clock.now() + timedelta(days=2))
    row = subscription(zone="Asia/Almaty", digest="daily", digest_due_at=due)
    Sweep.objects.create(pk=1, zones=timing.rules_of_zones())
    tzdata.new()
    sweep.apply_rules_of_zones()
    row.refresh_from_db()
    assert row.digest_due_at is not None
    assert row.digest_due_at.astimezone(ZoneInfo("Asia/Almaty")).hour == 9


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("jump", [-24, -1, 1, 24])
def test_clock_of_a_worker_that_jumps_sends_nothing_early_or_twice(jump: int, sink: Sink) -> None:
    subscription(wants_changes=False)
    day = (clock.now() + timedelta(days=2)).date()
    make.event(status="announced", date=day.isoformat())
    with time_machine.travel(datetime.now(UTC) + jump * HOUR, tick=True):
        sweep.sweep(seconds=2)
        assert sink.mails == []
        due = Reminder.objects.get().due_at
        assert due == datetime.combine(day - timedelta(days=1), time(9), UTC)
        Reminder.objects.update(due_at=clock.now(), day=None)
        sweep.sweep(seconds=2)
        sweep.sweep(seconds=2)
    sweep.sweep(seconds=2)
    assert len(sink.mails) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("jump", [HOUR, timedelta(days=1)])
def test_clock_of_postgresql_that_jumps_ahead_and_back_repeats_nothing(jump: timedelta) -> None:
    now = clock.now()
    row = subscription(digest="daily", digest_due_at=now + jump / 2, wants_changes=False)
    make.event(status="announced", date=(now + timedelta(days=60)).date().isoformat())
    planning.plan_changes(now)
    Reminder.objects.update(due_at=now + jump / 2)
    for moment in (now, now + jump, now, now + jump, now + jump):
        bundling.bundle(moment)
        upcoming.apply_rules_of_zones(moment)
    assert Delivery.objects.count() == 1
    assert sorted(Reminder.objects.values_list("kind", flat=True)) == ["digest", "upcoming"]
    assert Subscription.objects.get(pk=row.pk).digest_due_at > now + jump
