"""Texts as PostgreSQL's search is to read them, and the words that are looked for in them."""

import re
from functools import partial
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Func

# Signs that stand at words and are no part of them: quotation marks, dashes, an ellipsis, the
# number sign, narrow and unbreakable spaces. They are part of generated columns: a change of them
# needs a migration that makes those columns anew.
SIGNS = "«»„“”‘’‹›–—−…№\u00a0\u2009\u202f"


class Words(Func):
    """A text with such signs as spaces.

    Where the letters of a database are those of C or of PostgreSQL's own C.UTF-8, the search
    takes every sign beyond ASCII for a letter, and would know “«Рубеж»” as one word.
    """

    function = "translate"
    template = f"%(function)s(%(expressions)s, '{SIGNS}', '{' ' * len(SIGNS)}')"


def search_vector(*names: str, **options: Any) -> SearchVector:
    """The words of these fields, as `SearchVector` has them."""
    return SearchVector(*(Words(name) for name in names), **options)


_UNWANTED = re.compile(r'"[^"]*"|(?<!\S)-("[^"]*"|[^\s"]+)')


def left_out(text: str) -> str:
    """What follows a minus sign outside of quotation marks, as a question of its own."""
    return " or ".join(found[1] for found in _UNWANTED.finditer(text) if found[1])


class WordsQuery(SearchQuery):
    """The words of a search, each number in both forms that texts have it in.

    PostgreSQL reads that in “Rubezh-2026” as a negative one, and would miss it by “2026”.
    """

    def as_sql(self, *args: Any, **options: Any) -> Any:
        sql, parameters = super().as_sql(*args, **options)
        return f"regexp_replace(({sql})::text, {_NUMBERS}, 'g')::tsquery", parameters


# A lexeme that is a number, and what stands for it, as arguments of regexp_replace.
_NUMBERS = r"'''-?(\d+)''', '( ''\1'' | ''-\1'' )'"


def search_query(text: Any, unwanted: Any = "") -> SearchQuery:
    """The words, or their slot, stemmed as English or as Russian; either may match.

    What is unwanted must match neither: a word that one language stems is another to the other.
    """
    english, russian = (partial(WordsQuery, config=name, search_type="websearch")
                        for name in ("english", "russian"))  # fmt: skip
    wanted = english(text) | russian(text)
    return wanted & ~english(unwanted) & ~russian(unwanted) if unwanted else wanted
