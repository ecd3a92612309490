"""What version 1 of the API promises, as lines of text, and what would break one.

`docs/api-1.0.txt` holds one promise a line: an address, a parameter with its type and values, a
field of an answer with its type and values. `make promises` adds what is new to it; nothing is ever
taken out.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

DOCS = Path(__file__).resolve().parents[2] / "docs"
KEPT = DOCS / "api-1.0.txt"
CURRENT = DOCS / "openapi.yaml"
# Marks what only a parameter brings that came later, and breaks nothing.
ONLY_WITH = "x-only-with"
Promises = dict[str, frozenset[str]]  # what is promised, and the types that it may have


def promises(document: dict[str, Any]) -> Promises:
    """The promises of an OpenAPI 3.1 document of an API that only reads."""
    found: Promises = {}
    for path, item in document["paths"].items():
        answer = item["get"]
        found[path] = frozenset()
        for one in answer.get("parameters", []):
            if one["in"] in {"query", "header"}:
                name = f"{path} ?{one['name']}{' (required)' if one.get('required') else ''}"
                found.update(_value(name, one["schema"]))
        for status, response in answer["responses"].items():
            for media_type, content in response.get("content", {"": {}}).items():
                name = f"{path} {status} {media_type}".strip()
                found.update(_value(name, content.get("schema", {})))
            found.update({f"{path} {status} {name}:": frozenset()
                          for name in response.get("headers", {})})  # fmt: skip
    for name, schema in document["components"]["schemas"].items():
        if ONLY_WITH in schema:
            continue
        found.update(_value(name, schema))
    return found


def _value(name: str, schema: dict[str, Any]) -> Iterator[tuple[str, frozenset[str]]]:
    """A value with its types, then its fields, items and choices."""
    yield name, frozenset(_types(schema))
    for choice in schema.get("enum", schema.get("items", {}).get("enum", [])):
        yield f"{name}={choice}", frozenset()
    fields = schema if "properties" in schema else schema.get("items", {})
    for field, inner in fields.get("properties", {}).items():
        yield from _value(f"{name}.{field}", inner)


def _types(schema: dict[str, Any]) -> set[str]:
    """The types of a schema; a component counts by its name."""
    if ONLY_WITH in schema:
        return set()
    if "$ref" in schema:
        return {schema["$ref"].rpartition("/")[2]}
    for several in ("allOf", "oneOf", "anyOf"):
        if several in schema and "type" not in schema:
            return set().union(*(_types(part) for part in schema[several]))
    named = schema.get("type", [])
    types = {named} if isinstance(named, str) else set(named)
    if "array" in types:
        types = types - {"array"} | {f"[{one}]" for one in _types(schema.get("items", {}))}
    return types


def broken(old: Promises, new: Promises) -> list[str]:
    """What a program that relied on the old document could trip over."""
    found = [f"{name} is gone" for name in old if name not in new]
    for name, types in old.items():
        is_parameter = " ?" in name
        before, after = types, new.get(name, types)
        # A parameter must take at least what it took, an answer may give at most what it gave.
        if before - after if is_parameter else after - before:
            found.append(f"{name} was {_text(before)}, is {_text(after)}")
    found += [
        f"{name} is new"
        for name in new
        if name.endswith(" (required)") and name not in old and name.partition(" ")[0] in old
    ]
    return sorted(found)


def _text(types: frozenset[str]) -> str:
    return "|".join(sorted(types))


def document() -> dict[str, Any]:
    """The committed OpenAPI document, read by libyaml: it is long."""
    return dict(yaml.load(CURRENT.read_bytes(), yaml.CSafeLoader))


def read(text: str) -> Promises:
    """Promises from lines such as `Event.key : string|null`."""
    rows = (line.rsplit(" : ", 1) for line in text.splitlines())
    return {name: frozenset(types.split("|")) - {""} for name, types in rows}


def write(kept: Promises) -> str:
    return "".join(f"{name} : {_text(types)}\n" for name, types in sorted(kept.items()))


def main() -> None:
    """Add what is new; refuse when something was broken."""
    old = read(KEPT.read_text()) if KEPT.exists() else {}
    new = promises(document())
    if trouble := broken(old, new):
        raise SystemExit("\n".join(trouble))
    KEPT.write_text(write(new | old))


if __name__ == "__main__":
    main()
