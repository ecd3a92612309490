"""Search finds a name in any spelling, forgives slips, and says what it did."""

from typing import Any

import pytest
from django.test import Client

from tests import factories as make
from tests.pages.reading import main_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _record() -> None:
    make.event(slug="rubezh", title="Rubezh-2026", title_ru="Рубеж-2026", place="Osh")
    make.event(slug="cobalt", title="Cobalt-2026", title_ru="Кобальт-2026")
    make.event(slug="plan", title="Plan of the CSTO", title_ru="План ОДКБ")
    make.body(
        slug="council",
        name="Council",
        name_ru="Совет",
        abbreviation="CFM / CMFA",
        abbreviation_ru="СМИД",
    )


def found(client: Client, text: str, **query: str) -> tuple[list[str], Any]:
    """Addresses of the hits, and the page."""
    page = main_of(client.get("/search/", {"q": text, **query}).content)
    return [url for one in page.all("section", "hits") for _, url in one.one("ol").links()], page


@pytest.mark.parametrize(
    "text", ["Rubezh", "Рубеж", "RUBEŽ", "рубежа", "rubezh 2026", "Rubezh OR nothing"]
)
def test_a_name_is_found_in_either_alphabet(client: Client, text: str) -> None:
    assert found(client, text)[0] == ["/events/rubezh/"]


@pytest.mark.parametrize("text", ["odkb", "ОДКБ", "CSTO", "одкб"])
def test_the_organization_is_found_by_either_abbreviation(client: Client, text: str) -> None:
    assert found(client, text)[0] == ["/events/plan/"]


@pytest.mark.parametrize("text", ["ОДКБ", "CSTO"])
def test_the_organization_is_not_taken_for_one_of_its_bodies(client: Client, text: str) -> None:
    make.body(
        name="Assembly", name_ru="Собрание", abbreviation="CSTO PA", abbreviation_ru="ПА ОДКБ"
    )
    make.event(title="Ground of the PA", title_ru="Площадка ПА")
    assert "Ground" not in found(client, text)[1].text


@pytest.mark.parametrize("text", ["СМИД", "smid", "cmfa"])
def test_a_body_is_found_by_the_abbreviation_of_either_language(client: Client, text: str) -> None:
    assert found(client, text)[0] == ["/bodies/council/"]


@pytest.mark.parametrize("text", ["Lavrov", "Лавров"])
def test_who_speaks_is_found_in_texts_of_either_language(client: Client, text: str) -> None:
    for slug, title in (("en", "Remarks by Foreign Minister Lavrov"), ("ru", "Выступление Лаврова"),
                        ("name", "Лавров: заявление")):  # fmt: skip
        make.source(slug=slug, title=title)
    assert {*found(client, text)[0]} == {"/sources/en/", "/sources/ru/", "/sources/name/"}


def test_other_spellings_are_said_and_kept_in_links_to_more(client: Client) -> None:
    for number in range(6):
        make.event(title=f"Kobalt {number}")
    _hits, page = found(client, "kobalt")
    assert "Also searched for: “Cobalt”, “Кобальт”." in page.text
    assert (
        "More in events",
        "/events/?q=kobalt+or+Cobalt+or+%D0%9A%D0%BE%D0%B1%D0%B0%D0%BB%D1%8C%D1%82",
    ) in page.links()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Rubzeh", "Rubezh"),
        ("Рубшж", "Рубеж"),
        ("coblat", "Cobalt"),
        ("He,t;", "Рубеж"),
        ("Кгиуяр", "Rubezh"),
        ("Rub", "Rubezh"),
        ("Рубе", "Рубеж"),
        ("cobal", "Cobalt"),
        ("Кобаль", "Кобальт"),
    ],
)
def test_a_slip_is_forgiven_and_said(client: Client, text: str, meant: str) -> None:
    hits, page = found(client, text)
    assert hits in (["/events/rubezh/"], ["/events/cobalt/"])
    said = page.one("p", "said").text
    assert said == f"Nothing matches “{text}”. Shown is what matches “{meant}”. 1 record found."


@pytest.mark.parametrize("text", ["xylophone", "Osx", "-Rubezh", "-Rub", "Ru", "!!!"])
def test_what_is_near_nothing_is_not_guessed(client: Client, text: str) -> None:
    _hits, page = found(client, text)
    assert "Shown is" not in page.one("p", "said").text


def test_a_name_is_completed_in_the_alphabet_that_is_typed(client: Client) -> None:
    for title in ("Migration forum", "Migration council"):
        make.event(title=title, title_ru="")
    make.event(slug="talks", title="Talks", title_ru="Переговоры о миграции")
    hits, page = found(client, "мигра")
    assert "/events/talks/" in hits
    assert "Shown is what matches “миграции”." in page.one("p", "said").text


def test_a_word_left_out_stays_left_out(client: Client) -> None:
    make.event(slug="both", title="Cobalt and Rubezh", title_ru="Кобальт и Рубеж")
    assert found(client, "Cobalt -Рубеж")[0] == found(client, "-Рубеж Cobalt")[0]
    assert found(client, "Cobalt -Рубеж")[0] == ["/events/cobalt/"]


def test_kinds_say_how_many_were_found(client: Client) -> None:
    _hits, page = found(client, "rubezh")
    chips = dict.fromkeys(page.one("nav", "kinds").texts("a"))
    assert "Events 1" in chips
    assert "States 0" in chips


def test_names_of_drafts_are_not_guessed(client: Client) -> None:
    make.event(title="Xanadu", is_published=False)
    _hits, page = found(client, "Xanaud")
    assert "Xanadu" not in page.text


@pytest.mark.django_db(transaction=True)  # the data version rises on commit
def test_a_name_that_appears_is_known_at_once(client: Client) -> None:
    assert found(client, "Barier")[0] == []
    make.event(slug="barrier", title="Barrier")
    assert found(client, "Bareir")[0] == ["/events/barrier/"]


def test_long_text_is_searched_as_it_is(client: Client) -> None:
    text = " or ".join(["Rubezh"] * 19)
    assert found(client, text)[0] == ["/events/rubezh/"]


@pytest.mark.parametrize("text", ["Tokaev", "Токаев", "Tokajev", "Tokayef"])
def test_who_claims_something_is_found_in_any_spelling(client: Client, text: str) -> None:
    claim = make.claim(claimant="Kassym-Jomart Tokayev", claimant_ru="")
    assert found(client, text)[0] == [f"{claim.presidency.get_absolute_url()}#claim-{claim.slug}"]


def test_who_speaks_of_a_membership_is_among_the_names_that_are_guessed(client: Client) -> None:
    make.membership(said_by="Nikol Pashinyan, in an interview")
    make.event(slug="freeze", summary="Pashinyan spoke of it.")
    hits, page = found(client, "Pashinian")
    assert hits == ["/events/freeze/"]
    assert "Pashinyan" in page.text


@pytest.mark.parametrize("text", ["Tajikistan", "Таджикистан"])
def test_a_state_is_found_by_its_name_in_either_language(client: Client, text: str) -> None:
    make.state("TJ", name="Tajikistan", name_ru="Таджикистан")
    make.source(slug="en", title="News of Tajikistan")
    make.source(slug="ru", title="Новости Таджикистана")
    assert {"/sources/en/", "/sources/ru/"} <= {*found(client, text)[0]}
