"""Progress bars, on a terminal, of what takes long."""

from __future__ import annotations

from typing import Any


class ProgressBars:
    """One bar after the other; a context that closes the last."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task = ""

    def show(self, task: str, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` steps of ``task`` are done."""
        from tqdm import tqdm

        if task != self._task:
            self.close()
            self._bar, self._task = tqdm(desc=task, total=total, disable=None), task
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """End the bar that is shown: something else is to be said."""
        if self._bar is not None:
            self._bar.close()
        self._bar, self._task = None, ""

    def __enter__(self) -> ProgressBars:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
