"""Parts of pages that point at other addresses of the same list."""

from html import escape
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, get_language_from_path
from django.utils.translation import gettext as _

from csto_tracker.calendars import CALENDARS
from events.filters import EventFilters
from publishing.addresses import address

register = template.Library()
_CHART_LINKS = "partials/chart_links.html"
# The filters of pages by which events, and so reminders, can be chosen as well.
REMINDED = {
    "timeline": set(EventFilters.filters),
    "matrix": {"presidency"},
    "priorities": {"presidency", "theme"},
    "assessments": {"presidency", "priority", "theme"},
    "claims": {"presidency", "priority"},
    "contributions": {"event", "presidency", "priority", "relation"},
    "attendances": {"event"},
}
LABELS = {
    "csv": "CSV",
    "xlsx": "Excel",
    "json": "JSON",
    "jsonl": "JSON Lines",
    "ics": "iCalendar",
    "atom": "Atom",
}


class Constant(template.Node):
    """What stands between `constant` and `endconstant`, rendered once for each language and values;
    the texts of MOST of them are kept."""

    MOST = 64

    def __init__(self, nodes: template.NodeList, values: Any) -> None:
        self.nodelist, self.values, self._texts = nodes, values, dict[Any, Any]()

    def render(self, context: template.Context) -> Any:
        key = get_language(), *(self.values.resolve(context) if self.values else ())
        text = self._texts.get(key)
        if text is None:
            if len(self._texts) >= self.MOST:
                self._texts.clear()
            text = self._texts[key] = self.nodelist.render(context)
        return text


@register.tag
def constant(parser: Any, token: Any) -> Constant:
    """A part of every page that depends on its language and on nothing else; or, as
    `{% constant values %}`, on the values of that tuple, too."""
    _name, *values = token.split_contents()
    nodes = parser.parse(("endconstant",))
    parser.delete_first_token()
    return Constant(nodes, parser.compile_filter(values[0]) if values else None)


class Keep(template.Node):
    """Keeps what it renders under a name, so that it can stand in several places."""

    def __init__(self, nodes: template.NodeList, name: str) -> None:
        self.nodelist, self.name = nodes, name

    def render(self, context: template.Context) -> str:
        context[self.name] = mark_safe(self.nodelist.render(context).strip())  # noqa: S308  # escaped as it was rendered
        return ""


@register.tag
def keep(parser: Any, token: Any) -> Keep:
    """`{% keep name %}…{% endkeep %}`: a block may stand only once in a template."""
    nodes = parser.parse(("endkeep",))
    parser.delete_first_token()
    return Keep(nodes, token.split_contents()[1])


class Piece(template.Node):
    """A table or list of a page that other pages may show: alone in a frame, or as a picture."""

    def __init__(self, nodes: template.NodeList, part: Any, title: Any) -> None:
        self.nodelist, self.part, self.title = nodes, part, title

    def render(self, context: template.Context) -> str:
        part = str(self.part.resolve(context))
        request: Any = context["request"]
        if not hasattr(request, "page_path"):
            links = render_to_string(_CHART_LINKS, chart_links(context, part))
            return self.nodelist.render(context) + links
        if part == request.part:
            request.piece = self.nodelist.render(context)
            request.piece_title = self.title.resolve(context) if self.title else ""
        return ""


@register.tag
def piece(parser: Any, token: Any) -> Piece:
    """`{% piece "part" title %}…{% endpiece %}`, with links to it as a frame and as a file.

    The part is "" where the page has one piece only, which then needs no title of its own.
    """
    _name, part, *title = token.split_contents()
    nodes = parser.parse(("endpiece",))
    parser.delete_first_token()
    compiled = [parser.compile_filter(one) for one in title]
    return Piece(nodes, parser.compile_filter(part), compiled[0] if compiled else None)


@register.inclusion_tag("partials/downloads.html", takes_context=True)
def downloads(context: Any, name: str) -> dict[str, Any]:
    """Links to a list in its other formats, with the filters of the page."""
    formats = [name_ for name_ in LABELS if name_ != "ics" or name in CALENDARS]
    text = _query(context["request"])
    return {
        "remind": _remind_address(name, context["request"]),
        "formats": [
            (LABELS[extension], address("export", name, extension) + text) for extension in formats
        ],
    }


def _remind_address(name: str, request: HttpRequest) -> str:
    """The form for reminders under the filters of a page; "" when it would have to drop one."""
    if name == "events":
        return address("reminders:subscribe") + _query(request)
    given = {key for key in request.GET if any(request.GET.getlist(key))}
    kept = given & REMINDED.get(name, set())
    if not kept or (given - kept - EventFilters.CONTROLS):
        return ""
    pairs = [(key, value) for key in sorted(kept) for value in request.GET.getlist(key)]
    return f"{address('reminders:subscribe')}?{urlencode(pairs)}"


@register.inclusion_tag("partials/remind.html", takes_context=True)
def remind_as_filtered(context: Any, name: str) -> dict[str, str]:
    """A link to the form for reminders of what a chart shows."""
    return {"path": _remind_address(name, context["request"]), "text": _("Remind me")}


@register.inclusion_tag("partials/remind.html")
def remind(name: str, value: str, text: str) -> dict[str, str]:
    """A link to the form for reminders of the events that one filter chooses."""
    return {"path": f"{address('reminders:subscribe')}?{urlencode({name: value})}", "text": text}


@register.inclusion_tag("partials/feed_links.html", takes_context=True)
def feed_links(context: Any, name: str) -> dict[str, Any]:
    """Elements of <head> by which readers find a list's feed and calendar, filtered as it is."""
    text = _query(context["request"])
    return {
        "atom": address("export", name, "atom") + text,
        "ics": address("export", name, "ics") + text if name in CALENDARS else "",
    }


def _query(request: HttpRequest) -> str:
    """The query of a list without its place in it, and with what its path says."""
    match = request.resolver_match
    of = match.kwargs["slug"] if match and match.view_name == "priorities:of-presidency" else ""
    if not request.GET and not of:
        return ""
    query = request.GET.copy()
    query.pop("cursor", None)
    if of:
        query["presidency"] = of
    return f"?{urlencode(query, doseq=True)}" if query else ""


@register.inclusion_tag("partials/sparkline.html")
def sparkline(sparks: Any, number: int) -> dict[str, Any]:
    """The events of the priority with this number by month; nothing where there are none."""
    return {"spark": sparks.get(number) if sparks else None}


@register.inclusion_tag(_CHART_LINKS, takes_context=True)
def chart_links(context: Any, part: str = "", file: str = "") -> dict[str, Any]:
    """How to put a chart of this page into another: in a frame, and as a file.

    `part` names the chart where the page has several, `file` its file if it is not called as the
    frame is.
    """
    request = context["request"]
    if hasattr(request, "page_path"):
        return {}
    language = get_language_from_path(request.path)
    prefix = f"/{language}" if language else ""
    at = f"{prefix}/embed{request.path.removeprefix(prefix)}{f'{part}/' if part else ''}"
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    url = escape(f"{settings.SITE_URL}{at}{query}")
    stem = f"{at}{file}" if file else at.removesuffix("/")
    return {
        "embed": at + query,
        "code": f'<iframe src="{url}" width="100%" height="480" loading="lazy"></iframe>',
        "svg": f"{stem}.svg{query}",
        "png": f"{stem}.png{query}",
    }
