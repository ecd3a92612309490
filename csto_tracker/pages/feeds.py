"""The public log of changes, and the list of all feeds."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst

from csto_tracker.api import RESOURCES
from csto_tracker.calendars import CALENDARS
from csto_tracker.pages.lists import address_of, page_of_list, title_of_list
from publishing import pagination
from publishing.asking import note_day
from publishing.changes import list_name, published_models
from publishing.conditional import public_data
from publishing.filterform import FilterForm
from publishing.models import PublicChange
from publishing.resources import ChangeFilters


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
