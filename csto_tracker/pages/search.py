"""The search page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from csto_tracker.pages.searching import BY_NAME, CANDIDATES, KINDS, Kind, find
from publishing.conditional import public_data
from publishing.problems import BadQuery

PARAMETERS = {"q", "kind", "recorded_at"}


@public_data
def search(request: HttpRequest) -> HttpResponse:
    """What matches `q`, best first, by kind; with `kind` more rows of that kind alone."""
    errors = {
        name: [
            _("Unknown parameter; known are %(known)s.") % {"known": ", ".join(sorted(PARAMETERS))}
        ]
        for name in request.GET
        if name not in PARAMETERS
    }
    text, name = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    if name and name not in BY_NAME:
        errors["kind"] = [
            _("“%(value)s” is not one of %(allowed)s.")
            % {"value": name[:80], "allowed": ", ".join(BY_NAME)}
        ]
    groups = []
    if text and not errors:
        try:
            groups = find(text, BY_NAME.get(name))
        except ValueError as error:
            errors["q"] = [str(error)]
    if errors:
        raise BadQuery(errors)
    here = reverse("site:search")
    return render(
        request,
        "site/search.html",
        {
            "q": text,
            "kind": BY_NAME.get(name),
            "kinds": [
                (kind.label, f"{here}?{urlencode({'q': text, 'kind': kind.name})}", kind.name)
                for kind in KINDS
            ],
            "groups": [(group, _more(group.kind, text, narrowed=bool(name))) for group in groups],
            "all_kinds": f"{here}?{urlencode({'q': text})}",
            "most_counted": CANDIDATES,
        },
    )


def _more(kind: Kind, text: str, *, narrowed: bool) -> str:
    """Where the rest of a kind's matches are: its own list if it has one; empty if nowhere."""
    page = kind.list_page
    if page:
        return f"{reverse(page)}?{urlencode({'q': text})}"
    if narrowed:
        return ""
    return f"{reverse('site:search')}?{urlencode({'q': text, 'kind': kind.name})}"
