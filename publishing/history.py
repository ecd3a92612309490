"""What the history tables hold, in words: who changed which field, when, and why."""

from collections.abc import Iterator
from datetime import datetime
from itertools import takewhile
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext as _

from publishing.fields import computed

HIDDEN = {"id", "changed_at", "sequence", "text_sha256"}
LONG = 600  # characters
BEFORE = 60  # characters


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

    Costs one query for the row and one for each kind of row that hangs on it by a cascade,
    and one for each kind of row that those point at.
    """
    found = list(_changes(type(row), "pgh_obj_id", row.pk, ""))
    for relation in row._meta.related_objects:
        model = relation.related_model
        if relation.on_delete is models.CASCADE and hasattr(model, "history"):
            name = str(model._meta.verbose_name)
            found += _changes(model, relation.field.attname, row.pk, name)
    # Of one moment, the row's own changes stand before those of what hangs on it.
    return sorted(found, key=lambda one: (one.at, not one.subject, one.number), reverse=True)


def _changes(model: Any, key: str, pk: Any, name: str) -> Iterator[Change]:
    history = model.history.rel.related_model
    rows = list(
        history.objects.filter(**{key: pk})
        .select_related("pgh_context")
        .order_by("pgh_obj_id", "pgh_id")
    )
    fields = [
        field
        for field in model._meta.concrete_fields
        if field.name not in HIDDEN and field.attname != key and field.column not in computed(model)
    ]
    names = {field.attname: _names(field, rows) for field in fields if field.is_relation}
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
            list(_differences(fields, names, before, after)),
        )
        before = after


def _names(field: Any, rows: list[Any]) -> dict[Any, str]:
    """The natural keys of the rows that a foreign key ever pointed at, as far as they exist."""
    keys = {getattr(row, field.attname) for row in rows} - {None}
    related = field.related_model
    paths = [path.rpartition("__")[0] for path in getattr(related, "KEY", ())]
    found = related._default_manager.filter(pk__in=keys)
    if any(paths):
        found = found.select_related(*filter(None, paths))
    return {row.pk: getattr(row, "key", "") or str(row) for row in found}


def _differences(
    fields: list[Any], names: dict[str, dict[Any, str]], before: Any, after: Any
) -> Iterator[Difference]:
    """What a change changed; of a row that was deleted, all that it held."""
    if after.pgh_label == "delete":
        before, after = after, None
    for field in fields:
        old, new = (
            "" if row is None else _words(row, field, names.get(field.attname, {}))
            for row in (before, after)
        )
        if old != new:
            yield Difference(str(field.verbose_name), *_around(old, new))


def _around(old: str, new: str) -> tuple[str, str]:
    """Two texts from shortly before where they part, at most LONG characters of each."""
    same = sum(
        1 for _pair in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False))
    )
    cut = max(0, same - BEFORE) if max(len(old), len(new)) > LONG else 0
    found = (f"…{text[cut:]}" if cut else text for text in (old, new))
    first, second = (text if len(text) <= LONG else f"{text[:LONG]}…" for text in found)
    return first, second


def _words(row: Any, field: Any, names: dict[Any, str]) -> str:
    value = getattr(row, field.attname)
    if value is None:
        return ""
    if field.is_relation:
        return names.get(value, f"#{value}")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)
