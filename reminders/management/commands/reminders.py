"""What is due, a test to oneself, and why somebody did or did not get a reminder."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from events.models import Event
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
        commands.add_parser("sweep", help="sweep once, now")

    def handle(self, *args: Any, **options: Any) -> None:
        match options["command"]:
            case "due":
                self._due(options["days"])
            case "test":
                self._test(_subscriptions(options["address"]))
            case "why":
                event = Event.objects.filter(slug=options["event"]).first()
                if event is None:
                    raise CommandError(f"There is no event {options['event']!r}.")
                for subscription in _subscriptions(options["address"]):
                    for line in _why(subscription, event):
                        self.stdout.write(f"subscription {subscription.pk}: {line}")
            case "sweep":
                more = sweep.sweep()
                self.stdout.write("swept; more is left" if more else "swept")

    def _due(self, days: int) -> None:
        now = clock.now()
        planned = Reminder.objects.filter(state=Reminder.State.PLANNED)
        self.stdout.write(f"last sweep ended: {sweep.last() or 'never'}")
        self.stdout.write(f"changes to plan for: {Change.objects.count()}")
        self.stdout.write(f"reminders due now: {planned.filter(due_at__lte=now).count()}")
        for state in (Delivery.State.WAITING, Delivery.State.DEAD):
            count = Delivery.objects.filter(state=state).count()
            self.stdout.write(f"messages {state.label.lower()}: {count}")
        self.stdout.write(f"in the coming {days} days:")
        coming = planned.filter(due_at__gt=now, due_at__lte=now + timedelta(days=days))
        for row in coming.order_by("due_at")[:200]:
            self.stdout.write(
                f"  {row.due_at:%Y-%m-%d %H:%M} UTC  subscription {row.subscription_id}"
                f"  {row.subject} ({row.occurrence}), {row.lead} minutes before"
            )

    def _test(self, subscriptions: list[Subscription]) -> None:
        for subscription in subscriptions:
            if not subscription.is_active:
                self.stdout.write(f"subscription {subscription.pk}: not active, nothing sent")
            elif subscription.channel not in {"email", "webhook"}:
                self.stdout.write(f"subscription {subscription.pk}: is fetched, not sent")
            elif services.send_test(subscription=subscription):
                self.stdout.write(f"subscription {subscription.pk}: a test is on its way")
            else:
                self.stdout.write(f"subscription {subscription.pk}: a test was sent a minute ago")


def _subscriptions(address: str) -> list[Subscription]:
    rows = Subscription.objects.select_related("selection", "subscriber")
    found = list(
        rows.filter(pk=address)
        if address.isdecimal()
        else rows.filter(subscriber__email__iexact=address)
    )
    if not found:
        raise CommandError(f"Nobody subscribes as {address!r}.")
    return found


def _why(subscription: Subscription, event: Event) -> list[str]:
    """Everything that bears on whether this subscription hears of this event."""
    lines = []
    if subscription.confirmed_at is None:
        lines.append("never confirmed, so nothing is sent")
    if subscription.disabled_at is not None:
        lines.append(
            f"switched off on {subscription.disabled_at:%Y-%m-%d %H:%M} UTC:"
            f" {subscription.disabled_reason or 'by the subscriber'}"
        )
    if not event.is_published:
        lines.append("the event is a draft")
    elif event.pk not in matching_events(subscription.selection, [event.pk]):
        error = subscription.selection.error
        lines.append(error or f"the filter does not choose the event: {subscription.selection}")
    if event.status not in Event.PLANNED:
        lines.append(f"the event is {event.status}, so nothing is planned ahead of it")
    if not subscription.wants_upcoming:
        lines.append("coming events are not asked for")
    if subscription.channel == Subscription.Channel.CALENDAR:
        lines.append(
            "a calendar is fetched: nothing is sent, its alarms ring in the calendar program"
        )
    if Change.objects.filter(kind__in=["event", "document"], object_id=event.pk).exists():
        lines.append("a change of the event waits to be planned for")
    rows = subscription.reminders.filter(subject=event_subject(event.pk)).select_related("delivery")
    lines += [_line(row) for row in rows.order_by("due_at", "pk")]
    if not rows:
        lines.append(
            f"no reminder was planned: leads {subscription.leads}, event {event.date},"
            f" subscribed since {subscription.confirmed_at:%Y-%m-%d %H:%M} UTC"
            if subscription.confirmed_at
            else "no reminder was planned"
        )
    return lines


def _line(row: Reminder) -> str:
    what = f"{row.kind} of {row.occurrence}, {row.lead} minutes before"
    text = f"{what}, due {row.due_at:%Y-%m-%d %H:%M} UTC: {row.state}"
    if row.reason:
        text += f" ({row.get_reason_display()})"
    if row.delivery is not None:
        text += (
            f"; message {row.delivery.pk} {row.delivery.state}, {row.delivery.failures} failures"
        )
        if row.delivery.error:
            text += f", last error: {row.delivery.error}"
    return text
