"""What the history tables hold, in words: who changed which field, when, and why."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db import models

HIDDEN = {"id", "changed_at", "text_sha256"}


class Difference(NamedTuple):
    """One field of a change."""

    field: str
    before: str
    after: str


class Change(NamedTuple):
    """One change of a row: an insert, update or delete. `at` is UTC, `number` breaks ties."""

    at: datetime
    number: int
    kind: str
    by: str
    reason: str
    subject: str
    differences: list[Difference]


def changes_of(row: models.Model) -> list[Change]:
    """Changes of a row and of the rows that hang on it, newest first.

    Costs one query for the row and one for each kind of row that hangs on it by a cascade.
    """
    found = list(_changes(type(row), {"pgh_obj_id": row.pk}, ""))
    for relation in row._meta.related_objects:
        model = relation.related_model
        if relation.on_delete is models.CASCADE and hasattr(model, "history"):
            name = str(model._meta.verbose_name)
            found += _changes(model, {f"{relation.field.attname}": row.pk}, name)
    return sorted(found, key=lambda change: change[:2], reverse=True)


def _changes(model: Any, condition: dict[str, Any], name: str) -> Iterator[Change]:
    history = model.history.rel.related_model
    rows = (
        history.objects.filter(**condition)
        .select_related("pgh_context")
        .order_by("pgh_obj_id", "pgh_id")
    )
    before: Any = None
    for after in rows:
        if before is not None and before.pgh_obj_id != after.pgh_obj_id:
            before = None
        metadata = after.pgh_context.metadata if after.pgh_context else {}
        yield Change(
            after.pgh_created_at,
            after.pgh_id,
            after.pgh_label,
            str(metadata.get("by", "")),
            str(metadata.get("reason", "")),
            name,
            list(_differences(model, before, after)),
        )
        before = after


def _differences(model: Any, before: Any, after: Any) -> Iterator[Difference]:
    if after.pgh_label == "delete":
        return
    for field in model._meta.concrete_fields:
        if field.name in HIDDEN or isinstance(field, models.GeneratedField):
            continue
        old = "" if before is None else _words(before, field)
        new = _words(after, field)
        if old != new:
            yield Difference(str(field.verbose_name), old, new)


def _words(row: Any, field: Any) -> str:
    value = getattr(row, field.attname)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return "" if value is None else str(value)[:2000]
