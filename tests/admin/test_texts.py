"""Texts as browsers send them, and bad input that is told at its field in both languages."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pgtrigger
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from events.models import Event
from members.models import Membership, State
from publishing.refused import REFUSALS
from sources.models import Passage, Source
from tests import factories as make
from tests.admin.forms import change, errors, filled_in, save

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
TEXT = "  One 😀 word.\n\nTwo words.\n"


def as_browser(values: dict[str, Any]) -> dict[str, Any]:
    """What HTML has browsers send: CR LF at each end of a line."""
    return {name: str(value).replace("\n", "\r\n") for name, value in values.items()}


def page(answer: Any) -> str:
    return unescape(answer.content.decode())


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("\n", "\r\n")], ids=["lf", "crlf"])
def test_stored_text_survives_its_form_to_the_letter(sign_in: SignIn, text: str) -> None:
    source = make.source(text=text, note="One.\n\nTwo.")
    make.passage(source=source, quote="Two words.")
    client = sign_in("curator")
    values = filled_in(client, change(source), title="New title")
    values["text"] = text.replace("\r\n", "\n")
    answer = client.post(change(source), {**as_browser(values), "_save": "Save"})
    found = Source.objects.get()
    assert answer.status_code == 302
    assert (found.title, found.text, found.note) == ("New title", text, "One.\n\nTwo.")


def test_passage_over_two_lines_is_found_as_a_browser_sends_it(sign_in: SignIn) -> None:
    source = make.source(text=TEXT)
    answer = sign_in("curator").post(
        reverse("admin:sources_passage_add"),
        as_browser({"source": source.pk, "quote": "word.\n\nTwo", "kind": "commitment"}),
    )
    assert answer.status_code == 302
    found = Passage.objects.get()
    assert (found.start, found.end, found.quote) == (8, 18, "word.\n\nTwo")


def test_text_cannot_be_changed_under_its_passages(sign_in: SignIn) -> None:
    source = make.source(text=TEXT)
    make.passage(source=source, quote="Two words.")
    answer = save(sign_in("curator"), change(source), text="One word.")
    assert list(errors(answer)) == ["text"]
    assert Source.objects.get().text == TEXT


PASSAGES = {
    "past-the-end": (
        {"quote": "One", "start": "900", "end": "903"}, "end", "code points", "кодовых"
    ),
    "not-there": ({"quote": "three"}, "quote", "0 times", "(0)"),
    "twice": ({"quote": "word"}, "quote", "2 times", "(2)"),
    "no-text-at-all": ({"quote": ""}, "quote", "required", "Обязательное"),
}  # fmt: skip


@pytest.mark.parametrize(("values", "field", "english", "russian"), PASSAGES.values(), ids=PASSAGES)
def test_bad_passage_is_told_at_its_field_in_both_languages(
    sign_in: SignIn, values: dict[str, str], field: str, english: str, russian: str
) -> None:
    source = make.source(text=TEXT)
    client = sign_in("curator")
    address = reverse("admin:sources_passage_add")
    form = {"source": source.pk, "kind": "commitment", "start": "", "end": "", **values}
    for prefix, words in (("", english), ("/ru", russian)):
        answer = client.post(prefix + address, form)
        assert list(errors(answer)) == [field]
        assert words in page(answer)
    assert Passage.objects.count() == 0


EVENTS = {
    "edtf": ("date", "June 2026", "не дата EDTF"),
    "reversed": ("date", "2026-06/2026-05", "раньше"),
    "country": ("country", "XX", "ISO 3166-1"),
    "html": ("summary", "<b>x</b>", "HTML здесь не допускается"),
    "long": ("summary", "x" * 20_001, "не более 20000"),
    "address": ("url", "ftp://example.org/", "http"),
    "nul": ("title", "a\x00b", "ноль-байт"),
    "reason": ("reason_for_change", "<i>why</i>", "HTML здесь не допускается"),
}


@pytest.mark.parametrize(("field", "value", "words"), EVENTS.values(), ids=EVENTS)
def test_bad_value_is_told_in_russian(sign_in: SignIn, field: str, value: str, words: str) -> None:
    event = make.event(title="Old")
    answer = save(sign_in("curator"), f"/ru{change(event)}", **{"title": "New", field: value})
    assert list(errors(answer)) == [field]
    assert words in page(answer)
    assert Event.objects.get().title == "Old"


def test_unknown_codes_of_a_state_are_told_at_their_fields(sign_in: SignIn) -> None:
    state = make.state("KG")
    answer = save(sign_in("curator"), change(state), code="kgz", alpha3="K", numeric="4")
    assert sorted(errors(answer)) == ["alpha3", "code", "numeric"]
    assert State.objects.get().code == "KG"


def test_status_that_overlaps_another_is_refused(sign_in: SignIn) -> None:
    state = make.state()
    make.membership(state=state, since="2003-09-18", until="2010-01-01")
    later = make.membership(state=state, since="2010-01-01")
    answer = save(sign_in("curator"), change(later), since="2009-06-01")
    assert errors(answer) == {"__all__": ["Another status of this state holds in this period."]}
    assert Membership.objects.get(pk=later.pk).since == "2010-01-01"


def test_each_rule_of_the_triggers_is_told_in_both_languages() -> None:
    """What PostgreSQL says of them is English, so curators are told in words of our own."""
    rules: set[str] = set()
    for model, trigger in pgtrigger.registered():
        body = trigger.get_func(model)
        rules.update(re.findall(r"CONSTRAINT = \'(\w+)\'", str(getattr(body, "func", body))))
    assert len(rules) > 5
    told = {rule for rule in rules if not rule.endswith("_has_source")}
    assert told - set(REFUSALS) == set()
    for rule in told:
        english = str(REFUSALS[rule])
        with translation.override("ru"):
            assert str(REFUSALS[rule]) != english
