"""Bars side by side, drawn by the server as SVG: what was done or eaten in each of some spans of time.

Like :mod:`.line` it is arithmetic on plain numbers, made twice, for wide and for narrow screens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ..views import Shown
from .line import Mark, nice_steps

_LETTER = 7.5  # pixels that a letter of a mark takes, about


@dataclass(frozen=True, slots=True)
class Amount:
    """A bar: its ``value``, the ``label`` below it, and ``url``, the address that it links to, or nothing.

    ``is_marked`` draws it in another colour.
    """

    label: str
    value: float
    url: str = ""
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar, in pixels, and what it says; ``left`` and ``room`` are the strip that belongs to it."""

    left: float
    room: float
    x: float
    y: float
    width: float
    height: float
    text: str
    url: str
    is_marked: bool


@dataclass(frozen=True, slots=True)
class BarPlot:
    """Everything that a template needs to draw; lengths in pixels."""

    width: int
    height: int
    left: int
    bottom: float
    bars: tuple[Bar, ...]
    across: tuple[Mark, ...]
    up: tuple[Mark, ...]
    aim: float | None


def bar_plot(amounts: Sequence[Amount], width: int, height: int, unit: str = "", aim: float | None = None) -> BarPlot:
    """Lay out ``amounts``, at least one, on ``width`` by ``height`` pixels; those below zero hang from the zero line.

    ``aim`` is a value at which a line is drawn.
    """
    left, right, top, bottom = 56, width - 8, 28, height - 28
    values = [amount.value for amount in amounts]
    steps = nice_steps(min(*values, 0), max(*values, aim or 0, 1e-9), max(2, height // 55))
    low, high = steps[0], steps[-1]
    room = (right - left) / len(amounts)
    thick = min(room * 0.72, 56)

    def y_of(value: float) -> float:
        return round(bottom - (bottom - top) * (value - low) / (high - low), 1)

    bars = tuple(
        Bar(
            round(left + room * i, 1), round(room, 1), round(left + room * (i + 0.5) - thick / 2, 1),
            y_of(max(amount.value, 0)), round(thick, 1), round(abs(y_of(amount.value) - y_of(0)), 1),
            f"{amount.label}: {number(amount.value)} {unit}".rstrip(), amount.url, amount.is_marked,
        )
        for i, amount in enumerate(amounts)
    )  # fmt: skip
    longest = max(len(amount.label) for amount in amounts) * _LETTER + 8
    every = max(1, -(-longest // room))
    across = tuple(
        Mark(round(left + room * (i + 0.5), 1), amount.label)
        for i, amount in enumerate(amounts)
        if (len(amounts) - 1 - i) % every == 0
    )
    up = tuple(Mark(y_of(step), number(step)) for step in steps)
    return BarPlot(width, height, left, bottom, bars, across, up, None if aim is None else y_of(aim))


def number(value: float) -> str:
    """Return a number as people read it: 12,500 or 2.5."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.1f}"


def bar_chart(
    shown: Shown,
    amounts: Sequence[Amount],
    label: str,
    unit: str = "",
    aim: float | None = None,
    summary: str = "",
    width: int = 1100,
    height: int = 280,
) -> Markup | None:
    """Return the bars of ``amounts`` as SVG, for a view to return; None where all values are zero.

    ``label`` says what is drawn, ``unit`` in which unit, ``summary`` what there is to see, for users who do not see it
    (made where it is not given).  ``aim`` is a value at which a line is drawn.  ``width`` and ``height`` are pixels on
    a wide screen; narrow ones show the last 12 bars.
    """
    if not any(amount.value for amount in amounts):
        return None
    slim = amounts[-12:]
    plots = (("wide", bar_plot(amounts, width, height, unit, aim)), ("slim", bar_plot(slim, 330, 230, unit, aim)))
    if not summary:
        most = max(amounts, key=lambda amount: amount.value)
        summary = f"{label}: at most {number(most.value)} {unit} ({most.label})."
        if aim:
            summary += f" The dashed line is the goal of {number(aim)} {unit}."
    return shown.render("charts/bars.html", plots=plots, label=label, summary=summary, unit=unit)
