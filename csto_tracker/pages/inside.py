"""Pages read by the site itself: what a citation or a card says is what the page says."""

import html
import re
from collections.abc import Callable
from copy import copy
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, QueryDict
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import translation

from csto_tracker.context import is_public

# Pages about other pages.
_NOT_READ = {"site:cite", "card", "embed"}
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


def page_at(
    request: HttpRequest,
    path: str,
    query: str = "",
    allowed: Callable[[ResolverMatch], bool] = is_public,
) -> str:
    """The HTML of the page at a path; raises Http404 when there is none that is `allowed`."""
    match = match_at(path)
    if not allowed(match) or _NOT_READ & {match.view_name, match.namespace}:
        raise Http404
    with translation.override(_language(path)):
        return _page(request, match, path, query)


def match_at(path: str) -> ResolverMatch:
    """The view of an address of the site, with its arguments; raises Http404 when there is none."""
    with translation.override(_language(path)):
        try:
            return resolve(path)
        except Resolver404 as error:
            raise Http404 from error


def _language(path: str) -> str:
    return translation.get_language_from_path(path) or settings.LANGUAGE_CODE


def _page(request: HttpRequest, match: ResolverMatch, path: str, query: str) -> str:
    other: Any = copy(request)
    # Not the same: there a form leaves word that a cookie is to be set.
    other.META = request.META | {"QUERY_STRING": query}
    other.path = other.path_info = path
    other.GET, other.resolver_match = QueryDict(query), match
    response = match.func(other, *match.args, **match.kwargs)
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    if response.status_code != 200 or not is_page or not getattr(response, "is_rendered", True):
        raise Http404  # a file, or an answer of the API
    return str(response.content.decode())


def title_of(page: str) -> str:
    """The title of a page without the name of the site."""
    found = _TITLE.search(page)
    return html.unescape(found[1] if found else "").rpartition(" · ")[0].strip()
