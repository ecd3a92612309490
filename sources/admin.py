"""Admin of sources and passages."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from publishing.admin import RecordAdmin
from publishing.forms import RecordForm
from sources.models import Check, CheckCitation, Passage, Remark, RemarkCitation, Source


class CitationInline(admin.TabularInline):
    """The sources that a record cites; with `required`, at least one."""

    extra = 0
    autocomplete_fields = ["source"]
    required = True

    def get_formset(self, request: HttpRequest, obj: Any = None, **options: Any) -> Any:
        formset = super().get_formset(request, obj, **options)
        if self.required:
            formset.min_num, formset.validate_min = 1, True
        return formset


class PassageInline(admin.TabularInline):
    model = Passage
    extra = 0
    fields = ["start", "end", "quote", "kind", "title"]
    show_change_link = True
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CheckInline(admin.StackedInline):
    model = Check
    extra = 0
    show_change_link = True
    fields = ["number", "quote", "verdict", "note", "note_ru"]


@admin.register(Source)
class SourceAdmin(RecordAdmin):
    list_display = [
        "slug",
        "publisher",
        "title",
        "kind",
        "language",
        "date",
        "extent",
        "is_published",
    ]
    list_filter = ["is_published", "kind", "language", "extent"]
    search_fields = ["slug", "publisher", "title", "url"]
    autocomplete_fields = ["carried_by"]
    readonly_fields = ["text_sha256"]
    inlines = [PassageInline, CheckInline]


class PassageForm(RecordForm):
    """Offsets may be left out when the quote stands in the text exactly once."""

    class Meta:
        model = Passage
        fields = ["source", "start", "end", "quote", "kind", "title", "title_ru", "note", "note_ru"]

    class Media:
        js = ["admin_extra/passage-picker.js"]
        css = {"all": ["admin_extra/admin.css"]}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("start", "end"):
            if name in self.fields:
                self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        source, quote = cleaned.get("source"), cleaned.get("quote")
        if source and quote and (cleaned.get("start") is None or cleaned.get("end") is None):
            count = source.text.count(quote)
            if count == 1:
                start = source.text.index(quote)
                cleaned.update(start=start, end=start + len(quote))
            else:
                self.add_error(
                    "quote",
                    _("The stored text holds this quote %(count)d times; give the offsets.")
                    % {"count": count},
                )
        elif "start" not in self.errors and cleaned.get("start") is None:
            self.add_error("start", _("Give the offsets, or a quote that the text holds once."))
        return cleaned


@admin.register(Passage)
class PassageAdmin(RecordAdmin):
    form = PassageForm
    list_display = ["source", "start", "end", "kind", "quote"]
    list_filter = ["kind", "source__kind"]
    list_select_related = ["source"]
    search_fields = ["quote", "title", "source__slug"]
    autocomplete_fields = ["source"]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.text_view)
        return [path("text/<int:source>/", view, name="sources_passage_text"), *super().get_urls()]

    def text_view(self, request: HttpRequest, source: int) -> JsonResponse:
        """The stored text of a source, for the picker."""
        row = Source.objects.filter(pk=source).only("text").first()
        return JsonResponse({"text": row.text if row else ""})


class CheckCitationInline(CitationInline):
    model = CheckCitation
    required = False


@admin.register(Check)
class CheckAdmin(RecordAdmin):
    list_display = ["source", "number", "verdict", "quote"]
    list_filter = ["verdict"]
    list_select_related = ["source"]
    autocomplete_fields = ["source"]
    inlines = [CheckCitationInline]


class RemarkCitationInline(CitationInline):
    model = RemarkCitation
    required = False


@admin.register(Remark)
class RemarkAdmin(RecordAdmin):
    list_display = ["title", "kind", "number", "date", "is_published"]
    list_filter = ["is_published", "kind"]
    search_fields = ["title", "title_ru", "text", "text_ru"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [RemarkCitationInline]
