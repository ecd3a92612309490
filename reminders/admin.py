"""Curators see how reminders go: what was given up and why, and can send it again."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from reminders import clock, messages, services
from reminders.models import Delivery, Reminder, Subscription


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that only the sweeps write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("due_at", "kind", "to", "channel", "state", "failures", "error")
    list_filter = ("state", "channel", "kind")
    list_select_related = ("subscription__subscriber", "curator")
    search_fields = ("id", "error", "host")
    date_hierarchy = "due_at"
    fields = (
        "kind",
        "subscription",
        "curator",
        "channel",
        "state",
        "due_at",
        "created_at",
        "settled_at",
        "failures",
        "attempt_at",
        "lease_until",
        "error",
        "text",
        "id",
    )
    actions = ("requeue",)

    @admin.display(description=_("to"))
    def to(self, row: Delivery) -> str:
        return str(row.subscription.subscriber if row.subscription else row.curator)

    @admin.display(description=_("What it says now"))
    def text(self, row: Delivery) -> str:
        found = messages.without_links(row, clock.now())
        if not found:
            return gettext("Nothing is left to say.")
        return format_html('<pre class="message">{}</pre>', found)

    @admin.action(description=_("Send again what was given up"), permissions=["requeue"])
    def requeue(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        count = services.requeue(deliveries=queryset)
        text = ngettext("%(count)d message waits again.", "%(count)d messages wait again.", count)
        self.message_user(request, text % {"count": count})

    def has_requeue_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("reminders.change_delivery")


@admin.register(Reminder)
class ReminderAdmin(ReadOnlyAdmin):
    list_display = ("subject", "occurrence", "lead", "kind", "due_at", "state", "reason")
    list_filter = ("state", "kind", "reason")
    search_fields = ("subject", "=subscription__id")
    date_hierarchy = "due_at"


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnlyAdmin):
    """What is asked for, without addresses: they are the subscribers' own."""

    list_display = (
        "id",
        "subscriber",
        "channel",
        "host",
        "selection",
        "digest",
        "confirmed_at",
        "disabled_at",
        "disabled_reason",
    )
    list_filter = ("channel", "digest", "language")
    list_select_related = ("subscriber", "selection")
    fields = (
        "subscriber",
        "channel",
        "host",
        "selection",
        "leads",
        "digest",
        "hour",
        "zone",
        "language",
        "created_at",
        "confirmed_at",
        "disabled_at",
        "disabled_reason",
    )
