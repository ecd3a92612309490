"""Ground floor: draft or published, history, data version, conditional responses, formats."""

import hashlib
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def code_version() -> str:
    """A digest of the code, templates and translations: a new deployment renews every ETag."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for pattern in (
        "*/*.py",
        "*/*/*.py",
        "templates/**/*.html",
        "static/**/*.*",
        "locale/**/*.po",
        "docs/*.md",
    ):
        for path in sorted(root.glob(pattern)):
            if ".venv" in path.parts or ".local" in path.parts:
                continue
            stat = path.stat()
            digest.update(f"{path.relative_to(root)} {stat.st_size} {stat.st_mtime_ns}".encode())
    return digest.hexdigest()[:12]
