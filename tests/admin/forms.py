"""Filling in the admin's forms as a browser does: with what the page holds, and what differs."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client
from django.urls import reverse


class _Fields(HTMLParser):
    """The successful controls of the change form."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._area = self._select = ""
        self._text = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        name = found.get("name") or ""
        if tag == "input" and name and found.get("type") not in {"submit", "button"}:
            if found.get("type") == "checkbox" and "checked" not in found:
                return
            self.values[name] = found.get("value") or (
                "on" if found.get("type") == "checkbox" else ""
            )
        elif tag == "textarea":
            self._area, self._text = name, ""
        elif tag == "select":
            self._select = name
            self.values.setdefault(name, "")
        elif tag == "option" and "selected" in found and self._select:
            self.values[self._select] = found.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.values[self._area] = self._text.removeprefix("\r\n").removeprefix("\n")
            self._area = ""
        elif tag == "select":
            self._select = ""


def change(row: Any) -> str:
    """The address of a row's form."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def filled_in(client: Client, url: str, /, **changes: Any) -> dict[str, str]:
    """The form at `url` with changes; empty rows of inlines are left out."""
    parser = _Fields()
    parser.feed(client.get(url).content.decode())
    values = {name: value for name, value in parser.values.items() if "__prefix__" not in name}
    return {**values, **changes}


def save(client: Client, url: str, /, **changes: Any) -> Any:
    return client.post(url, {**filled_in(client, url), **changes, "_save": "Save"})


def errors(answer: Any) -> dict[str, list[str]]:
    """The form's errors by field."""
    form = answer.context["adminform"].form
    return {name: list(messages) for name, messages in form.errors.items()}
