"""run.py [NAME...] [--jar JAR] [--java JAVA] [--minutes N]: what Sluice does when something around it fails. From the repository's root.

Starts the jar in front of an engine of its own on loopback, does what each name says, and prints one line of a table: what was
seen, and whether it is within its bound. Without a name all but "soak" run. Needs Linux and Python 3.9, and 20,000 descriptors."""
import argparse
import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

EVENT = b'data: {"choices":[{"delta":{"content":"x"}}]}\n\n'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
END = b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n"


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))]


class Engine:
    """An engine whose answer the request describes: events, the pause between them, bytes of each."""

    def __init__(self):
        self.port = 0
        self.server = None
        self.closed = {}
        self.sent = {}

    async def start(self, port=0):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", port, backlog=4096)
        self.port = self.server.sockets[0].getsockname()[1]

    async def stop(self):
        self.server.close()

    async def serve(self, reader, writer):
        name = None
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next((int(l.split(b":")[1]) for l in head.split(b"\r\n") if l.lower().startswith(b"content-length:")), 0)
                body = json.loads(await reader.readexactly(length)) if length else {}
                if not head.startswith(b"POST"):
                    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                    continue
                name = body.get("user")
                writer.write(HEAD)
                event = chunk(EVENT + b":" + b"x" * body.get("bytes", 0) + b"\n\n")
                # A connection that the client closed is seen by reading.
                gone = asyncio.ensure_future(reader.read(1)) if body.get("pause") else None
                for _ in range(body.get("events", 1)):
                    writer.write(event)
                    self.sent[name] = self.sent.get(name, 0) + len(event)
                    await writer.drain()
                    if gone and (await asyncio.wait([gone], timeout=body["pause"]))[0]:
                        raise ConnectionResetError
                if gone:
                    gone.cancel()
                    await asyncio.wait([gone])
                writer.write(END)
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            self.closed[name] = time.monotonic()
        finally:
            writer.close()


class Sluice:
    def __init__(self, options, engine_port, flags=(), settings=None, descriptors=None):
        self.settings = tempfile.NamedTemporaryFile("w", suffix=".yaml")
        json.dump(settings or {}, self.settings)
        self.settings.flush()
        self.log = tempfile.NamedTemporaryFile("w+", prefix="sluice-", suffix=".log", delete=False)
        limit = None if descriptors is None else (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors)))
        began = time.monotonic()
        self.process = subprocess.Popen(
            [options.java, *flags, "-jar", options.jar, "run", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0",
             "--upstream", f"http://127.0.0.1:{engine_port}", "--config", self.settings.name],
            stdout=subprocess.PIPE, stderr=self.log, text=True, preexec_fn=limit)
        ready = self.process.stdout.readline().split()
        self.seconds_to_ready = time.monotonic() - began
        where = dict(word.split("=", 1) for word in ready[2:])
        self.port = int(where["listen"].rsplit(":", 1)[1])
        self.admin = where["admin"]

    def page(self, path):
        return urllib.request.urlopen(f"http://{self.admin}{path}", timeout=10).read().decode()

    def metric(self, name):
        return sum(float(line.rsplit(" ", 1)[1]) for line in self.page("/metrics").splitlines() if line.startswith(name))

    def resident(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmRSS:"))

    def memory(self, heap):
        """What is in use, with a heap of that size of which every page is resident from the start."""
        subprocess.run(["jcmd", str(self.process.pid), "GC.run"], stdout=subprocess.DEVNULL, check=True)
        return self.resident() + self.metric("sluice_heap_ratio") * heap

    def threads_and_files(self):
        return len(os.listdir(f"/proc/{self.process.pid}/task")), len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def balanced(self):
        try:
            state = json.loads(self.page("/state"))
        except ConnectionResetError:
            return False  # A kernel short of memory for sockets does so.
        return state["permits"] == state["inFlight"] == state["queue"]["size"] == 0

    def stop(self):
        """Ends it; its log stays only if it had ended by itself, and not well."""
        code = self.process.poll()
        self.process.kill()
        self.process.wait()
        if code:
            print(f"exit {code}, its log: {self.log.name}", file=sys.stderr)
        else:
            os.unlink(self.log.name)


async def connect(port):
    return await asyncio.open_connection("127.0.0.1", port)


def request(user, **body):
    data = json.dumps({"stream": True, "user": user, "messages": [], **body}).encode()
    return b"POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nX-Session-Id: %s\r\nContent-Length: %d\r\n\r\n%s" % (
        user.encode(), len(data), data)


async def ask(port, user, **body):
    """The status, the seconds until the head, and whether the answer was whole."""
    began = time.monotonic()
    reader, writer = await connect(port)
    try:
        writer.write(request(user, **body))
        head = await reader.readuntil(b"\r\n\r\n")
        seconds = time.monotonic() - began
        whole = True
        if b"chunked" in head:
            try:
                await reader.readuntil(b"0\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                whole = False
        return int(head[9:12]), seconds, whole
    except (asyncio.IncompleteReadError, ConnectionError):
        return 0, time.monotonic() - began, False
    finally:
        writer.close()


async def rest(sluice, within=10):
    for _ in range(within * 20):
        if sluice.balanced():
            return True
        await asyncio.sleep(0.05)
    return False


async def leave(options, engine):
    """200 clients leave amid their streams: the engine's side is closed within 50 ms (p99), and nothing is left over."""
    sluice = Sluice(options, engine.port)
    try:
        seconds = []
        for i in range(200):
            reader, writer = await connect(sluice.port)
            writer.write(request(f"l{i}", events=10_000, pause=0.5))
            await reader.readuntil(b"\r\n\r\n")
            left = time.monotonic()
            writer.transport.abort()
            while f"l{i}" not in engine.closed:
                await asyncio.sleep(0.001)
            seconds.append(engine.closed[f"l{i}"] - left)
        p99, clean = percentile(seconds, 0.99), await rest(sluice)
        return f"engine's side closed after {1000 * percentile(seconds, 0.5):.1f} ms, p99 {1000 * p99:.1f} ms; at rest {clean}", p99 <= 0.05 and clean
    finally:
        sluice.stop()


async def down(options, engine):
    """The engine is down for 30 s under 50 requests a second: 503 at once, one try a second, back within a second."""
    own = Engine()
    await own.start()
    sluice = Sluice(options, own.port)
    try:
        assert (await ask(sluice.port, "d"))[0] == 200
        await own.stop()
        await asyncio.sleep(6)  # the connections to it are evicted
        tries = sluice.metric('sluice_upstream_errors_total{kind="connect_failed"')
        statuses, seconds, began = {}, [], time.monotonic()
        while time.monotonic() - began < 30:
            status, took, _ = await ask(sluice.port, "d")
            statuses[status] = statuses.get(status, 0) + 1
            seconds.append(took)
            await asyncio.sleep(0.02)
        passed = time.monotonic() - began
        tries = (sluice.metric('sluice_upstream_errors_total{kind="connect_failed"') - tries) / passed
        back = Engine()
        await back.start(own.port)
        began = time.monotonic()
        while (await ask(sluice.port, "d"))[0] != 200:
            await asyncio.sleep(0.02)
        again = time.monotonic() - began
        await back.stop()
        p99 = percentile(seconds, 0.99)
        return (f"{statuses} in {passed:.0f} s, p99 {1000 * p99:.0f} ms, {tries:.2f} tries a second, back after {again:.2f} s",
                list(statuses) == [503] and tries <= 1.05 and again <= 1.1)
    finally:
        sluice.stop()


async def readers(options, engine):
    """2,000 clients that do not read: at most 64 kB of memory each, and the engine is no longer read."""
    sluice = Sluice(options, engine.port, flags=["-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC"])
    try:
        await asyncio.gather(*(ask(sluice.port, f"w{i}") for i in range(200)))
        before, count, open_ = sluice.memory(256 << 20), 2_000, []
        for i in range(count):
            reader, writer = await connect(sluice.port)
            # Nor does this side of the connection: its buffer stays as small as it may be.
            writer.transport.pause_reading()
            writer.write(request(f"n{i}", events=100_000, bytes=16_000))
            open_.append(writer)
        sent, steady = -1, 0
        while steady < 4:
            await asyncio.sleep(0.5)
            now = sum(engine.sent.get(f"n{i}", 0) for i in range(count))
            steady, sent = (steady + 1 if now == sent else 0), now
        each = (sluice.memory(256 << 20) - before) / count
        for writer in open_:
            writer.transport.abort()
        clean = await rest(sluice, 30)
        return (f"{each / 1000:.1f} kB each, heap and buffers; the engine stopped at {sent / count / 1e6:.2f} MB each, kernel buffers"
                f" included; at rest {clean}"), each <= 64_000 and clean
    finally:
        sluice.stop()


async def senders(options, engine):
    """5,000 clients that send a byte a second: everybody else is served as before."""
    sluice = Sluice(options, engine.port)
    try:
        before = [(await ask(sluice.port, f"b{i}"))[1] for i in range(200)]
        slow = []
        for i in range(5_000):
            reader, writer = await connect(sluice.port)
            writer.write(b"POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n" if i % 2 else b"POST /v1/ch")
            slow.append(writer)

        async def trickle():
            while True:
                for writer in slow:
                    writer.write(b"a")
                await asyncio.sleep(1)

        trickling = asyncio.ensure_future(trickle())
        answers = [await ask(sluice.port, f"s{i}") for i in range(200)]
        trickling.cancel()
        served = sum(status == 200 for status, _, _ in answers)
        for writer in slow:
            writer.transport.abort()
        clean = await rest(sluice)
        return (f"{served} of 200 served, p50 {1000 * percentile([s for _, s, _ in answers], 0.5):.1f} ms"
                f" ({1000 * percentile(before, 0.5):.1f} ms before); at rest {clean}"), served == 200 and clean
    finally:
        sluice.stop()


async def connects(options, engine):
    """8,000 connects as fast as one client can: all are taken, and answered."""
    sluice = Sluice(options, engine.port)
    try:
        began = time.monotonic()
        pairs = []
        for _ in range(8):
            pairs += await asyncio.gather(*(connect(sluice.port) for _ in range(1_000)))
        seconds = time.monotonic() - began
        for _, writer in pairs[::8]:
            writer.write(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
        heads = await asyncio.gather(*(asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30) for reader, _ in pairs[::8]))
        answered = sum(head.startswith(b"HTTP/1.1 404") for head in heads)
        for _, writer in pairs:
            writer.transport.abort()
        return f"{len(pairs)} connects in {seconds:.2f} s, {answered} of {len(heads)} answered", answered == len(heads)
    finally:
        sluice.stop()


async def descriptors(options, engine):
    """A process with 400 descriptors: connections beyond them are told so, the others are served, and all again later."""
    sluice = Sluice(options, engine.port, descriptors=400)
    try:
        pairs = [await connect(sluice.port) for _ in range(300)]
        first = []
        for reader, writer in pairs:
            try:
                writer.write(request("f", events=1))
                first.append((await asyncio.wait_for(reader.readuntil(b"\r\n"), 10))[9:12].decode())
            except (asyncio.IncompleteReadError, ConnectionError):
                first.append("closed")
        counts = {status: first.count(status) for status in sorted(set(first))}
        for _, writer in pairs:
            writer.transport.abort()
        await asyncio.sleep(1)
        later = [(await ask(sluice.port, f"g{i}"))[0] for i in range(100)]
        return f"{counts}; later {later.count(200)} of 100 served", counts.get("200", 0) > 0 and set(counts) == {"200", "503"} and later.count(200) == 100
    finally:
        sluice.stop()


async def heap(options, engine):
    """A heap of 24 MiB and agents without end: steps are refused or served, and the process lives."""
    sluice = Sluice(options, engine.port, flags=["-Xmx24m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"])
    try:
        statuses, began, i = {}, time.monotonic(), 0
        while time.monotonic() - began < 60 and statuses.get(503, 0) < 100 and sluice.process.poll() is None:
            for status, _, _ in await asyncio.gather(*(ask(sluice.port, f"h{i + n}") for n in range(50))):
                statuses[status] = statuses.get(status, 0) + 1
            i += 50
        alive = sluice.process.poll() is None
        health = alive and sluice.page("/health") is not None
        return f"{statuses}, heap {sluice.metric('sluice_heap_ratio'):.2f}, healthy {health}" if alive else f"{statuses}, exit {sluice.process.poll()}", alive
    finally:
        sluice.stop()


async def term(options, engine):
    """SIGTERM amid 200 streams: not ready, none cut, new steps refused, exit 0."""
    sluice = Sluice(options, engine.port)
    try:
        streams = [asyncio.ensure_future(ask(sluice.port, f"t{i}", events=20, pause=0.2)) for i in range(200)]
        while sluice.metric("sluice_in_flight") < 200:
            await asyncio.sleep(0.05)
        sluice.process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.3)
        try:
            ready = sluice.page("/ready")
        except urllib.error.HTTPError as refusal:
            ready = str(refusal.code)
        try:
            refused = str((await ask(sluice.port, "new"))[0])
        except ConnectionRefusedError:
            refused = "no connection"
        done = await asyncio.gather(*streams)
        code = await asyncio.get_running_loop().run_in_executor(None, sluice.process.wait, 20)
        whole = sum(status == 200 and whole for status, _, whole in done)
        return f"{whole} of 200 whole, ready {ready}, a new step: {refused}, exit {code}", whole == 200 and code == 0 and ready == "503"
    finally:
        sluice.stop()


async def kill(options, engine):
    """kill -9 and a start: as long as a JVM takes, nothing to recover."""
    sluice = Sluice(options, engine.port)
    sluice.stop()
    seconds = []
    for _ in range(5):
        sluice = Sluice(options, engine.port)
        seconds.append(sluice.seconds_to_ready)
        status = (await ask(sluice.port, "k"))[0]
        sluice.stop()
    return f"ready after {percentile(seconds, 0.5):.2f} s (median of 5), first step {status}", status == 200


async def soak(options, engine):
    """Traffic with clients that leave: resident memory, threads, descriptors and series stay as they are."""
    sluice = Sluice(options, engine.port)
    try:
        samples, until, i = [], time.monotonic() + 60 * options.minutes, 0
        while time.monotonic() < until:
            for _ in range(20):
                await asyncio.gather(*(ask(sluice.port, f"a{(i + n) % 500}", events=5) for n in range(20)))
                i += 20
            for _ in range(5):
                reader, writer = await connect(sluice.port)
                writer.write(request("gone", events=1_000, pause=0.5))
                await reader.readuntil(b"\r\n\r\n")
                writer.transport.abort()
            samples.append((time.monotonic(), sluice.resident(), *sluice.threads_and_files(), sluice.page("/metrics").count("\n")))
        warm = samples[len(samples) // 2:]
        hours = (warm[-1][0] - warm[0][0]) / 3600
        slope = (warm[-1][1] / warm[0][1] - 1) / hours
        clean = await rest(sluice)
        return (f"{i} steps in {options.minutes} min: {warm[-1][1] >> 20} MiB, {100 * slope:.1f} %/h over the second half, threads"
                f" {warm[0][2]} -> {warm[-1][2]}, descriptors {warm[0][3]} -> {warm[-1][3]}, series {warm[0][4]} -> {warm[-1][4]}; at rest {clean}"), clean
    finally:
        sluice.stop()


SCENARIOS = [leave, down, readers, senders, connects, descriptors, heap, term, kill, soak]


async def main(options):
    engine = Engine()
    await engine.start()
    names = options.names or [each.__name__ for each in SCENARIOS if each is not soak]
    print("| fault | seen | held |\n|---|---|---|")
    good = True
    for each in SCENARIOS:
        if each.__name__ in names:
            seen, held = await each(options, engine)
            good &= held
            print(f"| {each.__doc__.split(':')[0].strip()} | {seen} | {'yes' if held else '**no**'} |", flush=True)
    return good


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", choices=[each.__name__ for each in SCENARIOS] + [[]])
    parser.add_argument("--jar", default="target/sluice.jar")
    parser.add_argument("--java", default="java")
    parser.add_argument("--minutes", type=float, default=30)
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    sys.exit(0 if asyncio.run(main(parser.parse_args())) else 1)
