"""States, their dated status, and the legal facts of their membership."""

from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from members.querysets import DatedQuerySet
from publishing import edtf, triggers, validators
from publishing.fields import EDTFField, Line, Prose, period_of
from publishing.models import Annotated, Publishable, Record, track
from publishing.words import search_vector
from sources.models import Citation, Source, citation_triggers


@track
class State(Publishable):
    """A state that is or was a party, with its names in both languages."""

    KEY = ("code",)

    code = models.CharField(
        _("ISO 3166-1 alpha-2"), max_length=2, unique=True, validators=[validators.iso_alpha2]
    )
    alpha3 = models.CharField(
        _("ISO 3166-1 alpha-3"), max_length=3, unique=True, validators=[validators.iso_alpha3]
    )
    numeric = models.CharField(
        _("ISO 3166-1 numeric"), max_length=3, unique=True, validators=[validators.iso_numeric]
    )
    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    name = Line(_("name"))
    name_ru = Line(_("name (Russian)"))
    official_name = Line(_("official name"))
    official_name_ru = Line(_("official name (Russian)"))
    other_name_ru = Line(_("other name (Russian)"), blank=True)
    capital = Line(_("capital"))
    capital_ru = Line(_("capital (Russian)"))
    latitude = models.DecimalField(
        _("latitude of the capital"),
        max_digits=7,
        decimal_places=4,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        _("longitude of the capital"),
        max_digits=7,
        decimal_places=4,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    note = Prose(_("note"), blank=True)
    note_ru = Prose(_("note (Russian)"), blank=True)
    sources = models.ManyToManyField(
        Source, through="StateCitation", related_name="states", verbose_name=_("sources")
    )
    search = models.GeneratedField(
        expression=search_vector("name", "official_name", "capital", config="english", weight="A")
        + search_vector(
            "name_ru",
            "official_name_ru",
            "other_name_ru",
            "capital_ru",
            config="russian",
            weight="A",
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("state")
        verbose_name_plural = _("states")
        ordering = ["name"]
        indexes = [GinIndex(fields=["search"], name="state_search")]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex="^[A-Z]{2}$")
                & Q(alpha3__regex="^[A-Z]{3}$")
                & Q(numeric__regex="^[0-9]{3}$"),
                name="state_codes_are_iso",
                violation_error_message=_(
                    "The codes are those of ISO 3166-1: two capitals, three capitals, three digits."
                ),
            ),
            models.CheckConstraint(
                condition=Q(latitude__range=(-90, 90)) & Q(longitude__range=(-180, 180)),
                name="state_coordinates_on_earth",
                violation_error_message=_(
                    "Latitude lies from -90 to 90 degrees, longitude from -180 to 180."
                ),
            ),
        ]
        triggers = triggers.record()

    def __str__(self) -> str:
        return self.in_language("name")

    def get_absolute_url(self) -> str:
        return reverse("members:state", args=[self.slug])


@track
class StateCitation(Citation):
    state = models.ForeignKey(State, models.CASCADE, related_name="citations")

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        constraints = [models.UniqueConstraint(fields=["state", "source"], name="state_cites_once")]
        triggers = citation_triggers("members_state", "state_id")


@track
class Membership(Annotated, Record):
    """A state's status for a period, and who says so: a contested status stays attributed."""

    KEY = ("state__code", "since")
    PUBLIC = ("state__is_published",)

    class Status(models.TextChoices):
        PARTY = "party", _("Party to the Treaty")
        MEMBER = "member", _("Member")
        FROZEN = "participation-frozen", _("Participation frozen")
        SUSPENDED = "suspended", _("Membership suspended")
        WITHDRAWN = "withdrawn", _("No longer a party")

    state = models.ForeignKey(
        State, models.PROTECT, related_name="memberships", verbose_name=_("state")
    )
    status = models.CharField(_("status"), max_length=30, choices=Status)
    since = EDTFField(_("since"), help_text=_("First day, as precise as the source."))
    until = EDTFField(
        _("until"), blank=True, help_text=_("First day on which it no longer holds; empty: holds.")
    )
    period = models.GeneratedField(
        expression=Func(
            F("since"), F("until"), function="publishing_edtf_period", output_field=DateRangeField()
        ),
        output_field=DateRangeField(),
        db_persist=True,
    )
    said_by = Line(_("who says so"), help_text=_("A contested status is attributed, never bare."))
    said_by_ru = Line(_("who says so (Russian)"), blank=True)
    disputed = Prose(
        _("disputed"), blank=True, help_text=_("Who says otherwise, and what they say.")
    )
    disputed_ru = Prose(_("disputed (Russian)"), blank=True)
    sources = models.ManyToManyField(
        Source, through="MembershipCitation", related_name="memberships", verbose_name=_("sources")
    )

    objects: ClassVar[Any] = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["state", "since"]
        constraints = [
            models.UniqueConstraint(fields=["state", "since"], name="membership_key_once"),
            ExclusionConstraint(
                # A range of one id stands in for equality, which needs the btree_gist extension.
                expressions=[
                    (
                        Func(
                            F("state"),
                            F("state"),
                            models.Value("[]"),
                            function="int8range",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    ("period", RangeOperators.OVERLAPS),
                ],
                name="membership_periods_do_not_overlap",
                violation_error_message=_("Another status of this state holds in this period."),
            ),
        ]
        triggers = [
            *triggers.record("(SELECT is_published FROM members_state WHERE id = {row}.state_id)"),
            triggers.needs_source(
                "membership_has_source",
                "EXISTS (SELECT 1 FROM members_membership WHERE id = {row}.id) AND NOT EXISTS"
                " (SELECT 1 FROM members_membershipcitation WHERE membership_id = {row}.id)",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state}: {self.get_status_display()} ({self.since}/{self.until or '..'})"

    def clean(self) -> None:
        super().clean()
        try:
            begins = edtf.parse(self.since)
            ends = edtf.parse(self.until) if self.until else None
        except edtf.InvalidDate:
            return  # The fields' own validators say what is wrong.
        if ends and (not ends.start or not begins.start or ends.start.first <= begins.start.first):
            raise ValidationError({"until": _("The end must be later than the beginning.")})


@track
class MembershipCitation(Citation):
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="citations")

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        constraints = [
            models.UniqueConstraint(fields=["membership", "source"], name="membership_cites_once")
        ]
        triggers = [
            triggers.raise_version(
                "(SELECT s.is_published FROM members_membership m JOIN members_state s"
                " ON s.id = m.state_id WHERE m.id = {row}.membership_id)"
            ),
            triggers.keeps_source(
                "membership_has_source",
                "EXISTS (SELECT 1 FROM members_membership WHERE id = {row}.membership_id)"
                " AND NOT EXISTS (SELECT 1 FROM members_membershipcitation"
                " WHERE membership_id = {row}.membership_id)",
            ),
        ]


@track
class Milestone(Annotated, Publishable):
    """A dated legal fact of a state, or of the organisation itself when no state is named."""

    KEY = ("slug",)

    slug = models.SlugField(_("key"), max_length=80, unique=True)
    state = models.ForeignKey(
        State,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="milestones",
        verbose_name=_("state"),
        help_text=_("Empty: a fact of the organisation itself."),
    )
    title = Line(_("title"))
    title_ru = Line(_("title (Russian)"), blank=True)
    date = EDTFField(
        _("date"), blank=True, help_text=_("Empty: it has not happened, as far as sources say.")
    )
    period = period_of("date")
    sources = models.ManyToManyField(
        Source, through="MilestoneCitation", related_name="milestones", verbose_name=_("sources")
    )

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["date", "slug"]
        triggers = [
            *triggers.record(),
            triggers.needs_source(
                "milestone_has_source",
                "EXISTS (SELECT 1 FROM members_milestone WHERE id = {row}.id) AND NOT EXISTS"
                " (SELECT 1 FROM members_milestonecitation WHERE milestone_id = {row}.id)",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state or 'CSTO'}: {self.in_language('title')}"


@track
class MilestoneCitation(Citation):
    milestone = models.ForeignKey(Milestone, models.CASCADE, related_name="citations")

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        constraints = [
            models.UniqueConstraint(fields=["milestone", "source"], name="milestone_cites_once")
        ]
        triggers = citation_triggers("members_milestone", "milestone_id", "milestone_has_source")
