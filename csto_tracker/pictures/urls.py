"""Addresses of charts for other sites: those of their pages, under /embed/."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, path

from csto_tracker.pages import compare, home, matrix, presidencies, priorities, timeline
from csto_tracker.pages import map as world_map
from csto_tracker.pictures import glance, table
from csto_tracker.pictures.views import drawn, embedded

_PRESIDENCY = "presidencies/<slug:slug>"
_PRIORITY = "presidencies/<slug:presidency>/priorities/<slug:slug>"
# The page, the part of it if it has several, its view, and what draws it if it is a table.
CHARTS: list[tuple[str, str, Any, Any]] = [
    ("timeline", "", timeline.timeline, None),
    ("map", "", world_map.world, None),
    ("compare", "", compare.compare, None),
    (_PRESIDENCY, "", presidencies.presidency, glance.glance),
    (_PRIORITY, "", priorities.priority, None),
    ("matrix", "", matrix.matrix, table.matrix),
    ("matrix", "states", matrix.matrix, table.by_state),
    ("matrix", "themes", matrix.matrix, table.by_theme),
    ("", "home", home.home, glance.glance),
]


def _addresses() -> Iterator[URLPattern]:
    yield path("", embedded(home.home))  # as it was before the home page had a file
    for page, part, view, drawing in CHARTS:
        at = "/".join(filter(None, (page, part)))
        yield path(f"{at}/", embedded(view, part))
        for extension in ("svg", "png"):
            yield path(f"{at}.{extension}", drawn(view, extension, drawing, part))


urlpatterns: list[URLPattern] = list(_addresses())
