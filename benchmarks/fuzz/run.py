"""run.py [TARGET...] [--seconds N]: fuzzes each target until its process has had N seconds of processor time (600), however busy
the machine is. From the repository's root. Needs Linux and Maven; prints one line each, and stops at the first finding."""
import argparse
import os
import re
import subprocess
import sys
import tempfile
import time

TARGETS = ["HeadsFuzzTest", "ReadersFuzzTest", "ConfigFuzzTest"]


def processor_seconds(group):
    """Of the process in which this Maven runs the target; 0 as long as there is none."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as line, open(f"/proc/{pid}/stat") as stat:
                words, figures = line.read().split(b"\0"), stat.read().rsplit(")", 1)[1].split()
        except OSError:
            continue  # ended meanwhile
        if int(figures[2]) == group and words[0].endswith(b"java") and any(word.startswith(b"-Djazzer.") for word in words):
            return sum(map(int, figures[11:13])) / os.sysconf("SC_CLK_TCK")
    return 0


def piece(target, seconds):
    """One run by the clock: its processor time, its inputs, and what it covered in the end."""
    with tempfile.TemporaryFile("w+") as output:
        maven = subprocess.Popen(["mvn", "-B", "-Pfuzz", f"-Dtest={target}", f"-Dfuzz.seconds={seconds}"], stdout=output,
                                 stderr=subprocess.STDOUT, start_new_session=True)
        used = 0
        while maven.poll() is None:
            used = max(used, processor_seconds(maven.pid))
            time.sleep(0.5)
        output.seek(0)
        text = output.read()
    if maven.returncode:
        sys.exit(text[-20_000:])
    covered, features, corpus = re.findall(r"DONE\s+cov: (\d+) ft: (\d+) corp: (\d+)", text)[-1]
    return used, int(re.findall(r"Done (\d+) runs", text)[-1]), f"{covered} branches, {features} features, {corpus} inputs kept"


def fuzz(target, seconds):
    used, inputs, seen = 0, 0, ""
    while used < seconds:
        more, tried, seen = piece(target, max(30, int(seconds - used)))
        used, inputs = used + more, inputs + tried
    print(f"{target}: {inputs:,} inputs in {used:.0f} s of processor time, {seen}, nothing found", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("targets", nargs="*", default=TARGETS)
    parser.add_argument("--seconds", type=int, default=600)
    options = parser.parse_args()
    for each in options.targets:
        fuzz(each, options.seconds)
