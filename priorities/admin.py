"""Admin of themes, priorities and lineage."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from priorities.models import Lineage, Priority, PriorityCitation, PriorityPassage, Theme
from publishing.admin import RecordAdmin, RecordInline
from sources.admin import CitationInline


@admin.register(Theme)
class ThemeAdmin(RecordAdmin):
    list_display = ["title", "title_ru", "number", "is_published"]
    search_fields = ["title", "title_ru", "slug"]
    prepopulated_fields = {"slug": ["title"]}


class PriorityPassageInline(RecordInline):
    model = PriorityPassage
    autocomplete_fields = ["passage"]


class PriorityCitationInline(CitationInline):
    model = PriorityCitation
    # A passage is a source, too; the database holds that there is one or the other.
    required = False


@admin.register(Priority)
class PriorityAdmin(RecordAdmin):
    helps = {
        "slug": _("Part of the address, short and lasting: links and citations use it."),
        "temporal": _("By the words of the statement alone, which stand in the next field."),
        "strength": _("By the words of the statement alone, which stand in the next field."),
    }
    list_display = ["title", "presidency", "number", "theme", "kind", "is_tracked", "is_published"]
    list_filter = ["is_published", "presidency", "theme", "kind", "strength", "is_tracked"]
    list_select_related = ["presidency", "theme"]
    search_fields = ["title", "title_ru", "slug", "presidency__title"]
    autocomplete_fields = ["presidency", "theme", "title_ru_source"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [PriorityPassageInline, PriorityCitationInline]
    fieldsets = [
        (None, {"fields": ["presidency", "number", "slug", "title", "title_ru", "is_published"]}),
        (
            _("Wording"),
            {
                "fields": [
                    "title_ru_origin",
                    "title_ru_source",
                    "kind",
                    "temporal",
                    "temporal_words",
                    "strength",
                    "strength_words",
                ]
            },
        ),
        (_("Tracking"), {"fields": ["theme", "is_tracked", "rubric", "rubric_ru"]}),
        (_("Caveats"), {"fields": ["confidence", "note", "note_ru"]}),
    ]


@admin.register(Lineage)
class LineageAdmin(RecordAdmin):
    list_display = ["earlier", "relation", "later", "confidence"]
    list_filter = ["relation", "later__presidency"]
    list_select_related = ["earlier__presidency", "later__presidency"]
    search_fields = ["earlier__title", "later__title"]
    autocomplete_fields = ["earlier", "later", "source"]
