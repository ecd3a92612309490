"""The tables of the matrix as files: every figure of the page, and the list behind it."""

import csv
import io
import json
from collections import Counter
from typing import Any

import openpyxl
import pytest
from django.test import Client

from csto_tracker.matrices import FIELDS
from tests import factories as make
from tests.pages.reading import main_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _record() -> None:
    term = make.presidency(2026, slug="russia-2026", title="Russia 2026")
    theme = make.theme(slug="military", title="Military")
    priority = make.priority(presidency=term, slug="drugs", title="Drugs", number=1, theme=theme)
    make.priority(presidency=term, slug="quiet", title="Quiet", number=2, theme=theme)
    kg = make.state("KG", name="Kyrgyzstan")
    make.membership(state=kg, since="2002")
    for date, relation, role in (
        ("2025-11-02", "mentions", "host"),
        ("2026-03-05", "implements", "participant"),
        ("2026-03", "implements", "absent"),
    ):
        event = make.event(date=date)
        make.contribution(event=event, priority=priority, relation=relation)
        make.attendance(event=event, state=kg, role=role)
    make.assessment(priority=priority, as_of="2026-04-01", completion="limited")


def rows(client: Client, query: str = "presidency=russia-2026") -> list[dict[str, Any]]:
    answer = client.get(f"/matrix.json?{query}")
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def test_figures_are_those_of_the_page(client: Client) -> None:
    found = {
        (row["table"], row["row"], row["column"], row["kind"]): row["number"]
        for row in rows(client)
        if row["number"]
    }
    assert found == {
        ("months", "russia-2026:drugs", "before", "mentions"): 1,
        ("months", "russia-2026:drugs", "2026-03", "implements"): 2,
        ("states", "russia-2026:drugs", "KG", "hosted"): 1,
        ("states", "russia-2026:drugs", "KG", "took-part"): 1,
        ("states", "russia-2026:drugs", "KG", "absent"): 1,
        ("themes", "military", "russia-2026", "limited"): 1,
        ("themes", "military", "russia-2026", "not-yet"): 1,
    }
    page = main_of(client.get("/matrix/?presidency=russia-2026").content)
    for name in ("months", "states", "themes"):
        cells = page.one("table", f"matrix-{name}").one("tbody").all("td")
        shown = [int(mark.text) for cell in cells for mark in cell.all("span")]
        assert sum(shown) == sum(row["number"] for row in rows(client, f"table={name}"))


def test_each_cell_has_a_row_and_each_figure_its_list(client: Client) -> None:
    found = rows(client)
    cells = Counter((row["table"], row["row"], row["column"]) for row in found)
    assert len([cell for cell in cells if cell[0] == "months"]) == 2 * 13  # and “before”
    quiet = [row for row in found if row["row"] == "russia-2026:quiet"]
    assert {(row["number"], row["kind"], row["url"]) for row in quiet} == {(0, "", "")}
    for row in found:
        if row["number"]:
            path = row["url"].removeprefix("http://127.0.0.1:8000")
            assert client.get(path).status_code == 200


def test_every_format_holds_the_same_rows(client: Client) -> None:
    expected = [list(row.values()) for row in rows(client)]
    query = "presidency=russia-2026"
    table = client.get(f"/matrix.csv?{query}&bom=false").content.decode()
    header, *lines = csv.reader(io.StringIO(table))
    assert header == list(FIELDS)
    assert lines == [[str(value) for value in row] for row in expected]
    text = client.get(f"/api/v1/matrix.jsonl?{query}").content
    assert [list(json.loads(line).values()) for line in text.splitlines()] == expected
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/matrix.xlsx?{query}").content))
    sheet = [[value or "" for value in row] for row in book["data"].iter_rows(values_only=True)]
    assert sheet[1:] == [[value or "" for value in row] for row in expected]


def test_titles_are_in_the_language_of_the_address(client: Client) -> None:
    make.State.objects.update(name_ru="Киргизия")
    found = client.get("/ru/matrix.json?table=states").json()["results"]
    assert {row["column_title"] for row in found} == {"Киргизия"}


def test_page_offers_each_table(client: Client) -> None:
    page = main_of(client.get("/matrix/").content)
    links = [url for part in page.all("", "downloads") for _label, url in part.links()]
    own = [url for url in links if url.startswith("/matrix.")]
    assert len(own) == 3 * 4
    for url in own:
        assert client.get(url).status_code == 200


@pytest.mark.parametrize(
    ("query", "name"),
    [("table=years", "table"), ("presidency=mars-2026", "presidency"), ("colour=red", "colour")],
)
def test_bad_questions_are_refused_by_name(client: Client, query: str, name: str) -> None:
    for address in ("/matrix.json", "/matrix.csv", "/api/v1/matrix.xlsx"):
        answer = client.get(f"{address}?{query}")
        assert answer.status_code == 400
        assert name in answer.content.decode()
    assert client.get("/matrix.atom").status_code == 404
