"""Limits of asking, counted in a real Valkey."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from django.utils.timezone import now

from csto_tracker import throttle
from csto_tracker.environment import Rate
from csto_tracker.local import ports
from publishing.tokens import ApiToken
from publishing.version import current_version
from reminders.models import Subscription
from tests import factories as make
from tests.speed.test_rules import Setup

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _three_a_minute(settings: Any, worker_id: str) -> Iterator[None]:
    settings.API_RATE, settings.API_TOKEN_RATE = Rate(3, 60), Rate(5, 60)
    settings.SUBSCRIBE_RATE = Rate(2, 3600)
    settings.TRUSTED_PROXIES = 0
    if worker_id != "master":  # each test process counts by itself
        server = settings.REDIS_URL.rpartition("/")[0]
        settings.REDIS_URL = f"{server}/{8 + int(worker_id.removeprefix('gw')) % 8}"
    url = settings.REDIS_URL

    def forget() -> None:
        with redis.Redis.from_url(url) as valkey:
            for key in valkey.scan_iter("rate:*"):
                valkey.delete(key)

    forget()
    yield
    forget()
    for counter in throttle._counters.values():
        counter.client.close()
    throttle._counters.clear()


def statuses(client: Client, path: str, times: int, **headers: str) -> list[int]:
    return [client.get(path, headers=headers).status_code for _ in range(times)]


def token(name: str = "a newsroom") -> tuple[ApiToken, str]:
    found = ApiToken(name=name)
    secret = found.renew_secret()
    found.save()
    return found, secret


def test_one_too_many_is_told_when_to_come_back(client: Client) -> None:
    assert statuses(client, "/api/v1/events/", 3) == [200, 200, 200]
    answer = client.get("/api/v1/states/")
    assert (answer.status_code, answer.json()["status"]) == (429, 429)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["RateLimit"].startswith('"address";r=0;t=')
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "3 requests in 60 seconds" in answer.json()["detail"]


def test_headers_say_what_remains(client: Client) -> None:
    client.get("/api/v1/events/")
    headers = client.get("/api/v1/events.csv").headers
    assert headers["RateLimit-Policy"] == '"address";q=3;w=60'
    assert headers["RateLimit"] in {'"address";r=1;t=60', '"address";r=1;t=59'}
    assert headers["Cache-Control"].startswith("public")


def test_window_ends(client: Client, settings: Any) -> None:
    assert statuses(client, "/api/v1/events/", 4)[-1] == 429
    with redis.Redis.from_url(settings.REDIS_URL) as valkey:
        (key,) = valkey.scan_iter("rate:*")
        assert 0 < valkey.pttl(key) <= 60_000
        valkey.pexpire(key, 1)
        while valkey.exists(key):
            pass
    assert client.get("/api/v1/events/").status_code == 200


def test_files_count_wherever_they_are_asked_for(client: Client) -> None:
    assert client.get("/events.csv").status_code == 200
    assert client.get("/ru/events.xlsx").status_code == 200
    assert client.get("/events/", headers={"Accept": "text/csv"}).status_code == 200
    assert client.get("/events/", headers={"Accept": "text/csv"}).status_code == 429
    assert client.get("/events.json").status_code == 429


def test_pages_and_what_has_not_changed_are_free(client: Client) -> None:
    assert statuses(client, "/events/", 5) == [200] * 5
    assert "RateLimit" not in client.get("/events/").headers
    tag = client.get("/api/v1/events/").headers["ETag"]
    answers = [client.get("/api/v1/events/", headers={"If-None-Match": tag}) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {304}
    assert "RateLimit" not in answers[0].headers
    assert client.options("/api/v1/events/").status_code == 204
    assert statuses(client, "/api/v1/events/", 3) == [200, 200, 429]


@pytest.mark.django_db(transaction=True)
def test_answers_that_are_at_hand_are_free_and_speak_of_nobody() -> None:
    site = Setup()
    site.listener.number = current_version().number
    site.cache.application = get_wsgi_application()
    assert site.get("/api/v1/events/")[0] == "200"
    assert site.headers["RateLimit-Policy"] == '"address";q=3;w=60'
    for _ in range(5):
        assert site.get("/api/v1/events/")[0] == "200"
        assert "RateLimit" not in site.headers


def test_clients_do_not_use_up_each_others_share(client: Client) -> None:
    assert statuses(client, "/api/v1/events/", 4)[-1] == 429
    other = Client(REMOTE_ADDR="198.51.100.7")
    assert statuses(other, "/api/v1/events/", 3) == [200, 200, 200]


def test_invented_addresses_do_not_help(client: Client) -> None:
    found = [
        client.get("/api/v1/events/", headers={"X-Forwarded-For": f"198.51.100.{n}"}).status_code
        for n in range(4)
    ]
    assert found == [200, 200, 200, 429]


def test_behind_a_proxy_each_visitor_has_a_share(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    proxy = Client(REMOTE_ADDR="10.0.0.1")

    def visit(invented: str, address: str) -> int:
        forwarded = f"{invented}, {address}"
        return proxy.get("/api/v1/events/", headers={"X-Forwarded-For": forwarded}).status_code

    assert [visit(f"6.6.6.{n}", "198.51.100.7") for n in range(4)] == [200, 200, 200, 429]
    assert visit("6.6.6.6", "198.51.100.8") == 200


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2:ffff::1]", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("rubbish\r\nkey", "unknown"),
    ],
)
def test_one_subscriber_is_one_client(address: str, client: str) -> None:
    assert throttle.network(address) == client


def test_without_valkey_everyone_is_answered_and_the_log_says_so(
    client: Client, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{ports.any_free()}/0"
    with caplog.at_level(logging.WARNING, logger="csto_tracker.throttle"):
        assert statuses(client, "/api/v1/events/", 6) == [200] * 6
    told = [one.message for one in caplog.records if one.name == "csto_tracker.throttle"]
    assert len(told) == 1  # once in ten seconds, not for each request
    assert "not counted" in told[0]


def test_a_token_has_a_larger_share_of_its_own(client: Client) -> None:
    found, secret = token()
    assert statuses(client, "/api/v1/events/", 4)[-1] == 429
    bearer = {"Authorization": f"Bearer {secret}"}
    answers = [client.get("/api/v1/events/", headers=bearer) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[0].headers["RateLimit-Policy"] == '"token";q=5;w=60'
    found.refresh_from_db()
    assert found.last_used_on == now().date()


def test_day_of_use_is_written_once(client: Client, django_assert_num_queries: Any) -> None:
    bearer = {"Authorization": f"bearer {token()[1]}"}
    client.get("/api/v1/events/", headers=bearer)
    with django_assert_num_queries(3):  # the token, the data version, the rows
        client.get("/api/v1/events/", headers=bearer)


@pytest.mark.parametrize("path", ["/api/v1/events/", "/api/v1/events.csv", "/events.csv"])
def test_wrong_and_revoked_tokens_are_told_so(client: Client, path: str) -> None:
    revoked, secret = token()
    revoked.revoked_at = now()
    revoked.save()
    for sent in (secret, "csto_wrong", "", secret[:-1]):
        answer = client.get(path, headers={"Authorization": f"Bearer {sent}"})
        assert (answer.status_code, answer.json()["status"]) == (401, 401)
        assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_other_schemes_are_none_of_our_business(client: Client) -> None:
    assert statuses(client, "/api/v1/events/", 1, Authorization="Basic YTpi") == [200]


def test_secret_is_kept_nowhere() -> None:
    make.event()
    found, secret = token()
    row = ApiToken.objects.filter(pk=found.pk).values().get()
    assert secret not in str(row)
    assert secret.startswith(row["prefix"])
    assert len(row["prefix"]) < 12 < 40 < len(secret)


def wish(client: Client, address: str, **form: str) -> Any:
    data = {"channel": "email", "email": "x@example.org", "wants_changes": "on", "digest": "none"}
    data |= {"weekday": "0", "hour": "9", "zone": "UTC", **form}
    return client.post("/ru/reminders/", data, REMOTE_ADDR=address)


def test_forms_for_reminders_are_counted_by_network_and_looking_at_them_is_not(
    client: Client,
) -> None:
    for number in range(2):
        assert wish(client, "203.0.113.5", email=f"{number}@example.org").status_code == 303
    refused = wish(client, "203.0.113.5", email="2@example.org")
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 3600
    for text in ("Too many forms came from your network", "Слишком много"):
        assert text in refused.content.decode()
    assert not refused.cookies
    assert Subscription.objects.count() == 2
    assert client.get("/ru/reminders/", REMOTE_ADDR="203.0.113.5").status_code == 200
    assert wish(client, "203.0.113.6", email="3@example.org").status_code == 303


def test_forms_for_a_lost_link_are_counted_with_them(client: Client) -> None:
    def lost() -> Any:
        return client.post(
            "/reminders/link/", {"email": "x@example.org"}, REMOTE_ADDR="203.0.113.7"
        )

    assert [lost().status_code, wish(client, "203.0.113.7").status_code] == [303, 303]
    refused = lost()
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert client.get("/reminders/link/", REMOTE_ADDR="203.0.113.7").status_code == 200
