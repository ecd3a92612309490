"""`manage.py dump_record`."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _

from csto_tracker.record.dump import dump
from csto_tracker.record.problems import RecordError
from publishing import language


class Command(BaseCommand):
    help = "Write the published record to its files, in their one form and order."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--directory", type=Path, default=settings.RECORD_DIR, help="where the files go"
        )
        language.add_argument(parser)

    def handle(self, *args: Any, directory: Path, **options: Any) -> None:
        with translation.override(options["language"]):
            try:
                counts = dump(directory)
            except RecordError as error:
                said = _("nothing was written; errors: %(number)d") % {
                    "number": len(error.problems)
                }
                raise CommandError(f"{said}\n{error}") from error
        for kind, number in counts.items():
            self.stdout.write(f"  {kind}: {number}")
