"""Russian texts: every text of the interface has one, and the compiled catalogue is current."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "locale" / "ru" / "LC_MESSAGES" / "django.po"
APPS = [path.parent.name for path in ROOT.glob("*/__init__.py") if path.parent.name != "tests"]
FUNCTIONS = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURALS = {"ngettext", "ngettext_lazy"}
CONTEXTS = {"pgettext", "pgettext_lazy"}
FIELDS = re.compile(r"%\((\w+)\)[sd]")


def catalogue() -> dict[tuple[str, str], polib.POEntry]:
    found = polib.pofile(str(CATALOGUE))
    return {(one.msgctxt or "", one.msgid): one for one in found if not one.obsolete}


def texts_of_code(source: str) -> Iterator[tuple[str, str]]:
    """The texts to translate in Python code, as (context, text)."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        words = [one.value for one in node.args if isinstance(one, ast.Constant)]
        if name in FUNCTIONS | PLURALS and words and isinstance(words[0], str):
            yield "", words[0]
        elif name in CONTEXTS and len(words) > 1:
            yield str(words[0]), str(words[1])


def texts_of_template(source: str) -> Iterator[tuple[str, str]]:
    """The texts to translate in a template: Django itself turns it into calls of functions."""
    calls = re.finditer(
        r"\b(gettext|ngettext|pgettext|npgettext)\((u?'(?:\\.|[^'\\])*'|u?\"\"\"(?:.|\n)*?\"\"\"|"
        r"u?\"(?:\\.|[^\"\\])*\")(?:,\s*(u?'(?:\\.|[^'\\])*'|u?\"(?:\\.|[^\"\\])*\"))?",
        templatize(source),
    )
    for call in calls:
        first = ast.literal_eval(call[2])
        if call[1] in {"pgettext", "npgettext"}:
            yield first, ast.literal_eval(call[3])
        else:
            yield "", first


def fields(text: str) -> set[str]:
    return set(FIELDS.findall(text))


def all_texts() -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" not in path.parts:
                found.update(texts_of_code(path.read_text("utf-8")))
    for path in (ROOT / "templates").rglob("*"):
        if path.suffix in {".html", ".txt", ".xml"}:
            found.update(texts_of_template(path.read_text("utf-8")))
    return {(context, text) for context, text in found if text.strip()}


def test_every_text_has_a_russian_one() -> None:
    known = catalogue()
    translated = {key for key, one in known.items() if one.translated() and not one.fuzzy}
    assert sorted(all_texts() - translated) == []


def test_reading_of_texts_finds_each_form() -> None:
    assert list(texts_of_code('_("a"); ngettext("b", "c", n); pgettext("d", "e"); other("f")')) == [
        ("", "a"),
        ("", "b"),
        ("d", "e"),
    ]
    template = (
        '{% load i18n %}{% translate "It’s" %}{% translate "P" context "mark" %}'
        "{% blocktranslate trimmed with a=b %}\n One {{ a }}\n{% endblocktranslate %}"
        "{% blocktranslate count n=m %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}"
    )
    assert list(texts_of_template(template)) == [
        ("", "It’s"),
        ("mark", "P"),
        ("", "One %(a)s"),
        ("", "%(n)s day"),
    ]


def test_translations_keep_the_fields_of_their_texts() -> None:
    wrong = [
        (one.msgid, text)
        for one in catalogue().values()
        for text in ([*one.msgstr_plural.values()] if one.msgid_plural else [one.msgstr])
        if text and fields(text) != fields(one.msgid + one.msgid_plural)
    ]
    assert wrong == []


def test_compiled_catalogue_is_current() -> None:
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for (context, text), one in catalogue().items():
        key = f"{context}\x04{text}" if context else text
        if not one.translated():
            continue
        if one.msgid_plural:
            found = [compiled._catalog[key, n] for n in one.msgstr_plural]  # type: ignore[attr-defined]
            assert found == list(one.msgstr_plural.values()), "make messages"
        else:
            assert compiled._catalog[key] == one.msgstr, "make messages"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("number", "words"), [(1, "1 день назад"), (3, "3 дня назад"), (11, "11 дней назад")]
)
def test_plurals_follow_russian_grammar(number: int, words: str) -> None:
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    text = compiled.ngettext("%(days)s day ago", "%(days)s days ago", number)
    assert text % {"days": number} == words
