"""What changed last in the record, whatever its kind: a few lines for the home page."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from django.db.models import F, TextField, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.urls import reverse

from assessments.models import Assessment, Claim
from events.models import Event
from priorities.models import Priority
from publishing.dates import in_words
from publishing.languages import localized
from sources.models import Source


class Changed(NamedTuple):
    """A record that changed: what it is called, where it stands, its kind, and the day in words."""

    title: str
    url: str
    kind: str
    day: str


class _Kind(NamedTuple):
    """A kind of record: its title in SQL, and what its address is made of."""

    model: Any
    view: str
    called: Callable[[], Any]
    keys: tuple[str, ...]
    fragment: str = ""
    number: str = ""


_PRIORITY = ("priority__presidency__slug", "priority__slug")
_KINDS = {
    "assessment": _Kind(
        Assessment,
        "priorities:priority",
        partial(localized, "priority__title"),
        _PRIORITY,
        "#assessment-",
        "number",
    ),
    "claim": _Kind(
        Claim,
        "members:presidency",
        partial(localized, "claimant"),
        ("presidency__slug",),
        "#claim-",
        "slug",
    ),
    "event": _Kind(Event, "events:event", partial(localized, "title"), ("slug",)),
    "priority": _Kind(
        Priority, "priorities:priority", partial(localized, "title"), ("presidency__slug", "slug")
    ),
    # In its own language; a statement has a speaker and no title.
    "source": _Kind(
        Source,
        "sources:source",
        partial(Coalesce, NullIf(F("title"), Value("")), F("publisher")),
        ("slug",),
    ),
}


_COLUMNS = ("name_of_kind", "called", "first_key", "second_key", "number_key")


def recent(most: int) -> list[Changed]:
    """The public records that changed last, at most so many, the newest first: one query."""
    parts = [
        kind.model.objects.public()
        .annotate(
            name_of_kind=Value(name, output_field=TextField()),
            called=Cast(kind.called(), TextField()),
            first_key=_text(kind.keys[0]),
            second_key=_text(kind.keys[1] if len(kind.keys) > 1 else ""),
            number_key=_text(kind.number),
        )
        .order_by("-changed_at", "-pk")
        .values_list("changed_at", *_COLUMNS)[:most]
        for name, kind in _KINDS.items()
    ]
    rows = parts[0].union(*parts[1:], all=True).order_by("-changed_at", "name_of_kind")[:most]
    return [_changed(*row) for row in rows]


def _text(path: str) -> Any:
    return Cast(F(path) if path else Value(""), TextField())


def _changed(at: datetime, name: str, title: str, first: str, second: str, number: str) -> Changed:
    kind = _KINDS[name]
    url = reverse(kind.view, args=[first, second] if second else [first])
    return Changed(
        title,
        f"{url}{kind.fragment}{number}",
        str(kind.model._meta.verbose_name),
        in_words(at.date().isoformat()),
    )
