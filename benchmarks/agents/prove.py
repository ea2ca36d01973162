"""Runs real agent programs through Sluice to the scripted emulator and compares /state with what they did.

Loopback only, with a key that is none. Each program runs in an empty folder with a home of its own. A row is right if the
agents that Sluice counted are those of the program: one a conversation, with its steps, its source and its parent.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
MODEL = "emulated-dense-32b"
ROOT, CHILD, ASIDE = "root", "child", "aside"


class Course:
    """One program led through some steps: commands one after the other, and the agents that have to be there then.

    agents: (role, steps, source, role of the parent), in any order.
    """

    def __init__(self, name, program, commands, agents, setup=None, env=None, together=1):
        self.name, self.program, self.commands, self.agents = name, program, commands, agents
        self.setup, self.env, self.together = setup, env or {}, together


class Sluice:
    """The emulator and Sluice before it, as processes on free ports."""

    def __init__(self, java, folder):
        self.processes = []
        engine = self.start(
            java + ["emulate", "--listen", "127.0.0.1:0", "--preset", "dense-32b-2xh100", "--speed", "100"]
            + ["--script", str(HERE / "script.json")], folder / "emulate.log", "emulator ready url=")
        ready = self.start(
            java + ["run", "--upstream", engine.split()[0], "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"],
            folder / "sluice.log", "sluice ready listen=")
        self.url = "http://" + ready.split()[0]
        self.admin = "http://" + ready.split("admin=")[1].split()[0]

    def start(self, command, log, awaited):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=open(log, "w"), text=True)
        self.processes.append(process)
        for line in process.stdout:
            if line.startswith(awaited):
                return line[len(awaited):]
        raise SystemExit(f"{command[-4:]}: did not start, see {log}")

    def read(self, path):
        with urllib.request.urlopen(self.admin + path, timeout=10) as answer:
            return answer.read().decode()

    def close(self):
        for process in reversed(self.processes):
            process.terminate()
            process.wait(20)


def codex_home(home, url):
    (home / "codex").mkdir()
    (home / "codex" / "config.toml").write_text(f"""
model = "{MODEL}"
model_provider = "sluice"
model_context_window = 131072
[model_providers.sluice]
name = "sluice"
base_url = "{url}/v1"
wire_api = "responses"
env_key = "DUMMY_KEY"
[features]
multi_agent = true
[analytics]
enabled = false
""")


def opencode_home(home, url):
    config = home / ".config" / "opencode"
    config.mkdir(parents=True)
    model = {"name": MODEL, "limit": {"context": 131072, "output": 8192}}
    provider = {"npm": "@ai-sdk/openai-compatible", "name": "sluice", "models": {MODEL: model},
                "options": {"baseURL": url + "/v1", "apiKey": "dummy"}}
    (config / "opencode.json").write_text(json.dumps({
        "autoupdate": False, "share": "disabled", "permission": "allow", "provider": {"sluice": provider},
        "model": "sluice/" + MODEL, "small_model": "sluice/" + MODEL}))


CLAUDE = ["{bin}/claude-code/node_modules/.bin/claude", "--dangerously-skip-permissions", "-p"]
CODEX = ["{bin}/codex/node_modules/.bin/codex", "exec", "--dangerously-bypass-approvals-and-sandbox"]
OPENCODE = ["{bin}/opencode/node_modules/.bin/opencode", "run"]
AIDER = ["{bin}/aider/bin/aider", "--model", "openai/" + MODEL, "--edit-format", "diff", "--no-analytics",
         "--no-check-update", "--no-show-model-warnings", "--no-show-release-notes", "--yes-always", "--no-gitignore",
         "--map-tokens", "0", "--auto-test", "--test-cmd", "grep -q six notes.txt"]
MINI = ["{bin}/mini-swe-agent/bin/mini", "-m", "openai/" + MODEL, "-y", "--exit-immediately", "-t"]
CLAUDE_ID, CODEX_ID, OPENCODE_ID = "header:x-claude-code-session-id", "header:thread-id", "header:x-session-affinity"

COURSES = [
    Course("Claude Code 2.1.332", "claude-code", [CLAUDE + ["CLAUDE-ROOT: look around"]],
           [(ROOT, 4, CLAUDE_ID, None), (CHILD, 3, CLAUDE_ID, ROOT)]),
    Course("Claude Code, resumed, compacted, resumed", "claude-code",
           [CLAUDE + ["CLAUDE-ROOT: look around"], CLAUDE + ["Go on", "-c"], CLAUDE + ["/compact", "-c"],
            CLAUDE + ["Go on", "-c"]],
           [(ROOT, None, CLAUDE_ID, None), (CHILD, 3, CLAUDE_ID, ROOT)]),
    Course("Codex 0.171.0", "codex", [CODEX + ["CODEX-ROOT: look around"]],
           [(ROOT, 4, CODEX_ID, None), (CHILD, 3, CODEX_ID, ROOT)], codex_home),
    Course("Codex, resumed", "codex",
           [CODEX + ["CODEX-ROOT: look around"], CODEX + ["resume", "--last", "Go on"]],
           [(ROOT, 5, CODEX_ID, None), (CHILD, 3, CODEX_ID, ROOT)], codex_home),
    Course("opencode 1.18.33", "opencode", [OPENCODE + ["OPENCODE-ROOT: look around"]],
           [(ROOT, 4, OPENCODE_ID, None), (CHILD, 3, OPENCODE_ID, ROOT), (ASIDE, 1, "fingerprint", ROOT)], opencode_home),
    Course("opencode, resumed", "opencode",
           [OPENCODE + ["OPENCODE-ROOT: look around"], OPENCODE + ["Go on", "-c"]],
           [(ROOT, 5, OPENCODE_ID, None), (CHILD, 3, OPENCODE_ID, ROOT), (ASIDE, 1, "fingerprint", ROOT)], opencode_home),
    Course("OpenHands SDK 1.58.2", "openhands",
           [["{bin}/openhands/bin/python", str(HERE / "openhands_task.py"), "{url}/v1", MODEL, "OPENHANDS-ROOT: look around"]],
           [(ROOT, 3, "header:x-litellm-session-id", None)]),
    Course("aider 0.86.2", "aider", [AIDER + ["--no-auto-commits", "--message", "AIDER-ROOT: change it", "notes.txt"]],
           [(ROOT, 3, "fingerprint", None)]),
    Course("aider, commits its work", "aider", [AIDER + ["--message", "AIDER-ROOT: change it", "notes.txt"]],
           [(ROOT, 3, "fingerprint", None), (ASIDE, 1, "fingerprint", None), (ASIDE, 1, "fingerprint", None)]),
    Course("mini-swe-agent 2.4.6", "mini-swe-agent", [MINI + ["MINI-ROOT: look around"]],
           [(ROOT, 3, "fingerprint", None)]),
    Course("mini-swe-agent, four at once with one task", "mini-swe-agent", [MINI + ["MINI-ROOT: look around"]],
           [(ROOT, 3, "fingerprint", None)] * 4, together=4),
]


def run(course, programs, java, folder):
    """Agents that Sluice counted, as (steps, source, whether a parent is known, id, parent), and what went wrong."""
    folder.mkdir(parents=True)
    sluice = Sluice(java, folder)
    try:
        started = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(course.together) as pool:
            failures = list(pool.map(
                lambda number: play(course, programs, sluice.url, folder / str(number)), range(course.together)))
        state = json.loads(sluice.read("/state"))
        return state["list"], [f for f in failures if f], time.monotonic() - started
    finally:
        sluice.close()


def play(course, programs, url, folder):
    home, work = folder / "home", folder / "work"
    home.mkdir(parents=True)
    work.mkdir()
    (work / "notes.txt").write_text("one\n")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@localhost"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "Begin"]):
        subprocess.run(git + command, cwd=work, check=True)
    if course.setup:
        course.setup(home, url)
    env = environment(home, url)
    for number, command in enumerate(course.commands):
        command = [part.replace("{bin}", str(programs)).replace("{url}", url) for part in command]
        with open(folder / f"{number}.log", "w") as log:
            try:
                done = subprocess.run(command, cwd=work, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=180)
            except subprocess.TimeoutExpired:
                return f"{log.name}: no end"
        if done.returncode != 0:
            return f"{log.name}: exit code {done.returncode}"
    return None


def environment(home, url):
    models = ["ANTHROPIC_MODEL", "ANTHROPIC_DEFAULT_HAIKU_MODEL", "ANTHROPIC_DEFAULT_SONNET_MODEL", "ANTHROPIC_DEFAULT_OPUS_MODEL"]
    return {
        "PATH": os.environ["PATH"], "HOME": str(home), "TERM": "dumb", "NO_PROXY": "*",
        "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@localhost", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@localhost",
        "ANTHROPIC_BASE_URL": url, "ANTHROPIC_AUTH_TOKEN": "dummy", **{name: MODEL for name in models},
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_AUTOUPDATER": "1", "IS_SANDBOX": "1",
        "CODEX_HOME": str(home / "codex"), "DUMMY_KEY": "dummy",
        "OPENCODE_DISABLE_MODELS_FETCH": "1", "OPENCODE_DISABLE_AUTOUPDATE": "1", "OPENCODE_DISABLE_LSP_DOWNLOAD": "1",
        "OPENAI_API_BASE": url + "/v1", "OPENAI_API_KEY": "dummy", "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "AIDER_CHECK_UPDATE": "false", "MSWEA_CONFIGURED": "true", "MSWEA_COST_TRACKING": "ignore_errors",
        "OPENHANDS_SUPPRESS_BANNER": "1",
    }


def judge(course, found):
    """What is wrong with the agents found; empty if nothing is."""
    left = list(found)
    matched = {}
    wrong = []
    for role, steps, source, parent in course.agents:
        fits = [a for a in left if steps in (None, a["steps"]) and a["source"] == source
                and (a["parent"] is None) == (parent is None)
                and (parent is None or a["parent"] in [m["id"] for m in matched.get(parent, [])])]
        if fits:
            left.remove(fits[0])
            matched.setdefault(role, []).append(fits[0])
        else:
            wrong.append(f"no {role} with {steps} steps by {source}" + (f" under the {parent}" if parent else ""))
    return wrong + [f"beside them {a['id']} with {a['steps']} steps by {a['source']}" for a in left]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", required=True, type=pathlib.Path, help="where install.sh put them")
    parser.add_argument("--java", default="java -jar target/sluice.jar", help="how Sluice is started")
    parser.add_argument("only", nargs="*", help="programs to run, such as codex; all if none is named")
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="sluice-agents-"))
    failed = False
    print("| program | agents by `/state`: steps, source | as it should be |\n|---|---|---|")
    for number, course in enumerate(COURSES):
        if options.only and course.program not in options.only:
            continue
        if not (options.programs / course.program).is_dir():
            print(f"| {course.name} | not installed | |")
            continue
        found, failures, seconds = run(course, options.programs, options.java.split(), folder / str(number))
        wrong = failures + judge(course, found)
        failed |= bool(wrong)
        roots = sorted(found, key=lambda a: (a["parent"] is not None, -a["steps"]))
        shown = "; ".join(f"{a['steps']} {a['source']}" + (" (child)" if a["parent"] else "") for a in roots)
        print(f"| {course.name} | {shown} | {'yes' if not wrong else '; '.join(wrong)} |", flush=True)
    if failed:
        sys.exit(f"what ran is in {folder}")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
