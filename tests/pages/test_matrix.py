"""The matrix of activity, attendance and assessments."""

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from priorities.models import Priority
from tests import factories as make
from tests.pages.reading import Element, main_of

pytestmark = pytest.mark.django_db


def matrix(client: Client, query: str = "", path: str = "/matrix/") -> Element:
    with time_machine.travel("2026-03-01", tick=False):
        return main_of(client.get(path + query).content)


def table(page: Element, name: str) -> list[list[str]]:
    """What a table's cells say, by their labels; the heading of a row comes first."""
    found = []
    for row in page.one("table", f"matrix-{name}").one("tbody").all("tr"):
        labels = [link["aria-label"] for cell in row.all("td") for link in cell.all("a")]
        found.append([row.one("th").text, *labels])
    return found


def heads(page: Element, name: str) -> list[str]:
    return page.one("table", f"matrix-{name}").one("thead").texts("th")


def opened(client: Client, url: str) -> list[str]:
    return main_of(client.get(url).content).texts("p", "event-title")


def drugs(**options: object) -> Priority:
    presidency = make.presidency(2026, slug="russia-2026", title="Russia 2026")
    return make.priority(presidency=presidency, number=4, slug="drugs", title="Drugs", **options)


def test_months_count_events_by_what_they_do_for_a_priority(client: Client) -> None:
    priority = drugs()
    for title, day, relation, status in [
        ("Early", "2025-11-27", "mentions", "held"),
        ("One", "2026-01-15", "implements", "ongoing"),
        ("Two", "2026-01-31", "mentions", "cancelled"),
        ("Three", "2026-01-01", "mentions", "held"),
        ("Long", "2026-02/2026-03", "counts-against", "announced"),
    ]:
        event = make.event(title=title, date=day, status=status)
        make.contribution(event=event, priority=priority, relation=relation)
    page = matrix(client)
    assert heads(page, "months") == ["Priority", "Before", *(f"{n:02}.26" for n in range(1, 13))]
    assert table(page, "months") == [
        [
            "4 Drugs",
            "Drugs, before the term: 1 event, mentions 1",
            "Drugs, January 2026: 3 events, implements 1, mentions 2 (not held so far: 1)",
            "Drugs, February 2026: 1 event, counts against 1 (not held so far: 1)",
            "Drugs, March 2026: 1 event, counts against 1 (not held so far: 1)",
        ]
    ]
    cells = page.one("table", "matrix-months").one("tbody").all("td")
    assert [cell.texts("span") for cell in cells] == [
        *(["1"], ["1", "1+1"], ["+1"], ["+1"]),
        *[[]] * 9,
    ]
    links = [cell.one("a")["href"] for cell in cells[:4]]
    assert opened(client, links[0]) == ["Early"]
    assert opened(client, links[1]) == ["Two", "One", "Three"]
    assert opened(client, links[3]) == ["Long"]


def test_states_host_take_part_are_absent_or_unknown(client: Client) -> None:
    priority = drugs()
    kg, am, by = (
        make.state(code=code, name=name)
        for code, name in (("KG", "Kyrgyzstan"), ("AM", "Armenia"), ("BY", "Belarus"))
    )
    make.membership(state=by)
    gone = make.state(name="Gone")
    make.membership(state=gone, status="withdrawn")
    for title, roles in (("First", {kg: "host", am: "absent"}), ("Second", {kg: "observer"})):
        event = make.event(title=title)
        make.contribution(event=event, priority=priority)
        for state, role in roles.items():
            make.attendance(event=event, state=state, role=role)
    page = matrix(client)
    assert heads(page, "states") == ["Priority", "Armenia", "Belarus", "Kyrgyzstan"]
    assert table(page, "states") == [
        [
            "4 Drugs",
            "Drugs, Armenia: 1 event, absent, as a source says 1",
            "Drugs, Armenia: 1 event, not named: unknown 1",
            "Drugs, Belarus: 2 events, not named: unknown 2",
            "Drugs, Kyrgyzstan: 2 events, hosted 1, took part 1",
        ]
    ]
    links = [link["href"] for link in page.one("table", "matrix-states").one("tbody").all("a")[1:]]
    assert links == [
        "/events/?priority=russia-2026%3Adrugs&absent=AM",
        "/events/?priority=russia-2026%3Adrugs&attendance_unknown=AM",
        "/events/?priority=russia-2026%3Adrugs&attendance_unknown=BY",
        "/events/?priority=russia-2026%3Adrugs&state=KG",
    ]
    assert [len(opened(client, link)) for link in links] == [1, 1, 2, 2]


def test_themes_count_the_newest_assessment_of_each_priority(client: Client) -> None:
    old, new = (make.presidency(year, slug=f"p-{year}", title=f"P {year}") for year in (2025, 2026))
    arms = make.theme(slug="arms", title="Arms")
    for term, steps in ((old, ["limited", "completed", "completed"]), (new, [""])):
        for step in steps:
            priority = make.priority(presidency=term, theme=arms)
            if step:
                make.assessment(priority=priority, as_of="2025-01-15", completion="not-started")
                make.assessment(priority=priority, as_of="2025-02-15", completion=step)
    make.priority(presidency=old, theme=make.theme(title="Law"), is_tracked=False)
    page = matrix(client)
    assert heads(page, "themes") == ["Theme", "P 2026", "P 2025"]
    assert table(page, "themes") == [
        [
            "Arms",
            "Arms, P 2026: 1 priority: not assessed yet 1",
            "Arms, P 2025: 3 priorities: limited 1, completed 2",
        ],
        ["Law", "Law, P 2025: 1 priority: not tracked 1"],
    ]
    link = page.one("table", "matrix-themes").one("tbody").all("td")[1].one("a")["href"]
    assert link == "/priorities/?presidency=p-2025&theme=arms"


def test_matrix_shows_the_presidency_asked_for(client: Client) -> None:
    make.presidency(2025, slug="p-2025", title="P 2025")
    make.presidency(2026, slug="p-2026", title="P 2026")
    assert matrix(client).texts("h1") == ["Matrix: P 2026"]
    page = matrix(client, "?presidency=p-2025")
    assert page.texts("h1") == ["Matrix: P 2025"]
    chips = [(link.text, link["href"], link["aria-current"]) for link in page.all("a", "chip")]
    assert chips == [
        ("P 2026", "/matrix/?presidency=p-2026", ""),
        ("P 2025", "/matrix/?presidency=p-2025", "page"),
    ]
    assert len(page.texts("p", "empty")) == 1


@pytest.mark.parametrize("query", ["?presidency=nobody", "?colour=red"])
def test_matrix_refuses_what_it_does_not_know(client: Client, query: str) -> None:
    answer = client.get(f"/matrix/{query}")
    assert answer.status_code == 400
    (named,) = main_of(answer.content).one("dl", "errors").texts("dt")
    assert named == query[1:].partition("=")[0]


def test_matrix_keeps_drafts_to_itself(client: Client) -> None:
    priority = drugs()
    secret = {"title": "CANARY", "is_published": False}
    make.contribution(event=make.event(**secret), priority=priority)
    event = make.event()
    make.contribution(event=event, priority=priority)
    make.attendance(event=event, state=make.state(name="CANARY", is_published=False))
    make.priority(presidency=priority.presidency, **secret)
    make.priority(presidency=priority.presidency, theme=make.theme(**secret))
    make.presidency(2027, **secret)
    make.assessment(priority=priority, completion="completed", is_published=False)
    page = matrix(client)
    assert "CANARY" not in page.text
    assert "CANARY" not in client.get("/matrix/").content.decode()
    assert table(page, "months")[0][1:] == ["Drugs, January 2026: 1 event, implements 1"]
    assert "completed" not in str(table(page, "themes"))


def test_matrix_without_a_record(client: Client) -> None:
    assert matrix(client).texts("p", "empty") == ["No presidency is recorded yet."]


@pytest.mark.parametrize("rows", [1, 3])
def test_matrix_costs_the_same_for_more_rows(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    presidency = make.presidency(2026)
    for _ in range(rows):
        priority = make.priority(presidency=presidency)
        make.assessment(priority=priority)
        event = make.event()
        make.contribution(event=event, priority=priority)
        make.attendance(event=event)
    # Data version, presidencies, priorities, contributions, attendances, states, data status.
    with django_assert_num_queries(7):
        matrix(client)


def test_what_goes_on_is_not_held_in_a_month_to_come(client: Client) -> None:
    make.contribution(
        event=make.event(date="2026-02/2026-05", status="ongoing"),
        priority=drugs(),
        relation="implements",
    )
    cells = matrix(client).one("table", "matrix-months").one("tbody").all("td")
    assert [cell.texts("span") for cell in cells][:6] == [[], ["1"], ["1"], ["+1"], ["+1"], []]


def test_figures_after_the_end_of_the_record_are_not_of_what_was_held(client: Client) -> None:
    make.remark(kind="coverage", date="2026-02-15")
    make.contribution(
        event=make.event(date="2026-02/2026-05", status="ongoing"),
        priority=drugs(),
        relation="implements",
    )
    cells = matrix(client).one("table", "matrix-months").one("tbody").all("td")
    assert [cell.texts("span") for cell in cells][1:4] == [["1"], ["+1"], ["+1"]]
