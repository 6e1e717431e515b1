"""What the plots of curves share; matplotlib is loaded when one is drawn."""
from __future__ import annotations

from typing import Any, Optional

import numpy as np

from ._recording import as_samples

_HEIGHTS = (1.6, 1.1)  # inches: a recording, a measure


def panels(n: int, figure: Any = None) -> Any:
    """n axes below each other on one axis of time."""
    try:
        from matplotlib import pyplot
    except ImportError:
        raise ImportError("plot needs matplotlib (pip install matplotlib); the program's --plot "
                          "draws without") from None
    if figure is None:
        figure = pyplot.figure(figsize=(8, 1 + n * _HEIGHTS[1]), layout="constrained")
    return figure.subplots(n, 1, sharex=True, squeeze=False)[:, 0]


def draw_recording(ax: Any, x: Any, rate: Optional[float]) -> None:
    """Every channel of x over time."""
    array = as_samples(x, "x")
    array = array.reshape(len(array), -1)
    time = np.arange(len(array)) / (rate or 1.0)
    for k in range(array.shape[1]):
        ax.plot(time, array[:, k], linewidth=0.6, color="black",
                linestyle=("-", "--", ":", "-.")[k % 4])
    ax.set_ylabel("recording")


def label_time(ax: Any, rate: Optional[float]) -> None:
    """What the axis of windows says."""
    ax.set_xlabel("sample, centre of the window" if rate is None
                  else "time, centre of the window (s)")
