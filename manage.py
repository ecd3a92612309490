#!/usr/bin/env python
"""Django's command-line entry point."""

import os
import sys

from csto_tracker.local import variables


def main() -> None:
    if sys.argv[1:2] == ["up"]:
        # Settings need a database and a secret, which `up` makes: it cannot wait for them.
        from csto_tracker.local import up

        sys.exit(up.main(sys.argv[2:]))
    variables.apply()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csto_tracker.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
