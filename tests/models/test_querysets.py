"""Queries by name: public, upcoming, held, awaiting an outcome, current, of a presidency."""

from datetime import date

import pytest

from assessments.models import Assessment
from events.models import Event
from members.models import Membership, Presidency
from priorities.models import Priority
from tests import factories as make

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 15)


def slugs(rows) -> list[str]:  # type: ignore[no-untyped-def]
    return sorted(rows.values_list("slug", flat=True))


@pytest.fixture
def _events() -> None:
    make.event(slug="june", status="announced", date="2026-06")
    make.event(slug="yesterday", status="confirmed", date="2026-06-14")
    make.event(slug="today", status="announced", date="2026-06-15")
    make.event(slug="autumn", status="announced", date="2026-23")
    make.event(slug="open", status="ongoing", date="2025/..")
    make.event(slug="held", status="held", date="2026-06-01")
    make.event(slug="off", status="cancelled", date="2026-07")


@pytest.mark.usefixtures("_events")
def test_upcoming_holds_planned_events_that_may_still_come() -> None:
    assert slugs(Event.objects.upcoming(at=DAY)) == ["autumn", "june", "open", "today"]


@pytest.mark.usefixtures("_events")
def test_awaiting_outcome_holds_planned_events_whose_last_day_is_past() -> None:
    assert slugs(Event.objects.awaiting_outcome(at=DAY)) == ["yesterday"]


@pytest.mark.usefixtures("_events")
def test_held_holds_only_what_a_source_reports() -> None:
    assert slugs(Event.objects.held()) == ["held"]


@pytest.mark.usefixtures("_events")
def test_current_finds_a_month_by_a_day_in_it() -> None:
    assert slugs(Event.objects.current(at=DAY)) == ["june", "open", "today"]


@pytest.mark.usefixtures("_events")
def test_for_presidency_holds_what_overlaps_the_term() -> None:
    term = make.presidency(2025)
    make.event(slug="before", date="2024-12-31")
    assert slugs(Event.objects.for_presidency(term)) == ["open"]


def test_presidency_current_gives_the_handover_day_to_the_new_one() -> None:
    make.presidency(2025)
    make.presidency(2026)
    assert slugs(Presidency.objects.current(at=date(2026, 1, 1))) == ["presidency-2026"]


def test_membership_current_follows_periods() -> None:
    state = make.state("AM")
    make.membership(state=state, since="2003-09-18", until="2024-02-22")
    make.membership(state=state, since="2024-02-22", status="participation-frozen")
    found = Membership.objects.current(at=DAY).values_list("status", flat=True)
    assert list(found) == ["participation-frozen"]


def test_priority_public_needs_a_published_presidency() -> None:
    make.priority(presidency=make.presidency(is_published=False))
    make.priority(is_published=False)
    shown = make.priority()
    assert list(Priority.objects.public()) == [shown]


def test_assessment_newest_is_one_per_priority_as_of_a_day() -> None:
    first = make.assessment(as_of=date(2026, 2, 15))
    second = make.assessment(priority=first.priority, as_of=date(2026, 5, 1))
    other = make.assessment(as_of=date(2026, 2, 15))
    assert set(Assessment.objects.newest()) == {second, other}
    assert set(Assessment.objects.newest(at=date(2026, 3, 1))) == {first, other}


@pytest.mark.parametrize("key", ["", "x", "event:KG:x", "event\x00:KG", "нет:KG"])
def test_by_key_of_a_wrong_form_finds_nothing(key: str) -> None:
    make.attendance()
    from events.models import Attendance

    assert list(Attendance.objects.by_key(key)) == []


def test_by_key_finds_what_key_names() -> None:
    row = make.contribution()
    assert list(type(row).objects.by_key(row.key)) == [row]
