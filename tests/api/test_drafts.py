"""Drafts change no public byte: a canary in every text field of a draft of every kind."""

from typing import Any

import pytest
from django.db import models, transaction
from django.test import Client
from django.urls import reverse

from assessments.models import Assessment
from csto_tracker.api import RESOURCES
from events.models import EventBody, EventCitation
from priorities.models import PriorityPassage
from publishing.version import current_version
from tests import factories as make
from tests.api.cases import CASES

pytestmark = pytest.mark.django_db(transaction=True)
CANARY = "zqcanary"


def with_canary(model: type[models.Model]) -> dict[str, str]:
    """The canary in every free text field of a model."""
    return {
        field.name: f"{CANARY} {field.name}"
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not field.choices
        and not field.unique
        and field.name
        not in {"language", "date", "country", "time_zone", "url", "text_sha256", "slug", "since",
                "until", "established", "quote", "code", "alpha3", "numeric"}
    }  # fmt: skip


@transaction.atomic
def drafts(shown: dict[str, Any]) -> None:
    """A draft of every kind, hung on public records wherever a key allows it."""
    source = make.source(
        slug=f"{CANARY}-source", is_published=False,
        **with_canary(make.Source) | {"text": f"{CANARY} text"},
    )  # fmt: skip
    cited = {"sources": [shown["source"]]}
    passage = make.passage(source=source, quote=CANARY, title=CANARY)
    state = make.state("QQ", slug=CANARY, is_published=False)
    body = make.body(slug=f"{CANARY}-body", is_published=False, **with_canary(make.Body))
    term = make.presidency(
        999,
        slug=f"{CANARY}-term",
        state=state,
        **cited,
        is_published=False,
        **with_canary(make.Presidency),
    )
    theme = make.theme(slug=f"{CANARY}-theme", is_published=False, **with_canary(make.Theme))
    hidden = make.priority(
        slug=f"{CANARY}-priority", presidency=shown["presidency"], theme=shown["theme"],
        is_published=False, **cited, **with_canary(make.Priority),
    )  # fmt: skip
    make.priority(slug=f"{CANARY}-of-draft-term", presidency=term, theme=theme, **cited)
    event = make.event(
        slug=f"{CANARY}-event", is_published=False, **cited, **with_canary(make.Event)
    )
    make.membership(state=state, said_by=CANARY, **cited)
    make.milestone(slug=f"{CANARY}-m", is_published=False, **cited, **with_canary(make.Milestone))
    make.attendance(event=event, state=shown["state"], note=CANARY)
    make.attendance(event=shown["event"], state=state, note=CANARY)
    make.contribution(event=event, priority=shown["priority"], reason=CANARY)
    make.contribution(event=shown["event"], priority=hidden, reason=CANARY)
    make.lineage(
        earlier=make.priority(slug=f"{CANARY}-e", presidency=term, theme=theme, **cited),
        later=shown["priority"], basis=CANARY,
    )  # fmt: skip
    make.assessment(priority=shown["priority"], is_published=False, **with_canary(Assessment))
    make.claim(slug=f"{CANARY}-claim", is_published=False, presidency=shown["presidency"],
               text=CANARY, claimant=CANARY, **cited)  # fmt: skip
    EventBody.objects.create(event=shown["event"], body=body)
    EventCitation.objects.create(event=shown["event"], source=source)
    PriorityPassage.objects.create(priority=shown["priority"], passage=passage, role="supporting")


@pytest.fixture
def shown() -> dict[str, Any]:
    row = CASES["events"].make()
    priority = row.contributions.get().priority
    for case in CASES.values():
        case.make()
    return {
        "event": row,
        "source": row.sources.get(),
        "priority": priority,
        "presidency": priority.presidency,
        "theme": priority.theme,
        "state": row.attendances.get().state,
    }


def answers(client: Client, shown: dict[str, Any]) -> dict[str, bytes]:
    """The bytes of every list, of the details that drafts hang on, and of searches."""
    found = {}
    for name in RESOURCES:
        found[name] = client.get(reverse(f"api:{name}-list"), {"page_size": 500}).content
        if "q" in RESOURCES[name].record_filters.filters:
            address = reverse(f"api:{name}-list")
            found[f"{name}?q"] = client.get(address, {"q": CANARY}).content
    for name, row in {"events": shown["event"], "priorities": shown["priority"]}.items():
        found[row.key] = client.get(reverse(f"api:{name}-detail", args=[row.key])).content
    return found


def test_drafts_of_every_kind_change_no_byte_of_the_api(
    client: Client, shown: dict[str, Any]
) -> None:
    before = answers(client, shown)
    drafts(shown)
    after = answers(client, shown)
    assert {name for name in before if before[name] != after[name]} == set()
    assert {name for name, body in after.items() if CANARY.encode() in body} == set()


@pytest.mark.parametrize(
    ("list_name", "parameter", "key"),
    [
        ("events", "source", "source"),
        ("events", "body", "body"),
        ("events", "presidency", "term"),
        ("priorities", "theme", "theme"),
        ("attendances", "event", "event"),
        ("attendances", "state", None),
    ],
)
def test_a_draft_named_in_a_filter_is_as_unknown_as_nothing(
    client: Client, shown: dict[str, Any], list_name: str, parameter: str, key: str | None
) -> None:
    drafts(shown)
    address = reverse(f"api:{list_name}-list")
    named = f"{CANARY}-{key}" if key else "QQ"
    one = client.get(address, {parameter: named})
    other = client.get(address, {parameter: named + "x"})
    assert (one.status_code, other.status_code) == (400, 400)
    assert one.json()["detail"] == other.json()["detail"].replace(named + "x", named)


def test_detail_of_a_draft_is_as_unknown_as_nothing(client: Client) -> None:
    make.event(slug="hidden", is_published=False)
    answers = [client.get(reverse("api:events-detail", args=[key])) for key in ("hidden", "none")]
    assert [answer.status_code for answer in answers] == [404, 404]


def test_version_stays_for_a_draft_that_hangs_on_nothing_public() -> None:
    make.source()
    before = current_version()
    make.event(is_published=False, sources=[make.source(is_published=False)])
    assert current_version().number == before.number
