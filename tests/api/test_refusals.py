"""What the API and its files refuse, and how they say so."""

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from publishing.problems import TITLES
from tests import factories as make
from tests.pages.reading import main_of

pytestmark = pytest.mark.django_db
METHODS = ("post", "put", "patch", "delete")
READ_ONLY = (
    *("/api/v1/events/", "/api/v1/events.csv", "/api/v1/schema/", "/api/v1/docs/"),
    "/api/v1/reference/",
    *("/events.csv", "/ru/events.ics"),
)


def problem_of(answer: Any) -> dict[str, Any]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    told: dict[str, Any] = json.loads(answer.content)
    assert told["type"] == f"{settings.SITE_URL}/api/#problem-{answer.status_code}"
    assert told["status"] == answer.status_code
    assert told["request_id"] == answer.headers["X-Request-Id"]
    return told


@pytest.mark.parametrize("path", ["/api/", "/ru/api/"])
def test_the_guide_explains_each_problem_at_the_address_of_its_type(
    client: Client, path: str
) -> None:
    page = main_of(client.get(path).content)
    lines = {item["id"]: item.text for item in page.all("li") if item["id"]}
    assert list(lines) == [f"problem-{code}" for code in TITLES]
    assert all(
        line.startswith(f"{code}: ") for code, line in zip(TITLES, lines.values(), strict=True)
    )


@pytest.fixture
def strict() -> Client:
    """A client that is checked for forged forms, as browsers are."""
    return Client(enforce_csrf_checks=True)


@pytest.mark.parametrize("path", READ_ONLY)
@pytest.mark.parametrize("method", METHODS)
def test_writing_answers_405_and_says_what_may_be_done(
    strict: Client, path: str, method: str
) -> None:
    answer = getattr(strict, method)(path, data="{}", content_type="application/json")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert answer.cookies == {}
    problem_of(answer)


def test_writing_a_page_answers_405_with_a_page(strict: Client) -> None:
    answer = strict.post("/ru/events/")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert "только читать" in answer.content.decode()


def test_a_form_without_its_token_is_still_refused(strict: Client) -> None:
    assert strict.post("/admin/login/", {"username": "curator"}).status_code == 403


@pytest.mark.parametrize("path", READ_ONLY)
def test_options_tell_the_methods_and_run_nothing(
    client: Client, django_assert_num_queries: Any, path: str
) -> None:
    with django_assert_num_queries(0):
        answer = client.options(path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize(
    "path",
    ["/api/nope", "/api/nope/", "/api/v1/nope/", "/api/v1/nope.csv", "/api/v2/events/",
     "/api/v1/events.pdf", "/api/v1/priorities.ics", "/api/v1/events/nope/"],
)  # fmt: skip
def test_unknown_addresses_are_problems(
    client: Client, settings: Any, path: str, debug: bool
) -> None:
    settings.DEBUG = debug
    for method in ("get", *(METHODS if "nope/" in path and "events" not in path else ())):
        answer = getattr(client, method)(path)
        assert answer.status_code == 404
        assert problem_of(answer)["instance"] == path


def test_a_slash_that_was_left_out_is_put_at_the_end(client: Client) -> None:
    answer = client.get("/api/v1/events?kind=summit")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/api/v1/events/?kind=summit")


def test_addresses_too_long_are_told_so(client: Client) -> None:
    words = "q=" + "x" * 8190
    assert len(words) == 8192
    assert client.get(f"/api/v1/events/?{words}").status_code == 400  # read, and found too long
    for path in ("/api/v1/events/", "/api/v1/events.csv"):
        answer = client.get(f"{path}?{words}x")
        assert problem_of(answer)["title"] == "The address is too long"
        assert answer.status_code == 414
    page = client.get(f"/ru/events/?{words}x")
    assert page.status_code == 414
    assert "Слишком длинный адрес" in page.content.decode()


@pytest.mark.parametrize(
    "path",
    ["/", "/events/", "/events.csv", "/events.ics", "/events.atom", "/events.json", "/events.xlsx",
     "/api/v1/events/", "/api/v1/events.jsonl", "/api/v1/schema/", "/robots.txt", "/sitemap.xml"],
)  # fmt: skip
def test_head_answers_as_get_without_a_body(client: Client, path: str) -> None:
    make.event()
    head, get = client.head(path), client.get(path)
    assert (head.status_code, get.status_code) == (200, 200)
    assert b"".join(head) == b""
    own = {"X-Request-Id", "Content-Length"}
    assert {n: v for n, v in head.headers.items() if n not in own} == {
        n: v for n, v in get.headers.items() if n not in own
    }
    assert head.headers.get("Content-Length") in {None, get.headers.get("Content-Length")}


def test_head_of_a_file_reads_no_row(client: Client, django_assert_num_queries: Any) -> None:
    make.event()
    with django_assert_num_queries(1):  # the data version
        client.head("/api/v1/events.csv")


@pytest.mark.parametrize(
    "path",
    [
        *("/api/v1/events/", "/api/v1/events.csv", "/api/v1/nope/"),
        *("/events.csv", "/ru/events.ics", "/matrix.json", "/embed/timeline.svg"),
    ],
)
def test_scripts_of_other_sites_may_read(client: Client, path: str) -> None:
    answer = client.get(path, headers={"Origin": "https://example.org"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"ETag", "Link", "RateLimit", "RateLimit-Policy", "Retry-After"} <= set(exposed)
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_preflight_is_answered(client: Client) -> None:
    answer = client.options(
        "/api/v1/events.csv",
        headers={"Origin": "https://example.org", "Access-Control-Request-Method": "GET",
                 "Access-Control-Request-Headers": "authorization"},
    )  # fmt: skip
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]


def test_pages_and_forms_are_not_opened_to_other_sites(client: Client) -> None:
    for path in ("/events/", "/reminders/", "/admin/login/"):
        answer = client.get(path, headers={"Origin": "https://example.org"})
        assert "Access-Control-Allow-Origin" not in answer.headers
