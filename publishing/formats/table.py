"""A serializer's fields as the flat cells of a table."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Func, QuerySet
from django.db.models.functions import Cast
from rest_framework import serializers

from publishing.expanding import expansions
from publishing.shape import Column, columns

EXPANDED = "expanded.{}"  # the column of records that are expanded, by the name of their field


class PlainCell(Func):
    """Text that no spreadsheet takes for a formula: an apostrophe goes before `= + - @` and tab.

    The apostrophe is what spreadsheets themselves use to mean “text” (OWASP, CSV injection).
    """

    function = "publishing_plain_cell"
    output_field = models.TextField()


def cells(
    serializer: serializers.Serializer, day: date | None = None, expand: Sequence[str] = ()
) -> dict[str, Any]:
    """SQL of each cell by the column's name. Lists of keys are joined by “; ”.

    With a `day`, of related rows only those that had begun by then. What `expand` names comes
    last, as JSON.
    """
    fields = {
        name: field.cell(day)
        if isinstance(field, Column)
        else F((field.source or name).replace(".", "__"))
        for name, field in columns(serializer).items()
    }
    records = expansions(type(serializer)) if expand else {}
    return fields | {
        EXPANDED.format(name): Cast(records[name].sql, models.TextField()) for name in expand
    }


def texts(rows: QuerySet, cells: Mapping[str, Any]) -> QuerySet:
    """Rows of the cells as texts that are safe to open in a spreadsheet."""
    return rows.values_list(*(PlainCell(Cast(cell, models.TextField())) for cell in cells.values()))
