#!/usr/bin/env python3
"""
What each part of the law brings: the law with one part left out, beside the law as shipped, in virtual time:
benchmarks/law/ablation.py [--parts NAME,…] [--crowds], from the repository's root after "mvn -q -DskipTests package". Parts that no
setting takes out are taken out by a change of the source, compiled beside it; a text that is no longer there is an error.
What has been run is not run again: another --output.
"""

import argparse
import csv
import json
import math
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import random_crowds

SOURCES = Path("src/main/java/dev/sluice/admission")
WORKLOADS = ["batch", "sub-agents", "tenants-and-chat", "pauses-15s", "one-step"]
SHIPPED = "as shipped"


@dataclass(frozen=True)
class Part:
    """Left out by a law of its own, or by changes: (class, text, what stands in its place)."""

    law: str = "working-set"
    changes: tuple = ()


def setting(text):
    return Part(law=f"working-set:{text}")


def without(*changes):
    return Part(changes=changes)


PARTS = {
    SHIPPED: Part(),
    "what is kept: whoever has idled longest gives way, instead of by hold value": without(
        ("Regime", "new HoldValue(learned)", "Worth.EQUAL")
    ),
    "the door: it does not look ahead": setting("growthSteps=0"),
    "no room between door and pool": setting("doorBudget=1"),
    "no room for what is not foreseen": setting("startedBudget=1"),
    "that room has no price": without(("WorkingSetRoom", "mayTakeReserve(step) ?", "false ?")),
    "agents need room in all of their cycle": without(("Cycles", "return 1 - trust * (1 - seen);", "return 1;")),
    "the chance of a next step is one for all ages": without(
        ("Lifetimes", "(MEAN_WEIGHT * meanHazard + gone) / (MEAN_WEIGHT + gone + returned[bin])", "1 - returnChance()")
    ),
    "five agents that lived long are expected, not one": without(
        ("Lifetimes", "PRIOR_RETURNS = 19;", "PRIOR_RETURNS = 95;"),
        ("Lifetimes", "PRIOR_STEPS = 20;", "PRIOR_STEPS = 100;"),
        ("Lifetimes", "Math.min(PRIOR_RETURNS / PRIOR_STEPS, returnChance())", "returnChance()"),
    ),
    "no slow start": without(("SlowStart", "return pausesSeen / (pausesSeen + priorPauses);", "return 1;")),
    "slow start without an end for those long silent": without(
        ("SlowStart", "if (!agent.isSilent() || longSeconds == 0)", "if (true)")
    ),
    "the pause after work taken for one of a tool": without(
        ("Cycles", "return agent.isSilent() && PauseKind.of(agent).isLikelyEnd();", "return false;")
    ),
    "children stand behind strangers, and wait for the room of their parents": without(
        ("ForwardOrder", "Step child = queue.firstChildAtDoor();", "Step child = null;"),
        ("Door", "demand.peak(isChild, 0, 0)", "demand.peak(false, 0, 0)"),
        ("Door", "demand.peak(isChild, newcomer", "demand.peak(false, newcomer"),
    ),
    "a stranger may pass a child that finds no room": without(
        ("ForwardOrder", "return child != null && child.agent.tenant.equals(newcomer.agent.tenant);", "return false;")
    ),
    "nothing is left for children to come": without(
        ("ChildrenToCome", "return Math.max(0, roots * each.value() - neededByChildren);", "return 0;"),
        ("ChildrenToCome", "return each.value();", "return 0;"),
    ),
    "what children begin with is not counted": without(
        ("Footprints", "agent.beginsWithParent = agent.parent.contextTokens > 0", "agent.beginsWithParent = false")
    ),
    "no time for all": without(("Door", "return time.hasTimeFor(newcomer);", "return false;")),
    "… that weighs nothing by the chance to live so long": without(
        ("EngineTime", "ahead[look] * RecomputeCost.work(tokens)", "RecomputeCost.work(tokens)")
    ),
    "… that counts pauses as expected, not as seen": without(("Cycles", ": model.meanSecondsSeen()", ": model.meanSeconds()")),
    "an engine that idles lets nobody in": without(
        ("EngineTime", "return idleSeconds >= IDLE_PROMPTS * secondsAlone(newcomer.promptTokens);", "return false;")
    ),
    "the order: no bound on prompts in the engine": setting("prefillTime=5m"),
    "nobody goes first for having waited": setting("promoteAfter=1h"),
    "no control at all": Part(law="off"),
}


def plain(name):
    return "-".join("".join(c if c.isalnum() else " " for c in name).split())


def jar_of(options, name, part):
    if not part.changes:
        return options.jar
    scratch = options.output / plain(name)
    jar = scratch / "sluice.jar"
    if jar.exists():
        return jar
    sources, classes = scratch / "src", scratch / "classes"
    for folder in (sources, classes):
        folder.mkdir(parents=True, exist_ok=True)
    changed = {}
    for type_name, text, instead in part.changes:
        source = changed.get(type_name) or (SOURCES / f"{type_name}.java").read_text()
        if source.count(text) != 1:
            sys.exit(f"{type_name}: {source.count(text)} times {text!r} (expected: once), for {name!r}")
        changed[type_name] = source.replace(text, instead)
    for type_name, source in changed.items():
        (sources / f"{type_name}.java").write_text(source)
    files = [sources / f"{type_name}.java" for type_name in changed]
    subprocess.run(["javac", "-proc:none", "-nowarn", "-Xlint:none", "-cp", options.jar, "-d", classes, *files], check=True)
    replaced = {str(path.relative_to(classes)): path for path in classes.rglob("*.class")}
    partial = jar.with_suffix(".part")
    with zipfile.ZipFile(options.jar) as shipped, zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as written:
        for entry in shipped.infolist():
            if entry.filename not in replaced:
                written.writestr(entry, shipped.read(entry))
        for entry, path in replaced.items():
            written.write(path, entry)
    shutil.rmtree(sources)
    shutil.rmtree(classes)
    partial.rename(jar)
    return jar


def compared(options, name, part):
    """Makespan and mean of each workload."""
    result = options.output / f"{plain(name)}.csv"
    if not result.exists():
        partial = result.with_suffix(".part")
        command = ["java", "-XX:+UseSerialGC", "-jar", jar_of(options, name, part), "simulate", "--laws", part.law]
        command += ["--seeds", str(options.seeds), "--workload", ",".join(WORKLOADS), "--csv", partial]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        partial.rename(result)
    with result.open() as rows:
        return [(float(row["makespanSeconds"]), float(row["meanSeconds"])) for row in csv.DictReader(rows)]


def crowds(options, name, part):
    """The same of every third random crowd."""
    output = options.output / "random" / plain(name)
    output.mkdir(parents=True, exist_ok=True)
    jar = jar_of(options, name, part)
    figures = []
    for number in range(0, 260, 3):
        crowd, result = random_crowds.Crowd(1, number), output / f"{number}.json"
        if not result.exists():
            trace, partial = output / "trace.jsonl", output / "part"
            trace.write_text("".join(json.dumps(made) + "\n" for made in crowd.sessions))
            command = ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar", jar, "simulate", "--trace", trace]
            command += ["--agents", str(len(crowd.sessions)), "--preset", crowd.preset, "--pool-tokens", str(crowd.pool)]
            subprocess.run([*command, "--laws", part.law, "--json", partial], check=True, stdout=subprocess.DEVNULL)
            partial.rename(result)
        (row,) = random_crowds.rows_of(result).values()
        figures.append((row["makespanSeconds"], row["meanSeconds"]))
    return figures


def over(figures, shipped):
    """The geometric means of the ratios."""
    return [math.exp(sum(math.log(f[i] / s[i]) for f, s in zip(figures, shipped)) / len(figures)) for i in (0, 1)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", help="with commas between them; a part of a name will do (all)")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--crowds", action="store_true", help="every third of the random crowds, too")
    parser.add_argument("--jar", type=Path, default=Path("target/sluice.jar"))
    parser.add_argument("--output", type=Path, default=Path("target/law/ablation"))
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    wanted = options.parts.split(",") if options.parts else [""]
    shipped = crowds(options, SHIPPED, PARTS[SHIPPED]) if options.crowds else None
    print("| | " + " | ".join(WORKLOADS) + (" | random |" if shipped else " |"))
    print("|---" * (len(WORKLOADS) + (2 if shipped else 1)) + "|")
    for name, part in PARTS.items():
        if any(text in name for text in wanted):
            cells = [f"{makespan:,.0f} ({mean:,.0f})" for makespan, mean in compared(options, name, part)]
            if shipped:
                makespan, mean = over(crowds(options, name, part), shipped)
                cells.append(f"{makespan:.3f} ({mean:.3f})")
            print("| " + " | ".join([name, *cells]) + " |", flush=True)


if __name__ == "__main__":
    main()
