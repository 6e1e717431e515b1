#!/usr/bin/env python3
"""draw_gallery.py KIND FILE.svg INPUT... - the pictures of the gallery that the program rqa does not draw
itself, from its JSON and CSV: grid, scaling, lines, intervals, sampled."""
from __future__ import annotations

import csv
import json
import math
import sys
from pathlib import Path
from typing import Any, Callable

WIDTH, HEIGHT = 620, 300
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 20, 50
BLUE, ORANGE = "#0072B2", "#D55E00"  # Okabe, Ito 2008


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten."""
    step = 10.0 ** math.floor(math.log10((high - low) / most))
    while (high - low) / step > most:
        step *= 2.5 if str(step).strip("0.").startswith("2") else 2
    first = math.ceil(low / step - 1e-9)
    return [k * step for k in range(first, math.floor(high / step + 1e-9) + 1)]


class Chart:
    """One pair of axes; logarithmic ones take powers of ten."""

    def __init__(self, x: tuple[float, float], y: tuple[float, float], x_label: str, y_label: str,
                 logarithmic: bool = False) -> None:
        self.move: Callable[[float], float] = math.log10 if logarithmic else float
        self.x, self.y = ((self.move(a), self.move(b)) for a, b in (x, y))
        self.parts: list[str] = []
        self.logarithmic = logarithmic
        self.text(WIDTH / 2, HEIGHT - 8, x_label)
        self.parts.append(f'<text transform="translate(14 {HEIGHT / 2}) rotate(-90)" '
                          f'text-anchor="middle">{y_label}</text>')

    def place(self, x: float, y: float) -> tuple[float, float]:
        share_x = (self.move(x) - self.x[0]) / (self.x[1] - self.x[0])
        share_y = (self.move(y) - self.y[0]) / (self.y[1] - self.y[0])
        return (LEFT + share_x * (WIDTH - LEFT - RIGHT),
                HEIGHT - BOTTOM - share_y * (HEIGHT - TOP - BOTTOM))

    def text(self, x: float, y: float, text: str, anchor: str = "middle") -> None:
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>')

    def line(self, points: list[tuple[float, float]], colour: str = "black", width: float = 1.5) -> None:
        placed = " ".join(f"{x:.1f},{y:.1f}" for x, y in (self.place(*p) for p in points))
        self.parts.append(f'<polyline points="{placed}" fill="none" stroke="{colour}" '
                          f'stroke-width="{width}"/>')

    def dot(self, x: float, y: float, colour: str = "black") -> None:
        at = self.place(x, y)
        self.parts.append(f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="3.5" fill="{colour}"/>')

    def axes(self, of_x: bool = True) -> None:
        self.parts.append(f'<path d="M{LEFT},{TOP} V{HEIGHT - BOTTOM} H{WIDTH - RIGHT}" fill="none" '
                          'stroke="black"/>')
        for of, (low, high) in (("x", self.x), ("y", self.y)):
            if of == "x" and not of_x:
                continue
            at = ([float(k) for k in range(math.ceil(low), math.floor(high) + 1)]
                  if self.logarithmic else ticks(low, high))
            for value in at:
                shown = 10.0 ** value if self.logarithmic else value
                x, y = self.place(*((shown, 10.0 ** self.y[0] if self.logarithmic else self.y[0])
                                    if of == "x" else
                                    (10.0 ** self.x[0] if self.logarithmic else self.x[0], shown)))
                if of == "x":
                    self.parts.append(f'<path d="M{x:.1f},{y:.1f} v4" stroke="black"/>')
                    self.text(x, y + 18, f"{shown:.6g}")
                else:
                    self.parts.append(f'<path d="M{x:.1f},{y:.1f} h-4" stroke="black"/>')
                    self.text(x - 8, y + 4, f"{shown:.6g}", "end")

    def write(self, file: str) -> None:
        Path(file).write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
            f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">\n'
            '<rect width="100%" height="100%" fill="white"/>\n' + "\n".join(self.parts) + "\n</svg>\n",
            encoding="utf-8")


def load(file: str) -> Any:
    return json.loads(Path(file).read_text(encoding="utf-8"))


def grid(out: str, inputs: list[str]) -> None:
    """det over dimension and threshold, as shades."""
    with open(inputs[0], encoding="utf-8", newline="") as file:
        rows = [(int(row["dim"]), float(row["threshold"]), float(row["det"]))
                for row in csv.DictReader(file) if row["det"]]
    dims, thresholds = (sorted({row[k] for row in rows}) for k in (0, 1))
    step = thresholds[1] - thresholds[0]
    low, high = min(row[2] for row in rows), max(row[2] for row in rows)
    chart = Chart((thresholds[0] - step / 2, thresholds[-1] + step / 2), (dims[0] - .5, dims[-1] + .5),
                  f"threshold (mV); det {low:.2f} white to {high:.2f} blue", "dimension")
    for dim, threshold, det in rows:
        a, b = chart.place(threshold - step / 2, dim + .5), chart.place(threshold + step / 2, dim - .5)
        share = (det - low) / (high - low)
        shade = ",".join(str(round(255 + share * (c - 255))) for c in (0, 70, 140))
        chart.parts.append(f'<rect x="{a[0]:.1f}" y="{a[1]:.1f}" width="{b[0] - a[0] + .5:.1f}" '
                           f'height="{b[1] - a[1] + .5:.1f}" fill="rgb({shade})"/>')
    chart.axes()
    chart.write(out)


def scaling(out: str, inputs: list[str]) -> None:
    """The correlation sum, doubly logarithmic."""
    found = load(inputs[0])["scaling"]
    points = [(t, c) for t, c in zip(found["thresholds"], found["correlation_sum"]) if c]
    chart = Chart((10 ** math.floor(math.log10(points[0][0])), 10 ** math.ceil(math.log10(points[-1][0]))),
                  (10 ** math.floor(math.log10(points[0][1])), 1), "threshold (mV)", "C", True)
    chart.line(points, BLUE)
    for point in points:
        chart.dot(*point, BLUE)
    chart.axes()
    chart.write(out)


def lines(out: str, inputs: list[str]) -> None:
    """Histograms of diagonal and vertical lines, doubly logarithmic."""
    found = load(inputs[0])["histograms"]
    longest = max(found[name][-1][0] for name in ("diagonal", "vertical"))
    most = max(count for name in ("diagonal", "vertical") for _, count in found[name])
    chart = Chart((1, longest), (1, most), "length of a line (samples): blue diagonal, orange vertical",
                  "lines", True)
    for name, colour in (("diagonal", BLUE), ("vertical", ORANGE)):
        for length, count in found[name]:
            chart.dot(length, count, colour)
    chart.axes()
    chart.write(out)


def bars(out: str, rows: list[tuple[str, float, float, float]], label: str) -> None:
    """A value and an interval for each name, all relative to the first number of each."""
    spread = max(max(abs(low), abs(high)) for _, _, low, high in rows)
    chart = Chart((-1.15 * spread, 1.15 * spread), (0, len(rows)), label, "")
    for k, (name, value, low, high) in enumerate(rows):
        y = len(rows) - k - .5
        chart.line([(low, y), (high, y)], BLUE, 2)
        chart.dot(value, y, BLUE)
        chart.text(LEFT - 8, chart.place(0, y)[1] + 4, name, "end")
    chart.line([(0, 0), (0, len(rows))], "#888", 1)
    x_axis = ticks(*chart.x)
    for value in x_axis:
        x, y = chart.place(value, 0)
        chart.parts.append(f'<path d="M{x:.1f},{y:.1f} v4" stroke="black"/>')
        chart.text(x, y + 18, f"{value:.6g}")
    chart.parts.append(f'<path d="M{LEFT},{HEIGHT - BOTTOM} H{WIDTH - RIGHT}" stroke="black"/>')
    chart.write(out)


def intervals(out: str, inputs: list[str]) -> None:
    """Bootstrap intervals, in percent of the measure."""
    found = load(inputs[0])
    rows = []
    for name, interval in found["bootstrap"]["intervals"].items():
        value = found["measures"][name]
        rows.append((name, 0.0, 100 * (interval["lower"] / value - 1), 100 * (interval["upper"] / value - 1)))
    bars(out, rows, "95 % interval, difference from the measure (%)")


def sampled(out: str, inputs: list[str]) -> None:
    """Estimates with two standard errors, in percent of the exact value."""
    found, exact = load(inputs[0]), load(inputs[1])["measures"]
    rows = []
    for name, value in found["measures"].items():
        off, error = 100 * (value / exact[name] - 1), 200 * found["standard_errors"][name] / exact[name]
        rows.append((name, off, off - error, off + error))
    bars(out, rows, "estimate and two standard errors, difference from the exact value (%)")


if __name__ == "__main__":
    {"grid": grid, "scaling": scaling, "lines": lines, "intervals": intervals,
     "sampled": sampled}[sys.argv[1]](sys.argv[2], sys.argv[3:])
