"""What holds for every resource: list, detail, paging, filters, refusals, query counts, drafts."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from csto_tracker.api import RESOURCES
from tests import factories as make
from tests.api.cases import CASES, Case

pytestmark = pytest.mark.django_db
RESOURCE = pytest.mark.parametrize(("name", "case"), CASES.items(), ids=CASES)


def url(name: str, key: str = "") -> str:
    return reverse(f"api:{name}-detail", args=[key]) if key else reverse(f"api:{name}-list")


def keys(answer: Any) -> list[str]:
    return [row["key"] for row in answer.json()["results"]]


def test_every_resource_has_a_case() -> None:
    assert set(CASES) == set(RESOURCES)


@RESOURCE
def test_list_and_detail_show_the_same_row(client: Client, name: str, case: Case) -> None:
    row = case.make()
    detail = client.get(url(name, row.key)).json()
    found = [one for one in client.get(url(name)).json()["results"] if one["key"] == row.key]
    assert found == [detail]
    assert list(detail) == list(RESOURCES[name].serializer_class().fields)


@RESOURCE
def test_filter_leaves_the_row_asked_for(client: Client, name: str, case: Case) -> None:
    row, *_others = [case.make() for _ in range(2)]
    assert row.key in keys(client.get(url(name), case.filter(row)))


@RESOURCE
def test_every_ordering_pages_through_all_rows_once_and_back(
    client: Client, name: str, case: Case
) -> None:
    for _ in range(5):
        case.make()
    for ordering in RESOURCES[name].record_filters.orderings:
        whole = keys(client.get(url(name), {"ordering": ordering, "page_size": 100}))
        forwards, backwards = [], []
        answer = client.get(url(name), {"ordering": ordering, "page_size": 2})
        while True:
            forwards += keys(answer)
            following = answer.json()["next"]
            if following is None:
                break
            answer = client.get(following)
        while True:
            backwards = keys(answer) + backwards
            before = answer.json()["previous"]
            if before is None:
                break
            answer = client.get(before)
        assert forwards == whole, ordering
        assert backwards == whole, ordering


@RESOURCE
def test_unknown_parameter_is_refused_by_name(client: Client, name: str, case: Case) -> None:
    answer = client.get(url(name), {"nonsense": "1", "page_size": "0"})
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert [error["parameter"] for error in answer.json()["errors"]] == ["nonsense"]


@pytest.mark.parametrize(
    "query",
    [
        {"page_size": "0"}, {"page_size": "501"}, {"page_size": "x"}, {"cursor": "x"},
        {"cursor": "WzAsMV0"}, {"ordering": "created_by__password"}, {"ordering": "-"},
        {"changed_since": "yesterday"},
    ],
)  # fmt: skip
@RESOURCE
def test_bad_value_is_refused_by_name(
    client: Client, name: str, case: Case, query: dict[str, str]
) -> None:
    answer = client.get(url(name), query)
    assert answer.status_code == 400
    assert [error["parameter"] for error in answer.json()["errors"]] == list(query)


@RESOURCE
def test_unknown_key_is_404_as_a_problem(client: Client, name: str, case: Case) -> None:
    answer = client.get(url(name, "no:such:key"))
    assert (answer.status_code, answer.json()["status"]) == (404, 404)
    assert answer.headers["Content-Type"] == "application/problem+json"


@RESOURCE
def test_writing_is_not_allowed(client: Client, name: str, case: Case) -> None:
    for method in (client.post, client.put, client.patch, client.delete):
        answer = method(url(name), content_type="application/json")
        assert answer.status_code == 405
        assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


@RESOURCE
@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_two_queries_whatever_it_holds(
    client: Client, django_assert_num_queries: Any, name: str, case: Case, rows: int
) -> None:
    for _ in range(rows):
        case.make()
    with django_assert_num_queries(2):  # The data version, and the rows.
        client.get(url(name))


@RESOURCE
def test_detail_costs_two_queries(
    client: Client, django_assert_num_queries: Any, name: str, case: Case
) -> None:
    row = case.make()
    with django_assert_num_queries(2):
        client.get(url(name, row.key))


@RESOURCE
def test_what_is_unchanged_is_304_for_one_query(
    client: Client, django_assert_num_queries: Any, name: str, case: Case
) -> None:
    case.make()
    tag = client.get(url(name)).headers["ETag"]
    with django_assert_num_queries(1):
        answer = client.get(url(name), headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content) == (304, b"")


@pytest.mark.django_db(transaction=True)
@RESOURCE
def test_etag_is_strong_and_moves_with_public_changes_only(
    client: Client, name: str, case: Case
) -> None:
    case.make()
    first = client.get(url(name)).headers["ETag"]
    CASES["events"].make()
    second = client.get(url(name)).headers["ETag"]
    assert first.startswith('"')
    assert first != second


@RESOURCE
def test_any_origin_may_read_and_no_cookie_is_set(client: Client, name: str, case: Case) -> None:
    answer = client.get(url(name), headers={"Origin": "https://example.org"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answer.headers
    assert answer.cookies == {}


@RESOURCE
def test_links_in_the_header_say_what_the_body_says(client: Client, name: str, case: Case) -> None:
    for _ in range(3):
        case.make()
    answer = client.get(url(name), {"page_size": 1})
    assert answer.headers["Link"].startswith(f'<{answer.json()["next"]}>; rel="next", ')


def test_priority_shows_what_it_takes_up_and_what_became_of_it(client: Client) -> None:
    link = CASES["lineage"].make()
    make.assessment(priority=link.later, as_of="2025-12-31", number=1)
    newer = make.assessment(priority=link.later, as_of="2026-02-15", number=2)
    make.assessment(priority=link.later, as_of="2026-03-01", number=3, is_published=False)
    later = client.get(url("priorities", link.later.key)).json()
    earlier = client.get(url("priorities", link.earlier.key)).json()
    assert [one["priority"] for one in later["takes_up"]] == [link.earlier.key]
    assert [one["priority"] for one in earlier["taken_up_by"]] == [link.later.key]
    assert (later["taken_up_by"], earlier["takes_up"], earlier["assessments"]) == ([], [], [])
    assert [one["as_of"] for one in later["assessments"]] == ["2026-02-15", "2025-12-31"]
    assert later["assessments"][0]["key"] == newer.key


def test_passages_are_shown_with_their_offsets(client: Client) -> None:
    passage = CASES["passages"].make()
    priority = passage.priorities.get()
    shown = client.get(url("priorities", priority.key)).json()["passages"][0]
    assert (shown["passage"], shown["quote"]) == (passage.key, passage.quote)
    assert (shown["start"], shown["end"]) == (passage.start, passage.end)
    source = client.get(url("sources", passage.source.key)).json()
    assert [one["key"] for one in source["passages"]] == [passage.key]


def test_lists_are_compact_json_of_whole_rows(client: Client) -> None:
    row = CASES["events"].make()
    found = json.loads(client.get(url("events")).content)["results"][0]
    assert found["attendances"][0]["state"] == row.attendances.get().state.code
    assert found["contributions"][0]["priority"] == row.contributions.get().priority.key
    assert found["sources"] == [row.sources.get().slug]


@pytest.mark.parametrize("name", ["record", "q", "source", "changed_since"])
def test_null_character_is_refused_by_name(client: Client, name: str) -> None:
    path = url("changes" if name == "record" else "events")
    answer = client.get(path, {name: "a\x00b"})
    assert answer.status_code == 400
    assert "null character" in answer.json()["detail"]
    assert [error["parameter"] for error in answer.json()["errors"]] == [name]


def test_null_character_in_a_search_of_all_lists_is_told_as_such(client: Client) -> None:
    answer = client.get("/api/v1/search/", {"q": "a\x00b"})
    assert (answer.status_code, "null character" in answer.json()["detail"]) == (400, True)


def test_star_matches_what_there_is_and_no_wrong_question(client: Client) -> None:
    star = {"If-None-Match": "*"}
    assert client.get(url("events"), headers=star).status_code == 304
    assert client.get(url("events") + "?kind=party", headers=star).status_code == 400
    assert client.get(url("events", "no-such-key"), headers=star).status_code == 404


def test_empty_day_counts_as_left_out(client: Client) -> None:
    make.state()
    assert client.get(url("states") + "?as_of=").content == client.get(url("states")).content
