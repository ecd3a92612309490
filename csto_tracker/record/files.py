"""Reading the files of the record with every error of form; writing them atomically."""

import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from csto_tracker.record.kinds import KINDS, TEXTS, Kind
from csto_tracker.record.malformed import malformed, not_unicode, unreadable
from csto_tracker.record.problems import Problem


class Row(dict[str, Any]):
    """A JSON object that remembers the names which stand in it twice."""

    repeated: list[str]


def _row(pairs: list[tuple[str, Any]]) -> Row:
    row = Row(pairs)
    names = [name for name, _value in pairs]
    row.repeated = sorted({name for name in names if names.count(name) > 1})
    return row


def _no_constant(name: str) -> Any:
    raise ValueError(_("%(name)s is not JSON.") % {"name": name})


def read_rows(directory: Path, kind: Kind, problems: list[Problem]) -> list[Any] | None:
    """The rows of a kind's file; None, and one problem more, if it cannot be read."""
    try:
        text = (directory / kind.file).read_bytes().decode("utf-8")
        rows = json.loads(text, object_pairs_hook=_row, parse_constant=_no_constant)
    except OSError as error:
        message = unreadable(error)
    except UnicodeDecodeError as error:
        message = not_unicode(error)
    except json.JSONDecodeError as error:
        message = malformed(error)
    except RecursionError:
        message = _("Malformed JSON: too many brackets within each other.")
    except ValueError as error:
        message = _("Malformed JSON: %(error)s") % {"error": error}
    else:
        if isinstance(rows, list):
            return rows
        message = _("An array of objects was expected.")
    problems.append(Problem(kind.file, message))
    return None


def read_texts(directory: Path, problems: list[Problem]) -> dict[str, str | None]:
    """The stored texts by the key of their source, character by character as in the files.

    A text that cannot be read is None, and is added to `problems`.
    """
    texts: dict[str, str | None] = {}
    for path in sorted((directory / TEXTS).glob("*")):
        name = str(TEXTS / path.name)
        texts[path.stem] = None
        try:
            text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            problems.append(Problem(name, not_unicode(error)))
            continue
        except OSError as error:
            problems.append(Problem(name, unreadable(error)))
            continue
        if path.suffix != ".txt":
            problems.append(Problem(name, _("A name of the form <source>.txt was expected.")))
        elif not text:
            problems.append(Problem(name, _("The file is empty; a text was expected.")))
        else:
            texts[path.stem] = text
    return texts


def find_strangers(directory: Path, problems: list[Problem]) -> None:
    """Report JSON files that no kind reads: most likely a misspelt name."""
    known = {kind.file for kind in KINDS}
    problems.extend(
        Problem(path.name, _("The record has no such file."))
        for path in sorted(directory.glob("*.json"))
        if path.name not in known
    )


def write(path: Path, data: bytes) -> None:
    """Put `data` at `path` whole or not at all: a reader sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            os.fchmod(file.fileno(), 0o644)  # mkstemp gives the file to its owner alone
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def encode(rows: Iterable[dict[str, Any]]) -> bytes:
    """Rows as the files hold them: indented by two, letters as they are, one newline at the end."""
    return (json.dumps(list(rows), ensure_ascii=False, indent=2) + "\n").encode()
