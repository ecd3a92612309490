"""What the admin of every record shares: publishing, reasons, history, conflicts, refusals."""

from collections.abc import Callable
from copy import copy
from typing import Any, ClassVar

import pghistory
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminTextInputWidget, AutocompleteSelect
from django.contrib.postgres.fields import DateRangeField
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet, TextField
from django.forms import Media, Textarea
from django.forms.models import BaseInlineFormSet, _get_foreign_key
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import path, resolve
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from publishing.fields import Line, Prose
from publishing.forms import (
    Parts,
    PlainText,
    ReasonedActions,
    RecordForm,
    VerbatimText,
    digest,
)
from publishing.history import changes_of
from publishing.refused import is_rule, refusal
from publishing.services import PERMISSION, merge, set_published
from publishing.tokenadmin import ApiTokenAdmin  # noqa: F401 - Django finds admins here


def check_rules() -> None:
    """Let rules that wait for the end of the transaction speak while a page can show it."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


WIDGETS: dict[Any, Any] = {
    Prose: {
        "form_class": PlainText,
        "widget": Textarea(attrs={"rows": 3, "cols": 90, "class": "vLargeTextField"}),
    },
    TextField: {
        "form_class": VerbatimText,
        "widget": Textarea(attrs={"rows": 10, "cols": 90, "class": "vLargeTextField"}),
    },
    Line: {"widget": AdminTextInputWidget(attrs={"size": 90})},
}


class Choice(AutocompleteSelect):
    """Says what is chosen, also while nothing is."""

    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> dict[str, Any]:
        found: dict[str, Any] = super().build_attrs(base_attrs, extra_attrs)
        return found | {"data-placeholder": capfirst(self.field.verbose_name)}

    @property
    def media(self) -> Media:
        return super().media + Media(js=["admin/js/autocomplete.js", "admin_extra/names.js"])


class Choosing:
    """Other records are chosen here, changed and added, and not deleted by the way.

    `helps` says by field what an editor must know and the field itself does not say.
    """

    helps: ClassVar[dict[str, Any]] = {}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]
            options["widget"] = Choice(db_field, self.admin_site)  # type: ignore[attr-defined]
        field: Any = super().formfield_for_dbfield(db_field, request, **options)  # type: ignore[misc]
        if db_field.name in self.helps:
            field.help_text = self.helps[db_field.name]
        if hasattr(field, "widget") and hasattr(field.widget, "can_delete_related"):
            field.widget.can_delete_related = False
        if isinstance(db_field, DateRangeField):
            for part, name in zip(field.widget.widgets, (_("from"), _("until")), strict=True):
                part.attrs["aria-label"] = f"{field.label}, {name}"
        return field


class NamedFields(BaseInlineFormSet):
    """Fields in a table have no label, so each says itself what it is."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for field in form.fields.values():
            widget = getattr(field.widget, "widget", field.widget)
            widget.attrs.setdefault("aria-label", str(field.label or ""))


class RecordInline(Choosing, admin.TabularInline):
    """Rows that are edited with the record they belong to."""

    template = "admin/rows_inline.html"
    formset = NamedFields
    extra = 0
    formfield_overrides = WIDGETS


class LinkedInline(admin.TabularInline):
    """Rows that belong to a record and have a form of their own, to which this links."""

    template = "admin/linked_inline.html"
    extra = 0
    can_delete = False
    show_change_link = True
    list_select_related: list[str] = []

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        if self.list_select_related:
            return rows.select_related(*self.list_select_related)
        return rows

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RecordAdmin(Choosing, admin.ModelAdmin):
    """Admin of a record. A subclass lists its columns, filters and inlines."""

    form = RecordForm
    list_per_page = 50
    save_on_top = True
    change_form_template = "admin/record_change_form.html"
    show_full_result_count = False
    actions = ["publish", "withdraw", "merge"]
    action_form = ReasonedActions
    formfield_overrides = WIDGETS

    # --- publishing -------------------------------------------------------------------------

    @property
    def is_publishable(self) -> bool:
        return any(field.name == "is_published" for field in self.model._meta.fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = list(super().get_readonly_fields(request, obj))
        if self.is_publishable and not request.user.has_perm(PERMISSION):
            fields.append("is_published")
        return fields

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        if not self.is_publishable or not request.user.has_perm(PERMISSION):
            for name in ("publish", "withdraw", "merge"):
                actions.pop(name, None)
        return actions

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is public is withdrawn first; only who may publish deletes it."""
        allowed = super().has_delete_permission(request, obj)
        if getattr(obj, "is_published", False):
            return allowed and request.user.has_perm(PERMISSION)
        return allowed

    @admin.action(description=gettext_lazy("Publish the selected records"))
    def publish(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._set_published(request, queryset, published=True)

    @admin.action(description=gettext_lazy("Withdraw the selected records (back to draft)"))
    def withdraw(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._set_published(request, queryset, published=False)

    @admin.action(description=gettext_lazy("Merge the selected records into another"))
    def merge(self, request: HttpRequest, queryset: QuerySet) -> None:
        key = _entered(request, "into")
        into = self.model.objects.public().by_key(key).first()
        if into is None:
            said = _("There is no public record with the key “%(key)s” to merge into.")
            self.message_user(request, said % {"key": key}, messages.ERROR)
            return
        self._act(request, lambda by, reason: merge(rows=queryset, into=into, by=by, reason=reason))

    def _set_published(self, request: HttpRequest, rows: QuerySet, *, published: bool) -> None:
        self._act(
            request,
            lambda by, reason: set_published(rows=rows, published=published, by=by, reason=reason),
        )

    def _act(self, request: HttpRequest, act: Callable[[Any, str], int]) -> None:
        """Do what the curator asked for, and say how many records it changed or why none."""
        try:
            count = act(request.user, _entered(request, "reason")[:300])
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            return
        except DatabaseError as error:
            if not is_rule(error):
                raise
            self.message_user(request, refusal(error), messages.ERROR)
            return
        self.message_user(
            request,
            ngettext("%(count)d record changed.", "%(count)d records changed.", count)
            % {"count": count},
            messages.SUCCESS,
        )

    # --- saving -----------------------------------------------------------------------------

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **options)
        # A class of its own per request, so that what one curator is told stays theirs.
        told = {
            "refusal": getattr(request, "refusal", ""),
            "parts": self._parts(),
            "seen_now": getattr(request, "seen_now", ""),
        }
        return type(form.__name__, (form,), told)

    def _parts(self) -> Parts:
        """The models that are edited with the record, each with its key to it."""
        return [
            (inline.model, _get_foreign_key(self.model, inline.model, inline.fk_name).attname)
            for inline in self.inlines
            if not issubclass(inline, LinkedInline)
        ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The reason stands last, after everything that it is about."""
        extra = ["reason_for_change", "seen"]
        fieldsets = []
        for name, options in super().get_fieldsets(request, obj):
            fields = [field for field in options["fields"] if field not in extra]
            fieldsets.append((name, {**options, "fields": fields}))
        if self.has_change_permission(request, obj):
            fieldsets.append((_("This change"), {"fields": extra}))
        return fieldsets

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """As Django's, with the reason in the history; what a rule refuses is shown in the form."""
        pk = unquote(object_id or "")
        if request.method == "GET" and pk.isdecimal():
            # Before the rows are read: what changes in between is a conflict, and not lost.
            request.seen_now = digest(self.model, pk, self._parts())  # type: ignore[attr-defined]
        reason = request.POST.get("reason_for_change", "")[:300]
        extra_context = {"has_page": self.has_page, **(extra_context or {})}
        try:
            metadata: dict[str, Any] = {"reason": reason} if reason else {}
            with pghistory.context(**metadata):
                return super().changeform_view(request, object_id, form_url, extra_context)
        except DatabaseError as error:
            if not is_rule(error) or hasattr(request, "refusal"):
                raise
            # Once more with the same entries: the form now says what was refused.
            request.refusal = refusal(error)  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        check_rules()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        check_rules()

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        super().delete_queryset(request, queryset)
        check_rules()

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except DatabaseError as error:
            return self._refused(request, error)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        try:
            return super().changelist_view(request, extra_context)
        except DatabaseError as error:
            return self._refused(request, error)

    def _refused(self, request: HttpRequest, error: DatabaseError) -> HttpResponse:
        """Back to the page that asked for it, with what the rule says; an outage is raised."""
        if not is_rule(error) or request.method != "POST":
            raise error
        self.message_user(request, refusal(error), messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())

    # --- preview ----------------------------------------------------------------------------

    @property
    def has_page(self) -> bool:
        return hasattr(self.model, "get_absolute_url") and self.is_publishable

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_preview"
        view = self.admin_site.admin_view(self.preview)
        return [path("<path:object_id>/preview/", view, name=name), *super().get_urls()]

    def preview(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The public page of a draft as it will look: published, rendered, and undone again.

        What it belongs to is published with it. Everything happens in one transaction that is
        rolled back, so page and draft need no second set of queries, and nobody else sees it.
        """
        row = self.get_object(request, object_id)
        if row is None or not self.has_page:
            raise Http404
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        with transaction.atomic():
            for visible in self.model.PUBLIC:
                owner: Any = row
                for name in visible.split("__")[:-1]:
                    owner = getattr(owner, name)
                type(owner)._default_manager.filter(pk=owner.pk).update(is_published=True)
            address = row.get_absolute_url().partition("#")[0]
            shown = copy(request)
            shown.path = shown.path_info = address
            shown.GET, shown.method = QueryDict(), "GET"
            shown.is_preview = True  # type: ignore[attr-defined]  # read by the base template
            found = resolve(address)
            shown.resolver_match = found
            response = found.func(shown, *found.args, **found.kwargs)
            if hasattr(response, "render"):
                response.render()
            transaction.set_rollback(True)
        return response

    # --- history ----------------------------------------------------------------------------

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Who changed what and when, from the history that the database keeps."""
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("History: %(row)s") % {"row": row},
            "changes": changes_of(row),
            "object": row,
            "opts": self.opts,
            "preserved_filters": self.get_preserved_filters(request),
        }
        return TemplateResponse(request, "admin/record_history.html", context)


def _entered(request: HttpRequest, name: str) -> str:
    """What was entered beside the actions, above or below the list."""
    return next(filter(None, request.POST.getlist(name)), "").strip()


class ReadOnlyWhenPublished:
    """For records that are append-only: what is published can be looked at only."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if getattr(obj, "is_published", False):
            return False
        return bool(super().has_change_permission(request, obj))  # type: ignore[misc]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if getattr(obj, "is_published", False):
            return False
        return bool(super().has_delete_permission(request, obj))  # type: ignore[misc]
