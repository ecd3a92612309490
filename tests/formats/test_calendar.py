"""Calendars of events, read back by another project's parser (vobject)."""

import io
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import vobject
from dateutil.tz import tzical
from django.test import Client

from csto_tracker.record.load import load
from events.models import Event
from tests import factories as make

pytestmark = pytest.mark.django_db
RECORD = Path(__file__).resolve().parents[2] / "record"
STATUSES = {
    "announced": "TENTATIVE",
    "postponed": "TENTATIVE",
    "confirmed": "CONFIRMED",
    "ongoing": "CONFIRMED",
    "held": "CONFIRMED",
    "cancelled": "CANCELLED",
}


def body(client: Client, address: str = "/events.ics") -> str:
    answer = client.get(address)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return answer.content.decode()


def calendar(text: str) -> Any:
    """The one calendar of a file, and that it obeys RFC 5545 as far as the parser knows it."""
    (found,) = vobject.readComponents(text)
    assert found.validate(raiseException=True)
    return found


def entries(text: str) -> dict[str, Any]:
    """The entries by slug."""
    return {one.uid.value.partition("@")[0]: one for one in calendar(text).vevent_list}


def windows(rows: Iterable[Any]) -> dict[str, tuple[Any, Any]]:
    return {row.uid.value.partition("@")[0]: (row.dtstart.value, row.dtend.value) for row in rows}


@pytest.mark.parametrize("address", ["/events.ics", "/ru/events.ics", "/api/v1/events.ics"])
def test_whole_record_is_read_by_another_parser(client: Client, address: str) -> None:
    load(directory=RECORD, by="test", progress=lambda line: None)
    text = body(client, address)
    rows = Event.objects.public().filter(
        period__startswith__isnull=False, period__endswith__isnull=False
    )
    found = entries(text)
    assert set(found) == set(rows.values_list("slug", flat=True))
    assert len(found) > 80
    for row in rows:
        entry = found[row.slug]
        period: Any = row.period
        title = row.title_ru or row.title if address.startswith("/ru/") else row.title
        assert entry.summary.value.startswith(title)
        assert entry.status.value == STATUSES[row.status]
        assert int(entry.sequence.value) == row.sequence
        assert entry.last_modified.value == row.changed_at.replace(microsecond=0)
        assert entry.url.value.endswith(f"/events/{row.slug}/")
        if row.start_time is None:
            assert (entry.dtstart.value, entry.dtend.value) == (period.lower, period.upper)
            assert entry.transp.value == "TRANSPARENT"


def test_lines_are_folded_and_end_as_the_format_asks(client: Client) -> None:
    make.event(title="Совместное учение " * 12, summary="Два; три, четыре\\пять\nшесть")
    text = body(client)
    assert text.count("\n") == text.count("\r\n")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    (entry,) = entries(text).values()
    assert "Совместное учение " * 12 in entry.summary.value + " "
    assert entry.description.value.startswith("Два; три, четыре\\пять\nшесть")


def test_a_vague_date_is_its_whole_window_and_says_so(client: Client) -> None:
    for slug, when in (
        ("day", "2026-06-15"),
        ("month", "2026-06"),
        ("december", "2026-12"),
        ("season", "2026-23"),
        ("year", "2026"),
        ("days", "2026-06-15/2026-06-18"),
        ("about", "2026-06-15~"),
    ):
        make.event(slug=slug, title="Summit", date=when)
    make.event(slug="endless", date="2026-06/..")
    rows = entries(body(client))
    assert windows(rows.values()) == {
        "day": (date(2026, 6, 15), date(2026, 6, 16)),
        "month": (date(2026, 6, 1), date(2026, 7, 1)),
        "december": (date(2026, 12, 1), date(2027, 1, 1)),
        "season": (date(2026, 9, 1), date(2026, 12, 1)),
        "year": (date(2026, 1, 1), date(2027, 1, 1)),
        "days": (date(2026, 6, 15), date(2026, 6, 19)),
        "about": (date(2026, 6, 15), date(2026, 6, 16)),
    }
    exact = {slug for slug, row in rows.items() if row.summary.value == "Summit"}
    assert exact == {"day", "days"}
    assert rows["month"].summary.value == "Summit (some time in: June 2026)"


def test_what_goes_on_lasts_all_its_time(client: Client) -> None:
    make.event(slug="long", title="Programme", date="2025/2029", status="ongoing")
    (row,) = entries(body(client)).values()
    assert row.summary.value == "Programme"
    assert (row.dtstart.value, row.dtend.value) == (date(2025, 1, 1), date(2030, 1, 1))


def test_times_stand_at_their_place_with_its_zone(client: Client) -> None:
    make.event(
        slug="bishkek", date="2026-06-15", start_time=time(10), end_time=time(12, 30),
        time_zone="Asia/Bishkek",
    )  # fmt: skip
    make.event(slug="moscow", date="2009-06-15", start_time=time(10), time_zone="Europe/Moscow")
    text = body(client)
    found = calendar(text)
    zones = {zone.tzid.value for zone in found.vtimezone_list}
    assert zones == {"Asia/Bishkek", "Europe/Moscow"}
    # Each zone that an entry names is described in the file itself.
    assert {line.partition("TZID=")[2].partition(":")[0] for line in text.split("\r\n")
            if line.startswith("DTSTART;TZID=")} == zones  # fmt: skip
    rows = entries(text)
    start, end = rows["bishkek"].dtstart.value, rows["bishkek"].dtend.value
    assert (start.astimezone(UTC), end.astimezone(UTC)) == (
        datetime(2026, 6, 15, 4, tzinfo=UTC),
        datetime(2026, 6, 15, 6, 30, tzinfo=UTC),
    )
    # Moscow kept summer time until 2010. Of that vobject knows nothing, dateutil does.
    zone = tzical(io.StringIO(text)).get("Europe/Moscow")
    moscow = rows["moscow"].dtstart.value.replace(tzinfo=zone)
    assert moscow.utcoffset() == timedelta(hours=4)


def test_sequence_rises_with_what_moves_the_event_and_not_with_its_words(client: Client) -> None:
    event = make.event(slug="one", date="2026-06", status="announced")
    changes: list[dict[str, Any]] = [
        {"title": "Other words"},
        {"date": "2026-06-15"},
        {"start_time": time(10), "time_zone": "Asia/Bishkek"},
        {"place": "Bishkek"},
        {"status": "postponed"},
        {"status": "cancelled"},
    ]
    seen = [(0, "TENTATIVE", date(2026, 6, 1))]
    uids = set()
    for change in changes:
        Event.objects.filter(pk=event.pk).update(**change)
        row = entries(body(client))["one"]
        uids.add(row.uid.value)
        start = row.dtstart.value
        day = start.date() if isinstance(start, datetime) else start
        seen.append((int(row.sequence.value), row.status.value, day))
    assert seen == [
        (0, "TENTATIVE", date(2026, 6, 1)),
        (0, "TENTATIVE", date(2026, 6, 1)),
        (1, "TENTATIVE", date(2026, 6, 15)),
        (2, "TENTATIVE", date(2026, 6, 15)),
        (3, "TENTATIVE", date(2026, 6, 15)),
        (4, "TENTATIVE", date(2026, 6, 15)),
        (5, "CANCELLED", date(2026, 6, 15)),
    ]
    assert len(uids) == 1


def test_calendar_obeys_the_filters_of_the_list_and_refuses_as_it_does(client: Client) -> None:
    make.event(slug="one", kind="summit")
    make.event(slug="two", kind="report")
    make.event(slug="draft", kind="summit", is_published=False)
    assert set(entries(body(client, "/events.ics?kind=summit"))) == {"one"}
    assert set(entries(body(client, "/events.ics?not_kind=summit"))) == {"two"}
    assert client.get("/events.ics?kind=party").status_code == 400


def test_a_calendar_without_events_is_one(client: Client) -> None:
    found = calendar(body(client))
    assert not hasattr(found, "vevent")
    assert found.method.value == "PUBLISH"
    assert found.version.value == "2.0"
