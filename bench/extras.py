"""What is measured once, on the large record: searches, one after another, and an export."""

import http.client
import time
from typing import NamedTuple
from urllib.parse import quote

import psutil
import psycopg2

from bench.servers import Server
from bench.words import COMMON_WORD, MISSING_WORD, RARE_WORD

SEARCHES = 100
WORDS = {
    "a word of a third of all events": COMMON_WORD,
    "a word of one event in ten thousand": RARE_WORD,
    "a word of no event": MISSING_WORD,
    "two words, one of them common": f"{COMMON_WORD} {RARE_WORD}",
    "a Russian word of a third": "совет",
}
COPY = """COPY (SELECT slug, kind, status, title, title_ru, summary, summary_ru, date,
    lower(period), upper(period) - 1, date_note, date_note_ru, start_time, end_time, time_zone,
    place, place_ru, country, url, confidence, note, note_ru, sequence, changed_at FROM events_event
    ORDER BY period DESC, id DESC) TO STDOUT (FORMAT csv)"""
FIELDS = (
    "key,kind,status,title,title_ru,summary,summary_ru,date,earliest,latest,date_note,date_note_ru,"
    "start_time,end_time,time_zone,place,place_ru,country,url,confidence,note,note_ru,sequence,"
    "changed_at"
)


class Export(NamedTuple):
    """Seconds and megabytes of CSV, by the product and by COPY, and what the worker grew by."""

    seconds: float
    megabytes: float
    copy_seconds: float
    copy_megabytes: float
    growth: float
    nested_seconds: float


def search(port: int) -> dict[str, tuple[float, float, float]]:
    """Milliseconds (median, 99 of 100, most) of the search page and the list's `q`, by words."""
    found = {}
    for name, word in WORDS.items():
        for place, path in (("search page", "/search/"), ("list of events", "/api/v1/events/")):
            took = []
            for _ in range(SEARCHES):
                begun = time.perf_counter()
                _get(port, f"{path}?q={quote(word)}")
                took.append((time.perf_counter() - begun) * 1000)
            took.sort()
            found[f"{place}: {name}"] = (took[len(took) // 2], took[-2], took[-1])
    return found


def export(server: Server, address: str) -> Export:
    processes = psutil.Process(server._process.pid).children()
    before = {process.pid: process.memory_info().rss for process in processes}
    begun = time.perf_counter()
    size = _get(server.port, f"/api/v1/events.csv?fields={FIELDS}")
    seconds = time.perf_counter() - begun
    growth = max(process.memory_info().rss - before[process.pid] for process in processes)
    session = psycopg2.connect(address)
    count = _Count()
    begun = time.perf_counter()
    with session.cursor() as cursor:
        cursor.copy_expert(COPY, count)
    copied = time.perf_counter() - begun
    session.close()
    begun = time.perf_counter()
    _get(server.port, "/api/v1/events.csv")
    nested = time.perf_counter() - begun
    return Export(seconds, size / 2**20, copied, count.size / 2**20, growth / 2**20, nested)


class _Count:
    size = 0

    def write(self, data: bytes) -> None:
        self.size += len(data)


def _get(port: int, path: str) -> int:
    """The length of the body of an answer, read in parts."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    client.request("GET", path)
    answer = client.getresponse()
    size = 0
    while part := answer.read(2**16):
        size += len(part)
    client.close()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return size
