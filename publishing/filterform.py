"""A list's filters as a GET form, and the filters in force as chips that can be taken away."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.db.models import TextChoices
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from publishing.dates import in_words
from publishing.filters import (
    NOT,
    DayFilter,
    Filter,
    RecordFilters,
    SearchFilter,
    ValuesFilter,
    YesNoFilter,
)
from publishing.values import parse_day, parse_yes, split_values

Options = Mapping[str, Iterable[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Control:
    """One field of the form: `kind` is search, choice, yes, day or text."""

    name: str
    label: str
    kind: str
    value: str
    example: str = ""
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force in words, the address of the list without it, and with its opposite.

    `opposite` is empty for a filter that has none.
    """

    label: str
    value: str
    without: str
    opposite: str = ""
    is_excluding: bool = False


class FilterForm:
    """The form of a list at `path`.

    `main` and `more` name the filters offered, in order; `options` gives (value, label) pairs
    for filters whose values are rows, `labels` shorter words than the filter's own. Filters in
    force that the form does not offer, second values of one filter, the day or moment that is
    asked about, and what of the rows is to be shown travel along as hidden fields.
    """

    def __init__(
        self,
        filters: RecordFilters,
        path: str,
        *,
        main: tuple[str, ...],
        more: tuple[str, ...] = (),
        options: Options | None = None,
        orderings: Iterable[tuple[str, Any]] = (),
        labels: Mapping[str, Any] | None = None,
    ) -> None:
        self.path, self._data, self._filters = path, filters.data, filters.filters
        self.orderings, self.ordering = list(orderings), filters.data.get("ordering", "")
        self._labels = labels or {}
        self._options = {name: list(pairs) for name, pairs in (options or {}).items()}
        chosen = list(filters.chosen)
        self.main = [self._control(name, chosen) for name in main]
        self.more = [self._control(name, chosen) for name in more]
        self.more_is_open = any(control.value for control in self.more)
        self.hidden = self._hidden(chosen, {*main, *more})
        self.chips = [self._chip(name, value) for name, value in chosen]

    def _control(self, name: str, chosen: list[tuple[str, str]]) -> Control:
        own = self._filters[name]
        value = next((value for other, value in chosen if other == name), "")
        kind, options = "text", []
        match own:
            case SearchFilter():
                kind = "search"
            case YesNoFilter():
                kind = "yes"
            case DayFilter():
                kind = "day"
            case ValuesFilter() if own.choices is not None or name in self._options:
                kind, options = "choice", self._pairs(name, own)
        return Control(name, str(self._label(name)), kind, value, own.example, tuple(options))

    def _label(self, name: str) -> Any:
        return self._labels.get(name, self._filters[name].label)

    def _pairs(self, name: str, own: Filter) -> list[tuple[str, str]]:
        if name in self._options:
            return self._options[name]
        choices = getattr(own, "choices", None)
        return _in_words(choices, str(get_language())) if choices else []

    def _hidden(self, chosen: list[tuple[str, str]], offered: set[str]) -> list[tuple[str, str]]:
        shown, hidden = set(), []
        for name, value in chosen:
            if name in offered and name not in shown:
                shown.add(name)
            else:
                hidden.append((name, value))
        kept = ["page_size", "recorded_at", "fields", "expand"]
        kept += [] if self.orderings else ["ordering"]
        kept += [] if "as_of" in self._filters else ["as_of"]
        return hidden + [
            (name, value) for name in kept for value in self._data.getlist(name) if value
        ]

    def _chip(self, name: str, value: str) -> Chip:
        own, declared = self._filters[name], name
        if own.exclude:
            declared = name.removeprefix(NOT)
        words = dict(self._pairs(declared, own)).get(value)
        if isinstance(own, YesNoFilter):
            words = str(_("yes") if parse_yes(value) else _("no"))
        elif isinstance(own, DayFilter):
            words = in_words(parse_day(value).isoformat())
        elif words is None and isinstance(own, ValuesFilter) and own.target is not None:
            words = str(own.target._default_manager.public().by_key(value).first() or value)  # type: ignore[attr-defined]
        words, opposite = words or value, declared if own.exclude else f"{NOT}{name}"
        return Chip(
            str(self._label(declared)),
            _("not %(value)s") % {"value": words} if own.exclude else words,
            without(self.path, self._data, name, value),
            without(self.path, self._data, name, value, [(opposite, value)])
            if opposite in self._filters
            else "",
            own.exclude,
        )


@lru_cache(maxsize=128)
def _in_words(choices: type[TextChoices], _language: str) -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in choices.choices]


def without(
    path: str,
    data: QueryDict,
    name: str,
    value: str,
    instead: Iterable[tuple[str, str]] = (),
) -> str:
    """The address of the list without one value of one filter, on its first page.

    `instead` are filters that take its place.
    """
    query = list(instead)
    for other in data:
        if other == "cursor":
            continue
        values = split_values(data.getlist(other), keep_commas=other == "q")
        query += [(other, item) for item in values if (other, item) != (name, value)]
    return f"{path}?{urlencode(query)}" if query else path
