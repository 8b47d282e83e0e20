"""Draw lines over logarithmic axes as an SVG, in colours for light and dark pages; dashed where one comes again."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

_WIDTH, _HEIGHT, _LEFT, _TOP, _PLOT_WIDTH, _PLOT_HEIGHT = 460, 330, 52, 34, 240, 240
_COLOURS = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#8c564b", "#e377c2", "#bcbd22")
_STYLE = "text{font:11px sans-serif;fill:#777}.title{font-size:13px;font-weight:bold}.grid{stroke:#9994;stroke-width:1}"


@dataclass(frozen=True, slots=True)
class Panel:
    """What is drawn in one frame: points of lines by name, over what, and in which unit."""

    across: str
    unit: str
    lines: dict[str, list[tuple[float, float]]]


def draw(panels: list[Panel]) -> str:
    """Return the SVG: two panels in a row."""
    rows = ceil(len(panels) / 2)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * _WIDTH} {rows * _HEIGHT}" role="img">',
        f"<title>{escape('; '.join(f'{panel.unit} over {panel.across}' for panel in panels))}</title>",
        f"<style>{_STYLE}</style>",
    ]
    for number, panel in enumerate(panels):
        parts.append(f'<g transform="translate({number % 2 * _WIDTH} {number // 2 * _HEIGHT})">')
        parts += _drawn(panel)
        parts.append("</g>")
    return "\n".join([*parts, "</svg>"]) + "\n"


def _drawn(panel: Panel) -> list[str]:
    across, up = (_decades([point[axis] for line in panel.lines.values() for point in line]) for axis in (0, 1))

    def place(point: tuple[float, float]) -> tuple[float, float]:
        x, y = (
            (log10(value) - lowest) / (highest - lowest)
            for value, (lowest, highest) in zip(point, (across, up), strict=True)
        )
        return round(_LEFT + x * _PLOT_WIDTH, 1), round(_TOP + (1 - y) * _PLOT_HEIGHT, 1)

    bottom, right = _TOP + _PLOT_HEIGHT, _LEFT + _PLOT_WIDTH
    parts = [f'<text class="title" x="{_LEFT}" y="18">{escape(f"{panel.unit} over {panel.across}")}</text>']
    for power in range(across[0], across[1] + 1):
        x, _ = place((10**power, 10 ** up[0]))
        parts.append(f'<path class="grid" d="M{x} {_TOP}V{bottom}"/>')
        parts.append(f'<text x="{x}" y="{bottom + 16}" text-anchor="middle">{10**power:,}</text>')
    for power in range(up[0], up[1] + 1):
        _, y = place((10 ** across[0], 10**power))
        parts.append(f'<path class="grid" d="M{_LEFT} {y}H{right}"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{10**power:g}</text>')
    for number, (name, points) in enumerate(panel.lines.items()):
        again, colour = divmod(number, len(_COLOURS))
        drawn = f'stroke="{_COLOURS[colour]}" stroke-width="2"' + (' stroke-dasharray="4 2"' if again else "")
        placed = [place(point) for point in points]
        line = "L".join(f"{x} {y}" for x, y in placed)
        parts.append(f'<path d="M{line}" fill="none" {drawn}/>')
        parts += [f'<circle cx="{x}" cy="{y}" r="2.5" fill="{_COLOURS[colour]}"/>' for x, y in placed]
        y = _TOP + 10 + 18 * number
        parts.append(f'<path d="M{right + 12} {y - 4}h14" {drawn}/>')
        parts.append(f'<text x="{right + 30}" y="{y}">{escape(name)}</text>')
    return parts


def _decades(values: list[float]) -> tuple[int, int]:
    """Return the powers of ten that the values lie between."""
    lowest, highest = floor(log10(min(values))), ceil(log10(max(values)))
    return lowest, max(highest, lowest + 1)
