"""The search page: what is found, in which spellings, and what may have been meant."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from csto_tracker.pages.asking import address, as_files, dates_asked
from csto_tracker.pages.names import names
from csto_tracker.pages.searching import BY_NAME, CANDIDATES, KINDS, PER_KIND, Group, Kind, find
from publishing.asking import asked_day
from publishing.conditional import public_data
from publishing.problems import BadQuery

PARAMETERS = {"q", "kind", "as_of", "recorded_at"}


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


@public_data
def search(request: HttpRequest) -> HttpResponse:
    """What matches `q`, best first, by kind; with `kind` more rows of that kind alone."""
    text, found = asked(request)
    name = request.GET.get("kind", "")
    counts = {group.kind.name: group for group in found.groups}
    dates = dates_asked(request.GET)
    return render(
        request,
        "site/search.html",
        {
            "q": text,
            "kind": BY_NAME.get(name),
            "kinds": [
                (
                    kind,
                    address("site:search", q=text, kind=kind.name, **dates),
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
            "instead_url": address("site:search", q=found.instead, **dates),
            "total": sum(group.matches for group in found.groups),
            "is_total_a_bound": any(group.uncounted for group in found.groups),
            "all_kinds": address("site:search", q=text, **dates),
            "dates": dates.items(),
            "most_counted": CANDIDATES,
            "formats": as_files("search", request.GET.urlencode()),
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
