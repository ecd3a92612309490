"""Every list is a page that obeys the API's question."""

from typing import Any

import pghistory
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from pytest_django import DjangoAssertNumQueries

from csto_tracker.api import RESOURCES
from csto_tracker.pages.lists import LISTS
from publishing.changes import list_name, published_models
from publishing.models import RECORD_LOADED
from publishing.shape import columns
from tests import factories as make
from tests.api.cases import CASES, Case
from tests.pages.reading import main_of, read

pytestmark = pytest.mark.django_db
LIST = pytest.mark.parametrize("name", list(LISTS))


@pytest.mark.parametrize("prefix", ["", "/ru"])
@pytest.mark.parametrize("name", list(RESOURCES))
def test_every_list_has_a_page_and_an_entry_in_the_table_of_lists(
    client: Client, name: str, prefix: str
) -> None:
    page = main_of(client.get(f"{prefix}/{name}/").content)
    (title,) = page.texts("h1")
    table = main_of(client.get(f"{prefix}/feeds/").content)
    assert (title, f"{prefix}/{name}/") in table.links()
    assert ("Atom", f"{prefix}/{name}.atom") in table.links()
    refused = client.get(f"{prefix}/{name}/?colour=red")
    assert (refused.status_code, b"colour" in refused.content) == (400, True)


@pytest.mark.parametrize("name", list(RESOURCES))
def test_readers_of_feeds_find_the_list_as_it_is_filtered(client: Client, name: str) -> None:
    page = read(client.get(f"/{name}/?changed_since=2020-01-01&page_size=20").content)
    feeds = [one["href"] for one in page.all("link") if one["type"] == "application/atom+xml"]
    assert feeds == [f"/{name}.atom?changed_since=2020-01-01&page_size=20"]


@pytest.mark.django_db(transaction=True)  # a change is logged on commit
def test_log_of_changes_is_narrowed_by_a_form(client: Client) -> None:
    make.event(title="Summit")
    kinds = main_of(client.get("/changes/").content).by_id("filter-list")
    assert "Events" in kinds.texts("option")
    narrow = main_of(client.get("/changes/?list=events&change=added").content)
    assert {row[2] for row in narrow.rows()} == {"Summit"}
    none = main_of(client.get("/changes/?list=events&change=deleted").content)
    assert none.one("div", "empty").links() == [("The whole list", "/changes/")]


@pytest.mark.django_db(transaction=True)
def test_log_of_changes_leads_to_each_kind_of_record(client: Client) -> None:
    makers = {model: getattr(make, model.__name__.lower()) for model in published_models()}
    rows = {list_name(model): maker().key for model, maker in makers.items()}
    for name, key in rows.items():
        page = main_of(client.get(f"/changes/?list={name}&record={key}").content)
        (address,) = {url for _text, url in page.one("tbody").links()}
        assert client.get(address).status_code == 200, address
        if "#" in address:
            main_of(client.get(address).content).by_id(address.partition("#")[2])


@LIST
@pytest.mark.parametrize("rows", [1, 3])
def test_table_has_the_rows_of_the_api_at_few_queries(
    client: Client, django_assert_max_num_queries: Any, name: str, rows: int
) -> None:
    case: Case = CASES[name]
    for _ in range(rows):
        case.make()
    with django_assert_max_num_queries(4):  # Version, rows, choices of the form, coverage.
        page = main_of(client.get(f"/{name}/").content)
    listed = client.get(reverse(f"api:{name}-list")).json()["results"]
    assert len(page.rows()) == len(listed) >= rows
    assert all(len(row) == len(LISTS[name].fields) for row in page.rows())
    empty = client.get(f"/{name}/?changed_since=2999-01-01")
    assert main_of(empty.content).one("div", "empty").links() == [("The whole list", f"/{name}/")]


@LIST
def test_fields_choose_the_columns(client: Client, name: str) -> None:
    row = CASES[name].make()
    fields = list(columns(RESOURCES[name].serializer_class()))
    whole = main_of(client.get(f"/{name}/?fields={','.join(fields[:-1])}").content)
    assert len(whole.one("thead").texts("th")) == len(fields) - 1
    page = main_of(client.get(f"/{name}/?fields=changed_at,key").content)
    assert page.one("thead").texts("th") == ["Key", "Changed at"]
    assert row.key in [cells[0] for cells in page.rows()]
    refused = client.get(f"/{name}/?fields=colour")
    assert (refused.status_code, "colour" in refused.content.decode()) == (400, True)


def test_cells_are_in_words_and_lead_on(client: Client) -> None:
    state = make.state("AM", name="Armenia", name_ru="Армения", slug="armenia")
    make.membership(
        state=state, status="member", since="2003-09-18", said_by="A minister", said_by_ru="Министр"
    )
    page = main_of(client.get("/memberships/").content)
    assert page.rows() == [["Armenia", "Member", "18 September 2003", "—", "A minister", "—"]]
    assert ("Armenia", "/states/armenia/") in page.one("tbody").links()
    russian = main_of(client.get("/ru/memberships/").content)
    assert russian.rows()[0][0] == "Армения"
    assert russian.rows()[0][4] == "Министр"
    assert ("Армения", "/ru/states/armenia/") in russian.one("tbody").links()


def test_page_asks_what_the_api_asks(client: Client) -> None:
    for code, status in (("AM", "member"), ("UZ", "suspended"), ("KG", "member")):
        state = make.state(code, name=code, slug=code.lower())
        make.membership(state=state, status=status, since="2003-09-18", until="2010-01-01")
    for query in (
        "status=member",
        "not_status=member",
        "state=UZ,KG",
        "as_of=2004-01-01",
        "as_of=2020-01-01",
        "ordering=-changed",
        "page_size=2",
    ):
        page = main_of(client.get(f"/memberships/?{query}").content)
        answer = client.get(f"/api/v1/memberships/?{query}").json()
        assert [row[0] for row in page.rows()] == [row["state"] for row in answer["results"]], query
        assert any(link["rel"] == "next" for link in page.all("a")) is bool(answer["next"])


def test_pages_with_a_design_of_their_own_ask_it_too(client: Client) -> None:
    armenia, belarus = make.state("AM", slug="armenia"), make.state("BY", slug="belarus")
    make.membership(state=armenia, since="2003-09-18", status="participation-frozen")
    make.membership(state=belarus, since="2003-09-18", status="member")
    make.presidency(2024, state=armenia, slug="armenia-2024")
    make.presidency(2025, state=belarus, slug="belarus-2025")
    make.body(slug="council", kind="statutory")
    make.body(slug="forces", kind="force")
    for path, query, shown, hidden in (
        ("states", "status=member", "belarus", "armenia"),
        ("states", "not_status=member", "armenia", "belarus"),
        ("presidencies", "state=AM", "armenia-2024", "belarus-2025"),
        ("presidencies", "as_of=2024-06-01", "armenia-2024", "belarus-2025"),
        ("presidencies", "page_size=1", "belarus-2025", "armenia-2024"),
        ("bodies", "kind=statutory", "council", "forces"),
    ):
        whole = main_of(client.get(f"/{path}/").content)
        page = main_of(client.get(f"/{path}/?{query}").content)
        for slug in (shown, hidden):
            assert f"/{path}/{slug}/" in [link["href"] for link in whole.all("a")]
        links = [link["href"] for element in _lists(page) for link in element.all("a")]
        assert f"/{path}/{shown}/" in links, query
        assert f"/{path}/{hidden}/" not in links, query


def _lists(page: Any) -> list[Any]:
    """The tables and lists of rows, without the map."""
    return [*page.all("tbody"), *page.all("ol", "history"), *page.all("dl", "bodies")]


def test_upcoming_events_are_a_filter(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make.event(slug="past", date="2020", status="announced")
    make.event(slug="planned", date="2998", status="announced")
    make.event(slug="odd", date="2998", status="cancelled")
    for value, expected in (("true", ["planned"]), ("false", ["odd", "past"])):
        with django_assert_num_queries(2):
            answer = client.get(f"/api/v1/events/?upcoming={value}").json()
        assert sorted(row["key"] for row in answer["results"]) == expected
    assert client.get("/events.atom?upcoming=true").content.count(b"<entry>") == 1


def test_log_of_changes_says_in_words_why_and_leaves_those_of_curators(client: Client) -> None:
    for reason in (RECORD_LOADED, "It was a typing error."):
        with pghistory.context(reason=reason, by="test"):
            make.state()
    for language, path in (("en", "/changes/"), ("ru", "/ru/changes/")):
        with translation.override(language):
            why = [row[-1] for row in main_of(client.get(path).content).rows()]
            assert set(why) == {gettext(RECORD_LOADED), "It was a typing error."}
