"""What of a row is shown: `fields` chooses, `expand` adds related records whole, one level deep."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Case, When
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers

from publishing.problems import BadQuery
from publishing.shape import (
    JSONObjectText,
    JSONRows,
    ReferenceColumn,
    ReferencesColumn,
    RowsColumn,
    columns,
    row_json,
    row_members,
)
from publishing.values import split_values

# The fields of each kind of record, as its own resource has them.
SERIALIZERS: dict[type[models.Model], type[serializers.Serializer]] = {}


class Expansion(NamedTuple):
    """What may be asked for by name: records of one kind, `several` or one that may be null."""

    serializer: type[serializers.Serializer]
    several: bool
    sql: Any


@lru_cache(maxsize=64)
def expansions(
    serializer: type[serializers.Serializer], day: date | None = None
) -> dict[str, Expansion]:
    """What `expand` may name: the serializer's references, and those of its nested rows.

    The latter are named with a dot, such as `contributions.priority`. Asked first when all
    resources are known. With a `day`, what hangs on a record only as far as it had begun.
    """
    found = {}
    for name, field in columns(serializer()).items():
        match field:
            case ReferenceColumn():
                related = SERIALIZERS[field.model]
                found[name] = Expansion(related, False, _one(field, related, day))
            case ReferencesColumn():
                related = SERIALIZERS[field.model]
                rows = field.links("").values_list(row_json(related(), f"{field.path}__", day))
                found[name] = Expansion(related, True, JSONRows(rows))
            case RowsColumn():
                for inner, reference in columns(field.serializer()).items():
                    if isinstance(reference, ReferenceColumn):
                        related = SERIALIZERS[reference.model]
                        rows = field.rows("").filter(**reference.public(""))
                        if day and field.begun:
                            rows = rows.filter(**{field.begun: day})
                        rows = rows.order_by(*field.order)
                        rows = rows.values_list(row_json(related(), f"{reference.path}__", day))
                        found[f"{name}.{inner}"] = Expansion(related, True, JSONRows(rows))
    return found


def _one(field: ReferenceColumn, related: type[serializers.Serializer], day: date | None) -> Case:
    return Case(
        When(**field.public(""), then=row_json(related(), f"{field.path}__", day)),
        default=None,
        output_field=models.JSONField(),
    )


def chosen(
    serializer: type[serializers.Serializer], data: QueryDict
) -> tuple[serializers.Serializer, bool]:
    """The serializer with only the fields named in `fields`, and whether any is left out; raises
    BadQuery for names that it does not have."""
    found = serializer()
    if not split_values(data.getlist("fields")):
        return found, False  # its fields cost more to list than the answer to find
    names = list(columns(found))
    some = wanted(data, names)
    if some != names:
        keep(found, some)
    return found, some != names


def wanted(data: QueryDict, names: Sequence[str]) -> list[str]:
    """Those of the names that `fields` asks for, in their own order, all if it asks for none;
    raises BadQuery for others."""
    some = split_values(data.getlist("fields")) or names
    unknown = [name for name in some if name not in names]
    if unknown:
        words = _("There is no field %(names)s; known are %(known)s.") % {
            "names": ", ".join(unknown)[:80],
            "known": ", ".join(names),
        }
        raise BadQuery({"fields": [words]})
    return [name for name in names if name in some]


def keep(serializer: serializers.Serializer, names: Sequence[str]) -> None:
    """Leave a serializer these fields only, in its own order."""
    for name in columns(serializer):
        if name not in names:
            serializer.fields.pop(name)


def asked(serializer: type[serializers.Serializer], data: QueryDict) -> list[str]:
    """The names in `expand`, each once; raises BadQuery for others than `expansions` has."""
    allowed = expansions(serializer) if "expand" in data else {}
    names = list(dict.fromkeys(split_values(data.getlist("expand"))))
    wrong = [name for name in names if name not in allowed]
    if wrong:
        words = _("“%(value)s” is not one of %(allowed)s.") % {
            "value": ", ".join(wrong)[:80],
            "allowed": ", ".join(allowed) or "–",
        }
        raise BadQuery({"expand": [words]})
    return names


def expanded_text(
    serializer: serializers.Serializer, names: Sequence[str], day: date | None = None
) -> Cast:
    """A row's JSON text, with what `names` expand in a last member `expanded`, by name.

    With a `day`, as `row_json` has it.
    """
    members = row_members(serializer, day=day)
    if names:
        allowed = expansions(type(serializer), day)
        members["expanded"] = JSONObjectText(**{name: allowed[name].sql for name in names})
    return Cast(JSONObjectText(**members), models.TextField())
