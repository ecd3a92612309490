"""Keyset paging: a page begins after the last row of the one before, whatever came meanwhile.

Nothing is counted and nothing is skipped over, so page 10,000 costs what page 1 costs, and
no row is shown twice or lost when rows are added between two requests.
"""

import base64
import binascii
import re
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

import orjson
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.translation import gettext as _

from publishing.filters import RecordFilters
from publishing.prepared import Among, Statement, slot, statement
from publishing.problems import BadQuery

PAGE_SIZE, MAX_PAGE_SIZE = 50, 500
MOST_KEPT = 500  # statements; a few kB each
_RANGE = re.compile(r"[\[(](\d{4}-\d{2}-\d{2})?,(\d{4}-\d{2}-\d{2})?[)\]]", re.ASCII)


class Page(NamedTuple):
    """Rows of one page, and the cursors of its neighbours (None where there is none)."""

    rows: list[Any]
    next: str | None
    previous: str | None


class Term(NamedTuple):
    """One ORDER BY field and its direction."""

    path: str
    descending: bool


def terms(ordering: tuple[str, ...]) -> list[Term]:
    return [Term(name.removeprefix("-"), name.startswith("-")) for name in ordering]


def encode(values: list[Any], *, backwards: bool) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([int(backwards), *values])).decode().rstrip("=")


def decode(cursor: str, length: int) -> tuple[list[Any], bool]:
    """The ordering values of a cursor and whether it points backwards; raises BadQuery."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        backwards, *values = orjson.loads(base64.urlsafe_b64decode(padded.encode()))
        if len(values) == length and backwards in {0, 1} and not _unfit(values):
            return values, bool(backwards)
    except (binascii.Error, ValueError, TypeError):
        pass  # Every malformed cursor gets the one message below.
    raise _bad_cursor()


def _bad_cursor() -> BadQuery:
    return BadQuery({"cursor": [_("This is not a cursor that this list gave out.")]})


def _unfit(values: list[Any]) -> bool:
    return any(
        not isinstance(value, str) or "\x00" in value or len(value) > 400 for value in values
    )


def page_size(data: QueryDict) -> int:
    """The page size asked for, from 1 to 500; raises BadQuery."""
    text = data.get("page_size") or str(PAGE_SIZE)
    if text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= MAX_PAGE_SIZE:
        return int(text)
    raise BadQuery(
        {
            "page_size": [
                _("A whole number from 1 to %(most)d was expected.") % {"most": MAX_PAGE_SIZE}
            ]
        }
    )


def page_of(filters: RecordFilters, value: Any, name: str = "") -> Page:
    """One page of `value` (an expression or field name) for each row that a list's filters leave.

    The last ordering field must be unique, and none may be null. `name` names the value where
    statements are to be kept for the next question of the same shape. One query; two for such a
    question with filters: which rows there are, planned for the values asked for, and then the
    value of each, which is planned once.
    """
    data, model = filters.data, filters.all_rows.model
    order, size, cursor = terms(filters.order), page_size(data), data.get("cursor")
    values, backwards = decode(cursor, len(order)) if cursor else ([], False)
    fields = [_field(model, term.path) for term in order]
    typed = [_typed(*pair) for pair in zip(fields, values, strict=True)] if cursor else []
    shape = filters.shape if name and size == PAGE_SIZE else None
    if shape:
        given = [one for values in filters.given.values() for one in values]
        key = (name, shape, filters.order, bool(cursor), backwards)
        if key not in _kept:
            slots = [slot(len(given) + place, field) for place, field in enumerate(fields)]
            first = "pk" if given else value
            page = _page(
                filters.slotted_rows(), order, slots if cursor else [], backwards, first, size
            )
            if len(_kept) >= MOST_KEPT:
                _kept.clear()
            _kept[key] = statement(page)
        found = _kept[key].rows([*given, *typed], planned=not given)
    else:
        casts: list[Any] = [
            Cast(Value(one), field) if _is_range(field) else one
            for one, field in zip(typed, fields, strict=False)
        ]
        found = list(_page(filters.rows, order, casts, backwards, value, size))
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_next, has_previous = (bool(cursor), more) if backwards else (more, bool(cursor))
    rows = [row[0] for row in found]
    return Page(
        _values(filters, value, name, rows) if shape and given else rows,
        encode(list(found[-1][1:]), backwards=False) if has_next and found else None,
        encode(list(found[0][1:]), backwards=True) if has_previous and found else None,
    )


_kept: dict[tuple[Any, ...], Statement] = {}
_kept_values: dict[str, Statement] = {}


def _values(filters: RecordFilters, value: Any, name: str, keys: list[int]) -> list[Any]:
    """The value for each of these primary keys; rows that were withdrawn meanwhile are left out."""
    if not keys:
        return []
    if name not in _kept_values:
        asked = slot(0, ArrayField(_field(filters.all_rows.model, "pk")))
        these = filters.all_rows.filter(Among(F("pk"), asked))
        _kept_values[name] = statement(these.order_by().values_list("pk", value))
    found = dict(_kept_values[name].rows([keys]))
    return [found[key] for key in keys if key in found]


def _page(
    rows: QuerySet, order: list[Term], values: list[Any], backwards: bool, value: Any, size: int
) -> QuerySet:
    """The rows of a page and one more, each with its ordering values as text."""
    if values:
        rows = rows.filter(_after(order, values, backwards))
    directions = [
        F(term.path).desc() if term.descending != backwards else F(term.path).asc()
        for term in order
    ]
    keys = [Cast(F(term.path), models.TextField()) for term in order]
    return rows.order_by(*directions).values_list(value, *keys)[: size + 1]


def _after(order: list[Term], values: list[Any], backwards: bool) -> Q:
    """The rows after the cursor: (a, b) > (x, y) written out, as directions may differ."""
    condition = Q()
    for index, term in enumerate(order):
        equal = {earlier.path: values[place] for place, earlier in enumerate(order[:index])}
        lookup = "lt" if term.descending != backwards else "gt"
        condition |= Q(**equal, **{f"{term.path}__{lookup}": values[index]})
    # The leading field alone narrows the range for the index.
    first = "lte" if order[0].descending != backwards else "gte"
    return Q(**{f"{order[0].path}__{first}": values[0]}) & condition


def _field(model: type[models.Model], path: str) -> Any:
    """The field at the end of a path, that of its values for a computed one."""
    field: Any = None
    owner: Any = model
    for name in path.split("__"):
        field = owner._meta.pk if name == "pk" else owner._meta.get_field(name)
        owner = field.related_model
    return field.output_field if isinstance(field, models.GeneratedField) else field


def _is_range(field: Any) -> bool:
    return bool(field.get_internal_type() == "DateRangeField")


def _typed(field: Any, text: str) -> Any:
    """The text of a cursor as a value of its field; raises BadQuery when it is none.

    A range stays the text that PostgreSQL reads.
    """
    if isinstance(field, models.CharField | models.TextField):
        return text
    if _is_range(field):
        bounds = _RANGE.fullmatch(text)
        if not bounds:
            raise _bad_cursor()
        days = [_day(bound) for bound in bounds.groups() if bound]
        if days != sorted(days):
            raise _bad_cursor()
        return text
    try:
        return field.to_python(text)
    except (ValidationError, ValueError) as error:
        raise _bad_cursor() from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _bad_cursor() from error


def link(path: str, data: QueryDict, cursor: str | None) -> str | None:
    """The address of the page at `cursor`, with the same query."""
    if cursor is None:
        return None
    query = [(name, item) for name in data for item in data.getlist(name) if name != "cursor"]
    return f"{path}?{urlencode([*query, ('cursor', cursor)])}"
