"""programs.py --clients DIR [--hold SECONDS] [--only ROWS] [--jar JAR]: leads Claude Code, Codex and opencode, without a person, through
the same mishaps straight to an engine and through Sluice, and says whether each fares the same. See README.md. Loopback only."""
import argparse
import concurrent.futures
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROOT = pathlib.Path(__file__).resolve().parents[2]
PRESET, MODEL = "dense-32b-2xh100", "emulated-dense-32b"
PROMPT = "please say something long"
SCRIPT = [{"when": "please say", "answers": [{"text": "This answer was written beforehand and goes on for some while. " * 20}]}]
LONGEST = 420

args = argparse.ArgumentParser(description=__doc__)
args.add_argument("--clients", required=True, help="the folder that install.sh names")
args.add_argument("--hold", type=float, default=60, help="seconds for which steps are held")
args.add_argument("--only", default="", help="rows to run, with commas between: plain, held, refused, cut")
args.add_argument("--jar", default=str(ROOT / "target" / "sluice.jar"))
args = args.parse_args()
programs = pathlib.Path(args.clients) / "programs" / "node_modules" / ".bin"
scratch = pathlib.Path(tempfile.mkdtemp(prefix="sluice-programs-"))
(scratch / "script.json").write_text(json.dumps(SCRIPT))


class Process:
    """A command of the jar that says when it is ready."""

    def __init__(self, *command):
        self.process = subprocess.Popen(
            ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", args.jar, *map(str, command)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.told = dict(word.split("=", 1) for word in self.process.stdout.readline().split()[2:])
        threading.Thread(target=lambda: [None for _ in self.process.stdout], daemon=True).start()

    def signal(self, number):
        if self.process.poll() is None:
            self.process.send_signal(number)

    def stop(self):
        self.signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait()


def emulate(speed):
    return Process("emulate", "--listen", "127.0.0.1:0", "--speed", speed, "--preset", PRESET, "--script", scratch / "script.json")


def sluice(upstream, **settings):
    file = pathlib.Path(tempfile.mkstemp(suffix=".yaml", dir=scratch)[1])
    file.write_text(json.dumps(dict(dict(signals=dict(interval="200ms")), **settings)))
    process = Process("run", "--upstream", upstream, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--config", file)
    process.file, process.base = file, "http://" + process.told["listen"]
    return process


def places(process, agents):
    settings = json.loads(process.file.read_text())
    process.file.write_text(json.dumps(dict(settings, law=dict(name="static", static=dict(agents=agents)))))
    process.signal(signal.SIGHUP)


def occupy(base):
    """Takes the only place, until what is returned is closed."""
    body = dict(model=MODEL, stream=True, max_tokens=16000, ignore_eos=True, messages=[dict(role="user", content="go on for ever")])
    request = urllib.request.Request(base + "/v1/chat/completions", json.dumps(body).encode(),
                                     {"Content-Type": "application/json", "X-Session-Id": "occupier"})
    answer = urllib.request.urlopen(request)
    answer.read1(10)

    def read_on():
        try:
            while answer.read1(4096):
                pass
        except (OSError, ValueError, AttributeError):
            pass

    threading.Thread(target=read_on, daemon=True).start()
    return answer


class Refusing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.refused += 1
        body = b'{"error":{"message":"busy","type":"rate_limit_error","param":null,"code":"busy"}}'
        self.send_response(429)
        self.send_header("Retry-After", "3")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


def run(program, base):
    """What the program made of one request: what it says, and the seconds."""
    home = pathlib.Path(tempfile.mkdtemp(dir=scratch))
    work = home / "work"
    work.mkdir()
    env = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    env.update(HOME=str(home), NO_PROXY="127.0.0.1", OPENAI_API_KEY="none", ANTHROPIC_API_KEY="none", ANTHROPIC_BASE_URL=base,
               CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC="1", DISABLE_AUTOUPDATER="1", OPENCODE_CONFIG=str(home / "opencode.json"))
    (home / "opencode.json").write_text(json.dumps(dict(model="s/" + MODEL, small_model="s/" + MODEL, autoupdate=False, share="disabled", provider=dict(
        s=dict(npm="@ai-sdk/openai-compatible", name="s", options=dict(baseURL=base + "/v1", apiKey="none"), models={MODEL: dict(name="m")})))))
    command = {
        "claude": ["claude", "-p", PROMPT, "--model", MODEL],
        "codex": ["codex", "exec", "--skip-git-repo-check", "-c", "model_provider=s", "-c", "model=" + MODEL, "-c",
                  'model_providers.s={name="s",base_url="%s/v1",wire_api="responses",env_key="OPENAI_API_KEY"}' % base, PROMPT],
        "opencode": ["opencode", "run", PROMPT],
    }[program]
    began = time.monotonic()
    process = subprocess.Popen([str(programs / command[0]), *command[1:]], cwd=work, env=env, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        out, err = process.communicate(timeout=LONGEST)
        lines = [line.strip() for line in (out + err).splitlines() if line.strip()]
        said = "answer" if "written beforehand" in out else (f"exit {process.returncode}: " + (lines[-1][:110] if lines else "nothing"))
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        said = f"still at it after {LONGEST} s"
    (scratch / "said.txt").open("a").write(f"== {program} {base} {said}\n{out}\n--\n{err}\n")
    return said, time.monotonic() - began


def later(seconds, deed):
    timer = threading.Timer(seconds, deed)
    timer.daemon = True
    timer.start()


def plain(program):
    engine = emulate(20)
    through = sluice(engine.told["url"])
    yield run(program, engine.told["url"])
    yield run(program, through.base)
    through.stop(), engine.stop()


def held(program):
    engine = emulate(20)
    engine.signal(signal.SIGSTOP)
    later(args.hold, lambda: engine.signal(signal.SIGCONT))
    yield run(program, engine.told["url"])
    engine.stop()
    engine = emulate(1)  # so slow that the occupier does not end by itself
    longest = "%ds" % max(240, args.hold + 20)
    through = sluice(engine.told["url"], queue=dict(startedWait=longest, doorWait=longest), law=dict(name="static", static=dict(agents=1)))
    occupier = occupy(through.base)
    later(args.hold, lambda: places(through, 100))
    yield run(program, through.base)
    occupier.close()
    through.stop(), engine.stop()


def refused(program):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    server.refused = 0
    threading.Thread(target=server.serve_forever, daemon=True).start()
    said, seconds = run(program, "http://127.0.0.1:%d" % server.server_port)
    yield f"{server.refused} tries, {said}", seconds
    server.shutdown()
    engine = emulate(2)
    through = sluice(engine.told["url"], queue=dict(startedWait="1s", doorWait="1s", doorTries=100),
                     law=dict(name="static", static=dict(agents=1)))
    occupier = occupy(through.base)
    said, seconds = run(program, through.base)
    page = urllib.request.urlopen("http://" + through.told["admin"] + "/metrics").read().decode()
    refusals = sum(float(line.rsplit(" ", 1)[1]) for line in page.splitlines()
                   if line.startswith(('sluice_steps_total{ending="wait_expired"', 'sluice_steps_total{ending="retry_storm"')))
    yield f"{refusals:.0f} tries, {said}", seconds
    occupier.close()
    through.stop(), engine.stop()


def cut(program):
    """The engine is killed amid the answer, and does not come back."""
    for proxied in (False, True):
        engine = emulate(0.3)
        through = sluice(engine.told["url"]) if proxied else None

        def kill_amid_the_answer():
            while engine.process.poll() is None:
                try:
                    page = urllib.request.urlopen(engine.told["url"] + "/metrics", timeout=5).read().decode()
                except OSError:
                    return
                made = sum(float(line.rsplit(" ", 1)[1]) for line in page.splitlines() if line.startswith("vllm:generation_tokens_total"))
                if made >= 20:
                    engine.stop()
                    return
                time.sleep(0.1)

        threading.Thread(target=kill_amid_the_answer, daemon=True).start()
        yield run(program, through.base if through else engine.told["url"])
        engine.stop()
        if through:
            through.stop()


ROWS = {"plain": plain, "held": held, "refused": refused, "cut": cut}


def main():
    print("| | program | straight | through Sluice |\n|---|---|---|---|")
    for name in [row for row in ROWS if not args.only or row in args.only.split(",")]:
        with concurrent.futures.ThreadPoolExecutor() as pool:
            together = {program: pool.submit(lambda each=program: list(ROWS[name](each))) for program in ("claude", "codex", "opencode")}
            for program, rows in together.items():
                print("| %s | %s | %s |" % (name, program, " | ".join("%s, %.0f s" % each for each in rows.result())), flush=True)
    print("\nWhat each said: %s" % (scratch / "said.txt"), file=sys.stderr)


if __name__ == "__main__":
    main()
