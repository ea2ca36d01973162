#!/usr/bin/env python3
"""Draws what run.py has measured: benchmarks/path/plot.py RESULT.json PICTURE.svg. Processor time of the proxy, nginx is 1."""
import json
import statistics
import sys

COLOURS = {"haproxy": "#9aa5b1", "nginx-unix": "#c9b458", "sluice": "#2f6fb0", "sluice-unix": "#17a398"}
LEFT, BAR, GAP, WIDTH = 190, 14, 16, 900


def median_ratio(results, arm):
    return statistics.median(mine["cpu_us"] / base["cpu_us"] for mine, base in zip(results[arm], results["nginx"]))


def main():
    told = json.load(open(sys.argv[1]))
    parts, y = [], 40
    ratios = {scenario: {arm: median_ratio(results, arm) for arm in results if arm in COLOURS}
              for scenario, results in told["scenarios"].items()}
    scale = (WIDTH - LEFT - 130) / max(ratio for arms in ratios.values() for ratio in arms.values())
    for scenario, arms in ratios.items():
        parts.append(f'<text x="{LEFT - 10}" y="{y + len(arms) * BAR / 2 + 4}" text-anchor="end">{scenario}</text>')
        for arm, ratio in arms.items():
            parts.append(f'<rect x="{LEFT}" y="{y}" width="{ratio * scale:.0f}" height="{BAR - 2}" fill="{COLOURS[arm]}"/>')
            parts.append(f'<text x="{LEFT + ratio * scale + 5:.0f}" y="{y + BAR - 3}" class="n">{arm} {ratio:.2f}</text>')
            y += BAR
        y += GAP
    line = LEFT + scale
    print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y + 10}" font-family="sans-serif" font-size="13">'
          '<style>.n{font-size:11px;fill:#444}</style><rect width="100%" height="100%" fill="#fff"/>'
          f'<text x="{LEFT}" y="20">Processor time of the proxy for each event or request; nginx is 1 (commit {told["commit"]})</text>'
          f'<line x1="{line:.0f}" y1="28" x2="{line:.0f}" y2="{y}" stroke="#333" stroke-dasharray="4 3"/>' + "".join(parts) + "</svg>",
          file=open(sys.argv[2], "w"))


if __name__ == "__main__":
    main()
