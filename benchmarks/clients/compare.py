"""Runs each client library straight to an engine and through Sluice, through the same mishaps, and says whether it fares the
same. See README.md beside it. Loopback only."""
import argparse
import functools
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
NODE = ("openai", "anthropic", "ai")
PYTHON = ("openai", "anthropic", "agents")
CLIENTS = [("node", name) for name in NODE] + [("python", name) for name in PYTHON]
FORMS = ("stream", "whole")

args = argparse.ArgumentParser(description=__doc__)
args.add_argument("--clients", required=True, help="the folder that install.sh names")
args.add_argument("--hold", type=float, default=6, help="seconds for which steps are held")
args.add_argument("--only", default="", help="rows to run, with commas between: plain, held, alive, blanks, refused, late, cut, stop")
args.add_argument("--jar", default=str(ROOT / "target" / "sluice.jar"))
args = args.parse_args()
libraries = pathlib.Path(args.clients)
scratch = pathlib.Path(tempfile.mkdtemp(prefix="sluice-clients-"))
started = []

def start(name, *command):
    log = open(scratch / (name + ".log"), "ab")
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=log, text=True)
    started.append(process)
    first = process.stdout.readline()
    if not first:
        sys.exit("%s did not start: see %s" % (name, log.name))
    threading.Thread(target=lambda: [None for _ in process.stdout], daemon=True).start()
    return process, first.strip()


def stop(process):
    if process.poll() is None:
        process.send_signal(signal.SIGCONT)
        process.kill()
    process.wait()


def emulate(speed):
    process, line = start("engine", "java", "-jar", args.jar, "emulate", "--listen", "127.0.0.1:0", "--speed", speed)
    url = line.split("url=")[1].split()[0]
    return process, url


class Sluice:
    """A Sluice with those settings, a mapping as in its file."""

    def __init__(self, upstream, /, **settings):
        self.file = pathlib.Path(tempfile.mkstemp(suffix=".yaml", dir=scratch)[1])
        self.set(**settings)
        self.process, line = start("sluice", "java", "-jar", args.jar, "run", "--upstream", upstream, "--listen",
                                   "127.0.0.1:0", "--admin", "127.0.0.1:0", "--config", self.file)
        self.base = "http://" + dict(word.split("=", 1) for word in line.split()[2:])["listen"]

    def set(self, **settings):
        self.file.write_text(json.dumps(dict(dict(signals=dict(interval="200ms")), **settings)))

    def reload(self, **settings):
        self.set(**settings)
        self.process.send_signal(signal.SIGHUP)


def run_clients(base, prefix, forms=FORMS):
    """All clients at once; what came of each, by (language, library, form)."""
    running = {}
    for language, library in CLIENTS:
        for form in forms:
            session = "%s-%s-%s-%s" % (prefix, language, library, form)
            command = (["node", HERE / "client.mjs"] if language == "node"
                       else [libraries / "python" / "bin" / "python", HERE / "client.py"])
            env = dict(os.environ, NODE_LIBRARIES=str(libraries / "node"), OPENAI_API_KEY="none", NO_PROXY="127.0.0.1")
            running[language, library, form] = subprocess.Popen(
                [str(part) for part in command] + [library, form, base, session],
                stdout=subprocess.PIPE, stderr=open(scratch / "clients.log", "ab"), text=True, env=env)
    results = {}
    for row, process in running.items():
        out, _ = process.communicate(timeout=900)
        try:
            results[row] = json.loads(out.strip().splitlines()[-1])
        except (IndexError, ValueError):
            results[row] = dict(kind="none", tries=0, seconds=0)
    return results


class Occupier:
    """A stream that lasts, which keeps the only place."""

    def __init__(self, base):
        url = base.removeprefix("http://")
        self.connection = http.client.HTTPConnection(url)
        body = dict(model="emulated-tiny", stream=True, max_tokens=16000, ignore_eos=True,
                    messages=[dict(role="user", content="go on for ever")])
        self.connection.request("POST", "/v1/chat/completions", json.dumps(body),
                                {"Content-Type": "application/json", "X-Session-Id": "occupier"})
        self.answer = self.connection.getresponse()
        self.answer.read1(10)
        threading.Thread(target=self.read_on, daemon=True).start()

    def read_on(self):
        try:
            while self.answer.read1(4096):
                pass
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass

    def leave(self):
        try:
            self.connection.sock.shutdown(socket.SHUT_RDWR)
        except (OSError, AttributeError):
            pass


def later(seconds, deed):
    timer = threading.Timer(seconds, deed)
    timer.daemon = True
    timer.start()


def places(agents):
    return dict(name="static", static=dict(agents=agents))


def plain():
    engine, url = emulate(20)
    proxy = Sluice(url)
    straight, through = run_clients(url, "plain"), run_clients(proxy.base, "plain")
    stop(proxy.process), stop(engine)
    return straight, through


@functools.cache
def starts():
    """Seconds that the clients need, all at once, to be there; seen by letting them have an answer."""
    engine, url = emulate(20)
    began = time.monotonic()
    run_clients(url, "starts")
    stop(engine)
    return 2 + time.monotonic() - began


@functools.cache
def silent_engine():
    """All clients straight to an engine that does nothing for the time."""
    engine, url = emulate(2)
    os.kill(engine.pid, signal.SIGSTOP)
    later(starts() + args.hold, lambda: os.kill(engine.pid, signal.SIGCONT))
    straight = run_clients(url, "held")
    stop(engine)
    return straight


def held(**settings):
    """Another has the only place; after the time there are places for all. Nobody is refused before: what counts is who hangs up."""
    engine, url = emulate(2)
    longest = "%ds" % max(240, starts() + args.hold + 20)
    settings = dict(settings, queue=dict(startedWait=longest, doorWait=longest), upstream=dict(streamedFirstByte="600s"))
    proxy = Sluice(url, law=places(1), **settings)
    occupier = Occupier(proxy.base)
    later(starts() + args.hold, lambda: proxy.reload(law=places(100), **settings))
    through = run_clients(proxy.base, "held")
    occupier.leave()
    stop(proxy.process), stop(engine)
    return through


def held_in_silence():
    return silent_engine(), held()


def held_alive():
    every = dict.fromkeys(("node", "python", "vercel-ai", "other"), "1s")
    return silent_engine(), held(clients=dict(keepAlive=every))


def held_blanks():
    every = dict.fromkeys(("node", "python", "vercel-ai", "other"), "1s")
    return silent_engine(), held(clients=dict(blanks=every))


def refused():
    stub, port = start("stub", sys.executable, HERE / "engine.py", "refuse", "3")
    straight = run_clients("http://127.0.0.1:" + port, "refused")
    stop(stub)
    engine, url = emulate(2)
    # Nobody who waits gets a place, and after a second nobody waits any longer.
    proxy = Sluice(url, law=places(1), queue=dict(startedWait="1s", doorWait="1s", doorTries=100))
    occupier = Occupier(proxy.base)
    through = run_clients(proxy.base, "refused")
    occupier.leave()
    stop(proxy.process), stop(engine)
    return straight, through


def refused_late():
    """Straight: refused at once. Through: kept alive, and then refused, which is an event by then."""
    stub, port = start("stub", sys.executable, HERE / "engine.py", "refuse", "3")
    straight = run_clients("http://127.0.0.1:" + port, "late")
    stop(stub)
    engine, url = emulate(2)
    every = dict.fromkeys(("node", "python", "vercel-ai", "other"), "500ms")
    proxy = Sluice(url, law=places(1), queue=dict(startedWait="2s", doorWait="2s", doorTries=100),
                   clients=dict(keepAlive=every, blanks=every))
    occupier = Occupier(proxy.base)
    through = run_clients(proxy.base, "late")
    occupier.leave()
    stop(proxy.process), stop(engine)
    return straight, through


def cut():
    """The engine is killed amid the answers."""
    engine, url = emulate(0.2)
    later(starts() + 2, lambda: stop(engine))
    straight = run_clients(url, "cut")
    engine, url = emulate(0.2)
    proxy = Sluice(url)
    later(starts() + 2, lambda: stop(engine))
    through = run_clients(proxy.base, "cut")
    stop(proxy.process)
    return straight, through


def stopped():
    """The engine ends its streams cleanly, amid the answer and without a word."""
    stub, port = start("stub", sys.executable, HERE / "engine.py", "stop")
    url = "http://127.0.0.1:" + port
    proxy = Sluice(url, engine=dict(kind="other"))
    straight, through = run_clients(url, "stop", ["stream"]), run_clients(proxy.base, "stop", ["stream"])
    stop(proxy.process), stop(stub)
    return straight, through


# By the name for --only: what happens, in words, and how.
ROWS = {
    "plain": ("answered", plain),
    "held": ("held in silence", held_in_silence),
    "alive": ("held, comments meanwhile", held_alive),
    "blanks": ("held, blanks meanwhile", held_blanks),
    "refused": ("refused", refused),
    "late": ("refused after signs of life", refused_late),
    "cut": ("engine killed amid the answer", cut),
    "stop": ("clean end without the last event", stopped),
}


# Why a whole answer ended, as each library tells it.
WHOLE = ("stop", "length", "end_turn", "max_tokens", "told by the run")


def words(result):
    if result["kind"] == "answer" and result["finish"] in WHOLE:
        return "answer"
    if result["kind"] == "answer":
        told = "finish `%s`" % result["finish"] if result["finish"] else "as if whole"
        return "**half an answer, %s**" % told
    if result["kind"] == "none":
        return "nothing"
    status = " %s" % result["status"] if result["status"] else ""
    tries = ", %d tries" % result["tries"] if result["tries"] > 1 else ""
    return result["type"] + status + tries


def is_same(straight, through):
    return words(straight) == words(through) and straight.get("chars") == through.get("chars")


def versions():
    node = {name: json.loads((libraries / "node" / "node_modules" / name / "package.json").read_text())["version"]
            for name in ("openai", "@anthropic-ai/sdk", "ai", "@ai-sdk/openai")}
    listed = subprocess.run([libraries / "python" / "bin" / "pip", "list", "--format=json", "--disable-pip-version-check"],
                            capture_output=True, text=True, check=True).stdout
    python = {each["name"]: each["version"] for each in json.loads(listed)}
    return ("Node %s: %s. Python %s: %s." % (
        subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip().lstrip("v"),
        ", ".join("%s %s" % each for each in node.items()),
        ".".join(str(part) for part in sys.version_info[:3]),
        ", ".join("%s %s" % (name, python[name]) for name in ("openai", "anthropic", "openai-agents"))))


def main():
    wanted = [row for row in ROWS if not args.only or row in args.only.split(",")]
    print(versions())
    print("\n| | client | straight | through Sluice | |\n|---|---|---|---|---|")
    broken = 0
    try:
        for row in wanted:
            title, deed = ROWS[row]
            straight, through = deed()
            for key in straight:
                language, library, form = key
                same = "same" if is_same(straight[key], through[key]) else "differs"
                broken += "none" in (straight[key]["kind"], through[key]["kind"])
                print("| %s | %s %s, %s | %s, %.0f s | %s, %.0f s | %s |" % (
                    title, library, language, form, words(straight[key]), straight[key]["seconds"], words(through[key]),
                    through[key]["seconds"], same), flush=True)
                (scratch / "results.jsonl").open("a").write(
                    json.dumps([row, key, straight[key], through[key]]) + "\n")
    finally:
        for process in started:
            stop(process)
    print("\nWhat each said: %s" % (scratch / "results.jsonl"), file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
