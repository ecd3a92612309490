"""Bounds of the cache in this process, with Django itself behind it."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.core.wsgi import get_wsgi_application
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries

from csto_tracker.front import ResponseCache
from publishing.version import VersionListener
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


class Counting:
    """Django, counting the requests that reach it."""

    def __init__(self) -> None:
        self.django, self.requests = get_wsgi_application(), 0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        self.requests += 1
        return self.django(environ, start_response)


@pytest.fixture
def listener() -> Iterator[VersionListener]:
    made = VersionListener()
    yield made
    made.close()


def ask(cache: ResponseCache, path: str) -> str:
    """Send a request and return the status."""
    heard: list[str] = []
    environ = RequestFactory().get(path, headers={"host": "127.0.0.1"}).environ
    answer: Any = cache(environ, lambda status, headers, error=None: heard.append(status))
    assert b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    return heard[-1]


def test_the_newest_used_answers_stay_within_the_limit(listener: VersionListener) -> None:
    paths = [f"/api/v1/events/{factories.event().slug}/" for _ in range(60)]
    django = Counting()
    cache = ResponseCache(django, 40_000, listener)
    for path in paths:
        assert ask(cache, path) == "200 OK"
        ask(cache, paths[0])
        assert cache._size <= 40_000
    assert 5 < len(cache._entries) < 60
    assert cache._size == sum(entry.size for entry in cache._entries.values())
    before = django.requests
    ask(cache, paths[0])
    ask(cache, paths[-1])
    assert django.requests == before
    ask(cache, paths[1])
    assert django.requests == before + 1


def test_without_memory_everything_is_asked(listener: VersionListener) -> None:
    django = Counting()
    cache = ResponseCache(django, 0, listener)
    for _ in range(2):
        ask(cache, "/robots.txt")
    assert django.requests == 2


def test_the_version_that_is_heard_is_not_asked_for(
    listener: VersionListener, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    path = f"/api/v1/events/{factories.event().slug}/"
    cache = ResponseCache(get_wsgi_application(), 0, listener)
    ask(cache, path)
    deadline = time.monotonic() + 10
    while listener.version() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    with django_assert_num_queries(1):
        assert ask(cache, path) == "200 OK"


def test_another_day_is_another_answer(listener: VersionListener) -> None:
    factories.event()
    django = Counting()
    cache = ResponseCache(django, 10**6, listener)
    with time_machine.travel(datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC), tick=False):
        for _ in range(2):
            ask(cache, "/api/v1/events/")
        assert django.requests == 1
    with time_machine.travel(datetime(2026, 3, 2, tzinfo=UTC), tick=False):
        ask(cache, "/api/v1/events/")
        assert django.requests == 2
