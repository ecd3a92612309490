"""Presidencies and one presidency."""

from datetime import date

import pytest
import time_machine
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests import factories as make
from tests.pages.reading import main_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_a_day")]


@pytest.fixture
def _on_a_day() -> object:
    with time_machine.travel("2026-03-01", tick=False):
        yield


def test_list_shows_terms_newest_first_with_what_is_recorded(client: Client) -> None:
    old = make.presidency(
        slug="russia-2020",
        title="Russia 2020",
        period=DateRange(date(2019, 11, 28), date(2020, 12, 2)),
    )
    make.priority(presidency=old)
    make.priority(presidency=old, is_published=False)
    statement = make.source(text="We will.")
    make.presidency(2026, slug="russia-2026", title="Russia 2026", statement=statement, motto="M")
    page = main_of(client.get("/presidencies/").content)
    items = page.one("ol", "history").all("li")
    assert [one.text for one in items] == [
        (
            "1 January – 31 December 2026 Russia 2026 In office M No priority is recorded"
            " · Read the statement"
        ),
        "28 November 2019 – 1 December 2020 Russia 2020 1 priority recorded",
    ]
    assert items[0].links() == [
        ("Russia 2026", "/presidencies/russia-2026/"),
        ("Read the statement", "/presidencies/russia-2026/statement/"),
    ]


def test_list_counts_in_russian_with_the_right_endings(client: Client) -> None:
    for year, number in ((2021, 1), (2022, 3), (2023, 11)):
        presidency = make.presidency(year)
        for _ in range(number):
            make.priority(presidency=presidency)
    page = main_of(client.get("/ru/presidencies/").content)
    assert [text for one in page.all("li") for text, url in one.links() if "priorities" in url] == [
        "записано 11 приоритетов",
        "записано 3 приоритета",
        "записан 1 приоритет",
    ]


def test_list_without_presidencies_says_so(client: Client) -> None:
    page = main_of(client.get("/presidencies/").content)
    assert page.texts("div", "empty") == ["Nothing is recorded yet."]


def test_presidency_shows_its_term_and_how_each_end_is_known(client: Client) -> None:
    state = make.state("KG", name="Kyrgyzstan", slug="kyrgyzstan")
    make.presidency(
        2025,
        slug="kyrgyzstan-2025",
        state=state,
        start_basis="session",
        end_basis="inferred",
        end_note="From the one-year rotation.",
        motto_note="Two renderings exist.",
        note="No successor was named.",
    )
    page = main_of(client.get("/presidencies/kyrgyzstan-2025/").content)
    assert page.one("dl", "facts").facts() == {
        "State that presides": "Kyrgyzstan",
        "First day": "1 January 2025 By the session that handed over",
        "Last day": "31 December 2025 Inferred: From the one-year rotation.",
        "Confidence": "Seen in a named source",
    }
    assert page.one("section", "presides").texts("p") == [
        "Closed",
        "No motto is recorded.",
        "All its priorities Matrix Timeline Compare",
    ]
    assert page.one("div", "note").text == (
        "On the motto. Two renderings exist. No successor was named."
    )


def test_presidency_that_is_not_tracked_has_no_zero_of_each_assessment(client: Client) -> None:
    presidency = make.presidency(2025, slug="p")
    make.priority(presidency=presidency, is_tracked=False)
    page = main_of(client.get("/presidencies/p/").content)
    assert page.all("dl", "numbers") == []
    said = "These priorities are not tracked: they are shown, but none is assessed."
    assert said in page.texts("p", "facts-line")


def test_presidency_keeps_claims_apart_from_assessments(client: Client) -> None:
    presidency = make.presidency(2025, slug="p")
    priority = make.priority(presidency=presidency, slug="borders", title="Borders")
    make.assessment(priority=priority, completion="limited")
    make.claim(
        presidency=presidency,
        priority=priority,
        slug="done",
        claimant="A minister",
        office="Minister of Defence",
        text="All was done.",
    )
    make.claim(presidency=presidency, claimant="A president", date="2025-12-01")
    page = main_of(client.get("/presidencies/p/").content)
    claims = page.all("article", "claim")
    assert [one.texts("p") for one in claims] == [
        [
            "A president · 1 December 2025",
            "All activities were completed.",
            "About the presidency as a whole.",
        ],
        [
            "A minister, Minister of Defence · 27 November 2025",
            "All was done.",
            "About: Borders",
        ],
    ]
    assert claims[1]["id"] == "claim-done"
    assert page.one("div", "columns").texts("span", "badge") == ["Limited"]


def test_presidency_shows_events_of_its_term_and_where_the_rest_is(client: Client) -> None:
    make.presidency(2025, slug="p")
    make.event(title="Before", date="2024-12-31")
    for day in range(10, 21):
        make.event(title=f"Day {day}", date=f"2025-05-{day}")
    page = main_of(client.get("/presidencies/p/").content)
    assert page.texts("p", "event-title") == [f"Day {day}" for day in range(20, 10, -1)]
    assert ("All events of the term", "/events/?presidency=p") in page.links()


def test_presidency_shows_what_it_took_up_and_what_became_of_it(client: Client) -> None:
    terms = [make.presidency(year, title=f"Term {year}") for year in (2024, 2025, 2026)]
    first, second, third = (
        make.priority(presidency=term, title=f"Goal {term.title[-4:]}") for term in terms
    )
    make.lineage(earlier=first, later=second, relation="narrows", basis="Both say “forces”.")
    make.lineage(earlier=second, later=third, relation="continues", basis="Word for word.")
    page = main_of(client.get(terms[1].get_absolute_url()).content)
    assert [one.text for one in page.all("ul", "passages")] == [
        "Narrows · Goal 2024 (Term 2024) → Goal 2025 Both say “forces”. Seen in a named source.",
        "Goal 2025 → Goal 2026 (Term 2026) · Continues Word for word. Seen in a named source.",
    ]
    (pager,) = page.all("nav", "pager")
    assert pager.links() == [
        ("← Term 2024", terms[0].get_absolute_url()),
        ("Term 2026 →", terms[2].get_absolute_url()),
    ]


def test_presidency_without_anything_says_so(client: Client) -> None:
    make.presidency(2025, slug="p")
    page = main_of(client.get("/presidencies/p/").content)
    assert page.texts("p", "empty") == [
        (
            "No priority of this presidency is recorded: the record does not complete lists by"
            " guessing."
        ),
        "No claim of progress is recorded.",
        "No event of this term is recorded.",
        "The wording of no other presidency supports a link.",
    ]


def test_drafts_are_on_no_page_of_presidencies(client: Client) -> None:
    hidden = {"is_published": False}
    state = make.state(name="CANARY", slug="canary", **hidden)
    statement = make.source(title="CANARY", publisher="CANARY", text="CANARY", **hidden)
    presidency = make.presidency(2025, slug="p", state=state, statement=statement)
    make.presidency(2026, title="CANARY", **hidden)
    theme = make.theme(title="CANARY", **hidden)
    shown = make.priority(presidency=presidency, theme=theme, title="Shown")
    draft = make.priority(presidency=presidency, title="CANARY", slug="canary", **hidden)
    make.assessment(priority=shown, rationale="CANARY", completion="completed", **hidden)
    make.claim(presidency=presidency, text="CANARY", **hidden)
    make.claim(presidency=presidency, priority=draft, sources=[statement])
    make.event(title="CANARY", date="2025-03-01", **hidden)
    make.lineage(
        earlier=draft, later=make.priority(presidency=make.presidency(2027)), basis="CANARY"
    )
    for path in ("/presidencies/", "/presidencies/p/", "/presidencies/p/priorities/", "/"):
        for prefix in ("", "/ru"):
            text = client.get(prefix + path).content.decode().lower()
            assert "canary" not in text.replace(f'id="claim-{draft.slug}', ""), path
    assert client.get("/presidencies/p/statement/").status_code == 404
    assert client.get("/presidencies/presidency-2026/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_of_presidencies_cost_the_same_for_more_rows(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    presidency = make.presidency(2025, slug="p")
    for number in range(rows):
        other = make.priority(presidency=make.presidency(2030 + number))
        priority = make.priority(presidency=presidency)
        make.assessment(priority=priority)
        make.claim(presidency=presidency, priority=priority)
        make.contribution(event=make.event(date="2025-05-05"), priority=priority)
        make.lineage(earlier=priority, later=other)
    # Data version for the ETag, the page of keys, the rows, choices of the form, data status.
    with django_assert_num_queries(5):
        client.get("/presidencies/")
    # And: sources, claims and their sources, priorities, their events by month,
    # events, lineage, neighbours.
    with django_assert_num_queries(10):
        client.get("/presidencies/p/")


@pytest.mark.parametrize(
    "path",
    ["/presidencies/none/", "/presidencies/none/statement/", "/presidencies/none/priorities/"],
)
def test_unknown_presidency_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_term_that_the_record_does_not_reach_the_end_of_says_so(client: Client) -> None:
    make.remark(kind="coverage", date="2026-02-15")
    terms = [make.presidency(year) for year in (2025, 2026)]
    with time_machine.travel("2026-12-01", tick=False):
        notices = [
            main_of(client.get(term.get_absolute_url()).content).texts("p", "notice")
            for term in terms
        ]
        states = [main_of(client.get(path).content) for path in ("/map/", "/states/")]
    assert notices[0] == []
    assert "The record ends on 15 February 2026, 289 days ago." in notices[1][0]
    for page in states:
        assert "a status that has changed since is not shown" in page.text
