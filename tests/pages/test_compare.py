"""Two presidencies side by side."""

from datetime import date

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from csto_tracker.pages.wording import Piece, differences
from members.models import Presidency
from priorities.models import PriorityPassage
from tests import factories as make
from tests.pages.reading import Element, main_of

pytestmark = pytest.mark.django_db


def compare(client: Client, query: str = "") -> Element:
    with time_machine.travel("2026-03-01", tick=False):
        return main_of(client.get(f"/compare/{query}").content)


def two() -> tuple[Presidency, Presidency]:
    return (
        make.presidency(2025, slug="p-2025", title="P 2025", motto="Goal"),
        make.presidency(2026, slug="p-2026", title="P 2026"),
    )


def tables(page: Element) -> dict[str, list[list[str]]]:
    """The rows of each table by the id of the heading that names it."""
    return {
        region["aria-labelledby"] or "glance": region.one("table").rows()
        for region in page.all("div", "scroll")
        if region.all("table")
    }


def test_differences_are_of_whole_words_without_case_and_punctuation() -> None:
    left, right = differences("Combat the illegal, drug trade", "combat illegal drug trafficking")
    assert left == [
        Piece("Combat", False),
        Piece("the", True),
        Piece("illegal, drug", False),
        Piece("trade", True),
    ]
    assert right == [
        Piece("combat", False),
        Piece("illegal drug", False),
        Piece("trafficking", True),
    ]
    assert differences("", "All new") == ([], [Piece("All new", True)])


def test_compare_sets_the_presidency_in_office_beside_the_one_before(client: Client) -> None:
    two()
    make.presidency(2027, title="To come")
    page = compare(client)
    assert page.texts("h1") == ["P 2025 and P 2026 compared"]
    assert tables(page)["glance"] == [
        ["Term", "1 January – 31 December 2025", "1 January – 31 December 2026"],
        ["Days of the term that have passed", "365", "60 of 365"],
        ["Days of the term until the record ends", "365", "60"],
        ["Motto", "Goal", "No motto is recorded."],
        ["Priorities", "0", "0"],
        ["Events reported as held", "0 in the record", "0 in the record"],
    ]
    assert compare(client, "?left=p-2026&right=p-2025").texts("h1") == [
        "P 2026 and P 2025 compared"
    ]


def test_compare_offers_the_terms_of_one_state(client: Client) -> None:
    state = make.state()
    for year in (2019, 2022, 2025):
        owner = {} if year == 2022 else {"state": state}
        make.presidency(year, slug=f"p-{year}", title=f"P {year}", **owner)
    chips = [(link.text, link["href"]) for link in compare(client).all("a", "chip")]
    assert chips == [("P 2019 – P 2025", "/compare/?left=p-2019&right=p-2025")]


def test_lineage_joins_priorities_and_marks_their_words(client: Client) -> None:
    old, new = two()
    crime = make.theme()
    earlier = make.priority(
        presidency=old, theme=crime, number=1, slug="a", title="Combat drug trade"
    )
    later = make.priority(
        presidency=new, theme=crime, number=2, slug="b", title="Combat drug trafficking"
    )
    make.priority(presidency=new, theme=crime, number=1, title="Alone")
    make.lineage(earlier=earlier, later=later, relation="narrows", basis="Both say drug.")
    page = compare(client)
    drawing = page.one("svg", "lineage")
    tie = drawing.all("a")[0]
    assert (tie["aria-label"], tie["href"]) == (
        "Combat drug trafficking ← narrows ← Combat drug trade",
        "/presidencies/p-2026/priorities/b/#lineage",
    )
    assert [path["class"] for path in tie.all("path")] == ["tie-hit", "tie tie-narrows"]
    assert [link["aria-label"] for link in drawing.all("a")[1:]] == [
        "1. Combat drug trade (P 2025)",
        "1. Alone (P 2026)",
        "2. Combat drug trafficking (P 2026)",
    ]
    ends = [int(n) for n in tie.all("path")[1]["d"].replace("M", "").replace("C", " ").split()]
    heights = [int(circle["cy"]) for circle in drawing.all("circle")]
    assert (ends[1], ends[-1]) == (heights[0], heights[2])
    pair = page.one("ol", "wordings").one("li")
    assert (pair.texts("blockquote"), pair.texts("p").count("Wording not held")) == ([], 2)
    for row, words in ((earlier, "Combat drug trade"), (later, "Combat drug trafficking")):
        source = make.source(text=words)
        passage = make.passage(source=source, quote=words)
        PriorityPassage.objects.create(priority=row, passage=passage, role="main")
    pair = compare(client).one("ol", "wordings").one("li")
    assert pair.texts("blockquote") == ["Combat drug trade", "Combat drug trafficking"]
    assert pair.texts("mark") == ["trade", "trafficking"]
    turned = compare(client, "?left=p-2026&right=p-2025")
    assert turned.one("ol", "wordings").texts("mark") == ["trafficking", "trade"]
    assert turned.one("svg", "lineage").all("a")[0]["aria-label"] == tie["aria-label"]


def test_themes_and_completion_stand_side_by_side(client: Client) -> None:
    old, new = two()
    arms, law = make.theme(title="Arms", number=1), make.theme(title="Law", number=2)
    first = make.priority(presidency=old, theme=arms, title="Old arms", strength="firm")
    make.assessment(priority=first, completion="completed", as_of=date(2025, 12, 31))
    make.priority(presidency=new, theme=arms, title="New arms", strength="intent")
    make.priority(presidency=new, theme=law, title="Law", strength="intent", is_tracked=False)
    found = tables(compare(client))
    assert found["themes"] == [
        ["Arms", "Old arms Firm commitmentCompleted", "New arms IntentionNot assessed yet"],
        ["Law", "Nothing on this theme is recorded.", "Law IntentionNot tracked"],
    ]
    assert found["completion"] == [
        ["No evidence available", "0", "0"],
        ["Not started", "0", "0"],
        ["Limited", "0", "0"],
        ["Substantial", "0", "0"],
        ["Completed", "1", "0"],
        ["Not assessed yet", "0", "1"],
    ]


def test_side_that_is_not_tracked_has_no_numbers_of_assessments(client: Client) -> None:
    old, new = make.presidency(2025, slug="p-2025"), make.presidency(2026, slug="p-2026")
    make.priority(presidency=old, is_tracked=False)
    make.priority(presidency=new)
    rows = tables(compare(client))["completion"]
    assert rows[-1] == ["Not assessed yet", "—Not tracked", "1"]
    make.priority(presidency=make.presidency(2024, slug="p-2024"), is_tracked=False)
    page = compare(client, "?left=p-2024&right=p-2025")
    said = "These priorities are not tracked: they are shown, but none is assessed."
    assert tables(page)["completion"] == [[said]]


def test_activity_is_for_100_days_that_have_passed(client: Client) -> None:
    two()
    for day in ("2025-03-01", "2025-04-01", "2025-12-31/2026-01-01"):
        make.event(date=day, kind="summit")
    make.event(date="2026-02-01", kind="exercise")
    make.event(date="2026-02-02", kind="exercise")
    make.event(date="2026-02-03", kind="exercise", status="announced")
    page = compare(client)
    assert tables(page)["activity"] == [
        ["All events", "3 · 0.8 per 100 days", "3 · 5.0 per 100 days"],
        ["Summit", "3 · 0.8 per 100 days", "1 · 1.7 per 100 days"],
        ["Exercise", "—", "2 · 3.3 per 100 days"],
    ]
    widths = [int(bar.one("rect")["width"]) for bar in page.all("svg", "rate")]
    assert widths == [30, 60, 120]
    assert ("2", "/events/?presidency=p-2026&status=held&kind=exercise") in page.links()


def test_activity_is_for_days_that_the_record_covers(client: Client) -> None:
    two()
    make.event(date="2026-01-02", kind="exercise")
    make.remark(kind="coverage", date="2026-01-20")
    found = tables(compare(client))
    assert found["activity"][0] == ["All events", "—", "1 · 5.0 per 100 days"]
    assert ["Days of the term until the record ends", "365", "20"] in found["glance"]


def test_states_take_part_in_each_term(client: Client) -> None:
    two()
    state, other = make.state(name="Armenia"), make.state(name="Belarus")
    make.membership(state=other)
    for day, role in (("2025-03-01", "host"), ("2026-02-01", "absent"), ("2026-02-02", "")):
        event = make.event(date=day)
        if role:
            make.attendance(event=event, state=state, role=role)
    assert tables(compare(client))["states"] == [
        ["Armenia", "Hosted: 1", "Absent, as a source says: 1, Not named: unknown: 1"],
        ["Belarus", "Not named: unknown: 1", "Not named: unknown: 2"],
    ]


@pytest.mark.parametrize("query", ["?left=nobody", "?right=nobody", "?colour=red"])
def test_compare_refuses_what_it_does_not_know(client: Client, query: str) -> None:
    assert client.get(f"/compare/{query}").status_code == 400


def test_compare_keeps_drafts_to_itself(client: Client) -> None:
    old, new = two()
    secret = {"title": "CANARY", "is_published": False}
    make.presidency(2024, **secret)
    make.lineage(
        earlier=make.priority(presidency=old), later=make.priority(presidency=new, **secret)
    )
    event = make.event(date="2026-02-01")
    make.event(date="2026-02-01", **secret)
    make.attendance(event=event, state=make.state(name="CANARY", is_published=False))
    page = compare(client)
    assert "CANARY" not in client.get("/compare/").content.decode()
    assert page.all("svg", "lineage") == []
    assert tables(page)["activity"][0] == ["All events", "—", "1 · 1.7 per 100 days"]


def test_compare_of_one_presidency_and_of_none(client: Client) -> None:
    assert compare(client).texts("p", "empty") == ["No presidency is recorded yet."]
    make.presidency(2026, title="Only")
    assert compare(client).texts("h1") == ["Only and Only compared"]


@pytest.mark.parametrize("rows", [1, 3])
def test_compare_costs_the_same_for_more_rows(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    old, new = two()
    for _ in range(rows):
        make.lineage(earlier=make.priority(presidency=old), later=make.priority(presidency=new))
        make.attendance(event=make.event())
    # Data version, presidencies, priorities, lineage, their passages, events, attendances,
    # states, data status.
    with django_assert_num_queries(9):
        compare(client)
