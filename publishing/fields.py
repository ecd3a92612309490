"""Model fields that carry the house rules for texts, dates and addresses."""

from typing import Any

from django.contrib.postgres.fields import DateRangeField
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Func

from publishing import validators


class Line(models.CharField):
    """One line of plain text; empty rather than NULL."""

    default_validators = [validators.plain_text]

    def __init__(self, verbose_name: Any = None, *, max_length: int = 300, **options: Any) -> None:
        super().__init__(verbose_name, max_length=max_length, **options)


class Prose(models.TextField):
    """Plain text of up to 20,000 characters; paragraphs are separated by blank lines."""

    default_validators = [validators.plain_text, MaxLengthValidator(20_000)]


class EDTFField(models.CharField):
    """A date as precise as its source, as EDTF text. `period_of` gives its range."""

    default_validators = [validators.edtf_date]

    def __init__(self, verbose_name: Any = None, *, max_length: int = 30, **options: Any) -> None:
        super().__init__(verbose_name, max_length=max_length, **options)


class WebAddress(models.URLField):
    """An http or https address; nothing else is a source that a reader could open."""

    default_validators = [validators.http_url, validators.plain_text]

    def __init__(self, verbose_name: Any = None, *, max_length: int = 2000, **options: Any) -> None:
        super().__init__(verbose_name, max_length=max_length, **options)

    def formfield(self, **options: Any) -> Any:
        return super().formfield(**{"assume_scheme": "https", **options})


class Signature(models.BigIntegerField):
    """Bits for what a row is linked to: a superset, as links that end leave their bits behind.

    Kept by triggers from other tables, so that an index tells which rows cannot be meant. No part
    of the record: it has no history, and a change of it is none.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"default": 0, "editable": False} | options)


def computed(model: type[models.Model]) -> list[str]:
    """The columns of a model that follow from others."""
    kinds = (models.GeneratedField, Signature)
    return [str(field.column) for field in model._meta.fields if isinstance(field, kinds)]


def period_of(field: str) -> models.GeneratedField:
    """The half-open daterange of an EDTFField, computed by PostgreSQL, so both always agree."""
    return models.GeneratedField(
        expression=Func(F(field), function="publishing_edtf_range", output_field=DateRangeField()),
        output_field=DateRangeField(),
        db_persist=True,
    )
