"""Every list with dates is a calendar, read back by another project's parser (vobject)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
import vobject
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.utils.timezone import now

from csto_tracker.api import RESOURCES
from csto_tracker.calendars import CALENDARS
from events.models import Event
from members.models import Body, Membership, Milestone, Presidency
from sources.models import Source
from tests import factories as make
from tests.pages.reading import main_of, read

pytestmark = pytest.mark.django_db
DAY = timedelta(1)


class Dated(NamedTuple):
    """How to make a record of a list at an EDTF date, and what its entry is called."""

    make: Callable[[str], Any]
    title: str


def _presidency(when: str) -> Any:
    """A term of the year's twelve months, whatever the date is: a term is known to the day."""
    return make.presidency(int(when[:4]), title="Russia")


CASES: dict[str, Dated] = {
    "events": Dated(lambda when: make.event(date=when, title="Summit"), "Summit"),
    "presidencies": Dated(_presidency, "Russia"),
    "memberships": Dated(
        lambda when: make.membership(state=make.state(name="Armenia"), since=when),
        "Armenia: Member",
    ),
    "milestones": Dated(
        lambda when: make.milestone(state=make.state(name="Armenia"), date=when),
        "Armenia: Charter signed",
    ),
    "bodies": Dated(
        lambda when: make.body(established=when, name="Council"), "Established: Council"
    ),
    "claims": Dated(lambda when: make.claim(date=when), "Claim: A president"),
    "assessments": Dated(
        lambda when: make.assessment(
            as_of=date.fromisoformat(when), priority=make.priority(title="Deepen ties")
        ),
        "Deepen ties: Limited",
    ),
    "attendances": Dated(
        lambda when: make.attendance(
            event=make.event(date=when, title="Summit"), state=make.state(name="Armenia")
        ),
        "Summit (Armenia: Took part)",
    ),
    "contributions": Dated(
        lambda when: make.contribution(
            event=make.event(date=when, title="Summit"), priority=make.priority(title="Deepen ties")
        ),
        "Summit → Deepen ties (Implements)",
    ),
    "sources": Dated(
        lambda when: make.source(date=when, publisher="TASS", title="Report"), "TASS: Report"
    ),
}
EXACT = {"presidencies", "assessments"}  # by their fields: always a day
LIST = pytest.mark.parametrize("name", list(CASES))


def entries(client: Client, address: str) -> dict[str, Any]:
    """The entries of a calendar by the key of their record; that it obeys RFC 5545."""
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    (found,) = vobject.readComponents(answer.content.decode())
    assert found.validate(raiseException=True)
    name = address.rpartition("/")[2].partition(".")[0]
    rows = getattr(found, "vevent_list", [])
    return {
        one.uid.value.removeprefix(f"{name}/").rpartition("@")[0]: one
        for one in rows
        if name == "events" or one.uid.value.startswith(f"{name}/")
    }


def test_cases_are_all_lists_with_a_calendar() -> None:
    assert set(CASES) == set(CALENDARS)


@LIST
@pytest.mark.parametrize("root", ["/", "/api/v1/"])
def test_a_day_is_a_day(client: Client, name: str, root: str) -> None:
    row = CASES[name].make("2026-06-15")
    (found,) = entries(client, f"{root}{name}.ics").items()
    key, entry = found
    assert key == row.key
    assert entry.summary.value == CASES[name].title
    first = date(2026, 1, 1) if name == "presidencies" else date(2026, 6, 15)
    after = date(2027, 1, 1) if name == "presidencies" else first + DAY
    assert (entry.dtstart.value, entry.dtend.value) == (first, after)
    assert (entry.transp.value, entry.status.value) == ("TRANSPARENT", "CONFIRMED")
    assert (entry.sequence.value, entry.summary.params["LANGUAGE"]) == ("0", ["en"])
    moment = entry.last_modified.value
    assert timedelta(0) <= now() - moment < timedelta(minutes=5)
    assert entry.dtstamp.value == moment
    page = entry.url.value.partition("//")[2].partition("/")[2]
    assert client.get(f"/{page.partition('#')[0]}").status_code == 200


@LIST
def test_what_is_not_known_to_the_day_is_its_window(client: Client, name: str) -> None:
    if name in EXACT:
        return
    for number, when in enumerate(("2026-06", "2026-06-15~", "2026-06/.."), 1):
        CASES[name].make(when)
        assert len(entries(client, f"/{name}.ics")) == min(number, 2)  # an open end has no window
    found = {
        (one.dtstart.value, one.dtend.value): one.summary.value
        for one in entries(client, f"/{name}.ics").values()
    }
    title = CASES[name].title
    assert found == {
        (date(2026, 6, 1), date(2026, 7, 1)): f"{title} (some time in: June 2026)",
        (date(2026, 6, 15), date(2026, 6, 16)): f"{title} (some time in: about 15 June 2026)",
    }


def test_lists_without_a_date_for_a_record_leave_it_out(client: Client) -> None:
    make.milestone(date="")
    make.source(date="")
    make.body(established="")
    for name in ("milestones", "bodies"):
        assert entries(client, f"/{name}.ics") == {}
    assert len(entries(client, "/sources.ics")) == 1  # the one that the milestone cites


def test_sequence_counts_the_moves_and_not_the_words(client: Client) -> None:
    milestone = make.milestone(slug="one", date="2026-06")
    membership = make.membership(since="2026-06")
    term = make.presidency(2026)
    body = make.body(established="2026-06")
    source = make.source(date="2026-06")
    moves: list[tuple[type[Any], Any, str, list[dict[str, Any]]]] = [
        (Milestone, milestone, "milestones", [{"date": "2026-07"}, {"date": "2026-06"}]),
        (Membership, membership, "memberships", [{"until": "2027"}, {"status": "party"}]),
        (
            Presidency,
            term,
            "presidencies",
            [
                {"period": DateRange(date(2026, 1, 1), date(2026, 12, 31))},
                {"end_basis": "inferred"},
            ],
        ),
        (Body, body, "bodies", [{"established": "2027"}]),
        (Source, source, "sources", [{"date": "2027"}]),
    ]
    for model, row, name, changes in moves:
        model.objects.filter(pk=row.pk).update(note="Other words")
        assert entries(client, f"/{name}.ics")[row.key].sequence.value == "0"
        for number, change in enumerate(changes, 1):
            model.objects.filter(pk=row.pk).update(**change)
            assert entries(client, f"/{name}.ics")[row.key].sequence.value == str(number)
    (entry,) = (one for key, one in entries(client, "/presidencies.ics").items() if key == term.key)
    assert entry.status.value == "TENTATIVE"


@pytest.mark.django_db(transaction=True)
def test_sequence_of_the_past_is_that_of_the_past(client: Client) -> None:
    row = make.milestone(date="2026-06")
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        then = cursor.fetchone()[0].isoformat()
    Milestone.objects.filter(pk=row.pk).update(date="2026-07")
    query = urlencode({"recorded_at": then})
    first = entries(client, f"/milestones.ics?{query}")[row.key]
    second = entries(client, "/milestones.ics")[row.key]
    assert (first.sequence.value, first.dtstart.value) == ("0", date(2026, 6, 1))
    assert (second.sequence.value, second.dtstart.value) == ("1", date(2026, 7, 1))


def test_a_part_in_an_event_has_its_event_s_time_status_and_moves(client: Client) -> None:
    event = make.event(
        date="2026-06-15", start_time=time(10), time_zone="Asia/Bishkek", status="confirmed"
    )
    part = make.attendance(event=event)
    link = make.contribution(event=event)
    Event.objects.filter(pk=event.pk).update(status="cancelled")
    for name, row in (("attendances", part), ("contributions", link)):
        entry = entries(client, f"/{name}.ics")[row.key]
        assert entry.dtstart.value.astimezone(UTC) == datetime(2026, 6, 15, 4, tzinfo=UTC)
        assert (entry.status.value, entry.sequence.value) == ("CANCELLED", "1")
        assert entry.summary.value.startswith(str(event))


@LIST
def test_calendar_asks_what_the_list_asks_and_is_found(client: Client, name: str) -> None:
    row = CASES[name].make("2026-06-15")
    later = f"/{name}.ics?changed_since=2999-01-01"
    assert entries(client, later) == {}
    assert client.get(f"/{name}.ics?colour=red").status_code == 400
    page = read(client.get(f"/{name}/?changed_since=2020-01-01").content)
    feeds = [one["href"] for one in page.all("link") if one["type"] == "text/calendar"]
    assert feeds == [f"/{name}.ics?changed_since=2020-01-01"]
    assert ("iCalendar", feeds[0]) in main_of(
        client.get(f"/{name}/?changed_since=2020-01-01").content
    ).links()
    assert ("iCalendar", f"/{name}.ics") in main_of(client.get("/feeds/").content).links()
    by_accept = client.get(f"/api/v1/{name}/", headers={"Accept": "text/calendar"})
    assert by_accept.headers["Content-Location"] == f"/api/v1/{name}.ics"
    assert row.key.encode() in by_accept.content.replace(b"\r\n ", b"")


@pytest.mark.parametrize("name", sorted(set(RESOURCES) - set(CASES)))
def test_a_list_without_dates_says_so(client: Client, name: str) -> None:
    answer = client.get(f"/api/v1/{name}.ics")
    assert answer.status_code == 404
    refused = client.get(f"/api/v1/{name}/", headers={"Accept": "text/calendar"})
    assert refused.status_code == 406
    assert "text/calendar" not in refused.json()["detail"]
    page = read(client.get(f"/{name}/").content)
    assert not [one for one in page.all("link") if one["type"] == "text/calendar"]


def test_russian_calendar_is_in_russian(client: Client) -> None:
    make.milestone(date="2026-06", title="Charter signed", title_ru="Подписание Устава")
    (entry,) = entries(client, "/ru/milestones.ics").values()
    assert entry.summary.value == "ОДКБ: Подписание Устава (когда-то в период: июнь 2026 года)"
    assert entry.summary.params["LANGUAGE"] == ["ru"]


@LIST
def test_a_calendar_costs_few_queries(
    client: Client, django_assert_max_num_queries: Any, name: str
) -> None:
    for year in range(2200, 2206):
        CASES[name].make(f"{year}-06-15")
    with django_assert_max_num_queries(3):  # version, rows, their history
        assert len(entries(client, f"/{name}.ics")) >= 6
