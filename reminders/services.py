"""What subscribers and curators may do, each a single transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from reminders import clock, guard, links, status, tasks
from reminders.models import (
    Change,
    Delivery,
    Reminder,
    Selection,
    Subscriber,
    Subscription,
    new_nonce,
    new_webhook_secret,
)
from reminders.notices import follow_digest
from reminders.selections import keep
from reminders.timing import next_digest

# Requests to confirm that one address gets in a day, however often the form is sent.
CONFIRMATIONS_A_DAY = 5
LINK_PAUSE = timedelta(hours=1)  # between mails that bring a lost link back
# Subscriptions that one subscriber, and unconfirmed ones that one webhook host, may have.
MOST = 50
_LINKS = 7_204_004  # advisory lock


class TooMany(Exception):
    """The subscriber has as many subscriptions as one may have."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a subscription asks for; `query` is canonical (see `selections.canonical`)."""

    channel: str
    query: str = ""
    url: str = ""
    wants_upcoming: bool = True
    wants_changes: bool = True
    wants_assessments: bool = False
    wants_handover: bool = False
    leads: tuple[int, ...] = (1440, 10080)
    digest: str = Subscription.Digest.NONE
    weekday: int = 0
    hour: int = 9
    digest_when_empty: bool = False
    language: str = "en"
    zone: str = "UTC"

    @property
    def fields(self) -> dict[str, Any]:
        """The columns of a subscription that a subscriber may change at any time."""
        kept = {name: getattr(self, name) for name in self.__slots__}
        for name in ("channel", "query", "url"):
            del kept[name]
        kept["leads"] = sorted(set(self.leads))
        return kept


@transaction.atomic
def subscribe(*, wish: Wish, email: str = "") -> Subscription | None:
    """Keep a wish, unconfirmed, and ask by mail or webhook for confirmation.

    A calendar or feed, which is fetched, begins at once. None when the address was asked too
    often today or has too many subscriptions: the caller says the same as else, because the
    answer would tell who subscribes. None as well when a webhook's host has too many that wait
    for confirmation.
    """
    now = clock.now()
    host = guard.host_of(wish.url) if wish.channel == Subscription.Channel.WEBHOOK else ""
    if host and Subscription.objects.filter(host=host, confirmed_at=None).count() >= MOST:
        return None
    subscriber = _subscriber(email)
    if email and _is_asked_too_often(subscriber, now):
        return None
    subscription = Subscription(
        subscriber=subscriber,
        channel=wish.channel,
        url=wish.url,
        selection=keep(wish.query),
        **wish.fields,
    )
    if host:
        subscription.secret, subscription.host = new_webhook_secret(), host
    subscription.save()
    if wish.channel in {Subscription.Channel.CALENDAR, Subscription.Channel.FEED}:
        confirm(subscription=subscription)
    else:
        _deliver(subscription, Delivery.Kind.CONFIRM)
    return subscription


def _subscriber(email: str) -> Subscriber:
    if not email:
        return Subscriber.objects.create()
    name, _at, host = email.rpartition("@")
    return Subscriber.objects.get_or_create(
        email__iexact=email, defaults={"email": f"{name}@{host.lower()}"}
    )[0]


def _is_asked_too_often(subscriber: Subscriber, now: datetime) -> bool:
    asked = Delivery.objects.filter(
        subscription__subscriber=subscriber,
        kind=Delivery.Kind.CONFIRM,
        created_at__gt=now - timedelta(days=1),
    )
    return asked.count() >= CONFIRMATIONS_A_DAY or subscriber.subscriptions.count() >= MOST


@transaction.atomic
def confirm(*, subscription: Subscription) -> None:
    """Begin a subscription, or begin again one that was switched off; twice is once."""
    row = Subscription.objects.select_for_update().get(pk=subscription.pk)
    if row.is_active:
        return
    row.confirmed_at = row.confirmed_at or clock.now()
    row.disabled_at, row.disabled_reason = None, ""
    _set_digest(row)
    row.save()
    _plan(row)


@transaction.atomic
def change(*, subscription: Subscription, wish: Wish) -> None:
    """Change what an existing subscription asks for. Channel and address stay."""
    row = Subscription.objects.select_for_update().get(pk=subscription.pk)
    for name, value in wish.fields.items():
        setattr(row, name, value)
    row.selection = keep(wish.query)
    _set_digest(row)
    row.save()
    follow_digest(row, clock.now())
    _plan(row)


@transaction.atomic
def switch_off(*, subscription: Subscription, reason: str = "") -> None:
    """Pause a subscription; what is planned for it is dropped."""
    now = clock.now()
    Subscription.objects.filter(pk=subscription.pk, disabled_at=None).update(
        disabled_at=now, disabled_reason=reason, digest_due_at=None
    )
    subscription.reminders.filter(state=Reminder.State.PLANNED).update(
        state=Reminder.State.DROPPED, reason=Reminder.Reason.NOT_WANTED, settled_at=now
    )


@transaction.atomic
def unsubscribe(*, subscription: Subscription) -> None:
    """Delete a subscription, and the address with the last of them."""
    subscriber = subscription.subscriber
    selection = subscription.selection_id
    status.depart([subscription.pk])
    subscription.delete()
    if not subscriber.subscriptions.exists():
        subscriber.delete()
    _forget(selection)


@transaction.atomic
def erase(*, subscriber: Subscriber) -> None:
    """Delete all that is kept of a subscriber. Nothing remains, and nothing says who it was."""
    selections = list(subscriber.subscriptions.values_list("selection", flat=True))
    status.depart(list(subscriber.subscriptions.values_list("pk", flat=True)))
    subscriber.delete()
    for selection in selections:
        _forget(selection)


def _forget(selection: int) -> None:
    Selection.objects.filter(pk=selection, subscriptions=None).delete()


@transaction.atomic
def renew_links(*, subscriber: Subscriber) -> None:
    """End every link that was ever sent or shown; new ones are made of the new nonces."""
    subscriber.nonce = new_nonce()
    subscriber.save(update_fields=["nonce"])
    for subscription in subscriber.subscriptions.all():
        subscription.nonce = new_nonce()
        subscription.save(update_fields=["nonce"])


_LOST_LINK = """
    INSERT INTO reminders_delivery
        (id, kind, subscription_id, channel, host, state, failures, error)
    SELECT gen_random_uuid(), 'link', s.id, 'email', '', 'waiting', 0, ''
    FROM reminders_subscription s JOIN reminders_subscriber p ON p.id = s.subscriber_id
    WHERE lower(p.email) = lower(%(email)s) AND s.channel = 'email' AND s.confirmed_at IS NOT NULL
        AND NOT EXISTS (
            SELECT 1 FROM reminders_delivery d
            JOIN reminders_subscription o ON o.id = d.subscription_id
            WHERE o.subscriber_id = p.id AND d.kind = 'link' AND d.created_at > now() - %(pause)s)
    ORDER BY s.id DESC LIMIT 1
"""


@transaction.atomic
def send_link(*, email: str) -> None:
    """Send a subscriber the link to their page; nothing to an address that never confirmed.

    Says nothing of whether it did, and does the same in either case, in about the same time.
    """
    parameters: dict[str, Any] = {"email": email, "pause": LINK_PAUSE}
    with connection.cursor() as cursor:
        # One request of an address after the other; and who waits for the disk has written.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(lower(%s)))", [_LINKS, email])
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute(_LOST_LINK, parameters)
    tasks.wake()


@transaction.atomic
def send_test(*, subscription: Subscription) -> bool:
    """Send one message now; False within a minute of the last."""
    recent = clock.now() - timedelta(minutes=1)
    if subscription.deliveries.filter(kind="test", created_at__gt=recent).exists():
        return False
    _deliver(subscription, Delivery.Kind.TEST)
    return True


@transaction.atomic
def requeue(*, deliveries: Any) -> int:
    """Give dead letters another full round of attempts; returns how many."""
    now = clock.now()
    ids = list(
        deliveries.filter(state=Delivery.State.DEAD)
        .select_for_update()
        .values_list("pk", flat=True)
    )
    Delivery.objects.filter(pk__in=ids).update(
        state=Delivery.State.WAITING, failures=0, attempt_at=now, settled_at=None
    )
    Reminder.objects.filter(delivery__in=ids).update(
        state=Reminder.State.BUNDLED, reason="", settled_at=None
    )
    tasks.wake()
    return len(ids)


def note_fetch(subscription: Subscription) -> None:
    """Remember the day, once a day: what nobody fetches any more is forgotten."""
    today = clock.now().date()
    if subscription.fetched_on != today:
        Subscription.objects.filter(pk=subscription.pk).update(fetched_on=today)


def export(subscriber: Subscriber) -> dict[str, Any]:
    """All that is kept of a subscriber, for them to take away. Secrets and links stay here."""
    return {
        "email": subscriber.email,
        "since": subscriber.created_at,
        "subscriptions": [
            {
                "channel": row.channel,
                "url": row.url,
                "filter": row.selection.query,
                **{
                    name: getattr(row, name)
                    for name in Wish.__slots__
                    if name not in {"channel", "url", "query"}
                },
                "asked_for_at": row.created_at,
                "confirmed_at": row.confirmed_at,
                "switched_off_at": row.disabled_at,
                "fetched_on": row.fetched_on,
                "reminders": list(
                    row.reminders.values(
                        "kind", "subject", "occurrence", "lead", "due_at", "state", "reason"
                    )
                ),
                "messages": list(
                    row.deliveries.values(
                        "id", "kind", "state", "due_at", "settled_at", "failures", "error"
                    )
                ),
            }
            for row in subscriber.subscriptions.select_related("selection")
        ],
    }


def manage_address(subscription: Subscription) -> str:
    return links.address("manage", subscription.subscriber)


def _set_digest(row: Subscription) -> None:
    wanted = row.digest != Subscription.Digest.NONE and row.is_active
    row.digest_due_at = (
        next_digest(row.digest, row.weekday, row.hour, row.zone, clock.now()) if wanted else None
    )


def _plan(row: Subscription) -> None:
    """Have the next sweep plan for a subscription: in this transaction, by the same queue."""
    Change.objects.create(kind=Change.Kind.SUBSCRIPTION, object_id=row.pk)
    tasks.wake()


def _deliver(row: Subscription, kind: Delivery.Kind) -> None:
    Delivery.objects.create(subscription=row, kind=kind, channel=row.channel, host=row.host)
    tasks.wake()
