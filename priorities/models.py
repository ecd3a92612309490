"""Themes, priorities with the passages that state them, and lineage between presidencies."""

from typing import Any, ClassVar, Self

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from members.models import Presidency
from publishing import triggers
from publishing.fields import Line, Prose
from publishing.models import Annotated, Publishable, Record, track
from publishing.querysets import RecordQuerySet
from publishing.words import search_vector
from sources.models import Citation, Passage, Source


@track
class Theme(Publishable):
    """A subject that priorities of several presidencies share."""

    KEY = ("slug",)

    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    number = models.PositiveSmallIntegerField(_("order"), default=0)
    title = Line(_("title"))
    title_ru = Line(_("title (Russian)"))

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering = ["number", "slug"]
        triggers = triggers.record()

    def __str__(self) -> str:
        return self.in_language("title")


class PriorityQuerySet(RecordQuerySet):
    def tracked(self) -> Self:
        """Priorities that are assessed: no headings, no closing formulas, no terms not followed."""
        return self.filter(is_tracked=True)

    def for_presidency(self, presidency: Presidency) -> Self:
        return self.filter(presidency=presidency)


VISIBLE_PRIORITY = (
    "(SELECT y.is_published AND p.is_published FROM priorities_priority y"
    " JOIN members_presidency p ON p.id = y.presidency_id WHERE y.id = {priority})"
)


@track
class Priority(Annotated, Publishable):
    """Something a presidency said it would do, in the words of the passage that says so."""

    KEY = ("presidency__slug", "slug")
    PUBLIC = ("is_published", "presidency__is_published")

    class Kind(models.TextChoices):
        GOAL = "goal", _("Goal")
        INSTRUMENT = "instrument", _("Instrument")
        EVENT = "event", _("Event")

    class Temporal(models.TextChoices):
        CONTINUING = "continuing", _("Continuing")
        INTENSIFYING = "intensifying", _("Intensifying")
        NEW = "new", _("New")
        UNMARKED = "unmarked", _("Unmarked")

    class Strength(models.TextChoices):
        """How binding the wording is, from the strongest down."""

        FIRM = "firm", _("Firm commitment")
        EXPLICIT = "explicit-priority", _("Named a priority")
        PLANNED = "planned", _("Planned")
        INTENT = "intent", _("Intention")
        EMPHASIS = "emphasis", _("Emphasis")
        RECOGNITION = "recognition", _("Recognition")
        ASPIRATION = "aspiration", _("Aspiration")
        DESCRIPTION = "description", _("Description of work under way")
        CONVICTION = "conviction", _("Conviction")
        UNKNOWN = "unknown", _("Wording not held")

    class Origin(models.TextChoices):
        """Where the wording of a title comes from."""

        OFFICIAL = "official", _("Official wording")
        PRESS = "press", _("Wording of a named source")
        OWN = "own", _("Own rendering")

    presidency = models.ForeignKey(
        Presidency, models.PROTECT, related_name="priorities", verbose_name=_("presidency")
    )
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("Order in the statement."))
    slug = models.SlugField(_("slug"), max_length=80)
    title = Line(_("title"))
    title_ru = Line(_("title (Russian)"))
    title_ru_origin = models.CharField(
        _("origin of the Russian title"), max_length=10, choices=Origin, default=Origin.OWN
    )
    title_ru_source = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("source of the Russian title"),
    )
    theme = models.ForeignKey(
        Theme, models.PROTECT, related_name="priorities", verbose_name=_("theme")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    temporal = models.CharField(
        _("temporal marker"), max_length=20, choices=Temporal, default=Temporal.UNMARKED
    )
    temporal_words = Line(
        _("words that mark it"), blank=True, help_text=_("As in the text, separated by “; ”.")
    )
    strength = models.CharField(
        _("strength"), max_length=20, choices=Strength, default=Strength.UNKNOWN
    )
    strength_words = Line(_("words that show it"), blank=True)
    is_tracked = models.BooleanField(
        _("tracked"),
        default=True,
        help_text=_(
            "Assessed. Otherwise shown only: a heading, a closing formula, or of a presidency that"
            " is not followed."
        ),
    )
    rubric = Prose(
        _("rubric"),
        blank=True,
        help_text=_("What counts as evidence at each step of the scale, written beforehand."),
    )
    rubric_ru = Prose(_("rubric (Russian)"), blank=True)
    passages = models.ManyToManyField(
        Passage, through="PriorityPassage", related_name="priorities", verbose_name=_("passages")
    )
    sources = models.ManyToManyField(
        Source, through="PriorityCitation", related_name="priorities", verbose_name=_("sources")
    )
    search = models.GeneratedField(
        expression=search_vector("title", config="english", weight="A")
        + search_vector("title_ru", config="russian", weight="A")
        + search_vector("note", config="english", weight="D")
        + search_vector("note_ru", config="russian", weight="D"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects: ClassVar[Any] = PriorityQuerySet.as_manager()

    class Meta:
        verbose_name = _("priority")
        verbose_name_plural = _("priorities")
        ordering = ["-presidency__period", "number"]
        indexes = [GinIndex(fields=["search"], name="priority_search")]
        constraints = [
            models.UniqueConstraint(fields=["presidency", "slug"], name="priority_slug_once"),
            models.UniqueConstraint(fields=["presidency", "number"], name="priority_number_once"),
        ]
        triggers = [
            *triggers.record(
                "{row}.is_published AND (SELECT is_published FROM members_presidency"
                " WHERE id = {row}.presidency_id)"
            ),
            triggers.needs_source(
                "priority_has_source",
                "EXISTS (SELECT 1 FROM priorities_priority WHERE id = {row}.id) AND NOT EXISTS"
                " (SELECT 1 FROM priorities_prioritycitation WHERE priority_id = {row}.id)"
                " AND NOT EXISTS"
                " (SELECT 1 FROM priorities_prioritypassage WHERE priority_id = {row}.id)",
            ),
        ]

    def __str__(self) -> str:
        return self.in_language("title")

    def get_absolute_url(self) -> str:
        return reverse("priorities:priority", args=[self.presidency.slug, self.slug])


_KEEPS_SOURCE = triggers.keeps_source(
    "priority_has_source",
    "EXISTS (SELECT 1 FROM priorities_priority WHERE id = {row}.priority_id) AND NOT EXISTS"
    " (SELECT 1 FROM priorities_prioritycitation WHERE priority_id = {row}.priority_id)"
    " AND NOT EXISTS"
    " (SELECT 1 FROM priorities_prioritypassage WHERE priority_id = {row}.priority_id)",
)


@track
class PriorityCitation(Citation):
    priority = models.ForeignKey(Priority, models.CASCADE, related_name="citations")

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        constraints = [
            models.UniqueConstraint(fields=["priority", "source"], name="priority_cites_once")
        ]
        triggers = [
            triggers.raise_version(VISIBLE_PRIORITY.format(priority="{row}.priority_id")),
            _KEEPS_SOURCE,
        ]


@track
class PriorityPassage(models.Model):
    """That a passage states a priority, or stands around it. Two priorities may share one."""

    PUBLIC: ClassVar[tuple[str, ...]] = ("passage__source__is_published",)

    class Role(models.TextChoices):
        MAIN = "main", _("States it")
        SENTENCE = "sentence", _("The sentence it stands in")
        SUPPORTING = "supporting", _("Supports it")

    priority = models.ForeignKey(
        Priority, models.CASCADE, related_name="passage_links", verbose_name=_("priority")
    )
    passage = models.ForeignKey(
        Passage, models.PROTECT, related_name="priority_links", verbose_name=_("passage")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.MAIN)

    objects: ClassVar[Any] = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("passage of a priority")
        verbose_name_plural = _("passages of a priority")
        ordering = ["priority", "role", "passage"]
        constraints = [
            models.UniqueConstraint(
                fields=["priority", "passage", "role"], name="priority_passage_once"
            )
        ]
        triggers = [
            triggers.raise_version(VISIBLE_PRIORITY.format(priority="{row}.priority_id")),
            _KEEPS_SOURCE,
        ]

    def __str__(self) -> str:
        return str(self.passage)


@track
class Lineage(Annotated, Record):
    """That a later priority takes up an earlier one, with the basis in their wording."""

    KEY = (
        "earlier__presidency__slug",
        "earlier__slug",
        "later__presidency__slug",
        "later__slug",
    )
    PUBLIC = (
        "earlier__is_published",
        "earlier__presidency__is_published",
        "later__is_published",
        "later__presidency__is_published",
    )

    class Relation(models.TextChoices):
        CONTINUES = "continues", _("Continues")
        NARROWS = "narrows", _("Narrows")
        WIDENS = "widens", _("Widens")
        RENAMES = "renames", _("Renames")

    earlier = models.ForeignKey(
        Priority, models.PROTECT, related_name="later_links", verbose_name=_("earlier priority")
    )
    later = models.ForeignKey(
        Priority, models.PROTECT, related_name="earlier_links", verbose_name=_("later priority")
    )
    relation = models.CharField(_("relation"), max_length=20, choices=Relation)
    basis = Prose(_("basis"), help_text=_("The words of both that carry the link."))
    basis_ru = Prose(_("basis (Russian)"), blank=True)
    source = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("source"),
        help_text=_("When a source itself makes the link."),
    )

    class Meta:
        verbose_name = _("lineage")
        verbose_name_plural = _("lineage")
        ordering = ["later", "earlier"]
        constraints = [
            models.UniqueConstraint(fields=["earlier", "later"], name="lineage_once"),
            models.CheckConstraint(
                condition=~Q(earlier=F("later")),
                name="lineage_not_to_itself",
                violation_error_message=_("A priority does not take up itself."),
            ),
        ]
        triggers = [
            *triggers.record(
                VISIBLE_PRIORITY.format(priority="{row}.earlier_id")
                + " AND "
                + VISIBLE_PRIORITY.format(priority="{row}.later_id")
            ),
            # Only forward in time, so no loop can be.
            pgtrigger.Trigger(
                name="forward_in_time",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=triggers.refuse(
                    "NOT EXISTS (SELECT 1 FROM priorities_priority a"
                    " JOIN members_presidency x ON x.id = a.presidency_id,"
                    " priorities_priority b JOIN members_presidency y ON y.id = b.presidency_id"
                    " WHERE a.id = NEW.earlier_id AND b.id = NEW.later_id"
                    " AND upper(x.period) <= lower(y.period))",
                    "a lineage runs from an earlier presidency to a later one",
                    "lineage_forward_in_time",
                )
                + "RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.earlier} → {self.later}"

    def clean(self) -> None:
        super().clean()
        if self.earlier_id is None or self.later_id is None:
            return
        terms: list[Any] = [self.earlier.presidency.period, self.later.presidency.period]
        if terms[0].upper > terms[1].lower:
            raise ValidationError(
                {"later": _("The later priority must belong to a later presidency.")}
            )
