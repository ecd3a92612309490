"""Priorities as lists show them, each with its newest assessment: one query for all rows."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import orjson
from django.db import models
from django.db.models import Case, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast

from assessments.models import Assessment
from priorities.models import Priority
from publishing.addresses import pattern
from publishing.dates import in_words
from publishing.languages import localized
from publishing.shape import JSONObjectText


@dataclass(frozen=True, slots=True)
class Row:
    """One priority, ready to be written out; `completion` is empty when it is not assessed."""

    number: int
    title: str
    url: str
    presidency: str
    presidency_url: str
    theme: str
    theme_slug: str
    kind: str
    temporal: str
    strength: str
    is_tracked: bool
    completion: str
    completion_word: str
    as_of: str
    is_provisional: bool


def row_text(at: date | None = None) -> Cast:
    """SQL for one priority as JSON text, with its newest public assessment or null.

    With a day `at`, the newest as of that day.
    """
    assessments = Assessment.objects.public()
    if at:
        assessments = assessments.filter(as_of__lte=at)
    newest = (
        assessments.filter(priority=OuterRef("pk"))
        .order_by("-as_of", "-number")
        .values_list(
            JSONObjectText(
                completion=F("completion"), as_of=F("as_of"), provisional=F("is_provisional")
            )
        )[:1]
    )
    row = JSONObjectText(
        number=F("number"),
        slug=F("slug"),
        title=localized("title"),
        presidency=localized("presidency__title"),
        presidency_slug=F("presidency__slug"),
        theme=_public_theme(localized("theme__title")),
        theme_slug=_public_theme(F("theme__slug")),
        kind=F("kind"),
        temporal=F("temporal"),
        strength=F("strength"),
        is_tracked=F("is_tracked"),
        newest=Subquery(newest, output_field=models.JSONField()),
    )
    return Cast(row, models.TextField())


def _public_theme(value: Any) -> Case:
    """A theme's value; empty while the theme is a draft."""
    return Case(
        When(theme__is_published=True, then=value),
        default=Value(""),
        output_field=models.TextField(),
    )


def rows_of(texts: list[str]) -> list[Row]:
    """Rows made of what `row_text` gave, in the active language; no query."""
    priority_at, presidency_at = pattern("priorities:priority", 2), pattern("members:presidency")
    kinds, temporals, strengths, completions = (
        {value: str(label) for value, label in choices.choices}
        for choices in (
            Priority.Kind,
            Priority.Temporal,
            Priority.Strength,
            Assessment.Completion,
        )
    )

    def row(found: dict[str, Any]) -> Row:
        newest = found["newest"] or {}
        return Row(
            number=found["number"],
            title=found["title"],
            url=priority_at.format(found["presidency_slug"], found["slug"]),
            presidency=found["presidency"],
            presidency_url=presidency_at.format(found["presidency_slug"]),
            theme=found["theme"],
            theme_slug=found["theme_slug"],
            kind=kinds[found["kind"]],
            temporal=""
            if found["temporal"] == Priority.Temporal.UNMARKED
            else temporals[found["temporal"]],
            strength=strengths[found["strength"]],
            is_tracked=found["is_tracked"],
            completion=newest.get("completion", ""),
            completion_word=completions.get(newest.get("completion", ""), ""),
            as_of=in_words(newest["as_of"]) if newest else "",
            is_provisional=newest.get("provisional", False),
        )

    return [row(orjson.loads(text)) for text in texts]


def by_theme(priorities: QuerySet, at: date | None = None) -> list[tuple[str, list[Row]]]:
    """All rows of a query by theme, as `row_text` has them, in their own order: one query."""
    ordered = priorities.order_by("theme__number", "theme__slug", "presidency__period", "number")
    rows = rows_of(list(ordered.values_list(row_text(at), flat=True)))
    groups = groupby(rows, key=lambda row: (row.theme_slug, row.theme))
    return [(theme, list(found)) for (_slug, theme), found in groups]


def completions(rows: list[Row]) -> list[tuple[str, str, int]]:
    """How many tracked rows stand at each step of the scale: (value, word, number), none left out.

    What the scale's two further values count appears only where there is some. Empty where no row
    is tracked: of what nobody assessed there are not zero of each.
    """
    found: list[tuple[str, str, int]] = []
    if not any(row.is_tracked for row in rows):
        return found
    for value, label in Assessment.Completion.choices:
        number = sum(row.is_tracked and row.completion == value for row in rows)
        if number or value not in {
            Assessment.Completion.WITHDRAWN,
            Assessment.Completion.NOT_ASSESSABLE,
        }:
            found.append((value, str(label), number))
    return found
