"""Search over all kinds of record."""

from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from csto_tracker.pages import searching
from csto_tracker.pages.searching import BY_NAME, KINDS, START, STOP, Group, find, pieces
from events.models import Event
from tests import factories as make
from tests.pages.reading import Element, main_of

pytestmark = pytest.mark.django_db


def results(client: Client, path: str) -> dict[str, list[str]]:
    """Links of the hits by heading."""
    page = main_of(client.get(path).content)
    return {
        group.texts("h2")[0]: [
            hit.all("a")[0].text for hit in group.one("ol").content if isinstance(hit, Element)
        ]
        for group in page.all("section", "hits")
    }


def everything(word: str, **options: Any) -> None:
    """One public record of each kind with the word in it."""
    presidency = make.presidency(2026, slug="russia-2026", title=f"Presidency {word}")
    make.state("RU", name=f"State {word}", slug="russia")
    make.priority(presidency=presidency, slug="borders", title=f"Priority {word}")
    make.event(slug="session", title=f"Event {word}", date="2026-01")
    make.body(slug="council", name=f"Body {word}")
    make.claim(slug="done", presidency=presidency, claimant="A minister", text=f"Claim {word}.")
    make.source(slug="agency", title=f"Source {word}", date="2026-01-13")


def test_every_kind_of_record_is_found_and_linked(client: Client) -> None:
    everything("narcotics")
    page = main_of(client.get("/search/?q=narcotics").content)
    hits = {
        group["aria-labelledby"].removeprefix("hits-"): group.one("ol").links()
        for group in page.all("section", "hits")
    }
    assert hits == {
        "states": [("State narcotics", "/states/russia/")],
        "presidencies": [("Presidency narcotics", "/presidencies/russia-2026/")],
        "priorities": [
            ("Priority narcotics", "/presidencies/russia-2026/priorities/borders/"),
        ],
        "events": [("Event narcotics", "/events/session/")],
        "bodies": [("Body narcotics", "/bodies/council/")],
        "claims": [("A minister", "/presidencies/russia-2026/#claim-done")],
        "sources": [("Source narcotics", "/sources/agency/")],
    }


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("exercise", "Exercises of the forces"),
        ("EXERCISING", "Exercises of the forces"),
        ("учение", "Учения сил"),
        ("учениями", "Учения сил"),
        ('"of the forces"', "Exercises of the forces"),
        ("exercise -summit", "Exercises of the forces"),
        ("exercise OR nothing", "Exercises of the forces"),
    ],
)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_words_match_in_any_form_in_both_languages(query: str, title: str, language: str) -> None:
    make.event(title="Exercises of the forces", title_ru="Учения сил")
    make.event(title="Summit exercise", title_ru="Саммит", is_published=False)
    with translation.override(language):
        assert titles(find(query)) == [title]


def titles(groups: list[Group]) -> list[str]:
    return ["".join(text for text, _ in hit.title) for group in groups for hit in group.hits]


def test_hit_found_in_the_other_language_only_is_shown_in_that_language() -> None:
    make.event(title="Frontier-2026", title_ru="Рубеж-2026")
    assert titles(find("Рубеж")) == ["Рубеж-2026"]
    with translation.override("ru"):
        assert titles(find("frontier")) == ["Frontier-2026"]


def test_words_found_are_marked_in_title_and_snippet(client: Client) -> None:
    make.event(title="Joint exercise", summary="The exercise began. Two exercises followed.")
    page = main_of(client.get("/search/?q=exercise").content)
    (item,) = page.one("section", "hits").one("ol").all("li")
    assert item.one("a").texts("mark") == ["exercise"]
    assert item.one("p").texts("mark") == ["exercise", "exercises"]


FILLER = ", ".join(f"word{number}" for number in range(60))


@pytest.mark.parametrize(
    ("summary", "begins", "ends"),
    [
        ("Exercises began.", "Exercises", "began"),
        (f"{FILLER}. Exercises began.", "… ", "began"),
        (f"Exercises began: {FILLER}.", "Exercises", " …"),
        (f"{FILLER}. Exercises began: {FILLER}.", "… ", " …"),
        (f"{FILLER}.", "word0", " …"),
    ],
)
def test_snippet_says_where_it_is_cut(summary: str, begins: str, ends: str) -> None:
    make.event(title="Exercise", summary=summary)
    ((hit,),) = [group.hits for group in find("exercise")]
    said = "".join(text for text, _found in hit.snippet)
    assert (said[: len(begins)], said[-len(ends) :]) == (begins, ends)
    assert said.count("…") == begins.count("…") + ends.count("…")


def test_title_weighs_more_than_summary() -> None:
    make.event(title="A meeting", summary="On exercises.")
    make.event(title="Exercise", summary="Held.")
    assert titles(find("exercise")) == ["Exercise", "A meeting"]


def test_markers_and_markup_in_a_text_are_never_markup(client: Client) -> None:
    event = make.event(title="x")
    Event.objects.filter(pk=event.pk).update(
        title=f"<b>exercise</b> {STOP}{START}", summary=f"{STOP}<script>exercise</script>{START}"
    )
    html = client.get("/search/?q=exercise").content.decode()
    assert "<script>exercise" not in html
    assert "<b>exercise" not in html
    assert START not in html
    assert STOP not in html


@pytest.mark.parametrize(
    ("headline", "expected"),
    [
        ("", []),
        ("plain", [("plain", False)]),
        (f"a {START}b{STOP} c", [("a ", False), ("b", True), (" c", False)]),
        (f"{START}a{STOP}{START}b{STOP}", [("a", True), ("b", True)]),
        (f"{STOP}a{START}", [("a", False)]),
    ],
)
def test_pieces_of_a_headline(headline: str, expected: list[tuple[str, bool]]) -> None:
    assert pieces(headline) == expected


def test_five_of_a_kind_are_shown_with_a_way_to_the_rest(client: Client) -> None:
    for number in range(7):
        make.event(title=f"Exercise {number}")
        make.body(name=f"Exercise {number}")
    page = main_of(client.get("/search/?q=exercise").content)
    assert {
        group.texts("h2")[0]: (len(group.one("ol").all("li")), group.links()[-1][1])
        for group in page.all("section", "hits")
    } == {
        "Events 7": (5, "/events/?q=exercise"),
        "Bodies 7": (5, "/search/?q=exercise&kind=bodies"),
    }
    assert results(client, "/search/?q=exercise&kind=bodies") == {
        "Bodies 7": [f"Exercise {number}" for number in range(6, -1, -1)]
    }


def test_no_more_than_a_bound_of_matches_is_ranked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "CANDIDATES", 3)
    for _ in range(5):
        make.event(title="Exercise")
    (group,) = find("exercise")
    assert (group.matches, group.uncounted) == (3, True)


def test_nothing_found_says_what_to_try(client: Client) -> None:
    page = main_of(client.get("/search/?q=xylophone").content)
    assert page.one("div", "empty").texts("p")[0] == "Nothing in the record matches “xylophone”."


@pytest.mark.parametrize("query", ["", "?q=", "?q=%20"])
def test_without_words_the_page_explains_itself(client: Client, query: str) -> None:
    page = main_of(client.get(f"/search/{query}").content)
    assert len(page.all("div", "empty")) == 1
    assert page.all("section", "hits") == []


@pytest.mark.parametrize("text", ["the", "'", "\\", "!!!", "a & | !", "💥", '"', "<->", "%_"])
def test_odd_words_find_nothing_and_break_nothing(client: Client, text: str) -> None:
    response = client.get("/search/", {"q": text})
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"q": "x" * 201}, "q"),
        ({"q": "a\x00b"}, "q"),
        ({"q": "x", "kind": "people"}, "kind"),
        ({"q": "x", "page": "2"}, "page"),
    ],
)
def test_bad_query_is_a_400_page_that_names_the_parameter(
    client: Client, query: dict[str, str], named: str
) -> None:
    response = client.get("/search/", query)
    assert response.status_code == 400
    assert main_of(response.content).one("dl", "errors").texts("dt") == [named]


def test_drafts_are_not_found(client: Client) -> None:
    hidden = make.presidency(1990, title="canary", is_published=False)
    make.state(name="canary", is_published=False)
    make.priority(title="canary", is_published=False)
    make.priority(title="canary", presidency=hidden)
    make.event(title="canary", is_published=False)
    make.body(name="canary", is_published=False)
    make.claim(text="canary", is_published=False)
    make.claim(text="canary", presidency=hidden)
    make.source(title="canary", text="canary", is_published=False)
    assert find("canary") == []
    assert all(find("canary", kind) == [] for kind in KINDS)
    page = main_of(client.get("/search/?q=canary").content)
    assert page.texts("h2") == []


@pytest.mark.parametrize("rows", [1, 3])
def test_search_costs_the_same_for_more_rows(
    client: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        make.event(title="Exercise")
        make.priority(title="Exercise")
        make.source(title="Exercise")
    client.get("/search/?q=exercise")  # One more query finds the names, once for a data version.
    # The data version and the search.
    with django_assert_num_queries(2):
        response = client.get("/search/?q=exercise")
    assert response.cookies == {}
    with django_assert_num_queries(2):
        client.get("/search/?q=exercise&kind=events")


def test_each_kind_has_a_name_of_its_own() -> None:
    assert len(BY_NAME) == len(KINDS)


@pytest.mark.parametrize("asked", ["Рубеж", "«Рубеж»", "“Rubezh”", "2026"])
def test_words_in_quotation_marks_and_beside_dashes_are_found(client: Client, asked: str) -> None:
    make.event(
        slug="rubezh", title="Exercise “Rubezh” of 2025–2026", title_ru="Учение «Рубеж» 2025–2026"
    )
    links = main_of(client.get("/search/", {"q": asked}).content).links()
    assert "/events/rubezh/" in [url for _text, url in links]
