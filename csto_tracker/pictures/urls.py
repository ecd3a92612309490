"""Addresses of charts and tables for other sites: those of their pages, under /embed/."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, path

from csto_tracker.pages import (
    agenda,
    calendar,
    compare,
    feeds,
    home,
    lists,
    matrix,
    presidencies,
    priorities,
    states,
    timeline,
)
from csto_tracker.pages import map as world_map
from csto_tracker.pictures import glance, table
from csto_tracker.pictures.views import drawn, embedded
from events import views as events
from sources import views as sources

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
# Tables and lists: pieces of their pages, drawn as they stand there.
TABLES: list[tuple[str, str, Any, dict[str, str]]] = [
    ("events", "", lists.as_asked("events", events.event_list), {}),
    ("events/calendar", "", calendar.month, {}),
    ("events/agenda", "", agenda.agenda, {}),
    ("events/<slug:slug>", "participants", events.event, {}),
    ("sources", "", lists.as_asked("sources", sources.source_list), {}),
    ("presidencies", "", lists.as_asked("presidencies", presidencies.presidency_list), {}),
    ("states", "", lists.as_asked("states", states.state_list), {}),
    ("states/<slug:slug>", "events", states.state, {}),
    ("bodies", "", lists.as_asked("bodies", states.body_list), {}),
    ("priorities", "", lists.as_asked("priorities", priorities.priority_list), {}),
    (f"{_PRESIDENCY}/priorities", "", lists.as_asked("priorities", priorities.of_presidency), {}),
    ("changes", "", lists.as_asked("changes", feeds.change_list), {}),
    *(
        ("compare", part, compare.compare, {})
        for part in ("glance", "themes", "completion", "activity", "states")
    ),
    *((name, "", lists.record_list, {"name": name}) for name in lists.LISTS),
]


def _addresses() -> Iterator[URLPattern]:
    yield path("", embedded(home.home))  # as it was before the home page had a file
    for page, part, view, drawing in CHARTS:
        at = "/".join(filter(None, (page, part)))
        yield path(f"{at}/", embedded(view, part))
        for extension in ("svg", "png"):
            yield path(f"{at}.{extension}", drawn(view, extension, drawing, part))
    for page, part, view, options in TABLES:
        at = "/".join(filter(None, (page, part)))
        yield path(f"{at}/", embedded(view, part), options)
        for extension in ("svg", "png"):
            yield path(f"{at}.{extension}", drawn(view, extension, None, part), options)


urlpatterns: list[URLPattern] = list(_addresses())
