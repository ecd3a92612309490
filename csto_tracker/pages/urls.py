"""The table of contents of the pages; each stands under / in English and /ru/ in Russian."""

from django.urls import URLPattern, URLResolver, include, path

from csto_tracker.pages import search, sources, states
from events import views as events
from sources import views as sources_list

MEMBERS = [
    path("states/", states.state_list, name="states"),
    path("states/<slug:slug>/", states.state, name="state"),
    path("bodies/", states.body_list, name="bodies"),
    path("bodies/<slug:slug>/", states.body, name="body"),
]
EVENTS = [
    path("events/", events.event_list, name="list"),
    path("events/<slug:slug>/", events.event, name="event"),
]
SOURCES = [
    path("sources/", sources_list.source_list, name="list"),
    path("sources/<slug:slug>/", sources.source, name="source"),
]
SITE = [
    path("search/", search.search, name="search"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((MEMBERS, "members"))),
    path("", include((EVENTS, "events"))),
    path("", include((SOURCES, "sources"))),
    path("", include((SITE, "site"))),
]
