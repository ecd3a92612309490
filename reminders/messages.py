"""A delivery as a message to send: rendered anew at each attempt, under an id that stays."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from reminders import curators, links
from reminders.items import Item, Record, coming, items_of
from reminders.models import Delivery, Reminder, Subscription
from reminders.selections import Condition, in_words
from reminders.webhook import Call
from reminders.wishes import in_words as in_words_of_wishes

Message = EmailMessage | Call
_PLACE = f"place-{secrets.token_hex(8)}"


class NothingToSay(Exception):
    """All that a delivery would have said was withdrawn, or there is nothing new."""


class Writer:
    """Writes the messages of deliveries. What many of them say is read and rendered once."""

    def __init__(self) -> None:
        self._record = Record()

    def write(self, delivery: Delivery, now: datetime) -> Message:
        """The message of a delivery. Raises NothingToSay."""
        subscription = delivery.subscription
        is_off = subscription is not None and subscription.disabled_at is not None
        if is_off and delivery.kind != Delivery.Kind.LINK:
            raise NothingToSay
        return self.draft(delivery, now)

    def draft(self, delivery: Delivery, now: datetime) -> Message:
        """The same, of a subscription that is switched off as well."""
        subscription = delivery.subscription
        if subscription is None:
            return _to_curator(delivery, now)
        reminders = list(delivery.reminders.all())
        draft = Draft(delivery, subscription, now, self._record, _key(delivery, reminders))
        with translation.override(subscription.language):
            match delivery.kind:
                case Delivery.Kind.CONFIRM:
                    return _confirm(draft)
                case Delivery.Kind.LINK:
                    return _mail(draft, _("The link to your reminders"), "link", {})
                case Delivery.Kind.TEST:
                    return _test(draft)
            return _reminders(draft, reminders)


def without_links(delivery: Delivery, now: datetime) -> str:
    """What a delivery says, for curators: address and signed links are the subscriber's own.

    Empty when there is nothing left to say.
    """
    try:
        message = Writer().draft(delivery, now)
    except NothingToSay:
        return ""
    if isinstance(message, Call):
        text = orjson.dumps(orjson.loads(message.body), option=orjson.OPT_INDENT_2).decode()
    else:
        text = f"{message.subject}\n\n{message.body}"
    return links.TOKEN.sub("…", text)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a message to a subscriber is made of. What has the same key says the same."""

    delivery: Delivery
    subscription: Subscription
    now: datetime
    record: Record
    key: tuple[Any, ...]

    @property
    def conditions(self) -> list[Condition]:
        query = self.subscription.selection.query
        key = (self.subscription.language, query)
        return self.record.once("conditions", key, lambda: in_words(query))


def _key(delivery: Delivery, reminders: list[Reminder]) -> tuple[Any, ...]:
    """All that the words of a message depend on, but for the links that are the subscriber's."""
    row = delivery.subscription
    if row is None or delivery.kind != Delivery.Kind.REMINDERS:
        return (delivery.pk,)
    return (
        *(row.language, row.zone, row.selection_id, row.digest, row.created_at.date()),
        *(
            (one.kind, one.subject, one.day is None, one.due_at, orjson.dumps(one.data))
            for one in reminders
        ),
    )


def message_id(delivery: Delivery) -> str:
    """The Message-ID: the same at each attempt, so that a mail that came twice is seen as one."""
    return f"<{delivery.id}@{links.site_host()}>"


def _reminders(draft: Draft, reminders: list[Reminder]) -> Message:
    subscription, now, record = draft.subscription, draft.now, draft.record
    items = record.once("items", draft.key, lambda: items_of(reminders, subscription, now, record))
    ahead: list[Item] = []
    if any(reminder.kind == Reminder.Kind.DIGEST for reminder in reminders):
        # What runs for years is in every digest, and alone no reason for one.
        told = {(item.kind, item.key) for item in items}
        near = coming(subscription, now, record)
        ahead = [item for item in near if (item.kind, item.key) not in told]
        is_news = items or any(item.begins and item.begins >= now.date() for item in near)
        if not is_news and not subscription.digest_when_empty:
            raise NothingToSay
    elif not items:
        raise NothingToSay
    if subscription.channel == Subscription.Channel.WEBHOOK:
        data = {
            "items": [item_data(item) for item in items],
            "coming": [item_data(item) for item in ahead],
        }
        return _call(draft, "reminder", data)
    context = {"items": items, "ahead": ahead, "level_ahead": 3 if items else 2}
    return _mail(draft, subject_of(items, ahead), "reminders", context)


def subject_of(items: list[Item], ahead: list[Item]) -> str:
    if not items:
        return _("Coming events")
    first = items[0].title
    if len(items) == 1:
        return f"{first}: {items[0].lines[0].rstrip('.')}" if items[0].lines else first
    rest = len(items) - 1
    return ngettext("%(title)s and %(count)d more", "%(title)s and %(count)d more", rest) % {
        "title": first,
        "count": rest,
    }


def item_data(item: Item) -> dict[str, Any]:
    """An item as webhooks give it; dates are EDTF, as precise as their source."""
    return {
        "type": item.kind,
        "key": item.key,
        "title": item.title,
        "url": item.url,
        "date": item.date,
        "when": item.when,
        "status": item.status,
        "messages": item.said,
        "late": item.late,
        "due_at": item.due_at.isoformat() if item.due_at else None,
        "sources": [{"title": source.title, "url": source.url} for source in item.sources],
    }


def _confirm(draft: Draft) -> Message:
    address = links.address("confirm", draft.subscription)
    if draft.subscription.channel == Subscription.Channel.WEBHOOK:
        conditions = [condition._asdict() for condition in draft.conditions]
        data = {"confirm_url": address, "conditions": conditions}
        return _call(draft, "subscription.confirm", data)
    context = {"confirm_url": address, "wishes": in_words_of_wishes(draft.subscription)}
    return _mail(draft, _("Please confirm your reminders"), "confirm", context)


def _test(draft: Draft) -> Message:
    if draft.subscription.channel == Subscription.Channel.WEBHOOK:
        return _call(draft, "test", {})
    ahead = coming(draft.subscription, draft.now, draft.record)
    context = {"items": [], "ahead": ahead, "is_test": True, "level_ahead": 3}
    return _mail(draft, _("Test of your reminders"), "reminders", context)


def _to_curator(delivery: Delivery, now: datetime) -> EmailMessage:
    """The day's work for a curator, in each language: an account has none of its own."""
    curator = delivery.curator
    if curator is None or not curator.is_active:
        raise NothingToSay
    parts, subjects = [], []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            start = settings.SITE_URL + reverse("admin:index")
            parts.append((language, curators.work_of(curator, now.date()), start))
            subjects.append(_("Work for curators"))
    if not parts[0][1]:
        raise NothingToSay
    context: dict[str, Any] = {
        "subject": " · ".join(subjects),
        "language": get_language(),
        "parts": parts,
        "site_url": settings.SITE_URL,
    }
    message = EmailMultiAlternatives(
        subject=context["subject"],
        body=render_to_string("reminders/mail/curator.txt", context),
        to=[curator.email],
        headers={"Message-ID": message_id(delivery), "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(
        render_to_string("reminders/mail/curator.html", context), "text/html"
    )
    return message


def _call(draft: Draft, name: str, data: dict[str, Any]) -> Call:
    body = {"type": name, "timestamp": draft.now.astimezone(UTC).isoformat(), "data": data}
    return Call(
        draft.subscription.url,
        f"msg_{draft.delivery.id.hex}",
        draft.subscription.secret,
        orjson.dumps(body),
        draft.now,
    )


def _mail(draft: Draft, subject: str, template: str, context: dict[str, Any]) -> EmailMessage:
    subscription = draft.subscription
    links_of_reader = {
        "manage_url": links.address("manage", subscription.subscriber),
        "unsubscribe_url": links.address("unsubscribe", subscription),
    }
    texts = draft.record.once(
        "texts", (template, draft.key), lambda: _rendered(draft, subject, template, context)
    )
    for name, address in links_of_reader.items():
        texts = tuple(text.replace(_place_of(name), address) for text in texts)
    text, html = texts
    message = EmailMultiAlternatives(
        subject=" ".join(subject.split())[:200],
        body=text,
        to=[subscription.subscriber.email],
        headers={
            "Message-ID": message_id(draft.delivery),
            "Auto-Submitted": "auto-generated",
            "Content-Language": subscription.language,
        },
    )
    if template not in {"confirm", "link"}:
        message.extra_headers |= {
            "List-Unsubscribe": f"<{links_of_reader['unsubscribe_url']}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    message.attach_alternative(html, "text/html")
    return message


def _rendered(
    draft: Draft, subject: str, template: str, context: dict[str, Any]
) -> tuple[str, ...]:
    """Text and HTML with a place for each link that differs from reader to reader."""
    places = {name: _place_of(name) for name in ("manage_url", "unsubscribe_url")}
    context |= {
        "subject": subject,
        "language": draft.subscription.language,
        "asked_on": draft.subscription.created_at,
        "conditions": draft.conditions,
        "site_url": settings.SITE_URL,
        **places,
    }
    names = [f"reminders/mail/{template}.{form}" for form in ("txt", "html")]
    return tuple(render_to_string(name, context) for name in names)


def _place_of(name: str) -> str:
    """No text of the record can have it in it: it is made anew with each process."""
    return f"{_PLACE}-{name}"
