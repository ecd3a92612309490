"""A cache of public responses ahead of Django: an answer repeated costs a look-up and no more.

An entry is a whole response, as all middleware left it, under the data version and the UTC day
it was made for and everything in the request that it may depend on. Django alone decides what is
public: only a response that it marked (an ETag of the data version and the public Cache-Control)
is kept, and never one that sets or varies by a cookie.
"""

import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterable
from threading import Lock
from time import time
from typing import Any, NamedTuple

from django.conf import settings
from django.db import Error

from publishing.conditional import PUBLIC_CACHE
from publishing.version import KNOWN, Version, VersionListener, current_version

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Key = tuple[Any, ...]

# Fields of a request that a public response may depend on, besides its address.
_ASKED = (
    "HTTP_HOST",  # one that is not allowed is refused
    "HTTP_X_FORWARDED_PROTO",  # http is sent to https
    "HTTP_ACCEPT",
    "HTTP_HX_REQUEST",
)
_VARY = {"accept", "accept-encoding", "hx-request", "host"}
_OWN_TO_EACH = {"x-request-id", "date", "connection"}
_NOT_IN_304 = {"content-type", "content-length", "content-encoding", "link"}
_SECONDS_PER_DAY = 86_400


class Entry(NamedTuple):
    """A response to repeat; `body` is None when only its validator is known."""

    tag: str
    body: bytes | None
    headers: Headers
    not_modified: Headers
    size: int


class ResponseCache:
    """WSGI middleware; keeps at most `limit` bytes of the newest used responses, 0 for none."""

    def __init__(
        self,
        application: Callable[..., Iterable[bytes]],
        limit: int,
        listener: VersionListener | None = None,
    ) -> None:
        self.application, self.limit = application, limit
        self._listener = listener or VersionListener()
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._made_for: tuple[int, int] = (0, 0)
        self._size = 0
        self._changing = Lock()

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not _may_be_public(environ):
            return self.application(environ, start_response)
        version = self._listener.version() or _read_version()
        if version is None:  # Django says what is wrong.
            return self.application(environ, start_response)
        environ[KNOWN] = version
        if not self.limit:
            return self.application(environ, start_response)
        moment = (version.number, int(time()) // _SECONDS_PER_DAY)
        if moment != self._made_for:
            self._renew(moment)
        key = _key(environ)
        entry = self._entries.get(key)
        if entry is not None:
            if _matches(environ.get("HTTP_IF_NONE_MATCH"), entry.tag):
                return self._answer(start_response, "304 Not Modified", entry.not_modified, b"")
            if entry.body is not None:
                self._use(key)
                head = environ["REQUEST_METHOD"] == "HEAD"
                body = b"" if head else entry.body
                return self._answer(start_response, "200 OK", entry.headers, body)
        return self._ask(environ, start_response, key, moment)

    @staticmethod
    def _answer(
        start_response: Callable[..., Any], status: str, headers: Headers, body: bytes
    ) -> list[bytes]:
        start_response(status, [*headers, ("X-Request-Id", uuid.uuid4().hex)])
        return [body]

    def _ask(
        self,
        environ: Environ,
        start_response: Callable[..., Any],
        key: Key,
        moment: tuple[int, int],
    ) -> Iterable[bytes]:
        """Let Django answer, and keep what it says for the next one who asks the same."""
        heard: list[tuple[str, Headers]] = []

        def listen(status: str, headers: Headers, exc_info: Any = None) -> Any:
            heard.append((status, headers))
            return (
                start_response(status, headers, exc_info)
                if exc_info
                else start_response(status, headers)
            )

        answer: Any = self.application(environ, listen)
        if heard and not getattr(answer, "streaming", True):
            status, headers = heard[-1]
            method = environ["REQUEST_METHOD"]
            body = None if status[:3] == "304" else answer.content
            if (status[:3] == "304" or (status[:3] == "200" and method == "GET")) and (
                entry := _entry(headers, body, moment[0])
            ):
                self._keep(key, entry, moment)
        return answer

    def _renew(self, moment: tuple[int, int]) -> None:
        """Forget what was made for another version of the data or another day."""
        with self._changing:
            if moment != self._made_for:
                self._entries.clear()
                self._size, self._made_for = 0, moment

    def _use(self, key: Key) -> None:
        with self._changing:
            if key in self._entries:
                self._entries.move_to_end(key)

    def _keep(self, key: Key, entry: Entry, moment: tuple[int, int]) -> None:
        if entry.size > self.limit // 8 or moment[1] != int(time()) // _SECONDS_PER_DAY:
            return
        with self._changing:
            if moment != self._made_for:
                return
            old = self._entries.pop(key, None)
            if old is not None:
                if entry.body is None and old.body is not None:
                    entry = old
                self._size -= old.size
            self._entries[key] = entry
            self._size += entry.size
            while self._size > self.limit:
                self._size -= self._entries.popitem(last=False)[1].size


def _may_be_public(environ: Environ) -> bool:
    """Whether the request is one that a public response may answer, whoever asks."""
    if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
        return False
    if "HTTP_AUTHORIZATION" in environ or "HTTP_RANGE" in environ:
        return False
    cookies = environ.get("HTTP_COOKIE")
    return not cookies or not (settings.SESSION_COOKIE_NAME in cookies or "messages" in cookies)


def _key(environ: Environ) -> Key:
    return (
        environ["PATH_INFO"],
        environ.get("QUERY_STRING", ""),
        environ["wsgi.url_scheme"],
        "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""),
        *[environ.get(name) for name in _ASKED],
    )


def _matches(sent: str | None, tag: str) -> bool:
    """If-None-Match (RFC 9110, 13.1.2): weak comparison."""
    if sent is None:
        return False
    if sent == tag or sent.strip() == "*":
        return True
    plain = tag.removeprefix("W/")
    return any(part.strip().removeprefix("W/") == plain for part in sent.split(","))


def _entry(headers: Headers, body: bytes | None, version: int) -> Entry | None:
    """What to keep of a response; None if it is not public, or made for another version."""
    fields = {name.lower(): value for name, value in headers}
    tag = fields.get("etag", "")
    varies = {name.strip().lower() for name in fields.get("vary", "").split(",")} - {""}
    if (
        not tag.removeprefix("W/").startswith(f'"{version}-')
        or fields.get("cache-control") != PUBLIC_CACHE
        or "set-cookie" in fields
        or varies - _VARY
    ):
        return None
    kept = [
        (name, value)
        for name, value in headers
        if name.lower() not in _OWN_TO_EACH and not name.lower().startswith("ratelimit")
    ]
    return Entry(
        tag,
        body,
        kept,
        [(name, value) for name, value in kept if name.lower() not in _NOT_IN_304],
        len(body or b"") + sum(len(name) + len(value) for name, value in kept) + 1000,
    )


def _read_version() -> Version | None:
    """The version from the database itself, while nobody tells of changes; None if it is away."""
    try:
        return current_version()
    except Error:
        return None
