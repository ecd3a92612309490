"""Dated events, who took part in them, and which priorities they bear on."""

from datetime import date
from typing import Any, ClassVar, Self

from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.countries import country_code
from members.models import Body, Presidency, State
from priorities.models import VISIBLE_PRIORITY, Priority
from publishing import edtf, triggers, validators
from publishing.fields import EDTFField, Line, Prose, Signature, WebAddress, period_of
from publishing.models import Annotated, Publishable, Record, track
from publishing.querysets import RecordQuerySet
from publishing.today import day_spoken_of
from publishing.words import search_vector
from sources.models import Citation, Source, citation_triggers


class EventQuerySet(RecordQuerySet):
    """Events by time and outcome. `at` is a day and defaults to today (UTC)."""

    def upcoming(self, at: date | None = None) -> Self:
        """Planned events whose last possible day is `at` or later."""
        day = at or timezone.now().date()
        return self.filter(status__in=Event.PLANNED).filter(
            Q(period__endswith__gt=day) | Q(period__endswith__isnull=True)
        )

    def held(self) -> Self:
        """Events that a source reports as having taken place."""
        return self.filter(status=Event.Status.HELD)

    def awaiting_outcome(self, at: date | None = None) -> Self:
        """Planned events whose last possible day is past: the outcome is not recorded."""
        return self.filter(
            status__in=Event.PLANNED, period__endswith__lte=at or timezone.now().date()
        )

    def current(self, at: date) -> Self:
        """Events whose period holds the day `at`."""
        return self.filter(period__contains=at)

    def for_presidency(self, presidency: Presidency) -> Self:
        """Events that fall at least in part into a presidency's term."""
        return self.filter(period__overlap=presidency.period)


# Pages of ours that stand where an event's own page would: it could never be opened.
TAKEN_SLUGS = ("agenda", "calendar")
slug_taken = _("This slug is the address of a page of the site: choose another one.")
free_slug = RegexValidator(
    rf"^({'|'.join(TAKEN_SLUGS)})\Z", slug_taken, code="taken", inverse_match=True
)

# The bits of an event's signature: the lower ones for states, the upper ones for priorities. Some
# have the same: a filter looks at the links of an event that its signature lets pass.
STATE_BIT = "(1::bigint << mod({key}, 20)::int)"
PRIORITY_BIT = "(1::bigint << (20 + mod({key}, 43))::int)"


@track
class Event(Annotated, Publishable):
    """Something dated that happened or was announced. Its date is as precise as its source."""

    KEY = ("slug",)

    class Kind(models.TextChoices):
        SUMMIT = "summit", _("Summit")
        FOREIGN = "ministerial-foreign", _("Council of Foreign Ministers")
        DEFENCE = "ministerial-defence", _("Council of Defence Ministers")
        SECURITY = "ministerial-security", _("Secretaries of Security Councils")
        JOINT = "ministerial-joint", _("Joint ministerial meeting")
        PERMANENT = "permanent-council", _("Permanent Council")
        PARLIAMENTARY = "parliamentary", _("Parliamentary meeting")
        WORKING_BODY = "working-body", _("Meeting of a working body")
        EXERCISE = "exercise", _("Exercise")
        OPERATION = "operation", _("Operation")
        DEPLOYMENT = "deployment", _("Deployment")
        PROGRAMME = "programme", _("Programme")
        CONFERENCE = "conference", _("Conference")
        DIPLOMACY = "diplomacy", _("Diplomatic meeting")
        PREPARATION = "preparation", _("Preparation")
        REPORT = "report", _("Report")
        MEMBERSHIP = "membership", _("Step in a state's membership")
        PRESIDENCY = "presidency", _("Handover of the presidency")
        ANNIVERSARY = "anniversary", _("Anniversary")

    class Status(models.TextChoices):
        ANNOUNCED = "announced", _("Announced")
        CONFIRMED = "confirmed", _("Confirmed")
        ONGOING = "ongoing", _("Ongoing")
        HELD = "held", _("Held")
        POSTPONED = "postponed", _("Postponed")
        CANCELLED = "cancelled", _("Cancelled")

    PLANNED = (Status.ANNOUNCED, Status.CONFIRMED, Status.ONGOING)
    BEGUN = (Status.ONGOING, Status.HELD)

    slug = models.SlugField(_("slug"), max_length=100, unique=True, validators=[free_slug])
    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.ANNOUNCED)
    title = Line(_("title"))
    title_ru = Line(_("title (Russian)"), blank=True)
    summary = Prose(_("summary"), blank=True)
    summary_ru = Prose(_("summary (Russian)"), blank=True)
    date = EDTFField(
        _("date"),
        help_text=_(
            "As precise as the source, never more: 2026-06-15, 2026-06, 2026-09/2026-10, 2026-23"
            " for autumn; ~ after it for “about”."
        ),
    )
    period = period_of("date")
    date_note = Line(_("on the date"), blank=True, help_text=_("For example “day of the report”."))
    date_note_ru = Line(_("on the date (Russian)"), blank=True)
    start_time = models.TimeField(
        _("begins at"), null=True, blank=True, help_text=_("Wall time at the place.")
    )
    end_time = models.TimeField(_("ends at"), null=True, blank=True)
    time_zone = models.CharField(
        _("time zone"),
        max_length=50,
        blank=True,
        validators=[validators.time_zone],
        help_text=_("IANA name, such as Asia/Bishkek; needed with a time."),
    )
    place = Line(_("place"), blank=True)
    place_ru = Line(_("place (Russian)"), blank=True)
    country = models.CharField(
        _("country"), max_length=2, blank=True, validators=[country_code], help_text="ISO 3166-1"
    )
    url = WebAddress(_("page of the event"), blank=True)
    sequence = models.PositiveIntegerField(
        _("sequence"),
        default=0,
        editable=False,
        help_text=_("RFC 5545: rises with each change of date, time, place or status."),
    )
    bodies = models.ManyToManyField(
        Body, through="EventBody", related_name="events", verbose_name=_("bodies")
    )
    sources = models.ManyToManyField(
        Source, through="EventCitation", related_name="events", verbose_name=_("sources")
    )
    signature = Signature()
    search = models.GeneratedField(
        expression=search_vector("title", config="english", weight="A")
        + search_vector("title_ru", config="russian", weight="A")
        + search_vector("summary", "place", config="english", weight="C")
        + search_vector("summary_ru", "place_ru", config="russian", weight="C"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects: ClassVar[Any] = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-period", "-id"]
        indexes = [
            GinIndex(fields=["search"], name="event_search"),
            GistIndex(fields=["period"], name="event_period"),
            models.Index(fields=["-period", "-id"], name="event_newest"),
            models.Index(fields=["-changed_at", "-id"], name="event_changed"),
            # The newest public events with some links are found without a look at the others.
            models.Index(
                F("period").desc(),
                F("id").desc(),
                include=["signature"],
                condition=Q(is_published=True),
                name="event_signature",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(slug__in=TAKEN_SLUGS),
                name="event_slug_is_free",
                violation_error_message=slug_taken,
            ),
            models.CheckConstraint(
                condition=~Q(date=""),
                name="event_has_date",
                violation_error_message=_("An event needs a date, if only a year."),
            ),
            models.CheckConstraint(
                condition=Q(start_time=None, end_time=None)
                | Q(start_time__isnull=False, date__regex=r"^\d{4}-\d{2}-\d{2}$")
                & ~Q(time_zone=""),
                name="event_time_needs_day_and_zone",
                violation_error_message=_("A time needs an exact day and a time zone."),
            ),
            models.CheckConstraint(
                condition=Q(end_time=None) | Q(end_time__gt=F("start_time")),
                name="event_ends_after_it_begins",
                violation_error_message=_("An event must end after it begins."),
            ),
        ]
        triggers = [
            *triggers.record(signature="signature"),
            triggers.keep_signature("signature"),
            triggers.needs_source(
                "event_has_source",
                "EXISTS (SELECT 1 FROM events_event WHERE id = {row}.id) AND NOT EXISTS"
                " (SELECT 1 FROM events_eventcitation WHERE event_id = {row}.id)",
            ),
            triggers.sequence("date", "start_time", "end_time", "time_zone", "place", "status"),
        ]

    def __str__(self) -> str:
        return self.in_language("title")

    def get_absolute_url(self) -> str:
        return reverse("events:event", args=[self.slug])

    @property
    def outcome_missing(self) -> bool:
        """True for a planned event whose last possible day is past on the day spoken of."""
        after = self.period.upper
        return self.status in self.PLANNED and after is not None and after <= day_spoken_of()

    @property
    def is_window(self) -> bool:
        """True where its date is a time in which it falls: what goes on lasts all of it."""
        return self.status != self.Status.ONGOING and not edtf.parse(self.date).is_exact

    def clean(self) -> None:
        super().clean()
        try:
            span = edtf.parse(self.date)
        except edtf.InvalidDate:
            return  # The field's own validator says what is wrong.
        if self.start_time and not span.is_day:
            raise ValidationError({"start_time": _("A time needs an exact day.")})
        if self.start_time and not self.time_zone:
            raise ValidationError({"time_zone": _("A time needs a time zone.")})
        if self.end_time and (not self.start_time or self.end_time <= self.start_time):
            raise ValidationError({"end_time": _("An event must end after it begins.")})


@track
class EventCitation(Citation):
    event = models.ForeignKey(Event, models.CASCADE, related_name="citations")

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        constraints = [models.UniqueConstraint(fields=["event", "source"], name="event_cites_once")]
        triggers = citation_triggers("events_event", "event_id", "event_has_source")


VISIBLE_EVENT = "(SELECT is_published FROM events_event WHERE id = {row}.event_id)"


@track
class EventBody(models.Model):
    """That a body of the organisation met in, or ran, an event."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="body_links")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name=_("body"))

    class Meta:
        verbose_name = _("body of an event")
        verbose_name_plural = _("bodies of an event")
        constraints = [models.UniqueConstraint(fields=["event", "body"], name="event_body_once")]
        triggers = [triggers.raise_version(VISIBLE_EVENT)]

    def __str__(self) -> str:
        return str(self.body)


@track
class Attendance(Annotated, Record):
    """What a source says of a state's part in an event. No row means unknown, never absent."""

    KEY = ("event__slug", "state__code")
    PUBLIC = ("event__is_published", "state__is_published")

    class Role(models.TextChoices):
        HOST = "host", _("Host")
        PARTICIPANT = "participant", _("Took part")
        OBSERVER = "observer", _("Observer")
        ABSENT = "absent", _("Absent, as a source says")
        UNKNOWN = "unknown", _("Unknown")

    TOOK_PART = (Role.HOST, Role.PARTICIPANT, Role.OBSERVER)

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="attendances", verbose_name=_("event")
    )
    state = models.ForeignKey(
        State, models.PROTECT, related_name="attendances", verbose_name=_("state")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.PARTICIPANT)
    level = Line(_("level"), blank=True, help_text=_("For example: head of state, minister."))
    level_ru = Line(_("level (Russian)"), blank=True)
    position = Line(
        _("position on the documents"), blank=True, help_text=_("For example: did not sign.")
    )
    position_ru = Line(_("position on the documents (Russian)"), blank=True)

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        ordering = ["event", "state"]
        constraints = [models.UniqueConstraint(fields=["event", "state"], name="attendance_once")]
        triggers = [
            *triggers.record(
                f"{VISIBLE_EVENT} AND (SELECT is_published FROM members_state"
                " WHERE id = {row}.state_id)"
            ),
            triggers.sign("events_event", "event_id", STATE_BIT.format(key="NEW.state_id")),
        ]

    def __str__(self) -> str:
        return f"{self.state}: {self.get_role_display()}"


@track
class Contribution(Annotated, Record):
    """That an event bears on a priority. Activity, never achievement."""

    KEY = ("event__slug", "priority__presidency__slug", "priority__slug")
    PUBLIC = (
        "event__is_published",
        "priority__is_published",
        "priority__presidency__is_published",
    )

    class Relation(models.TextChoices):
        IMPLEMENTS = "implements", _("Implements")
        FOLLOWS_UP = "follows-up", _("Follows up")
        MENTIONS = "mentions", _("Mentions")
        COUNTS_AGAINST = "counts-against", _("Counts against")

    class Basis(models.TextChoices):
        STATED = "stated", _("The source says so")
        INFERRED = "inferred", _("A curator infers it")

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="contributions", verbose_name=_("event")
    )
    priority = models.ForeignKey(
        Priority, models.PROTECT, related_name="contributions", verbose_name=_("priority")
    )
    relation = models.CharField(_("relation"), max_length=20, choices=Relation)
    basis = models.CharField(_("basis"), max_length=20, choices=Basis, default=Basis.INFERRED)
    reason = Prose(_("why"), help_text=_("What in the event bears on the priority."))
    reason_ru = Prose(_("why (Russian)"), blank=True)

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        ordering = ["event", "priority"]
        constraints = [
            models.UniqueConstraint(fields=["event", "priority"], name="contribution_once")
        ]
        triggers = [
            *triggers.record(
                f"{VISIBLE_EVENT} AND {VISIBLE_PRIORITY.format(priority='{row}.priority_id')}"
            ),
            triggers.sign("events_event", "event_id", PRIORITY_BIT.format(key="NEW.priority_id")),
        ]

    def __str__(self) -> str:
        return f"{self.event} → {self.priority}"
