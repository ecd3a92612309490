"""The QuerySet that every public model builds on: what the public may see, and natural keys."""

from typing import Any, Self

from django.db import models
from django.db.models import Value
from django.db.models.functions import Cast, Concat


class RecordQuerySet(models.QuerySet[Any]):
    """Rows of the record.

    A model says in `PUBLIC` which boolean paths must all be true for a row to be public, and
    in `KEY` which paths make up its natural key; parts of a key are joined by a colon.
    """

    @property
    def _record(self) -> Any:
        """The model, with the class variables that every record declares."""
        return self.model

    def public(self) -> Self:
        """Rows that anyone may see. Every page, API answer, feed and export begins here."""
        return self.filter(**dict.fromkeys(self._record.PUBLIC, True))

    def by_key(self, key: str) -> Self:
        """Rows with this natural key (at most one); none if the key has the wrong form."""
        parts = self.key_parts(key)
        if parts is None:
            return self.none()
        return self.filter(**dict(zip(self._record.KEY, parts, strict=True)))

    def key_parts(self, key: str) -> list[str] | None:
        """The values of a natural key's fields, in order; None if the key has the wrong form."""
        parts = key.split(":")
        if len(parts) != len(self._record.KEY) or "\x00" in key:
            return None
        for path, part in zip(self._record.KEY, parts, strict=True):
            number = part.isascii() and part.isdigit() and len(part) <= 9
            if path in self._record.KEY_NUMBERS and not number:
                return None
        return parts


def key_expression(model: type[models.Model], prefix: str = "") -> Any:
    """SQL for a model's natural key, from the point of view of a relation `prefix`."""
    parts: list[Any] = []
    for path in model.KEY:  # type: ignore[attr-defined]  # declared by each public model
        part = models.F(f"{prefix}{path}")
        parts += [Value(":"), Cast(part, models.TextField())]
    return parts[1] if len(parts) == 2 else Concat(*parts[1:], output_field=models.TextField())
