"""A record merged into another: its addresses lead there, and the log says so."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from csto_tracker.groups import make_groups
from events.models import Event
from members.models import State
from publishing.models import Merger, PublicChange
from publishing.services import merge, merged_into, set_published
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def editor() -> User:
    make_groups()
    return User.objects.create_superuser("editor")


def rows(*slugs: str) -> Any:
    return Event.objects.filter(slug__in=slugs)


def test_page_and_api_lead_to_the_other_with_the_same_question(
    client: Client, editor: User
) -> None:
    make.event(slug="one")
    other = make.event(slug="two")
    assert merge(rows=rows("one"), into=other, by=editor, reason="the same session") == 1
    for prefix in ("", "/ru"):
        answer = client.get(f"{prefix}/events/one/?recorded_at=")
        assert (answer.status_code, answer.headers["Location"]) == (
            308,
            f"{prefix}/events/two/?recorded_at=",
        )
    answer = client.get("/api/v1/events/one/?expand=sources")
    assert (answer.status_code, answer.headers["Location"]) == (
        308,
        "/api/v1/events/two/?expand=sources",
    )
    assert client.get(answer.headers["Location"]).json()["key"] == "two"
    listed = client.get("/api/v1/events/").json()["results"]
    assert [row["key"] for row in listed] == ["two"]


def test_log_says_into_which(client: Client, editor: User) -> None:
    make.event(slug="one", title="First")
    make.event(slug="gone")
    other = make.event(slug="two", title="Second")
    merge(rows=rows("one"), into=other, by=editor, reason="the same session")
    set_published(rows=rows("gone"), published=False, by=editor, reason="")
    answer = client.get(reverse("api:changes-list"), {"list": "events", "change": "merged"})
    (row,) = answer.json()["results"]
    assert (row["record"], row["into"], row["reason"]) == ("one", "two", "the same session")
    others = client.get(reverse("api:changes-list"), {"not_change": "merged"}).json()["results"]
    assert {row["into"] for row in others} == {""}
    assert [row["record"] for row in others if row["change"] == "withdrawn"] == ["gone"]
    page = client.get("/changes/").content.decode()
    assert 'Merged into another record: <a href="/events/two/">two</a>' in page


def test_a_chain_ends_at_what_is_public_and_is_undone_by_publishing(
    client: Client, editor: User
) -> None:
    for slug in ("one", "two", "three"):
        make.event(slug=slug)
    merge(rows=rows("one"), into=Event.objects.get(slug="two"), by=editor, reason="")
    merge(rows=rows("two"), into=Event.objects.get(slug="three"), by=editor, reason="")
    assert merged_into(Event, "one").slug == "three"
    Event.objects.filter(slug="three").update(slug="new-name")
    assert client.get("/events/one/").headers["Location"] == "/events/new-name/"
    set_published(rows=rows("new-name"), published=False, by=editor, reason="")
    assert client.get("/events/one/").status_code == 410
    assert client.get("/api/v1/events/one/").status_code == 410
    set_published(rows=rows("one"), published=True, by=editor, reason="")
    assert client.get("/events/one/").status_code == 200
    assert client.get("/api/v1/events/one/").status_code == 200


def test_log_keeps_what_the_other_is_called_as_a_draft_to_itself(
    client: Client, editor: User
) -> None:
    make.event(slug="one")
    other = make.event(slug="two")
    merge(rows=rows("one"), into=other, by=editor, reason="")
    set_published(rows=rows("two"), published=False, by=editor, reason="")
    Event.objects.filter(pk=other.pk).update(slug="canary")
    for path in ("/api/v1/changes/", "/changes/", "/api/v1/changes.csv"):
        answer = client.get(path)
        assert b"canary" not in b"".join(answer)
    assert client.get("/api/v1/changes/?change=merged").json()["results"][0]["into"] == ""


def test_a_circle_ends(editor: User) -> None:
    one, two = make.event(slug="one"), make.event(slug="two")
    merge(rows=rows("one"), into=two, by=editor, reason="")
    set_published(rows=rows("one"), published=True, by=editor, reason="")
    merge(rows=rows("two"), into=one, by=editor, reason="")
    set_published(rows=rows("one"), published=False, by=editor, reason="")
    assert merged_into(Event, "one") is None


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda: {"into": Event.objects.get(slug="one")}, ValidationError),
        (lambda: {"into": make.event(is_published=False)}, ValidationError),
        (lambda: {"rows": rows("one", make.event(is_published=False).slug)}, ValidationError),
        (lambda: {"by": User.objects.create_user("nobody")}, PermissionDenied),
    ],
)
def test_what_cannot_be_merged_stays(
    editor: User, spoil: Callable[[], dict[str, Any]], error: type[Exception]
) -> None:
    make.event(slug="one")
    options = {"rows": rows("one"), "into": make.event(), "by": editor, "reason": ""} | spoil()
    with pytest.raises(error):
        merge(**options)
    assert Event.objects.get(slug="one").is_published
    assert not Merger.objects.exists()


def test_states_say_gone_or_lead_on(client: Client, editor: User) -> None:
    gone, other = make.state("QA", slug="old"), make.state("QB", slug="new")
    draft = make.state("QC", slug="draft", is_published=False)
    assert client.get(f"/states/{draft.slug}/").status_code == 404
    assert client.get("/states/never/").status_code == 404
    set_published(rows=State.objects.filter(pk=gone.pk), published=False, by=editor, reason="wrong")
    assert client.get("/states/old/").status_code == 410
    State.objects.filter(pk=gone.pk).update(is_published=True)
    merge(rows=State.objects.filter(pk=gone.pk), into=other, by=editor, reason="")
    assert client.get("/states/old/").headers["Location"] == "/states/new/"
    assert client.get("/api/v1/states/QA/").headers["Location"] == "/api/v1/states/QB/"
    State.objects.filter(pk=gone.pk).delete()
    assert client.get("/states/old/").headers["Location"] == "/states/new/"


def test_curator_merges_by_action(client: Client, editor: User) -> None:
    one = make.event(slug="one")
    make.event(slug="two")
    client.force_login(editor)
    address = reverse("admin:events_event_changelist")
    entered = {"action": "merge", "_selected_action": [one.pk], "reason": "the same"}
    client.post(address, entered | {"into": "nowhere"})
    assert Event.objects.get(slug="one").is_published
    client.post(address, entered | {"into": "one"})
    assert Event.objects.get(slug="one").is_published
    client.post(address, entered | {"into": "two"})
    assert not Event.objects.get(slug="one").is_published
    change = PublicChange.objects.get(change="merged")
    assert (change.record, change.into, change.reason) == ("one", "two", "the same")
