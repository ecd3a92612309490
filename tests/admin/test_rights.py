"""Who may do what: groups, publishing, deleting, tasks, signing in behind a proxy."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.models import CuratorTask
from csto_tracker.groups import make_groups
from events.models import Event
from publishing.history import changes_of
from tests import factories as make
from tests.admin.forms import change, save

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
EVENTS = "admin:events_event_changelist"


def test_groups_are_made_once_and_hold_what_they_should() -> None:
    make_groups()
    make_groups()
    may = {
        group.name: {
            right
            for right in (
                *("publish", "change_event", "add_assessment", "add_user"),
                *("view_delivery", "change_delivery", "view_subscriber"),
            )
            if group.permissions.filter(codename=right).exists()
        }
        for group in Group.objects.all()
    }
    curator = {"change_event", "add_assessment", "view_delivery", "change_delivery"}
    assert may == {
        "curator": curator,
        "editor": curator | {"publish"},
        "administrator": curator | {"publish", "add_user"},
    }


@pytest.mark.parametrize(
    ("group", "status"), [("curator", 403), ("editor", 403), ("administrator", 200)]
)
def test_only_administrators_see_users(sign_in: SignIn, group: str, status: int) -> None:
    assert sign_in(group).get(reverse("admin:auth_user_changelist")).status_code == status


def test_reason_of_an_action_is_kept(sign_in: SignIn) -> None:
    event = make.event(is_published=False)
    sign_in("editor").post(
        reverse(EVENTS),
        {"action": "publish", "_selected_action": [event.pk], "reason": "checked by two"},
    )
    newest = changes_of(event)[0]
    assert Event.objects.get().is_published
    assert (newest.by[:6], newest.reason) == ("editor", "checked by two")


@pytest.mark.parametrize(("group", "left"), [("curator", 1), ("editor", 0)])
def test_public_record_is_deleted_by_those_who_may_publish(
    sign_in: SignIn, group: str, left: int
) -> None:
    event = make.event()
    client = sign_in(group)
    client.post(reverse("admin:events_event_delete", args=[event.pk]), {"post": "yes"})
    client.post(
        reverse(EVENTS),
        {"action": "delete_selected", "_selected_action": [event.pk], "post": "yes"},
    )
    assert Event.objects.count() == left


def test_deletion_that_a_rule_refuses_is_told(sign_in: SignIn) -> None:
    contribution = make.contribution(event=make.event(is_published=False))
    evidence = make.assessment(priority=contribution.priority, is_published=False)
    evidence.evidence.add(contribution)
    type(evidence).objects.update(is_published=True)
    client = sign_in("editor")
    address = reverse("admin:events_event_delete", args=[contribution.event_id])
    answer = client.post(address, {"post": "yes"}, follow=True)
    assert answer.status_code == 200
    assert Event.objects.count() == 1


def test_preview_publishes_what_the_draft_belongs_to_as_well(sign_in: SignIn) -> None:
    priority = make.priority(
        title="Secret goal", is_published=False, presidency=make.presidency(is_published=False)
    )
    address = reverse("admin:priorities_priority_preview", args=[priority.pk])
    page = sign_in("curator").get(address)
    assert "Secret goal" in page.content.decode()
    assert Client().get(priority.get_absolute_url()).status_code == 404
    assert Client().get(priority.presidency.get_absolute_url()).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_history_names_what_keys_point_at_and_what_was_deleted(sign_in: SignIn) -> None:
    attendance = make.attendance(state=make.state("KG", name="Kyrgyzstan"), role="host")
    event = attendance.event
    save(sign_in("curator"), change(event), **{"attendances-0-DELETE": "on"})
    newest = changes_of(event)[0]
    told = [(one.field, one.before, one.after) for one in newest.differences]
    assert (newest.kind, newest.subject) == ("delete", "attendance")
    assert ("state", "KG", "") in told
    assert ("role", "Host", "") in told


def test_history_costs_the_same_for_one_citation_and_for_ten(
    django_assert_max_num_queries: Any,
) -> None:
    few, many = make.event(), make.event(sources=[make.source() for _ in range(10)])
    with django_assert_max_num_queries(20) as one:
        changes_of(few)
    with django_assert_max_num_queries(len(one)):
        assert len(changes_of(many)) == 11


def test_tasks_are_taken_given_back_and_snoozed(sign_in: SignIn) -> None:
    task = CuratorTask.objects.create(kind="outcome-missing", subject="summit")
    client = sign_in("curator")
    address = reverse("admin:assessments_curatortask_changelist")
    user = User.objects.get(pk=client.session["_auth_user_id"])

    def act(name: str) -> tuple[Any, Any]:
        client.post(address, {"action": name, "_selected_action": [task.pk]})
        found = CuratorTask.objects.get()
        return found.assigned_to, found.snoozed_until

    soon = timezone.now().date() + timedelta(days=30)
    assert [act("take"), act("snooze"), act("give_back"), act("wake")] == [
        (user, None),
        (user, soon),
        (None, soon),
        (None, None),
    ]


def wrong_passwords(client: Client, addresses: list[str]) -> list[int]:
    form = {"username": "anna", "password": "wrong"}
    return [
        client.post(reverse("admin:login"), form, headers={"X-Forwarded-For": address}).status_code
        for address in addresses
    ]


def test_behind_a_proxy_the_address_that_it_names_is_throttled(
    client: Client, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = 1
    User.objects.create_superuser("anna", password="right password here")
    forged = [f"198.51.100.{number}, 203.0.113.7" for number in range(6)]
    assert wrong_passwords(client, forged)[-1] == 429
    assert wrong_passwords(client, ["203.0.113.8"]) == [200]


@pytest.mark.django_db(transaction=True)
def test_history_of_a_long_text_shows_where_it_changed() -> None:
    event = make.event(summary="x" * 5000 + "held")
    event.summary = "x" * 5000 + "postponed"
    event.save()
    (change_of_text,) = changes_of(event)[0].differences
    assert change_of_text == (
        "summary", "…" + "x" * 60 + "held", "…" + "x" * 60 + "postponed"
    )  # fmt: skip
