"""Make `members/data/map.json` from Natural Earth's countries (public domain, version 4.1.0).

    python tools/make_map.py countries-50m.json members/data/map.json

The input is the TopoJSON edition of Natural Earth's 1:50m countries, as the npm package
world-atlas 2.0.2 carries it. Arcs are projected and simplified once, so borders that two
countries share stay shared.
"""

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import itertools

from members.projection import HEIGHT, WIDTH, project

STATES = {
    "051": "AM", "031": "AZ", "112": "BY", "268": "GE", "398": "KZ", "417": "KG", "643": "RU",
    "762": "TJ", "860": "UZ",
}  # fmt: skip
NEIGHBOURS = {
    "004", "008", "040", "056", "070", "100", "156", "191", "196", "203", "208", "233", "246",
    "250", "276", "300", "348", "356", "364", "368", "372", "376", "380", "392", "400", "408",
    "410", "414", "422", "428", "440", "470", "496", "498", "499", "524", "528", "578", "586",
    "616", "642", "682", "688", "703", "705", "752", "756", "760", "792", "795", "804", "807",
    "826", "840",
}  # fmt: skip
TOLERANCE, SMALLEST = 0.7, 6.0  # units of the map; square units
Point = tuple[float, float]
# Natural Earth draws the power that holds a place. Crimea, which the United Nations General
# Assembly counts as Ukraine's (resolution 68/262), is kept apart to be drawn as disputed.
DISPUTED = project(34.4, 45.3)


def decoded(topology: dict[str, Any]) -> list[list[Point]]:
    """Arcs as longitude and latitude (TopoJSON: quantised differences)."""
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * scale[0] + shift[0], y * scale[1] + shift[1]))
        arcs.append(points)
    return arcs


def simplified(points: list[Point]) -> list[Point]:
    """Douglas and Peucker's line simplification; the ends stay."""
    if len(points) < 3:
        return points
    (ax, ay), (bx, by) = points[0], points[-1]
    length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5
    worst, at = -1.0, 0
    for index, (x, y) in enumerate(points[1:-1], 1):
        away = (
            abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length
            if length
            else ((x - ax) ** 2 + (y - ay) ** 2) ** 0.5
        )
        if away > worst:
            worst, at = away, index
    if worst <= TOLERANCE:
        return [points[0], points[-1]]
    return simplified(points[: at + 1])[:-1] + simplified(points[at:])


def area(ring: list[Point]) -> float:
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


def path(ring: list[Point]) -> str:
    """A ring as SVG path data: one absolute point, then relative ones, to a tenth."""
    rounded = [(round(x * 10), round(y * 10)) for x, y in ring]
    steps = [f"M{rounded[0][0] / 10:g} {rounded[0][1] / 10:g}l"]
    for (x1, y1), (x2, y2) in itertools.pairwise(rounded):
        if (x1, y1) != (x2, y2):
            steps.append(f"{(x2 - x1) / 10:g} {(y2 - y1) / 10:g} ")
    return "".join(steps).strip() + "z"


def holds(ring: list[Point], point: Point) -> bool:
    """Whether a point lies in a ring (even-odd rule)."""
    inside, (x, y) = False, point
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def outline(
    polygons: list[Any], arcs: list[list[Point]], *, keep_largest: bool, disputed: list[str]
) -> str:
    rings = []
    for polygon in polygons:
        for number, indices in enumerate(polygon):
            ring: list[Point] = []
            for index in indices:
                arc = arcs[index] if index >= 0 else arcs[~index][::-1]
                ring += arc[1:] if ring else arc
            inside = any(-40 < x < WIDTH + 40 and -40 < y < HEIGHT + 40 for x, y in ring)
            if inside and len(ring) > 3 and area(ring) < 2000 and holds(ring, DISPUTED):
                disputed.append(path(ring))
            elif inside and len(ring) > 3:
                rings.append((area(ring), number, ring))
    largest = max((size for size, _, _ in rings), default=0)
    return "".join(
        path(ring)
        for size, _, ring in rings
        if size >= SMALLEST or (keep_largest and size == largest)
    )


def main(source: str, target: str) -> None:
    topology = json.loads(Path(source).read_text())
    arcs = [simplified([project(*point) for point in arc]) for arc in decoded(topology)]
    states: dict[str, str] = {}
    others: list[str] = []
    disputed: list[str] = []
    for country in topology["objects"]["countries"]["geometries"]:
        code = country.get("id")
        if code not in STATES and code not in NEIGHBOURS:
            continue
        polygons = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
        drawn = outline(polygons, arcs, keep_largest=code in STATES, disputed=disputed)
        if code in STATES:
            states[STATES[code]] = drawn
        else:
            others.append(drawn)
    result = {
        "source": "Natural Earth 4.1.0, Admin 0 countries, 1:50m, public domain",
        "width": WIDTH,
        "height": HEIGHT,
        "states": dict(sorted(states.items())),
        "disputed": "".join(disputed),
        "others": "".join(others),
    }
    Path(target).write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
