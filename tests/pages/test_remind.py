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


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/priorities/?q=&theme=drugs&presidency=russia-2026&ordering=title",
         "presidency=russia-2026&theme=drugs"),
        ("/matrix/?presidency=russia-2026", "presidency=russia-2026"),
        ("/timeline/?state=KG&kind=summit", "kind=summit&state=KG"),
        ("/assessments/?theme=drugs", "theme=drugs"),
        ("/priorities/?theme=drugs&kind=event", None),  # events have no such kind
        ("/priorities/", None),
    ],
)  # fmt: skip
def test_filtered_page_asks_for_what_it_shows_when_reminders_know_its_filters(
    client: Client, path: str, query: str | None
) -> None:
    make.state("KG")
    theme = make.theme(slug="drugs")
    make.priority(presidency=make.presidency(2026, slug="russia-2026"), theme=theme)
    for prefix in ("", "/ru"):
        page = client.get(prefix + path)
        assert page.status_code == 200
        found = re.findall(rf'href="({prefix}/reminders/\?[^"]+)"', page.content.decode())
        found = [address.replace("&amp;", "&") for address in found]
        assert found == ([f"{prefix}/reminders/?{query}"] if query else [])
        assert [client.get(one).status_code for one in found] == [200] * len(found)
