"""Who wants to be told of what, what is to be told, and how the telling goes.

None of these tables keeps a history: an address is gone once it is erased.
"""

import base64
import secrets
import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from publishing import validators
from reminders.watched import WATCHED

__all__ = [
    "WATCHED",
    "Change",
    "Delivery",
    "Departed",
    "Reminder",
    "Selection",
    "Subscriber",
    "Subscription",
]


def new_nonce() -> str:
    return secrets.token_hex(16)


def new_webhook_secret() -> str:
    """A secret as Standard Webhooks writes it: 32 random bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


class Change(models.Model):
    """The queue of what changed, written in the transaction of the change: by triggers for the
    public record, by the services for subscriptions.

    A planning sweep empties it; rows that are gone have been planned for.
    """

    class Kind(models.TextChoices):
        EVENT = "event", _("Event")
        DOCUMENT = "document", _("Document of an event")
        ASSESSMENT = "assessment", _("Assessment")
        PRESIDENCY = "presidency", _("Presidency")
        SUBSCRIPTION = "subscription", _("Subscription")

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    object_id = models.BigIntegerField(_("row"))
    old = models.JSONField(_("before"), null=True)
    new = models.JSONField(_("after"), null=True)
    xact = models.BigIntegerField(_("transaction"), default=0)
    at = models.DateTimeField(_("at"), db_default=Now())
    planned_to = models.BigIntegerField(
        _("planned for the subscriptions up to"), default=0, db_default=0
    )

    class Meta:
        verbose_name = _("change to plan for")
        verbose_name_plural = _("changes to plan for")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class Selection(models.Model):
    """A filter of the list of events, as its canonical query string, shared by subscriptions."""

    query = models.CharField(_("filter"), max_length=1000, unique=True)
    error = models.CharField(
        _("error"),
        max_length=500,
        blank=True,
        help_text=_("Why the filter chooses nothing any more, such as a state that is withdrawn."),
    )

    class Meta:
        verbose_name = _("filter")
        verbose_name_plural = _("filters")

    def __str__(self) -> str:
        return self.query or "*"


class Subscriber(models.Model):
    """A mail address, or nobody by name. Links are signed with the nonce: a new one ends them."""

    email = models.EmailField(_("e-mail address"), max_length=254, blank=True)
    nonce = models.CharField(max_length=32, default=new_nonce, editable=False)
    created_at = models.DateTimeField(_("since"), db_default=Now())

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        constraints = [
            models.UniqueConstraint(
                Lower("email"), condition=~Q(email=""), name="subscriber_address_once"
            )
        ]

    def __str__(self) -> str:
        """Enough to tell two apart, too little to write to."""
        name, at, host = self.email.partition("@")
        return f"{name[:2]}…{at}{host}" if at else f"#{self.pk}"


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def active(self) -> Self:
        """Confirmed and not switched off."""
        return self.filter(confirmed_at__isnull=False, disabled_at=None)


class Subscription(models.Model):
    """What one subscriber wants to be told of, where, and when."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        WEBHOOK = "webhook", _("Webhook")
        CALENDAR = "calendar", _("Personal calendar")
        FEED = "feed", _("Personal feed (Atom)")

    class Digest(models.TextChoices):
        NONE = "none", _("As it happens")
        DAILY = "daily", _("Daily")
        WEEKLY = "weekly", _("Weekly")
        MONTHLY = "monthly", _("Monthly")

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    subscriber = models.ForeignKey(
        Subscriber, models.CASCADE, related_name="subscriptions", verbose_name=_("subscriber")
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    url = models.URLField(_("address of the webhook"), max_length=500, blank=True)
    host = models.CharField(max_length=255, blank=True, editable=False)
    secret = models.CharField(max_length=80, blank=True, editable=False)
    selection = models.ForeignKey(
        Selection, models.PROTECT, related_name="subscriptions", verbose_name=_("filter")
    )
    wants_upcoming = models.BooleanField(_("coming events"), default=True)
    wants_changes = models.BooleanField(_("changes of events"), default=True)
    wants_assessments = models.BooleanField(_("assessments"), default=False)
    wants_handover = models.BooleanField(_("handover of the presidency"), default=False)
    leads = ArrayField(
        models.PositiveIntegerField(),
        verbose_name=_("how long before"),
        default=list,
        help_text=_("In minutes."),
    )
    digest = models.CharField(_("digest"), max_length=10, choices=Digest, default=Digest.NONE)
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday, default=0)
    hour = models.PositiveSmallIntegerField(
        _("hour"), default=9, validators=[MaxValueValidator(23)], help_text=_("Local time.")
    )
    digest_when_empty = models.BooleanField(_("also when there is nothing"), default=False)
    digest_due_at = models.DateTimeField(_("next digest"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    zone = models.CharField(_("time zone"), max_length=50, validators=[validators.time_zone])
    nonce = models.CharField(max_length=32, default=new_nonce, editable=False)
    created_at = models.DateTimeField(_("asked for"), db_default=Now())
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    fetched_on = models.DateField(_("last fetched"), null=True, blank=True)
    disabled_at = models.DateTimeField(_("switched off"), null=True, blank=True)
    disabled_reason = models.CharField(_("why switched off"), max_length=200, blank=True)

    objects: ClassVar[Any] = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ["pk"]
        indexes = [
            # The number is in it because planning takes the subscriptions of a filter in parts.
            models.Index(
                fields=["selection", "id"],
                name="subscription_active",
                condition=Q(confirmed_at__isnull=False, disabled_at=None),
            ),
            models.Index(
                fields=["digest_due_at"],
                name="subscription_digest_due",
                condition=Q(digest_due_at__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(hour__lte=23), name="subscription_hour_of_day"),
            models.CheckConstraint(
                condition=~Q(channel="webhook") | ~Q(url="", secret=""),
                name="subscription_webhook_has_address",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.pk}"

    @property
    def is_active(self) -> bool:
        return self.confirmed_at is not None and self.disabled_at is None


class Delivery(models.Model):
    """One message on its way. Its id never changes, and neither do the ids made of it.

    Exactly one process works on it: the one whose `lease_token` stands here.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        DEAD = "dead", _("Given up")
        DROPPED = "dropped", _("Nothing left to say")

    class Kind(models.TextChoices):
        REMINDERS = "reminders", _("Reminders")
        CONFIRM = "confirm", _("Request to confirm")
        TEST = "test", _("Test")
        LINK = "link", _("Link that was lost")
        CURATOR = "curator", _("Work for curators")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.REMINDERS)
    subscription = models.ForeignKey(
        Subscription,
        models.CASCADE,
        null=True,
        related_name="deliveries",
        verbose_name=_("subscription"),
    )
    curator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", verbose_name=_("to")
    )
    day = models.DateField(_("day"), null=True)
    channel = models.CharField(_("channel"), max_length=10, choices=Subscription.Channel)
    host = models.CharField(_("host"), max_length=255, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(_("created"), db_default=Now())
    due_at = models.DateTimeField(_("due"), db_default=Now())
    attempt_at = models.DateTimeField(_("next attempt"), db_default=Now())
    failures = models.PositiveSmallIntegerField(_("failures"), default=0)
    lease_token = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(_("held until"), null=True, editable=False)
    settled_at = models.DateTimeField(_("settled"), null=True)
    error = models.CharField(_("last error"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                fields=["channel", "failures", "attempt_at"],
                name="delivery_waiting",
                condition=Q(state="waiting"),
            ),
            models.Index(fields=["due_at"], name="delivery_by_day"),
            models.Index(
                fields=["host", "settled_at"],
                name="delivery_calls_of_host",
                condition=Q(channel="webhook"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(subscription=None, curator__isnull=False)
                | Q(subscription__isnull=False, curator=None),
                name="delivery_has_one_receiver",
            ),
            models.UniqueConstraint(
                fields=["curator", "day"],
                condition=Q(curator__isnull=False),
                name="delivery_to_curator_once_a_day",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Reminder(models.Model):
    """One thing to tell one subscription once.

    It is due `lead` minutes before `time` on `day` in `zone`; `due_at` is that moment in UTC,
    computed anew when the rules of a zone change. Without a day it is due at once. What is
    `planned` moves with its subject; what is `bundled` is in a delivery.
    """

    class Kind(models.TextChoices):
        UPCOMING = "upcoming", _("Coming event")
        CHANGE = "change", _("Change of an event")
        ASSESSMENT = "assessment", _("Assessment")
        HANDOVER = "handover", _("Handover of the presidency")
        DIGEST = "digest", _("Digest")

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        BUNDLED = "bundled", _("On its way")
        SENT = "sent", _("Sent")
        DROPPED = "dropped", _("Dropped")

    class Reason(models.TextChoices):
        NONE = "", "–"
        MOVED = "moved", _("The date was moved")
        STATUS = "status", _("The event is not planned any more")
        WITHDRAWN = "withdrawn", _("The record was withdrawn")
        NO_MATCH = "no-match", _("The filter does not choose it any more")
        OVER = "over", _("The event was over before it could be sent")
        EMPTY = "empty", _("There was nothing to say")
        NOT_WANTED = "not-wanted", _("The subscriber changed what they want")
        DEAD = "dead", _("Delivery was given up")

    id = models.BigAutoField(primary_key=True)
    subscription = models.ForeignKey(
        Subscription, models.CASCADE, related_name="reminders", verbose_name=_("subscription")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    subject = models.CharField(_("subject"), max_length=40)
    occurrence = models.CharField(
        _("occurrence"),
        max_length=60,
        help_text=_("The date that is reminded of, or the number of the change."),
    )
    lead = models.PositiveIntegerField(_("minutes before"), default=0)
    day = models.DateField(_("day"), null=True)
    time = models.TimeField(_("local time"), null=True)
    zone = models.CharField(_("time zone"), max_length=50, blank=True)
    due_at = models.DateTimeField(_("due"))
    over_at = models.DateTimeField(_("pointless after"), null=True)
    data = models.JSONField(_("what happened"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLANNED)
    reason = models.CharField(_("why dropped"), max_length=20, choices=Reason, blank=True)
    delivery = models.ForeignKey(
        Delivery, models.CASCADE, null=True, related_name="reminders", verbose_name=_("delivery")
    )
    settled_at = models.DateTimeField(_("settled"), null=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(
                fields=["due_at", "subscription"],
                name="reminder_due_first",
                condition=Q(state="planned"),
            ),
            models.Index(fields=["subject", "subscription"], name="reminder_of_subject"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "subject", "occurrence", "lead"], name="reminder_once"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["bundled", "sent"])
                | Q(delivery__isnull=False)
                | Q(settled_at__isnull=False),
                name="reminder_on_its_way_has_delivery",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.occurrence} -{self.lead}"


class Departed(models.Model):
    """Of a day, how many messages went to those who have left since: nothing else is kept of them,
    and the ledger still says what was due.
    """

    day = models.DateField(primary_key=True)
    sent = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    dead = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.day}: {self.sent}"


class Sweep(models.Model):
    """One row: when a sweep last looked, by which the site knows that somebody does."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    begun_at = models.DateTimeField(_("last begun"), null=True)
    ended_at = models.DateTimeField(_("last ended"), null=True)
    zones = models.CharField(
        max_length=64, blank=True, help_text=_("Digest of the rules of time zones last applied.")
    )
    cleaned_on = models.DateField(null=True)
    searched = models.CharField(
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text=_("Day and version of the data for which curators' work was last looked for."),
    )
    release = models.CharField(max_length=20, blank=True)
    released_at = models.DateTimeField(_("last release"), null=True)

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(id=F("id")) & Q(id=1), name="sweep_once")]

    def __str__(self) -> str:
        return f"{self.ended_at:%Y-%m-%d %H:%M:%S}" if self.ended_at else "never"
