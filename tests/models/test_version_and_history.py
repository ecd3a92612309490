"""The data version rises with what the public sees; history records every way to write."""

import pytest
from django.db import connection, transaction

from events.models import Attendance, Event
from publishing.version import current_version
from sources.models import Source
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


def number() -> int:
    return current_version().number


def test_version_rises_once_per_transaction() -> None:
    before = number()
    with transaction.atomic():
        make.source()
        make.source()
    assert number() == before + 1


def test_version_stays_when_the_transaction_is_undone() -> None:
    before = number()
    with transaction.atomic():
        make.source()
        transaction.set_rollback(True)
    assert number() == before


def test_version_rises_after_an_undone_savepoint() -> None:
    before = number()
    with transaction.atomic():
        savepoint = transaction.savepoint()
        make.source()
        transaction.savepoint_rollback(savepoint)
        make.source()
    assert number() == before + 1


def test_version_stays_for_drafts_and_what_hangs_on_them() -> None:
    source, state = make.source(), make.state()
    before = number()
    draft = make.event(is_published=False, sources=[source])
    make.attendance(event=draft, state=state)
    Event.objects.filter(pk=draft.pk).update(title="Draft, better")
    draft.delete()
    assert number() == before


def test_version_rises_when_a_draft_is_published_and_when_it_is_withdrawn() -> None:
    draft = make.event(is_published=False)
    before = number()
    Event.objects.filter(pk=draft.pk).update(is_published=True)
    Event.objects.filter(pk=draft.pk).update(is_published=False)
    assert number() == before + 2


def test_version_rises_for_children_of_published_records() -> None:
    row = make.attendance()
    before = number()
    Attendance.objects.filter(pk=row.pk).update(role="observer")
    assert number() == before + 1


def test_version_stays_when_nothing_changes() -> None:
    source = make.source()
    before = number()
    Source.objects.filter(pk=source.pk).update(title=source.title)
    assert number() == before


def test_history_records_save_bulk_update_raw_sql_and_deletion() -> None:
    source = make.source(title="One")
    Source.objects.filter(pk=source.pk).update(title="Two")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sources_source SET title = 'Три' WHERE id = %s", [source.pk])
        cursor.execute("DELETE FROM sources_source WHERE id = %s", [source.pk])
    history = Source.history.rel.related_model.objects.filter(pgh_obj_id=source.pk)  # type: ignore[attr-defined]
    rows = history.order_by("pgh_id").values_list("pgh_label", "title")
    assert list(rows) == [
        ("insert", "One"),
        ("update", "Two"),
        ("update", "Три"),
        ("delete", "Три"),
    ]


def test_every_public_model_has_history() -> None:
    from django.apps import apps

    labels = {"sources", "members", "priorities", "events", "assessments"}
    without = {
        model.__name__
        for model in apps.get_models()
        if model._meta.app_label in labels
        and not model.__name__.endswith("History")
        and not hasattr(model, "history")
    }
    assert without == {"CuratorTask"}


def test_change_time_moves_only_with_content() -> None:
    source = make.source()
    first = Source.objects.get().changed_at
    Source.objects.filter(pk=source.pk).update(title=source.title)
    unchanged = Source.objects.get().changed_at
    Source.objects.filter(pk=source.pk).update(title="Other")
    assert (unchanged == first, Source.objects.get().changed_at > first) == (True, True)


def test_sequence_rises_with_date_and_status_only() -> None:
    event = make.event(status="announced", date="2026-06")
    Event.objects.filter(pk=event.pk).update(title="Renamed")
    Event.objects.filter(pk=event.pk).update(date="2026-06-15")
    Event.objects.filter(pk=event.pk).update(status="cancelled")
    assert Event.objects.get().sequence == 2
