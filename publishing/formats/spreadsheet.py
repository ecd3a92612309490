"""Spreadsheets (Office Open XML): typed cells, a frozen header, and a sheet about the file."""

import tempfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

CHUNK = 64 * 1024
LONGEST = 32_767  # Characters that a cell can hold.
ROWS = 1_048_575  # Rows that a sheet can hold, below its header.


def workbook(
    header: list[str], rows: Iterable[Iterable[Any]], about: list[tuple[str, str]]
) -> Iterator[bytes]:
    """The bytes of a workbook with the sheets “data” and “about”.

    Rows are written as they come, to a temporary file; memory stays constant. Raises ValueError
    when the rows do not fit into one sheet.
    """
    book = Workbook(write_only=True)
    data = book.create_sheet("data")
    data.freeze_panes = "A2"
    data.append([_bold(data, name) for name in header])
    for number, row in enumerate(rows, 1):
        if number > ROWS:
            raise ValueError(f"a sheet holds {ROWS} rows; choose fewer, or CSV")
        data.append([_cell(data, value) for value in row])
    notes = book.create_sheet("about")
    for name, value in about:
        notes.append([_bold(notes, name), _cell(notes, value)])
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk


def _bold(sheet: Any, value: str) -> Any:
    cell = _cell(sheet, value)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Any, value: Any) -> Any:
    """A cell of the value's own type. A text is a text, whatever character it begins with."""
    if isinstance(value, bool | int | float | Decimal | date | time):
        if isinstance(value, datetime):
            value = value.replace(tzinfo=None)  # A spreadsheet knows no zones; all are UTC.
        return WriteOnlyCell(sheet, value=value)
    cell = WriteOnlyCell(sheet)
    if value is not None:
        text = str(value)
        cell.value = text[: LONGEST - 1] + "…" if len(text) > LONGEST else text
        cell.data_type = "s"
    return cell
