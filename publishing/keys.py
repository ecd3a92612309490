"""Natural keys, as questions name them, to primary keys."""

from functools import lru_cache
from typing import Any

from django.db import models
from django.db.models import Q

from publishing.prepared import Statement, by_key


def primary_keys(model: Any, values: list[str]) -> dict[str, int]:
    """The primary keys of the public rows with these natural keys, by one query."""
    parts = {value: found for value in values if (found := model.objects.key_parts(value))}
    if len(parts) == 1:
        ((value, one),) = parts.items()
        rows = _public_key(model).rows(one)
        return {value: int(rows[0][0])} if rows else {}
    any_of = Q(pk__in=[])
    for one in parts.values():
        any_of |= Q(**dict(zip(model.KEY, one, strict=True)))
    public = model.objects.public().filter(any_of).values_list("pk", *model.KEY)
    found = {tuple(map(str, key)): primary for primary, *key in public}
    return {value: found[tuple(one)] for value, one in parts.items() if tuple(one) in found}


@lru_cache(maxsize=64)
def _public_key(model: type[models.Model]) -> Statement:
    """The primary key of the public row with a natural key."""
    return by_key(model, "pk")
