"""Presidencies: terms of a state in the chair."""

from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from members.models.states import State
from members.querysets import DatedQuerySet
from publishing import triggers
from publishing.fields import Line
from publishing.models import Annotated, Publishable, track
from publishing.words import search_vector
from sources.models import Citation, Source, citation_triggers


@track
class Presidency(Annotated, Publishable):
    """One state's term in the chair of the Collective Security Council.

    `period` is half-open: the day of a handover belongs to the new presidency.
    """

    KEY = ("slug",)

    class Basis(models.TextChoices):
        STATED = "stated", _("Stated by sources")
        SESSION = "session", _("By the session that handed over")
        INFERRED = "inferred", _("Inferred")

    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    state = models.ForeignKey(
        State, models.PROTECT, related_name="presidencies", verbose_name=_("state")
    )
    title = Line(_("title"), help_text=_("For example “Russia 2026”."))
    title_ru = Line(_("title (Russian)"))
    period = DateRangeField(
        _("term"), help_text=_("From the first day to the first day after the term.")
    )
    start_basis = models.CharField(_("basis of the start"), max_length=10, choices=Basis)
    start_note = Line(_("on the start"), blank=True)
    start_note_ru = Line(_("on the start (Russian)"), blank=True)
    end_basis = models.CharField(_("basis of the end"), max_length=10, choices=Basis)
    end_note = Line(_("on the end"), blank=True)
    end_note_ru = Line(_("on the end (Russian)"), blank=True)
    motto = Line(_("motto"), blank=True, help_text=_("English rendering."))
    motto_ru = Line(_("motto (original wording, Russian)"), blank=True)
    motto_note = Line(_("on the motto"), max_length=600, blank=True)
    motto_note_ru = Line(_("on the motto (Russian)"), max_length=600, blank=True)
    statement = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="states_presidency",
        verbose_name=_("statement of priorities"),
        help_text=_("The source whose stored text states this presidency's priorities."),
    )
    sources = models.ManyToManyField(
        Source, through="PresidencyCitation", related_name="presidencies", verbose_name=_("sources")
    )
    search = models.GeneratedField(
        expression=search_vector("title", "motto", config="english", weight="A")
        + search_vector("title_ru", "motto_ru", config="russian", weight="A"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects: ClassVar[Any] = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("presidency")
        verbose_name_plural = _("presidencies")
        ordering = ["-period"]
        indexes = [GinIndex(fields=["search"], name="presidency_search")]
        constraints = [
            models.CheckConstraint(
                condition=Q(period__isempty=False)
                & Q(period__startswith__isnull=False)
                & Q(period__endswith__isnull=False),
                name="presidency_term_has_both_ends",
                violation_error_message=_("A term needs a first and a last day."),
            ),
            ExclusionConstraint(
                expressions=[("period", RangeOperators.OVERLAPS)],
                name="presidency_terms_do_not_overlap",
                violation_error_message=_("This term overlaps the term of another presidency."),
            ),
        ]
        triggers = [
            *triggers.record(),
            triggers.needs_source(
                "presidency_has_source",
                "EXISTS (SELECT 1 FROM members_presidency WHERE id = {row}.id) AND NOT EXISTS"
                " (SELECT 1 FROM members_presidencycitation WHERE presidency_id = {row}.id)",
            ),
        ]

    def __str__(self) -> str:
        return self.in_language("title")

    def get_absolute_url(self) -> str:
        return reverse("members:presidency", args=[self.slug])

    @property
    def has_reader(self) -> bool:
        """True when the text of its statement is stored and public, so that a page shows it."""
        return bool(self.statement and self.statement.is_published and self.statement.text_sha256)


@track
class PresidencyCitation(Citation):
    presidency = models.ForeignKey(Presidency, models.CASCADE, related_name="citations")

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        constraints = [
            models.UniqueConstraint(fields=["presidency", "source"], name="presidency_cites_once")
        ]
        triggers = citation_triggers("members_presidency", "presidency_id", "presidency_has_source")
