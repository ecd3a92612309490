"""The list of events and one event."""

from datetime import time
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from events.models import Event
from tests import factories as make
from tests.pages.reading import Element, main_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_a_day")]


@pytest.fixture
def _on_a_day() -> Any:
    with time_machine.travel("2026-03-01", tick=False):
        yield


def listed(client: Client, path: str) -> list[str]:
    return main_of(client.get(path).content).texts("p", "event-title")


def test_event_in_the_list_says_when_where_who_and_what_for(client: Client) -> None:
    event = make.event(title="Council session", date="2025-11-27", place="Bishkek", country="KG")
    presidency = make.presidency(2025, slug="kyrgyzstan-2025")
    priority = make.priority(presidency=presidency, slug="borders", title="Borders")
    for state, role in (
        (make.state("KG", name="Kyrgyz Republic", slug="kyrgyzstan"), "host"),
        (make.state("BY", name="Belarus", slug="belarus"), "participant"),
        (make.state("AM", name="Armenia", slug="armenia"), "absent"),
        (make.state("TJ", name="Tajikistan", slug="tajikistan"), "unknown"),
    ):
        make.attendance(event=event, state=state, role=role)
    make.contribution(event=event, priority=priority)
    (item,) = main_of(client.get("/events/").content).all("li", "event")
    assert item.texts("p") == [
        "27 November 2025",
        "Council session",
        "Held Summit · Bishkek",
        "Took part: Belarus, Kyrgyz Republic",
        "Bears on: Borders",
    ]
    assert [url for _text, url in item.links()] == [
        f"/events/{event.slug}/",
        "/states/belarus/",
        "/states/kyrgyzstan/",
        "/presidencies/kyrgyzstan-2025/priorities/borders/",
    ]


def test_russian_list_is_in_russian(client: Client) -> None:
    make.event(title="Session", title_ru="Сессия", date="2026-09/2026-10", place_ru="Бишкек")
    make.event(title="Only English", title_ru="", date="2025")
    items = main_of(client.get("/ru/events/").content).all("li", "event")
    assert [item.texts("p")[:2] for item in items] == [
        ["сентябрь–октябрь 2026 года", "Сессия"],
        ["2025 год", "Only English"],
    ]
    assert all(url.startswith("/ru/") for item in items for _text, url in item.links())


@pytest.mark.parametrize(
    ("status", "date", "missing"),
    [
        ("announced", "2026-02-28", True),
        ("announced", "2026-02", True),
        ("announced", "2026-03-01", False),
        ("announced", "2026", False),
        ("confirmed", "2025-11", True),
        ("ongoing", "2025/2029", False),
        ("ongoing", "2025/..", False),
        ("held", "2025", False),
        ("cancelled", "2025", False),
        ("postponed", "2025", False),
    ],
)
def test_past_event_without_outcome_says_so(
    client: Client, status: str, date: str, missing: bool
) -> None:
    event = make.event(slug="one", status=status, date=date)
    listed_badges = main_of(client.get("/events/").content).texts("span", "status-missing")
    page = main_of(client.get("/events/one/").content)
    assert listed_badges == (["Outcome not recorded"] if missing else [])
    assert bool(page.all("p", "notice")) is missing
    assert event.outcome_missing is missing


@pytest.mark.parametrize(
    ("status", "heading", "said"),
    [
        ("held", "Who took part", "A state that is not listed is unknown"),
        ("announced", "Who was to take part", "A state that is not listed is unknown"),
        ("cancelled", "Who was to take part", "The event was cancelled"),
    ],
)
def test_nobody_took_part_in_what_was_not_held(
    client: Client, status: str, heading: str, said: str
) -> None:
    event = make.event(slug="one", status=status)
    make.attendance(event=event, role="unknown")
    page = main_of(client.get("/events/one/").content)
    assert heading in page.texts("h2")
    assert said in page.text


def test_list_is_newest_first_or_as_asked(client: Client) -> None:
    make.event(title="A month", date="2026-02")
    make.event(title="A day", date="2026-02-10")
    make.event(title="A year", date="2025")
    assert listed(client, "/events/") == ["A day", "A month", "A year"]
    assert listed(client, "/events/?ordering=date") == ["A year", "A month", "A day"]


def test_filters_narrow_and_the_form_and_chips_show_them(client: Client) -> None:
    state = make.state("KZ", name="Kazakhstan", slug="kazakhstan")
    event = make.event(title="Rubezh", kind="exercise")
    make.attendance(event=event, state=state)
    make.event(title="Summit", kind="summit")
    page = main_of(client.get("/events/?kind=exercise&state=KZ&ordering=date&source=").content)
    assert page.texts("p", "event-title") == ["Rubezh"]
    assert chips(page) == [
        ("Kind: Exercise", "/events/?state=KZ&ordering=date"),
        ("State: Kazakhstan", "/events/?kind=exercise&ordering=date"),
    ]
    assert chosen(page) == {"kind": "exercise", "state": "KZ", "ordering": "date"}


def test_chips_name_rows_days_and_yes_or_no(client: Client) -> None:
    source = make.source(slug="agency", publisher="Agency", title="Report")
    make.event(sources=[source])
    page = main_of(
        client.get("/events/?source=agency&since=2026-01-01&awaiting_outcome=false").content
    )
    assert [text for text, _url in chips(page)] == [
        "Outcome not recorded: no",
        "From: 1 January 2026",
        "Source: Agency: Report",
    ]


def test_second_value_of_a_filter_and_filters_not_offered_stay_in_the_form(client: Client) -> None:
    make.source(slug="agency")
    page = main_of(client.get("/events/?kind=summit,report&source=agency&page_size=10").content)
    hidden = [
        (field["name"], field["value"]) for field in page.all("input") if field["type"] == "hidden"
    ]
    assert hidden == [("kind", "report"), ("source", "agency"), ("page_size", "10")]
    assert [text for text, _url in chips(page)][:2] == ["Kind: Summit", "Kind: Report"]


def test_form_stays_at_the_moment_that_is_asked_about(client: Client) -> None:
    page = main_of(client.get("/events/?recorded_at=2026-02-28T00:00:00Z&as_of=2026-02-01").content)
    hidden = {
        field["name"]: field["value"] for field in page.all("input") if field["type"] == "hidden"
    }
    assert hidden == {"recorded_at": "2026-02-28T00:00:00Z", "as_of": "2026-02-01"}


def chips(page: Element) -> list[tuple[str, str]]:
    return [
        (link.text.removeprefix("Remove the filter ").removesuffix(" ×"), link["href"])
        for link in page.all("a", "chip")
    ]


def chosen(page: Element) -> dict[str, str]:
    return {
        select["name"]: option["value"]
        for select in page.all("select")
        for option in select.all("option")
        if "selected" in option.attributes and option["value"]
    }


def test_pages_lead_through_all_events_once_and_back(client: Client) -> None:
    for number in range(7):
        make.event(title=f"Event {number}", date=f"2025-01-0{number + 1}")
    path, seen = "/events/?page_size=3&kind=summit", []
    while path:
        page = main_of(client.get(path).content)
        seen.append(page.texts("p", "event-title"))
        last = path
        path = next((link["href"] for link in page.all("a") if link["rel"] == "next"), "")
    assert [title for titles in seen for title in titles] == [
        f"Event {number}" for number in range(6, -1, -1)
    ]
    (back,) = [
        link["href"] for link in main_of(client.get(last).content).all("a") if link["rel"] == "prev"
    ]
    assert listed(client, back) == seen[1]


def test_empty_list_says_whether_filters_are_why(client: Client) -> None:
    page = main_of(client.get("/events/").content)
    assert page.one("div", "empty").text == "Nothing is recorded yet."
    page = main_of(client.get("/events/?q=nothing").content)
    assert page.one("div", "empty").links() == [("The whole list", "/events/")]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("kind=nonsense", ["kind"]),
        ("knd=summit", ["knd"]),
        ("since=yesterday&state=ZZ", ["since", "state"]),
        ("cursor=abc", ["cursor"]),
        ("page_size=0", ["page_size"]),
        ("ordering=password", ["ordering"]),
        ("attendances__state__name=x", ["attendances__state__name"]),
        ("q=%00", ["q"]),
    ],
)
@pytest.mark.parametrize("prefix", ["", "/ru"])
def test_bad_filter_is_a_400_page_that_names_the_parameter(
    client: Client, query: str, named: list[str], prefix: str
) -> None:
    response = client.get(f"{prefix}/events/?{query}")
    page = main_of(response.content)
    assert response.status_code == 400
    assert page.one("dl", "errors").texts("dt") == named
    assert f"{prefix}/events/" in [url for _text, url in page.links()]
    assert "ETag" not in response.headers


def test_event_page_tells_everything_recorded(client: Client) -> None:
    event = make.event(
        slug="session",
        title="Council session",
        date="2025-11-27",
        date_note="As announced.",
        start_time=time(10, 0),
        end_time=time(12, 30),
        time_zone="Asia/Bishkek",
        place="Bishkek",
        country="KG",
        summary="They met.",
        note="Two sources differ.",
        url="https://example.org/session",
        sources=[make.source(title="Report", publisher="Agency", date="2025-11-28")],
    )
    make.state("KG", name="Kyrgyz Republic", slug="kyrgyzstan")
    event.body_links.create(body=make.body(name="Council", slug="council"))
    page = main_of(client.get("/events/session/").content)
    assert page.texts("h1") == ["Council session"]
    assert page.texts("p", "lead") == ["They met."]
    assert [one["datetime"] for one in page.all("time")] == [
        "2025-11-27T10:00:00+06:00",
        "2025-11-27T12:30:00+06:00",
    ]
    assert page.one("dl").facts() == {
        "Date": "27 November 2025, 10:00–12:30 (Asia/Bishkek) As announced.",
        "Status": "Held",
        "Kind": "Summit",
        "Place": "Bishkek, Kyrgyz Republic",
        "Bodies": "Council",
        "Page of the event": "https://example.org/session",
        "Confidence": "Seen in a named source",
    }
    assert page.one("div", "note").text == "Note Two sources differ."
    assert page.texts("ul", "sources") == ["Report, Agency, 28 November 2025 original: Report"]
    (outward,) = page.one("ul", "sources").all("a", "outward")
    assert outward.one("span")["lang"] == page.one("ul", "sources").all("span")[0]["lang"]


@pytest.mark.parametrize(
    ("code", "place", "shown"),
    [("US", "New York", "New York, United States"), ("US", "", "United States"), ("FJ", "", "FJ")],
)
def test_country_that_is_no_state_of_the_record_has_its_name_or_code(
    client: Client, code: str, place: str, shown: str
) -> None:
    make.event(slug="talks", place=place, country=code)
    page = main_of(client.get("/events/talks/").content)
    assert page.one("dl").facts()["Place"] == shown


def test_event_page_shows_who_took_part_and_that_others_are_unknown(client: Client) -> None:
    event = make.event(slug="session")
    for state, options in (
        (make.state("BY", name="Belarus"), {"role": "host", "level": "President"}),
        (make.state("AM", name="Armenia"), {"role": "absent", "note": "Said beforehand."}),
    ):
        make.attendance(event=event, state=state, **options)
    page = main_of(client.get("/events/session/").content)
    assert page.rows() == [
        ["Armenia", "Absent, as a source says", "—", "Said beforehand."],
        ["Belarus", "Host", "President", "—"],
    ]
    assert (
        "A state that is not listed is unknown: no source in the record says whether it took part."
        in page.texts("p")
    )


def test_event_page_without_attendance_calls_it_unknown(client: Client) -> None:
    make.event(slug="session")
    page = main_of(client.get("/events/session/").content)
    assert page.texts("p", "empty") == [
        "No source in the record says which states took part: this is unknown, not absence.",
        "No link to a priority is recorded.",
    ]


def test_event_page_groups_priorities_by_relation_and_says_why(client: Client) -> None:
    event = make.event(slug="session")
    presidency = make.presidency(2025, title="Kyrgyzstan 2025", slug="kyrgyzstan-2025")
    for slug, options in (
        ("borders", {"relation": "counts-against", "reason": "They closed."}),
        ("drugs", {"relation": "implements", "reason": "A plan.", "basis": "stated"}),
    ):
        make.contribution(
            event=event,
            priority=make.priority(presidency=presidency, slug=slug, title=slug.title()),
            **options,
        )
    page = main_of(client.get("/events/session/").content)
    assert page.texts("h3") == ["Implements", "Counts against"]
    items = [item.text for part in page.all("ul", "contributions") for item in part.all("li")]
    assert items == [
        "Drugs (Kyrgyzstan 2025) A plan. The source says so.",
        "Borders (Kyrgyzstan 2025) They closed. A curator infers it.",
    ]


def test_drafts_are_on_no_page_of_events(client: Client) -> None:
    event = make.event(slug="session", sources=[make.source(title="CANARY", is_published=False)])
    make.event(slug="draft", title="CANARY", is_published=False)
    make.attendance(event=event, state=make.state("ZZ", name="CANARY", is_published=False))
    make.contribution(event=event, priority=make.priority(title="CANARY", is_published=False))
    hidden = make.presidency(1990, title="CANARY", slug="canary-1990", is_published=False)
    make.contribution(event=event, priority=make.priority(presidency=hidden, title="CANARY"))
    event.body_links.create(body=make.body(name="CANARY", is_published=False))
    make.theme(title="CANARY", is_published=False)
    for path in ("/events/", "/events/session/", "/ru/events/", "/ru/events/session/"):
        assert "canary" not in client.get(path).content.decode().lower()
    assert client.get("/events/draft/").status_code == 404
    assert client.get("/events/?presidency=canary-1990").status_code == 400


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_of_events_cost_the_same_for_more_rows(
    client: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        event = make.event()
        for _ in range(rows):
            make.attendance(event=event)
            make.contribution(event=event)
            event.body_links.create(body=make.body())
    # The data version, the rows, the choices of the form and how many events each of them leaves,
    # the data status of the footer.
    with django_assert_num_queries(5):
        response = client.get("/events/")
    assert response.cookies == {}
    with django_assert_num_queries(6):
        response = client.get(event.get_absolute_url())
    assert response.cookies == {}


@pytest.mark.django_db(transaction=True)
def test_unchanged_list_is_answered_304_for_one_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    event = make.event()
    whole = client.get("/events/?kind=summit").headers
    with django_assert_num_queries(1):
        response = client.get("/events/?kind=summit", headers={"If-None-Match": whole["ETag"]})
    assert (response.status_code, response.content) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary"):
        assert response.headers[name] == whole[name]
    Event.objects.filter(pk=event.pk).update(title="Another")
    response = client.get("/events/?kind=summit", headers={"If-None-Match": whole["ETag"]})
    assert response.status_code == 200


@pytest.mark.parametrize("path", ["/events/nothing/", "/events/a/b/", "/ru/events/nothing/"])
def test_unknown_event_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_text_of_the_record_is_never_markup(client: Client) -> None:
    event = make.event(slug="session")
    Event.objects.filter(pk=event.pk).update(title="<script>alert(1)</script>")
    for path in ("/events/", "/events/session/"):
        assert b"<script>alert" not in client.get(path).content
