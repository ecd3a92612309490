"""What every response says to browsers, and whom the site believes."""

import pytest
from django.test import Client

from csto_tracker.middleware import client_address
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/", "/ru/events/", "/api/v1/events/", "/admin/login/", "/nope/"])
def test_policy_allows_no_inline_script_no_eval_and_no_other_host(
    client: Client, path: str
) -> None:
    headers = client.get(path).headers
    policy = dict(
        part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert {policy["script-src"], policy["style-src"], policy["connect-src"]} == {"'self'"}
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize("path", ["/", "/api/v1/events/", "/events.csv"])
def test_forged_host_is_refused_and_echoed_nowhere(client: Client, path: str) -> None:
    make.event()
    forged = client.get(path, headers={"Host": "evil.example"})
    forwarded = client.get(path, headers={"X-Forwarded-Host": "evil.example"})
    body = b"".join(forwarded) if forwarded.streaming else forwarded.content
    assert forged.status_code == 400
    assert b"evil.example" not in forged.content + body


def test_links_come_from_one_setting(client: Client, settings) -> None:  # type: ignore[no-untyped-def]
    settings.SITE_URL = "https://tracker.example.org"
    make.event()
    make.event()
    answer = client.get("/api/v1/events/?page_size=1").json()
    assert answer["next"].startswith("https://tracker.example.org/api/v1/events/?")


@pytest.mark.parametrize("path", ["/healthz", "/admin/login/"])
def test_what_is_not_public_is_not_stored_by_caches(client: Client, path: str) -> None:
    assert "no-store" in client.get(path).headers["Cache-Control"]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "198.51.100.7", "203.0.113.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "6.6.6.6, 198.51.100.7", "198.51.100.7"),
        (2, "6.6.6.6, 198.51.100.7, 10.0.0.1", "198.51.100.7"),
        (2, "10.0.0.1", "203.0.113.1"),
    ],
)
def test_address_is_what_the_outermost_trusted_proxy_wrote(
    rf,
    settings,
    proxies: int,
    forwarded: str,
    expected: str,  # type: ignore[no-untyped-def]
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = rf.get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="203.0.113.1")
    assert client_address(request) == expected
