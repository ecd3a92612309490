"""`expand` puts related records beside their keys: as their own resource has them, at no query."""

import csv
import io
import json
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from csto_tracker.api import RESOURCES
from events.models import Event
from publishing.expanding import SERIALIZERS, expansions
from tests import factories as make
from tests.api.cases import CASES, Case

pytestmark = pytest.mark.django_db
RESOURCE = pytest.mark.parametrize(
    ("name", "case"),
    [(name, case) for name, case in CASES.items() if expansions(RESOURCES[name].serializer_class)],
    ids=lambda value: value if isinstance(value, str) else "",
)
LISTS = {viewset.serializer_class: name for name, viewset in RESOURCES.items()}


def keys_at(row: dict[str, Any], name: str) -> list[str]:
    """The keys that a row has where an expansion's name points."""
    outer, _dot, inner = name.partition(".")
    value = row[outer]
    if inner:
        return [one[inner] for one in value if one[inner] is not None]
    return value if isinstance(value, list) else [value] if value else []


@RESOURCE
def test_records_are_those_of_their_own_resource(client: Client, name: str, case: Case) -> None:
    row = case.make()
    found = expansions(RESOURCES[name].serializer_class)
    query = {"expand": ",".join(found)}
    detail = client.get(reverse(f"api:{name}-detail", args=[row.key]), query).json()
    listed = client.get(reverse(f"api:{name}-list"), query).json()["results"]
    assert detail in listed
    expanded = detail.pop("expanded")
    assert detail == client.get(reverse(f"api:{name}-detail", args=[row.key])).json()
    assert list(expanded) == list(found)
    for path, value in expanded.items():
        several = found[path].several
        records = value if several else [value] if value else []
        assert [one["key"] for one in records] == keys_at(detail, path)
        own = LISTS[found[path].serializer]
        for one in records:
            assert one == client.get(reverse(f"api:{own}-detail", args=[one["key"]])).json()


@RESOURCE
@pytest.mark.parametrize("rows", [1, 3])
def test_it_costs_no_query(
    client: Client, django_assert_num_queries: Any, name: str, case: Case, rows: int
) -> None:
    for _ in range(rows):
        case.make()
    query = {"expand": ",".join(expansions(RESOURCES[name].serializer_class))}
    with django_assert_num_queries(2):  # The data version, and the rows.
        assert client.get(reverse(f"api:{name}-list"), query).status_code == 200


def test_every_kind_that_is_referred_to_has_a_resource() -> None:
    assert set(SERIALIZERS.values()) == set(LISTS)


def test_a_draft_stays_hidden(client: Client) -> None:
    event = make.event(slug="one")
    hidden = make.priority(title="Hidden priority")
    make.contribution(event=event, priority=hidden)
    make.contribution(event=event, priority=make.priority(title="Shown priority"))
    make.Priority.objects.filter(pk=hidden.pk).update(is_published=False)
    answer = client.get("/api/v1/events/one/", {"expand": "contributions.priority"})
    records = answer.json()["expanded"]["contributions.priority"]
    assert [one["title"] for one in records] == ["Shown priority"]


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/events/",
        "/api/v1/events/one/",
        "/events/",
        *(f"/events.{extension}" for extension in ("jsonl", "csv", "xlsx", "atom", "ics")),
    ],
)
def test_other_names_are_refused_with_those_possible(client: Client, address: str) -> None:
    make.event(slug="one")
    answer = client.get(address, {"expand": "sources,author"})
    assert answer.status_code == 400
    text = answer.content.decode()
    for word in ("expand", "author", "attendances.state", "contributions.priority"):
        assert word in text


@pytest.mark.parametrize("address", ["/themes/", "/api/v1/themes/", "/themes.csv"])
def test_it_is_refused_where_nothing_is_referred_to(client: Client, address: str) -> None:
    answer = client.get(address, {"expand": "sources"})
    assert answer.status_code == 400
    assert b"expand" in answer.content


def test_with_as_of_both_are_obeyed(client: Client) -> None:
    term = make.presidency(2026)
    answer = client.get(
        reverse("api:presidencies-detail", args=[term.key]),
        {"as_of": "2026-03-01", "expand": "state"},
    ).json()
    assert answer["asked"]["as_of"] == "2026-03-01"
    assert answer["expanded"]["state"]["code"] == term.state.code


@pytest.mark.django_db(transaction=True)
def test_json_lines_hold_them_too(client: Client) -> None:
    source = make.source(slug="agency")
    make.event(slug="one", sources=[source])
    lines = client.get("/api/v1/events.jsonl", {"expand": "sources", "fields": "key"})
    (row,) = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert list(row) == ["key", "expanded"]
    assert [one["key"] for one in row["expanded"]["sources"]] == ["agency"]
    assert Event.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_tables_hold_them_as_json(client: Client) -> None:
    source = make.source(slug="agency", title="=Agency")
    make.event(slug="one", sources=[source])
    query = {"expand": "sources,contributions.priority", "fields": "key"}
    text = b"".join(client.get("/api/v1/events.csv", query)).decode()
    (row,) = csv.DictReader(io.StringIO(text))
    assert list(row) == ["key", "expanded.sources", "expanded.contributions.priority"]
    listed = client.get("/api/v1/events/", query).json()["results"][0]["expanded"]
    assert json.loads(row["expanded.sources"]) == listed["sources"]
    assert row["expanded.contributions.priority"] == "[]"
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get("/events.xlsx", query))))
    header, cells = book["data"].iter_rows(values_only=True)
    assert dict(zip(header, cells, strict=True)) == row
    assert "expanded.sources" in [line[0] for line in book["about"].iter_rows(values_only=True)]
    for extension in ("atom", "ics"):
        assert client.get(f"/events.{extension}", query).status_code == 200
