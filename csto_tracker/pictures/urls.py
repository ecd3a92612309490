"""Addresses of charts for other sites: those of their pages, under /embed/."""

from typing import Any

from django.urls import URLPattern, path

from csto_tracker.pages import compare, home, matrix, priorities, timeline
from csto_tracker.pages import map as world_map
from csto_tracker.pictures.views import drawn, embedded

_PRIORITY = "presidencies/<slug:presidency>/priorities/<slug:slug>"
# The page and its view. The home page has no drawing, so it is no file.
CHARTS: list[tuple[str, str, Any]] = [
    ("timeline", "timeline", timeline.timeline),
    ("map", "map", world_map.world),
    ("compare", "compare", compare.compare),
    (_PRIORITY, "priority", priorities.priority),
    ("matrix", "matrix", matrix.matrix),
]

urlpatterns: list[URLPattern] = [
    path("", embedded(home.home), name="home"),
    *[path(f"{at}/", embedded(view), name=name) for at, name, view in CHARTS],
    *[
        path(f"{at}.{extension}", drawn(view, extension), name=f"{name}-{extension}")
        for at, name, view in CHARTS
        for extension in ("svg", "png")
    ],
]
