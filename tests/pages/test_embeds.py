"""Charts in frames of other sites, and as files that need nothing else."""

import re
import struct
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
import time_machine
from django.test import Client
from django.utils.timezone import now

from csto_tracker.pictures.style import stylesheet, stylesheet_hash
from events.models import Attendance
from tests import factories as make
from tests.pages.reading import Element, main_of

pytestmark = pytest.mark.django_db
PRIORITY = "presidencies/p/priorities/borders"
# Where each chart stands under /embed/, and its page.
PAGES = {
    "timeline": "timeline/",
    "map": "map/",
    "compare": "compare/",
    "matrix": "matrix/",
    "matrix/states": "matrix/",
    "matrix/themes": "matrix/",
    "home": "",
    "presidencies/p": "presidencies/p/",
    PRIORITY: f"{PRIORITY}/",
}
# Tables and lists, by the words of the record that each shows.
TABLES = {
    "events": "Rubezh & <co>",
    "events/calendar": "Rubezh & <co>",
    "events/agenda": "Rubezh & <co>",
    "events/exercise/participants": "Host",
    "sources": "Agency",
    "presidencies": "Russia 2026",
    "states": "Russia",
    "states/russia/events": "Rubezh & <co>",
    "bodies": "Council of experts",
    "priorities": "Borders & <order>",
    "presidencies/p/priorities": "Borders & <order>",
    "changes": "Rubezh & <co>",
    "compare/glance": "Russia 2026",
    "compare/themes": "Borders & <order>",
    "compare/completion": "Limited",
    "compare/activity": "Exercise",
    "compare/states": "Russia",
    "attendances": "Rubezh & <co>",
    "contributions": "Borders & <order>",
    "assessments": "Borders & <order>",
    "lineage": "Old borders",
}
PAGES |= {path: f"{path}/" for path in TABLES}
PAGES |= {path: "compare/" for path in TABLES if path.startswith("compare/")}
PAGES |= {"events/exercise/participants": "events/exercise/"}
PAGES |= {"states/russia/events": "states/russia/"}
DRAWINGS = list(PAGES)
NO_LINKS = {"compare/completion", "events/calendar"}  # numbers; a month without events
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def _record() -> None:
    earlier = make.presidency(2025, slug="o", title="Earlier", title_ru="Прежнее")
    presidency = make.presidency(2026, slug="p", title="Russia 2026", title_ru="Россия 2026")
    state = make.state("RU", name="Russia", name_ru="Россия", slug="russia")
    old = make.priority(presidency=earlier, slug="old", title="Old borders")
    priority = make.priority(
        presidency=presidency, slug="borders", number=1, title="Borders & <order>"
    )
    make.lineage(earlier=old, later=priority)
    make.body(name="Council of experts")
    event = make.event(
        slug="exercise",
        kind="exercise",
        status="held",
        title="Rubezh & <co>",
        title_ru="Рубеж",
        date="2026-02-01",
        country="RU",
    )
    make.contribution(event=event, priority=priority)
    make.attendance(event=event, state=state, role=Attendance.Role.HOST)
    make.assessment(priority=priority)


@pytest.mark.parametrize("prefix", ["/embed/", "/ru/embed/"])
@pytest.mark.parametrize("path", ["", *(f"{one}/" for one in DRAWINGS)])
def test_chart_may_stand_in_a_frame_of_any_site(client: Client, path: str, prefix: str) -> None:
    response = client.get(prefix + path)
    policy = response.headers["Content-Security-Policy"]
    assert response.status_code == 200
    assert "frame-ancestors *" in policy
    assert "script-src 'none'" in policy
    assert "X-Frame-Options" not in response.headers
    assert response.cookies == {}
    assert response.headers["ETag"]
    html = response.content.decode()
    assert "<script" not in html
    assert "<form" not in html
    page = prefix.replace("embed/", "") + PAGES.get(path.removesuffix("/"), "")
    assert re.search(rf'<link rel="canonical" href="http[^"]*{re.escape(page)}">', html)
    assert re.search(rf'<a href="http[^"]*{re.escape(page)}">', html)
    assert main_of(response.content).text


@pytest.mark.parametrize("path", ["/", "/timeline/", "/map/", "/events/"])
def test_other_pages_stand_in_no_frame(client: Client, path: str) -> None:
    response = client.get(path)
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("prefix", ["/embed/", "/ru/embed/"])
@pytest.mark.parametrize("path", DRAWINGS)
def test_drawing_stands_alone(client: Client, path: str, prefix: str) -> None:
    response = client.get(f"{prefix}{path}.svg")
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert f"style-src {stylesheet_hash()}" in response.headers["Content-Security-Policy"]
    root = ElementTree.fromstring(response.content)  # noqa: S314  # our own
    assert root.tag == f"{SVG}svg"
    assert root.findtext(f"{SVG}style") == stylesheet()
    texts = " ".join(one.text or "" for one in root.iter(f"{SVG}text"))
    assert f"{prefix.replace('embed/', '')}{PAGES[path]}" in texts  # where it stands
    used = {one.attrib["href"].removeprefix("#") for one in root.iter(f"{SVG}use")}
    assert used <= {one.attrib.get("id") for one in root.iter()}
    links = [one.attrib["href"] for one in root.iter(f"{SVG}a")]
    assert bool(links) == (path not in NO_LINKS)
    assert all(link.startswith("http") for link in links)
    assert not [one for one in root.iter() if one.attrib.get("style")]


@pytest.mark.parametrize(("path", "words"), TABLES.items())
def test_table_is_embedded_and_drawn_with_its_words(client: Client, path: str, words: str) -> None:
    query = "?month=2026-02" if path == "events/calendar" else ""
    assert words in main_of(client.get(f"/embed/{path}/{query}").content).text
    drawing = client.get(f"/embed/{path}.svg{query}")
    root = ElementTree.fromstring(drawing.content)  # noqa: S314  # our own
    texts = " ".join("".join(one.itertext()) for one in root.iter(f"{SVG}text"))
    assert words in texts
    page = main_of(client.get(f"/{PAGES[path]}{query}").content)
    assert (
        "See it as it would be embedded",
        f"/embed/{path}/{query}",
    ) in page.links()


def written(client: Client, address: str) -> str:
    """All words of a drawing."""
    root = ElementTree.fromstring(client.get(address).content)  # noqa: S314  # our own
    return " ".join("".join(one.itertext()) for one in root.iter(f"{SVG}text"))


@pytest.mark.parametrize(
    ("path", "caveat"),
    [
        ("events", "A state that is not named is unknown, not absent."),
        ("events/agenda", "no day is made up."),
        ("events/exercise/participants", "A state that is not listed is unknown"),
        ("compare/completion", "Activity is never counted as achievement."),
        ("compare/activity", "fewer events may mean fewer sources."),
        ("compare/states", "A state that no source names is unknown, not absent."),
        ("attendances", "No row means unknown."),
        ("contributions", "activity, never achievement."),
    ],
)
def test_what_limits_a_table_travels_with_it(client: Client, path: str, caveat: str) -> None:
    assert caveat in main_of(client.get(f"/embed/{path}/").content).text
    assert caveat in written(client, f"/embed/{path}.svg")
    assert main_of(client.get(f"/{PAGES[path]}").content).text.count(caveat) == 1


@pytest.mark.parametrize(
    "path", ["states", "compare", "events", "memberships", "matrix", "timeline", "map"]
)
def test_frame_and_picture_say_of_which_day_and_moment_they_are(client: Client, path: str) -> None:
    moment = now().replace(microsecond=0)
    said = [f"As this site said it at {moment:%Y-%m-%d %H:%M:%S} UTC.", "As of 1 March 2026."]
    query = urlencode({"recorded_at": f"{moment:%Y-%m-%dT%H:%M:%SZ}", "as_of": "2026-03-01"})
    source = client.get(f"/embed/{path}/?{query}").content.decode()
    assert [one for one in said if one not in source] == []
    plain = client.get(f"/embed/{path}/").content.decode()
    assert "As of" not in plain.partition("embed-source")[2]


def test_filter_and_counts_are_those_of_the_page(client: Client) -> None:
    make.event(status="held", date="2026-02-02", title="Later")
    assert "Later" in written(client, "/embed/events.svg")
    assert "Later" not in written(client, "/embed/events.svg?kind=exercise")
    assert "Later" not in main_of(client.get("/embed/events/?kind=exercise").content).text
    assert "Hosted: 1, Not named: unknown: 1" in written(client, "/embed/compare/states.svg")


def test_status_is_kept_from_what_stands_beside_it(client: Client) -> None:
    assert "Held · Exercise" in written(client, "/embed/events.svg")
    calendar = written(client, "/embed/events/calendar.svg?month=2026-02")
    assert "Rubezh & <co> · Held" in calendar


def test_note_on_a_date_leaves_the_room_to_the_event(client: Client) -> None:
    make.event(title="Lone", date="2026-06", date_note="As the ministry said in its report. " * 4)
    drawing = client.get("/embed/events.svg?since=2026-06-01").content
    root = ElementTree.fromstring(drawing)  # noqa: S314  # our own
    (title,) = [one for one in root.iter(f"{SVG}text") if "".join(one.itertext()) == "Lone"]
    assert float(title.attrib["x"]) < 400  # of 1088


def test_picture_of_a_long_list_can_be_read_and_says_where_it_ends(client: Client) -> None:
    for number in range(90):
        make.event(title=f"Event {number}")
    data = client.get("/embed/events.png?page_size=500").content
    width, height = struct.unpack(">II", data[16:24])
    assert width >= 1088 + 48  # a pixel to a unit
    assert height > 2000
    whole = written(client, "/embed/events.svg?page_size=500")
    assert "Event 89" in whole
    assert "rows." not in whole


@pytest.mark.parametrize("path", DRAWINGS)
def test_picture_shows_the_drawing(client: Client, path: str) -> None:
    response = client.get(f"/ru/embed/{path}.png")
    assert response.headers["Content-Type"] == "image/png"
    assert response.content.startswith(b"\x89PNG\r\n\x1a\n")
    wide, high = struct.unpack(">II", response.content[16:24])
    assert 1000 < wide < 2400
    assert wide * high <= 3_100_000
    assert len(response.content) > 5000


def test_query_of_the_page_is_that_of_its_chart(client: Client) -> None:
    drawing = client.get("/embed/map.svg?as_of=2010-01-01").content.decode()
    assert "1 January 2010" in drawing
    assert "No line on this map is a position of this site." in " ".join(
        re.findall(r'class="figure-source">([^<]*)<', drawing)
    )
    assert "/map/?as_of=2010-01-01" in drawing
    assert client.get("/embed/map.svg?as_of=yesterday").status_code == 400
    assert client.get("/embed/timeline/?colour=red").status_code == 400


def test_matrix_is_drawn_with_its_numbers_and_links(client: Client) -> None:
    page = main_of(client.get("/matrix/?presidency=p").content)
    for kind, part in (("months", ""), ("states", "/states"), ("themes", "/themes")):
        root = ElementTree.fromstring(  # noqa: S314  # our own
            client.get(f"/embed/matrix{part}.svg?presidency=p").content
        )
        cells = {
            link.findtext(f"{SVG}title"): [one.text for one in link.iter(f"{SVG}text")]
            for link in root.iter(f"{SVG}a")
        }
        table = page.one("table", f"matrix-{kind}")
        found = [one for one in table.all("a") if one["aria-label"]]
        assert found
        for cell in found:
            assert cells[cell["aria-label"]] == ["1"]
        heads = [one.text for one in table.one("thead").all("th")]
        words = {one.text for one in root.iter(f"{SVG}text")}
        assert set(" ".join(heads).split()) <= set(" ".join(filter(None, words)).split())
    assert "Completed" in words  # the key of the scale


@pytest.mark.parametrize(
    ("address", "part"),
    [("/embed/matrix/states/", "states"), ("/embed/matrix/themes/", "themes")],
)
def test_frame_holds_the_table_that_was_asked_for(client: Client, address: str, part: str) -> None:
    page = main_of(client.get(f"{address}?presidency=p").content)
    assert [one["class"] for one in page.all("table")] == [f"matrix matrix-{part}"]


@pytest.mark.parametrize("address", ["/embed/home.svg", "/embed/presidencies/p.svg"])
def test_priorities_at_a_glance_are_drawn_as_the_page_shows_them(
    client: Client, address: str
) -> None:
    with time_machine.travel("2026-03-01", tick=False):
        drawing = client.get(address).content
        page = main_of(client.get(address.removesuffix(".svg") + "/").content)
    root = ElementTree.fromstring(drawing)  # noqa: S314  # our own
    texts = [one.text for one in root.iter(f"{SVG}text")]
    (row,) = page.one("ol", "priorities").all("li")
    assert row.one("span", "completion").text in texts
    assert "Borders & <order>" in texts
    assert texts[0] == "Priorities of Russia 2026"
    assert (
        "Small bars count the events, held or only announced, that bear on a priority in each month"
        " of the term; one whose date is a range counts in each month that it may fall into."
        in " ".join(filter(None, texts))
    )
    (spark,) = [one for one in root.iter(f"{SVG}g") if one.get("class") == "spark"]
    assert spark.findtext(f"{SVG}title") == row.one("svg", "spark")["aria-label"]
    assert client.get("/embed/presidencies/nobody.svg").status_code == 404


@pytest.mark.parametrize(
    ("path", "stems"),
    [
        ("/", ["/embed/home"]),
        ("/presidencies/p/", ["/embed/presidencies/p"]),
        ("/matrix/", ["/embed/matrix", "/embed/matrix/states", "/embed/matrix/themes"]),
    ],
)
def test_page_offers_files_of_each_chart(client: Client, path: str, stems: list[str]) -> None:
    with time_machine.travel("2026-03-01", tick=False):
        page = main_of(client.get(path).content)
        links = [url for part in page.all("details", "chart-links") for _text, url in part.links()]
        files = [f"{stem}.{extension}" for stem in stems for extension in ("svg", "png")]
        assert [url for url in links if url.endswith((".svg", ".png"))] == files
        assert {client.get(url).status_code for url in links} == {200}


def test_page_without_a_chart_has_no_file(client: Client) -> None:
    make.priority(presidency=make.presidency(2030, slug="later"), slug="x", is_tracked=False)
    assert client.get("/embed/presidencies/p/priorities/nothing.svg").status_code == 404
    assert client.get("/embed/compare.svg?left=later&right=p").status_code == 404


@pytest.mark.parametrize("prefix", ["", "/ru"])
def test_each_chart_says_how_to_take_it_along(client: Client, prefix: str) -> None:
    page = main_of(client.get(f"{prefix}/map/?as_of=2010-01-01").content)
    links: Element = page.one("details", "chart-links")
    assert [url for _text, url in links.links()] == [
        f"{prefix}/embed/map/?as_of=2010-01-01",
        f"{prefix}/embed/map.svg?as_of=2010-01-01",
        f"{prefix}/embed/map.png?as_of=2010-01-01",
    ]
    assert f'{prefix}/embed/map/?as_of=2010-01-01"' in links.one("code").text
    for _text, url in links.links():
        assert client.get(url).status_code == 200


def test_stylesheet_of_pictures_needs_nothing_of_a_page() -> None:
    text = stylesheet()
    for word in ("var(", "rem", ":is(", ":hover", "@media", "url(http"):
        assert word not in text
    assert ".look-held, .look-ongoing { color: #1c6b3c; }" in text


def test_pictures_say_how_far_the_record_reaches(client: Client) -> None:
    make.remark(kind="coverage", date="2026-02-15")
    for address in ("/embed/timeline/", "/embed/timeline.svg"):
        text = client.get(address).content.decode()
        assert "Covers events up to 15 February 2026." in text
