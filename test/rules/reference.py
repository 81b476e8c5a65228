"""Writes reference.json: partial derivatives at exact doubles, from values of 1000 digits and central differences with a
relative step of 1e-60, so that nothing of a formula of the rule table enters. Needs mpmath: python3 reference.py"""

import json
import os
from mpmath import mp, mpf

mp.dps = 1000

small, large = [1e-300, -1e-300, 1e-20], [1e300, -1e300, 1e20]
line = [0.0, 0.3, -0.7, 1.0, -1.0, 2.5, -4.0, 10.0, -17.5]
inside = [0.0, 0.5, -0.7, 0.9, -0.99, 1 - 1e-10, -1 + 1e-12, 1e-300]
positive = [5e-324, 1e-300, 1e-20, 0.1, 0.5, 1.0, 1.0000001, 2.0, 3.7, 10.0, 1e20, 1e300]

one = {
    "abs": (lambda x: abs(x), [x for x in line if x != 0] + small + large),
    "acos": (mp.acos, inside),
    "acosh": (mp.acosh, [1 + 1e-12, 1.0000001, 1.5, 2.0, 10.0, 1e10, 1e300]),
    "asin": (mp.asin, inside),
    "asinh": (mp.asinh, line + small + [1e10, -1e150]),
    "atan": (mp.atan, line + small + [1e10, -1e150]),
    "atanh": (mp.atanh, inside),
    "cbrt": (lambda x: mp.sign(x) * mp.cbrt(abs(x)), [x for x in line if x != 0] + small + large),
    "cos": (mp.cos, line + small + [1e6]),
    "cosh": (mp.cosh, line + small + [700.0, -700.0]),
    "exp": (mp.exp, line + small + [700.0, -700.0]),
    "expm1": (mp.expm1, line + small + [700.0, -700.0]),
    "log": (mp.log, positive),
    "log10": (mp.log10, positive),
    "log1p": (lambda x: mp.log(1 + x), [-1 + 1e-12, -0.9999, -0.5, -1e-20, 0.0, 1e-300, 0.5, 3.0, 1e20, 1e300]),
    "log2": (lambda x: mp.log(x) / mp.log(2), positive),
    "sin": (mp.sin, line + small + [1e6]),
    "sinh": (mp.sinh, line + small + [700.0, -700.0]),
    "sqrt": (mp.sqrt, positive),
    "tan": (mp.tan, line + small + [1.5707963]),
    "tanh": (mp.tanh, line + small),
}


def power(x, y):
    if x < 0:
        return mp.power(-x, y) * (1 if int(mp.nint(y)) % 2 == 0 else -1)
    return mp.power(x, y)


def remainder(x, y):
    q = x / y
    return x - (mp.floor(q) if q >= 0 else mp.ceil(q)) * y


plane = [(1.5, 2.5), (-1.5, 2.5), (3.0, -0.5), (-2.0, -7.0), (1e-200, 1e-200), (1e-200, -3e-201), (1e200, 1e200),
         (-1e200, 1e190), (1e-160, 2e-161), (-3e-155, 7e-156), (1e-170, 1.0), (1.0, 1e-170), (1e160, 1e-160), (0.0, 2.0), (2.0, 0.0), (0.0, -2.0)]
powers = [(0.5, 0.5), (2.0, 3.0), (2.0, -3.0), (1.5, 2.25), (0.1, -1.75), (10.0, 0.0), (1.0, 5.0), (3.0, 1.0), (7.0, 0.5),
          (1e-200, 2.0), (1e-160, 2.0), (1e200, 0.5), (1e-300, 0.25), (1e150, 2.0), (1e160, -2.0), (1e-100, -2.5), (1e5, 1e-10)]

two = {
    "+": (lambda x, y: x + y, plane),
    "-": (lambda x, y: x - y, plane),
    "*": (lambda x, y: x * y, plane),
    "/": (lambda x, y: x / y, [(x, y) for x, y in plane if y != 0] + [(1e300, 1e5), (1e-300, 1e-5)]),
    "%": (remainder, [(7.5, 2.0), (-7.5, 2.0), (7.5, -2.0), (-7.5, -2.0), (0.3, 0.1), (1.0, 0.1), (1.0, 5.0), (1e10, 3.7), (1e-10, 3.0)]),
    "**": (power, powers),
    "pow": (power, powers),
    "atan2": (mp.atan2, [p for p in plane if p[0] != 0] + [(0.0, 2.0)]),
    "hypot": (mp.hypot, plane),
}
# Negative base: the function of x alone, for the constant whole exponent.
negative = [(-2.0, 3.0), (-2.0, 2.0), (-1.5, -3.0), (-1e-160, 2.0), (-3.0, 1.0), (-0.1, -2.0), (-5.0, 4.0), (-5.0, 5.0), (-1.1, 11.0)]


def step(x):
    return abs(x) * mpf(10) ** -60 if x != 0 else mpf(10) ** -(mpf(60) + 300)


def partial(f, args, i):
    h = step(args[i])
    up, down = list(args), list(args)
    up[i] += h
    down[i] -= h
    return float((f(*up) - f(*down)) / (2 * h))


rows = []
for name, (f, points) in one.items():
    for x in points:
        rows.append({"name": name, "args": [x], "partials": [partial(f, [mpf(x)], 0)]})
for name, (f, points) in two.items():
    for point in points:
        args = [mpf(a) for a in point]
        rows.append({"name": name, "args": list(point), "partials": [partial(f, args, i) for i in range(2)]})
for x, y in negative:
    for name in ("**", "pow"):
        rows.append({"name": name, "args": [x, y], "partials": [partial(lambda x: power(x, mpf(y)), [mpf(x)], 0), None]})

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "reference.json"), "w") as out:
    text = ",\n".join("  " + json.dumps(row).replace("Infinity", "1e999") for row in rows)  # JSON has no infinity
    out.write("[\n" + text + "\n]\n")
