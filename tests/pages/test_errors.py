"""Pages for what goes wrong, and the files that machines look for."""

import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from pytest_django import Settings

from csto_tracker import errors, urls
from tests import factories as make
from tests.pages.reading import main_of, read

RAISED: dict[str, Exception] = {
    "400": SuspiciousOperation("odd"),
    "403": PermissionDenied(),
    "404": Http404(),
    "500": ZeroDivisionError(),
    "503": OperationalError("the server closed the connection unexpectedly"),
    "interface": InterfaceError("connection already closed"),
}


def fail(request: HttpRequest, name: str) -> HttpResponse:
    raise RAISED[name]


def gone(request: HttpRequest) -> HttpResponse:
    return errors.gone(request)


class Urls:
    """The site's addresses with some that fail."""

    urlpatterns = [
        path("fail/<name>/", fail),
        path("ru/fail/<name>/", fail),
        path("api/fail/<name>/", fail),
        path("gone/", gone),
        path("ru/gone/", gone),
        path("api/gone/", gone),
        *urls.urlpatterns,
    ]
    handler400, handler403 = urls.handler400, urls.handler403
    handler404, handler500 = urls.handler404, urls.handler500


@pytest.fixture
def failing(settings: Settings) -> Client:
    settings.ROOT_URLCONF = Urls
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("name", "status", "english", "russian"),
    [
        ("400", 400, "The request is not valid", "Запрос составлен неверно"),
        ("403", 403, "Not allowed", "Доступ запрещён"),
        ("500", 500, "Something went wrong here", "У нас что-то сломалось"),
        ("503", 503, "Not available just now", "Сейчас недоступно"),
        ("interface", 503, "Not available just now", "Сейчас недоступно"),
    ],
)
def test_failure_is_told_in_both_languages_without_the_database(
    failing: Client, name: str, status: int, english: str, russian: str
) -> None:
    response = failing.get(f"/fail/{name}/")
    page = read(response.content)
    assert response.status_code == status
    assert page.one("html")["lang"] == "en"
    assert page.texts("h1") == [english]
    assert [(part["lang"], part.texts("h2")) for part in page.all("section")] == [("ru", [russian])]
    assert response.headers["X-Request-Id"] in page.text
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.cookies == {}
    russian_page = read(failing.get(f"/ru/fail/{name}/").content)
    assert russian_page.one("html")["lang"] == "ru"
    assert russian_page.texts("h1") == [russian]


def test_outage_asks_to_come_back_later(failing: Client) -> None:
    assert failing.get("/fail/503/").headers["Retry-After"] == "10"


def test_database_that_is_gone_before_the_view_is_an_outage_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken() -> Any:
        raise OperationalError("could not connect to server")

    monkeypatch.setattr("publishing.conditional.current_version", broken)
    response = Client(raise_request_exception=False).get("/events/")
    assert response.status_code == 503
    assert read(response.content).texts("h1") == ["Not available just now"]


class Cancelled(Exception):  # stands in for the driver's error
    pgcode = "57014"


def test_statement_that_was_cancelled_is_a_failure_not_an_outage() -> None:
    error = OperationalError("canceling statement due to statement timeout")
    error.__cause__ = Cancelled()
    assert errors.is_outage(error) is False
    assert errors.is_outage(OperationalError("no connection")) is True
    assert errors.is_outage(ZeroDivisionError()) is False


def test_failure_does_not_need_collected_static_files(settings: Settings) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    response = errors.server_error(RequestFactory().get("/"))
    assert response.status_code == 500


@pytest.mark.parametrize("name", ["400", "404", "500", "503"])
def test_failure_under_api_is_problem_details(failing: Client, name: str) -> None:
    response = failing.get(f"/api/fail/{name}/")
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == int(name)
    assert response.json()["request_id"] == response.headers["X-Request-Id"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "title"),
    [("/nowhere/", "Not found"), ("/ru/nowhere/", "Не найдено"), ("/states/a%00b/", "Not found")],
)
def test_unknown_address_leads_on(client: Client, path: str, title: str) -> None:
    response = client.get(path)
    page = main_of(response.content)
    assert response.status_code == 404
    assert page.texts("h1") == [title]
    prefix = "/ru" if path.startswith("/ru/") else ""
    assert f"{prefix}/search/" in [url for _text, url in page.links()]
    assert response.cookies == {}


@pytest.mark.django_db
def test_withdrawn_record_is_gone(failing: Client) -> None:
    response = failing.get("/gone/")
    assert response.status_code == 410
    assert main_of(response.content).texts("h1") == ["No longer here"]
    assert main_of(failing.get("/ru/gone/").content).texts("h1") == ["Больше не публикуется"]
    assert failing.get("/api/gone/").json()["status"] == 410


def test_foreign_host_is_refused_and_not_echoed(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["tracker.example"]
    response = Client(raise_request_exception=False).get(
        "/events/", headers={"Host": "evil.example"}
    )
    assert response.status_code == 400
    assert b"evil.example" not in response.content


@override_settings(SITE_URL="https://tracker.example")
def test_robots_keep_out_of_admin_and_search(client: Client, db: None) -> None:
    response = client.get("/robots.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().splitlines() == [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /ru/admin/",
        "Disallow: /search/",
        "Disallow: /ru/search/",
        "",
        "Sitemap: https://tracker.example/sitemap.xml",
    ]


@override_settings(SITE_URL="https://tracker.example", DEFAULT_FROM_EMAIL="T <t@example.org>")
def test_security_txt_says_whom_to_tell(client: Client) -> None:
    fields = dict(
        line.split(": ", 1)
        for line in client.get("/.well-known/security.txt").content.decode().splitlines()
    )
    assert fields["Contact"] == "mailto:t@example.org"
    assert fields["Canonical"] == "https://tracker.example/.well-known/security.txt"
    assert fields["Expires"].endswith("T00:00:00Z")


NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


@override_settings(SITE_URL="https://tracker.example")
def test_sitemap_names_each_public_page_in_each_language(client: Client, db: None) -> None:
    make.event(slug="session")
    make.event(slug="draft", is_published=False)
    index = ElementTree.fromstring(client.get("/sitemap.xml").content)  # noqa: S314  # our own
    parts = [part.text or "" for part in index.iterfind("s:sitemap/s:loc", NAMES)]
    assert "https://tracker.example/sitemap-events-1.xml" in parts
    found: dict[str, dict[str, str]] = {}
    for part in parts:
        response = client.get(part.removeprefix("https://tracker.example"))
        tree = ElementTree.fromstring(response.content)  # noqa: S314  # our own
        for page in tree.iterfind("s:url", NAMES):
            found[page.findtext("s:loc", "", NAMES)] = {
                link.attrib["hreflang"]: link.attrib["href"]
                for link in page.iterfind("x:link", NAMES)
            }
    both = {
        "en": "https://tracker.example/events/session/",
        "ru": "https://tracker.example/ru/events/session/",
    }
    assert found[both["en"]] == found[both["ru"]] == both
    assert not any("draft" in address for address in found)
    for address in found:
        assert client.get(address.removeprefix("https://tracker.example")).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/sitemap-events-1.xml", "/sitemap-users-1.xml"])
def test_sitemap_without_rows_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_favicon_has_its_usual_address(client: Client) -> None:
    response = client.get("/favicon.ico")
    assert response.status_code == 302
    assert "icons/favicon" in response.headers["Location"]
