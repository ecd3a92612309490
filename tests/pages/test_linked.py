"""JSON-LD in pages, read back and held against the record."""

import json
import re
from datetime import time
from typing import Any

import pytest
from django.test import Client

from csto_tracker.releases import make_release
from events.models import EventCitation
from members.models import Body
from publishing.formats.jsonld import days
from tests import factories as make

pytestmark = pytest.mark.django_db
_BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def linked(client: Client, path: str) -> dict[str, Any]:
    (block,) = _BLOCK.findall(client.get(path).content.decode())
    found: dict[str, Any] = json.loads(block)
    assert found["@context"] == "https://schema.org"
    assert found["url"] == found["@id"]
    return found


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2026-06-15", ("2026-06-15", "")),
        ("2026-06", ("2026-06", "")),
        ("2026", ("2026", "")),
        ("2026-23", ("2026", "")),
        ("2026-06-15~", ("", "")),
        ("2026?", ("", "")),
        ("2026-09/2026-10", ("2026-09", "2026-10")),
        ("2026-06-15/2026-06-18?", ("2026-06-15", "")),
        ("../2026-06", ("", "2026-06")),
        ("", ("", "")),
    ],
)
def test_dates_are_no_sharper_than_the_record(date: str, expected: tuple[str, str]) -> None:
    assert days(date) == expected


def test_event_says_when_where_and_by_whom(client: Client) -> None:
    source = make.source(title="Report <b>", url="https://example.org/report")
    event = make.event(
        slug="session", title="Session", title_ru="Сессия", summary="They met.", date="2026-06-15",
        start_time=time(10, 0), end_time=time(12, 30), time_zone="Asia/Bishkek",
        place="Bishkek", country="KG", sources=[source],
    )  # fmt: skip
    assert EventCitation.objects.filter(event=event).count() == 1
    assert linked(client, "/events/session/") == {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": "http://127.0.0.1:8000/events/session/",
        "url": "http://127.0.0.1:8000/events/session/",
        "name": "Session",
        "description": "They met.",
        "startDate": "2026-06-15T10:00:00+06:00",
        "endDate": "2026-06-15T12:30:00+06:00",
        "eventStatus": "https://schema.org/EventScheduled",
        "location": {
            "@type": "Place",
            "name": "Bishkek",
            "address": {"@type": "PostalAddress", "addressCountry": "KG"},
        },
        "subjectOf": [
            {"@type": "CreativeWork", "name": "Report <b>", "url": "https://example.org/report"}
        ],
    }
    assert linked(client, "/ru/events/session/")["name"] == "Сессия"


@pytest.mark.parametrize(
    ("status", "expected"),
    [("held", "Scheduled"), ("postponed", "Postponed"), ("cancelled", "Cancelled")],
)
def test_event_says_whether_it_is_off(client: Client, status: str, expected: str) -> None:
    make.event(slug="one", status=status, date="2026-06")
    found = linked(client, "/events/one/")
    assert found["eventStatus"] == f"https://schema.org/Event{expected}"
    assert found["startDate"] == "2026-06"
    assert "location" not in found


def test_no_text_can_end_the_block(client: Client) -> None:
    title = "</script><script>alert(1)</script> & <!-- <script>"
    make.event(slug="one", title=title)
    page = client.get("/events/one/").content.decode()
    assert "<script>alert" not in page
    (block,) = _BLOCK.findall(page)
    assert not set("<>&") & set(block)
    assert json.loads(block)["name"] == title


def test_body_is_part_of_the_organisation(client: Client) -> None:
    make.body(slug="council", name="Council", description="It decides.", abbreviation="CSC",
              established="2002-10-07")  # fmt: skip
    assert Body.objects.public().count() == 1
    found = linked(client, "/bodies/council/")
    assert found["@type"] == "GovernmentOrganization"
    assert (found["name"], found["alternateName"]) == ("Council", "CSC")
    assert (found["description"], found["foundingDate"]) == ("It decides.", "2002-10-07")
    assert found["parentOrganization"]["name"] == "Collective Security Treaty Organization"


@pytest.mark.django_db(transaction=True)
def test_dataset_names_files_that_are_there(client: Client) -> None:
    make.event()
    release = make_release(number="2026.11")
    found = linked(client, "/data/2026.11/")
    assert (found["@type"], found["version"]) == ("Dataset", "2026.11")
    files = {file.path: file for file in release.files.all()}
    assert {one["name"] for one in found["distribution"]} == set(files)
    for one in found["distribution"]:
        assert one["sha256"] == files[one["name"]].sha256
        assert one["contentSize"] == f"{files[one['name']].size} B"
        path = one["contentUrl"].removeprefix("http://127.0.0.1:8000")
        assert client.head(path).status_code == 200
    current = linked(client, "/data/")
    assert current["@type"] == "Dataset"
    for one in current["distribution"]:
        answer = client.head(one["contentUrl"].removeprefix("http://127.0.0.1:8000"))
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith(one["encodingFormat"])
