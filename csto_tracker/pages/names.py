"""The names that matter in a search, in memory: of states, bodies, events, and who speaks.

A few thousand words at most, made once for a data version. With them a search also looks for the
other spellings of a name, and guesses which name a mistyped word was meant to be.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, product
from typing import Any, NamedTuple

from django.db.models import F, Model, TextField, Value
from django.db.models.functions import Cast
from django.http import HttpRequest

from assessments.models import Claim
from csto_tracker.pages.spelling import WORD, is_cyrillic, key, other_layout, slips
from events.models import Event
from members.models import Body, Membership, Presidency, State
from priorities.models import Priority, Theme
from publishing.values import MAX_SEARCH
from publishing.version import Version
from sources.models import Source

ROWS_OF_A_KIND = 1000
VARIANTS, GUESSED_WORDS = 8, 6
SHORTEST_NAME, SHORTEST_GUESSED = 3, 4

# The names, where they stand, and which rows come first when there are too many.
_WHERE: tuple[tuple[type[Model], str, str, str], ...] = (
    (State, "name", "name_ru", "code"),
    (State, "capital", "capital_ru", "code"),
    (Body, "name", "name_ru", "number"),
    (Presidency, "title", "title_ru", "-period"),
    (Theme, "title", "title_ru", "number"),
    (Priority, "title", "title_ru", "-presidency__period"),
    (Event, "title", "title_ru", "-period"),
    (Event, "place", "place_ru", "-period"),
    (Claim, "claimant", "claimant_ru", "-period"),
    (Membership, "said_by", "said_by_ru", "-period"),
    # Who speaks may be named in the titles of texts alone, those of either language.
    (Source, "title", "publisher", "-pk"),
)
# What is written quite differently in the other language: an abbreviation has no transliteration.
_ORGANIZATION = ("CSTO", "ОДКБ")
_LEFT_OUT = re.compile(r"(?:^|\s)-\S")


class Names(NamedTuple):
    """Words of names by their key, how often each key occurs, and abbreviations that belong.

    `forms` are keys and words as they are written, each with its key and its letters as bits.
    """

    words: dict[str, list[str]]
    occurs: Counter[str]
    forms: dict[str, tuple[str, int]]
    together: dict[str, set[str]]

    def spellings(self, word: str) -> list[str]:
        """Other spellings of a word that the record has, at most two."""
        own = key(word)
        found = [*self.words.get(own, ()), *sorted(self.together.get(own, ()))]
        others = [one for one in found if one.casefold() != word.casefold()]
        return list(dict.fromkeys(others))[:2]

    def widened(self, text: str) -> list[str]:
        """The text, and the text in other spellings; nothing is added to one with a minus sign."""
        if _LEFT_OUT.search(text):
            return [text]
        found, length = [text], len(text)
        for other in islice(self._spelled(text), VARIANTS):
            length += len(" or ") + len(other)
            if length > MAX_SEARCH:
                break
            if other not in found:
                found.append(other)
        return found

    def _spelled(self, text: str) -> Iterator[str]:
        places = list(WORD.finditer(text))
        choices = [[place[0], *self.spellings(place[0])] for place in places]
        for words in product(*choices):
            yield _replaced(text, places, words)

    def meant(self, text: str) -> str:
        """What a text that found nothing may have been meant to be; empty when nothing is near."""
        places = list(WORD.finditer(text))[:GUESSED_WORDS]
        # The last word may not have been typed to its end.
        end = -1 if _LEFT_OUT.search(text) else len(text)
        words = [
            (place.end() == end and self._begun(place[0])) or self._nearest(place[0])
            for place in places
        ]
        guessed = _replaced(text, places, words)
        if guessed != text:
            return guessed
        switched = other_layout(text)
        known = [key(word) in self.words for word in WORD.findall(switched)]
        return switched if known and all(known) and switched != text else ""

    def _begun(self, word: str) -> str:
        """Of the names that begin as a word the one that occurs most, rather one in the word's
        alphabet; empty for a whole name, or none."""
        own = key(word)
        if len(own) < SHORTEST_NAME or own in self.words:
            return ""
        starts, script = (own, word.casefold()), is_cyrillic(word)
        longer = {
            (is_cyrillic(name) != script, -self.occurs[meant], len(name), name)
            for form, (meant, _bits) in self.forms.items()
            if form.startswith(starts)
            for name in [self._written(meant, word)]
        }
        return min(longer)[-1] if longer else ""

    def _nearest(self, word: str) -> str:
        """The name that a word misspells, with one slip, or two in a long word; else the word."""
        own = key(word)
        if len(word) < SHORTEST_GUESSED or len(own) < SHORTEST_NAME or own in self.words:
            return word
        most = 2 if len(own) > 6 else 1
        # Letters may be swapped within what the key makes one letter: look at the word too.
        near = [
            (distance, -self.occurs[meant], meant)
            for typed in {own, word.casefold()}
            for mask in [_letters(typed)]
            for form, (meant, letters) in self.forms.items()
            # A slip changes at most two of the letters that occur.
            if (letters ^ mask).bit_count() <= 2 * most
            and (distance := slips(typed, form, most)) <= most
        ]
        if not near:
            return word
        return self._written(min(near)[2], word)

    def _written(self, own: str, like: str) -> str:
        """A name by its key, in the alphabet of a word if it is written so."""
        words, script = self.words[own], is_cyrillic(like)
        return next((one for one in words if is_cyrillic(one) == script), words[0])


def _replaced(text: str, places: list[Any], words: Any) -> str:
    for place, word in reversed(list(zip(places, words, strict=True))):
        text = text[: place.start()] + word + text[place.end() :]
    return text


def _letters(text: str) -> int:
    """The letters that occur, as bits."""
    found = 0
    for letter in text:
        found |= 1 << (ord(letter) % 61)
    return found


def names(request: HttpRequest) -> Names:
    """The names of the public record: one query, or none while the public data stay as they are."""
    version = getattr(request, "data_version", None)
    if version is None or hasattr(request, "recorded_at"):
        return _read()
    return _names_at(version)


@lru_cache(maxsize=2)
def _names_at(version: Version) -> Names:
    return _read()


def _read() -> Names:
    words: dict[str, list[str]] = {}
    count: Counter[str] = Counter()
    together: dict[str, set[str]] = {}
    for kind, *texts in _texts():
        # States have names of their own in each language; one of several words has no counterparts.
        if kind == "abbreviation" or (kind == "state" and " " not in "".join(texts)):
            _join(together, texts[0], texts[1])
        for word in (word for text in texts for word in WORD.findall(text)):
            if len(word) < SHORTEST_NAME:
                continue
            own = key(word)
            count[own] += 1
            written = words.setdefault(own, [])
            if word.casefold() not in map(str.casefold, written):
                written.append(word)
    forms = {
        form: (own, _letters(form))
        for own, spelled in words.items()
        for form in (own, *map(str.casefold, spelled))
    }
    return Names(words, count, forms, together)


def _join(together: dict[str, set[str]], english: str, russian: str) -> None:
    """Let an abbreviation find the one of the other language, and a spelling of either.

    In “CSTO PA” and «ПА ОДКБ» it is the PA that belongs to the ПА, not to the ОДКБ.
    """
    pairs = [set(WORD.findall(one)) for one in (english, russian)]
    if (english, russian) != _ORGANIZATION:
        pairs = [words.difference(_ORGANIZATION) for words in pairs]
    for words, others in (pairs, pairs[::-1]):
        for word in words:
            together.setdefault(key(word), set()).update(others)


def _texts() -> Iterator[tuple[str, str, str]]:
    yield ("abbreviation", *_ORGANIZATION)
    queries: list[Any] = [
        _rows("abbreviation", Body, "abbreviation", "abbreviation_ru", "number"),
        _rows("state", State, "name", "name_ru", "code"),
        *(_rows("name", *where) for where in _WHERE),
    ]
    yield from queries[0].union(*queries[1:], all=True)


def _rows(kind: str, model: type[Model], english: str, russian: str, order: str) -> Any:
    rows: Any = model._default_manager
    return (
        rows.public()
        .annotate(kind_of=Value(kind, TextField()))
        .annotate(en=Cast(F(english), TextField()), ru_=Cast(F(russian), TextField()))
        .order_by(order, "pk")
        .values_list("kind_of", "en", "ru_")[:ROWS_OF_A_KIND]
    )
