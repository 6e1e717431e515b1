"""Progress of a sweep."""
from __future__ import annotations

from typing import Any, Callable, Union

Progress = Union[bool, Callable[[dict[str, float]], object]]


class Reporter:
    """Progress as a tqdm bar, as calls of a function, or not at all."""

    def __init__(self, progress: Progress, n_rows: int):
        self._bar: Any = None
        self._call = progress if callable(progress) else None
        if progress and self._call is None:
            try:
                from tqdm.auto import tqdm
            except ImportError:
                raise ImportError("progress=True needs tqdm (pip install tqdm); a function is "
                                  "called with the numbers instead") from None
            self._bar = tqdm(total=n_rows, unit=" rows", unit_scale=True)

    def __call__(self, statistics: Any) -> None:
        ended = statistics.n_done + statistics.n_failed + statistics.n_skipped
        if self._bar is not None:
            told = {name: number for name, number in (("failed", statistics.n_failed),
                                                      ("skipped", statistics.n_skipped)) if number}
            if told:
                self._bar.set_postfix(told, refresh=False)
            self._bar.update(ended - self._bar.n)
        elif self._call is not None:
            self._call({name: getattr(statistics, name) for name in (
                "n_total", "n_done", "n_failed", "n_skipped", "percent", "elapsed_s", "eta_s",
                "rate_per_s")})

    def __enter__(self) -> "Reporter":
        return self

    def __exit__(self, *details: object) -> None:
        if self._bar is not None:
            self._bar.close()
