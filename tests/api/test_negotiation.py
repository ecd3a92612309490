"""The Accept header chooses the format of a list, as the extension does."""

import re
from typing import Any

import pytest
from django.test import Client

from tests import factories as make

pytestmark = pytest.mark.django_db
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


def body(answer: Any) -> bytes:
    return b"".join(answer) if answer.streaming else answer.content


@pytest.mark.parametrize("root", ["/api/v1/", "/", "/ru/"])
@pytest.mark.parametrize(
    ("accept", "extension", "content_type"),
    [
        ("text/csv", "csv", "text/csv; charset=utf-8; header=present"),
        ("text/csv; charset=utf-8, application/json;q=0.5", "csv", "text/csv; charset=utf-8;"),
        ("application/x-ndjson", "jsonl", "application/x-ndjson"),
        ("application/jsonl", "jsonl", "application/jsonl"),
        ("text/calendar", "ics", "text/calendar; charset=utf-8"),
        ("application/atom+xml", "atom", "application/atom+xml; charset=utf-8"),
        ("text/csv, */*", "csv", "text/csv; charset=utf-8;"),
        ("text/html;q=0, application/json;q=0, */*;q=0.1", "csv", "text/csv; charset=utf-8;"),
        (XLSX, "xlsx", XLSX),
    ],
)
def test_accept_gives_what_the_extension_gives(
    client: Client, root: str, accept: str, extension: str, content_type: str
) -> None:
    make.event(kind="summit")
    make.event(kind="exercise")
    answer = client.get(f"{root}events/?kind=summit", headers={"Accept": accept})
    file = client.get(f"{root}events.{extension}?kind=summit")
    assert answer.status_code == file.status_code == 200
    assert answer.headers["Content-Type"].startswith(content_type)
    assert answer.headers["Content-Location"] == f"{root}events.{extension}?kind=summit"
    assert "Accept" in answer.headers["Vary"]
    assert answer.headers["ETag"] != file.headers["ETag"]
    if extension == "xlsx":
        assert body(answer)[:2] == body(file)[:2] == b"PK"
    elif extension == "atom":
        assert body(answer).count(b"<entry>") == body(file).count(b"<entry>") == 1
        assert f'{root}events/?kind=summit" />'.encode() in body(answer)
    elif extension == "ics":
        assert body(answer).count(b"BEGIN:VEVENT") == body(file).count(b"BEGIN:VEVENT") == 1
    else:
        assert body(answer) == body(file)


@pytest.mark.parametrize("accept", [BROWSER, "*/*", "text/html", "text/*", "image/png", "nonsense"])
def test_pages_stay_pages(client: Client, accept: str) -> None:
    answer = client.get("/events/", headers={"Accept": accept})
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    "accept",
    [
        BROWSER,
        "*/*",
        "application/*",
        "application/json; charset=utf-8",
        "text/csv;q=0.5, */*",
        "text/csv, application/json",
    ],
)
def test_the_api_prefers_json(client: Client, accept: str) -> None:
    answer = client.get("/api/v1/events/", headers={"Accept": accept})
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/api/v1/events/", "image/png"),
        ("/api/v1/events/", "text/html"),
        ("/api/v1/priorities/", "text/calendar"),
        ("/api/v1/events/", "text/csv;q=0"),
    ],
)
def test_nothing_acceptable_answers_406(client: Client, path: str, accept: str) -> None:
    answer = client.get(path, headers={"Accept": accept})
    assert answer.status_code == 406
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "text/csv" in answer.json()["detail"]


def test_record_has_one_format(client: Client) -> None:
    event = make.event()
    answer = client.get(f"/api/v1/events/{event.slug}/", headers={"Accept": "text/csv"})
    assert (answer.status_code, answer.json()["status"]) == (406, 406)


@pytest.mark.parametrize(
    "accept",
    ["application/ld+json", 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"'],
)
def test_passages_are_annotations_by_accept(client: Client, accept: str) -> None:
    row = make.passage()
    for address, file in (
        ("/api/v1/passages/?page_size=5", "/api/v1/passages.jsonld?page_size=5"),
        (f"/api/v1/passages/{row.key}/", f"/api/v1/passages/{row.key}.jsonld"),
    ):
        answer = client.get(address, headers={"Accept": accept})
        assert answer.headers["Content-Type"] == client.get(file).headers["Content-Type"]
        assert answer.headers["Content-Location"] == file
        assert answer.json()["@context"] == "http://www.w3.org/ns/anno.jsonld"
        plain = client.get(address, headers={"Accept": f"{accept};q=0.5, */*"})
        assert plain.headers["Content-Type"] == "application/json"
    bad = client.get(f"/api/v1/passages/{row.key}/?colour=red", headers={"Accept": accept})
    assert (bad.status_code, bad.json()["errors"][0]["parameter"]) == (400, "colour")
    gone = client.get("/api/v1/passages/none:0:1/", headers={"Accept": accept})
    assert gone.status_code == 404
    assert client.get("/api/v1/events/", headers={"Accept": accept}).status_code == 406


@pytest.mark.parametrize("root", ["/api/v1/", "/"])
@pytest.mark.parametrize("extension", ["csv", "jsonl", "xlsx", "atom", "json"])
def test_search_answers_by_accept(client: Client, root: str, extension: str) -> None:
    make.event(title="Rubezh")
    file = client.get(f"{root}search.{extension}?q=rubezh")
    kind = file.headers["Content-Type"].partition(";")[0]
    answer = client.get(f"{root}search/?q=rubezh", headers={"Accept": kind})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].partition(";")[0] == kind
    refused = client.get("/api/v1/search/?q=rubezh", headers={"Accept": "text/calendar"})
    assert refused.status_code == 406


@pytest.mark.parametrize("root", ["/", "/ru/"])
@pytest.mark.parametrize("extension", ["csv", "jsonl", "json"])
def test_matrix_answers_by_accept(client: Client, root: str, extension: str) -> None:
    make.priority(presidency=make.presidency(2026))
    file = client.get(f"{root}matrix.{extension}?table=themes")
    kind = file.headers["Content-Type"].partition(";")[0]
    answer = client.get(f"{root}matrix/?table=themes", headers={"Accept": kind})
    assert (answer.status_code, answer.content) == (200, file.content)
    assert answer.headers["Content-Location"] == f"{root}matrix.{extension}?table=themes"
    for other in (BROWSER, "text/calendar"):
        page = client.get(f"{root}matrix/", headers={"Accept": other})
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"


def test_bad_parameter_is_named_in_any_format(client: Client) -> None:
    answer = client.get("/api/v1/events/?kind=party", headers={"Accept": "text/csv"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == "kind"
    page = client.get("/events/?kind=party", headers={"Accept": "text/csv"})
    assert page.status_code == 400


def test_formats_do_not_answer_for_each_other(client: Client) -> None:
    make.event()
    first = client.get("/api/v1/events/", headers={"Accept": "application/json"})
    other = client.get(
        "/api/v1/events/",
        headers={"Accept": "text/csv", "If-None-Match": first.headers["ETag"]},
    )
    again = client.get(
        "/api/v1/events/",
        headers={"Accept": "text/csv", "If-None-Match": other.headers["ETag"]},
    )
    assert (other.status_code, again.status_code) == (200, 304)


def test_feed_of_a_list_leads_to_the_page_of_the_list(client: Client) -> None:
    make.event()
    for path, page in (
        ("/api/v1/events.atom?kind=summit", "/events/?kind=summit"),
        ("/ru/events.atom", "/ru/events/"),
        ("/themes.atom", "/themes/"),
    ):
        text = client.get(path).content.decode()
        head = text.split("<entry>")[0]
        (link,) = re.findall(r'<link rel="alternate" type="text/html" href="([^"]*)" />', head)
        assert link == f"http://127.0.0.1:8000{page}"
        assert client.get(link).status_code == 200
