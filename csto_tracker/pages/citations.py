"""Everything that cites a source, of all kinds of record: one query."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessments.models import Claim
from csto_tracker.pages.asking import begun
from events.models import Event
from members.models import Body, Membership, Milestone, Presidency, State
from priorities.models import Lineage, Priority
from publishing.addresses import pattern
from publishing.dates import in_words
from publishing.languages import localized
from sources.models import Check, Remark, Source

# Of one kind; the list of events can show the rest.
MOST = 200


@dataclass(frozen=True)
class Citing:
    """One kind of record that cites sources, and how a row of it is named and reached."""

    name: str
    label: Promise
    rows: Callable[[Source], QuerySet]
    title: str
    keys: tuple[str, str]
    address: Callable[[], str]
    detail: str = ""
    words: dict[str, Any] | None = None
    has_russian: bool = True
    # The range of days from whose first one on a row counts, for a day that is asked about.
    period: str = ""


def _through(model: Any) -> Callable[[Source], QuerySet]:
    return lambda source: model.objects.public().filter(citations__source=source)


def _about() -> str:
    return reverse("site:about") + "#{}"


KINDS = (
    Citing(
        "statement",
        _("States the priorities of"),
        lambda source: Presidency.objects.public().filter(statement=source),
        "title",
        ("slug", ""),
        lambda: pattern("members:statement"),
        period="period",
    ),
    Citing(
        "priorities",
        _("Priorities"),
        _through(Priority),
        "title",
        ("presidency__slug", "slug"),
        lambda: pattern("priorities:priority", slugs=2),
        "presidency__title",
        period="presidency__period",
    ),
    Citing(
        "titles",
        _("Russian wording of priorities"),
        lambda source: Priority.objects.public().filter(title_ru_source=source),
        "title",
        ("presidency__slug", "slug"),
        lambda: pattern("priorities:priority", slugs=2),
        "presidency__title",
        period="presidency__period",
    ),
    Citing(
        "lineage",
        _("Lineage of priorities"),
        lambda source: Lineage.objects.public().filter(source=source),
        "later__title",
        ("later__presidency__slug", "later__slug"),
        lambda: pattern("priorities:priority", slugs=2),
        "relation",
        dict(Lineage.Relation.choices),
        period="later__presidency__period",
    ),
    Citing(
        "events",
        _("Events"),
        _through(Event),
        "title",
        ("slug", ""),
        lambda: pattern("events:event"),
        "date",
        period="period",
    ),
    Citing(
        "claims",
        _("Claims"),
        _through(Claim),
        "claimant",
        ("presidency__slug", "slug"),
        lambda: pattern("members:presidency") + "#claim-{}",
        "date",
        period="period",
    ),
    Citing(
        "presidencies",
        _("Presidencies"),
        _through(Presidency),
        "title",
        ("slug", ""),
        lambda: pattern("members:presidency"),
        period="period",
    ),
    Citing(
        "states",
        _("States"),
        _through(State),
        "name",
        ("slug", ""),
        lambda: pattern("members:state"),
    ),
    Citing(
        "memberships",
        _("Status of states"),
        _through(Membership),
        "state__name",
        ("state__slug", ""),
        lambda: pattern("members:state") + "#status",
        "status",
        dict(Membership.Status.choices),
        period="period",
    ),
    Citing(
        "milestones",
        _("Legal facts of states"),
        lambda source: Milestone.objects.public().filter(
            citations__source=source, state__is_published=True
        ),
        "title",
        ("state__slug", "slug"),
        lambda: pattern("members:state") + "#milestone-{}",
        "date",
        period="period",
    ),
    Citing(
        "organisation",
        _("Legal facts of the organisation"),
        lambda source: Milestone.objects.public().filter(citations__source=source, state=None),
        "title",
        ("slug", ""),
        lambda: _about().replace("{}", "milestone-{}"),
        "date",
        period="period",
    ),
    Citing(
        "bodies",
        _("Bodies"),
        _through(Body),
        "name",
        ("slug", ""),
        lambda: pattern("members:body"),
    ),
    Citing(
        "checks",
        _("Checks of other sources"),
        _through(Check),
        "quote",
        ("source__slug", "number"),
        lambda: pattern("sources:source") + "#check-{}",
        "verdict",
        dict(Check.Verdict.choices),
        has_russian=False,
    ),
    Citing(
        "remarks",
        _("Remarks on the record"),
        _through(Remark),
        "title",
        ("slug", ""),
        _about,
    ),
    Citing(
        "carries",
        _("Texts found in this source"),
        lambda source: Source.objects.public().filter(carried_by=source),
        "title",
        ("slug", ""),
        lambda: pattern("sources:source"),
        "publisher",
        has_russian=False,
    ),
)
_BY_NAME = {kind.name: kind for kind in KINDS}


@dataclass(frozen=True, slots=True)
class Reference:
    """One record that cites the source; `detail` tells it from others of the same title."""

    title: str
    url: str
    detail: str


@dataclass(frozen=True, slots=True)
class Group:
    kind: Citing
    references: list[Reference]
    more: bool


def citing(source: Source, day: date | None = None) -> list[Group]:
    """The public records that cite a source, by kind, the newest events first; with a `day` those
    that had begun by then."""
    first, *others = [_rows(kind, source, day) for kind in KINDS]
    rows: dict[str, list[tuple[str, ...]]] = {}
    for name, *row in first.union(*others, all=True):
        rows.setdefault(name, []).append(tuple(row))
    return [
        Group(
            kind,
            _references(kind, rows[kind.name][:MOST]),
            len(rows[kind.name]) > MOST,
        )
        for kind in KINDS
        if kind.name in rows
    ]


def _rows(kind: Citing, source: Source, day: date | None) -> QuerySet:
    key, second = kind.keys
    return (
        begun(kind.rows(source), kind.period, day if kind.period else None)
        .annotate(
            kind_name=Value(kind.name, models.TextField()),
            key_1=_text(key),
            key_2=_text(second),
            shown=localized(kind.title) if kind.has_russian else _text(kind.title),
            detail=localized(kind.detail) if kind.detail.endswith("title") else _text(kind.detail),
        )
        .order_by("-period" if kind.name == "events" else "pk")
        .values_list("kind_name", "key_1", "key_2", "shown", "detail")[: MOST + 1]
    )


def _text(path: str) -> Any:
    return Cast(F(path) if path else Value(""), models.TextField())


def _references(kind: Citing, rows: list[tuple[str, ...]]) -> list[Reference]:
    address = kind.address()
    return [
        Reference(title or first, address.format(first, second), _detail(kind, detail))
        for first, second, title, detail in rows
    ]


def _detail(kind: Citing, detail: str) -> str:
    if kind.words is not None:
        return str(kind.words[detail])
    return in_words(detail) if kind.detail == "date" and detail else detail
