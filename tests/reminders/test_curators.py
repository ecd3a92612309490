"""The day's work by mail: to those who may do it, once a day, and only when there is some."""

from datetime import date, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from assessments.models import CuratorTask
from assessments.services import find_curator_work, find_house_work
from events.models import Event
from reminders import clock, curators
from reminders.models import Delivery
from sources.models import Source
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


def told(user: User, day: date = DAY) -> list[str]:
    return [work.what for work in curators.work_of(user, day)]


def test_task_of_another_and_task_that_sleeps_are_left_out() -> None:
    anna, boris = curator("anna"), curator("boris")
    for title, fields in {
        "free": {},
        "annas": {"assigned_to": anna},
        "boris": {"assigned_to": boris},
        "asleep": {"snoozed_until": DAY + timedelta(days=1)},
        "awake": {"snoozed_until": DAY},
    }.items():
        event = make.event(title=title)
        CuratorTask.objects.create(kind="outcome-missing", subject=event.slug, **fields)
    assert sorted(told(anna)) == ["annas", "awake", "free"]


def test_drafts_are_told_to_those_who_may_publish_until_they_are_snoozed() -> None:
    make.theme(is_published=False)
    make.body(is_published=False)
    find_house_work(at=DAY)
    editor = curator("editor", "publish")
    assert told(curator("anna")) == []
    assert sorted(told(editor)) == ["bodies: 1", "themes: 1"]
    theirs = CuratorTask.objects.get(subject__endswith=".body")
    theirs.assigned_to = curator("boris", "publish")
    theirs.save()
    assert told(editor) == ["themes: 1"]
    CuratorTask.objects.update(snoozed_until=DAY + timedelta(days=30))
    find_house_work(at=DAY)
    assert told(editor) == []


@pytest.mark.parametrize(("days", "expected"), [(31, 0), (30, 1), (1, 1), (0, 0)])
def test_end_of_a_term_is_told_in_its_last_thirty_days(days: int, expected: int) -> None:
    row = make.presidency(2026)
    day = date(2027, 1, 1) - timedelta(days=days)
    find_house_work(at=day)
    works = curators.work_of(curator("anna"), day)
    handovers = [work.what for work in works if work.task.kind == "handover"]
    assert handovers == [str(row)] * expected


def test_record_without_new_sources_is_called_stale_until_there_is_one() -> None:
    make.source(date="2026-08-20")
    make.source(date="2026-11-01", is_published=False)
    find_house_work(at=date(2026, 11, 1))
    assert not CuratorTask.objects.filter(kind="stale-sources").exists()
    find_house_work(at=DAY)
    task = CuratorTask.objects.get(kind="stale-sources")
    assert task.since == date(2026, 8, 20)
    assert told(curator("anna")) == ["sources"]
    make.source(date="2026-11-20")
    find_house_work(at=DAY)
    assert told(curator("anna2")) == []


def test_start_page_shows_all_kinds_of_work_with_their_pages(client: Client) -> None:
    row = make.presidency(2026)
    make.theme(is_published=False)
    event = make.event(status="announced", date="2026-01-11")
    priority = make.priority(presidency=row)
    day = date(2026, 12, 20)
    find_curator_work(at=day)
    client.force_login(User.objects.create_superuser("anna", password="x"))
    Source.objects.update(date="2026-01-20")
    find_house_work(at=day)
    page = client.get(reverse("admin:index")).content.decode()
    for name, *pk in (
        ("events_event_change", event.pk),
        ("priorities_priority_change", priority.pk),
        ("members_presidency_change", row.pk),
        ("sources_source_changelist",),
    ):
        assert f'<td><a href="{reverse(f"admin:{name}", args=pk)}">' in page
    theme = reverse("admin:priorities_theme_changelist") + "?is_published__exact=0"
    assert f'<td><a href="{theme}">themes: 1</a>' in page
    assert client.get(theme).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_mail_lists_the_work_and_is_not_sent_without_any(sink: Sink) -> None:
    user = curator("anna")
    today = clock.now().date()
    for day in (today, today + timedelta(days=1)):
        Delivery.objects.create(kind="curator", curator=user, day=day, channel="email")
        deliver(5)
        make.event(slug=f"summit-{day}", title=f"Summit {day}", title_ru=f"Саммит {day}")
        CuratorTask.objects.create(kind="outcome-missing", subject=f"summit-{day}")
    (mail,) = sink.mails
    part = mail.get_body(("plain",))
    assert part is not None
    text = part.get_content()
    rich = mail.get_body(("html",))
    assert rich is not None
    assert f">Summit {today}</a>" in rich.get_content()
    assert "prefers-color-scheme: dark" in rich.get_content()
    assert mail["Subject"].strip() == "Work for curators · Работа для кураторов"
    english, russian = text.split("Работа для кураторов")
    assert f"Outcome not recorded: Summit {today}" in english
    assert f"Итог не зафиксирован: Саммит {today}" in russian
    assert "http://127.0.0.1:8000/ru/admin/" in russian
    assert f">Саммит {today}</a>" in rich.get_content()
    assert reverse("admin:events_event_change", args=[Event.objects.earliest("pk").pk]) in text
    states = Delivery.objects.order_by("day").values_list("state", flat=True)
    assert list(states) == ["dropped", "sent"]
