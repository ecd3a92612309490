"""Every page of a record leads to reminders of its events; the form says which are meant."""

import re
from urllib.parse import unquote

import pytest
from django.test import Client

from tests import factories as make

pytestmark = pytest.mark.django_db


def test_each_page_asks_for_the_events_that_are_its_own(client: Client) -> None:
    presidency = make.presidency(2026, slug="russia-2026")
    body = make.body(slug="council")
    event = make.event(slug="summit", title="Summit in Moscow")
    records = {
        event: "event=summit",
        body: "body=council",
        presidency: "presidency=russia-2026",
        make.state("KG"): "state=KG",
        make.priority(presidency=presidency, slug="drugs"): "priority=russia-2026:drugs",
    }
    for record, query in records.items():
        for prefix in ("", "/ru"):
            text = client.get(prefix + record.get_absolute_url()).content.decode()
            (found,) = re.findall(rf'href="({prefix}/reminders/\?[^"]+)"', text)
            assert unquote(found.partition("?")[2]) == query
            form = client.get(found).content.decode()
            assert f'name="query" value="{found.partition("?")[2]}"' in form
            if record is event and not prefix:
                assert "Event: <b>Summit in Moscow</b>" in " ".join(form.split())


def test_one_event_is_chosen_by_its_key(client: Client) -> None:
    for slug in ("one", "two", "three"):
        make.event(slug=slug)
    for query, expected in (("event=one", {"one"}), ("not_event=one,two", {"three"})):
        rows = client.get(f"/api/v1/events/?{query}").json()["results"]
        assert {row["key"] for row in rows} == expected
    refused = client.get("/api/v1/events/?event=none")
    assert refused.json()["errors"][0]["parameter"] == "event"
