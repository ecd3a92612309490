"""What is wrong with a file of the record, said so that a curator finds the place."""

from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Problem:
    """One error: the file, the row (from 1) and its key, the field, what was expected.

    `found` is what stands there, shortened. Parts that do not apply are empty or 0.
    """

    file: str
    message: str
    row: int = 0
    key: str = ""
    field: str = ""
    found: str = ""

    def __str__(self) -> str:
        place = self.file
        if self.row:
            place += ", " + _("row %(number)d") % {"number": self.row}
        if self.key:
            place += f" ({self.key})"
        if self.field:
            place += f", {self.field}"
        found = f" [{self.found}]" if self.found else ""
        return f"{place}: {self.message}{found}" if place else f"{self.message}{found}"


class RecordError(Exception):
    """The record was not loaded, or not written; `problems` says everything that is wrong."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
