"""Admin of sources and passages."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from publishing.admin import WIDGETS, LinkedInline, RecordAdmin, RecordInline
from publishing.forms import RecordForm, unix_lines
from sources.models import Check, CheckCitation, Passage, Remark, RemarkCitation, Source


class CitationInline(RecordInline):
    """The sources that a record cites; with `required`, at least one."""

    autocomplete_fields = ["source"]
    required = True

    def get_formset(self, request: HttpRequest, obj: Any = None, **options: Any) -> Any:
        formset = super().get_formset(request, obj, **options)
        if self.required:
            formset.min_num, formset.validate_min = 1, True
        return formset


class PassageInline(LinkedInline):
    model = Passage
    fields = ["start", "end", "quote", "kind", "title"]
    list_select_related = ["source"]


class CheckInline(admin.StackedInline):
    model = Check
    extra = 0
    show_change_link = True
    fields = ["number", "quote", "verdict", "note", "note_ru"]
    formfield_overrides = WIDGETS


class SourceForm(RecordForm):
    """Keeps the stored text to the letter, line ends that no browser can send included."""

    def clean_text(self) -> str:
        text, stored = self.cleaned_data["text"], self.instance.text
        return stored if text == unix_lines(stored) else text


@admin.register(Source)
class SourceAdmin(RecordAdmin):
    form = SourceForm
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
        fields = ["source", "quote", "start", "end", "kind", "title", "title_ru", "note", "note_ru"]

    class Media:
        js = ["admin_extra/passage-picker.js"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("start", "end"):
            if name in self.fields:
                self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        source, quote = cleaned.get("source"), cleaned.get("quote")
        start, end = cleaned.get("start"), cleaned.get("end")
        if not (source and quote) or {"start", "end"} & set(self.errors):
            return cleaned
        if start is None or end is None:
            if quote not in source.text:
                quote = cleaned["quote"] = quote.strip()
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
        elif unix_lines(source.text[start:end]) == quote:
            cleaned["quote"] = source.text[start:end]
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
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
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
