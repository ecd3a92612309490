"""What the analyst's pages are asked for, and addresses of the lists behind their figures."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlencode

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from members.models import Presidency
from priorities.models import Theme
from publishing.problems import BadQuery
from publishing.values import parse_yes

DAY = timedelta(days=1)
Row = TypeVar("Row", Presidency, Theme)
# The formats of small tables, with their names for readers.
FORMATS = (("CSV", "csv"), ("Excel", "xlsx"), ("JSON", "json"), ("JSON Lines", "jsonl"))


class Month(NamedTuple):
    """A month, or what a term leaves of it: from `first` to `last`, both of them in it."""

    first: date
    last: date

    @property
    def text(self) -> str:
        """The month as YYYY-MM."""
        return self.first.isoformat()[:7]

    def may_hold(self, period: Any) -> bool:
        """Whether something dated by a range of days may fall into it."""
        return (period.lower is None or period.lower <= self.last) and (
            period.upper is None or period.upper > self.first
        )


def months_of(first: date, last: date) -> list[Month]:
    """The months from one day to another, the outer ones cut to these days."""
    found = []
    while first <= last:
        after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        found.append(Month(first, min(after - DAY, last)))
        first = after
    return found


def refuse_unknown(data: QueryDict, known: Iterable[str]) -> None:
    """Raise BadQuery for parameters that the page does not know: a typo must not go unseen."""
    allowed = {*known, "recorded_at"}
    unknown = [name for name in data if name not in allowed]
    if unknown:
        words = _("Unknown parameter; known are %(known)s.") % {"known": ", ".join(sorted(allowed))}
        raise BadQuery({name: [words] for name in unknown})


def yes(request: HttpRequest, name: str, *, default: bool) -> bool:
    """A parameter that is true or false; raises BadQuery for anything else."""
    value = request.GET.get(name)
    if value is None:
        return default
    try:
        return parse_yes(value)
    except ValueError as error:
        raise BadQuery({name: [str(error)]}) from error


def terms(day: date | None = None) -> list[Presidency]:
    """All public presidencies, or those begun by a day, the newest first: one query."""
    rows = begun(Presidency.objects.public(), "period", day).select_related("state")
    return list(rows.defer("search", "state__search").order_by("-period"))


def chosen(
    data: QueryDict, name: str, rows: list[Row], default: Row | None, of: type[Row]
) -> Row | None:
    """The row that a parameter names by its slug, else the default; raises BadQuery."""
    slug = data.get(name)
    if not slug:
        return default
    for row in rows:
        if row.slug == slug:
            return row
    raise BadQuery(
        {
            name: [
                _("There is no %(kind)s “%(value)s”.")
                % {"kind": of._meta.verbose_name, "value": slug[:80]}
            ]
        }
    )


def in_office(rows: list[Presidency], at: date) -> Presidency | None:
    """The presidency of the day `at`, else the last one before it, else the first of all."""
    for row in rows:
        term: Any = row.period
        if term.lower <= at:
            return row
    return rows[-1] if rows else None


def begun(rows: QuerySet, period: str, day: date | None) -> QuerySet:
    """The rows whose range of days, at the path `period`, begins by a day; all without one."""
    return rows.filter(**{f"{period}__startswith__lte": day}) if day else rows


def until(period: Any, day: date | None) -> Any:
    """What a day leaves of a range of days that had begun by then."""
    return DateRange(period.lower, min(period.upper, day + DAY)) if day else period


def dates_asked(data: QueryDict) -> dict[str, str]:
    """The day and the moment that are asked about, to be asked of other pages, too."""
    return {name: str(data[name]) for name in ("as_of", "recorded_at") if data.get(name)}


def address(name: str, **query: str) -> str:
    """A page with a query; empty values are left out."""
    found = {key: value for key, value in query.items() if value}
    return f"{reverse(name)}?{urlencode(found)}" if found else reverse(name)


def as_files(name: str, query: str) -> list[tuple[str, str]]:
    """A list or table as files, by the name of the format: their addresses with a query."""
    return [
        (label, f"{reverse('export', args=[name, extension])}?{query}")
        for label, extension in FORMATS
    ]
