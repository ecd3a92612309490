"""`as_of` where many records are looked at together, and in filters that speak of today."""

import re
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from csto_tracker.pages.searching import BY_NAME
from events.models import Event
from tests import factories as make
from tests.pages.reading import main_of, read
from tests.pages.test_search import everything

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"


def moment() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now.isoformat()


def keys(client: Client, name: str, **query: str) -> list[str]:
    answer = client.get(reverse(f"api:{name}-list"), query)
    assert answer.status_code == 200, answer.content
    return sorted(row["key"] for row in answer.json()["results"])


def found(client: Client, **query: str) -> set[tuple[str, str]]:
    answer = client.get("/api/v1/search/", query)
    assert answer.status_code == 200, answer.content
    return {(row["kind"], row["key"]) for row in answer.json()["results"]}


# --- Search ---------------------------------------------------------------------------------
def test_search_finds_what_the_lists_have_as_of_the_day(client: Client) -> None:
    everything("zebra")
    make.event(slug="early", title="Early zebra", date="1990-05-01")
    assert {kind for kind, _key in found(client, q="zebra")} == set(BY_NAME)
    for day in ("1990-05-01", "2024-06-01", "9998-01-01"):
        expected = {
            (name, key)
            for name in BY_NAME
            for key in keys(client, name, as_of=day, **({} if name == "states" else {"q": "zebra"}))
            if name != "states" or is_named(key, "zebra")
        }
        assert found(client, q="zebra", as_of=day) == expected, day
    assert ("events", "early") in found(client, q="zebra", as_of="1990-05-01")
    assert ("events", "early") not in found(client, q="zebra", as_of="1990-04-30")


def is_named(key: str, name: str) -> bool:
    return make.State.objects.filter(code=key, name__icontains=name).exists()


def test_search_page_and_files_take_the_day_and_keep_it(client: Client) -> None:
    make.event(slug="early", title="Early zebra", date="2020-05-01")
    make.event(slug="late", title="Late zebra", date="2026-05-01")
    query = {"q": "zebra", "as_of": "2021-01-01"}
    answer = client.get("/search/", query)
    page = main_of(answer.content)
    assert "As of 1 January 2021" in answer.content.decode()
    assert answer.headers["As-Of"] == "2021-01-01"
    links = [link["href"] for link in page.all("a")]
    assert ("/events/early/" in links, "/events/late/" in links) == (True, False)
    chips = [link["href"] for link in page.one("nav", "kinds").all("a")]
    assert all("as_of=2021-01-01" in url for url in chips)
    fields = {(one["name"], one["value"]) for one in page.all("input")}
    assert ("as_of", "2021-01-01") in fields
    for extension in ("csv", "jsonl", "json", "atom"):
        answer = client.get(f"/search.{extension}", query)
        assert (b"Early" in answer.content, b"Late" in answer.content) == (True, False), extension
        assert answer.headers["As-Of"] == "2021-01-01"
    refused = client.get("/api/v1/search/", {"q": "zebra", "as_of": "soon", "kind": "cars"}).json()
    assert {error["parameter"] for error in refused["errors"]} == {"as_of", "kind"}


@pytest.mark.django_db(transaction=True)
def test_search_takes_both_dates(client: Client) -> None:
    make.event(slug="early", title="Early zebra", date="2020-05-01")
    make.event(slug="late", title="Late zebra", date="2026-05-01")
    then = moment()
    Event.objects.all().update(title="Something else")
    assert found(client, q="zebra", recorded_at=then) == {("events", "early"), ("events", "late")}
    both = {"q": "zebra", "as_of": "2021-01-01", "recorded_at": then}
    assert found(client, **both) == {("events", "early")}
    answer = client.get("/search/", both)
    assert {"As-Of", "Memento-Datetime"} <= set(answer.headers)
    assert answer.content.decode().count('class="past-banner"') == 2


# --- Matrix and comparison ------------------------------------------------------------------
@pytest.fixture
def _terms() -> None:
    """Two terms, the later of which has one priority with events and judgements."""
    make.presidency(2025, slug="belarus-2025", title="Belarus 2025")
    term = make.presidency(2026, slug="russia-2026", title="Russia 2026")
    theme = make.theme(slug="military", title="Military")
    priority = make.priority(presidency=term, slug="drugs", title="Drugs", number=1, theme=theme)
    armenia, uzbekistan = make.state("AM", name="Armenia"), make.state("UZ", name="Uzbekistan")
    make.membership(state=armenia, since="2003-09-18")
    make.membership(state=uzbekistan, since="2026-06-01")
    for day, role in (("2026-02-10", "host"), ("2026-05-10", "participant")):
        event = make.event(date=day)
        make.contribution(event=event, priority=priority, relation="implements")
        make.attendance(event=event, state=armenia, role=role)
    make.assessment(priority=priority, as_of=date(2026, 2, 15), completion="limited")
    make.assessment(priority=priority, number=2, as_of=date(2026, 6, 1), completion="completed")


def figures(client: Client, **query: str) -> dict[tuple[str, str, str], int]:
    answer = client.get("/matrix.json", query)
    assert answer.status_code == 200, answer.content
    return {
        (row["table"], row["column"], row["kind"]): row["number"]
        for row in answer.json()["results"]
        if row["number"]
    }


@pytest.mark.usefixtures("_terms")
def test_matrix_counts_what_had_begun(client: Client) -> None:
    assert figures(client, as_of="2026-03-01") == {
        ("months", "2026-02", "implements"): 1,
        ("states", "AM", "hosted"): 1,
        ("themes", "russia-2026", "limited"): 1,
    }
    assert figures(client, as_of="2026-07-01") == {
        ("months", "2026-02", "implements"): 1,
        ("months", "2026-05", "implements"): 1,
        ("states", "AM", "hosted"): 1,
        ("states", "AM", "took-part"): 1,
        ("states", "UZ", "unknown"): 2,
        ("themes", "russia-2026", "completed"): 1,
    }
    refused = client.get("/matrix/", {"as_of": "2025-07-01", "presidency": "russia-2026"})
    assert refused.status_code == 400
    assert main_of(client.get("/matrix/", {"as_of": "2025-07-01"}).content).texts("h1") == [
        "Matrix: Belarus 2025"
    ]
    early = client.get("/matrix/", {"as_of": "1990-01-01"})
    assert "No presidency of the record had begun by that day." in early.content.decode()


@pytest.mark.usefixtures("_terms")
def test_each_figure_of_the_day_opens_a_list_of_as_many(client: Client) -> None:
    query = {"as_of": "2026-03-01"}
    answer = client.get("/matrix/", query)
    assert "As of 1 March 2026" in answer.content.decode()
    for row in client.get("/matrix.json", query).json()["results"]:
        if not row["number"]:
            continue
        path, _mark, asked = row["url"].removeprefix(SITE).partition("?")
        listed = client.get(f"/api/v1{path}?{asked}").json()["results"]
        assert len(listed) == row["number"], row["url"]
    chips = [link["href"] for link in main_of(answer.content).one("nav", "choice").all("a")]
    assert all("as_of=2026-03-01" in url for url in chips)


@pytest.mark.usefixtures("_terms")
def test_comparison_is_as_of_the_day(client: Client) -> None:
    def rows(**query: str) -> list[list[str]]:
        answer = client.get("/compare/", query)
        assert answer.status_code == 200
        return [row for table in main_of(answer.content).all("table") for row in table.rows()]

    then, later = rows(as_of="2026-03-01"), rows(as_of="2026-07-01")
    assert ["Days of the term that have passed", "365", "60 of 365"] in then
    assert ["Limited", "—Not tracked", "1"] in then
    assert ["Completed", "—Not tracked", "1"] in later
    assert ["Events reported as held", "0 in the record", "1"] in then
    assert ["Events reported as held", "0 in the record", "2"] in later
    assert ["Armenia", "—", "Hosted: 1"] in then
    assert [row for row in then if row[0] == "Uzbekistan"] == []
    answer = client.get("/compare/", {"as_of": "2026-03-01"})
    page = main_of(answer.content)
    assert answer.headers["As-Of"] == "2026-03-01"
    assert ("as_of", "2026-03-01") in {(one["name"], one["value"]) for one in page.all("input")}
    events = [link["href"] for link in page.all("a") if link["href"].startswith("/events/?")]
    assert events
    assert all("as_of=2026-03-01" in url for url in events)
    assert client.get("/compare/", {"as_of": "2026-13-01"}).status_code == 400


@pytest.mark.usefixtures("_terms")
@pytest.mark.parametrize("page", ["matrix", "matrix/states", "matrix/themes", "compare/completion"])
def test_charts_for_other_sites_say_the_day(client: Client, page: str) -> None:
    for address in (f"/embed/{page}/", f"/embed/{page}.svg"):
        answer = client.get(address, {"as_of": "2026-03-01"})
        assert answer.status_code == 200
        assert "As of 1 March 2026" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_terms")
def test_matrix_and_comparison_take_both_dates(client: Client) -> None:
    then = moment()
    Event.objects.all().update(is_published=False)
    query = {"as_of": "2026-03-01", "recorded_at": then}
    assert figures(client, **query)["months", "2026-02", "implements"] == 1
    assert ("months", "2026-02", "implements") not in figures(client, as_of="2026-03-01")
    for address in ("/compare/", "/matrix/"):
        answer = client.get(address, query)
        assert answer.content.decode().count('class="past-banner"') == 2
        assert "recorded_at=" in answer.content.decode()


@pytest.mark.usefixtures("_terms")
def test_home_shows_the_presidency_of_the_day(client: Client) -> None:
    make.event(title="Held before", date="2025-05-01", status="held")
    make.event(title="Announced", date="2099-05-01", status="announced")
    answer = client.get("/", {"as_of": "2025-06-01"})
    page = main_of(answer.content)
    assert answer.headers["As-Of"] == "2025-06-01"
    assert page.texts("h2")[0] == "Belarus 2025"
    assert ("Held before" in page.text, "Announced" in page.text) == (True, False)
    assert [head for head in page.texts("h2") if head == "What comes next"] == []
    later = main_of(client.get("/", {"as_of": "2026-03-01"}).content)
    assert (later.texts("h2")[0], "Limited" in later.text) == ("Russia 2026", True)
    drawn = client.get("/embed/home.svg", {"as_of": "2026-03-01"}).text
    assert ("Drugs" in drawn, "As of 1 March 2026" in drawn) == (True, True)
    early = client.get("/", {"as_of": "1990-01-01"})
    assert "No presidency of the record had begun by that day." in early.text
    assert client.get("/", {"as_of": "soon"}).status_code == 400


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_terms")
@pytest.mark.parametrize("page", ["matrix", "presidencies/russia-2026", "compare/completion"])
def test_pictures_are_drawn_from_the_past(client: Client, page: str) -> None:
    query = {"as_of": "2026-03-01", "recorded_at": moment()}
    expected = client.get(f"/embed/{page}.svg", query)
    assert {"As-Of", "Memento-Datetime"} <= set(expected.headers)
    Event.objects.all().update(is_published=False)
    make.Priority.objects.all().update(title="Renamed", title_ru="Новое")
    make.assessment(
        priority=make.Priority.objects.get(),
        number=3,
        as_of=date(2026, 2, 20),
        completion="completed",
    )
    drawn = [
        re.sub(r"data version.*?2\d{3}\.", "", client.get(f"/embed/{page}.svg", asked).text)
        for asked in (query, {"as_of": "2026-03-01"})
    ]
    assert drawn[0] == re.sub(r"data version.*?2\d{3}\.", "", expected.text)
    assert drawn[0] != drawn[1]


def test_way_back_to_now_keeps_the_question(client: Client) -> None:
    make.event(title="Zebra", date="2020-05-01")
    for address, now in (
        ("/search/?q=zebra&as_of=2021-01-01&kind=events", "/search/?q=zebra&kind=events"),
        ("/ru/events/?as_of=2021-01-01&status=held", "/ru/events/?status=held"),
        ("/matrix/?as_of=2021-01-01", "/matrix/"),
    ):
        banner = read(client.get(address).content).one("p", "past-banner")
        assert [link["href"] for link in banner.all("a")] == [now]
        assert client.get(now).status_code == 200


# --- Filters that speak of today ------------------------------------------------------------
def test_status_is_that_of_the_day(client: Client) -> None:
    state = make.state("UZ")
    make.membership(state=state, since="1994-04-20", until="1999-04-02", status="member")
    make.membership(state=state, since="1999-04-02", status="withdrawn")
    assert keys(client, "states", status="member") == []
    assert keys(client, "states", status="member", as_of="1995-01-01") == ["UZ"]
    assert keys(client, "states", not_status="withdrawn", as_of="1995-01-01") == ["UZ"]
    assert keys(client, "states", status="withdrawn", as_of="1995-01-01") == []
    page = main_of(client.get("/states/", {"status": "member", "as_of": "1995-01-01"}).content)
    chips = [chip.text for chip in page.all("a", "chip")]
    assert "Remove the filter Status on that day: Member ×" in chips


def test_what_is_current_is_so_on_the_day(client: Client) -> None:
    first, second = make.presidency(2024), make.presidency(2025)
    assert keys(client, "presidencies", current="true", as_of="2024-06-01") == [first.key]
    assert keys(client, "presidencies", current="true", as_of="2025-06-01") == [second.key]
    assert keys(client, "presidencies", current="false", as_of="2025-06-01") == [first.key]
    row = make.membership(since="1994-04-20", until="1999-04-02")
    assert keys(client, "memberships", current="true", as_of="1995-01-01") == [row.key]
    assert keys(client, "memberships", current="true") == []


def test_newest_and_awaited_are_so_on_the_day(client: Client) -> None:
    old = make.assessment(as_of=date(2026, 2, 15))
    new = make.assessment(priority=old.priority, number=2, as_of=date(2026, 5, 1))
    for value, then, later in (("true", [old.key], [new.key]), ("false", [], [])):
        assert keys(client, "assessments", newest=value, as_of="2026-03-01") == then
        assert keys(client, "assessments", newest=value, as_of="2026-06-01") == later
    make.event(slug="planned", date="2020-03/2020-06", status="announced")
    asked: dict[str, Any] = {"upcoming": "true", "as_of": "2020-05-01"}
    assert keys(client, "events", **asked) == ["planned"]
    assert keys(client, "events", awaiting_outcome="true", as_of="2020-05-01") == []
    assert keys(client, "events", awaiting_outcome="true", as_of="2020-07-01") == ["planned"]
    assert keys(client, "events", upcoming="true") == []


# --- Bodies and passages ---------------------------------------------------------------------
def test_bodies_are_listed_from_the_day_that_may_have_established_them(client: Client) -> None:
    make.body(slug="undated")
    make.body(slug="vague", established="2001?")
    make.body(slug="exact", established="2003-04-28")
    assert keys(client, "bodies", as_of="2000-12-31") == ["undated"]
    assert keys(client, "bodies", as_of="2001-01-01") == ["undated", "vague"]
    assert keys(client, "bodies", as_of="2003-04-28") == ["exact", "undated", "vague"]
    page = main_of(client.get("/bodies/", {"as_of": "2001-01-01"}).content)
    links = [link["href"] for link in page.all("a")]
    assert ("/bodies/vague/" in links, "/bodies/exact/" in links) == (True, False)
    for address in ("/bodies/exact/", reverse("api:bodies-detail", args=["exact"])):
        assert client.get(address, {"as_of": "2003-04-27"}).status_code == 400
        assert client.get(address, {"as_of": "2003-04-28"}).status_code == 200


def test_passages_are_those_of_sources_published_by_the_day(client: Client) -> None:
    old = make.passage(source=make.source(date="2020", text="Words."), text="Words.")
    new = make.passage(source=make.source(date="2026-06", text="Words."), text="Words.")
    assert keys(client, "passages", as_of="2026-05-31") == [old.key]
    assert len(keys(client, "passages", as_of="2026-06-01")) == 2
    for address in (
        reverse("api:passages-detail", args=[new.key]),
        reverse("annotation", args=[new.key]),
        reverse("source-text", args=[new.source.slug]),
    ):
        assert client.get(address, {"as_of": "2026-05-31"}).status_code == 400
        answer = client.get(address, {"as_of": "2026-06-01"})
        assert (answer.status_code, answer.headers["As-Of"]) == (200, "2026-06-01")


def test_charts_of_events_say_the_day_and_show_nothing_later(client: Client) -> None:
    old, new = make.presidency(2025, title="Old term"), make.presidency(2026, title="New term")
    make.state("AM")
    for term, day in ((old, "2025-05-01"), (new, "2026-05-01")):
        make.event(title=f"Event of {day[:4]}", date=day)
        make.claim(presidency=term, claimant=f"Minister of {day[:4]}", date=day)
        make.assessment(priority=make.priority(presidency=term), as_of=date.fromisoformat(day))
    for address in ("/timeline/", "/map/", "/events/calendar/"):
        answer = client.get(address, {"as_of": "2025-06-01"})
        assert answer.headers["As-Of"] == "2025-06-01", address
        page = main_of(answer.content)
        assert "As of 1 June 2025" in answer.content.decode()
        if address == "/timeline/":
            words = " ".join(row for table in page.all("table") for row in table.texts("td"))
            for one in ("Event of", "Minister of", "assessment of Old"):
                assert one in words, one
            assert "2026" not in words
            assert "New term" not in words


def test_what_is_expanded_is_as_of_the_day_too(client: Client) -> None:
    priority = make.priority(presidency=make.presidency(2025, slug="p-2025"), slug="old")
    make.assessment(priority=priority, as_of="2025-12-31")
    later = make.priority(presidency=make.presidency(2026, slug="p-2026"), slug="new")
    make.lineage(earlier=priority, later=later)
    event = make.event(slug="one", date="2025-06-01")
    make.contribution(event=event, priority=priority)

    def expanded(path: str, day: str) -> dict[str, Any]:
        return client.get(f"{path}&as_of={day}").json()["expanded"]  # type: ignore[no-any-return]

    of_event = "/api/v1/events/one/?expand=contributions.priority"
    of_priority = "/api/v1/priorities/p-2025:old/?expand=taken_up_by.priority"
    for day, number in (("2025-07-01", 0), ("2026-07-01", 1)):
        (row,) = expanded(of_event, day)["contributions.priority"]
        assert len(row["assessments"]) == number
        assert len(expanded(of_priority, day)["taken_up_by.priority"]) == number


def test_time_has_passed_on_the_day_that_is_asked_about(client: Client) -> None:
    make.event(slug="one", date="2026-02-20", status="announced")
    for day, passed in (("2026-02-20", False), ("2026-02-21", True)):
        for path, sign in (
            ("/events/", "status-missing"),
            ("/events/one/", "status-missing"),
            ("/events.ics", "outcome is not recorded"),
        ):
            text = client.get(f"{path}?as_of={day}").content.decode().replace("\r\n ", "")
            assert (sign in text) is passed, (day, path)
        rows = client.get(f"/api/v1/events/?awaiting_outcome=true&as_of={day}").json()["results"]
        assert len(rows) == passed
    with time_machine.travel("2026-02-20", tick=False):  # the day of one request is not another's
        assert "status-missing" not in client.get("/events/one/").content.decode()
