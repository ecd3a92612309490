"""How to cite a page or a release: APA, BibTeX and CSL JSON; and where that stands."""

import json
import re
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from csto_tracker.pages.inside import match_at, page_at, title_of
from publishing.addresses import address
from publishing.conditional import public_data
from publishing.releases import Release
from publishing.version import current_version


class Work(NamedTuple):
    """What is cited: a page with the version of the data, or a release with its number."""

    title: str
    key: str
    version: str
    state: str
    changed_at: datetime | None
    kind: str


@public_data
def cite(request: HttpRequest) -> HttpResponse:
    """The citation of a page or a release, with the state of the data that it stands on.

    `of` is its path and query; raises Http404 for an address that can not be cited.
    """
    target = request.GET.get("of", "")
    path, _question, query = target.partition("?")
    release = _release_at(path)
    work = (
        _of_release(release)
        if release
        else _of_page(title_of(page_at(request, path, query)), target)
    )
    url = settings.SITE_URL + target
    site = str(_("CSTO Presidency Tracker"))
    csl, bibtex = _csl(work, url, site), _bibtex(work, url, site)
    if request.GET.get("format") == "csl":
        return HttpResponse(
            json.dumps([csl], ensure_ascii=False),
            content_type="application/vnd.citationstyles.csl+json",
        )
    if request.GET.get("format") == "bib":
        return HttpResponse(bibtex, content_type="application/x-bibtex; charset=utf-8")
    today = timezone.now().date()
    context = {
        "of": target,
        "of_title": work.title,
        "site": site,
        "url": url,
        "state": work.state,
        "today": today.isoformat(),
        "year": work.changed_at.year if work.changed_at else today.year,
        "bibtex": bibtex,
        "csl": json.dumps([csl], ensure_ascii=False, indent=2),
    }
    return render(request, "site/cite.html", context)


def cited_at(page: str, query: QueryDict | None = None) -> str:
    """The address at which it stands how to cite a page that was asked a question."""
    of = f"{page}?{query.urlencode()}" if query else page
    return f"{settings.SITE_URL}{address('site:cite')}?{urlencode({'of': of})}"


def tell_citation(response: HttpResponseBase, citation: str) -> None:
    """Say in a header where it stands how to cite a file (RFC 8288)."""
    link = f'<{citation}>; rel="describedby"; type="text/html"'
    before = response.headers.get("Link")
    response.headers["Link"] = f"{before}, {link}" if before else link


def _release_at(path: str) -> Release | None:
    """The release whose page stands at a path, if one does; raises Http404 where nothing stands."""
    match = match_at(path)
    if match.view_name != "site:release":
        return None
    return get_object_or_404(Release, number=match.kwargs["number"])


def _of_release(release: Release) -> Work:
    return Work(
        title=_("Release %(number)s of the data") % {"number": release.number},
        key=f"csto-tracker-{release.number}",
        version=release.number,
        state=_("Data version %(number)s") % {"number": release.data_version},
        changed_at=release.data_changed_at,
        kind="dataset",
    )


def _of_page(title: str, target: str) -> Work:
    version = current_version()
    of = re.sub(r"[^a-z0-9]+", "-", target.lower()).strip("-") or "home"
    return Work(
        title=title,
        key=f"csto-tracker-{version.number}-{of}",
        version=str(version.number),
        state=_("Data version %(number)s") % {"number": version.number},
        changed_at=version.changed_at,
        kind="webpage",
    )


def _csl(work: Work, url: str, site: str) -> dict[str, Any]:
    today = timezone.now().date()
    csl = {
        "id": work.key,
        "type": work.kind,
        "title": work.title,
        "author": [{"literal": site}],
        "container-title": site,
        "version": work.version,
        "URL": url,
        "accessed": {"date-parts": [[today.year, today.month, today.day]]},
        "language": str(get_language()),
    }
    if changed := work.changed_at:
        csl["issued"] = {"date-parts": [[changed.year, changed.month, changed.day]]}
    return csl


def _bibtex(work: Work, url: str, site: str) -> str:
    today = timezone.now().date()
    return "\n".join(
        [
            f"@misc{{{work.key},",
            f"  title = {{{{{work.title}}}}},",
            f"  author = {{{{{site}}}}},",
            f"  year = {{{work.changed_at.year if work.changed_at else today.year}}},",
            f"  note = {{{work.state}; accessed {today:%Y-%m-%d}}},",
            f"  url = {{{url}}}",
            "}",
        ]
    )
