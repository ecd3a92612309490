"""The home page."""

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from events.models import Event
from priorities.models import Priority
from publishing.dates import in_words
from tests import factories as make
from tests.pages.reading import Element, main_of

pytestmark = pytest.mark.django_db


def home(client: Client, day: str = "2026-03-01", path: str = "/") -> Element:
    with time_machine.travel(day, tick=False):
        return main_of(client.get(path).content)


def section(page: Element, name: str) -> list[str]:
    """The titles of the events listed after the heading with this id."""
    at = page.content.index(page.by_id(name))
    for part in page.content[at + 1 :]:
        if isinstance(part, Element) and part.tag in {"ol", "h2"}:
            return part.texts("p", "event-title")
    return []


def test_home_says_who_presides_and_how_far_the_term_is(client: Client) -> None:
    make.presidency(2025, title="Kyrgyzstan 2025")
    make.presidency(
        2026, slug="russia-2026", title="Russia 2026", motto="Common Goal", motto_ru="Единая цель"
    )
    make.presidency(2027, title="Somebody 2027")
    page = home(client)
    hero = page.one("section", "presides")
    assert hero.texts("p", "kicker") == ["In office"]
    assert hero.texts("h2") == ["Russia 2026"]
    assert [(one["lang"], one.text) for one in hero.all("q")] == [
        ("ru", "Единая цель"),
        ("en", "Common Goal"),
    ]
    assert hero.one("div", "term").text == "1 January – 31 December 2026 · day 60 of 365"
    bar = hero.one("progress")
    assert (bar["value"], bar["max"]) == ("60", "365")
    assert hero.links() == [
        ("Russia 2026", "/presidencies/russia-2026/"),
        ("All its priorities", "/presidencies/russia-2026/priorities/"),
    ]


@pytest.mark.parametrize(
    ("day", "words"),
    [("2026-01-01", "day 1 of 365"), ("2026-12-31", "day 365 of 365")],
)
def test_term_counts_its_first_and_last_day(client: Client, day: str, words: str) -> None:
    make.presidency(2026)
    assert home(client, day).one("div", "term").text == f"1 January – 31 December 2026 · {words}"


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("stated", "inferred", "last day inferred"),
        ("inferred", "session", "first day inferred"),
        ("inferred", "inferred", "both days inferred"),
    ],
)
def test_end_of_a_term_that_no_source_states_is_said_to_be_inferred(
    client: Client, start: str, end: str, words: str
) -> None:
    make.presidency(2025)
    make.presidency(2026, start_basis=start, end_basis=end)
    days = "1 January – 31 December 2026"
    assert home(client).one("div", "term").text == f"{days} · day 60 of 365 · {words}"
    with time_machine.travel("2026-03-01", tick=False):
        terms = main_of(client.get("/presidencies/").content).texts("p", "when")
        sides = main_of(client.get("/compare/").content).all("table")[0].rows()
    assert terms == [f"{days} ({words})", "1 January – 31 December 2025"]
    assert sides[0][1:] == ["1 January – 31 December 2025", f"{days} ({words})"]


def test_home_after_the_last_term_says_that_no_successor_is_recorded(client: Client) -> None:
    make.presidency(2026, title="Russia 2026")
    hero = home(client, "2027-01-01").one("section", "presides")
    assert hero.texts("p") == [
        "The last presidency in the record",
        "No successor is recorded.",
        "All its priorities",
    ]
    assert hero.one("div", "term").text == "1 January – 31 December 2026 · the term is over"
    assert hero.all("progress") == []


def test_home_in_russian_gives_the_motto_once(client: Client) -> None:
    make.presidency(2026, title_ru="Россия, 2026 год", motto="Goal", motto_ru="Единая цель")
    hero = home(client, path="/ru/").one("section", "presides")
    assert hero.texts("q") == ["Единая цель"]
    assert hero.one("div", "term").text == "1 января – 31 декабря 2026 года · день 60 из 365"


def test_home_groups_priorities_by_theme_with_their_newest_assessment(client: Client) -> None:
    presidency = make.presidency(2026, slug="russia-2026")
    later, first = make.theme(title="Crime", number=2), make.theme(title="Forces", number=1)
    drugs = make.priority(presidency=presidency, theme=later, number=3, slug="drugs", title="Drugs")
    make.assessment(priority=drugs, as_of="2026-02-15", completion="limited")
    make.assessment(priority=drugs, as_of="2026-01-15", completion="not-started")
    make.assessment(priority=drugs, as_of="2026-02-20", completion="completed", is_published=False)
    make.priority(presidency=presidency, theme=first, number=2, title="Heading", is_tracked=False)
    make.priority(presidency=presidency, theme=first, number=1, title="Arms")
    make.priority(presidency=make.presidency(2025), title="Of another term")
    columns = home(client).one("div", "columns")
    assert columns.texts("h3") == ["Forces", "Crime"]
    assert columns.texts("li") == [
        "1 Arms Not assessed yet",
        "2 Heading Not tracked",
        "3 Drugs Limited",
    ]
    assert ("Drugs", "/presidencies/russia-2026/priorities/drugs/") in columns.links()
    assert home(client).one("dl", "numbers").texts("div") == [
        "No evidence available 0",
        "Not started 0",
        "Limited 1",
        "Substantial 0",
        "Completed 0",
    ]


def test_home_tells_coming_unreported_and_held_events_apart(client: Client) -> None:
    make.presidency(2026)
    make.event(title="Late", date="2026-11", status="announced")
    make.event(title="Soon", date="2026-03", status="confirmed")
    make.event(title="Open", date="2026-02-01/..", status="announced")
    make.event(title="Today", date="2026-03-01", status="announced")
    make.event(title="Begun", date="2026-02-25/2026-03-02", status="announced")
    make.event(title="Silent", date="2026-02-20", status="announced")
    make.event(title="Held", date="2026-02-10")
    make.event(title="Called off", date="2026-05-01", status="cancelled")
    page = home(client)
    assert section(page, "upcoming") == ["Open", "Begun", "Today", "Soon", "Late"]
    assert section(page, "waiting") == ["Silent"]
    assert section(page, "held") == ["Held"]
    assert ("All events without a recorded outcome", "/events/?awaiting_outcome=true") in (
        page.links()
    )


def test_home_shows_five_events_of_a_kind(client: Client) -> None:
    for day in range(1, 8):
        make.event(title=f"Held {day}", date=f"2026-02-0{day}")
    assert section(home(client), "held") == [f"Held {day}" for day in (7, 6, 5, 4, 3)]


def test_home_without_a_record_says_what_is_missing(client: Client) -> None:
    assert home(client).texts("p", "empty") == [
        "No presidency is recorded yet.",
        "No later event is announced in the record.",
        "No event is reported as held yet.",
    ]


@pytest.mark.parametrize("rows", [1, 3])
def test_home_costs_the_same_for_more_rows(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    presidency = make.presidency(2026)
    for _ in range(rows):
        priority = make.priority(presidency=presidency)
        make.assessment(priority=priority)
        for status, day in (("held", "2026-02-01"), ("announced", "2026-02-02")):
            event = make.event(status=status, date=day)
            make.contribution(event=event, priority=priority)
            make.attendance(event=event)
        make.event(status="announced", date="2026-10")
    # Data version for the ETag, presidency, priorities, their events by month, four lists of
    # events, what changed last, data status.
    with django_assert_num_queries(10):
        home(client)


def test_home_says_at_a_glance_what_comes_what_happened_and_how_fresh_the_record_is(
    client: Client,
) -> None:
    make.presidency(2026)
    make.event(title="Soon", slug="soon", date="2026-03-20", status="confirmed")
    make.event(title="Later", date="2026-04", status="announced")
    make.event(title="Programme", date="2025/2029", status="ongoing")
    make.event(title="Held", slug="held", date="2026-02-10", place="Minsk")
    glance = home(client).one("dl", "glance")
    assert glance.texts("dd")[:2] == [
        "Soon 20 March 2026, confirmed",
        "Held 10 February 2026, Minsk",
    ]
    assert glance.links() == [("Soon", "/events/soon/"), ("Held", "/events/held/")]
    assert glance.texts("dt")[2] == "How fresh the record is"


@pytest.mark.django_db(transaction=True)  # within one transaction all change at one time
def test_home_says_what_changed_last_and_nothing_of_drafts(client: Client) -> None:
    presidency = make.presidency(2026, slug="p")
    priority = make.priority(presidency=presidency, slug="arms", title="Arms", title_ru="Арсенал")
    event = make.event(title="Held", slug="held")
    draft = make.event(title="Draft", is_published=False)
    Priority.objects.filter(pk=priority.pk).update(title_ru="Оружие")
    Event.objects.filter(pk=event.pk).update(note="Another note.")
    make.assessment(priority=priority, number=1)
    Event.objects.filter(pk=draft.pk).update(note="Another note.")
    lines = home(client, "2026-02-05").one("ul", "recent")
    draft.refresh_from_db()
    day = in_words(draft.changed_at.date().isoformat())
    assert lines.texts("li")[:3] == [
        f"{day} Arms assessment",
        f"{day} Held event",
        f"{day} Arms priority",
    ]
    assert "Draft" not in lines.text
    assert [url for _text, url in lines.links()][:3] == [
        "/presidencies/p/priorities/arms/#assessment-1",
        "/events/held/",
        "/presidencies/p/priorities/arms/",
    ]
    assert "Оружие" in home(client, "2026-02-05", "/ru/").one("ul", "recent").text
