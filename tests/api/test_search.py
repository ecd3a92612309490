"""Search by programs: the same finds as the page, in every format."""

import csv
import io
import json
import xml.etree.ElementTree as ElementTree
from typing import Any

import openpyxl
import pytest
from django.test import Client

from csto_tracker.pages.searching import BY_NAME
from csto_tracker.searches import FIELDS
from tests import factories as make
from tests.pages.reading import main_of
from tests.pages.test_search import everything

pytestmark = pytest.mark.django_db
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def _found() -> None:
    everything("zebra")
    make.event(slug="draft", title="Draft zebra", is_published=False)


def results(client: Client, query: str = "q=zebra") -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/search/?{query}")
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


@pytest.mark.usefixtures("_found")
def test_it_finds_what_the_page_finds_and_each_address_answers(client: Client) -> None:
    found = results(client)
    assert {row["kind"] for row in found} == set(BY_NAME)
    page = main_of(client.get("/search/?q=zebra").content)
    hits = [link["href"] for section in page.all("section", "hits") for link in section.all("a")]
    assert {row["url"].removeprefix("http://127.0.0.1:8000") for row in found} <= set(hits)
    for row in found:
        assert list(row) == list(FIELDS)
        assert "zebra" in row["title"] + row["snippet"]
        record = client.get(row["api"].removeprefix("http://127.0.0.1:8000"))
        assert record.json()["key"] == row["key"]
        page = client.get(row["url"].partition("#")[0].removeprefix("http://127.0.0.1:8000"))
        assert "zebra" in page.content.decode()


@pytest.mark.usefixtures("_found")
def test_every_format_holds_the_same_rows(client: Client) -> None:
    for kind in ("", "events"):
        query = f"q=zebra&kind={kind}"
        keys = [(row["kind"], row["key"]) for row in results(client, query)]
        assert len(keys) == (1 if kind else len(BY_NAME))
        lines = client.get(f"/api/v1/search.jsonl?{query}").content.splitlines()
        assert [(row["kind"], row["key"]) for row in map(json.loads, lines)] == keys
        text = client.get(f"/api/v1/search.csv?{query}").content.decode()
        rows = list(csv.DictReader(io.StringIO(text)))
        assert [(row["kind"], row["key"]) for row in rows] == keys
        assert list(rows[0]) == list(FIELDS)
        book = openpyxl.load_workbook(io.BytesIO(client.get(f"/search.xlsx?{query}").content))
        assert [row[:2] for row in book["data"].iter_rows(min_row=2, values_only=True)] == keys
        plain = client.get(f"/search.json?{query}").json()
        assert [(row["kind"], row["key"]) for row in plain["results"]] == keys
        feed = ElementTree.fromstring(client.get(f"/ru/search.atom?{query}").content)  # noqa: S314  # ours
        assert len(feed.findall("a:entry", ATOM)) == len(keys)


@pytest.mark.usefixtures("_found")
def test_fields_are_chosen_in_every_format(client: Client) -> None:
    query = {"q": "zebra", "fields": "title,kind"}
    expected = [[row["kind"], row["title"]] for row in results(client)]
    answer = client.get("/api/v1/search/", query).json()["results"]
    assert [list(row) for row in answer] == [["kind", "title"]] * len(expected)
    assert [list(row.values()) for row in answer] == expected
    lines = client.get("/search.jsonl", query).content.splitlines()
    assert [list(json.loads(line).values()) for line in lines] == expected
    header, *rows = csv.reader(
        io.StringIO(client.get("/api/v1/search.csv", query).content.decode())
    )
    assert (header, rows) == (["kind", "title"], expected)
    page = main_of(client.get("/search/", query).content)
    assert page.one("thead").texts("th") == ["Kind", "Title"]
    labels = {str(kind.label): name for name, kind in BY_NAME.items()}
    assert [[labels[kind], title] for kind, title in page.rows()] == expected
    hidden = {(one["name"], one["value"]) for one in page.all("input")}
    assert ("fields", "title,kind") in hidden
    assert ("See the list as usual", "/search/?q=zebra") in page.links()
    for address in ("/search/", "/api/v1/search/", "/search.csv", "/search.atom"):
        refused = client.get(address, {"q": "zebra", "fields": "colour"})
        assert (refused.status_code, b"colour" in refused.content) == (400, True), address


@pytest.mark.usefixtures("_found")
def test_page_offers_the_files_of_its_question(client: Client) -> None:
    page = main_of(client.get("/search/?q=zebra&kind=events").content)
    links = page.one("nav", "downloads").links()
    assert [label for label, _url in links] == ["CSV", "Excel", "JSON", "JSON Lines"]
    for _label, url in links:
        assert client.get(url).status_code == 200
        assert url.endswith("?q=zebra&kind=events")


def test_other_spellings_and_guesses_are_told(client: Client) -> None:
    make.event(title="Exercise Rubezh", title_ru="Учение «Рубеж»")
    answer = client.get("/api/v1/search/?q=rubezh").json()
    assert "рубеж" in answer["searched"].lower()
    assert answer["matches"] == {"events": 1}
    assert client.get("/api/v1/search/?q=rubezhh").json()["instead"] != ""


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("", "q"),
        ("q=+", "q"),
        ("q=a&kind=cars", "kind"),
        ("q=a&page_size=5", "page_size"),
        (f"q={'a' * 201}", "q"),
    ],
)
@pytest.mark.parametrize("address", ["/api/v1/search/", "/api/v1/search.csv", "/search.xlsx"])
def test_bad_questions_are_refused_by_name(
    client: Client, address: str, query: str, name: str
) -> None:
    answer = client.get(f"{address}?{query}")
    assert answer.status_code == 400
    if address.startswith("/api/"):
        assert [error["parameter"] for error in answer.json()["errors"]] == [name]


def test_a_title_that_looks_like_a_formula_is_text_in_a_table(client: Client) -> None:
    make.event(title="=zebra()")
    text = client.get("/search.csv?q=zebra").content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["title"] == "'=zebra()"


def test_it_is_bounded(client: Client, django_assert_num_queries: Any) -> None:
    for _ in range(103):
        make.source(title="A zebra")
    answer = client.get("/api/v1/search/?q=zebra").json()
    assert (len(answer["results"]), answer["matches"]) == (100, {"sources": 103})
    page = client.get("/search/?q=zebra").content.decode()
    assert "A file holds the best 100 records of each kind." in page
    with django_assert_num_queries(2):  # The data version and the rows; names are known by now.
        client.get("/api/v1/search/?q=zebra")
