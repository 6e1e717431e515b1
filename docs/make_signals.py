#!/usr/bin/env python3
"""make_signals.py FOLDER - writes the textbook signals of the pages, one column x each."""
from __future__ import annotations

import math
import random
import sys
from collections.abc import Iterable
from pathlib import Path

N_SAMPLES = 600


def periodic() -> Iterable[float]:
    return (math.sin(2 * math.pi * t / 40) for t in range(N_SAMPLES))


def roessler(step: float = 0.05, every: int = 4) -> Iterable[float]:
    """x of the Roessler system with a = b = 0.25, c = 4: chaotic."""
    def slope(s: tuple[float, float, float]) -> tuple[float, float, float]:
        return -s[1] - s[2], s[0] + 0.25 * s[1], 0.25 + s[2] * (s[0] - 4)

    def moved(s: tuple[float, ...], d: tuple[float, ...], h: float) -> tuple[float, float, float]:
        return s[0] + h * d[0], s[1] + h * d[1], s[2] + h * d[2]

    state = (1.0, 1.0, 1.0)
    for k in range(2000 + every * N_SAMPLES):
        if k >= 2000 and k % every == 0:
            yield state[0]
        a = slope(state)
        b = slope(moved(state, a, step / 2))
        c = slope(moved(state, b, step / 2))
        d = slope(moved(state, c, step))
        state = moved(state, tuple(p + 2 * q + 2 * r + s for p, q, r, s in zip(a, b, c, d)),
                      step / 6)


def noise() -> Iterable[float]:
    draw = random.Random(1)
    return (draw.random() for _ in range(N_SAMPLES))


def drift() -> Iterable[float]:
    """A wave on a rising level."""
    return (math.sin(2 * math.pi * t / 40) + 4 * t / N_SAMPLES for t in range(N_SAMPLES))


def main() -> None:
    folder = Path(sys.argv[1])
    for name, values in {"periodic": periodic(), "chaotic": roessler(), "random": noise(),
                         "drift": drift()}.items():
        text = "".join(f"{value:.6f}\n" for value in values)
        (folder / f"{name}.csv").write_text("x\n" + text)


if __name__ == "__main__":
    main()
