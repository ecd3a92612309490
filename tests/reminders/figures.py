"""What a run of the kill suite found, as a table and as a verdict."""

from dataclasses import dataclass
from pathlib import Path

MARKS = ("<!-- figures -->", "<!-- end of figures -->")


@dataclass
class Figures:
    """What a run found. Times in seconds."""

    reminders: int = 0
    kills: int = 0
    workers: int = 0
    lost: int = 0
    doubled_by_id: int = 0
    raw_duplicates: int = 0
    slow_raw_duplicates: int = 0
    refused: int = 0
    dead: int = 0
    early: int = 0
    p50: float = 0.0
    p99: float = 0.0
    latest: float = 0.0
    seconds: float = 0.0
    load: float = 0.0
    poison_waiting: int = 0
    hooks_lost: int = 0
    hooks_doubled_by_id: int = 0
    hooks_raw_duplicates: int = 0
    pages_asked: int = 0
    pages_503_postgres: int = 0
    pages_5xx_else: int = 0
    postgres_recovery: float = 0.0
    valkey_pages_failed: int = 0


ROWS = (
    ("Reminders, one for each subscriber", "reminders", ""),
    ("`kill -9` of a random worker", "kills", ""),
    ("Workers", "workers", ""),
    ("Lost", "lost", "0"),
    ("Doubled by Message-ID", "doubled_by_id", "0"),
    ("Raw duplicates (same Message-ID)", "raw_duplicates", "at most one per kill"),
    ("Raw duplicates of mails that the server kept waiting (1 %)", "slow_raw_duplicates", ""),
    ("Sent before they were due", "early", "0"),
    ("Webhooks lost", "hooks_lost", "0"),
    ("Webhooks doubled by `webhook-id`", "hooks_doubled_by_id", "0"),
    ("Raw duplicates of webhooks", "hooks_raw_duplicates", ""),
    ("Recipients refused for good (1 %)", "refused", ""),
    ("Dead letters", "dead", "as many"),
    ("Always refused for the time being and still tried (1 %)", "poison_waiting", ""),
    ("From due to accepted, recipients without trouble: median (s)", "p50", ""),
    ("99th percentile (s)", "p99", ""),
    ("Latest (s)", "latest", ""),
    ("From first due to last accepted (s)", "seconds", ""),
    ("Load of the machine at the end", "load", ""),
    ("Pages asked for meanwhile", "pages_asked", ""),
    ("Answers 503 around PostgreSQL's restart", "pages_503_postgres", ""),
    ("Pages well again after PostgreSQL's restart (s)", "postgres_recovery", "10"),
    ("Failed pages around Valkey's restart", "valkey_pages_failed", "0"),
    ("Other failed pages", "pages_5xx_else", "0"),
)


def table(figures: Figures) -> str:
    lines = ["| figure | measured | must be |", "|---|---|---|"]
    for label, name, bound in ROWS:
        value = getattr(figures, name)
        shown = f"{value:.1f}" if isinstance(value, float) else f"{value:,}"
        lines.append(f"| {label} | {shown} | {bound} |")
    return "\n".join(lines)


def is_good(figures: Figures) -> bool:
    """Whether all that must be is so."""
    return (
        figures.lost
        == figures.doubled_by_id
        == figures.early
        == figures.hooks_lost
        == figures.hooks_doubled_by_id
        == figures.valkey_pages_failed
        == figures.pages_5xx_else
        == 0
        and figures.dead == figures.refused
        and figures.raw_duplicates <= figures.kills + 1  # PostgreSQL's crash counts as one
        and figures.postgres_recovery <= 10
    )


def write(place: Path, text: str) -> None:
    """Put the table between the marks of a document."""
    begin, end = MARKS
    before, _, rest = place.read_text().partition(begin)
    _, _, after = rest.partition(end)
    place.write_text(f"{before}{begin}\n{text}\n{end}{after}")
