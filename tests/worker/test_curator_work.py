"""The search for curators' work, and the worker that runs it."""

import html
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from celery.contrib.testing.worker import start_worker
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from assessments.models import CuratorTask
from assessments.services import Found, find_curator_work, find_house_work
from csto_tracker.celery import app
from events.models import Event
from reminders import clock, curators, sweep
from reminders.models import Sweep
from reminders.tasks import sweep as task
from tests import factories as make
from tests.admin.conftest import sign_in
from tests.together import at_once

__all__ = ["sign_in"]
DAY = date(2026, 11, 24)


def subjects() -> list[tuple[str, str]]:
    kinds = ["outcome-missing", "silent-priority"]
    return sorted(CuratorTask.objects.filter(kind__in=kinds).values_list("kind", "subject"))


@pytest.mark.django_db
def test_event_whose_time_has_passed_waits_until_its_outcome_is_recorded() -> None:
    event = make.event(slug="summit", status="announced", date="2026-11-11")
    make.event(slug="later", status="announced", date="2026-11")
    make.event(slug="draft", status="announced", date="2026-11-01", is_published=False)
    first = find_curator_work(at=DAY)
    again = find_curator_work(at=DAY)
    assert subjects() == [("outcome-missing", "summit")]
    assert (first, again) == (Found(1, 0, 1), Found(0, 0, 1))
    Event.objects.filter(pk=event.pk).update(status="held")
    assert find_curator_work(at=DAY) == Found(0, 1, 0)


@pytest.mark.django_db
def test_priority_is_silent_after_the_threshold_without_news() -> None:
    term = make.presidency(2026)
    quiet = make.priority(presidency=term)
    heard = make.priority(presidency=term)
    make.priority(presidency=term, is_tracked=False)
    make.priority(presidency=make.presidency(2025))
    make.contribution(priority=heard, event=make.event(date="2026-10-01"))
    make.contribution(priority=quiet, event=make.event(status="announced", date="2026-12-20"))
    find_curator_work(at=DAY)
    assert subjects() == [("silent-priority", quiet.key)]
    assert CuratorTask.objects.get().since == date(2026, 1, 1)


@pytest.mark.django_db
def test_new_presidency_is_not_silent_at_once() -> None:
    make.priority(presidency=make.presidency(2026))
    assert find_curator_work(at=date(2026, 3, 1)) == Found(0, 0, 0)


@pytest.mark.django_db
def test_start_page_shows_tasks_with_their_records_and_hides_what_sleeps(sign_in: Any) -> None:
    event = make.event(slug="summit", status="announced", date="2026-11-11")
    find_curator_work(at=DAY)
    client: Client = sign_in("curator")
    shown = client.get(reverse("admin:index")).content.decode()
    CuratorTask.objects.update(snoozed_until=date(9999, 1, 1))
    hidden = client.get(reverse("admin:index")).content.decode()
    address = reverse("admin:events_event_change", args=[event.pk])
    assert (address in shown, address in hidden) == (True, False)


@pytest.mark.django_db
def test_start_page_shows_the_first_tasks_and_how_many_more_there_are(sign_in: Any) -> None:
    term = make.presidency(2026)
    for _ in range(20):
        make.priority(presidency=term)
    make.event(title="Late summit", status="announced", date="2026-11-11")
    find_curator_work(at=DAY)
    page = sign_in("curator").get(reverse("admin:index")).content.decode()
    assert page.index("Late summit") < page.index("No news of a priority")
    assert page.count('<th scope="row">No news of a priority') == 14
    assert "6 more tasks" in page


@pytest.fixture
def worker() -> Iterator[Any]:
    with start_worker(app, perform_ping_check=False, pool="solo") as running:
        yield running


@pytest.mark.django_db(transaction=True)
def test_worker_takes_the_task_from_valkey_as_json(worker: Any) -> None:
    make.event(slug="summit", status="announced", date="2020-01-01")
    queue = f"test-{make.next_number()}"
    app.control.add_consumer(queue, destination=None, reply=True, timeout=5)
    message = task.apply_async(queue=queue)
    for _ in range(100):
        if CuratorTask.objects.exists():
            break
        worker.ensure_started()
        __import__("time").sleep(0.1)
    assert subjects() == [("outcome-missing", "summit")]
    assert message.id
    assert app.conf.accept_content == ["json"]


@pytest.mark.django_db
def test_between_terms_the_last_presidency_is_watched() -> None:
    quiet = make.priority(presidency=make.presidency(2025))
    find_curator_work(at=date(2026, 2, 1))
    assert subjects() == [("silent-priority", quiet.key)]


@pytest.mark.django_db
def test_task_follows_a_later_date_and_keeps_whose_it_is() -> None:
    user = User.objects.create_user("anna")
    event = make.event(slug="summit", status="announced", date="2026-10")
    find_curator_work(at=DAY)
    CuratorTask.objects.update(assigned_to=user, snoozed_until=date(2027, 1, 1))
    Event.objects.filter(pk=event.pk).update(date="2026-10/2026-11-10")
    assert find_curator_work(at=DAY) == Found(0, 0, 1)
    found = CuratorTask.objects.get()
    assert (found.since, found.assigned_to, found.snoozed_until) == (
        date(2026, 11, 11),
        user,
        date(2027, 1, 1),
    )


@pytest.mark.django_db
def test_list_of_tasks_leads_to_the_records(sign_in: Any) -> None:
    make.priority(presidency=make.presidency(2026), title="Drugs", slug="drugs")
    make.event(slug="summit", title="Late summit", status="announced", date="2026-11-11")
    make.event(slug="sketch", title="A sketch", is_published=False)
    find_curator_work(at=DAY)
    find_house_work(at=DAY)
    client: Client = sign_in("editor")
    page = client.get(reverse("admin:assessments_curatortask_changelist")).content.decode()
    places = [
        html.unescape(one) for one in re.findall(r'href="(/admin/[a-z/]+\?[^"]+)">[a-z]', page)
    ]
    said = "".join(client.get(place).content.decode() for place in places)
    assert all(title in said for title in ("Drugs", "Late summit", "A sketch"))


@pytest.mark.django_db(transaction=True)
def test_sweeps_look_once_a_day_and_after_each_change_of_the_data() -> None:
    event = make.event(slug="summit", status="announced", date="2020-01-11")
    sweep.sweep(seconds=1)
    assert subjects() == [("outcome-missing", "summit")]
    assert not curators.find_work(clock.now())
    Event.objects.filter(pk=event.pk).update(status="held")
    sweep.sweep(seconds=1)
    assert subjects() == []
    assert curators.find_work(clock.now() + timedelta(days=1))


@pytest.mark.django_db
def test_search_that_fails_stops_no_reminder(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**options: Any) -> None:
        raise KeyError("a fault")

    monkeypatch.setattr(curators, "find_curator_work", fail)
    assert not sweep.sweep(seconds=1)
    assert not sweep.is_late()
    assert Sweep.objects.get().searched == ""  # the next sweep looks again


@pytest.mark.django_db(transaction=True)
def test_parallel_searches_find_each_task_once() -> None:
    for number in range(20):
        make.event(slug=f"summit-{number:02}", status="announced", date="2026-11-01")
    at_once(6, lambda: find_curator_work(at=DAY))
    assert subjects() == [("outcome-missing", f"summit-{number:02}") for number in range(20)]
