"""The table of contents of the site."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path

from csto_tracker import annotations, exports, searches, views, wellknown
from csto_tracker.api import router
from csto_tracker.contents import contents
from csto_tracker.pages import urls as pages
from csto_tracker.pictures import urls as pictures
from csto_tracker.pictures.views import card_of
from reminders.mailbox import mailbox

handler400 = "csto_tracker.errors.bad_request"
handler403 = "csto_tracker.errors.forbidden"
handler404 = "csto_tracker.errors.not_found"
handler500 = "csto_tracker.errors.server_error"

urlpatterns = [
    path("robots.txt", wellknown.robots, name="robots"),
    path("sitemap.xml", wellknown.sitemap_index, name="sitemap"),
    path("sitemap-<slug:name>-<int:page>.xml", wellknown.sitemap_part, name="sitemap-part"),
    path(".well-known/security.txt", wellknown.security, name="security"),
    path("favicon.ico", wellknown.favicon, name="favicon"),
    path("card.png", card_of, name="card"),
    path("healthz", views.healthz, name="healthz"),
    path("healthz/sweep", views.sweep_health, name="sweep-health"),
    path("api/v1/schema/", views.schema, name="schema"),
    path("api/v1/docs/", views.swagger, name="swagger"),
    path("api/v1/reference/", views.reference, name="reference"),
    re_path(r"^api/v1/passages/(?P<key>[^/]+)\.jsonld$", annotations.annotation, name="annotation"),
    path("sources/<slug:slug>.txt", annotations.source_text, name="source-text"),
    re_path(r"^api/v1/(?P<name>[a-z]+)\.(?P<extension>[a-z]+)$", exports.export, name="api-export"),
    path("api/v1/", contents, name="api-contents"),
    path("api/v1/search/", searches.api, name="api-search"),
    path("api/v1/", include((router.urls, "api"))),
    *i18n_patterns(
        path("admin/", admin.site.urls),
        path("mailbox/", mailbox, name="mailbox"),
        re_path(r"^(?P<name>[a-z]+)\.(?P<extension>[a-z]+)$", exports.export, name="export"),
        path("embed/", include((pictures.urlpatterns, "embed"))),
        path("", include("reminders.urls")),
        *pages.urlpatterns,
        prefix_default_language=False,
    ),
    re_path(r"^api/", views.unknown),
]
