"""The kinds of the record in order of dependence, and what their models say of the format."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django.db import models

from assessments.models import Assessment, Claim
from events.models import Attendance, Contribution, Event
from members.models import Body, Membership, Milestone, Presidency, State
from priorities.models import Lineage, Priority, Theme
from sources.models import Check, Passage, Remark, Source


@dataclass(frozen=True)
class Many:
    """A many-to-many field: its table, the two keys in it, and what else a link says."""

    name: str
    through: type[models.Model]
    owner: models.ForeignKey
    target: models.ForeignKey
    extras: tuple[models.Field, ...]

    @classmethod
    def of(cls, field: Any) -> "Many":
        through = field.remote_field.through
        owner = through._meta.get_field(field.m2m_field_name())
        target = through._meta.get_field(field.m2m_reverse_field_name())
        extras = tuple(
            extra
            for extra in through._meta.fields
            if not extra.primary_key and extra not in (owner, target)
        )
        return cls(field.name, through, owner, target, extras)


@dataclass(frozen=True, eq=False)
class Kind:
    """One file of the record: its name, its model, and the order of its rows.

    In `order` a foreign key stands for the place of the row that it names; a minus reverses.
    """

    name: str
    model: Any
    order: tuple[str, ...]

    @property
    def file(self) -> str:
        return f"{self.name}.json"

    @cached_property
    def fields(self) -> tuple[models.Field, ...]:
        """The fields that the file holds: the model's own, then those that it shares."""
        shared = {
            field.name
            for base in self.model.__mro__
            if getattr(base, "_meta", None) and base._meta.abstract
            for field in base._meta.fields
        }
        fields = [
            field
            for field in self.model._meta.fields
            if field.editable and not field.primary_key and field.name not in self.apart
        ]
        return tuple(sorted(fields, key=lambda field: field.name in shared))

    @property
    def apart(self) -> set[str]:
        """Fields that the file leaves out: all is published, and texts have their own files."""
        return {"is_published"} | ({"text"} if self.has_texts else set())

    @property
    def has_texts(self) -> bool:
        return self.model is Source

    @cached_property
    def stored(self) -> tuple[models.Field, ...]:
        """The columns that loading sets."""
        extra = {"is_published", "text", "text_sha256"} if self.has_texts else {"is_published"}
        return (
            *self.fields,
            *(field for field in self.model._meta.fields if field.name in extra),
        )

    @cached_property
    def generated(self) -> tuple[str, ...]:
        return tuple(
            field.name
            for field in self.model._meta.fields
            if isinstance(field, models.GeneratedField)
        )

    @cached_property
    def manies(self) -> tuple[Many, ...]:
        return tuple(Many.of(field) for field in self.model._meta.many_to_many)

    @property
    def citing(self) -> tuple[Many, ...]:
        """The many-to-many fields that say where a row comes from."""
        return tuple(many for many in self.manies if many.target.related_model in (Source, Passage))

    @cached_property
    def key_fields(self) -> tuple[models.Field, ...]:
        """The fields that make up the key; a foreign key adds the whole key of its row."""
        names = dict.fromkeys(path.split("__")[0] for path in self.model.KEY)
        return tuple(self.model._meta.get_field(name) for name in names)

    @cached_property
    def unique_sets(self) -> tuple[tuple[str, ...], ...]:
        """The groups of fields that no two rows may share, the key itself left out."""
        groups = [(field.name,) for field in self.fields if field.unique] + [
            tuple(constraint.fields)
            for constraint in self.model._meta.constraints
            if isinstance(constraint, models.UniqueConstraint) and not constraint.condition
        ]
        key = {field.name for field in self.key_fields}
        return tuple(group for group in groups if set(group) != key)

    @cached_property
    def needs_source(self) -> bool:
        return any(trigger.name == "needs_source" for trigger in self.model._meta.triggers)

    @cached_property
    def is_append_only(self) -> bool:
        return any(trigger.name == "append_only" for trigger in self.model._meta.triggers)


KINDS = (
    Kind("sources", Source, ("slug",)),
    Kind("passages", Passage, ("source", "start", "-end")),
    Kind("checks", Check, ("source", "number")),
    Kind("remarks", Remark, ("kind", "number", "slug")),
    Kind("states", State, ("code",)),
    Kind("memberships", Membership, ("state", "since")),
    Kind("milestones", Milestone, ("state", "date", "slug")),
    Kind("bodies", Body, ("number", "slug")),
    Kind("presidencies", Presidency, ("period",)),
    Kind("themes", Theme, ("number", "slug")),
    Kind("priorities", Priority, ("presidency", "number")),
    Kind("lineage", Lineage, ("later", "earlier")),
    Kind("events", Event, ("date", "slug")),
    Kind("attendances", Attendance, ("event", "state")),
    Kind("contributions", Contribution, ("event", "priority")),
    Kind("claims", Claim, ("presidency", "date", "slug")),
    Kind("assessments", Assessment, ("priority", "number")),
)
OF_MODEL = {kind.model: kind for kind in KINDS}
TEXTS = Path("texts")
