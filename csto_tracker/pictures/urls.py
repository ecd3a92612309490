"""Addresses of charts for other sites: those of their pages, under /embed/."""

from typing import Any

from django.urls import URLPattern, path

from csto_tracker.pages import compare, home, matrix, priorities, timeline
from csto_tracker.pages import map as world_map
from csto_tracker.pictures.views import drawn, embedded

_PRIORITY = "presidencies/<slug:presidency>/priorities/<slug:slug>"
# The page, its view, and whether its chart is a drawing; the others are tables.
CHARTS: list[tuple[str, str, Any, bool]] = [
    ("timeline", "timeline", timeline.timeline, True),
    ("map", "map", world_map.world, True),
    ("compare", "compare", compare.compare, True),
    (_PRIORITY, "priority", priorities.priority, True),
    ("matrix", "matrix", matrix.matrix, False),
]

urlpatterns: list[URLPattern] = [
    path("", embedded(home.home), name="home"),
    *[path(f"{at}/", embedded(view), name=name) for at, name, view, _drawing in CHARTS],
    *[
        path(f"{at}.{extension}", drawn(view, extension), name=f"{name}-{extension}")
        for at, name, view, is_drawing in CHARTS
        if is_drawing
        for extension in ("svg", "png")
    ],
]
