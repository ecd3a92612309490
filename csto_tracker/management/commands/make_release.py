"""`manage.py make_release 2026.11`: an immutable, numbered release of the public record."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from csto_tracker.releases import make_release
from publishing import language


class Command(BaseCommand):
    help = "Build and store an immutable, numbered release of the public record."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="year and month, such as 2026.11")
        parser.add_argument("--note", default="", help="what readers must know of this release")
        language.add_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            try:
                release = make_release(number=options["number"], note=options["note"])
            except ValidationError as error:
                raise CommandError(" ".join(error.messages)) from error
        for file in release.files.defer("content"):
            self.stdout.write(f"{file.sha256}  {file.size:>9}  {file.path}")
