"""Reading the files of the record with every error of form; writing them atomically."""

import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from csto_tracker.record.kinds import KINDS, TEXTS, Kind
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


def read_rows(directory: Path, kind: Kind, problems: list[Problem]) -> list[Any]:
    """The rows of a kind's file; what keeps it from being read is added to `problems`."""

    def refuse(message: str) -> list[Any]:
        problems.append(Problem(kind.file, message))
        return []

    try:
        data = (directory / kind.file).read_bytes()
    except OSError as error:
        return refuse(_("The file cannot be read: %(error)s.") % {"error": error.strerror})
    try:
        rows = json.loads(data.decode("utf-8"), object_pairs_hook=_row, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        return refuse(_("The file is not UTF-8 at byte %(at)d.") % {"at": error.start})
    except json.JSONDecodeError as error:
        return refuse(
            _("Malformed JSON in line %(line)d, column %(column)d: %(error)s.")
            % {"line": error.lineno, "column": error.colno, "error": error.msg}
        )
    except (ValueError, RecursionError) as error:
        return refuse(_("Malformed JSON: %(error)s") % {"error": error})
    if not isinstance(rows, list):
        return refuse(_("An array of objects was expected."))
    return rows


def read_texts(directory: Path, problems: list[Problem]) -> dict[str, str]:
    """The stored texts by the key of their source, character by character as in the files."""
    texts = {}
    for path in sorted((directory / TEXTS).glob("*")):
        name = str(TEXTS / path.name)
        try:
            text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            message = _("The file is not UTF-8 at byte %(at)d.") % {"at": error.start}
            problems.append(Problem(name, message))
            continue
        except OSError as error:
            message = _("The file cannot be read: %(error)s.") % {"error": error.strerror}
            problems.append(Problem(name, message))
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
