"""Bring a local database to the present code: schema, record and a curator account.

Run as a program, with the environment that `up` gives it. It says what it does only where there
is something to do, so that later starts are quick and quiet.
"""

import os
import secrets
import sys

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import OperationalError

ACCOUNT = "curator"


def migrate() -> None:
    """Apply the migrations that the database lacks."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        print(f"  Applying {len(plan)} migrations", flush=True)
        call_command("migrate", interactive=False, verbosity=0)


def load_record() -> None:
    """Load the record from its files into a database that holds no source yet, and release it."""
    from csto_tracker.releases import make_monthly_release
    from sources.models import Source

    if not Source.objects.exists():
        print("  Loading the record", flush=True)
        call_command("load_record")
        if made := make_monthly_release():
            print(f"  Made release {made.number}", flush=True)


def make_curator() -> None:
    """Make the first account and print its password, which is stored nowhere but as a hash."""
    from django.contrib.auth import get_user_model

    users = get_user_model().objects
    if users.filter(username=ACCOUNT).exists():
        return
    password = secrets.token_urlsafe(12)
    users.create_superuser(username=ACCOUNT, email="", password=password)
    print(f"  Account for /admin/: {ACCOUNT}, password: {password}")
    print("  It is shown this once. A new one: .venv/bin/python manage.py changepassword", end=" ")
    print(ACCOUNT, flush=True)


def main(arguments: list[str]) -> None:
    django.setup()  # before anything below may import a model
    migrate()
    load_record()
    # A server's output is kept in its logs, where a password must not be.
    if "--without-account" not in arguments:
        make_curator()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csto_tracker.settings")
    try:
        main(sys.argv[1:])
    except (CommandError, ImproperlyConfigured) as error:  # written for whoever runs this
        sys.exit(str(error))
    except OperationalError as error:
        sys.exit(f"The database does not answer: {error}")
