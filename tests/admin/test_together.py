"""Several curators at work: conflicts in what belongs to a record, and what each is told."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from events.models import Attendance, Event, EventCitation
from tests import factories as make
from tests.admin.forms import change, errors, filled_in, save

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[str], Client]


def test_second_is_told_who_saved_and_which_fields(sign_in: SignIn) -> None:
    event = make.event(title="Old")
    first, second = sign_in("curator"), sign_in("curator")
    theirs = filled_in(second, change(event), title="Second")
    save(first, change(event), title="First", place="Bishkek")
    (told,) = errors(second.post(change(event), {**theirs, "_save": "Save"}))["__all__"]
    name = User.objects.get(pk=first.session["_auth_user_id"]).username
    assert f"opened it: {name} at " in told
    assert "changing title, place." in told


def test_change_of_an_attendance_alone_is_a_conflict_as_well(sign_in: SignIn) -> None:
    attendance = make.attendance()
    first, second = sign_in("curator"), sign_in("curator")
    page = change(attendance.event)
    theirs = filled_in(second, page, **{"attendances-0-note": "Second"})
    save(first, page, **{"attendances-0-note": "First"})
    answer = second.post(page, {**theirs, "_save": "Save"})
    assert "changing attendance, note." in errors(answer)["__all__"][0]
    assert Attendance.objects.get().note == "First"


def test_citation_added_meanwhile_is_a_conflict(sign_in: SignIn) -> None:
    event = make.event()
    client = sign_in("curator")
    theirs = filled_in(client, change(event), title="New")
    EventCitation.objects.create(event=event, source=make.source())
    assert (
        "citation" in errors(client.post(change(event), {**theirs, "_save": "Save"}))["__all__"][0]
    )


def test_record_deleted_meanwhile_is_told(sign_in: SignIn) -> None:
    event = make.event(is_published=False)
    client = sign_in("curator")
    theirs = filled_in(client, change(event), title="New")
    Event.objects.all().delete()
    assert client.post(change(event), {**theirs, "_save": "Save"}).status_code == 302
    assert Event.objects.count() == 0


def test_form_that_does_not_say_what_was_seen_saves_nothing(sign_in: SignIn) -> None:
    event = make.event(title="Old")
    answer = save(sign_in("curator"), change(event), title="New", seen="")
    assert list(errors(answer)) == ["__all__"]
    assert Event.objects.get().title == "Old"


def test_saving_twice_from_fresh_forms_is_no_conflict(sign_in: SignIn) -> None:
    attendance = make.attendance()
    client, page = sign_in("curator"), change(attendance.event)
    for note in ("One", "Two"):
        assert save(client, page, **{"attendances-0-note": note}).status_code == 302
    assert Attendance.objects.get().note == "Two"
