"""Drawings: the charts that have no axes of numbers, as SVG of our own: heat map, distribution, link graph.

The same rows make the same bytes: nothing is random, and coordinates are whole pixels.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from scaup.titles import column_title, title_of

WIDTH = 760
LETTER = 6.3  # pixels that a letter of a label takes, on average
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOST_NODES = 40  # more cannot be read
MOST_LABELS = 14  # more lie on each other: then only the subject's links are named, and all in tooltips
MOST_CELLS = 5_000
LONGEST_NAME = 20
LABEL = (78, 26)  # pixels that a node with its label takes
ROUNDS = 300
Row = Mapping[str, Any]
Drawn = tuple[str, str]


def _svg(height: int, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" font-family="Arial, Helvetica, Liberation Sans, sans-serif" font-size="11">'
        + "".join(parts)
        + "</svg>"
    )


def _text(
    x: float, y: float, words: object, *, anchor: str = "start", fill: str = "quiet", weight: str = ""
) -> str:
    bold = f' font-weight="{weight}"' if weight else ""
    return (
        f'<text x="{round(x)}" y="{round(y)}" text-anchor="{anchor}" fill="var(--{fill})"{bold}>'
        f"{html.escape(str(words))}</text>"
    )


def _title(words: str) -> str:
    return f"<title>{html.escape(words)}</title>"


def _amount(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.3g}"


# ---- heat map --------------------------------------------------------------------------------


def _heatmap(values: list[Row], x: str, y: str, options: Row) -> Drawn:
    """A cell for each pair of an hour and a weekday (or of any two columns), darker for more."""
    amounts: dict[tuple[Any, Any], float] = {}
    column = options["value"]
    for row in values:
        place = (row[x], row[y])
        amounts[place] = amounts.get(place, 0) + (row[column] or 0)
    across = list(range(24)) if "hour" in x else list(dict.fromkeys(row[x] for row in values))
    down = list(range(1, 8)) if "weekday" in y else list(dict.fromkeys(row[y] for row in values))
    left_out = max(0, len(down) - MOST_CELLS // max(1, len(across)))
    down = down[: len(down) - left_out]
    names = [DAYS[key - 1] if "weekday" in y else str(key) for key in down]
    left = min(max(56, 12 + int(max((len(name) for name in names), default=0) * LETTER)), 220)
    wide, tall, top = (WIDTH - left - 8) / max(1, len(across)), 24, 6
    most = max(amounts.values(), default=0)
    parts = []
    for line, (key, name) in enumerate(zip(down, names, strict=True)):
        parts.append(_text(left - 8, top + line * tall + 16, name[:34], anchor="end"))
        for step, column_key in enumerate(across):
            amount = amounts.get((column_key, key), 0)
            share = amount / most if most else 0
            hour = f"{column_key:02d}:00" if "hour" in x else str(column_key)
            parts.append(
                f'<rect x="{round(left + step * wide)}" y="{top + line * tall}" width="{round(wide) - 1}" '
                f'height="{tall - 1}" fill="var(--c1)" fill-opacity="{0.05 + 0.95 * share:.2f}">'
                + _title(f"{name} {hour}: {_amount(amount)}")
                + "</rect>"
            )
    below = top + len(down) * tall + 14
    every = 3 if "hour" in x else max(1, math.ceil(len(across) * 60 / WIDTH))
    for step in range(0, len(across), every):
        label = f"{across[step]:02d}" if "hour" in x else str(across[step])[:12]
        parts.append(_text(left + (step + 0.5) * wide, below, label, anchor="middle"))
    parts.append(_text(left, below + 22, f"{column_title(column)}: none"))
    start = left + 12 + int((len(column_title(column)) + 6) * LETTER)
    for step in range(5):
        parts.append(
            f'<rect x="{start + step * 24}" y="{below + 12}" width="23" height="12" fill="var(--c1)" '
            f'fill-opacity="{0.05 + 0.95 * step / 4:.2f}"/>'
        )
    parts.append(_text(start + 5 * 24 + 8, below + 22, f"{_amount(most)} in one cell"))
    if "hour" in x:
        parts.append(_text(WIDTH - 8, below + 22, "hours in UTC", anchor="end"))
    words = _heatmap_words(amounts, x, y, column)
    if left_out:
        words += f" {left_out:,} lines do not fit and are left out."
    return _svg(below + 30, parts), words


def _heatmap_words(amounts: Mapping[tuple[Any, Any], float], x: str, y: str, column: str) -> str:
    total = sum(amounts.values())
    text = f"Heat map of {column_title(column).lower()} by {title_of(x).lower()} and {title_of(y).lower()}: "
    text += f"{_amount(total)} in {sum(amount > 0 for amount in amounts.values())} cells."
    if total:
        hour, day = max(amounts, key=lambda place: (amounts[place], str(place)))
        name = DAYS[day - 1] if "weekday" in y else day
        text += f" The most, {_amount(amounts[hour, day])}, at {title_of(x).lower()} {hour}, {name}."
    return text


# ---- distribution ----------------------------------------------------------------------------


def _distribution(values: list[Row], x: str, y: str, options: Row) -> Drawn:
    """A bar per bin, all equally wide whatever they span, and a line where the subject stands."""
    high, name = options.get("high"), options.get("mark_title", "the subject")
    mark: float | None = options.get("mark")
    left, top, tall = 44, 34, 150
    wide = (WIDTH - left - 12) / max(1, len(values))
    most = max((row[y] or 0 for row in values), default=0)
    home = _bin_of(values, x, high, mark)
    parts = [
        f'<line x1="{left}" y1="{top + tall}" x2="{WIDTH - 12}" y2="{top + tall}" stroke="var(--rule)"/>'
    ]
    for place, row in enumerate(values):
        size = tall * (row[y] or 0) / most if most else 0
        until = f" up to {_amount(row[high])}" if high and row[high] is not None else " or more"
        parts.append(
            f'<rect x="{round(left + place * wide) + 1}" y="{round(top + tall - size)}" '
            f'width="{max(1, round(wide) - 2)}" height="{round(size)}" '
            f'fill="var(--{"c2" if place == home else "c1"})">'
            + _title(f"{_amount(row[x] or 0)}{until}: {_amount(row[y] or 0)}")
            + "</rect>"
        )
    every = max(1, math.ceil(len(values) * 56 / WIDTH))
    for place in range(0, len(values), every):
        parts.append(_text(left + place * wide + 1, top + tall + 15, _amount(values[place][x] or 0)))
    parts.append(_text(left - 6, top + 8, _amount(most), anchor="end"))
    parts.append(_text(left - 6, top + tall, "0", anchor="end"))
    parts.append(_text(left, top + tall + 34, options.get("x_title", title_of(x))))
    parts.append(_text(left, 12, options.get("y_title", column_title(y))))
    total = sum(row[y] or 0 for row in values)
    text = f"Distribution of {title_of(x).lower()} over {_amount(total)} {column_title(y).lower()}."
    if home is not None and mark is not None:
        below = sum(row[y] or 0 for row in values[:home])
        spot = left + (home + _within(values[home], x, high, mark)) * wide
        side = "end" if spot > WIDTH / 2 else "start"
        parts.append(
            f'<line x1="{round(spot)}" y1="{top - 8}" x2="{round(spot)}" y2="{top + tall}" '
            'stroke="var(--ink)" stroke-width="2" stroke-dasharray="4 3"/>'
        )
        label = f"{name}: {_amount(mark)}"
        parts.append(
            _text(spot + (-6 if side == "end" else 6), top - 6, label, anchor=side, fill="ink", weight="600")
        )
        text += f" {name[:1].upper() + name[1:]} stands at {_amount(mark)}, in a bin of "
        text += f"{_amount(values[home][y] or 0)}, with {_amount(below)} in lower bins."
    return _svg(top + tall + 42, parts), text


def _bin_of(values: list[Row], x: str, high: str | None, mark: Any) -> int | None:
    """The place of the bin that holds the mark: half-open, the last one without an end."""
    if not isinstance(mark, int | float) or not values:
        return None
    for place, row in enumerate(values):
        end = row[high] if high else (values[place + 1][x] if place + 1 < len(values) else None)
        if row[x] is not None and mark >= row[x] and (end is None or mark < end or place + 1 == len(values)):
            return place
    return None


def _within(row: Row, x: str, high: str | None, mark: float) -> float:
    if not high or row[high] is None or row[high] <= row[x]:
        return 0.5
    return float(min(1.0, (mark - row[x]) / (row[high] - row[x])))


# ---- link graph ------------------------------------------------------------------------------


def _graph(values: list[Row], x: str, y: str, options: Row) -> Drawn:
    """Nodes and the links between them; `x` is the far end, `y` what the link is, `near` the near end."""
    subject, near, weight = options.get("subject"), options.get("near"), options.get("weight")
    links: dict[tuple[str, str], list[str]] = {}
    weights: dict[tuple[str, str], float] = {}
    for row in values:
        ends = sorted((str(row[near] if near else subject), str(row[x])))
        pair = (ends[0], ends[1])
        name = str(row[y])
        if name not in links.setdefault(pair, []):
            links[pair].append(name)
        weights[pair] = weights.get(pair, 0) + float((row[weight] if weight else 1) or 0)
    degrees: dict[str, float] = {}
    for pair, size in weights.items():
        for node in pair:
            degrees[node] = degrees.get(node, 0) + size
    order = sorted(degrees, key=lambda node: (node != str(subject), -degrees[node], node))
    nodes = order[:MOST_NODES]
    shown = {pair: names for pair, names in links.items() if pair[0] in nodes and pair[1] in nodes}
    height = 240 if len(nodes) <= 6 else 420 if len(nodes) <= 16 else 560
    places = _placed(nodes, shown, height)
    heaviest = max((weights[pair] for pair in shown), default=1) or 1
    kinds = sorted({name for names in shown.values() for name in names})
    parts = []
    if len(kinds) == 1 or len(shown) > MOST_LABELS:
        counts = [sum(kind in names for names in shown.values()) for kind in kinds]
        named = ", ".join(f"{_kind(kind)} ({count})" for kind, count in zip(kinds, counts, strict=True))
        parts.append(_text(8, height - 6, _cut(f"Links: {named}", 110)))
    labels: list[str] = []  # above all lines
    taken = [(float(x), float(y - 9), 40.0) for x, y in places.values()]
    for pair in sorted(shown):
        (x1, y1), (x2, y2) = places[pair[0]], places[pair[1]]
        words = ", ".join(map(_kind, shown[pair]))
        parts.append(
            f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="var(--c7)" stroke-opacity="0.7" '
            f'stroke-width="{1 + 4 * weights[pair] / heaviest:.1f}">'
            + _title(f"{pair[0]} – {pair[1]}: {words}")
            + "</line>"
        )
        if len(kinds) > 1 and (len(shown) <= MOST_LABELS or str(subject) in pair):
            words = _cut(words, 34)
            spot = _free_spot((x1, y1), (x2, y2), len(words) * LETTER * 10 / 22, taken)
            taken.append((*spot, len(words) * LETTER * 10 / 22))
            labels.append(_halo(*spot, words, 10, "quiet"))
    parts += labels
    for node in nodes:
        at_x, at_y = places[node]
        is_subject = node == str(subject)
        parts.append(
            f'<circle cx="{at_x}" cy="{at_y}" r="{8 if is_subject else 5}" '
            f'fill="var(--{"c2" if is_subject else "c1"})">' + _title(node) + "</circle>"
        )
        parts.append(_halo(at_x, at_y - (12 if is_subject else 9), _cut(node, LONGEST_NAME), 11, "ink"))
    return _svg(height, parts), _graph_words(order, nodes, links, subject)


def _free_spot(
    start: tuple[int, int], end: tuple[int, int], half: float, taken: Sequence[tuple[float, float, float]]
) -> tuple[float, float]:
    """Where on a link its label lies on no other: the middle, else nearer to one end."""
    (x1, y1), (x2, y2) = start, end
    spots = [(x1 + (x2 - x1) * part, y1 + (y2 - y1) * part + 3) for part in (0.5, 0.38, 0.62, 0.28, 0.72)]
    for x, y in spots:
        if all(abs(x - other) > half + width or abs(y - below) > 11 for other, below, width in taken):
            return x, y
    return spots[0]


def _kind(name: str) -> str:
    """What a link is, as people say it: `device_hmac` is a device."""
    return title_of(name.removesuffix("_hmac")).lower()


def _halo(x: float, y: float, words: str, size: int, fill: str) -> str:
    """A label that stays readable where it lies on a line; kept inside the drawing."""
    half = len(words) * LETTER * size / 22
    middle = round(min(max(x, half + 2), WIDTH - half - 2))
    return (
        f'<text x="{middle}" y="{round(y)}" text-anchor="middle" font-size="{size}" fill="var(--{fill})" '
        f'stroke="var(--paper)" stroke-width="4" paint-order="stroke">{html.escape(words)}</text>'
    )


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1] + "…"


def _placed(
    nodes: list[str], links: Mapping[tuple[str, str], object], height: int
) -> dict[str, tuple[int, int]]:
    """Where each node lies: the springs of Fruchterman and Reingold (1991), in fixed rounds."""
    count = max(1, len(nodes))
    # The first node, the subject or the best linked, starts in the middle.
    spots = {
        node: (0.0, 0.0)
        if place == 0
        else (math.cos(2 * math.pi * place / count), math.sin(2 * math.pi * place / count))
        for place, node in enumerate(nodes)
    }
    ideal = math.sqrt(4 / count)
    for turn in range(ROUNDS):
        heat = 0.15 * (1 - turn / ROUNDS)
        moves = dict.fromkeys(nodes, (0.0, 0.0))
        for place, one in enumerate(nodes):
            for other in nodes[place + 1 :]:
                dx, dy = spots[one][0] - spots[other][0], spots[one][1] - spots[other][1]
                far = math.hypot(dx, dy) or 1e-6
                push = ideal * ideal / far
                if (one, other) in links or (other, one) in links:
                    push -= far * far / ideal
                dx, dy = dx / far * push, dy / far * push
                moves[one] = (moves[one][0] + dx, moves[one][1] + dy)
                moves[other] = (moves[other][0] - dx, moves[other][1] - dy)
        for node, (dx, dy) in moves.items():
            # A little gravity, so that parts that nothing joins do not drift out of the drawing.
            dx, dy = dx - 0.5 * spots[node][0], dy - 0.5 * spots[node][1]
            far = math.hypot(dx, dy) or 1e-6
            step = min(far, heat) / far
            spots[node] = (spots[node][0] + dx * step, spots[node][1] + dy * step)
    return _apart(_fitted(spots, height), height)


def _fitted(spots: Mapping[str, tuple[float, float]], height: int) -> dict[str, tuple[int, int]]:
    """Places in pixels, with room for the labels at every side."""
    sides, top, bottom = 76, 28, 30
    all_x, all_y = (
        [spot[0] for spot in spots.values()] or [0.0],
        [spot[1] for spot in spots.values()] or [0.0],
    )
    wide, tall = (max(all_x) - min(all_x)) or 1, (max(all_y) - min(all_y)) or 1
    return {
        node: (
            round(sides + (x - min(all_x)) / wide * (WIDTH - 2 * sides)) if len(spots) > 1 else WIDTH // 2,
            round(top + (y - min(all_y)) / tall * (height - top - bottom)) if len(spots) > 2 else height // 2,
        )
        for node, (x, y) in spots.items()
    }


def _apart(places: Mapping[str, tuple[int, int]], height: int) -> dict[str, tuple[int, int]]:
    """Nodes moved until no label lies on another, as far as there is room."""
    spots = {node: [float(x), float(y)] for node, (x, y) in places.items()}
    nodes = list(spots)
    for _ in range(120):
        moved = False
        for place, one in enumerate(nodes):
            for other in nodes[place + 1 :]:
                dx, dy = spots[other][0] - spots[one][0], spots[other][1] - spots[one][1]
                over_x, over_y = LABEL[0] - abs(dx), LABEL[1] - abs(dy)
                if over_x <= 0 or over_y <= 0:
                    continue
                moved = True
                axis = 1 if over_y / LABEL[1] <= over_x / LABEL[0] else 0
                push = (over_y if axis else over_x) / 2 + 0.5
                sign = 1 if (dy if axis else dx) >= 0 else -1
                spots[one][axis] -= sign * push
                spots[other][axis] += sign * push
        for spot in spots.values():
            spot[0] = min(max(spot[0], 40), WIDTH - 40)
            spot[1] = min(max(spot[1], 24), height - 26)
        if not moved:
            break
    return {node: (round(x), round(y)) for node, (x, y) in spots.items()}


def _graph_words(
    order: list[str], nodes: list[str], links: Mapping[tuple[str, str], list[str]], subject: object
) -> str:
    kinds: dict[str, int] = {}
    for names in links.values():
        for name in names:
            kinds[name] = kinds.get(name, 0) + 1
    text = f"Graph of {len(order)} nodes and {len(links)} links: "
    text += ", ".join(f"{count} by {_kind(name)}" for name, count in sorted(kinds.items())[:12]) + "."
    if subject is not None:
        ends = sorted({node for pair in links for node in pair if str(subject) in pair} - {str(subject)})
        text += f" {subject} is linked to {len(ends)}: {', '.join(ends[:8])}"
        text += " and more." if len(ends) > 8 else "."
    if len(nodes) < len(order):
        left_out = len(order) - len(nodes)
        text += f" Drawn are the {len(nodes)} nodes with the strongest links; {left_out} are left out."
    return text


DRAWINGS: dict[str, Callable[[list[Row], str, str, Row], Drawn]] = {
    "heatmap": _heatmap,
    "distribution": _distribution,
    "graph": _graph,
}
