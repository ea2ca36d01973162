#!/usr/bin/env python3
"""The tables of README.md from what run.sh wrote: benchmarks/law/table.py DIR."""
import csv
import pathlib
import sys

COLUMNS = [  # heading, what stands below it
    ("law", lambda r: r["law"]),
    ("makespan s", lambda r: whole(r, "makespanSeconds")),
    ("x bound", lambda r: f'{float(r["makespanOverBound"]):.2f}' if r["makespanOverBound"] else "-"),
    ("mean s", lambda r: whole(r, "meanSeconds")),
    ("p95 s", lambda r: whole(r, "p95Seconds")),
    ("gave up", lambda r: f'{float(r["failed"]):.1f}'.replace("0.0", "0")),
    ("hits", lambda r: f'{float(r["hitRate"]):.2f}'),
    ("recomputed tokens", lambda r: whole(r, "recomputedTokens")),
    ("TTFT p50 / p99 s", lambda r: f'{float(r["ttftP50Seconds"]):.2f} / {whole(r, "ttftP99Seconds")}'),
    ("chat TTFT p99 s", lambda r: f'{float(r["chatTtftP99Seconds"]):.1f}'),
    ("wait of the started p99 / longest s", lambda r: f'{whole(r, "startedWaitP99Seconds")} / {whole(r, "startedWaitMaxSeconds")}'),
    ("at the door", lambda r: f'{whole(r, "doorWaitP99Seconds")} / {whole(r, "doorWaitMaxSeconds")}'),
    ("Jain", lambda r: f'{float(r["jain"]):.2f}'),
    ("busy", lambda r: f'{float(r["busyRatio"]):.2f}'),
]


def whole(row, key):
    return f"{float(row[key]):,.0f}"


def pair(row):
    failed = float(row["failed"])
    lost = f', {failed:.0f} lost' if failed >= 0.5 else ""
    return f'{whole(row, "makespanSeconds")} ({whole(row, "meanSeconds")}){lost}'


def line(cells):
    return "| " + " | ".join(cells) + " |"


def wide(rows):
    columns = [c for c in COLUMNS if c[0] != "chat TTFT p99 s" or any(float(r["chatTtftP99Seconds"]) for r in rows)]
    print(line([heading for heading, _ in columns]) + "\n" + line(["---"] * len(columns)))
    for row in rows:
        print(line([told(row) for _, told in columns]))
    bounded = [r for r in rows if r["law"] != "endless-cache"][0]
    print(f'\nNo law can end before {whole(bounded, "boundMakespanSeconds")} s (mean {whole(bounded, "boundMeanSeconds")} s).\n')


def narrow(rows, down, across):
    names = list(dict.fromkeys(r[across] for r in rows))
    print(line([down, *names]) + "\n" + line(["---"] * (len(names) + 1)))
    for key in dict.fromkeys(r[down] for r in rows):
        cells = {r[across]: pair(r) for r in rows if r[down] == key}
        print(line([f"`{key}`", *(cells.get(name, "-") for name in names)]))
    print()


def main():
    for name in ("batch", "sub-agents", "tenants-and-chat", "pauses-15s", "others", "impatient", "cheap-prompts", "faults"):
        path = pathlib.Path(sys.argv[1]) / f"{name}.csv"
        if not path.exists():
            print(f"{path}: not there", file=sys.stderr)
            continue
        rows = list(csv.DictReader(path.open()))
        print(f"## {name}\n")
        if len({r["workload"] for r in rows}) == 1:
            wide(rows)
        elif name == "faults":
            narrow(rows, "fault", "workload")
        else:
            narrow(rows, "workload", "law")


if __name__ == "__main__":
    main()
