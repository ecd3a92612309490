"""CORS (Fetch standard): anyone's page may read the public API; nothing may be written."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

READ = {"GET", "HEAD", "OPTIONS"}
# Header fields that another site's script may read, and that it may send.
EXPOSED = (
    "As-Of, Content-Disposition, Content-Location, ETag, Link, Memento-Datetime, RateLimit,"
    " RateLimit-Policy, Retry-After, X-Request-Id"
)
ALLOWED = "Accept, Authorization, If-None-Match"


class CrossOriginMiddleware:
    """Allow reading what is under /api/, and the files of public data, from any origin, without
    credentials."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_file = hasattr(request, "public_etag") and not response.headers.get(
            "Content-Type", ""
        ).startswith("text/html")
        if (is_file or request.path_info.startswith("/api/")) and request.method in READ:
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Expose-Headers"] = EXPOSED
            if request.method == "OPTIONS":
                response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
                response.headers["Access-Control-Allow-Headers"] = ALLOWED
                response.headers["Access-Control-Max-Age"] = "86400"
        return response
