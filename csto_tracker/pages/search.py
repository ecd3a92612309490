"""The search page: what is found, in which spellings, and what may have been meant."""

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from csto_tracker.pages.asking import address, as_files, dates_asked
from csto_tracker.pages.lists import Part
from csto_tracker.pages.names import names
from csto_tracker.pages.searching import (
    BY_NAME,
    CANDIDATES,
    KINDS,
    OF_ONE_KIND,
    PER_KIND,
    Group,
    Hit,
    Kind,
    find,
    plain,
)
from publishing.asking import asked_day
from publishing.conditional import public_data
from publishing.expanding import wanted
from publishing.problems import BadQuery
from publishing.values import split_values

PARAMETERS = {"q", "kind", "as_of", "recorded_at", "fields"}
# What an answer says of each record found, and how the page calls it.
FIELDS = {
    "kind": "The list of the record.",
    "key": "Natural key of the record.",
    "title": "Title in English.",
    "title_ru": "Title in Russian.",
    "snippet": "Where the words stand in English, if they do, else how the text begins.",
    "snippet_ru": "The same in Russian.",
    "rank": "How well it matches; the best of a kind comes first.",
    "changed_at": "When the record changed last.",
    "url": "Its page.",
    "api": "Its address in the API.",
}
HEADINGS = {
    "kind": gettext_lazy("Kind"),
    "key": gettext_lazy("Key"),
    "title": gettext_lazy("Title"),
    "title_ru": gettext_lazy("Title (Russian)"),
    "snippet": gettext_lazy("Where the words stand"),
    "snippet_ru": gettext_lazy("Where the words stand (Russian)"),
    "rank": gettext_lazy("How well it matches"),
    "changed_at": gettext_lazy("Changed at"),
    "url": gettext_lazy("Page"),
    "api": gettext_lazy("Address in the API"),
}


class Found(NamedTuple):
    """What was found by `query`; `also` are other spellings in it, `instead` what was guessed."""

    query: str
    groups: list[Group]
    also: list[str]
    instead: str


def looked_for(
    request: HttpRequest, text: str, kind: Kind | None, most: int, day: date | None
) -> Found:
    """What a text finds in all its spellings, else what the nearest names find, as of a day.

    Raises ValueError for a text that is too long or no text at all.
    """
    known = names(request)
    spellings = known.widened(text)
    query = " or ".join(spellings)
    if groups := find(query, kind, most, day):
        return Found(query, groups, spellings[1:], "")
    if meant := known.meant(text):
        spellings = known.widened(meant)
        query = " or ".join(spellings)
        if groups := find(query, kind, most, day):
            return Found(query, groups, spellings[1:], meant)
    return Found(text, [], [], "")


def asked(
    request: HttpRequest, parameters: Collection[str] = PARAMETERS, most: int = PER_KIND
) -> tuple[str, Found]:
    """The words of `q`, which may be none, and what they find; raises BadQuery."""
    errors = {
        name: [
            _("Unknown parameter; known are %(known)s.") % {"known": ", ".join(sorted(parameters))}
        ]
        for name in request.GET
        if name not in parameters
    }
    text, name = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    if name and name not in BY_NAME:
        errors["kind"] = [
            _("“%(value)s” is not one of %(allowed)s.")
            % {"value": name[:80], "allowed": ", ".join(BY_NAME)}
        ]
    found, day = Found(text, [], [], ""), None
    try:
        day = asked_day(request)
    except BadQuery as error:
        errors |= error.errors
    if text and not errors:
        try:
            found = looked_for(request, text, BY_NAME.get(name), most, day)
        except ValueError as error:
            errors["q"] = [str(error)]
    if errors:
        raise BadQuery(errors)
    return text, found


def rows_of(found: Found, fields: list[str]) -> list[dict[str, Any]]:
    """What was found as rows of these fields, best kinds first."""
    rows = [_row(group.kind.name, hit) for group in found.groups for hit in group.hits]
    return [{name: row[name] for name in fields} for row in rows]


def _row(kind: str, hit: Hit) -> dict[str, Any]:
    own = settings.SITE_URL + hit.url
    api = settings.SITE_URL + reverse(f"api:{kind}-detail", args=[hit.key])
    texts = [plain(text) for text in hit.texts]
    row = [kind, hit.key, *texts, round(hit.rank, 6), hit.changed_at, own, api]
    return dict(zip(FIELDS, row, strict=True))


def _table(request: HttpRequest, found: Found) -> dict[str, Any]:
    """What was found as a table of the fields asked for."""
    fields = wanted(request.GET, list(FIELDS))

    def part(name: str, value: Any) -> Part:
        if name == "kind":
            return Part(str(BY_NAME[value].label))
        return Part(str(value), value if name in {"url", "api"} else "")

    return {
        "title": _("Search"),
        "header": [HEADINGS[name] for name in fields],
        "rows": [
            [[part(name, value)] for name, value in row.items()] for row in rows_of(found, fields)
        ],
    }


@public_data
def search(request: HttpRequest) -> HttpResponse:
    """What matches `q`, best first, by kind; with `kind` more rows of that kind alone.

    With `fields` a table of these, of as many records as the API finds.
    """
    fields = ",".join(split_values(request.GET.getlist("fields")))
    text, found = asked(request, most=OF_ONE_KIND if fields else PER_KIND)
    name = request.GET.get("kind", "")
    counts = {group.kind.name: group for group in found.groups}
    dates = dates_asked(request.GET)
    kept = dates | ({"fields": fields} if fields else {})
    return render(
        request,
        "site/search.html",
        {
            "q": text,
            "kind": BY_NAME.get(name),
            "kinds": [
                (
                    kind,
                    address("site:search", q=text, kind=kind.name, **kept),
                    counts.get(kind.name),
                )
                for kind in KINDS
            ],
            "groups": [
                (group, _more(group.kind, found.query, dates, narrowed=bool(name)))
                for group in found.groups
            ],
            "also": found.also,
            "instead": found.instead,
            "instead_url": address("site:search", q=found.instead, **kept),
            "total": sum(group.matches for group in found.groups),
            "is_total_a_bound": any(group.uncounted for group in found.groups),
            "all_kinds": address("site:search", q=text, **kept),
            "kept": kept,
            "table": _table(request, found) if fields else None,
            "usual": address("site:search", q=text, kind=name, **dates),
            "most_counted": CANDIDATES,
            "formats": as_files("search", request.GET.urlencode()),
            "most_in_files": OF_ONE_KIND,
            "is_more_than_files_hold": any(g.matches > OF_ONE_KIND for g in found.groups),
        },
    )


def _more(kind: Kind, text: str, dates: dict[str, str], *, narrowed: bool) -> str:
    """Where the rest of a kind's matches are: its own list if it has one; empty if nowhere."""
    page = kind.list_page
    if page:
        return address(page, q=text, **dates)
    if narrowed:
        return ""
    return address("site:search", q=text, kind=kind.name, **dates)
