"""The table of contents of the pages; each stands under / in English and /ru/ in Russian."""

from django.urls import URLPattern, URLResolver, include, path

from csto_tracker.pages import (
    agenda,
    calendar,
    citing,
    compare,
    data,
    feeds,
    home,
    lists,
    matrix,
    presidencies,
    priorities,
    search,
    sources,
    states,
    texts,
    timeline,
)
from csto_tracker.pages import map as world_map
from csto_tracker.pages.lists import as_asked
from events import views as events
from sources import views as sources_list

MEMBERS = [
    path(
        "presidencies/", as_asked("presidencies", presidencies.presidency_list), name="presidencies"
    ),
    path("presidencies/<slug:slug>/", presidencies.presidency, name="presidency"),
    path("presidencies/<slug:slug>/statement/", presidencies.statement, name="statement"),
    path("states/", as_asked("states", states.state_list), name="states"),
    path("states/<slug:slug>/", states.state, name="state"),
    path("bodies/", as_asked("bodies", states.body_list), name="bodies"),
    path("bodies/<slug:slug>/", states.body, name="body"),
]
PRIORITIES = [
    path("priorities/", as_asked("priorities", priorities.priority_list), name="list"),
    path(
        "presidencies/<slug:slug>/priorities/",
        as_asked("priorities", priorities.of_presidency),
        name="of-presidency",
    ),
    path(
        "presidencies/<slug:presidency>/priorities/<slug:slug>/",
        priorities.priority,
        name="priority",
    ),
]
EVENTS = [
    path("events/", as_asked("events", events.event_list), name="list"),
    path("events/calendar/", calendar.month, name="calendar"),
    path("events/agenda/", agenda.agenda, name="agenda"),
    path("events/<slug:slug>/", events.event, name="event"),
]
SOURCES = [
    path("sources/", as_asked("sources", sources_list.source_list), name="list"),
    path("sources/<slug:slug>/", sources.source, name="source"),
]
SITE = [
    path("", home.home, name="home"),
    path("methodology/", texts.methodology, name="methodology"),
    path("api/", texts.api_guide, name="api"),
    path("api/changes/", texts.api_changes, name="api-changes"),
    path("about/", texts.about, name="about"),
    path("data/", data.release_list, name="releases"),
    path("data/<str:number>/", data.release, name="release"),
    path("data/<str:number>/<path:path>", data.release_file, name="release-file"),
    path("changes/", as_asked("changes", feeds.change_list), name="changes"),
    path("feeds/", feeds.feed_list, name="feeds"),
    path("cite/", citing.cite, name="cite"),
    path("search/", search.search, name="search"),
    path("matrix/", matrix.matrix, name="matrix"),
    path("timeline/", timeline.timeline, name="timeline"),
    path("compare/", compare.compare, name="compare"),
    path("map/", world_map.world, name="map"),
]

LISTS = [path(f"{name}/", lists.record_list, {"name": name}, name=name) for name in lists.LISTS]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((MEMBERS, "members"))),
    path("", include((PRIORITIES, "priorities"))),
    path("", include((EVENTS, "events"))),
    path("", include((SOURCES, "sources"))),
    path("", include((SITE, "site"))),
    path("", include((LISTS, "lists"))),
]
