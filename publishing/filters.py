"""Filters shared by page, API, feed and subscription: one set of them per list.

A parameter that no filter knows, or a value that a filter refuses, is an answer of its own
(400, naming the parameter), never silently ignored: a typo must not return everything.
"""

import copy
import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any, ClassVar

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publishing.keys import primary_keys
from publishing.models import Confidence
from publishing.prepared import slot
from publishing.problems import BadQuery
from publishing.values import parse_day, parse_moment, parse_yes, read_words, split_values
from publishing.words import left_out, search_query

MAX_VALUES = 50
# `state!=KG` would read better, but tools that follow the schema escape or refuse such a name.
NOT = "not_"
_FIELDS: dict[type, models.Field] = {
    str: models.TextField(),
    int: models.BigIntegerField(),
    date: models.DateField(),
    datetime: models.DateTimeField(),
    DateRange: DateRangeField(),
}


class Filter(ABC):
    """One parameter of a list: `read` understands its values, `leave` narrows rows by them.

    `label` says in the interface and the schema what it chooses, `example` is a value that
    finds something in the record. `slotted` tells that the SQL is the same whatever the values
    and the day are, so that `leave` can be given slots; each class says so for itself. `day` is
    the one that is asked about, if any.
    """

    exclude = False
    slotted = False
    day: date | None = None

    def __init__(self, path: str, *, label: Any, example: str = "") -> None:
        self.path, self.label, self.example = path, label, example

    @abstractmethod
    def read(self, values: list[str]) -> list[Any]:
        """Values for the query; raises ValueError with a message for the reader."""

    @abstractmethod
    def leave(self, rows: QuerySet, given: list[Any]) -> QuerySet:
        """The rows that what was read leaves."""

    def on(self, day: date | None) -> "Filter":
        """The filter as it was on a day."""
        found = copy.copy(self)
        found.day = day
        return found

    @property
    def today(self) -> date:
        """The day on which what is current is so: the one asked about, else today (UTC)."""
        return self.day or now().date()


class ValuesFilter(Filter):
    """Several values, repeated or separated by commas; any of them matches.

    `choices` is a choices class, `target` a model with natural keys: a value outside is refused.
    `other_example` is a value that leaves something when it is left out, if `example` does not.
    With `has_commas` a text with commas is also one value, as it stands.
    """

    slotted = True

    def __init__(
        self,
        path: str,
        *,
        choices: type[models.TextChoices] | None = None,
        target: type[models.Model] | None = None,
        pattern: str = "",
        other_example: str = "",
        has_commas: bool = False,
        **options: Any,
    ) -> None:
        self.choices, self.target, self.pattern = choices, target, pattern
        self.has_commas = has_commas
        super().__init__(path, **options)
        self.other_example = other_example or self.example

    def opposite(self) -> "ValuesFilter":
        """The filter that leaves the rows which this one does not: none of the values matches."""
        found = copy.copy(self)
        found.exclude, found.example = True, self.other_example
        return found

    def read(self, values: list[str]) -> list[Any]:
        if self.choices is not None:
            for value in values:
                if value not in self.choices.values:
                    raise ValueError(
                        _("“%(value)s” is not one of %(allowed)s.")
                        % {"value": value, "allowed": ", ".join(self.choices.values)}
                    )
        if self.pattern:
            for value in values:
                if not re.fullmatch(self.pattern, value, re.ASCII):
                    raise ValueError(
                        _("“%(value)s” has not the form of %(example)s.")
                        % {"value": value[:80], "example": self.example}
                    )
        if self.target is None:
            return values
        found = primary_keys(self.target, values)
        for value in values:
            if value not in found:
                raise ValueError(
                    _("There is no %(kind)s “%(value)s”.")
                    % {"kind": self.target._meta.verbose_name, "value": value[:80]}
                )
        return [found[value] for value in values]

    def leave(self, rows: QuerySet, given: list[Any]) -> QuerySet:
        condition = self.condition(rows.model, given)
        return rows.exclude(condition) if self.exclude else rows.filter(condition)

    def condition(self, model: type[models.Model], values: list[Any]) -> Q:
        """What holds of the rows of `model` that one of the values read matches."""
        name, _sep, rest = self.path.partition("__")
        first: Any = model._meta.get_field(name)
        lookup = "__pk__in" if self.target else "__in"
        # A subquery keeps one row per record, and makes exclusion mean “none of them”.
        if first.one_to_many:
            links = first.related_model._default_manager.filter(**{rest + lookup: values})
            return Q(pk__in=links.values(first.field.name))
        condition = Q(**{self.path + lookup: values})
        if first.many_to_many:
            return Q(pk__in=model._default_manager.filter(condition).values("pk"))
        return condition


# How sure the record is of a row, for every list of rows that say so.
CONFIDENCE = ValuesFilter(
    "confidence",
    choices=Confidence,
    label=gettext_lazy("Confidence"),
    example="sourced",
    other_example="unverified",
)


class YesNoFilter(Filter):
    """`true` or `false`."""

    def read(self, values: list[str]) -> list[Any]:
        return [parse_yes(values[-1])]

    def leave(self, rows: QuerySet, given: list[Any]) -> QuerySet:
        return self.apply(rows, given[0])

    def apply(self, rows: QuerySet, value: bool) -> QuerySet:
        return rows.filter(**{self.path: value})


class DayFilter(Filter):
    """A day as YYYY-MM-DD, looked up by `lookup` (dates that are ranges match by overlap)."""

    slotted = True

    def __init__(self, path: str, *, lookup: str, **options: Any) -> None:
        self.lookup = lookup
        super().__init__(path, **options)

    def read(self, values: list[str]) -> list[Any]:
        """The day; for the last day of a range that may begin, the first range that may not."""
        day = parse_day(values[-1])
        if self.lookup != "startswith__lte":
            return [day]
        return [day, DateRange(day + timedelta(1), None) if day < date.max else DateRange(day)]

    def leave(self, rows: QuerySet, given: list[Any]) -> QuerySet:
        if self.lookup == "startswith__lte":
            # The same once more, in the order of ranges: an index on the range begins there.
            rows = rows.filter(**{f"{self.path}__lt": given[1]})
        return rows.filter(**{f"{self.path}__{self.lookup}": given[0]})


class BegunFilter(DayFilter):
    """Rows that may have begun by a day; one without a first day may always have."""

    def __init__(self, path: str, **options: Any) -> None:
        super().__init__(path, lookup="startswith__lte", **options)

    def leave(self, rows: QuerySet, given: list[Any]) -> QuerySet:
        first = f"{self.path}__startswith"
        return rows.filter(Q(**{f"{first}__lte": given[0]}) | Q(**{f"{first}__isnull": True}))


class InstantFilter(Filter):
    """A moment in ISO 8601; rows changed at that moment or later."""

    slotted = True

    def read(self, values: list[str]) -> list[Any]:
        return [parse_moment(values[-1])]

    def leave(self, rows: QuerySet, given: list[Any]) -> QuerySet:
        return rows.filter(**{f"{self.path}__gte": given[0]})


class SearchFilter(Filter):
    """Words in either language, as a search engine reads them (quotes, or, minus)."""

    slotted = True

    def read(self, values: list[str]) -> list[Any]:
        text = read_words(values[-1])
        return [text, unwanted] if (unwanted := left_out(text)) else [text]

    def leave(self, rows: QuerySet, given: list[Any]) -> QuerySet:
        return rows.filter(search=search_query(*given))


class RecordFilters:
    """The filters of one list, declared as class attributes.

    Each ValuesFilter has its opposite, named with `not_` before its name.
    `orderings` maps each allowed `ordering` to ORDER BY fields, the last one unique.
    `CONTROLS` are parameters that shape the answer rather than choose rows.
    """

    CONTROLS: ClassVar[frozenset[str]] = frozenset(
        {
            "cursor",
            "page_size",
            "ordering",
            "format",
            "as_of",
            "recorded_at",
            "fields",
            "expand",
        }
    )
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {
        "default": ("pk",),
        "changed": ("changed_at", "pk"),
        "-changed": ("-changed_at", "-pk"),
    }
    filters: ClassVar[dict[str, Filter]] = {}

    changed_since = InstantFilter(
        "changed_at",
        label=gettext_lazy("Changed at this moment (UTC, ISO 8601) or later"),
        example="2026-02-15T00:00:00Z",
    )

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        declared = {
            name: value
            for part in reversed(cls.__mro__)
            for name, value in vars(part).items()
            if isinstance(value, Filter)
        }
        cls.filters = declared | {
            f"{NOT}{name}": value.opposite()
            for name, value in declared.items()
            if isinstance(value, ValuesFilter)
        }

    def __init__(self, data: QueryDict, rows: QuerySet, also: Collection[str] = ()) -> None:
        """`also` names further controls, which whoever asks obeys."""
        self.data, self.all_rows = data, rows
        self.controls = self.CONTROLS.union(also)

    @cached_property
    def rows(self) -> QuerySet:
        """The rows asked for, in the order asked for; raises BadQuery with every error at once."""
        return self._leave(self.given)

    @cached_property
    def given(self) -> dict[str, list[Any]]:
        """What was read by each filter in force; raises BadQuery with every error at once."""
        found: dict[str, list[Any]] = {}
        errors: dict[str, list[str]] = {}
        for name in self.data:
            values = split_values(self.data.getlist(name), keep_commas=name == "q")
            if getattr(self.filters.get(name), "has_commas", False):
                values += [text for text in self.data.getlist(name) if "," in text]
            if name in self.controls and name not in self.filters:
                if name == "as_of" and values:
                    self._check_day(values, errors)
                continue
            if name not in self.filters:
                known = ", ".join(sorted({*self.filters, *self.controls}))
                errors[name] = [_("Unknown parameter; known are %(known)s.") % {"known": known}]
                continue
            if not values:
                continue  # An empty field of a form means “any”.
            if any("\x00" in value for value in values):  # PostgreSQL refuses it in any text
                errors[name] = [_("A null character stands in no text.")]
                continue
            if len(values) > MAX_VALUES:
                errors[name] = [_("At most %(most)d values are allowed.") % {"most": MAX_VALUES}]
                continue
            try:
                found[name] = self.filters[name].read(values)
            except ValueError as error:
                errors[name] = [str(error)]
        if "since" in found and "until" in found and found["since"][0] > found["until"][0]:
            errors["until"] = [_("The last day is before the first.")]
        ordering = self.data.get("ordering") or "default"
        if ordering not in self.orderings:
            errors["ordering"] = [
                _("“%(value)s” is not one of %(allowed)s.")
                % {"value": ordering, "allowed": ", ".join(self.orderings)}
            ]
        if errors:
            raise BadQuery(errors)
        return found

    def _leave(self, given: dict[str, list[Any]]) -> QuerySet:
        rows, day = self.all_rows, self.day
        for name, values in given.items():
            rows = self.filters[name].on(day).leave(rows, values)
        return rows.order_by(*self.order)

    @classmethod
    def begun(cls, rows: QuerySet, day: date | None) -> QuerySet:
        """The rows that the list has as of a day, if one is given."""
        own = cls.filters.get("as_of")
        return own.leave(rows, own.read([day.isoformat()])) if own and day else rows

    @property
    def shape(self) -> tuple[Any, ...] | None:
        """What the SQL of `rows` depends on; None if that is more than which filters are in force,
        and for how many values."""
        # A class made from one that is slotted may depend on the day.
        if any(not vars(type(self.filters[name])).get("slotted") for name in self.given):
            return None
        return (type(self), *((name, len(values)) for name, values in self.given.items()))

    def slotted_rows(self) -> QuerySet:
        """`rows` with slots in the places of the values, which are numbered in their order."""
        numbers = count()
        return self._leave(
            {
                name: [slot(next(numbers), _FIELDS[type(value)]) for value in values]
                for name, values in self.given.items()
            }
        )

    @staticmethod
    def _check_day(values: list[str], errors: dict[str, list[str]]) -> None:
        """A list without dates takes `as_of`, and answers alike for every day."""
        try:
            parse_day(values[-1])
        except ValueError as error:
            errors["as_of"] = [str(error)]

    @property
    def day(self) -> date | None:
        """The day of `as_of`, if asked for; raises BadQuery as `rows` does."""
        self.given  # noqa: B018  # refuses what is no day
        values = split_values(self.data.getlist("as_of"))
        return parse_day(values[-1]) if values else None

    @property
    def order(self) -> tuple[str, ...]:
        """The ORDER BY fields asked for; raises BadQuery as `rows` does."""
        self.given  # noqa: B018  # refuses an ordering that is not allowed
        return self.orderings[self.data.get("ordering") or "default"]

    @property
    def chosen(self) -> Iterable[tuple[str, str]]:
        """The filters in force, as (name, value) pairs in a stable order."""
        for name in self.filters:
            for value in split_values(self.data.getlist(name), keep_commas=name == "q"):
                yield name, value
