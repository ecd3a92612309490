"""What all public records share, and the version of the data as a whole."""

from typing import Any, ClassVar

import pghistory
from django.db import models
from django.utils.translation import get_language, gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from publishing.fields import Prose, computed
from publishing.querysets import RecordQuerySet

# The reason that the public log gives for what was read from the files of the record.
RECORD_LOADED = gettext_noop("record loaded")


class Confidence(models.TextChoices):
    """How sure the record is of a row (the values are explained on the data page)."""

    STATEMENT = "statement", _("Stated by the statement or the article that carried it")
    SOURCED = "sourced", _("Seen in a named source")
    UNVERIFIED = "unverified", _("Unverified: general knowledge or own rendering")


class Record(models.Model):
    """A row of the public record: change time, natural key, visibility."""

    KEY: ClassVar[tuple[str, ...]]
    KEY_NUMBERS: ClassVar[tuple[str, ...]] = ()
    PUBLIC: ClassVar[tuple[str, ...]]

    changed_at = models.DateTimeField(
        _("changed at"), editable=False, db_default=models.functions.Now()
    )

    objects: ClassVar[Any] = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def key(self) -> str:
        """The natural key: stable, readable, the address of the row in the API."""
        parts = []
        for path in self.KEY:
            value: Any = self
            for name in path.split("__"):
                value = getattr(value, name)
            parts.append(str(value))
        return ":".join(parts)

    def in_language(self, field: str) -> str:
        """The text of a two-language field in the active language, else the other one."""
        english, russian = getattr(self, field), getattr(self, f"{field}_ru")
        return (russian or english) if get_language() == "ru" else (english or russian)


class Annotated(models.Model):
    """How sure we are, and what a reader must know besides."""

    confidence = models.CharField(
        _("confidence"), max_length=20, choices=Confidence, default=Confidence.SOURCED
    )
    note = Prose(
        _("note"), blank=True, help_text=_("Caveats, conflicts between sources, what was inferred.")
    )
    note_ru = Prose(_("note (Russian)"), blank=True)

    class Meta:
        abstract = True


class Publishable(Record):
    """A record that is a draft until someone with the right to publish says otherwise."""

    PUBLIC: ClassVar[tuple[str, ...]] = ("is_published",)

    is_published = models.BooleanField(
        _("published"),
        default=False,
        help_text=_("A draft is seen in no page, count, search result, feed or API answer."),
    )

    class Meta:
        abstract = True


class DataVersion(models.Model):
    """One row: a number that rises in the same transaction as any change that the public sees."""

    number = models.BigIntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        permissions = [("publish", "Can publish and withdraw records")]
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="data_version_is_one_row")
        ]

    def __str__(self) -> str:
        return str(self.number)


class PublicChange(models.Model):
    """One line of the public log of changes: a row of a view (see `publishing.changes`)."""

    KEY: ClassVar[tuple[str, ...]] = ("id",)
    KEY_NUMBERS: ClassVar[tuple[str, ...]] = ()
    PUBLIC: ClassVar[tuple[str, ...]] = ()

    class Kind(models.TextChoices):
        ADDED = "added", _("Added")
        PUBLISHED = "published", _("Published")
        CHANGED = "changed", _("Changed")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        DELETED = "deleted", _("Deleted")
        MERGED = "merged", _("Merged into another record")

    id = models.TextField(primary_key=True)
    changed_at = models.DateTimeField()
    list = models.TextField()
    record = models.TextField()
    change = models.TextField(choices=Kind)
    title = models.TextField()
    title_ru = models.TextField()
    reason = models.TextField()
    # Key of the record that it was merged into; empty for other changes, and if that is a draft.
    into = models.TextField()

    objects: ClassVar[Any] = RecordQuerySet.as_manager()

    class Meta:
        managed = False
        default_permissions = ()
        ordering = ["-changed_at", "-id"]

    def __str__(self) -> str:
        title = (self.title_ru if get_language() == "ru" else self.title) or self.record
        return f"{title}: {self.get_change_display()}"

    @property
    def key(self) -> str:
        return self.id

    @property
    def why(self) -> str:
        """The reason as a curator gave it; our own for a load, in the active language."""
        return gettext(RECORD_LOADED) if self.reason == RECORD_LOADED else self.reason


def track(model: type[models.Model]) -> type[models.Model]:
    """Keep the history of a model by trigger, in a table of snapshots named after it.

    Bulk updates and raw SQL are recorded as well. Columns that PostgreSQL computes are
    left out: they follow from others.
    """
    decorate = pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=computed(model),
        obj_field=pghistory.ObjForeignKey(related_name="history"),
        model_name=f"{model.__name__}History",
    )
    return decorate(model)


# Django finds models here.
from publishing.mergers import Merger  # noqa: E402, F401
from publishing.releases import Release, ReleaseFile  # noqa: E402, F401
from publishing.tokens import ApiToken  # noqa: E402, F401
