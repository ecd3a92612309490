"""Addresses in the active language, worked out once: Django's `reverse` takes its time."""

from functools import lru_cache

from django.urls import reverse
from django.utils.translation import get_language


def address(name: str, *words: str) -> str:
    """The address of a page whose name and words are among a few, in the active language."""
    return _address(str(get_language()), name, *words)


@lru_cache(maxsize=512)
def _address(_language: str, name: str, *words: str) -> str:
    return reverse(name, args=words)


def pattern(name: str, slugs: int = 1) -> str:
    """The address of a page as a format string with one `{}` per slug, in the active language.

    A list fills it in for each row; reversing each address costs more than the rest of a row.
    """
    return _pattern(str(get_language()), name, slugs)


@lru_cache(maxsize=128)
def _pattern(_language: str, name: str, slugs: int) -> str:
    marks = [f"slug-{number}-slug" for number in range(slugs)]
    path = reverse(name, args=marks)
    for mark in marks:
        path = path.replace(mark, "{}")
    return path
