"""The day's work by mail: to those who may do it, once a day, and only when there is some."""

from datetime import date, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission, User

from assessments.models import CuratorTask
from reminders import clock, curators
from reminders.models import Delivery
from tests import factories as make
from tests.reminders.conftest import Sink, deliver

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 24)


def curator(name: str, *permissions: str) -> User:
    user = User.objects.create_user(name, f"{name}@example.org", "x", is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(codename__in=["view_curatortask", *permissions])
    )
    return User.objects.get(pk=user.pk)


def at_seven(day: date = DAY) -> datetime:
    return datetime.fromisoformat(f"{day}T07:00:00+00:00")


def test_one_delivery_a_day_for_each_curator_with_an_address_and_the_right() -> None:
    curator("anna")
    User.objects.create_user("other", "other@example.org", "x", is_staff=True)
    User.objects.create_superuser("silent", "", "x")
    assert curators.plan(at_seven() - timedelta(hours=2)) == 0
    for _ in range(3):
        curators.plan(at_seven())
    curators.plan(at_seven(DAY + timedelta(days=1)))
    rows = Delivery.objects.order_by("day").values_list("curator__username", "day")
    assert list(rows) == [("anna", DAY), ("anna", DAY + timedelta(days=1))]


def test_task_of_another_and_task_that_sleeps_are_left_out() -> None:
    anna, boris = curator("anna"), curator("boris")
    for subject, fields in {
        "free": {},
        "annas": {"assigned_to": anna},
        "boris": {"assigned_to": boris},
        "asleep": {"snoozed_until": DAY + timedelta(days=1)},
        "awake": {"snoozed_until": DAY},
    }.items():
        CuratorTask.objects.create(kind="outcome-missing", subject=subject, **fields)
    found = {task.subject for task in curators.work_of(anna, DAY).tasks}
    assert found == {"free", "annas", "awake"}


def test_drafts_are_told_to_those_who_may_publish() -> None:
    make.theme(is_published=False)
    make.body(is_published=False)
    assert curators.work_of(curator("anna"), DAY).drafts == []
    found = curators.work_of(curator("editor", "publish"), DAY).drafts
    assert sorted(found) == [("bodies", 1), ("themes", 1)]


@pytest.mark.parametrize(("days", "expected"), [(31, False), (30, True), (1, True), (0, False)])
def test_end_of_a_term_is_told_in_its_last_thirty_days(days: int, expected: bool) -> None:
    make.presidency(2026)
    day = date(2027, 1, 1) - timedelta(days=days)
    assert bool(curators.coming_handover(day)) is expected


def test_record_without_new_sources_is_called_stale() -> None:
    make.source(date="2026-08-20")
    make.source(date="2026-11-01", is_published=False)
    assert curators.stale_since(date(2026, 11, 1)) is None
    assert curators.stale_since(DAY) == date(2026, 8, 20)


@pytest.mark.django_db(transaction=True)
def test_mail_lists_the_work_and_is_not_sent_without_any(sink: Sink) -> None:
    user = curator("anna")
    today = clock.now().date()
    for day in (today, today + timedelta(days=1)):
        Delivery.objects.create(kind="curator", curator=user, day=day, channel="email")
        deliver(5)
        CuratorTask.objects.create(kind="outcome-missing", subject=f"summit-{day}")
    (mail,) = sink.mails
    part = mail.get_body(("plain",))
    assert part is not None
    assert f"summit-{today}" in part.get_content()
    states = Delivery.objects.order_by("day").values_list("state", flat=True)
    assert list(states) == ["dropped", "sent"]
