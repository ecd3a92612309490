"""A lost link is sent again: to those who subscribe, and nobody else learns who does."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from reminders import clock, services, sweep
from reminders.models import Delivery, Subscription
from tests.reminders.conftest import Sink, subscription

pytestmark = pytest.mark.django_db


def ask(client: Client, email: str = "reader@example.org", **more: str) -> Any:
    return client.post("/reminders/link/", {"email": email, **more})


def sent() -> list[Subscription]:
    rows = Delivery.objects.filter(kind="link").select_related("subscription")
    return [row.subscription for row in rows.order_by("created_at") if row.subscription]


@pytest.mark.parametrize(("prefix", "words"), [("", "Send the link"), ("/ru", "Прислать ссылку")])
def test_form_is_linked_from_the_page_for_new_ones(client: Client, prefix: str, words: str) -> None:
    path = f"{prefix}/reminders/link/"
    assert f'href="{path}"' in client.get(f"{prefix}/reminders/").content.decode()
    page = client.get(path)
    assert (page.status_code, page.cookies) == (200, {})
    assert words in page.content.decode()
    assert Delivery.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("options", [{}, {"disabled_at": clock.now}])
def test_mail_brings_the_page_back(client: Client, sink: Sink, options: dict[str, Any]) -> None:
    """Who paused a subscription, or whose mails came back for a time, may want to resume it."""
    row = subscription(language="ru", **{name: make() for name, make in options.items()})
    assert ask(client, "Reader@Example.org").status_code == 303
    sweep.sweep(seconds=5)
    (mail,) = sink.mails
    assert (mail["To"], mail["Content-Language"]) == ("reader@example.org", "ru")
    assert "List-Unsubscribe" not in mail
    for kind in ("plain", "html"):
        part = mail.get_body((kind,))
        assert part is not None
        (address,) = set(re.findall(r"http://[^\s\"]+/manage/[^\s\"<]+", part.get_content()))
        page = client.get(address.removeprefix("http://127.0.0.1:8000"))
        assert f"subscription-{row.pk}" in page.content.decode()


def test_known_and_unknown_addresses_get_the_same_answer(client: Client) -> None:
    subscription("known@example.org")
    subscription("never@example.org", confirmed_at=None)
    erased = subscription("erased@example.org")
    services.erase(subscriber=erased.subscriber)
    answers = [
        ask(client, f"{name}@example.org") for name in ("known", "never", "erased", "unknown")
    ]
    seen = {(one.status_code, one["Location"], one.content, len(one.cookies)) for one in answers}
    assert seen == {(303, "/reminders/link/sent/", b"", 0)}
    assert client.get("/reminders/link/sent/").status_code == 200
    assert [str(row.subscriber.email) for row in sent()] == ["known@example.org"]


def test_asking_confirms_nothing(client: Client) -> None:
    row = subscription(confirmed_at=None)
    ask(client)
    row.refresh_from_db()
    assert (row.confirmed_at, Delivery.objects.count()) == (None, 0)


def test_one_mail_an_hour_however_often_one_asks_and_however_much_one_has(client: Client) -> None:
    subscription()
    subscription(query="kind=summit")
    for _ in range(4):
        assert ask(client).status_code == 303
    assert len(sent()) == 1
    Delivery.objects.update(created_at=clock.now() - timedelta(minutes=61))
    ask(client)
    assert len(sent()) == 2


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"email": ""}, "This field is required."),
        ({"email": "no address"}, "Enter a valid email address."),
        ({"website": "x"}, "a program filling in the form"),
    ],
)
def test_wrong_input_is_refused(client: Client, form: dict[str, str], said: str) -> None:
    subscription()
    page = ask(client, **form)
    assert page.status_code == 400
    assert said in page.content.decode()
    assert sent() == []
