"""`manage.py up`. `manage.py` runs it before it loads the settings, which `up` decides upon."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from csto_tracker.local import up


class Command(BaseCommand):
    help = "Start the whole site on this machine: databases, web server, worker and scheduler."

    def add_arguments(self, parser: CommandParser) -> None:
        up.add_arguments(parser)

    def handle(self, *args: Any, host: str, port: int, with_parent: bool, **options: Any) -> None:
        raise SystemExit(up.up(host, port, with_parent=with_parent))
