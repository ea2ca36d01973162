"""Runs as a picture: for each load, bars of makespan and of prompt tokens computed per step, means over the seeds."""

from html import escape

import table

ROW = 22
LABEL = 170
BAR = 250
GAP = 70
OURS = "#1f6feb"
OTHERS = "#9aa4b2"
INK = "#24292f"
WHISKER = "#57606a"


def picture(runs):
    cells = table.cells(runs)
    height = sum(52 + ROW * len(by_arm) for by_arm in cells.values()) + 16
    width = LABEL + 2 * (BAR + GAP) + 20
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="{INK}">',
        f'<rect width="{width}" height="{height}" rx="8" fill="#ffffff"/>',
    ]
    top = 16
    for (kind, load, agents), by_arm in cells.items():
        top = group(out, top, f"{kind}, {load:g}× what fits: {agents} agents", by_arm, spans(runs, kind, load))
    out.append("</svg>")
    return "\n".join(out) + "\n"


def spans(runs, kind, load):
    """Least and most makespan of each arm."""
    found = {}
    for run in runs:
        if (run["kind"], run["load"]) == (kind, load):
            low, high = found.get(run["arm"], (run["makespanSeconds"],) * 2)
            found[run["arm"]] = (min(low, run["makespanSeconds"]), max(high, run["makespanSeconds"]))
    return found


def group(out, top, title, by_arm, spans_of):
    out.append(f'<text x="12" y="{top + 14}" font-weight="600">{escape(title)}</text>')
    for column, heading in ((0, "makespan, s"), (1, "prompt tokens computed per step")):
        out.append(f'<text x="{left(column)}" y="{top + 32}" fill="{WHISKER}">{heading}</text>')
    longest = max(high for _, high in spans_of.values())
    most = max(row["computedPerStep"] for row in by_arm.values()) or 1
    y = top + 42
    for arm, row in sorted(by_arm.items()):
        color = OURS if arm.startswith("working-set") else OTHERS
        out.append(f'<text x="{LABEL - 8}" y="{y + 12}" text-anchor="end">{escape(arm)}</text>')
        bar(out, 0, y, row["makespanSeconds"] / longest, f'{row["makespanSeconds"]:.0f}', color)
        low, high = (left(0) + BAR * value / longest for value in spans_of[arm])
        out.append(f'<path d="M{low:.1f} {y + 8}H{high:.1f}" stroke="{WHISKER}" stroke-width="1.5"/>')
        bar(out, 1, y, row["computedPerStep"] / most, f'{row["computedPerStep"]:.0f}', color)
        y += ROW
    return y + 10


def left(column):
    return LABEL + column * (BAR + GAP)


def bar(out, column, y, share, text, color):
    x, length = left(column), BAR * share
    out.append(f'<rect x="{x}" y="{y}" width="{length:.1f}" height="15" rx="2" fill="{color}"/>')
    out.append(f'<text x="{x + BAR + 8}" y="{y + 12}">{text}</text>')
