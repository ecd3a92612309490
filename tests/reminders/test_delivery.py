"""From due to sent: bundles, what is still true by then, digests; what a mail looks like."""

import re
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.test import Client

from events.models import Event
from reminders import clock, links, services, sweep
from reminders.models import Delivery, Reminder, Subscription
from tests import factories as make
from tests.reminders.conftest import Sink, deliver, due_events, subscription

pytestmark = pytest.mark.django_db(transaction=True)

MINUTE = timedelta(minutes=1)


def body(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_what_falls_together_is_one_mail(sink: Sink) -> None:
    subscription(wants_changes=False)
    events = due_events(3)
    sweep.sweep(seconds=5)
    (mail,) = sink.mails
    assert [event.title in body(mail) for event in events] == [True] * 3
    assert list(Reminder.objects.values_list("state", flat=True)) == ["sent"] * 3
    sent = Delivery.objects.get()
    assert (sent.state, mail["Message-ID"]) == ("sent", f"<{sent.pk}@127.0.0.1>")


def test_mail_has_both_forms_the_reason_the_sources_and_ways_out(sink: Sink) -> None:
    row = subscription(wants_changes=False, query="kind=summit")
    (event,) = due_events(date_note="day of the report", place="Bishkek")
    source = event.sources.get()
    sweep.sweep(seconds=5)
    (mail,) = sink.mails
    unsubscribe = links.address("unsubscribe", row)
    assert mail["List-Unsubscribe"].strip() == f"<{unsubscribe}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for form in ("plain", "html"):
        text = body(mail, form)
        for said in (
            event.title,
            "day of the report",
            "Bishkek",
            source.url,
            f"/events/{event.slug}/",
            "You receive this because you asked for it",
            "Kind: ",
            "Summit",
            links.address("manage", row.subscriber),
            unsubscribe,
        ):
            assert said in text, (form, said)
    assert 'lang="en"' in body(mail, "html")
    assert "prefers-color-scheme: dark" in body(mail, "html")


def test_mail_is_in_the_language_and_zone_of_the_subscriber(sink: Sink) -> None:
    subscription(wants_changes=False, language="ru", zone="Asia/Yerevan")
    (event,) = due_events(start_time="10:00", time_zone="Asia/Bishkek")
    sweep.sweep(seconds=5)
    (mail,) = sink.mails
    text = body(mail)
    assert event.title_ru in text
    assert "10:00 (Asia/Bishkek)" in text
    assert "08:00 (Asia/Yerevan)" in text
    assert "/ru/reminders/manage/" in text


def test_late_reminder_says_so(sink: Sink) -> None:
    subscription(wants_changes=False)
    due_events()
    Reminder.objects.update(due_at=clock.now() - timedelta(hours=3))
    sweep.sweep(seconds=5)
    assert "Late: this was due on" in body(sink.mails[0])


def test_event_withdrawn_between_bundling_and_sending_is_not_sent(sink: Sink) -> None:
    subscription(wants_changes=False)
    (event,) = due_events()
    sweep.prepare()
    Event.objects.filter(pk=event.pk).update(is_published=False)
    deliver(5)
    assert sink.mails == []
    assert Delivery.objects.get().state == "dropped"


def test_subscription_deleted_meanwhile_gets_nothing(sink: Sink) -> None:
    row = subscription(wants_changes=False)
    due_events()
    sweep.prepare()
    services.unsubscribe(subscription=row)
    sweep.sweep(seconds=5)
    assert sink.mails == []


def test_digest_lists_what_is_ahead_and_is_silent_when_there_is_nothing(sink: Sink) -> None:
    full = subscription("a@example.org", digest="daily", digest_due_at=clock.now(), leads=[])
    subscription("b@example.org", digest="daily", digest_due_at=clock.now(), query="kind=exercise")
    subscription(
        "c@example.org",
        digest="daily",
        digest_due_at=clock.now(),
        query="kind=exercise",
        digest_when_empty=True,
    )
    soon = (clock.now() + timedelta(days=3)).date().isoformat()
    event = make.event(status="announced", date=soon)
    sweep.sweep(seconds=5)
    assert {mail["To"] for mail in sink.mails} == {"a@example.org", "c@example.org"}
    assert event.title in body(sink.to("a@example.org")[0])
    assert "There is nothing new" in body(sink.to("c@example.org")[0])
    full.refresh_from_db()
    assert full.digest_due_at is not None
    assert clock.now() < full.digest_due_at < clock.now() + timedelta(days=1, minutes=1)
    assert len(sink.to("a@example.org")) == 1


def test_missed_digests_are_sent_once(sink: Sink) -> None:
    subscription(
        digest="daily", digest_due_at=clock.now() - timedelta(days=5), digest_when_empty=True
    )
    sweep.sweep(seconds=5)
    sweep.sweep(seconds=5)
    assert len(sink.mails) == 1


def test_forged_host_is_in_no_mail(sink: Sink) -> None:
    response = Client().post(
        "/reminders/",
        {"channel": "email", "email": "x@example.org"},
        headers={"host": "evil.example"},
    )
    assert response.status_code == 400
    subscription(wants_changes=False)
    due_events()
    sweep.sweep(seconds=5)
    hosts = set(re.findall(r"https?://([^/\s\"<>]+)", body(sink.mails[0])))
    assert {host.rstrip(".") for host in hosts} == {"127.0.0.1:8000", "example.org"}


def test_feed_has_what_became_due() -> None:
    row = subscription(channel="feed", wants_changes=False)
    (event,) = due_events()
    sweep.prepare()
    assert Delivery.objects.count() == 0
    page = Client().get(links.address("feed", row).removeprefix("http://127.0.0.1:8000"))
    assert page.status_code == 200
    assert event.title in page.content.decode()
    assert Subscription.objects.get().reminders.get().state == "sent"
