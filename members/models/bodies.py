"""Bodies of the organisation."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from publishing import triggers
from publishing.fields import EDTFField, Line, Prose, period_of
from publishing.models import Annotated, Publishable, track
from publishing.words import search_vector
from sources.models import Citation, Source, citation_triggers


@track
class Body(Annotated, Publishable):
    """A statutory or working organ of the organisation."""

    KEY = ("slug",)

    class Kind(models.TextChoices):
        STATUTORY = "statutory", _("Statutory body")
        PERMANENT = "permanent", _("Permanent body")
        PARLIAMENTARY = "parliamentary", _("Parliamentary body")
        SUBSIDIARY = "subsidiary", _("Subsidiary body")
        FORCE = "force", _("Force")

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    number = models.PositiveSmallIntegerField(_("order"), default=0)
    name = Line(_("name"))
    name_ru = Line(_("name (Russian)"))
    abbreviation = Line(_("abbreviation"), max_length=30, blank=True)
    abbreviation_ru = Line(_("abbreviation (Russian)"), max_length=30, blank=True)
    description = Prose(_("what it does"))
    description_ru = Prose(_("what it does (Russian)"), blank=True)
    established = EDTFField(_("established"), blank=True)
    period = period_of("established")
    established_note = Line(_("on its establishment"), blank=True)
    established_note_ru = Line(_("on its establishment (Russian)"), blank=True)
    sources = models.ManyToManyField(
        Source, through="BodyCitation", related_name="bodies", verbose_name=_("sources")
    )
    search = models.GeneratedField(
        expression=search_vector("name", "abbreviation", config="english", weight="A")
        + search_vector("name_ru", "abbreviation_ru", config="russian", weight="A")
        + search_vector("description", config="english", weight="C")
        + search_vector("description_ru", config="russian", weight="C"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("body")
        verbose_name_plural = _("bodies")
        ordering = ["number", "slug"]
        indexes = [GinIndex(fields=["search"], name="body_search")]
        triggers = triggers.record()

    def __str__(self) -> str:
        return self.in_language("name")

    def get_absolute_url(self) -> str:
        return reverse("members:body", args=[self.slug])


@track
class BodyCitation(Citation):
    body = models.ForeignKey(Body, models.CASCADE, related_name="citations")

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        constraints = [models.UniqueConstraint(fields=["body", "source"], name="body_cites_once")]
        triggers = citation_triggers("members_body", "body_id")
