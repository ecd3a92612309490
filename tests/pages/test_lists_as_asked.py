"""`fields` and `expand` on the page of any list: what the API answers, as a table in words."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from csto_tracker.api import RESOURCES
from csto_tracker.pages.lists import DESIGNED
from publishing.expanding import expansions
from publishing.shape import columns
from tests import factories as make
from tests.api.cases import CASES, Case
from tests.pages.reading import Element, main_of

pytestmark = pytest.mark.django_db
LIST = pytest.mark.parametrize(
    ("name", "case"), CASES.items(), ids=lambda value: value if isinstance(value, str) else ""
)


def page(client: Client, address: str, **query: Any) -> Element:
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.content
    return main_of(answer.content)


def heads(found: Element) -> list[str]:
    return found.one("thead").texts("th")


@LIST
def test_page_shows_exactly_the_fields_named(client: Client, name: str, case: Case) -> None:
    row = case.make()
    every = list(columns(RESOURCES[name].serializer_class()))
    for prefix in ("", "/ru"):
        whole = page(client, f"{prefix}/{name}/", fields=",".join(every))
        assert len(heads(whole)) == len(every)
        assert [head for head in heads(whole) if head in every or "_" in head] == []
        assert row.key in [cells[0] for cells in whole.rows()]
    two = page(client, f"/{name}/", fields=f"{every[-1]},key")
    assert len(heads(two)) == 2
    assert ("See the list as usual", f"/{name}/") in two.links()
    listed = client.get(f"/api/v1/{name}/", {"fields": "key"}).json()["results"]
    assert [cells[0] for cells in two.rows()] == [one["key"] for one in listed]
    refused = client.get(f"/{name}/", {"fields": "colour"})
    assert (refused.status_code, b"colour" in refused.content) == (400, True)


@LIST
def test_page_shows_the_records_expanded(client: Client, name: str, case: Case) -> None:
    case.make()
    found = list(expansions(RESOURCES[name].serializer_class))
    if not found:
        assert client.get(f"/{name}/", {"expand": "sources"}).status_code == 400
        return
    asked = {"fields": "key", "expand": ",".join(found)}
    shown = page(client, f"/{name}/", **asked)
    answer = client.get(f"/api/v1/{name}/", asked).json()["results"]
    for line, row in zip(shown.one("tbody").all("tr"), answer, strict=True):
        records = [row["expanded"][one] for one in found]
        expected = [len(one) if isinstance(one, list) else int(bool(one)) for one in records]
        assert [len(cell.all("a")) for cell in line.all("td")] == expected
    assert len(heads(page(client, f"/{name}/", expand=found[-1]))) > 1
    assert client.get(f"/{name}/", {"expand": "colour"}).status_code == 400


def test_texts_are_those_of_the_field_named(client: Client) -> None:
    make.event(title="Exercise", title_ru="Учение", kind="exercise", date="2026-05-01")
    fields = "title,title_ru,date,kind"
    assert page(client, "/ru/events/", fields=fields).rows() == [
        ["Учение", "Exercise", "Учение", "1 мая 2026 года"]
    ]
    assert heads(page(client, "/ru/events/", fields="title")) == ["Название"]
    for prefix, language, text in (("/ru", "en", "Exercise"), ("", "ru", "Учение")):
        marked = page(client, f"{prefix}/events/", fields=fields).one("tbody").all("span")
        assert [(one["lang"], one.text) for one in marked] == [(language, text)]


def test_nested_rows_are_in_words(client: Client) -> None:
    state = make.state("AM", name="Armenia")
    make.membership(
        state=state, since="2003-09-18", status="member", said_by="A minister", said_by_ru="Министр"
    )
    (row,) = page(client, "/states/", fields="name,memberships").rows()
    assert row == ["Armenia", "Member · 18 September 2003 · A minister"]
    priority = make.priority()
    make.assessment(priority=priority, completion="limited", is_provisional=True)
    ((_key, said),) = page(client, "/priorities/", fields="key,assessments").rows()
    assert said.endswith("provisional")


def test_filters_page_and_frame_keep_what_is_shown(client: Client) -> None:
    term = make.presidency(2026)
    for number in (1, 2):
        make.priority(presidency=term, number=number, title=f"Priority {number}")
    other = make.priority(presidency=make.presidency(2025), title="Other")
    own = reverse("priorities:of-presidency", args=[term.slug])
    shown = page(client, own, fields="title", page_size=1, as_of="2026-02-01")
    assert shown.rows() == [["Priority 1"]]
    hidden = {(one["name"], one["value"]) for one in shown.all("input")}
    assert {("fields", "title"), ("page_size", "1"), ("as_of", "2026-02-01")} <= hidden
    following = next(link["href"] for link in shown.all("a") if link["rel"] == "next")
    assert page(client, following).rows() == [["Priority 2"]]
    assert other.title not in shown.text
    for query in ({}, {"fields": "title"}):
        files = dict(page(client, own, **query).one("nav", "downloads").links())
        found = client.get(files["JSON"]).json()["results"]
        assert [one["title"] for one in found] == ["Priority 1", "Priority 2"]
    frame = client.get("/embed/priorities/", {"fields": "title,sources"})
    assert heads(main_of(frame.content)) == ["Title", "Sources"]
    assert client.get("/embed/priorities.svg", {"fields": "title"}).status_code == 200


@pytest.mark.parametrize("name", DESIGNED)
def test_empty_fields_leave_the_page_as_it_is(client: Client, name: str) -> None:
    CASES[name].make()
    plain = page(client, f"/{name}/").text
    asked = page(client, f"/{name}/", fields="", expand="").text
    assert asked.replace("?fields=&amp;expand=", "") == plain
