"""The cards by which pages show themselves where they are linked to."""

import re
import struct
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from django.test import Client

from csto_tracker.pictures.card import card
from tests import factories as make
from tests.pages.reading import read

pytestmark = pytest.mark.django_db


def texts(page: str) -> list[str]:
    svg = ElementTree.fromstring(card(page, "Site", "Version 1"))  # noqa: S314  # our own
    return [one.text or "" for one in svg.iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("prefix", ["", "/ru"])
def test_card_is_named_by_its_page_and_has_the_size_it_says(client: Client, prefix: str) -> None:
    make.event(slug="session", title="Session & <co>", title_ru="Сессия", date="2020-01-02")
    page = read(client.get(f"{prefix}/events/session/").content)
    said = {one["property"]: one["content"] for one in page.all("meta") if one["property"]}
    assert said["og:title"] == ("Сессия" if prefix else "Session & <co>")
    assert said["og:locale"] == ("ru_RU" if prefix else "en_GB")
    address = urlsplit(said["og:image"])
    assert parse_qs(address.query) == {"of": [f"{prefix}/events/session/"]}
    response = client.get(f"{address.path}?{address.query}")
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["ETag"]
    assert response.cookies == {}
    size = struct.unpack(">II", response.content[16:24])
    assert size == (int(said["og:image:width"]), int(said["og:image:height"])) == (1200, 630)


def test_card_says_kind_title_date_and_status(client: Client) -> None:
    make.event(slug="session", title="Session & <co>", date="2020-01-02", status="announced")
    page = client.get("/events/session/").content.decode()
    site, kind, title, says, status, source = texts(page)
    assert (site, kind, title, source) == ("Site", "Events", "Session & <co>", "Version 1")
    assert says.startswith("2 January 2020")
    assert status == "Announced · Outcome not recorded"


@pytest.mark.parametrize("length", [1, 40, 150, 400])
def test_title_of_any_length_fits(length: int) -> None:
    title = ("Противодействие " * 40)[:length].strip()
    svg = card(f"<title>{title} · Site</title>", "Site", "Version 1")
    for text in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"):  # noqa: S314
        assert len(text.text or "") * float(text.attrib["font-size"]) * 0.5 < 1100
        assert float(text.attrib["y"]) < 600


@pytest.mark.parametrize(
    ("of", "status"),
    [
        ("", 400),
        ("events/", 400),
        ("https://example.org/", 400),
        ("/" + "x" * 400, 400),
        ("/nothing/", 404),
        ("/events/draft/", 404),
        ("/admin/", 404),
        ("/reminders/link/", 404),
        ("/card.png", 404),
        ("/embed/map.png", 404),
        ("/cite/", 404),
        ("/api/v1/events/", 404),
        ("/events/", 200),
        ("/data/", 200),
        ("/reminders/", 200),
        ("/ru/status/", 200),
        ("/ru/", 200),
    ],
)
def test_only_pages_open_to_all_have_cards(client: Client, of: str, status: int) -> None:
    make.event(slug="draft", is_published=False)
    response = client.get("/card.png", {"of": of})
    assert response.status_code == status
    assert response.cookies == {}  # though the page of a form sets one


def test_private_and_unknown_pages_name_no_card(client: Client) -> None:
    for path in ("/reminders/link/", "/nothing/"):
        assert not re.search(rb"og:image", client.get(path).content)
