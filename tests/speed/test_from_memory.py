"""What is answered from memory and what is not, seen by rows that change without a word."""

import time
from collections.abc import Callable, Iterator
from itertools import count

from django.db import connection

from events.models import Event
from tests import factories
from tests.speed.conftest import Answer, Site

SECONDS = 10
CHANGED = "Changed without a word"


def change_silently(event: Event, title: str = CHANGED) -> None:
    """Change a row without the trigger that raises the data version: an answer that shows the
    change was made anew."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE events_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE events_event SET title = %s WHERE id = %s", [title, event.pk])
        cursor.execute("ALTER TABLE events_event ENABLE TRIGGER USER")


def learn(site: Site, path: str) -> Answer:
    """The answer once it was asked for twice."""
    site.ask(path)
    return site.ask(path)


def kept(site: Site, path: str, event: Event, **headers: str) -> Answer:
    """The answer that is given again although its row has changed since.

    While the machine is busy a process may hear late of the change before, and then keeps nothing
    that was made meanwhile: it is asked again for SECONDS.
    """
    for number in _until_late():
        first = site.ask(path, **headers)
        change_silently(event, f"{CHANGED}, {number}")
        again = site.ask(path, **headers)
        if again.body == first.body:
            return again
    raise AssertionError(f"{path} is made anew each time")


def _until_late() -> Iterator[int]:
    """Numbers, ten in a second, for SECONDS."""
    deadline = time.monotonic() + SECONDS
    for number in count():
        if time.monotonic() > deadline:
            return
        yield number
        time.sleep(0.1)


def test_an_answer_is_kept_until_the_data_change(sites: tuple[Site, Site]) -> None:
    event, draft = factories.event(), factories.event(is_published=False)
    path = f"/api/v1/events/{event.slug}/"
    first = kept(sites[0], path, event)
    Event.objects.filter(pk=draft.pk).update(title="Another draft")
    time.sleep(0.1)  # It would have heard by then.
    again = kept(sites[0], path, event)
    assert (again.status, again.lasting, again.body) == (200, first.lasting, first.body)
    change_silently(event)
    Event.objects.filter(pk=draft.pk).update(is_published=True)
    assert any(f'"{CHANGED}"'.encode() in sites[0].ask(path).body for _ in _until_late())


def test_validators_are_compared_from_memory(sites: tuple[Site, Site]) -> None:
    path = f"/events/{factories.event().slug}/"
    first = learn(sites[0], path)
    tag = first.headers["etag"]
    for sent in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = sites[0].ask(path, If_None_Match=sent)
        assert (answer.status, answer.body) == (304, b"")
        for name in ("etag", "cache-control", "vary", "content-security-policy", "x-frame-options"):
            assert answer.headers[name] == first.headers[name]
        assert "content-type" not in answer.headers
    assert sites[0].ask(path, If_None_Match='"other"').status == 200
    # A process that has only ever said “not modified” still makes the page when asked for it.
    for _ in range(3):
        assert sites[1].ask(path, If_None_Match=tag).status == 304
    assert sites[1].ask(path).body == first.body


def test_what_the_answer_depends_on_is_asked_anew(sites: tuple[Site, Site]) -> None:
    path = f"/api/v1/events/{factories.event().slug}/"
    learn(sites[0], path)
    assert sites[0].ask(path, Accept="text/csv").status == 406
    assert sites[0].ask(path, Host="elsewhere.example").status == 400
    assert sites[0].ask(path, method="POST").status == 405


def test_a_session_is_asked_anew_and_other_cookies_are_not(sites: tuple[Site, Site]) -> None:
    event = factories.event()
    path = f"/events/{event.slug}/"
    kept(sites[0], path, event, Cookie="theme=dark")
    change_silently(event, title := "Seen by a session alone")
    assert title.encode() in sites[0].ask(path, Cookie="sessionid=abc").body
    kept(sites[0], path, event, Cookie="theme=dark")


def test_processes_that_hear_nothing_read_the_version_each_time(
    sites: tuple[Site, Site], deafen: Callable[[], None]
) -> None:
    event = factories.event()
    path = f"/api/v1/events/{event.slug}/"
    for site in sites:
        learn(site, path)
    deafen()
    for number in range(3):
        Event.objects.filter(pk=event.pk).update(title=f"Title {number}")
        for site in sites:
            assert f"Title {number}".encode() in site.ask(path).body
