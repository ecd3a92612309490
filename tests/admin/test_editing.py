"""Editing records: rights, reasons, history, conflicts, refusals, drafts."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse

from events.models import Event, EventCitation
from members.models import Presidency
from publishing.history import changes_of
from sources.models import Passage
from tests import factories as make
from tests.admin.forms import change, errors, filled_in, save

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


ROWS = {
    "source": make.source,
    "passage": make.passage,
    "state": make.state,
    "membership": make.membership,
    "milestone": make.milestone,
    "body": make.body,
    "presidency": make.presidency,
    "theme": make.theme,
    "priority": make.priority,
    "lineage": make.lineage,
    "event": make.event,
    "attendance": make.attendance,
    "contribution": make.contribution,
    "assessment": make.assessment,
    "claim": make.claim,
}


@pytest.mark.parametrize("create", ROWS.values(), ids=ROWS)
def test_list_form_and_history_open_and_are_private(sign_in: SignIn, create: Any) -> None:
    row = create()
    client = sign_in("curator")
    label = f"admin:{row._meta.app_label}_{row._meta.model_name}"
    for address in (
        reverse(f"{label}_changelist"),
        reverse(f"{label}_changelist") + "?q=x",
        reverse(f"{label}_add"),
        change(row),
        reverse(f"{label}_history", args=[row.pk]),
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["Cache-Control"].startswith(("private, no-store", "max-age=0"))


@pytest.mark.parametrize(
    "create", [make.event, make.source, make.priority], ids=["event", "source", "priority"]
)
def test_list_costs_the_same_for_one_row_and_for_ten(
    sign_in: SignIn, create: Any, django_assert_max_num_queries: Any
) -> None:
    row = create()
    client = sign_in("curator")
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_changelist")
    with django_assert_max_num_queries(20) as one:
        client.get(address)
    for _ in range(9):
        create()
    with django_assert_max_num_queries(len(one)):
        client.get(address)


def test_saving_writes_who_and_why_into_the_history(sign_in: SignIn) -> None:
    event = make.event(title="Old")
    answer = save(
        sign_in("curator"), change(event), title="New", reason_for_change="the agency corrected it"
    )
    newest = changes_of(event)[0]
    assert answer.status_code == 302
    assert (newest.kind, newest.by[:7], newest.reason) == (
        "update",
        "curator",
        "the agency corrected it",
    )
    assert [(d.field, d.before, d.after) for d in newest.differences] == [("title", "Old", "New")]


def test_curator_cannot_publish_even_by_a_forged_form(sign_in: SignIn) -> None:
    event = make.event(is_published=False)
    save(sign_in("curator"), change(event), is_published="on")
    assert Event.objects.get().is_published is False


def test_editor_publishes_by_form_and_by_action(sign_in: SignIn) -> None:
    one, two = make.event(is_published=False), make.event(is_published=False)
    client = sign_in("editor")
    save(client, change(one), is_published="on")
    client.post(
        reverse("admin:events_event_changelist"),
        {"action": "publish", "_selected_action": [two.pk]},
    )
    assert list(Event.objects.values_list("is_published", flat=True)) == [True, True]


def test_curator_has_no_action_to_publish(sign_in: SignIn) -> None:
    event = make.event(is_published=False)
    sign_in("curator").post(
        reverse("admin:events_event_changelist"),
        {"action": "publish", "_selected_action": [event.pk]},
    )
    assert Event.objects.get().is_published is False


@pytest.mark.django_db(transaction=True)
def test_second_of_two_curators_is_told_and_overwrites_nothing(sign_in: SignIn) -> None:
    event = make.event(title="Old")
    first, second = sign_in("curator"), sign_in("curator")
    theirs = filled_in(second, change(event), title="Second")
    save(first, change(event), title="First")
    answer = second.post(change(event), {**theirs, "_save": "Save"})
    assert "Somebody else saved this record" in errors(answer)["__all__"][0]
    assert 'value="Second"' in answer.content.decode()
    assert Event.objects.get().title == "First"


def test_published_assessment_can_be_looked_at_only(sign_in: SignIn) -> None:
    assessment = make.assessment()
    client = sign_in("editor")
    assert client.get(change(assessment)).status_code == 200
    assert client.post(change(assessment), {"completion": "completed"}).status_code == 403


def test_last_source_of_an_event_cannot_be_removed(sign_in: SignIn) -> None:
    event = make.event()
    client = sign_in("curator")
    values = filled_in(client, change(event), **{"citations-0-DELETE": "on"})
    answer = client.post(change(event), {**values, "_save": "Save"})
    assert answer.status_code == 200
    assert "at least 1" in answer.content.decode()
    assert EventCitation.objects.count() == 1


def test_what_only_the_database_refuses_is_an_error_of_the_form(sign_in: SignIn) -> None:
    priority = make.priority()
    client = sign_in("curator")
    values = filled_in(client, change(priority), **{"citations-0-DELETE": "on"})
    answer = client.post(change(priority), {**values, "_save": "Save"})
    assert errors(answer) == {"__all__": ["At least one source must be cited."]}


def test_term_that_overlaps_is_refused_at_the_form(sign_in: SignIn) -> None:
    make.presidency(2025)
    other = make.presidency(2027)
    answer = save(sign_in("curator"), change(other), period_0="2025-06-01", period_1="2026-01-01")
    assert errors(answer) == {"__all__": ["This term overlaps the term of another presidency."]}
    assert Presidency.objects.get(pk=other.pk).period.lower.year == 2027


BAD = {
    "edtf": ("date", "June 2026", "is not an EDTF date"),
    "reversed": ("date", "2026-06/2026-05", "ends before it begins"),
    "country": ("country", "XX", "is not an ISO 3166-1"),
    "html": ("summary", "<script>x</script>", "HTML is not allowed"),
    "long": ("summary", "x" * 20_001, "at most 20000"),
    "address": ("url", "javascript:alert(1)", "valid URL"),
    "nul": ("title", "a\x00b", "ull character"),
    "zone": ("time_zone", "Bishkek", "is not an IANA time zone"),
}


@pytest.mark.parametrize(("field", "value", "words"), BAD.values(), ids=BAD)
def test_bad_value_is_told_at_its_field_and_saves_nothing(
    sign_in: SignIn, field: str, value: str, words: str
) -> None:
    event = make.event(title="Old")
    answer = save(sign_in("curator"), change(event), **{"title": "New", field: value})
    found = errors(answer)
    assert list(found) == [field]
    assert words in found[field][0]
    assert Event.objects.get().title == "Old"


def test_ten_megabytes_are_refused_at_their_field(sign_in: SignIn) -> None:
    event = make.event(title="Old")
    client = sign_in("curator")
    answer = save(client, change(event), summary="x" * 10_000_000)
    assert list(errors(answer)) == ["summary"]
    assert Event.objects.get().title == "Old"


def test_quote_alone_finds_its_offsets(sign_in: SignIn) -> None:
    source = make.source(text="😀 We will deepen ties.")
    client = sign_in("curator")
    answer = save(
        client, reverse("admin:sources_passage_add"), source=source.pk, quote="deepen ties",
        start="", end="",
    )  # fmt: skip
    assert answer.status_code == 302
    found = Passage.objects.get()
    assert (found.start, found.end) == (10, 21)


def test_quote_that_is_not_in_the_text_says_what_stands_there(sign_in: SignIn) -> None:
    source = make.source(text="We will deepen ties.")
    answer = save(
        sign_in("curator"), reverse("admin:sources_passage_add"), source=source.pk,
        quote="cut", start="8", end="14",
    )  # fmt: skip
    assert errors(answer) == {"quote": ["At these offsets the text reads “deepen”."]}


def test_preview_shows_the_draft_as_its_page_and_leaves_no_trace(sign_in: SignIn) -> None:
    event = make.event(title="Secret summit", is_published=False)
    history = len(changes_of(event))
    client = sign_in("curator")
    answer = client.get(reverse("admin:events_event_preview", args=[event.pk]))
    page = answer.content.decode()
    assert ("Secret summit" in page, "Draft preview" in page) == (True, True)
    assert "no-store" in answer.headers["Cache-Control"]
    assert Event.objects.get().is_published is False
    assert len(changes_of(event)) == history
    assert Client().get(event.get_absolute_url()).status_code == 404


def test_preview_is_for_staff_only(client: Client) -> None:
    event = make.event(is_published=False)
    answer = client.get(reverse("admin:events_event_preview", args=[event.pk]))
    assert answer.status_code == 302
    assert "/login/" in answer.headers["Location"]


def test_login_is_locked_after_five_wrong_passwords(client: Client) -> None:
    User.objects.create_superuser("anna", password="right password here")
    form = {"username": "anna", "password": "wrong"}
    found = [
        client.post(
            reverse("admin:login"), form, headers={"X-Forwarded-For": f"203.0.113.{number}"}
        ).status_code
        for number in range(6)
    ]
    right = client.post(reverse("admin:login"), {**form, "password": "right password here"})
    assert found[-1] == 429
    assert right.status_code == 429


@pytest.mark.django_db(transaction=True)
def test_parallel_edits_lose_nothing(sign_in: SignIn) -> None:
    event = make.event(title="Old")
    clients = [sign_in("curator") for _ in range(8)]
    forms = [
        filled_in(client, change(event), title=f"Title {number}")
        for number, client in enumerate(clients)
    ]
    answers: list[int] = []

    def post(client: Client, form: dict[str, str]) -> None:
        answers.append(client.post(change(event), {**form, "_save": "Save"}).status_code)
        connection.close()

    threads = [
        threading.Thread(target=post, args=pair) for pair in zip(clients, forms, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(answers) == [200] * 7 + [302]


def test_admin_speaks_russian_under_ru(sign_in: SignIn) -> None:
    page = sign_in("curator").get("/ru/admin/").content.decode()
    assert 'lang="ru"' in page
