"""Addresses of charts for other sites: those of their pages, under /embed/."""

from typing import Any

from django.urls import URLPattern, path

from csto_tracker.pages import compare, home, matrix, priorities, timeline
from csto_tracker.pages import map as world_map
from csto_tracker.pictures import table
from csto_tracker.pictures.views import drawn, embedded

_PRIORITY = "presidencies/<slug:presidency>/priorities/<slug:slug>"
# The page, its view, and what draws its chart if the page shows a table. The home page is a list,
# so it is no file.
CHARTS: list[tuple[str, str, Any, Any]] = [
    ("timeline", "timeline", timeline.timeline, None),
    ("map", "map", world_map.world, None),
    ("compare", "compare", compare.compare, None),
    (_PRIORITY, "priority", priorities.priority, None),
    ("matrix", "matrix", matrix.matrix, table.matrix),
]

urlpatterns: list[URLPattern] = [
    path("", embedded(home.home), name="home"),
    *[path(f"{at}/", embedded(view), name=name) for at, name, view, _drawing in CHARTS],
    *[
        path(f"{at}.{extension}", drawn(view, extension, drawing), name=f"{name}-{extension}")
        for at, name, view, drawing in CHARTS
        for extension in ("svg", "png")
    ],
]
