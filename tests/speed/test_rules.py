"""What the cache keeps and repeats, over an application whose answers the tests choose.

With Django behind it, a listener that hears and processes of their own it is tried in `test_front`
and `test_from_memory`.
"""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import RequestFactory

from csto_tracker.front import ResponseCache
from publishing.conditional import PUBLIC_CACHE
from publishing.version import Version, VersionListener


class Known(VersionListener):
    """A listener that has heard what the test says."""

    number = 7

    def version(self) -> Version | None:
        return Version(self.number, None) if self.number else None


class Application:
    """Answers each request with a new number, as Django's handler would."""

    def __init__(self, listener: Known) -> None:
        self.listener, self.asked = listener, 0
        self.status = 200
        self.headers: dict[str, str] = {}
        self.meanwhile: Callable[[], None] = lambda: None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.asked += 1
        tag = f'"{self.listener.number}-abc"'
        self.meanwhile()
        response = HttpResponse(f"answer {self.asked}", status=self.status)
        headers = {"ETag": tag, "Cache-Control": PUBLIC_CACHE, "Vary": "Accept", **self.headers}
        start_response(f"{self.status} OK", [*response.items(), *headers.items()])
        return response


class Setup:
    def __init__(self, limit: int = 2**20) -> None:
        self.listener = Known()
        self.inner = Application(self.listener)
        self.cache = ResponseCache(self.inner, limit, self.listener)
        self.headers: dict[str, str] = {}

    def get(self, path: str = "/", method: str = "GET", **environ: str) -> tuple[str, bytes]:
        asked = RequestFactory().generic(method, path).environ | environ
        told: list[tuple[str, dict[str, str]]] = []

        def start_response(status: str, headers: Any, exc_info: Any = None) -> None:
            told.append((status, dict(headers)))

        body = b"".join(self.cache(asked, start_response))
        self.headers = told[-1][1]
        return told[-1][0][:3], body


@pytest.fixture
def site() -> Setup:
    return Setup()


def is_repeated(site: Setup, **environ: str) -> bool:
    return site.get(**environ)[1] == site.get(**environ)[1]


def test_the_same_question_is_asked_once(site: Setup) -> None:
    assert [site.get() for _ in range(3)] == [("200", b"answer 1")] * 3
    assert site.get("/?x=1") == ("200", b"answer 2")
    assert site.inner.asked == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"Cache-Control": "private, no-store"},
        {"ETag": ""},
        {"ETag": '"6-abc"'},
        {"ETag": '"70-abc"'},
        {"Set-Cookie": "a=b"},
        {"Vary": "Accept, Cookie"},
        {"Vary": "*"},
    ],
    ids=lambda headers: "{}: {}".format(*next(iter(headers.items()))),
)
def test_what_django_did_not_mark_is_asked_for_each_time(
    site: Setup, headers: dict[str, str]
) -> None:
    site.inner.headers = headers
    assert not is_repeated(site)


@pytest.mark.parametrize("status", [301, 404, 410, 503])
def test_only_200_is_kept(site: Setup, status: int) -> None:
    site.inner.status = status
    assert not is_repeated(site)


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTP_COOKIE": "sessionid=abc"},
        {"HTTP_COOKIE": "csrftoken=x; messages=abc"},
        {"HTTP_AUTHORIZATION": "Basic x"},
        {"HTTP_RANGE": "bytes=0-1"},
        {"REQUEST_METHOD": "POST"},
        {"REQUEST_METHOD": "OPTIONS"},
    ],
    ids=str,
)
def test_what_may_be_personal_passes_by(site: Setup, environ: dict[str, str]) -> None:
    site.get()
    assert not is_repeated(site, **environ)
    assert site.get() == ("200", b"answer 1")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTP_ACCEPT", "text/csv"),
        ("HTTP_ACCEPT_ENCODING", "gzip"),
        ("HTTP_HX_REQUEST", "true"),
        ("HTTP_HOST", "other.example"),
        ("HTTP_X_FORWARDED_PROTO", "https"),
        ("wsgi.url_scheme", "https"),
        ("PATH_INFO", "/ru/"),
    ],
)
def test_what_an_answer_may_depend_on_keeps_it_apart(site: Setup, name: str, value: str) -> None:
    site.get()
    assert site.get(**{name: value}) == ("200", b"answer 2")
    assert site.get() == ("200", b"answer 1")


def test_an_answer_made_while_the_data_changed_is_not_kept(site: Setup) -> None:
    def change() -> None:
        site.listener.number += 1

    site.inner.meanwhile = change
    site.get()
    assert site.get() == ("200", b"answer 2")


def test_an_answer_made_across_midnight_is_not_kept(site: Setup) -> None:
    with time_machine.travel("2026-03-01T23:59:59Z", tick=False) as clock:
        site.inner.meanwhile = lambda: clock.shift(2)
        site.get()
        site.inner.meanwhile = lambda: None
        assert site.get() == ("200", b"answer 2")


def test_a_tag_that_only_begins_alike_is_modified(site: Setup) -> None:
    site.get()
    assert site.get(HTTP_IF_NONE_MATCH='"7-abcd"') == ("200", b"answer 1")
    assert site.get(HTTP_IF_NONE_MATCH='"7-abc"') == ("304", b"")
    assert "Content-Type" not in site.headers
