"""The style of the charts as one plain stylesheet, for drawings that stand alone.

A picture knows no theme, no pointer and no variable: what is left of the site's own stylesheets is
their light theme, written out so that any program that reads SVG understands it.
"""

import base64
import hashlib
import re
from functools import cache
from itertools import product

from django.conf import settings

FONT = "Source Sans Pro"
_FAMILY = f"'{FONT}', system-ui, sans-serif"
_STATES = (":hover", ":focus-visible", ":target", ":has(", ":nth-of-type")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_TOKEN = re.compile(r"(--[\w-]+):\s*([^;]+);")
_VARIABLE = re.compile(r"var\((--[\w-]+)\)")
_REM = re.compile(r"(\d*\.?\d+)rem\b")
_CHOICE = re.compile(r":is\(([^()]*)\)")
_DRAWN = re.compile(r"(?:^|;)\s*(?:fill|stroke|color|font|paint-order|text-anchor)[\w-]*:")


@cache
def stylesheet() -> str:
    """Rules for what is drawn, without variables, lists of choices and states of a pointer."""
    site, charts = _read("site.css"), _read("charts.css")
    tokens = dict(_TOKEN.findall(_root(site) + _root(charts)))
    tokens["--sans"] = _FAMILY
    body = (
        f"text {{ font-family: {_FAMILY}; font-size: 13px; fill: var(--text); }}\n"
        "text.figure-title { font-size: 22px; font-weight: 700; }\n"
        "text.figure-source { fill: var(--muted); }\n"
    )
    rules = []
    for selectors, text in _RULE.findall(_without_media(charts)):
        declarations = " ".join(text.split())
        if ":root" in selectors or not _DRAWN.search(declarations):
            continue
        plain = [one for one in _selectors(selectors) if not any(state in one for state in _STATES)]
        if plain:
            rules.append(f"{', '.join(plain)} {{ {declarations} }}")
    written = _VARIABLE.sub(lambda found: tokens[found[1]], body + "\n".join(rules))
    return _REM.sub(lambda found: f"{float(found[1]) * 16:g}px", written)


@cache
def stylesheet_hash() -> str:
    """The source expression that lets a document with this stylesheet in it be styled by it.

    CSP Level 3, 6.7.2: the hash of what stands between the tags.
    """
    return f"'sha256-{base64.b64encode(hashlib.sha256(stylesheet().encode()).digest()).decode()}'"


def _read(name: str) -> str:
    text = (settings.BASE_DIR / "static" / "css" / name).read_text(encoding="utf-8")
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def _root(text: str) -> str:
    """The tokens of the light theme: the first `:root` rule."""
    found = re.search(r":root\s*\{([^{}]*)\}", text)
    return found[1] if found else ""


def _without_media(text: str) -> str:
    return re.sub(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", text)


def _selectors(text: str) -> list[str]:
    """The selectors of a rule, `:is()` written out: `:is(a, b) c` is `a c` and `b c`."""
    choices = [part.split(",") for part in _CHOICE.findall(text)]
    found = []
    for words in product(*choices):
        rest = iter(words)
        written = _CHOICE.sub(lambda _: next(rest).strip(), text)  # noqa: B023  # used at once
        found += [" ".join(one.split()) for one in written.split(",")]
    return list(dict.fromkeys(found))
