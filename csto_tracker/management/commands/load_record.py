"""`manage.py load_record`."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _

from csto_tracker.record.load import load
from csto_tracker.record.problems import RecordError
from publishing import language


class Command(BaseCommand):
    help = (
        "Load the record from its files: add what is new, change what differs, all or nothing."
        " A second load changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--directory", type=Path, default=settings.RECORD_DIR, help="where the files are"
        )
        parser.add_argument(
            "--by", default="load_record", help="who loads it, for the history (%(default)s)"
        )
        language.add_argument(parser)

    def handle(self, *args: Any, directory: Path, by: str, **options: Any) -> None:
        def say(line: str) -> None:
            self.stdout.write(f"  {line}")

        with translation.override(options["language"]):
            try:
                load(directory=directory, by=by, progress=say)
            except RecordError as error:
                said = _("nothing was loaded; errors: %(number)d") % {"number": len(error.problems)}
                raise CommandError(f"{said}\n{error}") from error
