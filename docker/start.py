"""start.py BUNDLE JAR: starts the unpacked image as its user, with a read-only root and no /tmp, in front of the embedded engine,
and checks what a container needs of it: the first answer, the modes of failure of a read-only root, a drain on SIGTERM."""
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

BUNDLE, JAR = sys.argv[1:3]
STARTS = 5


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


LISTEN, ADMIN = free_port(), free_port()


def image(*arguments):
    """The image's own command line, as `docker run --read-only --user` runs it, with the host's network."""
    config = json.load(open(f"{BUNDLE}/config.json"))["process"]
    user = f"{config['user']['uid']}:{config['user']['gid']}"
    assert user == "10001:10001", user
    words = config["args"][: config["args"].index("run")] + list(arguments)
    # A mount namespace of its own, in which the root is bound onto itself, read-only, with /proc and /dev as runtimes give them.
    script = (
        'mkdir -p "$0/proc" "$0/dev" && mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && mount -t proc proc "$0/proc"'
        ' && mount --rbind /dev "$0/dev" && exec chroot --userspec=%s "$0" "$@"' % user
    )
    command = ["unshare", "-m", "sh", "-c", script, f"{BUNDLE}/rootfs", *words]
    environment = dict(entry.split("=", 1) for entry in config["env"])
    environment["PATH"] = os.environ["PATH"]  # of chroot; the image has none that matters
    return command, environment


def start(*arguments):
    command, environment = image(*arguments)
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ask(port, path, body=None, timeout=60):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=body and json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    return urllib.request.urlopen(request, timeout=timeout)


def chat(max_tokens, stream=False):
    return {"model": "emulated-tiny", "max_tokens": max_tokens, "stream": stream, "messages": [{"role": "user", "content": "hello"}]}


def first_answer(upstream):
    """From the start of the process to the first proxied answer: seconds, seconds of CPU; and its resident MiB then."""
    begin = time.monotonic()
    process = start("run", "--upstream", upstream, "--listen", f"0.0.0.0:{LISTEN}", "--admin", f"0.0.0.0:{ADMIN}")
    while True:
        try:
            ask(LISTEN, "/v1/chat/completions", chat(1)).read()
            break
        except urllib.error.URLError:
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.002)
    seconds = time.monotonic() - begin
    user, system = open(f"/proc/{process.pid}/stat").read().rsplit(")", 1)[1].split()[11:13]
    busy = (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    status = open(f"/proc/{process.pid}/status").read()
    resident = int(status.split("VmRSS:")[1].split()[0]) // 1024
    return process, (seconds, busy), resident


def drain(process):
    """SIGTERM amid a stream: it comes to its end, new work is refused at once, and the process ends well."""
    chunks = []
    stream = ask(LISTEN, "/v1/chat/completions", chat(100, stream=True))
    chunks.append(stream.readline())
    reader = threading.Thread(target=lambda: chunks.extend(stream.readlines()))
    reader.start()
    process.send_signal(signal.SIGTERM)
    begin = time.monotonic()
    ready = {}
    while "draining" not in ready.get("reason", ""):
        try:
            ready = json.load(ask(ADMIN, "/ready"))
        except urllib.error.HTTPError as unready:
            ready = json.load(unready)
    try:
        ask(LISTEN, "/v1/chat/completions", chat(1)).read()
        raise AssertionError("a draining Sluice took new work")
    except urllib.error.URLError:
        pass
    reader.join()
    assert chunks[-2:][0].strip() == b"data: [DONE]", chunks[-3:]
    assert process.wait(timeout=60) == 0
    return time.monotonic() - begin


engine = subprocess.Popen(
    ["java", "-jar", JAR, "emulate", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
try:
    upstream = engine.stdout.readline().split("url=")[1].split()[0].rstrip("/")
    ask(int(upstream.rsplit(":", 1)[1]), "/v1/chat/completions", chat(1)).read()
    starts = []
    for number in range(STARTS):
        process, took, resident = first_answer(upstream)
        starts.append(took)
        if number < STARTS - 1:
            process.terminate()
            status = process.wait(timeout=60)
            assert status == 0, (status, process.stderr.read())
    seconds, busy = (statistics.median(each) for each in zip(*starts))
    print(f"start to the first proxied answer, median of {STARTS}: {seconds:.2f} s, of the CPU {busy:.2f} s; {resident} MiB resident")
    page = ask(ADMIN, "/metrics").read().decode()
    assert "sluice_build_info" in page
    try:
        took = drain(process)
    finally:
        errors = process.stderr.read()
    for trouble in ("AOT cache", "Read-only file system", "UnsatisfiedLink", "WARN", "ERROR"):
        assert trouble not in errors, errors
    print(f"SIGTERM amid a stream: the answer came whole, new work was refused, exit 0 after {took:.1f} s")
finally:
    engine.terminate()
    engine.wait()
