"""The map's projection: Albers' equal-area conic, so that no state looks larger than it is.

Formulas: Snyder, Map Projections: A Working Manual (USGS 1395), 14-3 to 14-6, on a sphere.
"""

from math import cos, radians, sin, sqrt

WIDTH, HEIGHT = 1000, 580
_MERIDIAN, _PARALLELS, _ORIGIN = 90.0, (40.0, 65.0), 50.0
_SCALE, _X, _Y = 670.0, 515.0, 385.0

_N = (sin(radians(_PARALLELS[0])) + sin(radians(_PARALLELS[1]))) / 2
_C = cos(radians(_PARALLELS[0])) ** 2 + 2 * _N * sin(radians(_PARALLELS[0]))
_RHO = sqrt(_C - 2 * _N * sin(radians(_ORIGIN))) / _N


def project(longitude: float, latitude: float) -> tuple[float, float]:
    """Degrees to units of a map of WIDTH by HEIGHT, y downwards."""
    turned = (longitude - _MERIDIAN + 180) % 360 - 180
    theta = _N * radians(turned)
    rho = sqrt(max(_C - 2 * _N * sin(radians(latitude)), 0)) / _N
    return _X + _SCALE * rho * sin(theta), _Y - _SCALE * (_RHO - rho * cos(theta))
