"""Texts as PostgreSQL's search is to read them."""

from typing import Any

from django.contrib.postgres.search import SearchVector
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
