"""What every page needs to know of the site, made so that a page without it pays nothing."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, partial
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.urls import ResolverMatch, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from publishing import edtf
from publishing.addresses import address
from publishing.conditional import is_public_data
from publishing.dates import in_words
from publishing.version import Version, current_version


class Place(NamedTuple):
    """A page as others point at it."""

    label: str
    url: str


class Alternate(NamedTuple):
    """The same page in a language; `url` keeps the query, `address` is absolute without it."""

    code: str
    name: str
    url: str
    address: str


class DataStatus(NamedTuple):
    """How fresh the record is. `covered_until` is the last day that it covers, if it says so."""

    version: int
    changed_at: datetime | None
    covered_until: str
    days_behind: int | None

    @property
    def is_stale(self) -> bool:
        """True when the end of coverage lies further back than the published threshold."""
        return self.days_behind is not None and self.days_behind > settings.SILENCE_THRESHOLD_DAYS


# The pages that stand above a page, by the name of its view. A view whose parents depend on its
# row passes `crumbs` itself.
PARENTS = {
    "members:presidency": ["members:presidencies"],
    "members:state": ["members:states"],
    "members:body": ["members:bodies"],
    "events:event": ["events:list"],
    "sources:source": ["sources:list"],
    "site:api-changes": ["site:api"],
    "site:release": ["site:releases"],
}
_ABOVE_LISTS = ["site:feeds"]


@lru_cache(maxsize=4)
def _navigation(language: str) -> tuple[dict[str, Place], dict[str, Place]]:
    """Main and further pages by view name, in the active language, which `language` names."""
    main = {
        "members:presidencies": _("Presidencies"),
        "priorities:list": _("Priorities"),
        "events:list": _("Events"),
        "members:states": _("States"),
        "site:timeline": _("Timeline"),
        "site:matrix": _("Matrix"),
        "site:compare": _("Compare"),
        "sources:list": _("Sources"),
        "site:methodology": _("Methodology"),
    }
    more = {
        "members:bodies": _("Bodies"),
        "site:about": _("About the data"),
        "site:search": _("Search"),
        "site:releases": _("Releases of the data"),
        "site:changes": _("Changes"),
        "site:api": _("API"),
        "site:api-changes": _("Changes of the API"),
        "site:feeds": _("Lists, feeds and calendars"),
        "site:home": _("Home"),
    }
    return (
        {name: Place(label, reverse(name)) for name, label in main.items()},
        {name: Place(label, reverse(name)) for name, label in more.items()},
    )


def places() -> dict[str, Place]:
    """All pages that others point at, by view name, in the active language."""
    main, more = _navigation(str(get_language()))
    return main | more


def site(request: HttpRequest) -> dict[str, Any]:
    """Addresses in each language, navigation, the pages above this one, and data status."""
    if hasattr(request, "page_path"):
        return _embedded(request, request.page_path)
    main, more = _navigation(str(get_language()))
    named = main | more
    match = request.resolver_match
    parents = PARENTS.get(match.view_name, []) if match else []
    if match and match.namespace == "lists":
        parents = _ABOVE_LISTS
    return {
        "frame": "base.html",
        "SITE_URL": settings.SITE_URL,
        "canonical_url": settings.SITE_URL + request.path,
        "card_url": _card_url(request) if match else "",
        "alternates": alternates(request),
        "now_url": SimpleLazyObject(partial(_now_url, request)),
        "navigation": tuple(
            (place, "page" if request.path == place.url else "true")
            if request.path.startswith(place.url)
            else (place, "")
            for place in main.values()
        ),
        "places": _by_variable(str(get_language())),
        "cite_url": _cite_url(request) if match else "",
        "crumbs": [named[name] for name in parents],
        "data_status": SimpleLazyObject(partial(data_status, request)),
    }


@lru_cache(maxsize=4)
def _by_variable(_language: str) -> dict[str, Place]:
    """Pages by names that a template can write: `site_api_changes` for `site:api-changes`."""
    return {name.replace(":", "_").replace("-", "_"): place for name, place in places().items()}


def _embedded(request: HttpRequest, page: str) -> dict[str, Any]:
    """What the frame of a chart in another site's page needs to know."""
    query = request.META.get("QUERY_STRING", "")
    address = f"{settings.SITE_URL}{page}{f'?{query}' if query else ''}"
    return {
        "frame": "frames/embed.html",
        "page_url": address,
        "source_line": SimpleLazyObject(lambda: source_line(request)),
        "places": _by_variable(str(get_language())),
        "data_status": SimpleLazyObject(lambda: data_status(request)),
    }


def source_line(request: HttpRequest, *, with_site: bool = True) -> str:
    """Who says what a picture shows, with which data, and of which day or moment if asked."""
    status = data_status(request)
    day = in_words(status.changed_at.date().isoformat()) if status.changed_at else ""
    if not with_site:
        return _("Data version %(version)s, %(day)s") % {"version": status.version, "day": day}
    said = [
        _("%(site)s, data version %(version)s, %(day)s.")
        % {"site": _("CSTO Presidency Tracker"), "version": status.version, "day": day}
    ]
    if status.days_behind:
        said.append(_("Covers events up to %(day)s.") % {"day": in_words(status.covered_until)})
    if asked := getattr(request, "as_of", ""):
        said.append(_("As of %(day)s.") % {"day": in_words(asked)})
    if moment := getattr(request, "recorded_at", None):
        at = moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        said.append(_("As this site said it at %(moment)s UTC.") % {"moment": at})
    return " ".join(said)


def is_public(match: ResolverMatch) -> bool:
    """Whether an address answers anyone alike, with public data of the record or its releases."""
    return is_public_data(match.func) or match.view_name in {"site:release", "site:releases"}


def has_card(match: ResolverMatch) -> bool:
    """Whether a picture stands for an address where it is linked to: of what anyone may open."""
    return is_public(match) or match.view_name in {"reminders:subscribe", "reminders:status"}


def _card_url(request: HttpRequest) -> str:
    """The picture that stands for this page where it is linked to, if it has one."""
    match = request.resolver_match
    if match is None or not has_card(match):
        return ""
    return f"{settings.SITE_URL}{address('card')}?{urlencode({'of': request.path})}"


def _cite_url(request: HttpRequest) -> str:
    """Where this page's citation stands; nothing for a page that cannot be cited."""
    match = request.resolver_match
    if match is None or match.view_name == "site:cite" or not is_public(match):
        return ""
    return f"{address('site:cite')}?{urlencode({'of': request.get_full_path()})}"


def _now_url(request: HttpRequest) -> str:
    """The same question of today, from its first page."""
    query = request.GET.copy()
    for name in ("as_of", "recorded_at", "cursor"):
        query.pop(name, None)
    return f"{request.path}?{query.urlencode()}" if query else request.path


def alternates(request: HttpRequest) -> list[Alternate]:
    """This page in each language: the default language has no prefix, the others have one."""
    path = request.path
    for code, _name in settings.LANGUAGES:
        if path.startswith(f"/{code}/"):
            path = path.removeprefix(f"/{code}")
    query = request.META.get("QUERY_STRING", "")
    found = []
    for code, name in settings.LANGUAGES:
        own = path if code == settings.LANGUAGE_CODE else f"/{code}{path}"
        found.append(
            Alternate(code, _name_of(code, name), f"{own}?{query}" if query else own, _at(own))
        )
    return found


def _name_of(code: str, name: Any) -> str:
    return {"en": "English", "ru": "Русский"}.get(code, str(name))


def _at(path: str) -> str:
    return settings.SITE_URL + path


def data_status(request: HttpRequest) -> DataStatus:
    """Data version and end of coverage: no query where the view has read the version already."""
    version = getattr(request, "data_version", None)
    if version is None:
        version = current_version()
    # In the past there is no telling which version it was.
    covered = covered_until() if hasattr(request, "recorded_at") else _covered_until_at(version)
    last = edtf.parse(covered).end if covered else None
    asked = getattr(request, "as_of", "")
    today = date.fromisoformat(asked) if asked else timezone.now().date()
    behind = max((today - last.last).days, 0) if last else None
    return DataStatus(version.number, version.changed_at, covered, behind)


def known_until(request: HttpRequest, today: date) -> date:
    """The last day of which the record knows what was held, by the day that the answer calls
    today."""
    return today - timedelta(days=data_status(request).days_behind or 0)


def covered_until() -> str:
    """The last day that the record covers, as EDTF; nothing if it does not say."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(date) FROM sources_remark"
            " WHERE kind = 'coverage' AND is_published AND date <> ''"
        )
        return cursor.fetchone()[0] or ""


@lru_cache(maxsize=4)
def _covered_until_at(version: Version) -> str:
    return covered_until()
