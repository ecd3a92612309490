"""Full-text search over all kinds of record at once: one query, its cost bounded.

Of each kind at most CANDIDATES rows that match are ranked, so that a word that a third of a
million rows hold costs milliseconds and not seconds; snippets are made for the rows shown only.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db import models
from django.db.models import Count, F, Func, QuerySet, Value, Window
from django.db.models.functions import Cast, Concat, Left, NullIf, Right
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from assessments.models import Claim
from csto_tracker.api import RESOURCES
from events.models import Event
from members.models import Body, Presidency, State
from priorities.models import Priority
from publishing.addresses import pattern
from publishing.dates import in_words
from publishing.querysets import key_expression
from publishing.values import read_words
from publishing.words import left_out, search_query
from sources.models import Source

CANDIDATES = 2000
PER_KIND, OF_ONE_KIND = 5, 100
# Snippets of a stored text come from its beginning: making one costs time by length.
SNIPPET_FROM = 50_000
# Private-use characters mark the words found; what is between them is escaped like all else.
START, STOP = "\ue000", "\ue001"
CUT, EDGE, _STOPS = "…", 20, ' .,;:!?)»”"\n'
_MARKED = re.compile(f"{START}(.*?){STOP}", re.DOTALL)
_COLUMNS = (
    "kind_name",
    "matches",
    "rank",
    "record_key",
    "changed_at",
    "key_1",
    "key_2",
    "title_en",
    "title_ru_",
    "snippet_en",
    "snippet_ru",
    "edges_en",
    "edges_ru",
    "detail_1",
    "detail_2",
)


@dataclass(frozen=True)
class Kind:
    """What search shows of one kind of record. Texts are given as (English, Russian) paths."""

    name: str
    label: Promise
    model: type[models.Model]
    address: str
    keys: tuple[str, ...]
    title: tuple[str, str]
    snippet: tuple[tuple[str, ...], tuple[str, ...]]
    details: tuple[str, str] = ("", "")
    newest: str = "-pk"
    fragment: str = ""
    list_page: str = ""


KINDS = (
    Kind(
        "states",
        _("States"),
        State,
        "members:state",
        ("slug",),
        ("name", "name_ru"),
        (("official_name", "capital"), ("official_name_ru", "capital_ru")),
    ),
    Kind(
        "presidencies",
        _("Presidencies"),
        Presidency,
        "members:presidency",
        ("slug",),
        ("title", "title_ru"),
        (("motto",), ("motto_ru",)),
        newest="-period",
    ),
    Kind(
        "priorities",
        _("Priorities"),
        Priority,
        "priorities:priority",
        ("presidency__slug", "slug"),
        ("title", "title_ru"),
        (("note",), ("note_ru",)),
        details=("presidency__title", "presidency__title_ru"),
        newest="-presidency__period",
        list_page="priorities:list",
    ),
    Kind(
        "events",
        _("Events"),
        Event,
        "events:event",
        ("slug",),
        ("title", "title_ru"),
        (("summary", "place"), ("summary_ru", "place_ru")),
        details=("date", "status"),
        newest="-period",
        list_page="events:list",
    ),
    Kind(
        "bodies",
        _("Bodies"),
        Body,
        "members:body",
        ("slug",),
        ("name", "name_ru"),
        (("description",), ("description_ru",)),
        details=("abbreviation", "abbreviation_ru"),
    ),
    Kind(
        "claims",
        _("Claims"),
        Claim,
        "members:presidency",
        ("presidency__slug", "slug"),
        ("claimant", "claimant_ru"),
        (("text",), ("text_ru",)),
        details=("date", ""),
        newest="-period",
        fragment="claim-",
    ),
    Kind(
        "sources",
        _("Sources"),
        Source,
        "sources:source",
        ("slug",),
        ("title", "title"),
        (("text",), ("note_ru",)),
        details=("date", "publisher"),
        list_page="sources:list",
    ),
)
BY_NAME = {kind.name: kind for kind in KINDS}

Piece = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Hit:
    """A row found: title and snippet as (text, found) pieces."""

    url: str
    title: list[Piece]
    snippet: list[Piece]
    detail: str
    key: str
    rank: float
    changed_at: datetime
    # Headlines of title and snippet in English and in Russian.
    texts: tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one kind, and how many rows of it match (at most CANDIDATES are counted)."""

    kind: Kind
    hits: list[Hit]
    matches: int

    @property
    def more(self) -> bool:
        return self.matches > len(self.hits)

    @property
    def uncounted(self) -> bool:
        return self.matches >= CANDIDATES


def find(
    text: str, kind: Kind | None = None, most: int = PER_KIND, day: date | None = None
) -> list[Group]:
    """Groups with hits, the best first, sources last; raises ValueError for too long a text.

    At most OF_ONE_KIND hits of the kind asked for, else `most` of each kind. With a `day` only
    records that the list of their kind has as of that day.
    """
    words = read_words(text)
    query = search_query(words, left_out(words))
    first, *others = [
        _rows(one, query, OF_ONE_KIND if kind else most, day) for one in ([kind] if kind else KINDS)
    ]
    groups: dict[str, list[tuple[Any, ...]]] = {}
    for row in first.union(*others, all=True) if others else first:
        groups.setdefault(row[0], []).append(row)
    found = [
        (rows[0][2], Group(BY_NAME[name], list(_hits(BY_NAME[name], rows)), rows[0][1]))
        for name, rows in groups.items()
    ]
    # Sources come last: a reader looks for what they attest before looking for them.
    found.sort(key=lambda pair: (pair[1].kind.name == "sources", -pair[0]))
    return [group for _rank, group in found]


def _rows(kind: Kind, query: SearchQuery, most: int, day: date | None) -> QuerySet:
    records: Any = kind.model._default_manager
    known = RESOURCES[kind.name].record_filters.begun(records.public(), day)
    candidates = known.filter(search=query).order_by().values("pk")[:CANDIDATES]
    english, russian = kind.snippet
    return (
        records.filter(pk__in=candidates)
        .annotate(
            kind_name=Value(kind.name, models.TextField()),
            matches=Window(Count("*")),
            rank=SearchRank(F("search"), query),
            record_key=Cast(key_expression(kind.model), models.TextField()),
            key_1=_text(kind.keys[0]),
            key_2=_text(kind.keys[1] if len(kind.keys) > 1 else ""),
            title_en=_headline(_text(kind.title[0]), query, "english", highlight_all=True),
            title_ru_=_headline(_text(kind.title[1]), query, "russian", highlight_all=True),
            snippet_en=_snippet(english, query, "english"),
            snippet_ru=_snippet(russian, query, "russian"),
            edges_en=_edges(english),
            edges_ru=_edges(russian),
            detail_1=_text(kind.details[0]),
            detail_2=_text(kind.details[1]),
        )
        .order_by("-rank", kind.newest, "-pk")
        .values_list(*_COLUMNS)[:most]
    )


def _text(path: str) -> Any:
    return Cast(F(path) if path else Value(""), models.TextField())


def _joined(paths: tuple[str, ...]) -> Any:
    parts = [NullIf(Left(path, SNIPPET_FROM), Value("")) for path in paths]
    return Func(Value(" · "), *parts, function="concat_ws", output_field=models.TextField())


def _headline(text: Any, query: SearchQuery, config: str, **options: Any) -> SearchHeadline:
    return SearchHeadline(text, query, config=config, start_sel=START, stop_sel=STOP, **options)


def _snippet(paths: tuple[str, ...], query: SearchQuery, config: str) -> SearchHeadline:
    return _headline(_joined(paths), query, config, max_fragments=2, fragment_delimiter=f" {CUT} ")


def _edges(paths: tuple[str, ...]) -> Any:
    """How a text begins and how it ends: enough to tell where a snippet of it was cut."""
    text = _joined(paths)
    return Concat(Left(text, EDGE), Value(START), Right(text, EDGE))


def _cut(snippet: str, edges: str) -> str:
    """A snippet with a sign at each end that is not an end of its text."""
    said, (begin, end) = plain(snippet).strip(), edges.split(START)
    if not said:
        return snippet
    before = "" if said.startswith(begin.strip()[: len(said)]) else f"{CUT} "
    # A headline ends with a word: the full stop after it is not missed.
    after = "" if said.rstrip(_STOPS).endswith(end.rstrip(_STOPS)[-len(said) :]) else f" {CUT}"
    return f"{before}{snippet}{after}"


def _hits(kind: Kind, rows: list[tuple[Any, ...]]) -> Iterator[Hit]:
    address = pattern(kind.address, slugs=1 if kind.fragment else len(kind.keys))
    russian_first = get_language() == "ru"
    for row in rows:
        _kind, _matches, rank, key, changed_at, first, second, *texts, detail_1, detail_2 = row
        title_en, title_ru, text_en, text_ru, edges_en, edges_ru = texts
        text_en, text_ru = _cut(text_en, edges_en), _cut(text_ru, edges_ru)
        url = address.format(first, second)
        if kind.fragment:
            url = f"{url}#{kind.fragment}{second}"
        title, other_title = (title_ru, title_en) if russian_first else (title_en, title_ru)
        snippet, other = (text_ru, text_en) if russian_first else (text_en, text_ru)
        if START not in title + snippet and START in other_title + other:
            # The words were found in the other language only: show where.
            title, snippet = other_title, other
        title, detail = title or other_title, _detail(kind, detail_1, detail_2)
        if not title:  # a source may have none: who published it, and when
            title, detail = detail or first, ""
        yield Hit(
            url,
            pieces(title),
            pieces(snippet),
            detail,
            key,
            rank,
            changed_at,
            (title_en, title_ru, text_en, text_ru),
        )


def _detail(kind: Kind, first: str, second: str) -> str:
    """What tells a hit from others of the same title: a date, or the presidency it belongs to."""
    if kind.details == ("date", "status"):
        return f"{in_words(first)}, {Event.Status(second).label}"
    if kind.details[0] == "date":
        return ", ".join(part for part in (second, in_words(first) if first else "") if part)
    return (second or first) if get_language() == "ru" else (first or second)


def plain(headline: str) -> str:
    """A headline of PostgreSQL without its marks."""
    return headline.replace(START, "").replace(STOP, "")


def pieces(headline: str) -> list[Piece]:
    """A headline of PostgreSQL as pieces of text with whether each was found; no empty ones."""
    parts = _MARKED.split(headline)
    return [
        (part.replace(START, "").replace(STOP, ""), index % 2 == 1)
        for index, part in enumerate(parts)
        if part
    ]
