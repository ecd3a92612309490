"""The table of contents of the site."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from csto_tracker import views
from csto_tracker.api import router

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("api/v1/schema/", views.schema, name="schema"),
    path("api/v1/docs/", views.swagger, name="swagger"),
    path("api/v1/", include((router.urls, "api"))),
    *i18n_patterns(
        path("admin/", admin.site.urls),
        prefix_default_language=False,
    ),
]
