"""Charts of one priority: steps of its assessments, and its events by month."""

from datetime import date

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from priorities.models import Priority
from tests import factories as make
from tests.pages.reading import Element, main_of

pytestmark = pytest.mark.django_db


def drugs(**options: object) -> Priority:
    presidency = make.presidency(2026, slug="russia-2026")
    return make.priority(presidency=presidency, slug="drugs", number=4, **options)


def page_of(client: Client, path: str, day: str = "2026-07-02") -> Element:
    with time_machine.travel(day, tick=False):
        return main_of(client.get(path).content)


def steps(client: Client, day: str = "2026-07-02") -> Element:
    return page_of(client, "/presidencies/russia-2026/priorities/drugs/", day).one("svg", "steps")


def test_assessments_are_steps_over_the_term(client: Client) -> None:
    priority = drugs()
    for day, completion in [
        (date(2026, 5, 1), "substantial"),
        (date(2026, 2, 1), "not-started"),
        (date(2026, 3, 1), "no-evidence"),
        (date(2027, 1, 31), "completed"),
    ]:
        make.assessment(priority=priority, as_of=day, completion=completion)
    make.assessment(priority=priority, completion="limited", is_published=False)
    drawing = steps(client)
    dots = [(link["aria-label"], link["href"]) for link in drawing.all("a")]
    assert dots == [
        ("1 February 2026: Not started", "#assessment-2"),
        ("1 March 2026: No evidence available", "#assessment-3"),
        ("1 May 2026: Substantial", "#assessment-1"),
        ("31 January 2027: Completed", "#assessment-4"),
    ]
    places = [(int(dot["cx"]), int(dot["cy"])) for dot in drawing.all("circle", "step-dot")]
    assert [y for _x, y in places] == [124, 152, 68, 40]
    line = drawing.all("path", "step-line")[0]["d"]
    (a, _), (b, _), (c, _), (d, _) = places
    assert line == f"M{a} 124H{b}V152H{c}V68H{d}V40"
    assert drawing.texts("text")[-2:] == ["No evidence available", "Events"]
    assert a < b < c < d


def test_events_of_the_term_stand_beneath_the_steps(client: Client) -> None:
    priority = drugs()
    make.assessment(priority=priority)
    for title, day, status in [
        ("Before", "2025-11-27", "held"),
        ("Held", "2026-02-01", "held"),
        ("Silent", "2026-03", "announced"),
        ("Coming", "2026-11", "announced"),
        ("Long", "2026-12-01/2026-12-09", "announced"),
    ]:
        event = make.event(title=title, date=day, status=status)
        make.contribution(event=event, priority=priority)
    marks = {
        part.one("title").text: part["class"] for part in steps(client).all("g") if part["class"]
    }
    assert marks == {
        "1 February 2026: Held (Implements, Held)": "look-held",
        "March 2026: Silent (Implements, Announced)": "look-missing",
        "November 2026: Coming (Implements, Announced)": "look-announced",
        "1–9 December 2026: Long (Implements, Announced)": "look-announced",
    }
    ends = [len(part.all("path", "whisker")) for part in steps(client).all("g") if part["class"]]
    assert ends == [0, 1, 1, 0]


def test_silence_is_framed_once_it_is_longer_than_the_threshold(client: Client) -> None:
    priority = drugs()
    make.assessment(priority=priority)
    assert steps(client, "2026-01-20").all("rect", "silence") == []
    frame = steps(client, "2026-12-30").one("rect", "silence")
    assert int(frame["width"]) > 800
    assert steps(client, "2027-02-01").all("rect", "silence") == []


def test_priority_without_assessments_has_no_steps(client: Client) -> None:
    drugs()
    page = page_of(client, "/presidencies/russia-2026/priorities/drugs/")
    assert page.all("svg", "steps") == []


@pytest.mark.parametrize("path", ["/", "/presidencies/russia-2026/"])
def test_small_bars_count_events_by_month(client: Client, path: str) -> None:
    priority = drugs(title="Drugs")
    make.priority(presidency=priority.presidency, title="Quiet")
    for day in ("2026-01-15", "2026-01-16", "2026-02/2026-03", "2025-12-31"):
        make.contribution(event=make.event(date=day), priority=priority)
    secret = make.event(date="2026-05-01", is_published=False)
    make.contribution(event=secret, priority=priority)
    spark = page_of(client, path).one("svg", "spark")
    assert spark["aria-label"] == ("Events by month: January 2026 2, February 2026 1, March 2026 1")
    bars = [tuple(int(bar[name]) for name in ("x", "y", "height")) for bar in spark.all("rect")]
    assert bars == [(0, 9, 9), (6, 14, 4), (12, 14, 4)]


def test_marks_of_a_framed_chart_lead_to_the_assessments_of_its_page(client: Client) -> None:
    row = drugs()
    make.assessment(priority=row)
    page = row.get_absolute_url()
    marks = [
        page_of(client, path).one("svg", "steps").all("a")[0]["href"]
        for path in (page, f"/embed{page}")
    ]
    assert marks == ["#assessment-1", f"{settings.SITE_URL}{page}#assessment-1"]
