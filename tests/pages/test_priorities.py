"""Lists of priorities: rows, order, filters; drafts and costs of all pages of priorities."""

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests import factories as make
from tests.pages.reading import main_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_a_day")]


@pytest.fixture
def _on_a_day() -> object:
    with time_machine.travel("2026-03-01", tick=False):
        yield


def listed(client: Client, path: str) -> list[str]:
    return [row[1] for row in main_of(client.get(path).content).rows()]


# --- Lists ----------------------------------------------------------------------------------


def test_list_shows_each_priority_with_its_newest_assessment(client: Client) -> None:
    presidency = make.presidency(2026, slug="russia-2026", title="Russia 2026")
    priority = make.priority(
        presidency=presidency,
        theme=make.theme(title="Crime"),
        number=20,
        slug="drugs",
        title="Drug trade",
        temporal="intensifying",
        strength="firm",
    )
    make.assessment(priority=priority, completion="limited")
    page = main_of(client.get("/priorities/").content)
    assert page.rows() == [
        [
            "20",
            "Drug trade",
            "Russia 2026",
            "Crime",
            "Goal, intensifying; firm commitment",
            "Limited 15 February 2026, provisional",
        ]
    ]
    assert page.one("tbody").links() == [
        ("Drug trade", "/presidencies/russia-2026/priorities/drugs/"),
        ("Russia 2026", "/presidencies/russia-2026/"),
    ]


def test_list_runs_from_the_newest_presidency_in_the_order_of_statements(client: Client) -> None:
    new, old = make.presidency(2026), make.presidency(2025)
    make.priority(presidency=old, number=1, title="Old")
    make.priority(presidency=new, number=2, title="Second")
    make.priority(presidency=new, number=1, title="First")
    assert listed(client, "/priorities/") == ["First", "Second", "Old"]
    assert listed(client, "/priorities/?ordering=presidency") == ["Old", "First", "Second"]


def test_filters_of_the_list_narrow_it_and_can_be_taken_away(client: Client) -> None:
    state = make.state("KG", name="Kyrgyzstan")
    theme = make.theme(slug="crime", title="Crime")
    chosen = make.presidency(2025, slug="kyrgyzstan-2025", state=state)
    make.priority(presidency=chosen, theme=theme, title="Both")
    make.priority(presidency=chosen, title="Other theme")
    make.priority(theme=theme, title="Other state")
    page = main_of(client.get("/priorities/?state=KG&theme=crime").content)
    assert [row[1] for row in page.rows()] == ["Both"]
    chips = page.one("ul", "chips").links()
    assert [url for _text, url in chips] == [
        "/priorities/?theme=crime",
        "/priorities/?not_state=KG&theme=crime",
        "/priorities/?state=KG",
        "/priorities/?not_theme=crime&state=KG",
        "/priorities/",
    ]


def test_list_of_a_presidency_holds_only_its_own(client: Client) -> None:
    presidency = make.presidency(2025, slug="p", title="Kyrgyzstan 2025")
    make.priority(presidency=presidency, number=1, title="Own")
    make.priority(presidency=presidency, number=2, title="Own heading", is_tracked=False)
    make.priority(title="Other")
    page = main_of(client.get("/presidencies/p/priorities/").content)
    assert page.texts("h1") == ["Priorities of Kyrgyzstan 2025"]
    assert [row[1:] for row in page.rows()][1][-1] == "Not tracked"
    assert [row[1] for row in page.rows()] == ["Own", "Own heading"]
    assert listed(client, "/presidencies/p/priorities/?tracked=false") == ["Own heading"]


def test_pages_of_the_list_follow_each_other(client: Client) -> None:
    presidency = make.presidency(2026)
    for number in range(1, 4):
        make.priority(presidency=presidency, number=number, title=f"Goal {number}")
    first = main_of(client.get("/priorities/?page_size=2").content)
    ((_text, after),) = first.one("nav", "pager").links()
    assert [row[1] for row in first.rows()] == ["Goal 1", "Goal 2"]
    assert listed(client, after) == ["Goal 3"]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/priorities/?colour=red", "colour"),
        ("/priorities/?theme=nothing", "theme"),
        ("/priorities/?tracked=perhaps", "tracked"),
        ("/priorities/?ordering=secret", "ordering"),
        ("/priorities/?cursor=x", "cursor"),
        ("/priorities/?page_size=0", "page_size"),
        ("/presidencies/p/priorities/?kind=wish", "kind"),
        ("/ru/priorities/?kind=wish", "kind"),
    ],
)
def test_bad_query_is_named(client: Client, path: str, name: str) -> None:
    make.presidency(2026, slug="p")
    response = client.get(path)
    assert response.status_code == 400
    assert main_of(response.content).texts("dt") == [name]


def test_list_without_rows_says_why(client: Client) -> None:
    assert main_of(client.get("/priorities/").content).texts("div", "empty") == [
        "Nothing is recorded yet."
    ]
    assert main_of(client.get("/priorities/?kind=goal").content).texts("div", "empty") == [
        "Nothing matches all of these filters. Take one away, or begin again. The whole list"
    ]


# --- One priority ---------------------------------------------------------------------------


def test_drafts_are_on_no_page_of_priorities(client: Client) -> None:
    hidden = {"is_published": False}
    term = make.presidency(2025, slug="p")
    draft_source = make.source(
        slug="canary", title="CANARY", publisher="CANARY", text="CANARY text", **hidden
    )
    priority = make.priority(
        presidency=term,
        slug="shown",
        theme=make.theme(title="CANARY", **hidden),
        title_ru_source=draft_source,
    )
    priority.passage_links.create(passage=make.passage(source=draft_source, quote="CANARY"))
    priority.citations.create(source=draft_source)
    make.priority(presidency=term, title="CANARY", slug="canary", number=1, **hidden)
    other_term = make.presidency(2026, title="CANARY", **hidden)
    make.lineage(
        earlier=priority,
        later=make.priority(presidency=other_term, title="CANARY"),
        basis="CANARY",
    )
    visible = make.priority(presidency=make.presidency(2027))
    make.lineage(earlier=priority, later=visible, source=draft_source)
    make.contribution(
        event=make.event(title="CANARY", **hidden), priority=priority, reason="CANARY"
    )
    make.claim(presidency=term, priority=priority, text="CANARY", **hidden)
    wrong = make.assessment(priority=priority, rationale="CANARY", as_of="2025-01-01", **hidden)
    make.assessment(priority=priority, corrects=wrong)
    for path in (
        "/priorities/",
        "/presidencies/p/priorities/",
        "/presidencies/p/priorities/shown/",
    ):
        for prefix in ("", "/ru"):
            assert "canary" not in client.get(prefix + path).content.decode().lower(), path
    assert client.get("/presidencies/p/priorities/canary/").status_code == 404
    assert client.get("/priorities/?theme=canary").status_code == 400


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_of_priorities_cost_the_same_for_more_rows(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    statement = make.source(text="We guard all borders.")
    presidency = make.presidency(2025, slug="p", statement=statement)
    priority = make.priority(presidency=presidency, slug="one")
    for number in range(rows):
        make.priority(presidency=presidency)
        quote = ("We", "all", "borders")[number]
        priority.passage_links.create(passage=make.passage(source=statement, quote=quote))
        priority.citations.create(source=make.source())
        link = make.contribution(event=make.event(date="2025-05-05"), priority=priority)
        assessment = make.assessment(priority=priority, is_published=False)
        assessment.evidence_links.create(contribution=link)
        type(assessment).objects.filter(pk=assessment.pk).update(is_published=True)
        make.claim(presidency=presidency, priority=priority)
        later = make.priority(presidency=make.presidency(2030 + number))
        make.lineage(earlier=priority, later=later)
    # Data version for the ETag, rows, themes, presidencies with states, end of coverage.
    with django_assert_num_queries(5):
        client.get("/priorities/")
    # Data version, presidency, rows, themes.
    with django_assert_num_queries(4):
        client.get("/presidencies/p/priorities/")
    # Data version; priority; its sources, passages, assessments, evidence, contributions;
    # lineage; claims and their sources; neighbours.
    with django_assert_num_queries(11):
        client.get("/presidencies/p/priorities/one/")
