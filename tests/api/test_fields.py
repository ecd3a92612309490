"""`fields` chooses what an answer holds, in every format alike."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from csto_tracker.api import RESOURCES
from publishing.shape import columns
from tests import factories as make
from tests.api.cases import CASES, Case

pytestmark = pytest.mark.django_db
RESOURCE = pytest.mark.parametrize(
    ("name", "case"), CASES.items(), ids=lambda value: value if isinstance(value, str) else ""
)


@RESOURCE
def test_only_the_fields_named_are_answered(client: Client, name: str, case: Case) -> None:
    row = case.make()
    *_others, field, last = columns(RESOURCES[name].serializer_class())
    query = {"fields": f"{last},key,{field}"}
    detail = reverse(f"api:{name}-detail", args=[row.key])
    whole = client.get(detail).json()
    expected = {one: whole[one] for one in whole if one in {"key", field, last}}
    assert client.get(detail, query).json() == expected
    for address in (reverse(f"api:{name}-list"), f"/{name}.json"):
        assert expected in client.get(address, query).json()["results"]
    header = b"".join(client.get(f"/api/v1/{name}.csv", query)).decode().partition("\n")[0]
    assert header.split(",") == list(expected)
    for address in (detail, reverse(f"api:{name}-list"), f"/{name}.jsonl", f"/{name}.csv"):
        refused = client.get(address, {"fields": "key,colour"})
        assert (refused.status_code, b"colour" in refused.content) == (400, True)


@pytest.mark.django_db(transaction=True)  # the lines are read over a connection of their own
def test_lines_have_them_too(client: Client) -> None:
    row = make.event()
    lines = b"".join(client.get("/events.jsonl", {"fields": "title,key"})).splitlines()
    assert [json.loads(line) for line in lines] == [{"key": row.key, "title": row.title}]


def test_fields_go_with_expand_and_with_a_day(
    client: Client, django_assert_num_queries: Any
) -> None:
    make.event(slug="one")
    query = {"fields": "key", "expand": "sources"}
    with django_assert_num_queries(2):
        answer = client.get("/api/v1/events/one/", query)
    assert list(answer.json()) == ["key", "expanded"]
    with django_assert_num_queries(2):
        listed = client.get("/api/v1/events/", query)
    assert listed.json()["results"] == [answer.json()]
    priority = make.priority()
    address = reverse("api:priorities-detail", args=[priority.key])
    dated = client.get(address, {"fields": "title,key", "as_of": "9999-12-31"}).json()
    assert list(dated) == ["asked", "key", "title"]


@pytest.mark.parametrize("extension", ["json", "jsonl", "xlsx", "atom", "ics"])
def test_only_csv_has_a_byte_order_mark(client: Client, extension: str) -> None:
    make.event()
    assert client.get("/events.csv?bom=false").status_code == 200
    refused = client.get(f"/api/v1/events.{extension}?bom=true")
    assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (400, "bom")
