"""Passages as Web Annotations: selectors that find the words, pages that lead on."""

from typing import Any

import pytest
from django.test import Client

from priorities.models import PriorityPassage
from sources.models import Passage, Source
from tests import factories as make

pytestmark = pytest.mark.django_db
HOST = "http://127.0.0.1:8000"
# The face is one code point, but two UTF-16 units and four bytes.
TEXT = "Мы 😀 укрепим связи, и связи помогут нам. " * 4 + "Конец."


def get(client: Client, address: str) -> dict[str, Any]:
    answer = client.get(address.removeprefix(HOST))
    assert answer.status_code == 200, answer.content
    assert answer.headers["Content-Type"] == (
        'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"'
    )
    found: dict[str, Any] = answer.json()
    assert found["@context"] == "http://www.w3.org/ns/anno.jsonld"
    return found


def passage(start: int, end: int, source: Source, **options: Any) -> Passage:
    return Passage.objects.create(
        source=source, start=start, end=end, quote=source.text[start:end], **options
    )


@pytest.mark.parametrize("start", [0, 5, 60, len(TEXT) - 6])
def test_both_selectors_find_the_words_in_the_text(client: Client, start: int) -> None:
    source = make.source(slug="speech", text=TEXT, language="ru")
    row = passage(start, start + 6, source)
    found = get(client, f"/api/v1/passages/{row.key}.jsonld")
    assert found["id"] == f"{HOST}/api/v1/passages/{row.key}.jsonld"
    target = found["target"]
    assert target["source"]["language"] == "ru"
    assert target["source"]["via"] == source.url
    answer = client.get(target["source"]["id"].removeprefix(HOST))
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    text = answer.content.decode()
    position, quote = target["selector"]
    assert text[position["start"] : position["end"]] == quote["exact"] == row.quote
    around = quote["prefix"] + quote["exact"] + quote["suffix"]
    assert text[max(start - 32, 0) : start + 6 + 32] == around


def test_it_links_with_public_priorities_and_describes_in_both_languages(client: Client) -> None:
    source = make.source(text=TEXT)
    row = passage(0, 2, source, title="We", title_ru="Мы")
    plain = get(client, f"/api/v1/passages/{row.key}.jsonld")
    assert plain["motivation"] == "describing"
    shown, hidden = make.priority(), make.priority()
    for one in (shown, hidden):
        PriorityPassage.objects.create(priority=one, passage=row)
    make.Priority.objects.filter(pk=hidden.pk).update(is_published=False)
    found = get(client, f"/api/v1/passages/{row.key}.jsonld")
    assert found["motivation"] == "linking"
    link, *texts = found["body"]
    assert (link["source"], link["purpose"]) == (f"{HOST}{shown.get_absolute_url()}", "linking")
    assert [(one["value"], one["language"]) for one in texts] == [("We", "en"), ("Мы", "ru")]


def test_pages_of_the_collection_hold_each_passage_once(
    client: Client, django_assert_num_queries: Any
) -> None:
    source = make.source(slug="speech", text=TEXT)
    keys = [passage(at, at + 3, source).key for at in range(5)]
    make.passage()
    whole = get(client, "/api/v1/passages.jsonld?source=speech&page_size=2")
    assert whole["type"] == "AnnotationCollection"
    assert whole["id"] == f"{HOST}/api/v1/passages.jsonld?source=speech&page_size=2"
    assert whole["total"] == 5
    page, found = whole["first"], []
    assert get(client, page["id"])["items"] == page["items"]
    while True:
        found += [one["id"] for one in page["items"]]
        if "next" not in page:
            break
        page = get(client, page["next"])
        assert page["type"] == "AnnotationPage"
        assert page["partOf"]["id"] == whole["id"]
    assert found == [f"{HOST}/api/v1/passages/{key}.jsonld" for key in keys]
    with django_assert_num_queries(6):  # Version, source, page, passages, priorities, total.
        client.get("/api/v1/passages.jsonld?source=speech")


def test_drafts_and_the_gone_are_not_found(client: Client) -> None:
    row = make.passage()
    address = f"/api/v1/passages/{row.key}.jsonld"
    text = f"/sources/{row.source.slug}.txt"
    assert client.get(address).status_code == client.get(text).status_code == 200
    Source.objects.filter(pk=row.source_id).update(is_published=False)
    assert client.get(address).status_code == client.get(text).status_code == 404
    assert client.get("/api/v1/passages/none:0:1.jsonld").status_code == 404
    assert client.get("/sources/none.txt").status_code == 404
    assert client.get(f"/sources/{make.source(text='').slug}.txt").status_code == 404
    hidden = make.source(text="Hidden words.", is_published=False)
    assert client.get(f"/sources/{hidden.slug}.txt").status_code == 404


def test_other_lists_are_no_annotations(client: Client) -> None:
    assert client.get("/api/v1/events.jsonld").status_code == 404
    assert client.get("/api/v1/passages.jsonld?colour=red").status_code == 400
