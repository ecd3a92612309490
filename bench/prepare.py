"""What needs Django with one database: `python -m bench.prepare record 1000`, or `sqlite FILE`."""

import os
import sys
from pathlib import Path

import django
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csto_tracker.settings")
django.setup()

from bench import record, sqlite  # noqa: E402

what, argument = sys.argv[1:]
if what == "record":
    call_command("migrate", verbosity=0)
    record.make(int(argument))
else:
    sqlite.copy(Path(argument))
