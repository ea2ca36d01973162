"""Runs as text: one line each, and means over the seeds."""

import statistics

COLUMNS = [
    ("makespanSeconds", "makespan", "{:.1f}"),
    ("meanSeconds", "mean", "{:.1f}"),
    ("computedPerStep", "computed", "{:.0f}"),
    ("hitRatio", "hits", "{:.2f}"),
    ("ttftP50Seconds", "ttft50", "{:.2f}"),
    ("ttftP99Seconds", "ttft99", "{:.1f}"),
    ("longestStartedSeconds", "started", "{:.1f}"),
    ("longestDoorSeconds", "door", "{:.1f}"),
    ("gaveUp", "gave up", "{:.0f}"),
    ("gaugePeak", "gauge", "{:.2f}"),
    ("pressurePeak", "pressure", "{:.2f}"),
    ("proxyCpuSeconds", "proxy cpu", "{:.1f}"),
]


def line(run):
    figures = " ".join(f"{title} {shown(run[key], form)}" for key, title, form in COLUMNS if run[key] is not None)
    return f"{run['kind']} {run['load']:g}x seed {run['seed']} {run['arm']}: {figures}"


def shown(value, form):
    return "-" if value is None else form.format(value)


def cells(runs):
    """Means over the seeds: (kind, load) -> arm -> column -> mean."""
    grouped = {}
    for run in runs:
        grouped.setdefault((run["kind"], run["load"], run["agents"]), {}).setdefault(run["arm"], []).append(run)
    return {
        cell: {
            arm: {key: mean([run[key] for run in group]) for key, _, _ in COLUMNS} | {"seeds": len(group)}
            for arm, group in by_arm.items()
        }
        for cell, by_arm in grouped.items()
    }


def mean(values):
    return None if None in values else statistics.mean(values)


def whole(runs):
    """One table for each kind and load, in Markdown; what no run tells is left out."""
    columns = [column for column in COLUMNS if any(run[column[0]] is not None for run in runs)]
    out = []
    for (kind, load, agents), by_arm in cells(runs).items():
        out.append(f"\n### {kind}, {load:g}x: {agents} agents\n")
        out.append("| arm | seeds | " + " | ".join(title for _, title, _ in columns) + " |")
        out.append("|---" * (len(columns) + 2) + "|")
        for arm, row in sorted(by_arm.items()):
            cells_of = " | ".join(shown(row[key], form) for key, _, form in columns)
            out.append(f"| {arm} | {row['seeds']} | {cells_of} |")
    return "\n".join(out)
