"""Whether the web server answers. As a program, for containers: exit code 0 when it does."""

import http.client
import os
import sys
from urllib.parse import urlsplit


def answers(host: str, port: int, site_url: str) -> bool:
    """Whether the server on `host` and `port` is well, asked as a visitor of `site_url`."""
    connection = http.client.HTTPConnection(host, port, timeout=10)
    site = urlsplit(site_url)
    try:
        connection.request(
            "GET", "/healthz", headers={"Host": site.netloc, "X-Forwarded-Proto": site.scheme}
        )
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(not answers("127.0.0.1", 8000, os.environ["SITE_URL"]))
