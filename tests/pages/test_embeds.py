"""Charts in frames of other sites, and as files that need nothing else."""

import re
import struct
from xml.etree import ElementTree

import pytest
from django.test import Client

from csto_tracker.pictures.style import stylesheet, stylesheet_hash
from tests import factories as make
from tests.pages.reading import Element, main_of

pytestmark = pytest.mark.django_db
PRIORITY = "presidencies/p/priorities/borders"
DRAWINGS = ["timeline", "map", "compare", "matrix", PRIORITY]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def _record() -> None:
    earlier = make.presidency(2025, slug="o", title="Earlier", title_ru="Прежнее")
    presidency = make.presidency(2026, slug="p", title="Russia 2026", title_ru="Россия 2026")
    make.state("RU", name="Russia", name_ru="Россия", slug="russia")
    old = make.priority(presidency=earlier, slug="old", title="Old borders")
    priority = make.priority(
        presidency=presidency, slug="borders", number=1, title="Borders & <order>"
    )
    make.lineage(earlier=old, later=priority)
    event = make.event(title="Rubezh & <co>", title_ru="Рубеж", date="2026-02-01", country="RU")
    make.contribution(event=event, priority=priority)
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
    page = prefix.replace("embed/", "") + path
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
    assert f"{prefix.replace('embed/', '')}{path}/" in texts  # where it stands
    used = {one.attrib["href"].removeprefix("#") for one in root.iter(f"{SVG}use")}
    assert used <= {one.attrib.get("id") for one in root.iter()}
    links = [one.attrib["href"] for one in root.iter(f"{SVG}a")]
    assert links
    assert all(link.startswith("http") for link in links)
    assert not [one for one in root.iter() if one.attrib.get("style")]


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
    root = ElementTree.fromstring(  # noqa: S314  # our own
        client.get("/embed/matrix.svg?presidency=p").content
    )
    cells = {
        link.findtext(f"{SVG}title"): [one.text for one in link.iter(f"{SVG}text")]
        for link in root.iter(f"{SVG}a")
    }
    page = main_of(client.get("/matrix/?presidency=p").content)
    table = page.one("table", "matrix-months")
    (cell,) = [one for one in table.all("a") if one["aria-label"]]
    assert cells[cell["aria-label"]] == ["1"]
    assert ["1 Borders & <order>"] in cells.values()


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
