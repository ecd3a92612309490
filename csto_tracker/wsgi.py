"""The WSGI application that servers load."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csto_tracker.settings")
_django = get_wsgi_application()  # Settings can be read from here on.

from django.conf import settings  # noqa: E402

from csto_tracker.front import ResponseCache  # noqa: E402

application = ResponseCache(_django, limit=settings.RESPONSE_CACHE_MB * 2**20)
