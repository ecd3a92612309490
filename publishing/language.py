"""The language in which commands speak to whoever runs them."""

import os
from argparse import ArgumentParser
from collections.abc import Mapping

from django.conf import settings


def of_environment(environment: Mapping[str, str] = os.environ) -> str:
    """The first language of the terminal that this site speaks, by gettext's rules; or English."""
    variables = ("LC_ALL", "LC_MESSAGES", "LANG")
    locale = next((environment[name] for name in variables if environment.get(name)), "")
    wanted = [*environment.get("LANGUAGE", "").split(":"), locale]
    codes = [name.replace("-", "_").split("_")[0].split(".")[0].lower() for name in wanted]
    return next((code for code in codes if code in dict(settings.LANGUAGES)), "en")


def add_argument(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--language",
        choices=[code for code, _name in settings.LANGUAGES],
        default=of_environment(),
        help="language of what is said (%(default)s; without this option that of the terminal)",
    )
