"""The public log of changes, the list of all feeds, and how to cite a page."""

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from csto_tracker.api import RESOURCES
from csto_tracker.calendars import CALENDARS
from csto_tracker.pages.inside import page_at, title_of
from csto_tracker.pages.lists import address_of, page_of_list, title_of_list
from publishing import pagination
from publishing.asking import note_day
from publishing.changes import list_name, published_models
from publishing.conditional import public_data
from publishing.filterform import FilterForm
from publishing.models import PublicChange
from publishing.resources import ChangeFilters
from publishing.version import current_version


@public_data
def change_list(request: HttpRequest) -> HttpResponse:
    """What changed in public, when and why, by the filters of the API."""
    note_day(request)
    filters = ChangeFilters(request.GET, PublicChange.objects.public())
    page = pagination.page_of(filters, "pk")
    rows = PublicChange.objects.in_bulk(page.rows)
    return render(
        request,
        "site/changes.html",
        {
            "changes": [
                (
                    row,
                    address_of(row.list, row.record),
                    row.into and address_of(row.list, row.into),
                )
                for row in map(rows.get, page.rows)
                if row
            ],
            "form": FilterForm(
                filters,
                request.path,
                main=("list", "change", "record", "until"),
                options={
                    "list": sorted(
                        (list_name(model), capfirst(str(model._meta.verbose_name_plural)))
                        for model in published_models()
                    )
                },
            ),
            "next": pagination.link(request.path, request.GET, page.next),
            "previous": pagination.link(request.path, request.GET, page.previous),
        },
    )


@public_data
def feed_list(request: HttpRequest) -> HttpResponse:
    """All lists with their feeds, calendars and files, and how to make one of any filter."""
    lists = [
        (
            title_of_list(name),
            reverse(page_of_list(name)),
            name,
            name in CALENDARS,
            reverse(f"api:{name}-list"),
        )
        for name in RESOURCES
    ]
    return render(request, "site/feeds.html", {"lists": sorted(lists)})


@public_data
def cite(request: HttpRequest) -> HttpResponse:
    """A page's citation as APA, BibTeX and CSL JSON, with the version of the data.

    `of` is the page's path and query; raises Http404 for an address that is no public page.
    """
    target = request.GET.get("of", "")
    path, _question, query = target.partition("?")
    title = title_of(page_at(request, path, query))
    version = current_version()
    today = timezone.now().date()
    url = settings.SITE_URL + target
    site = str(_("CSTO Presidency Tracker"))
    key = f"csto-tracker-{version.number}"
    csl = {
        "id": key,
        "type": "webpage",
        "title": title,
        "container-title": site,
        "version": str(version.number),
        "URL": url,
        "accessed": {"date-parts": [[today.year, today.month, today.day]]},
        "language": str(get_language()),
    }
    if version.changed_at:
        changed = version.changed_at
        csl["issued"] = {"date-parts": [[changed.year, changed.month, changed.day]]}
    if request.GET.get("format") == "csl":
        return HttpResponse(
            json.dumps([csl], ensure_ascii=False),
            content_type="application/vnd.citationstyles.csl+json",
        )
    bibtex = "\n".join(
        [
            f"@misc{{{key},",
            f"  title = {{{{{title}}}}},",
            f"  author = {{{{{site}}}}},",
            f"  year = {{{today.year}}},",
            f"  note = {{Data version {version.number}; accessed {today:%Y-%m-%d}}},",
            f"  url = {{{url}}}",
            "}",
        ]
    )
    if request.GET.get("format") == "bib":
        return HttpResponse(bibtex, content_type="application/x-bibtex; charset=utf-8")
    context = {
        "of": target,
        "of_title": title,
        "site": site,
        "url": url,
        "version": version.number,
        "today": today.isoformat(),
        "year": version.changed_at.year if version.changed_at else today.year,
        "bibtex": bibtex,
        "csl": json.dumps([csl], ensure_ascii=False, indent=2),
    }
    return render(request, "site/cite.html", context)
