"""Subscribing, confirming, changing, leaving: without cookies, and GET changes nothing."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test import Client

from reminders import clock, links, services, sweep
from reminders.messages import Writer
from reminders.models import Delivery, Reminder, Selection, Subscriber, Subscription
from tests import factories as make
from tests.reminders.conftest import Sink, subscription

pytestmark = pytest.mark.django_db

FORM = {
    "channel": "email",
    "email": "reader@example.org",
    "wants_upcoming": "on",
    "wants_changes": "on",
    "leads": ["1440", "10080"],
    "digest": "none",
    "weekday": "0",
    "hour": "9",
    "zone": "Asia/Bishkek",
    "query": "",
}


def path(address: str) -> str:
    return address.removeprefix("http://127.0.0.1:8000")


def ask(client: Client, **changed: Any) -> Any:
    return client.post("/reminders/", {**FORM, **changed})


def counts() -> dict[str, int]:
    return {
        model.__name__: model._base_manager.count()
        for model in apps.get_app_config("reminders").get_models()
        if not model._meta.proxy
    }


def test_form_takes_over_the_filter_of_a_list_and_says_it_in_words(client: Client) -> None:
    state = make.state("KG")
    page = client.get("/reminders/?state=KG&kind=summit&page_size=10")
    text = page.content.decode()
    assert page.status_code == 200
    assert 'name="query" value="kind=summit&amp;state=KG"' in text
    assert state.name in text
    assert page.cookies == {}


def test_unknown_filter_is_refused_by_name(client: Client) -> None:
    page = client.get("/reminders/?sate=KG")
    assert page.status_code == 400
    assert "sate" in page.content.decode()
    assert ask(client, query="sate=KG").status_code == 400
    assert Subscription.objects.count() == 0


def test_subscribing_by_mail_asks_and_sends_nothing_before_it_is_confirmed(
    client: Client,
) -> None:
    response = ask(client)
    assert (response.status_code, response["Location"]) == (303, "/reminders/asked/")
    assert response.cookies == {}
    row = Subscription.objects.get()
    assert (row.confirmed_at, row.zone, row.leads, row.language) == (
        None,
        "Asia/Bishkek",
        [1440, 10080],
        "en",
    )
    assert list(Delivery.objects.values_list("kind", "state")) == [("confirm", "waiting")]
    address = path(links.address("confirm", row))
    assert "Yes, remind me" in client.get(address).content.decode()
    row.refresh_from_db()
    assert row.confirmed_at is None
    response = client.post(address)
    assert response.status_code == 303
    row.refresh_from_db()
    assert row.is_active


@pytest.mark.django_db(transaction=True)
def test_whole_way_from_the_form_to_a_reminder(client: Client, sink: Sink) -> None:
    ask(client)
    sweep.sweep(seconds=5)
    (mail,) = sink.mails
    part = mail.get_body(("plain",))
    assert part is not None
    (address,) = re.findall(r"http://\S+/reminders/confirm/\S+", part.get_content())
    assert "List-Unsubscribe" not in mail
    client.post(path(address))
    soon = (clock.now() + 3 * timedelta(days=1)).date().isoformat()
    make.event(status="announced", date=soon)
    sweep.sweep(seconds=5)
    assert len(sink.mails) == 2


def test_language_of_the_page_is_the_language_of_the_subscription(client: Client) -> None:
    client.post("/ru/reminders/", FORM)
    assert Subscription.objects.get().language == "ru"


def test_known_and_unknown_addresses_get_the_same_answer(client: Client) -> None:
    subscription("known@example.org")
    known = ask(client, email="known@example.org")
    unknown = ask(client, email="unknown@example.org")
    assert (known.status_code, known["Location"], known.content) == (
        unknown.status_code,
        unknown["Location"],
        unknown.content,
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"email": ""}, "Enter an e-mail address."),
        ({"email": "no address"}, "Enter a valid email address."),
        ({"zone": "Mars/Olympus"}, "Mars/Olympus"),
        ({"leads": []}, "Choose how long before."),
        ({"wants_upcoming": "", "wants_changes": ""}, "Choose at least one thing"),
        ({"channel": "webhook", "url": "https://127.0.0.1/"}, "is not on the public internet"),
        ({"channel": "webhook", "url": "ftp://example.org/"}, "must begin with https://"),
        ({"website": "x"}, "a program filling in the form"),
        ({"hour": "24"}, "24"),
    ],
)
def test_wrong_input_is_refused_at_its_field(
    client: Client, changed: dict[str, Any], said: str
) -> None:
    response = ask(client, **changed)
    assert response.status_code == 400
    assert said in response.content.decode()
    assert Subscription.objects.count() == 0


def test_a_thousand_gets_of_every_link_change_nothing(client: Client) -> None:
    row = subscription()
    waiting = subscription("b@example.org", confirmed_at=None)
    pages = [
        path(links.address("manage", row.subscriber)),
        path(links.address("confirm", waiting)),
        path(links.address("unsubscribe", row)),
        path(links.address("manage", row.subscriber)) + f"{row.pk}/",
        path(links.address("manage", row.subscriber)) + "export.json",
    ]
    before = (counts(), list(Subscription.objects.values()), list(Subscriber.objects.values()))
    for number in range(1000):
        response = client.get(pages[number % len(pages)])
        assert response.status_code == 200
        assert response.cookies == {}
    after = (counts(), list(Subscription.objects.values()), list(Subscriber.objects.values()))
    assert after == before


def test_links_stay_out_of_caches_search_engines_and_referers(client: Client) -> None:
    response = client.get(path(links.address("manage", subscription().subscriber)))
    assert response["Cache-Control"] == "private, no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex"


def test_one_click_unsubscribes_without_session_or_redirect_and_twice_is_once() -> None:
    row = subscription()
    address = path(links.address("unsubscribe", row))
    client = Client(enforce_csrf_checks=True)
    for _ in range(2):
        response = client.post(address, {"List-Unsubscribe": "One-Click"})
        assert response.status_code == 200
        assert response.cookies == {}
    assert Subscriber.objects.count() == 0


def test_token_of_one_purpose_or_row_opens_no_other(client: Client) -> None:
    row, other = subscription(), subscription("b@example.org")
    stolen = links.token("unsubscribe", row)
    number, _, signature = stolen.partition("-")
    assert client.get(f"/reminders/confirm/{stolen}/").status_code == 404
    assert client.get(f"/reminders/manage/{stolen}/").status_code == 404
    client.post(f"/reminders/unsubscribe/{other.pk}-{signature}/")
    client.post(f"/reminders/unsubscribe/{number}-{'0' * 40}/")
    client.post("/reminders/unsubscribe/x/")
    assert Subscription.objects.count() == 2


def test_new_links_end_the_old_ones(client: Client) -> None:
    row = subscription()
    old = path(links.address("manage", row.subscriber))
    stop = path(links.address("unsubscribe", row))
    response = client.post(old, {"action": "renew"})
    assert client.get(old).status_code == 404
    client.post(stop)
    assert Subscription.objects.count() == 1
    assert client.get(response["Location"]).status_code == 200


def test_page_of_a_subscriber_pauses_resumes_tests_and_deletes(client: Client) -> None:
    row = subscription()
    page = path(links.address("manage", row.subscriber))
    client.post(page, {"action": "pause", "subscription": row.pk})
    row.refresh_from_db()
    assert not row.is_active
    client.post(page, {"action": "resume", "subscription": row.pk})
    row.refresh_from_db()
    assert row.is_active
    client.post(page, {"action": "test", "subscription": row.pk})
    client.post(page, {"action": "test", "subscription": row.pk})
    assert list(Delivery.objects.values_list("kind", flat=True)) == ["test"]
    client.post(page, {"action": "delete", "subscription": row.pk})
    assert Subscriber.objects.count() == 0


def test_page_of_a_subscriber_reaches_no_other_subscriber(client: Client) -> None:
    row, other = subscription(), subscription("b@example.org")
    page = path(links.address("manage", row.subscriber))
    assert client.post(page, {"action": "delete", "subscription": other.pk}).status_code == 404
    assert client.get(f"{page}{other.pk}/").status_code == 404
    assert Subscription.objects.count() == 2


def test_unconfirmed_subscription_cannot_be_resumed(client: Client) -> None:
    row = subscription(confirmed_at=None)
    page = path(links.address("manage", row.subscriber))
    assert client.post(page, {"action": "resume", "subscription": row.pk}).status_code == 404


def test_change_is_saved_and_planned_anew(client: Client) -> None:
    make.event(status="announced", date=(clock.now() + timedelta(days=60)).date().isoformat())
    row = subscription(wants_changes=False)
    page = f"{path(links.address('manage', row.subscriber))}{row.pk}/"
    shown = client.get(page).content.decode()
    assert 'value="1440" id="id_leads_1" checked' in shown
    response = client.post(page, {**FORM, "leads": ["43200"], "query": "kind=summit"})
    assert response.status_code == 303
    sweep.prepare()
    row.refresh_from_db()
    assert (row.leads, row.selection.query) == ([43200], "kind=summit")
    assert list(Reminder.objects.values_list("lead", "state")) == [(43200, "planned")]


def test_page_and_request_to_confirm_say_all_that_is_asked_for(client: Client) -> None:
    ask(client, wants_handover="on", digest="weekly", weekday="2", digest_when_empty="on")
    row = Subscription.objects.get()
    mail = Writer().write(Delivery.objects.get(), clock.now())
    assert isinstance(mail, EmailMultiAlternatives)
    texts = [mail.body, str(mail.alternatives[0].content)]  # type: ignore[attr-defined]
    for name, asked in (("confirm", row), ("manage", row.subscriber)):
        texts.append(client.get(path(links.address(name, asked))).content.decode())
    for text in texts:
        assert "Coming events: 1 day before, 7 days before" in text
        assert "Handover of the presidency: 1 day before" in text
        assert "Weekly, Wednesday, also when there is nothing" in text
        assert "9:00 (Asia/Bishkek)" in text
        assert "Language: English" in text


def test_language_is_changed_on_the_page_of_a_subscription(client: Client) -> None:
    row = subscription()
    edit = f"{path(links.address('manage', row.subscriber))}{row.pk}/"
    assert '<option value="en" selected>' in client.get(edit).content.decode()
    client.post(edit, {**FORM, "language": "ru"})
    row.refresh_from_db()
    assert row.language == "ru"


def test_what_waits_for_a_digest_follows_the_digest(client: Client) -> None:
    weekly = clock.now() + timedelta(days=6)
    row = subscription(digest="weekly", digest_due_at=weekly)
    make.event(status="announced", date=(clock.now() + timedelta(days=40)).date().isoformat())
    sweep.prepare()
    notice = row.reminders.get(kind="change")
    assert notice.due_at == weekly
    edit = f"{path(links.address('manage', row.subscriber))}{row.pk}/"
    for digest in ("daily", "none"):
        client.post(edit, {**FORM, "digest": digest})
        row.refresh_from_db()
        notice.refresh_from_db()
        assert notice.due_at == row.digest_due_at or (
            row.digest_due_at is None and notice.due_at <= clock.now()
        )


def test_export_has_everything_but_secrets(client: Client) -> None:
    row = subscription(query="kind=summit")
    make.event(status="announced", date=(clock.now() + timedelta(days=60)).date().isoformat())
    sweep.prepare()
    page = path(links.address("manage", row.subscriber)) + "export.json"
    found = json.loads(client.get(page).content)
    assert found["email"] == "reader@example.org"
    (kept,) = found["subscriptions"]
    assert (kept["channel"], kept["filter"], kept["leads"]) == ("email", "kind=summit", [1440])
    assert [one["kind"] for one in kept["reminders"]] == ["change", "upcoming"]
    assert row.nonce not in json.dumps(found)


def test_erased_address_is_found_nowhere_in_the_database(client: Client) -> None:
    address = "canary-7f3a@example.org"
    row = subscription(address, query="kind=summit")
    make.event(status="announced", date=(clock.now() + timedelta(days=2)).date().isoformat())
    sweep.prepare()
    services.send_test(subscription=row)
    assert found_in_database("canary-7f3a") == ["reminders_subscriber"]
    page = path(links.address("manage", row.subscriber))
    client.post(page, {"action": "erase"})
    assert found_in_database("canary-7f3a") == []
    for model in (Subscriber, Subscription, Reminder, Delivery, Selection):
        assert model._base_manager.count() == 0


def found_in_database(text: str) -> list[str]:
    """The tables, those of histories included, with a row in which a text stands."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [row[0] for row in cursor.fetchall()]
        found = []
        for table in tables:
            name = connection.ops.quote_name(table)
            cursor.execute(
                f"SELECT EXISTS (SELECT 1 FROM {name} t WHERE t::text LIKE %s)",  # noqa: S608
                [f"%{text}%"],
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def test_calendar_has_the_chosen_events_with_alarms(client: Client) -> None:
    ask(client, channel="calendar", email="", query="kind=summit")
    row = Subscription.objects.get()
    assert row.is_active
    make.event(kind="exercise", status="announced", date="2027-03-01")
    event = make.event(status="announced", date="2027-06-15", is_published=True)
    make.event(status="announced", date="2027-06-16", is_published=False)
    response = client.get(path(links.address("calendar", row)))
    text = response.content.decode()
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert re.findall(r"^UID:(.*)@", text, re.MULTILINE) == [event.slug]
    assert re.findall(r"^TRIGGER:(.*)\r$", text, re.MULTILINE) == ["-PT15H", "-P6DT15H"]


def test_calendar_and_feed_are_offered_in_the_ways_that_programs_subscribe(client: Client) -> None:
    ask(client, channel="calendar", email="")
    row = Subscription.objects.get()
    page = client.get(path(links.address("manage", row.subscriber))).content.decode()
    address = links.address("calendar", row)
    assert f'href="{address.replace("http://", "webcal://")}"' in page
    assert f">{address}</a>" in page
