"""What is due, a test to oneself, and why somebody did or did not get a reminder."""

from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from events.models import Event
from publishing import language
from reminders import clock, services, sweep
from reminders.models import Change, Delivery, Reminder, Subscription
from reminders.planning import event_subject
from reminders.selections import matching_events


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        due = commands.add_parser("due", help="what is queued, due and coming")
        due.add_argument("--days", type=int, default=7)
        test = commands.add_parser("test", help="send a test to the subscriptions of an address")
        test.add_argument("address", help="e-mail address, or the number of a subscription")
        why = commands.add_parser("why", help="why an address did or did not get a reminder")
        why.add_argument("address", help="e-mail address, or the number of a subscription")
        why.add_argument("event", help="key (slug) of the event")
        for command in (due, test, why, commands.add_parser("sweep", help="sweep once, now")):
            language.add_argument(command)

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            match options["command"]:
                case "due":
                    self._due(options["days"])
                case "test":
                    self._test(_subscriptions(options["address"]))
                case "why":
                    self._why(options["address"], options["event"])
                case "sweep":
                    more = sweep.sweep()
                    self.stdout.write(_("swept; more is left") if more else _("swept"))

    def _due(self, days: int) -> None:
        now = clock.now()
        planned = Reminder.objects.filter(state=Reminder.State.PLANNED)
        last = sweep.last()
        counts: dict[str, Any] = {
            _("last sweep ended"): _moment(last) if last else _("never"),
            _("changes to plan for"): Change.objects.count(),
            _("reminders due now"): planned.filter(due_at__lte=now).count(),
            _("messages waiting"): Delivery.objects.filter(state=Delivery.State.WAITING).count(),
            _("messages given up"): Delivery.objects.filter(state=Delivery.State.DEAD).count(),
        }
        for name, count in counts.items():
            self.stdout.write(f"{name}: {count}")
        self.stdout.write(_("in the coming days (%(days)d):") % {"days": days})
        coming = planned.filter(due_at__gt=now, due_at__lte=now + timedelta(days=days))
        for row in coming.order_by("due_at")[:200]:
            receiver = _name(row.subscription_id)
            self.stdout.write(f"  {_moment(row.due_at)}  {receiver}  {row.subject}, {_what(row)}")

    def _test(self, subscriptions: list[Subscription]) -> None:
        for subscription in subscriptions:
            if not subscription.is_active:
                said = _("not active, nothing sent")
            elif subscription.channel not in {"email", "webhook"}:
                said = _("is fetched, not sent")
            elif services.send_test(subscription=subscription):
                said = _("a test is on its way")
            else:
                said = _("a test was sent a minute ago")
            self.stdout.write(f"{_name(subscription.pk)}: {said}")

    def _why(self, address: str, slug: str) -> None:
        event = Event.objects.filter(slug=slug).first()
        if event is None:
            raise CommandError(_("There is no event “%(key)s”.") % {"key": slug})
        for subscription in _subscriptions(address):
            for line in _why(subscription, event):
                self.stdout.write(f"{_name(subscription.pk)}: {line}")


def _name(number: int) -> str:
    return _("subscription %(number)d") % {"number": number}


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _subscriptions(address: str) -> list[Subscription]:
    rows = Subscription.objects.select_related("selection", "subscriber")
    found = list(
        rows.filter(pk=address)
        if address.isdecimal()
        else rows.filter(subscriber__email__iexact=address)
    )
    if not found:
        raise CommandError(_("Nobody subscribes as “%(address)s”.") % {"address": address})
    return found


def _why(subscription: Subscription, event: Event) -> list[str]:
    """Everything that bears on whether this subscription hears of this event."""
    lines = [*_of_subscription(subscription), *_of_event(subscription, event)]
    if Change.objects.filter(kind__in=["event", "document"], object_id=event.pk).exists():
        lines.append(_("a change of the event waits to be planned for"))
    rows = subscription.reminders.filter(subject=event_subject(event.pk)).select_related("delivery")
    lines += [_line(row) for row in rows.order_by("due_at", "pk")]
    if not rows:
        lines.append(_not_planned(subscription, event))
    return lines


def _of_subscription(subscription: Subscription) -> list[str]:
    lines = []
    if subscription.confirmed_at is None:
        lines.append(_("never confirmed, so nothing is sent"))
    if subscription.disabled_at is not None:
        lines.append(
            _("switched off on %(moment)s: %(reason)s")
            % {
                "moment": _moment(subscription.disabled_at),
                "reason": subscription.disabled_reason or _("by the subscriber"),
            }
        )
    if not subscription.wants_upcoming:
        lines.append(_("coming events are not asked for"))
    if subscription.channel == Subscription.Channel.CALENDAR:
        lines.append(
            _("a calendar is fetched: nothing is sent, its alarms ring in the calendar program")
        )
    return lines


def _of_event(subscription: Subscription, event: Event) -> list[str]:
    lines = []
    if not event.is_published:
        lines.append(_("the event is a draft"))
    elif event.pk not in matching_events(subscription.selection, [event.pk]):
        chosen = {"filter": subscription.selection}
        lines.append(
            subscription.selection.error
            or _("the filter does not choose the event: %(filter)s") % chosen
        )
    if event.status not in Event.PLANNED:
        status = {"status": event.get_status_display()}
        lines.append(
            _("nothing is planned ahead of an event with this status: %(status)s") % status
        )
    return lines


def _not_planned(subscription: Subscription, event: Event) -> str:
    if subscription.confirmed_at is None:
        return _("no reminder was planned")
    return _(
        "no reminder was planned: minutes before %(leads)s, event %(date)s, subscribed since"
        " %(moment)s"
    ) % {
        "leads": subscription.leads,
        "date": event.date,
        "moment": _moment(subscription.confirmed_at),
    }


def _what(row: Reminder) -> str:
    return _("%(kind)s (%(occurrence)s), minutes before: %(lead)d") % {
        "kind": row.get_kind_display(),
        "occurrence": row.occurrence,
        "lead": row.lead,
    }


def _line(row: Reminder) -> str:
    text = _("%(what)s, due %(moment)s: %(state)s") % {
        "what": _what(row),
        "moment": _moment(row.due_at),
        "state": row.get_state_display(),
    }
    if row.reason:
        text += f" ({row.get_reason_display()})"
    if row.delivery is not None:
        text += "; " + _("message %(id)s: %(state)s, failures: %(failures)d") % {
            "id": row.delivery.pk,
            "state": row.delivery.get_state_display(),
            "failures": row.delivery.failures,
        }
        if row.delivery.error:
            text += ", " + _("last error: %(error)s") % {"error": row.delivery.error}
    return text
