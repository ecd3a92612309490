"""Natural keys, as questions name them, to primary keys."""

from functools import lru_cache
from typing import Any

from django.db import connection, models
from django.db.models import Q

from publishing.prepared import Statement, by_key
from publishing.version import READ, Version


def primary_keys(model: Any, values: list[str]) -> dict[str, int]:
    """The primary keys of the public rows with these natural keys, by one query.

    By none for one key that was asked for before, while the public data stay as they are.
    """
    parts = {value: found for value in values if (found := model.objects.key_parts(value))}
    if len(parts) == 1:
        ((value, one),) = parts.items()
        version = READ.get()
        # A transaction may read the past, where the names mean other tables.
        if version is None or connection.in_atomic_block:
            primary = _primary_key(model, tuple(one))
        else:
            primary = _primary_key_at(version, model, tuple(one))
        return {} if primary is None else {value: primary}
    any_of = Q(pk__in=[])
    for one in parts.values():
        any_of |= Q(**dict(zip(model.KEY, one, strict=True)))
    public = model.objects.public().filter(any_of).values_list("pk", *model.KEY)
    found = {tuple(map(str, key)): primary for primary, *key in public}
    return {value: found[tuple(one)] for value, one in parts.items() if tuple(one) in found}


@lru_cache(maxsize=1024)
def _primary_key_at(version: Version, model: Any, parts: tuple[Any, ...]) -> int | None:
    return _primary_key(model, parts)


def _primary_key(model: Any, parts: tuple[Any, ...]) -> int | None:
    rows = _public_key(model).rows(parts)
    return int(rows[0][0]) if rows else None


@lru_cache(maxsize=64)
def _public_key(model: type[models.Model]) -> Statement:
    """The primary key of the public row with a natural key."""
    return by_key(model, "pk")
