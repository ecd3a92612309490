"""Charts for other sites: in a frame, as SVG and as PNG, each with its source and a way back."""

import re
from collections.abc import Callable
from functools import wraps
from html import unescape
from math import inf
from typing import Any

from csp.constants import NONE
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from csto_tracker.context import has_card, source_line
from csto_tracker.pages.asking import refuse_unknown
from csto_tracker.pages.inside import page_at
from csto_tracker.pictures.card import card
from csto_tracker.pictures.figure import figure, png
from csto_tracker.pictures.sheet import sheet
from csto_tracker.pictures.style import stylesheet_hash
from publishing.conditional import public_data
from publishing.problems import BadQuery

LONGEST_PATH = 400
TALLEST = 2200  # units: a higher table would be drawn too small to be read as pixels
View = Callable[..., HttpResponse]
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


def embedded(view: View, part: str = "") -> View:
    """The chart of a page for a frame of any site: no script, no cookie, links to new windows.

    `part` names the chart where the page has several.
    """

    @wraps(view)
    def framed(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        _ask_for(request, request.path, part)
        response = view(request, *args, **options)
        return _free(response, {"frame-ancestors": ["*"], "script-src": [NONE]})

    return framed


def drawn(
    view: View, extension: str, drawing: Callable[..., str] | None = None, part: str = ""
) -> View:
    """The chart or table of a page as a file; 404 when there is none.

    `drawing` draws it in SVG where the page shows something else than what is drawn.
    """

    @public_data  # what is drawn besides the page is of the same day and moment
    @wraps(view)
    def as_file(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        page_path = _ask_for(request, request.path.removesuffix(f".{extension}") + "/", part)
        page = view(request, *args, **options).content.decode()
        title = _TITLE.search(page)
        if drawing:
            page += drawing(request, *args, **options)
        query = request.META.get("QUERY_STRING", "")
        address = settings.SITE_URL + page_path + (f"?{query}" if query else "")
        words = unescape(title[1]).strip() if title else ""
        source = f"{source_line(request)} {address}"
        svg = figure(page, words, source, address)
        if svg is None and not drawing:
            svg = figure(
                sheet(page, TALLEST if extension == "png" else inf), words, source, address
            )
        if svg is None:
            raise Http404
        if extension == "svg":
            response = HttpResponse(svg, content_type="image/svg+xml")
            return _free(response, {"style-src": [stylesheet_hash()], "frame-ancestors": ["*"]})
        return _free(HttpResponse(png(svg), content_type="image/png"), {})

    as_file.costs_work = extension == "png"  # type: ignore[attr-defined]  # counted
    return as_file


def _free(response: HttpResponse, policy: dict[str, Any]) -> HttpResponse:
    """Let other sites show a response, with the site's policy but for `policy`."""
    response._csp_replace = policy  # type: ignore[attr-defined]  # read by django-csp
    response.xframe_options_exempt = True  # read by Django
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _ask_for(request: Any, path: str, part: str) -> str:
    """Tell the page which part of it is wanted, and where it stands: /ru/embed/map/ is of /ru/map/.

    Gives the path of the page.
    """
    request.part = part
    request.page_path = path.replace("/embed/", "/", 1).removesuffix(f"{part}/" if part else "")
    return str(request.page_path)


@public_data
def card_of(request: HttpRequest) -> HttpResponse:
    """The card of the page at the path `of`, in that page's language."""
    refuse_unknown(request.GET, {"of"})
    path = request.GET.get("of", "")
    if not path.startswith("/") or len(path) > LONGEST_PATH:
        raise BadQuery({"of": [_("The path of a page was expected, such as /events/.")]})
    page = page_at(request, path, allowed=has_card)
    with translation.override(translation.get_language_from_path(path) or settings.LANGUAGE_CODE):
        drawing = card(page, _("CSTO Presidency Tracker"), source_line(request, with_site=False))
    return _free(HttpResponse(png(drawing, 1), content_type="image/png"), {})


card_of.costs_work = True  # type: ignore[attr-defined]  # counted for each client
