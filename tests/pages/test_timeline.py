"""The timeline: one axis for terms, events, assessments and claims."""

import re
from datetime import date

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from csto_tracker.pages.axis import EDGE, WIDTH, Axis, rows_for
from tests import factories as make
from tests.pages.reading import Element, main_of

pytestmark = pytest.mark.django_db
YEAR = Axis(date(2026, 1, 1), date(2026, 12, 31))


def timeline(client: Client, query: str = "", path: str = "/timeline/") -> Element:
    with time_machine.travel("2026-03-01", tick=False):
        return main_of(client.get(path + query).content)


def drawn(page: Element) -> dict[str, list[tuple[str, str]]]:
    """The marks of each lane: shape and label."""
    lanes = page.one("svg", "timeline").all("g")[1:]
    return {
        lane["aria-label"]: [(link["class"], link["aria-label"]) for link in lane.all("a")]
        for lane in lanes
    }


def test_axis_gives_each_day_the_same_width() -> None:
    assert (YEAR.x(date(2026, 1, 1)), YEAR.x(date(2027, 1, 1))) == (EDGE, WIDTH - EDGE)
    assert (YEAR.x(date(2020, 1, 1)), YEAR.x(date(2030, 1, 1))) == (EDGE, WIDTH - EDGE)
    assert YEAR.middle(date(2026, 7, 2)) == WIDTH // 2


@pytest.mark.parametrize(
    ("axis", "labels"),
    [
        (Axis(date(2018, 6, 1), date(2026, 12, 31)), [str(year) for year in range(2019, 2027)]),
        (Axis(date(2025, 1, 1), date(2026, 12, 31)), ["2025", "Feb", "Mar"]),
        (Axis(date(2026, 2, 20), date(2026, 3, 10)), ["23", "Mar", "2", "9"]),
    ],
)
def test_ticks_suit_the_length_of_the_axis(axis: Axis, labels: list[str]) -> None:
    assert [tick.label for tick in axis.ticks][: len(labels)] == labels


def test_axis_zooms_around_its_middle_and_moves() -> None:
    assert YEAR.around(0.5) == Axis(date(2026, 4, 2), date(2026, 9, 30))
    assert YEAR.around(0.001).days == 7
    assert YEAR.moved(0.5) == Axis(date(2026, 7, 2), date(2027, 7, 1))
    assert Axis(date.min, date.max).around(2) == Axis(date.min, date.max)


def test_marks_that_would_touch_stand_in_rows() -> None:
    assert rows_for([(0, 26), (10, 36), (26, 52), (30, 300), (52, 60)]) == [0, 1, 0, 2, 0]
    assert rows_for([]) == []


def test_timeline_draws_everything_dated_with_its_shape(client: Client) -> None:
    presidency = make.presidency(2026, slug="p-2026", title="P 2026")
    for title, day, status, kind in [
        ("Held", "2026-02-01", "held", "summit"),
        ("Silent", "2026-02-10", "announced", "summit"),
        ("Planned", "2026-11", "confirmed", "summit"),
        ("Long", "2026-04-01/2026-06-30", "announced", "exercise"),
        ("Endless", "2026-09/..", "ongoing", "programme"),
        ("Outside", "2025-02-01", "held", "exercise"),
    ]:
        make.event(title=title, date=day, status=status, kind=kind)
    priority = make.priority(presidency=presidency)
    make.assessment(priority=priority, as_of=date(2026, 2, 15))
    make.assessment(priority=make.priority(presidency=presidency), as_of=date(2026, 2, 15))
    make.claim(slug="c", presidency=presidency, date="2026-02?", claimant="President")
    page = timeline(client)
    assert drawn(page) == {
        "Summit": [
            ("look-held", "Held, 1 February 2026, Held"),
            ("look-missing", "Silent, 10 February 2026, Outcome not recorded"),
            ("look-confirmed", "Planned, November 2026, Confirmed"),
        ],
        "Exercise": [("look-announced", "Long, 1 April – 30 June 2026, Announced")],
        "Programme": [("look-ongoing", "Endless, from September 2026, Ongoing")],
        "Assessments": [("look-assessed", "2 assessments of P 2026, 15 February 2026, Assessment")],
        "Claims": [("look-claimed", "President (P 2026), February 2026 (uncertain), Claim")],
    }
    bar = page.one("svg", "timeline").one("a", "term-bar")
    assert (bar["aria-label"], bar["href"]) == (
        "P 2026, 1 January – 31 December 2026",
        "/presidencies/p-2026/",
    )
    assert page.all("details")[-1].texts("a") == [
        *("P 2026", "Held", "Silent", "Planned", "Long", "Endless"),
        *("2 assessments of P 2026", "President (P 2026)"),
    ]


def test_a_vague_date_has_ends_and_a_lasting_one_a_bar(client: Client) -> None:
    make.presidency(2026)
    make.event(title="Vague", date="2026-11", kind="summit")
    make.event(title="Long", date="2026-04-01/2026-06-30", kind="exercise")
    make.event(title="Exact", date="2026-04-01", kind="report")
    links = timeline(client).one("svg", "timeline").all("a")[1:]
    shapes = {
        link["aria-label"].split(",")[0]: [part.tag for part in link.all()][2:] for link in links
    }
    assert shapes == {"Vague": ["path", "use"], "Long": ["rect"], "Exact": ["use"]}
    vague = next(link for link in links if link["aria-label"].startswith("Vague"))
    begin, width = map(int, re.findall(r"M(\d+) .*h(\d+)", vague.one("path")["d"])[0])
    assert (begin, begin + width) == (YEAR.x(date(2026, 11, 1)), YEAR.x(date(2026, 12, 1)))


def test_what_goes_on_beyond_the_axis_is_not_drawn_to_end(client: Client) -> None:
    make.presidency(2026)
    for title, when in (("After", "2026-06-01/2029-01-01"), ("Within", "2026-01-01/2026-12-31"),
                        ("Both", "2025-06-01/2029-01-01"), ("Ever", "2026-06/.."),
                        ("Before", "2025-06-01/2026-06-01")):  # fmt: skip
        make.event(title=title, date=when, status="ongoing")
    edges = {
        link["aria-label"].split(",")[0]: (int(bar["x"]), int(bar["x"]) + int(bar["width"]))
        for link in timeline(client).one("svg", "timeline").all("a")
        for bar in link.all("rect", "bar")
    }
    beyond = {name: (begin < 0, end > WIDTH) for name, (begin, end) in edges.items()}
    assert beyond == {
        "After": (False, True),
        "Within": (False, False),
        "Both": (True, True),
        "Ever": (False, True),
        "Before": (True, False),
    }


def test_timeline_takes_the_filters_of_events(client: Client) -> None:
    old, new = (make.presidency(year, slug=f"p-{year}", title=f"P {year}") for year in (2025, 2026))
    make.event(title="Old", date="2025-05-05", kind="summit")
    make.event(title="New", date="2026-05-05", kind="summit")
    make.event(title="Drill", date="2026-05-05", kind="exercise")
    for row in (old, new):
        make.assessment(priority=make.priority(presidency=row), as_of=date(2025, 12, 31))
        make.claim(presidency=row, date="2026-01-01")
    assert list(drawn(timeline(client))) == ["Summit", "Exercise", "Assessments", "Claims"]
    page = timeline(client, "?presidency=p-2025&kind=summit")
    assert page.texts("h2") == ["1 January – 31 December 2025"]
    assert [label for _look, label in drawn(page)["Summit"]] == ["Old, 5 May 2025, Held"]
    assert len(drawn(page)["Assessments"]) == 1
    page = timeline(client, "?since=2026-05-01&until=2026-05-31&kind=exercise")
    assert page.texts("h2") == ["1–31 May 2026"]
    assert drawn(page) == {"Exercise": [("look-held", "Drill, 5 May 2026, Held")]}
    zooms = dict(page.one("nav", "zoom").links())
    assert zooms["Farther"] == "/timeline/?kind=exercise&since=2026-04-16&until=2026-06-16"
    assert zooms["This term"] == "/timeline/?kind=exercise&since=2026-01-01&until=2026-12-31"
    assert zooms["All"] == "/timeline/"


@pytest.mark.parametrize("query", ["?since=soon", "?colour=red", "?presidency=nobody"])
def test_timeline_refuses_what_it_does_not_know(client: Client, query: str) -> None:
    answer = client.get(f"/timeline/{query}")
    assert answer.status_code == 400
    (named,) = main_of(answer.content).one("dl", "errors").texts("dt")
    assert named == query[1:].partition("=")[0]


def test_cancelled_event_of_several_days_has_the_shape_of_the_key(client: Client) -> None:
    make.presidency(2026)
    for title, status in (("Off", "cancelled"), ("On", "held")):
        make.event(title=title, date="2026-04-01/2026-05-30", status=status)
    marks = {
        link["class"]: (len(link.all("rect", "bar")), [use["href"] for use in link.all("use")])
        for link in timeline(client).one("svg", "timeline").all("a")
        if "look-" in link["class"]
    }
    assert marks == {"look-cancelled": (0, ["#look-cancelled"]), "look-held": (1, [])}


@pytest.mark.parametrize("path", ["/timeline/", "/events/", "/api/v1/assessments/"])
def test_days_in_the_wrong_order_are_refused(client: Client, path: str) -> None:
    answer = client.get(f"{path}?since=2026-05-05&until=2026-05-01")
    assert answer.status_code == 400
    assert "The last day is before the first." in answer.content.decode()
    assert client.get(f"{path}?since=2026-05-05&until=2026-05-05").status_code == 200


def test_timeline_keeps_drafts_to_itself(client: Client) -> None:
    presidency = make.presidency(2026, title="P 2026")
    make.presidency(2025, title="CANARY", is_published=False)
    make.event(title="CANARY", is_published=False)
    make.claim(presidency=presidency, claimant="CANARY", is_published=False)
    make.assessment(priority=make.priority(presidency=presidency, is_published=False))
    make.assessment(priority=make.priority(presidency=presidency), is_published=False)
    page = timeline(client)
    assert drawn(page) == {}
    assert "CANARY" not in client.get("/timeline/").content.decode()


def test_timeline_without_a_record(client: Client) -> None:
    page = timeline(client)
    assert page.texts("h2") == ["1 January – 31 December 2026"]
    assert len(page.texts("p", "empty")) == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_timeline_costs_the_same_for_more_rows(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    presidency = make.presidency(2026)
    for _ in range(rows):
        make.event()
        make.assessment(priority=make.priority(presidency=presidency))
        make.claim(presidency=presidency)
    # Data version, presidencies, events, assessments, claims, choices of the form, data status.
    with django_assert_num_queries(7):
        timeline(client)
