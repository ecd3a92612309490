"""What is planned when the record changes, and when nothing is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Event, EventCitation
from members.models import Presidency
from reminders import clock, parts, planning, services
from reminders.models import Change, Reminder, Subscription
from reminders.sweep import prepare
from tests import factories as make
from tests.reminders.conftest import subscription

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def day(ahead: int) -> str:
    return (clock.now() + ahead * DAY).date().isoformat()


def at(text: str, hour: int = 9) -> datetime:
    return datetime.fromisoformat(f"{text}T{hour:02}:00:00").replace(tzinfo=UTC)


def plan() -> None:
    while planning.plan_changes(clock.now()):
        continue


def planned(**options: Any) -> list[tuple[str, int, datetime]]:
    rows = Reminder.objects.filter(state="planned", **options).order_by("due_at", "lead")
    return [(row.occurrence, row.lead, row.due_at) for row in rows]


def notices() -> list[list[str]]:
    rows = Reminder.objects.filter(kind="change").order_by("pk")
    return [[name for name, _ in row.data["happened"]] for row in rows]


def coming(ahead: int = 40, **options: Any) -> Event:
    return make.event(status="announced", **{"date": day(ahead), **options})


def test_many_subscribers_are_planned_for_a_few_events_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(3):
        subscription(f"{number}@example.org")
    monkeypatch.setattr(planning, "SECONDS", 0)
    monkeypatch.setattr(parts, "PAIRS", 10)  # two subscribers of five events
    events = [coming(40) for _ in range(5)]
    for event in events:
        Event.objects.filter(pk=event.pk).update(date="2099-01-02")
    rounds = []
    while count := planning.plan_changes(clock.now()):
        rounds.append(count)
    assert rounds == [15, 15]  # three changes of each event
    for event in events:
        rows = Reminder.objects.filter(subject=f"event:{event.pk}", state="planned")
        # All that happened to an event is one notice.
        assert [rows.filter(kind=kind).count() for kind in ("upcoming", "change")] == [3, 3]


def test_planning_may_take_longer_than_a_page() -> None:
    subscription()
    coming(40)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '200ms'")
        cursor.execute(
            "CREATE FUNCTION test_slow() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN PERFORM pg_sleep(0.5); RETURN NEW; END $$;"
            " CREATE TRIGGER test_slow BEFORE INSERT ON reminders_reminder"
            " FOR EACH ROW EXECUTE FUNCTION test_slow()"
        )
        try:
            planning.plan_changes(clock.now())
        finally:
            cursor.execute("DROP FUNCTION test_slow CASCADE")
            cursor.execute("RESET statement_timeout")
    assert Reminder.objects.filter(kind="upcoming").exists()


def test_new_event_is_planned_for_each_lead_at_the_subscribers_hour() -> None:
    subscription(leads=[1440, 43200], zone="Asia/Bishkek", hour=8)
    event = coming(40)
    plan()
    assert planned(kind="upcoming") == [
        (event.date, 43200, at(day(10), 2)),
        (event.date, 1440, at(day(39), 2)),
    ]
    assert Change.objects.count() == 0


def test_timed_event_keeps_its_wall_time_for_days_and_counts_hours_as_they_pass() -> None:
    subscription(leads=[60, 1440])
    event = coming(40, start_time="10:00", time_zone="Asia/Bishkek")
    plan()
    assert planned(kind="upcoming") == [
        (event.date, 1440, at(day(39), 4)),
        (f"{event.date}T10:00 Asia/Bishkek", 60, at(day(40), 3)),
    ]


def test_event_known_by_month_is_reminded_of_before_its_first_day() -> None:
    subscription(leads=[60, 10080])
    first = (clock.now() + 80 * DAY).date().replace(day=1)
    coming(date=f"{first:%Y-%m}")
    plan()
    due = datetime.combine(first - 7 * DAY, at(day(0)).timetz())
    assert planned(kind="upcoming") == [(f"{first:%Y-%m}", 10080, due)]


def test_draft_and_held_events_plan_nothing() -> None:
    subscription()
    coming(is_published=False)
    make.event(status="held", date="2020-01-01")
    plan()
    assert Reminder.objects.count() == 0


def test_only_events_that_the_filter_chooses_are_planned() -> None:
    subscription(query="kind=exercise")
    coming(kind="summit")
    exercise = coming(kind="exercise")
    plan()
    assert {row.subject for row in Reminder.objects.all()} == {f"event:{exercise.pk}"}


def test_event_that_a_new_link_brings_into_the_filter_is_planned() -> None:
    state = make.state()
    subscription(query=f"state={state.code}", wants_changes=False)
    event = coming()
    plan()
    assert planned() == []
    make.attendance(event=event, state=state)
    plan()
    assert len(planned()) == 1


def test_moved_event_moves_what_is_planned_and_says_so_once() -> None:
    subscription()
    event = coming(40)
    plan()
    Event.objects.filter(pk=event.pk).update(date=day(50))  # a bulk update, no save()
    plan()
    assert planned(kind="upcoming") == [(day(50), 1440, at(day(49)))]
    assert notices() == [["added"], ["moved"]]


def test_event_moved_away_and_back_is_reminded_of_once() -> None:
    subscription(wants_changes=False)
    event = coming(40)
    plan()
    Reminder.objects.update(state="sent", settled_at=clock.now())
    Event.objects.filter(pk=event.pk).update(date=day(50))
    plan()
    Event.objects.filter(pk=event.pk).update(date=day(40))
    plan()
    states = Reminder.objects.order_by("occurrence").values_list("occurrence", "state", "reason")
    assert list(states) == [(day(40), "sent", ""), (day(50), "dropped", "moved")]


def test_raw_sql_is_planned_for_as_well() -> None:
    subscription()
    event = coming(40)
    plan()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE events_event SET date = %s WHERE id = %s", [day(60), event.pk])
    plan()
    assert planned(kind="upcoming") == [(day(60), 1440, at(day(59)))]


def test_date_that_becomes_precise_gets_its_reminder_and_says_it_is_known_better() -> None:
    subscription()
    first = (clock.now() + 80 * DAY).date().replace(day=1)
    event = coming(date=f"{first:%Y-%m}")
    plan()
    exact = first.replace(day=15)
    Event.objects.filter(pk=event.pk).update(date=exact.isoformat())
    plan()
    assert [row[0] for row in planned(kind="upcoming")] == [exact.isoformat()]
    assert notices()[-1] == ["specified"]


def test_cancelled_event_drops_the_rest_and_tells_those_already_reminded_once() -> None:
    reminded = subscription("a@example.org", wants_changes=False, leads=[1440, 43200])
    subscription("b@example.org", wants_changes=False)
    event = coming(40)
    plan()
    Reminder.objects.filter(lead=43200).update(state="sent", settled_at=clock.now())
    Event.objects.filter(pk=event.pk).update(status="cancelled")
    plan()
    plan()
    told = Reminder.objects.filter(kind="change")
    assert [(row.subscription, row.data["happened"][0][0]) for row in told] == [
        (reminded, "cancelled")
    ]
    assert planned(kind="upcoming") == []


def test_withdrawn_event_drops_everything_and_tells_nobody() -> None:
    subscription()
    event = coming(40)
    plan()
    Reminder.objects.filter(kind="change").delete()
    Event.objects.filter(pk=event.pk).update(is_published=False)
    plan()
    rows = Reminder.objects.values_list("kind", "state", "reason")
    assert list(rows) == [("upcoming", "dropped", "withdrawn")]


def test_published_again_it_is_planned_again() -> None:
    subscription()
    event = coming(40)
    plan()
    Event.objects.filter(pk=event.pk).update(is_published=False)
    plan()
    Event.objects.filter(pk=event.pk).update(is_published=True)
    plan()
    assert [row[0] for row in planned(kind="upcoming")] == [event.date]


def test_document_of_a_known_event_is_news_one_of_a_new_event_is_not() -> None:
    subscription()
    coming(40)
    plan()
    assert notices() == [["added"]]


@pytest.mark.django_db(transaction=True)
def test_document_added_later_is_told() -> None:
    subscription()
    event = coming(40)
    plan()
    EventCitation.objects.create(event=event, source=make.source())
    plan()
    assert notices() == [["added"], ["document"]]


def test_event_entered_long_after_it_was_over_is_no_news() -> None:
    subscription()
    make.event(status="held", date="2020-01-01")
    plan()
    assert notices() == []


def test_event_announced_on_short_notice_is_told_once_by_the_shortest_lead() -> None:
    subscription(leads=[10080, 43200], wants_changes=False)
    event = coming(3)
    plan()
    rows = Reminder.objects.values_list("occurrence", "lead", "state")
    assert list(rows) == [(event.date, 10080, "planned")]
    assert Reminder.objects.get().due_at <= clock.now()


def test_other_text_of_an_event_changes_no_plan_and_loses_nothing_that_is_due() -> None:
    subscription(wants_changes=False)
    event = coming(40)
    plan()
    Reminder.objects.update(due_at=clock.now() - timedelta(seconds=30))
    Event.objects.filter(pk=event.pk).update(summary="Another text.")
    plan()
    assert list(Reminder.objects.values_list("state", flat=True)) == ["planned"]


def test_assessment_is_told_to_those_who_ask_for_its_presidency() -> None:
    priority = make.priority()
    wanted = subscription(
        "a@example.org", wants_assessments=True, query=f"presidency={priority.presidency.slug}"
    )
    subscription(
        "b@example.org", wants_assessments=True, query=f"presidency={make.presidency().slug}"
    )
    subscription("c@example.org")
    assessment = make.assessment(priority=priority)
    make.assessment(priority=priority, is_published=False)
    plan()
    rows = Reminder.objects.filter(kind="assessment")
    assert [(row.subscription, row.subject) for row in rows] == [
        (wanted, f"assessment:{assessment.pk}")
    ]


def test_handover_is_planned_and_moves_with_the_term() -> None:
    subscription(wants_handover=True, wants_upcoming=False)
    year = clock.now().year + 1
    presidency = make.presidency(year)
    plan()
    assert planned() == [(f"{year}-01-01", 1440, datetime(year - 1, 12, 31, 9, tzinfo=UTC))]
    lower = datetime(year, 1, 10, tzinfo=UTC).date()
    Presidency.objects.filter(pk=presidency.pk).update(
        period=type(presidency.period)(lower, presidency.period.upper)
    )
    plan()
    assert [row[0] for row in planned()] == [f"{year}-01-10"]


def test_subscription_confirmed_later_gets_what_is_ahead_and_nothing_missed() -> None:
    coming(40)
    coming(3)
    plan()
    row = subscription(leads=[10080])
    Change.objects.create(kind="subscription", object_id=row.pk)
    plan()
    assert [row[0] for row in planned()] == [day(40)]


def test_unconfirmed_and_switched_off_subscriptions_are_planned_nothing() -> None:
    subscription("a@example.org", confirmed_at=None)
    subscription("b@example.org", disabled_at=clock.now())
    coming(40)
    plan()
    assert Reminder.objects.count() == 0


def test_filter_that_names_what_was_withdrawn_says_so_and_stops_nobody() -> None:
    body = make.body()
    broken = subscription("a@example.org", query=f"body={body.slug}")
    subscription("b@example.org")
    type(body).objects.update(is_published=False)
    coming(40)
    plan()
    assert [row.subscription.subscriber.email for row in Reminder.objects.filter(lead=1440)] == [
        "b@example.org"
    ]
    broken.selection.refresh_from_db()
    assert broken.selection.error.startswith("body: ")


def test_digest_holds_changes_back_until_its_hour() -> None:
    due = clock.now() + timedelta(hours=5)
    subscription(digest="daily", digest_due_at=due)
    coming(40)
    plan()
    assert Reminder.objects.get(kind="change").due_at == due


def test_reminder_of_an_event_that_is_over_is_dropped_by_the_stated_rule() -> None:
    subscription(wants_changes=False)
    coming(40)
    plan()
    Reminder.objects.update(due_at=clock.now() - 3 * DAY, over_at=clock.now() - DAY)
    prepare()
    assert list(Reminder.objects.values_list("state", "reason")) == [("dropped", "over")]


def test_planning_costs_the_same_number_of_queries_for_one_and_for_many_events() -> None:
    for number in range(3):
        subscription(f"{number}@example.org", wants_changes=False)
    coming(40)
    plan()
    counts = []
    for size in (1, 30):
        for _ in range(size):
            coming(40)
        with CaptureQueriesContext(connection) as counted:
            planning.plan_changes(clock.now())
        counts.append(len(counted))
    assert counts[0] == counts[1]


def test_paused_subscription_keeps_nothing_planned() -> None:
    row = subscription(wants_changes=False)
    coming(40)
    plan()
    services.switch_off(subscription=row)
    assert planned() == []
    services.confirm(subscription=Subscription.objects.get())
    plan()
    assert len(planned()) == 1
