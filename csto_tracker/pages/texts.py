"""Our own texts from `docs/`, and what a reader must know of the record as a whole."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import markdown
import nh3
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from members.models import Milestone
from publishing.conditional import public_data
from sources.citing import cited
from sources.models import Check, Remark

_TAGS = {
    *("h2", "h3", "h4", "p", "ul", "ol", "li", "strong", "em", "code", "pre", "a"),
    *("blockquote", "br", "table", "thead", "tbody", "tr", "th", "td", "hr"),
}
_EXAMPLE_SITE = "http://127.0.0.1:8000"  # in the examples of the guide, so that they can be tried
_HEADING = re.compile(r"^# (.+)\n+")


class Text(NamedTuple):
    """A text of ours: its heading, its body as clean HTML, and (heading, id) of its sections."""

    title: str
    body: SafeString
    sections: list[tuple[str, str]]


@lru_cache(maxsize=16)
def own_text(name: str, language: str, site: str) -> Text:
    """A text of `docs/` in a language, with this site's address in its examples."""
    source = (settings.BASE_DIR / "docs" / f"{name}.{language}.md").read_text("utf-8")
    source = source.replace(_EXAMPLE_SITE, site)
    heading = _HEADING.match(source)
    title = heading.group(1) if heading else ""
    converter = markdown.Markdown(
        extensions=["tables", "toc", "fenced_code", "attr_list"],
        extension_configs={"toc": {"toc_depth": "2-2", "slugify": _slug}},
        output_format="html",
    )
    html = converter.convert(_HEADING.sub("", source))
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}, "h2": {"id"}, "h3": {"id"}, "h4": {"id"}, "li": {"id"}},
        url_schemes={"http", "https"},
        link_rel="noopener",
    )
    # What is wider than a small screen scrolls by itself, by keyboard as well.
    clean = clean.replace("<pre>", '<pre tabindex="0">')
    clean = clean.replace(
        "<table>", f'<div class="scroll" tabindex="0" role="region" aria-label="{title}"><table>'
    ).replace("</table>", "</table></div>")
    sections = [(token["name"], token["id"]) for token in converter.toc_tokens]  # type: ignore[attr-defined]
    return Text(title, mark_safe(clean), sections)  # noqa: S308  # cleaned above


def _slug(value: str, separator: str) -> str:
    """An id in the heading's own letters."""
    return re.sub(r"\W+", separator, value.lower()).strip(separator)


def _page_of(name: str, template: str) -> Callable[[HttpRequest], HttpResponse]:
    """The view of a text of ours."""

    @public_data
    def view(request: HttpRequest) -> HttpResponse:
        text = own_text(name, str(get_language()), settings.SITE_URL)
        return render(request, template, {"text": text})

    return view


methodology = _page_of("methodology", "site/methodology.html")
api_guide = _page_of("api", "site/api.html")
api_changes = _page_of("api-changelog", "site/api_changes.html")


@public_data
def about(request: HttpRequest) -> HttpResponse:
    """Coverage, caveats, checks, the organisation, licence and attribution."""
    remarks: dict[str, list[Remark]] = {}
    for remark in Remark.objects.public().prefetch_related(cited()).order_by("number", "slug"):
        remarks.setdefault(remark.kind, []).append(remark)
    return render(
        request,
        "site/about.html",
        {
            "kinds": [
                (kind, label, remarks[kind])
                for kind, label in (
                    (Remark.Kind.COVERAGE, _("Coverage")),
                    (Remark.Kind.CAVEAT, _("Caveats")),
                    (Remark.Kind.METHOD, _("Method")),
                )
                if kind in remarks
            ],
            "organisation": remarks.get(Remark.Kind.ORGANISATION, []),
            "milestones": Milestone.objects.public()
            .filter(state=None)
            .prefetch_related(cited())
            .order_by("period", "slug"),
            "checks": Check.objects.public()
            .select_related("source")
            .defer("source__text", "source__search")
            .order_by("source__slug", "number"),
        },
    )
