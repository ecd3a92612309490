"""Pages and mails of the reminders in a browser: accessible, bilingual, without JavaScript."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.test import Client, override_settings
from django.utils import translation
from playwright.sync_api import Page, expect

from assessments.models import CuratorTask
from reminders import clock, links
from reminders.mailbox import BACKEND, Mailbox
from reminders.messages import Writer
from reminders.models import Delivery, Reminder, Subscription
from tests import factories as make
from tests.browser.accessibility import barriers, overflow
from tests.reminders.conftest import subscription

OpenPage = Callable[..., Page]
VIEWS = ((375, "dark"), (1440, "light"))


def check(page: Page, name: str) -> None:
    for width, scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # "light" or "dark"
        assert barriers(page) == [], (name, width)
        assert overflow(page) <= 0, (name, width)


@pytest.mark.parametrize(
    ("prefix", "calendar", "submit", "change", "save", "delete"),
    [
        ("", "Calendar", "Subscribe", "Change", "Save", "Delete"),
        ("/ru", "Календарь", "Подписаться", "Изменить", "Сохранить", "Удалить"),
    ],
)
def test_reminders_are_asked_for_changed_and_ended_without_javascript(
    open_page: OpenPage,
    prefix: str,
    calendar: str,
    submit: str,
    change: str,
    save: str,
    delete: str,
) -> None:
    checked = open_page(f"{prefix}/reminders/?kind=summit")
    check(checked, "subscribe")
    page = open_page(f"{prefix}/reminders/?kind=summit", java_script_enabled=False)
    page.get_by_label(calendar).check()
    page.get_by_role("button", name=submit).click()
    expect(page.locator("section.note")).to_have_count(1)
    checked.goto(page.url)
    check(checked, "manage")
    page.get_by_role("link", name=change, exact=True).click()
    expect(page.locator("select[name=hour]")).to_be_visible()
    checked.goto(page.url)
    check(checked, "edit")
    page.locator("select[name=hour]").select_option("7")
    page.get_by_role("button", name=save).click()
    expect(page.locator("section.note")).to_contain_text("7:00")
    page.get_by_role("button", name=delete, exact=True).click()
    expect(page.locator("section.note")).to_have_count(0)
    assert page.context.cookies() == []


def test_form_offers_the_time_zone_of_the_reader(open_page: OpenPage) -> None:
    page = open_page("/reminders/", timezone_id="Asia/Bishkek")
    expect(page.locator("select[name=zone]")).to_have_value("Asia/Bishkek")


def pages_of(row: Subscription, language: str) -> dict[str, str]:
    """The pages that a link of a mail opens, and those that say how it went."""
    client = Client()
    with translation.override(language):
        paths = {
            name: links.address(name, row).removeprefix("http://127.0.0.1:8000")
            for name in ("confirm", "unsubscribe")
        }
    prefix = "/ru" if language == "ru" else ""
    paths |= {name: f"{prefix}/{path}" for name, path in
              {"status": "status/", "asked": "reminders/asked/",
               "lost": "reminders/link/", "sent": "reminders/link/sent/"}.items()}  # fmt: skip
    found = {name: client.get(path).content.decode() for name, path in paths.items()}
    found["unsubscribed"] = client.post(paths["unsubscribe"]).content.decode()
    return found


def mails_of(row: Subscription) -> dict[str, EmailMessage]:
    """A request to confirm, a lost link and a late reminder."""
    day = (clock.now() + timedelta(days=1)).date().isoformat()
    event = make.event(status="confirmed", date=day, date_note="day of the report")
    confirm = Delivery.objects.create(subscription=row, kind="confirm", channel="email")
    lost = Delivery.objects.create(subscription=row, kind="link", channel="email")
    due = Delivery.objects.create(subscription=row, channel="email", state="sent")
    Reminder.objects.create(
        subscription=row,
        kind="upcoming",
        subject=f"event:{event.pk}",
        occurrence=day,
        lead=1440,
        day=event.period.lower,
        due_at=clock.now() - timedelta(hours=2),
        state="bundled",
        delivery=due,
    )
    writer = Writer()
    mails: dict[str, Any] = {
        name: writer.write(delivery, clock.now())
        for name, delivery in (
            ("confirm mail", confirm),
            ("link mail", lost),
            ("reminder mail", due),
        )
    }
    return mails


def mail_to_curator() -> EmailMessage:
    """The day's work, of two kinds."""
    user = User.objects.create_superuser("curator", "curator@example.org", "x")
    event = make.event(status="announced", date="2026-01-11")
    CuratorTask.objects.create(
        kind="outcome-missing", subject=event.slug, since="2026-01-12", assigned_to=user
    )
    CuratorTask.objects.create(kind="stale-sources", subject="sources")
    delivery = Delivery.objects.create(
        kind="curator", curator=user, day="2026-11-24", channel="email"
    )
    mail: Any = Writer().write(delivery, clock.now())
    assert event.title in mail.body
    return mail  # type: ignore[no-any-return]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ru"])
def test_pages_and_mails_are_accessible_in_light_and_dark(
    open_page: OpenPage, tmp_path: Path, language: str
) -> None:
    row = subscription(language=language, query="kind=summit", confirmed_at=None)
    mails = mails_of(row)
    with override_settings(EMAIL_BACKEND=BACKEND, MAILBOX_DIR=tmp_path):
        Mailbox().send_messages(list(mails.values()))
        prefix = "/ru" if language == "ru" else ""
        mailbox = Client().get(f"{prefix}/mailbox/").content.decode()
    mails["curator mail"] = mail_to_curator()
    assert mails["reminder mail"].subject.partition(":")[0] in mailbox
    page = open_page("/about/")
    for name, html in {"mailbox": mailbox, **pages_of(row, language)}.items():
        page.set_content(html)
        assert page.locator("html").get_attribute("lang") == language
        check(page, name)
    page.goto("about:blank")  # a mail program has no content policy of ours
    for name, mail in mails.items():
        assert isinstance(mail, EmailMultiAlternatives)
        page.set_content(str(mail.alternatives[0][0]))
        assert page.locator("meta[name=color-scheme]").get_attribute("content") == "light dark"
        check(page, name)
