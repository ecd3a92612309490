"""How often one client may ask the API, for files and for pictures.

The header fields are those of draft-ietf-httpapi-ratelimit-headers-10.

Only what costs work is counted: an answer that the response cache repeats, or that has not
changed since the client's ETag, is free. The header fields are left off repeated answers, too
(see `csto_tracker.front`), as they speak of one client.
"""

import logging
import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import Any, NamedTuple

import redis
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from csto_tracker.environment import Rate
from csto_tracker.errors import plain
from csto_tracker.exports import export
from csto_tracker.middleware import client_address
from publishing.problems import problem
from publishing.tokens import ApiToken
from reminders.views import lost_link, subscribe

logger = logging.getLogger(__name__)
# Counting may cost a reader this much when Valkey hangs, and then nothing for a while.
TIMEOUT = 0.2  # seconds
PAUSE = 10.0  # seconds


class Count(NamedTuple):
    """What is known of a client after this request."""

    policy: str
    rate: Rate
    used: int
    seconds_left: int


class Counter:
    """Counts in Valkey, shared by all processes; fails open, and says so in the log."""

    def __init__(self, url: str) -> None:
        self.client = redis.Redis.from_url(
            url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT
        )
        self._asked_again_at = 0.0

    def add(self, key: str, seconds: int) -> tuple[int, int] | None:
        """How many there were in this client's window, and the seconds left of it; None: unknown.

        A window begins with its first request, so that not all clients begin at once.
        """
        if time.monotonic() < self._asked_again_at:
            return None
        try:
            with self.client.pipeline() as both:
                both.set(key, 0, ex=seconds, nx=True)
                both.incr(key)
                both.pttl(key)
                _new, count, left = both.execute()
        except redis.RedisError as error:
            self._asked_again_at = time.monotonic() + PAUSE
            logger.warning("Requests are not counted for %d s: %s", PAUSE, error)
            return None
        return count, max(1, -(-left // 1000))


class ThrottleMiddleware:
    """429 for a client over its rate, 401 for a token that is unknown or revoked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            token = ApiToken.used(secret.strip())
            if token is None:
                response = problem(request, 401, _("It is unknown or was revoked."))
                response.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
                return response
            request.api_token = token  # type: ignore[attr-defined]  # read below
        response = self.get_response(request)
        count: Count | None = getattr(request, "rate_count", None)
        if count:
            policy, rate = count.policy, count.rate
            response.headers["RateLimit-Policy"] = f'"{policy}";q={rate.requests};w={rate.seconds}'
            left = max(0, rate.requests - count.used)
            response.headers["RateLimit"] = f'"{policy}";r={left};t={count.seconds_left}'
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, options: Any
    ) -> HttpResponse | None:
        costs_work = view is export or getattr(view, "costs_work", False)
        if costs_work or request.path_info.startswith("/api/v1/"):
            return counted(request)
        if view in (subscribe, lost_link) and request.method == "POST":
            return form_counted(request)
        return None


def form_counted(request: HttpRequest) -> HttpResponse | None:
    """Count a form for reminders by its sender's address; the refusal, if it is one too many.

    How many mails one mailbox gets for such forms is limited apart from this, in
    `reminders.services`, and without a word, which would tell who subscribes.
    """
    rate = settings.SUBSCRIBE_RATE
    if rate is None:
        return None
    key = f"rate:subscribe:{network(client_address(request))}"
    found = _counter().add(key, rate.seconds)
    if found is None or found[0] <= rate.requests:
        return None
    text = gettext_lazy("Too many forms came from your network. Please try again later.")
    response = plain(request, 429, text)
    response.headers["Retry-After"] = str(found[1])
    return response


def counted(request: HttpRequest) -> HttpResponse | None:
    """Count a request; the refusal, if it is one too many."""
    token: ApiToken | None = getattr(request, "api_token", None)
    rate = settings.API_TOKEN_RATE if token else settings.API_RATE
    if rate is None:
        return None
    policy = "token" if token else "address"
    key = f"rate:{policy}:{token.pk if token else network(client_address(request))}"
    found = _counter().add(key, rate.seconds)
    if found is None:
        return None
    used, left = found
    request.rate_count = Count(policy, rate, used, left)  # type: ignore[attr-defined]  # read above
    if used <= rate.requests:
        return None
    detail = _("No more than %(requests)d requests in %(seconds)d seconds, please.")
    response = problem(request, 429, detail % rate._asdict())
    response.headers["Retry-After"] = str(left)
    return response


def network(address: str) -> str:
    """What counts as one client: an IPv4 address, or the /64 that one IPv6 subscriber has."""
    try:
        found = ip_address(address.strip("[]"))
    except ValueError:
        return "unknown"
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return f"{IPv6Address(int(found) >> 64 << 64)}/64"


_counters: dict[str, Counter] = {}


def _counter() -> Counter:
    """The counter of this process, made when it is first needed."""
    if settings.REDIS_URL not in _counters:
        _counters[settings.REDIS_URL] = Counter(settings.REDIS_URL)
    return _counters[settings.REDIS_URL]
