"""What the launcher tells its user instead of a traceback."""


class LocalError(Exception):
    """Something that the user can act upon; the message says what happened and what to do."""
