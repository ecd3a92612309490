"""Each rule that the database keeps, seen refusing, with writes that pass no Python check."""

from datetime import date, time
from typing import Any

import pytest
from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import DatabaseError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import CheckConstraint

from assessments.models import Assessment, ClaimCitation, Evidence
from csto_tracker.pages.urls import EVENTS
from events.models import TAKEN_SLUGS, Event, EventCitation
from members.models import (
    Membership,
    MembershipCitation,
    Milestone,
    MilestoneCitation,
    PresidencyCitation,
    State,
)
from priorities.models import Priority, PriorityCitation, PriorityPassage
from publishing.models import DataVersion, Record
from sources.models import Passage, Source
from tests import factories as make

pytestmark = pytest.mark.django_db


def refused(write: Any) -> str:
    """The name of the constraint that refuses a write, deferred ones included."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():  # noqa: PT012 - deferred rules speak when asked
        write()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return caught.value.__cause__.diag.constraint_name or ""  # type: ignore[union-attr]


def test_source_key_twice_is_refused() -> None:
    make.source(slug="one")
    assert "slug" in refused(lambda: make.source(slug="one"))


def test_source_hash_that_does_not_match_text_is_refused() -> None:
    source = make.source(text="We will.")
    write = lambda: Source.objects.filter(pk=source.pk).update(text_sha256="0" * 64)
    assert refused(write) == "source_hash_matches_text"


def test_source_text_that_leaves_a_passage_behind_is_refused() -> None:
    passage = make.passage(text="Мы углубим координацию.", quote="углубим")
    passage.source.text = "Мы не углубим координацию."
    assert refused(passage.source.save) == "passage_matches_text"


@pytest.mark.parametrize(
    ("start", "end", "quote", "constraint"),
    [
        (0, 4, "Will", "passage_matches_text"),
        (0, 400, "We will.", "passage_as_long_as_its_quote"),
        (3, 3, "", "passage_start_before_end"),
    ],
)
def test_passage_that_is_not_in_the_text_is_refused(
    start: int, end: int, quote: str, constraint: str
) -> None:
    source = make.source(text="We will.")
    write = lambda: Passage.objects.create(source=source, start=start, end=end, quote=quote)
    assert refused(write) == constraint


def test_passage_counts_code_points_not_bytes() -> None:
    source = make.source(text="😀 ОДКБ — да")
    Passage.objects.create(source=source, start=2, end=6, quote="ОДКБ")
    assert Passage.objects.get().quote == "ОДКБ"


def test_passage_twice_is_refused() -> None:
    passage = make.passage()
    write = lambda: make.passage(source=passage.source, quote=passage.quote)
    assert refused(write) == "passage_once"


@pytest.mark.parametrize("values", [{"code": "kg"}, {"alpha3": "KG"}, {"numeric": "abc"}])
def test_state_code_that_is_not_iso_is_refused(values: dict[str, str]) -> None:
    state = make.state("KG")
    write = lambda: State.objects.filter(pk=state.pk).update(**values)
    assert refused(write) == "state_codes_are_iso"


def test_state_off_the_earth_is_refused() -> None:
    assert refused(lambda: make.state("KG", latitude=91)) == "state_coordinates_on_earth"


@pytest.mark.parametrize("field", ["code", "alpha3", "numeric"])
def test_state_code_twice_is_refused(field: str) -> None:
    first = make.state("KG")
    values = {"code": "RU", field: getattr(first, field)}
    assert field in refused(lambda: make.state(**values))


def test_membership_periods_of_one_state_that_overlap_are_refused() -> None:
    state = make.state()
    make.membership(state=state, since="2003-09-18", until="2012-12-19")
    write = lambda: make.membership(state=state, since="2010", until="2011")
    assert refused(write) == "membership_periods_do_not_overlap"


def test_membership_periods_of_two_states_may_overlap() -> None:
    make.membership(since="2003-09-18")
    make.membership(since="2003-09-18")
    assert Membership.objects.count() == 2


def test_presidency_terms_that_overlap_are_refused() -> None:
    make.presidency(2025)
    write = lambda: make.presidency(2026, period=DateRange(date(2025, 12, 31), date(2026, 12, 31)))
    assert refused(write) == "presidency_terms_do_not_overlap"


@pytest.mark.parametrize(
    "period", [DateRange(date(2025, 1, 1), None), DateRange(empty=True)], ids=["open", "empty"]
)
def test_presidency_term_without_both_ends_is_refused(period: DateRange) -> None:
    write = lambda: make.presidency(2025, period=period)
    assert refused(write) == "presidency_term_has_both_ends"


@pytest.mark.parametrize("field", ["slug", "number"])
def test_priority_slug_or_number_twice_in_a_presidency_is_refused(field: str) -> None:
    first = make.priority()
    write = lambda: make.priority(presidency=first.presidency, **{field: getattr(first, field)})
    assert refused(write) == f"priority_{field}_once"


def test_two_priorities_may_share_a_passage() -> None:
    passage = make.passage()
    for priority in (make.priority(), make.priority()):
        PriorityPassage.objects.create(priority=priority, passage=passage)
    assert passage.priorities.count() == 2


def test_lineage_backwards_in_time_is_refused() -> None:
    early = make.priority(presidency=make.presidency(2024))
    late = make.priority(presidency=make.presidency(2025))
    write = lambda: make.lineage(earlier=late, later=early)
    assert refused(write) == "lineage_forward_in_time"


def test_lineage_to_itself_is_refused() -> None:
    priority = make.priority()
    assert refused(lambda: make.lineage(earlier=priority, later=priority)).startswith("lineage_")


@pytest.mark.parametrize(
    "text", ["June 2026", "2026-13", "2026-02-30", "2026-06/2026-05", "../..", "2026-24", "26"]
)
def test_event_date_that_is_not_edtf_is_refused(text: str) -> None:
    assert refused(lambda: make.event(date=text)) == "edtf_date"


def test_event_without_date_is_refused() -> None:
    assert refused(lambda: make.event(date="")) == "event_has_date"


@pytest.mark.parametrize("slug", TAKEN_SLUGS)
def test_event_with_the_address_of_a_page_is_refused(slug: str) -> None:
    assert refused(lambda: make.event(slug=slug)) == "event_slug_is_free"


def test_every_page_that_stands_where_an_event_would_is_refused_as_a_slug() -> None:
    routes = [str(page.pattern) for page in EVENTS]
    pages = {route.removeprefix("events/").rstrip("/") for route in routes} - {"", "<slug:slug>"}
    assert pages == set(TAKEN_SLUGS)


def test_event_time_without_zone_is_refused() -> None:
    write = lambda: make.event(start_time=time(10))
    assert refused(write) == "event_time_needs_day_and_zone"


def test_event_time_in_a_month_is_refused() -> None:
    write = lambda: make.event(date="2026-06", start_time=time(10), time_zone="Asia/Bishkek")
    assert refused(write) == "event_time_needs_day_and_zone"


def test_event_that_ends_before_it_begins_is_refused() -> None:
    write = lambda: make.event(start_time=time(10), end_time=time(9), time_zone="Asia/Bishkek")
    assert refused(write) == "event_ends_after_it_begins"


def test_attendance_of_a_state_twice_is_refused() -> None:
    row = make.attendance()
    assert refused(lambda: make.attendance(event=row.event, state=row.state)) == "attendance_once"


def test_contribution_to_a_priority_twice_is_refused() -> None:
    row = make.contribution()
    write = lambda: make.contribution(event=row.event, priority=row.priority)
    assert refused(write) == "contribution_once"


def test_published_assessment_changed_is_refused() -> None:
    row = make.assessment()
    write = lambda: Assessment.objects.filter(pk=row.pk).update(completion="completed")
    assert refused(write) == "assessment_append_only"


def test_published_assessment_deleted_is_refused() -> None:
    row = make.assessment()
    assert refused(row.delete) == "assessment_append_only"


def test_draft_assessment_may_change_until_it_is_published() -> None:
    row = make.assessment(is_published=False)
    Assessment.objects.filter(pk=row.pk).update(completion="completed", is_published=True)
    assert Assessment.objects.get().completion == "completed"


def test_evidence_of_a_published_assessment_taken_away_is_refused() -> None:
    row = make.assessment(is_published=False)
    evidence = Evidence.objects.create(assessment=row, contribution=make.contribution())
    Assessment.objects.filter(pk=row.pk).update(is_published=True)
    assert refused(evidence.delete) == "evidence_append_only"


def test_claim_without_date_is_refused() -> None:
    assert refused(lambda: make.claim(date="")) == "claim_has_date"


def test_second_row_of_the_data_version_is_refused() -> None:
    from django.utils.timezone import now

    write = lambda: DataVersion.objects.create(id=2, number=1, changed_at=now())
    assert refused(write) == "data_version_is_one_row"


@pytest.mark.parametrize(
    ("create", "citations", "constraint"),
    [
        (make.event, EventCitation, "event_has_source"),
        (make.presidency, PresidencyCitation, "presidency_has_source"),
        (make.membership, MembershipCitation, "membership_has_source"),
        (make.milestone, MilestoneCitation, "milestone_has_source"),
        (make.claim, ClaimCitation, "claim_has_source"),
        (make.priority, PriorityCitation, "priority_has_source"),
    ],
)
def test_last_source_taken_away_is_refused(create: Any, citations: Any, constraint: str) -> None:
    create()
    assert refused(citations.objects.all().delete) == constraint


@pytest.mark.parametrize(
    ("model", "values", "constraint"),
    [
        (Event, {"slug": "e", "kind": "summit", "title": "E", "date": "2026"}, "event_has_source"),
        (Milestone, {"slug": "m", "title": "M", "date": "2026"}, "milestone_has_source"),
    ],
)
def test_record_without_source_is_refused(
    model: Any, values: dict[str, str], constraint: str
) -> None:
    assert refused(lambda: model.objects.create(**values)) == constraint


def test_priority_with_a_passage_needs_no_other_source() -> None:
    priority = make.priority()
    with transaction.atomic():
        PriorityPassage.objects.create(priority=priority, passage=make.passage())
        PriorityCitation.objects.all().delete()
    assert Priority.objects.get().sources.count() == 0


def test_record_and_its_sources_may_be_deleted_together() -> None:
    make.event().delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert Event.objects.count() == 0


@pytest.mark.parametrize(
    ("row", "again"),
    [
        (make.lineage, lambda row: make.lineage(earlier=row.earlier, later=row.later)),
        (
            make.assessment,
            lambda row: make.assessment(priority=row.priority, number=row.number),
        ),
        (
            lambda: make.presidency(2025),
            lambda row: make.presidency(2026, slug=row.slug),
        ),
    ],
    ids=["lineage", "assessment", "presidency"],
)
def test_natural_key_twice_is_refused(row: Any, again: Any) -> None:
    first = row()
    assert refused(lambda: again(first)) != ""


def test_models_named_here_are_those_with_rules() -> None:
    """A reminder: a new constraint needs a test in this file."""
    from django.apps import apps

    named = {
        constraint.name
        for model in apps.get_models()
        if model._meta.app_label
        in {"sources", "members", "priorities", "events", "assessments", "publishing"}
        for constraint in model._meta.constraints
        if type(constraint).__name__ != "UniqueConstraint"
    }
    assert named == {
        "claim_has_date",
        "data_version_is_one_row",
        "event_ends_after_it_begins",
        "event_has_date",
        "event_slug_is_free",
        "event_time_needs_day_and_zone",
        "lineage_not_to_itself",
        "membership_periods_do_not_overlap",
        "passage_as_long_as_its_quote",
        "passage_start_before_end",
        "presidency_term_has_both_ends",
        "presidency_terms_do_not_overlap",
        "source_hash_matches_text",
        "state_codes_are_iso",
        "state_coordinates_on_earth",
    }


def test_each_rule_of_a_public_table_says_in_words_what_it_wants() -> None:
    rules = [
        (model.__name__, rule.name)
        for model in apps.get_models()
        if issubclass(model, Record)
        for rule in model._meta.constraints
        if isinstance(rule, CheckConstraint | ExclusionConstraint)
        and rule.violation_error_message == rule.default_violation_error_message
    ]
    assert rules == []
