"""Load and dump are each other's reverse; a load changes what differs and nothing else."""

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.models import Assessment
from csto_tracker.record.dump import dump
from csto_tracker.record.kinds import KINDS
from csto_tracker.record.load import Loaded, load
from csto_tracker.record.problems import RecordError
from events.models import Attendance, Event, EventCitation
from members.models import Body, Presidency, State
from priorities.models import Priority
from publishing.version import current_version
from sources.models import Passage, Source
from tests import factories as make
from tests.record import small

pytestmark = pytest.mark.django_db


def loaded(folder: Path) -> dict[str, Loaded]:
    return {report.kind: report for report in load(directory=folder, by="test")}


def history() -> dict[str, int]:
    return {
        model.__name__: model._base_manager.count()
        for model in apps.get_models()
        if model.__name__.endswith("History")
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small.write(tmp_path / "record", small.rows())


def test_real_record_loaded_and_dumped_is_the_same_byte_for_byte(tmp_path: Path) -> None:
    load(directory=settings.RECORD_DIR, by="test")
    dump(tmp_path)
    expected = {
        name: data
        for name, data in small.contents(settings.RECORD_DIR).items()
        if name.endswith((".json", ".txt"))
    }
    assert small.contents(tmp_path) == expected


@pytest.mark.django_db(transaction=True)  # the version rises once in a transaction
def test_nobody_of_the_real_record_took_part_in_what_was_cancelled_or_still_to_come() -> None:
    load(directory=settings.RECORD_DIR, by="test")
    part = Attendance.objects.filter(role__in=[*Attendance.TOOK_PART, Attendance.Role.ABSENT])
    planned = {Event.Status.ANNOUNCED, Event.Status.CONFIRMED}
    not_held = planned | {Event.Status.POSTPONED, Event.Status.CANCELLED}
    assert list(part.filter(event__status__in=not_held)) == []


def test_real_record_loaded_twice_changes_nothing() -> None:
    load(directory=settings.RECORD_DIR, by="test")
    version, rows = current_version(), history()
    reports = load(directory=settings.RECORD_DIR, by="test")
    assert [(report.added, report.changed, report.left_alone) for report in reports] == [
        (0, 0, 0)
    ] * len(KINDS)
    assert (current_version(), history()) == (version, rows)


def test_small_record_loaded_and_dumped_is_the_same_byte_for_byte(
    folder: Path, tmp_path: Path
) -> None:
    load(directory=folder, by="test")
    counts = dump(tmp_path / "dumped")
    assert counts == {name: len(rows) for name, rows in small.rows().items()}
    assert small.contents(tmp_path / "dumped") == small.contents(folder)


@pytest.mark.django_db(transaction=True)  # the version rises once in a transaction
def test_small_record_loaded_twice_changes_nothing(folder: Path) -> None:
    first = loaded(folder)
    version, rows = current_version(), history()
    second = loaded(folder)
    assert {name: report.unchanged for name, report in second.items()} == {
        name: report.added for name, report in first.items()
    }
    assert (current_version(), history()) == (version, rows)


def test_small_record_covers_every_kind() -> None:
    assert list(small.rows()) == [kind.name for kind in KINDS]
    assert all(small.rows().values())


def test_loaded_values_have_the_types_of_the_model(folder: Path) -> None:
    load(directory=folder, by="test")
    source: Any = Source.objects.get(slug="statement")
    assert (source.text, source.carried_by.slug) == (small.TEXT, "agency")
    assert Source.objects.get(slug="agency").title == "Ёлка & мост"
    assert Passage.objects.get(kind="principle").quote == "coordination"
    assert str(State.objects.get(code="KG").latitude) == "42.8700"
    term: Any = Presidency.objects.get(slug="russia-2026").period
    assert term.upper.isoformat() == "2027-01-01"
    event: Any = Event.objects.get(slug="session")
    assert (event.start_time.isoformat(), event.is_published) == ("10:30:00", True)
    priority = Priority.objects.get(presidency__slug="russia-2026", slug="coordination")
    assert [link.role for link in priority.passage_links.order_by("id")] == ["sentence", "main"]
    assert Assessment.objects.filter(corrects__number=1).get().number == 2


def test_order_of_sources_is_kept_and_a_new_order_is_a_change(folder: Path) -> None:
    load(directory=folder, by="test")
    record = small.rows()
    record["memberships"][0]["sources"].reverse()
    report = loaded(small.write(folder, record))
    assert (report["memberships"].changed, report["memberships"].unchanged) == (1, 1)
    dump(folder.parent / "dumped")
    assert small.contents(folder.parent / "dumped") == small.contents(folder)


@pytest.mark.django_db(transaction=True)  # the version rises once in a transaction
def test_a_changed_field_is_updated_and_only_that_row(folder: Path) -> None:
    load(directory=folder, by="first")
    before = current_version().number
    times = dict(Event.objects.values_list("slug", "sequence"))
    record = small.rows()
    record["events"][0]["date"] = "2026-02"
    report = loaded(small.write(folder, record))
    assert report["events"] == Loaded("events", 0, 1, 1, 0)
    assert sum(one.changed + one.added for one in report.values()) == 1
    assert current_version().number == before + 1
    assert dict(Event.objects.values_list("slug", "sequence")) == {
        "drill": times["drill"] + 1,
        "session": times["session"],
    }
    drill: Any = Event.objects.get(slug="drill")
    entry = drill.history.order_by("pgh_id").last()
    assert (entry.pgh_label, entry.pgh_context.metadata) == (
        "update",
        {"reason": "record loaded", "by": "test"},
    )


def test_a_field_taken_out_of_the_file_falls_back_to_its_default(folder: Path) -> None:
    load(directory=folder, by="test")
    record = small.rows()
    del record["sources"][0]["date_note"]
    del record["priorities"][2]["is_tracked"]
    load(directory=small.write(folder, record), by="test")
    assert Source.objects.get(slug="agency").date_note == ""
    assert Priority.objects.get(slug="closing").is_tracked is True


def test_numbers_shift_when_a_row_is_put_before_others(folder: Path) -> None:
    load(directory=folder, by="test")
    record = small.rows()
    coordination, closing = record["priorities"][1:]
    first = {**closing, "number": 1, "slug": "opening", "title": "Opening"}
    coordination["number"], closing["number"] = 2, 3
    record["priorities"][1:] = [first, coordination, closing]
    report = loaded(small.write(folder, record))
    assert report["priorities"] == Loaded("priorities", 1, 2, 1, 0)
    dump(folder.parent / "dumped")
    assert small.contents(folder.parent / "dumped") == small.contents(folder)


def test_rows_and_links_that_no_file_holds_are_left_alone_and_counted(folder: Path) -> None:
    load(directory=folder, by="test")
    ours = make.source(slug="ours")
    EventCitation.objects.create(event=Event.objects.get(slug="drill"), source=ours)
    body = Body.objects.create(slug="ours", kind="force", name="O", name_ru="О", description="O")
    report = loaded(folder)
    assert (report["sources"].left_alone, report["bodies"].left_alone) == (1, 1)
    assert report["events"] == Loaded("events", 0, 0, 2, 0)
    assert Body.objects.filter(pk=body.pk).exists()
    slugs = EventCitation.objects.filter(event__slug="drill").order_by("id")
    assert list(slugs.values_list("source__slug", flat=True)) == ["agency", "ours"]


def test_a_draft_of_the_same_key_is_published(folder: Path) -> None:
    load(directory=folder, by="test")
    Body.objects.update(is_published=False)
    assert loaded(folder)["bodies"] == Loaded("bodies", 0, 1, 0, 0)
    assert Body.objects.get().is_published


def test_a_draft_assessment_takes_the_evidence_of_the_file(folder: Path) -> None:
    record = small.rows()
    record["assessments"] = []
    load(directory=small.write(folder, record), by="test")
    priority = Priority.objects.get(presidency__slug="russia-2026", slug="coordination")
    draft = make.assessment(priority=priority, number=1, is_published=False)
    draft.evidence.add(make.contribution(priority=priority))
    assert loaded(small.write(folder, small.rows()))["assessments"].changed == 1
    draft.refresh_from_db()
    assert (draft.is_published, draft.completion) == (True, "limited")
    assert "session" in draft.evidence.values_list("event__slug", flat=True)


def test_queries_of_a_load_do_not_grow_with_its_rows(folder: Path) -> None:
    def queries(many: int) -> int:
        record = small.rows()
        for number in range(many):
            record["sources"].append({**record["sources"][0], "slug": f"many-{many}-{number}"})
            record["events"].append({**record["events"][0], "slug": f"many-{many}-{number}"})
        small.write(folder, record)
        with CaptureQueriesContext(connection) as captured:
            load(directory=folder, by="test")
        return len(captured)

    load(directory=folder, by="test")
    assert queries(30) == queries(1)


def test_drafts_are_not_dumped(folder: Path, tmp_path: Path) -> None:
    load(directory=folder, by="test")
    draft = make.source(slug="draft", is_published=False)
    EventCitation.objects.create(event=Event.objects.get(slug="drill"), source=draft)
    Source.objects.filter(slug="agency").update(carried_by=draft)
    dump(tmp_path / "dumped")
    assert small.contents(tmp_path / "dumped") == small.contents(folder)


def test_a_published_row_that_needs_a_draft_is_not_dumped_but_refused(
    folder: Path, tmp_path: Path
) -> None:
    load(directory=folder, by="test")
    draft = make.theme(slug="draft-theme", is_published=False)
    Priority.objects.filter(slug="closing").update(theme=draft)
    with pytest.raises(RecordError) as caught:
        dump(tmp_path / "dumped")
    assert str(caught.value) == (
        "priorities.json (russia-2026:closing), theme: The published row needs “draft-theme”,"
        " which is a draft."
    )
    assert not (tmp_path / "dumped").exists()


def test_dump_replaces_its_files_and_leaves_others_alone(folder: Path) -> None:
    load(directory=folder, by="test")
    (folder / "README.md").write_text("Ours.")
    (folder / "events.json").write_text("[]")
    expected: dict[str, Any] = small.contents(small.write(folder.parent / "new", small.rows()))
    dump(folder)
    assert small.contents(folder) == expected | {"README.md": b"Ours."}
