"""Claims (what governments say of progress) and assessments (what curators judge)."""

from datetime import date
from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models import Contribution
from members.models import Presidency
from priorities.models import VISIBLE_PRIORITY, Priority
from publishing import triggers
from publishing.fields import EDTFField, Line, Prose, period_of
from publishing.models import Annotated, Publishable, track
from publishing.querysets import RecordQuerySet
from publishing.words import search_vector
from sources.models import Citation, Source, citation_triggers


class AssessmentQuerySet(RecordQuerySet):
    def newest(self, at: date | None = None) -> Self:
        """The newest assessment of each priority, as of the day `at` if given."""
        rows = self.filter(as_of__lte=at) if at else self
        rows = rows.annotate(
            recency=Window(
                RowNumber(),
                partition_by=F("priority"),
                order_by=[F("as_of").desc(), F("number").desc()],
            )
        )
        return rows.filter(recency=1)


@track
class Assessment(Publishable):
    """A curator's judgement of a priority on one day.

    Once published it is never changed and never deleted; a later one corrects it. The scale is
    that of the Open Government Partnership's Independent Reporting Mechanism, with two values
    for what it does not foresee.
    """

    KEY = ("priority__presidency__slug", "priority__slug", "number")
    KEY_NUMBERS = ("number",)
    PUBLIC = (
        "is_published",
        "priority__is_published",
        "priority__presidency__is_published",
    )

    class Completion(models.TextChoices):
        NO_EVIDENCE = "no-evidence", _("No evidence available")
        NOT_STARTED = "not-started", _("Not started")
        LIMITED = "limited", _("Limited")
        SUBSTANTIAL = "substantial", _("Substantial")
        COMPLETED = "completed", _("Completed")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        NOT_ASSESSABLE = "not-assessable", _("Not assessable")

    class Certainty(models.TextChoices):
        LOW = "low", _("Low")
        MEDIUM = "medium", _("Medium")
        HIGH = "high", _("High")

    priority = models.ForeignKey(
        Priority, models.PROTECT, related_name="assessments", verbose_name=_("priority")
    )
    number = models.PositiveSmallIntegerField(
        _("number"), help_text=_("1 for the first assessment of this priority, then 2, and so on.")
    )
    as_of = models.DateField(_("as of"), help_text=_("The last day whose evidence was considered."))
    completion = models.CharField(_("completion"), max_length=20, choices=Completion)
    certainty = models.CharField(
        _("confidence"), max_length=10, choices=Certainty, default=Certainty.LOW
    )
    is_provisional = models.BooleanField(
        _("provisional"), default=True, help_text=_("By one coder, not yet checked by a second.")
    )
    rationale = Prose(_("rationale"))
    rationale_ru = Prose(_("rationale (Russian)"), blank=True)
    assessed_by = Line(_("assessed by"), help_text=_("As it may be shown to the public."))
    corrects = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrected_by",
        verbose_name=_("corrects"),
    )
    evidence = models.ManyToManyField(
        Contribution, through="Evidence", related_name="assessments", verbose_name=_("evidence")
    )

    objects: ClassVar[Any] = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        ordering = ["-as_of", "priority", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["priority", "number"], name="assessment_number_once")
        ]
        triggers = [
            *triggers.record(
                "{row}.is_published AND " + VISIBLE_PRIORITY.format(priority="{row}.priority_id")
            ),
            pgtrigger.Trigger(
                name="append_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=triggers.refuse(
                    "OLD.is_published AND (TG_OP = 'DELETE' OR OLD IS DISTINCT FROM NEW)",
                    "a published assessment is corrected by a later one, never changed",
                    "assessment_append_only",
                )
                + "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.priority}, {self.as_of:%Y-%m-%d}: {self.get_completion_display()}"

    def get_absolute_url(self) -> str:
        return f"{self.priority.get_absolute_url()}#assessment-{self.number}"

    def clean(self) -> None:
        super().clean()
        published = Assessment.objects.filter(pk=self.pk, is_published=True)
        if not self._state.adding and published.exists():
            raise ValidationError(
                _("A published assessment is never changed: add a later one that corrects it.")
            )
        if self.corrects and self.corrects.priority_id != self.priority_id:
            raise ValidationError({"corrects": _("Choose an assessment of the same priority.")})
        if self.as_of and self.as_of > timezone.now().date():
            raise ValidationError({"as_of": _("Evidence of days to come cannot be considered.")})


@track
class Evidence(models.Model):
    """A contribution that an assessment rests on; as lasting as the assessment."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="evidence_links")
    contribution = models.ForeignKey(
        Contribution, models.PROTECT, related_name="+", verbose_name=_("contribution")
    )

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            models.UniqueConstraint(fields=["assessment", "contribution"], name="evidence_once")
        ]
        triggers = [
            triggers.raise_version(
                "(SELECT is_published FROM assessments_assessment WHERE id = {row}.assessment_id)"
            ),
            pgtrigger.Trigger(
                name="append_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=triggers.refuse(
                    "EXISTS (SELECT 1 FROM assessments_assessment a"
                    " WHERE a.id = OLD.assessment_id AND a.is_published)",
                    "the evidence of a published assessment is never changed",
                    "evidence_append_only",
                )
                + "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return str(self.contribution)


@track
class Claim(Annotated, Publishable):
    """What a government or official says of progress: attributed, dated, never our judgement."""

    KEY = ("slug",)

    slug = models.SlugField(_("key"), max_length=100, unique=True)
    claimant = Line(_("who claims"))
    claimant_ru = Line(_("who claims (Russian)"), blank=True)
    office = Line(_("office"), blank=True)
    office_ru = Line(_("office (Russian)"), blank=True)
    date = EDTFField(_("claimed on"))
    period = period_of("date")
    presidency = models.ForeignKey(
        Presidency, models.PROTECT, related_name="claims", verbose_name=_("presidency")
    )
    priority = models.ForeignKey(
        Priority,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="claims",
        verbose_name=_("priority"),
        help_text=_("Empty: the claim is about the presidency as a whole."),
    )
    text = Prose(_("claim"), help_text=_("What was claimed; quotation marks only for exact words."))
    text_ru = Prose(_("claim (Russian)"), blank=True)
    sources = models.ManyToManyField(
        Source, through="ClaimCitation", related_name="claims", verbose_name=_("sources")
    )
    search = models.GeneratedField(
        expression=search_vector("claimant", "text", config="english", weight="B")
        + search_vector("claimant_ru", "text_ru", config="russian", weight="B"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    PUBLIC = ("is_published", "presidency__is_published")

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["-period", "slug"]
        indexes = [GinIndex(fields=["search"], name="claim_search")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(date=""),
                name="claim_has_date",
                violation_error_message=_("A claim needs a date, if only a year."),
            ),
        ]
        triggers = [
            *triggers.record(
                "{row}.is_published AND (SELECT is_published FROM members_presidency"
                " WHERE id = {row}.presidency_id)"
            ),
            triggers.needs_source(
                "claim_has_source",
                "EXISTS (SELECT 1 FROM assessments_claim WHERE id = {row}.id) AND NOT EXISTS"
                " (SELECT 1 FROM assessments_claimcitation WHERE claim_id = {row}.id)",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.in_language('claimant')}, {self.date}"

    def get_absolute_url(self) -> str:
        return f"{self.presidency.get_absolute_url()}#claim-{self.slug}"

    def clean(self) -> None:
        super().clean()
        if self.priority and self.priority.presidency_id != self.presidency_id:
            raise ValidationError({"priority": _("Choose a priority of the same presidency.")})


@track
class ClaimCitation(Citation):
    claim = models.ForeignKey(Claim, models.CASCADE, related_name="citations")

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        constraints = [models.UniqueConstraint(fields=["claim", "source"], name="claim_cites_once")]
        triggers = citation_triggers("assessments_claim", "claim_id", "claim_has_source")


class CuratorTask(models.Model):
    """Work that the search found; shown on the curators' start page until it is done."""

    class Kind(models.TextChoices):
        OUTCOME_MISSING = "outcome-missing", _("Outcome not recorded")
        SILENT_PRIORITY = "silent-priority", _("No news of a priority")
        HANDOVER = "handover", _("Presidency about to end")
        STALE_SOURCES = "stale-sources", _("No new sources")
        DRAFTS = "drafts", _("Drafts waiting")

    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    subject = Line(
        _("subject"), help_text=_("Natural key of the record, or the kind of records that wait.")
    )
    since = models.DateField(_("since"), null=True, blank=True)
    found_at = models.DateTimeField(_("found at"), auto_now_add=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assigned to"),
    )
    snoozed_until = models.DateField(_("snoozed until"), null=True, blank=True)

    class Meta:
        verbose_name = _("task for curators")
        verbose_name_plural = _("tasks for curators")
        ordering = ["since", "subject"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject"], name="curator_task_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.subject}"
