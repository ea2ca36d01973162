"""Several series as one table and one picture: report.py [--svg FILE] [--kinds short,…] RUNS.json…"""

import argparse
import json
from pathlib import Path

import plot
import table

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("files", nargs="+", type=Path)
parser.add_argument("--svg", type=Path)
parser.add_argument("--kinds", help="these only")
options = parser.parse_args()
runs = [run for file in options.files for run in json.loads(file.read_text())["runs"]]
if options.kinds:
    runs = [run for run in runs if run["kind"] in options.kinds.split(",")]
print(table.whole(runs))
if options.svg:
    options.svg.write_text(plot.picture(runs))
