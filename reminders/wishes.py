"""What a subscription asks for, in words of the active language."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reminders.models import Subscription
from reminders.timing import DAY

LEADS = {
    60: gettext_lazy("1 hour before (when the hour is known)"),
    DAY: gettext_lazy("1 day before"),
    7 * DAY: gettext_lazy("7 days before"),
    30 * DAY: gettext_lazy("30 days before"),
}


def in_words(row: Subscription) -> list[str]:
    """Everything that can be chosen but the filter, a line each."""
    found: list[tuple[str, str]] = []
    leads = ", ".join(str(LEADS.get(lead, lead)) for lead in row.leads)
    if row.wants_upcoming:
        found.append((_("Coming events"), leads))
    if row.channel != Subscription.Channel.CALENDAR:
        if row.wants_changes:
            found.append((_("Changes: moved, cancelled, held, new document"), ""))
        if row.wants_assessments:
            found.append((_("New assessments"), ""))
        if row.wants_handover:
            found.append((_("Handover of the presidency"), leads))
        found.append((_("How often to be told of changes"), _rhythm(row)))
    found.append((_("Hour"), f"{row.hour}:00 ({row.zone})"))
    found.append((_("Language"), row.get_language_display()))
    return [f"{name}: {value}" if value else name for name, value in found]


def _rhythm(row: Subscription) -> str:
    words = str(row.get_digest_display())
    if row.digest == Subscription.Digest.WEEKLY:
        words = f"{words}, {row.get_weekday_display()}"
    if row.digest != Subscription.Digest.NONE and row.digest_when_empty:
        words += ", " + _("also when there is nothing")
    return words
