"""A serializer's fields as the flat cells of a table."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Func, QuerySet
from django.db.models.functions import Cast
from rest_framework import serializers

from publishing.shape import Column, columns


class PlainCell(Func):
    """Text that no spreadsheet takes for a formula: an apostrophe goes before `= + - @` and tab.

    The apostrophe is what spreadsheets themselves use to mean “text” (OWASP, CSV injection).
    """

    function = "publishing_plain_cell"
    output_field = models.TextField()


def cells(serializer: serializers.Serializer, day: date | None = None) -> dict[str, Any]:
    """SQL of each cell by the field's name. Lists of keys are joined by “; ”.

    With a `day`, of related rows only those that had begun by then.
    """
    return {
        name: field.cell(day)
        if isinstance(field, Column)
        else F((field.source or name).replace(".", "__"))
        for name, field in columns(serializer).items()
    }


def texts(rows: QuerySet, serializer: serializers.Serializer, day: date | None = None) -> QuerySet:
    """Rows of texts under the fields' names, safe to open in a spreadsheet."""
    found = {
        # A field may be named like a column of the table, which an annotation may not be.
        f"cell_{name}": PlainCell(Cast(expression, models.TextField()))
        for name, expression in cells(serializer, day).items()
    }
    return rows.values_list(*found.values())
