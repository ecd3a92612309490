"""Files that machines look for at fixed addresses: robots.txt, sitemaps, security.txt."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import NamedTuple

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone, translation

from events.models import Event
from members.models import Body, Presidency, State
from priorities.models import Priority
from publishing.addresses import pattern
from publishing.conditional import public_data
from sources.models import Source

# Each record stands in a sitemap once per language; a file may hold 50,000 addresses.
RECORDS_PER_SITEMAP = 20_000
ALWAYS = (
    "site:home",
    "members:presidencies",
    "priorities:list",
    "members:states",
    "members:bodies",
    "events:list",
    "sources:list",
    "site:methodology",
    "site:about",
    "site:api",
    "site:api-changes",
    "site:feeds",
)


class Section(NamedTuple):
    """One kind of record in the sitemaps: its rows and what their addresses are made of."""

    rows: Callable[[], QuerySet]
    address: str
    keys: tuple[str, ...]


SECTIONS = {
    "presidencies": Section(Presidency.objects.public, "members:presidency", ("slug",)),
    "statements": Section(
        lambda: (
            Presidency.objects.public()
            .filter(statement__is_published=True)
            .exclude(statement__text_sha256="")
        ),
        "members:statement",
        ("slug",),
    ),
    "priorities": Section(
        Priority.objects.public, "priorities:priority", ("presidency__slug", "slug")
    ),
    "states": Section(State.objects.public, "members:state", ("slug",)),
    "bodies": Section(Body.objects.public, "members:body", ("slug",)),
    "events": Section(Event.objects.public, "events:event", ("slug",)),
    "sources": Section(Source.objects.public, "sources:source", ("slug",)),
}


class Entry(NamedTuple):
    """One page: its address in each language, and when its record last changed."""

    alternates: list[tuple[str, str]]
    changed: datetime | None


@public_data
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *"]
    for name in ("admin:index", "site:search"):
        lines += [f"Disallow: {address}" for address in _in_each_language(name).values()]
    lines += ["", f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def security(request: HttpRequest) -> HttpResponse:
    """RFC 9116: where to report a weakness. It expires, so that it is never believed stale."""
    expires = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(180)
    lines = [
        f"Contact: mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en, ru",
        f"Canonical: {settings.SITE_URL}{reverse('security')}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers that ignore the icon links of a page ask for this address."""
    return redirect(static("icons/favicon-32.png"))


@public_data
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """The sitemaps: one for fixed pages, then as many as each kind of record needs."""
    parts = [("pages", 1)]
    for name, section in SECTIONS.items():
        files = -(-section.rows().count() // RECORDS_PER_SITEMAP)
        parts += [(name, page) for page in range(1, files + 1)]
    addresses = [settings.SITE_URL + reverse("sitemap-part", args=part) for part in parts]
    return render(
        request, "site/sitemap_index.xml", {"addresses": addresses}, content_type="application/xml"
    )


@public_data
def sitemap_part(request: HttpRequest, name: str, page: int) -> HttpResponse:
    """One sitemap: each page in each language, with its alternates."""
    if name == "pages" and page == 1:
        entries = [_entry(_in_each_language(one), None) for one in ALWAYS]
    elif name in SECTIONS and page > 0:
        entries = list(_entries(SECTIONS[name], page))
    else:
        entries = []
    if not entries:
        raise Http404
    return render(request, "site/sitemap.xml", {"entries": entries}, content_type="application/xml")


def _entries(section: Section, page: int) -> Iterator[Entry]:
    first = (page - 1) * RECORDS_PER_SITEMAP
    rows = section.rows().order_by("pk").values_list("changed_at", *section.keys)
    addresses = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            addresses[code] = pattern(section.address, slugs=len(section.keys))
    for changed, *keys in rows[first : first + RECORDS_PER_SITEMAP]:
        yield _entry({code: text.format(*keys) for code, text in addresses.items()}, changed)


def _in_each_language(name: str) -> dict[str, str]:
    found = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found[code] = reverse(name)
    return found


def _entry(paths: dict[str, str], changed: datetime | None) -> Entry:
    return Entry([(code, settings.SITE_URL + path) for code, path in paths.items()], changed)
