"""The measurements as Markdown tables and one plot (SVG)."""

import argparse
import platform
import subprocess
from math import inf, log10, nan
from pathlib import Path
from typing import NamedTuple

import django
import psutil

from bench import load
from bench.extras import Export
from bench.load import Result
from bench.servers import WORKERS, Server

TITLES = {
    "list": "List of 50",
    "one": "One event",
    "filter": "Filter: state + priority + dates",
    "page": "Page of 50 in HTML",
    "next": "Second page of the list",
}
SERVERS = ("raw", "product", "product, repeated", "ordinary DRF", "Datasette")


class Measured(NamedTuple):
    found: dict[tuple[int, str, str], Result]
    groups: dict[int, list[Server]]
    options: argparse.Namespace
    memory: list[int]
    searches: dict[str, tuple[float, float, float]]
    export: Export


def write(measured: Measured, folder: Path) -> None:
    """Write `performance.tables.md` and `images/performance.svg`."""
    parts = [machine(measured)]
    for size in measured.groups:
        parts += [
            f"\n### {size:,} events: requests per second, and % of raw\n",
            table(measured, size),
        ]
    parts += ["\n### Goals\n", goals(measured), "\n### Search, one client\n"]
    parts += [
        "| milliseconds | half | 99 of 100 | most |\n|---|---|---|---|",
        *(
            f"| {name} | {half:.0f} | {most_:.0f} | {most:.0f} |"
            for name, (half, most_, most) in measured.searches.items()
        ),
    ]
    (folder / "images").mkdir(parents=True, exist_ok=True)
    (folder / "performance.tables.md").write_text("\n".join(parts) + "\n")
    (folder / "images" / "performance.svg").write_text(plot(measured))


def machine(measured: Measured) -> str:
    model = "unknown processor"
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = names[0].split(":", 1)[1].strip() if names else model
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True
    ).stdout.strip()
    return (
        f"Machine: {model}, {psutil.cpu_count()} cores, {psutil.virtual_memory().total >> 30} GB;"
        f" {platform.system()} {platform.release().split('-')[0]}, Python"
        f" {platform.python_version()}, Django {django.__version__}; load by {load.tool()},"
        f" {load.CONNECTIONS} connections, {WORKERS} worker processes each;"
        f" medians of {measured.options.rounds} interleaved rounds; code {commit or 'unknown'}."
    )


def table(measured: Measured, size: int) -> str:
    lines = ["| | " + " | ".join(TITLES.values()) + " |", "|---" * (len(TITLES) + 1) + "|"]
    for server in SERVERS:
        cells = []
        for what in TITLES:
            result = measured.found.get((size, server, what))
            base = measured.found.get((size, "raw", what))
            share = f" ({result.rate / base.rate:.0%})" if result and base and base.rate else ""
            cells.append(f"{result.rate:,.0f}{share}" if result else "")
        if any(cells):
            lines.append(f"| {server} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def goals(measured: Measured) -> str:
    found = measured.found
    small, large = measured.groups

    def ratio(size: int, one: str, what: str, other: str, than: str = "") -> float:
        base = found.get((size, other, than or what))
        if base is None:
            return nan
        # What answered nothing in its time is outrun without end.
        return found[size, one, what].rate / base.rate if base.rate else inf

    rows: list[tuple[str, str, float, float, bool]] = []

    def need(name: str, least: float, value: float) -> None:
        rows.append((name, f"≥ {least:g}", value, least, value >= least))

    def allow(name: str, most: float, value: float) -> None:
        rows.append((name, f"≤ {most:g}", value, most, value <= most))

    for size in (small, large):
        for what, least in (("list", 0.7), ("one", 0.6), ("filter", 0.75), ("page", 0.4)):
            need(f"{TITLES[what]}, {size:,}: of raw", least, ratio(size, "product", what, "raw"))
    for what in ("list", "page"):
        need(f"Repeated {what}: of raw", 5, ratio(large, "product, repeated", what, "raw"))
    need("304: of a bare “hello”", 0.8, ratio(large, "product, repeated", "304", "raw", "hello"))
    for what in ("list", "one", "filter", "page"):
        drf = "ordinary DRF"
        need(f"{TITLES[what]}: of ordinary DRF", 5, ratio(large, "product", what, drf))
        need(f"{TITLES[what]}, repeated: of ordinary DRF", 30,
             ratio(large, "product, repeated", what, drf))  # fmt: skip
        if (large, "Datasette", what) in found:
            need(f"{TITLES[what]}: of Datasette", 1, ratio(large, "product", what, "Datasette"))
    few = "The same filter, as many rows of both"
    for what in ("list", "one", "filter", "few", "next"):
        slow = found[large, "product", what].p50 / found[small, "product", what].p50
        allow(f"{TITLES.get(what, few)}: p50 at {large:,} by p50 at {small:,}", 1.5, slow)
    allow("Search: p99, ms", 200, max(row[1] for row in measured.searches.values()))
    exported = measured.export
    need("Export as CSV: speed by COPY of the same columns", 0.5,
         exported.copy_seconds / exported.seconds)  # fmt: skip
    allow("Export as CSV: growth of the worker, MB", 50, exported.growth)
    allow("Memory of a web worker, MB", 100, max(measured.memory))
    lines = ["| what | goal | measured | reached |", "|---|---|---|---|"]
    for name, goal, value, _limit, reached in rows:
        lines.append(f"| {name} | {goal} | {value:.2f} | {'yes' if reached else '**no**'} |")
    lines.append(
        f"\nThe export of {large:,} events has {exported.megabytes:.0f} MB and took"
        f" {exported.seconds:.1f} s (COPY: {exported.copy_seconds:.1f} s,"
        f" {exported.copy_megabytes:.0f} MB); with nested columns {exported.nested_seconds:.1f} s."
    )
    return "\n".join(lines)


COLOURS = ("#8a8f98", "#0b5fa5", "#5aa0d8", "#b3261e", "#b8860b")


def plot(measured: Measured) -> str:
    """Bars of requests per second at the larger size, on a logarithmic scale."""
    large = list(measured.groups)[-1]
    kinds = [what for what in TITLES if (large, "raw", what) in measured.found]
    height, bar, gap, left, width = 0, 16, 14, 230, 560
    body = []
    top = max(result.rate for key, result in measured.found.items() if key[0] == large)

    def long(rate: float) -> float:
        return max(2.0, width * log10(max(rate, 1)) / log10(top))

    y = 70
    for what in kinds:
        body.append(f'<text x="{left - 10}" y="{y + 12}" text-anchor="end">{TITLES[what]}</text>')
        for server, colour in zip(SERVERS, COLOURS, strict=True):
            result = measured.found.get((large, server, what))
            if result is None:
                continue
            body.append(
                f'<rect x="{left}" y="{y}" width="{long(result.rate):.0f}" height="{bar - 2}"'
                f' fill="{colour}"/><text x="{left + long(result.rate) + 5:.0f}" y="{y + 11}"'
                f' class="n">{result.rate:,.0f}</text>'
            )
            y += bar
        y += gap
    height = y + 10
    legend = "".join(
        f'<rect x="{left + 130 * number}" y="38" width="12" height="12" fill="{colour}"/>'
        f'<text x="{left + 130 * number + 17}" y="49" class="n">{server}</text>'
        for number, (server, colour) in enumerate(zip(SERVERS, COLOURS, strict=True))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 {height}" width="900"'
        f' height="{height}" font-family="sans-serif" font-size="13">'
        "<style>.n{font-size:11px}</style>"
        f'<rect width="900" height="{height}" fill="#fff"/>'
        f'<text x="10" y="22" font-size="16">Requests per second, {large:,} events'
        f" (logarithmic scale)</text>{legend}{''.join(body)}</svg>\n"
    )
