"""Spellings of a name: one key in both alphabets, slips, the other layout of the keyboard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csto_tracker.pages.spelling import key, other_layout, slips


@pytest.mark.parametrize(
    "spellings",
    [
        "Рубеж Rubezh Rubež RUBEZH",
        "щит shchit schit ŝit ščit",
        "Хорог Khorog Horog",
        "Ереван Yerevan Erevan",
        "Цхинвал Tskhinval",
        "Ющенко Yushchenko Ûŝenko Iushchenko Juščenko",
        "Яровая Yarovaya Iarovaia Ârovaâ Jarovaja",
        "Белый Belyi Belyy Bely Belyj",
        "Кобальт Cobalt Kobal’t",
        "ОДКБ odkb",
        "Эшелон Eshelon Ešelon",
        "Душанбе Dushanbe",
    ],
)
def test_spellings_of_a_name_share_a_key(spellings: str) -> None:
    first, *others = spellings.split()
    assert {key(other) for other in others} == {key(first)}


def test_names_that_differ_have_different_keys() -> None:
    words = [
        "Рубеж",
        "Кобальт",
        "Скала",
        "Эшелон",
        "Поиск",
        "Канал",
        "Прокси",
        "Нелегал",
        "Минск",
        "Бишкек",
        "Душанбе",
    ]
    assert len({key(word) for word in words}) == len(words)


@pytest.mark.parametrize(
    ("one", "other", "number"),
    [
        ("rubez", "rubez", 0),
        ("rubez", "rubz", 1),
        ("rubez", "rubbez", 1),
        ("rubez", "ruben", 1),
        ("rubez", "rbuez", 1),
        ("rubez", "rbuzz", 2),
        ("rubez", "", 3),
        ("abcdef", "ghijkl", 3),
    ],
)
def test_slips_count_letters_left_out_added_replaced_and_swapped(
    one: str, other: str, number: int
) -> None:
    assert slips(one, other, 2) == slips(other, one, 2) == number


def distance(one: str, other: str) -> int:
    """The same by its definition, slowly."""
    if not one or not other:
        return len(one) + len(other)
    found = [
        distance(one[1:], other) + 1,
        distance(one, other[1:]) + 1,
        distance(one[1:], other[1:]) + (one[0] != other[0]),
    ]
    if len(one) > 1 and len(other) > 1 and one[0] == other[1] and one[1] == other[0]:
        found.append(distance(one[2:], other[2:]) + 1)
    return min(found)


@given(st.text("abc", max_size=6), st.text("abc", max_size=6), st.integers(0, 3))
def test_slips_are_the_optimal_string_alignment(one: str, other: str, most: int) -> None:
    assert slips(one, other, most) == min(distance(one, other), most + 1)


@pytest.mark.parametrize(
    ("typed", "meant"), [("He,t;", "Рубеж"), ("Кгиуяр", "Rubezh"), ("jlr,", "одкб")]
)
def test_words_typed_under_the_other_layout(typed: str, meant: str) -> None:
    assert other_layout(typed) == meant


@given(st.text(max_size=40))
def test_any_text_has_a_key_without_letters_in_upper_case(text: str) -> None:
    assert key(text) == key(text).casefold()
