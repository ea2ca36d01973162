"""run.py [NAME...] [--jar JAR] [--java JAVA] [--flags FLAGS] [--ids N] [--minutes N]: what Sluice does when something around it fails. From the repository's root.

Starts the jar in front of an engine of its own on loopback, does what each name says, and prints one line of a table: what was
seen, and whether it is within its bound. Without a name all but "soak" run. Needs Linux and Python 3.9, and 20,000 descriptors."""
import argparse
import asyncio
import gc
import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from datetime import datetime

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
        self.arrivals = []

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
                self.arrivals.append(time.monotonic())
                writer.write(HEAD)
                event = chunk(EVENT + b":" + b"x" * body.get("bytes", 0) + b"\n\n")
                # A connection that the client closed is seen by reading.
                gone = asyncio.ensure_future(reader.read(1)) if body.get("pause") else None
                if gone:
                    gone.add_done_callback(lambda done: done.cancelled() or done.exception())  # a reset is no news
                for _ in range(body.get("events", 1)):
                    writer.write(event)
                    self.sent[name] = self.sent.get(name, 0) + len(event)
                    await writer.drain()
                    if gone and (await asyncio.wait([gone], timeout=body["pause"]))[0]:
                        raise ConnectionResetError
                if gone and not gone.done():
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
            [options.java, *options.flags.split(), *flags, "-jar", options.jar, "run", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0",
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

    def peak(self, begun=False):
        """The most that was resident since it was last asked for, which begins anew unless it has begun."""
        if not begun:
            with open(f"/proc/{self.process.pid}/clear_refs", "w") as file:
                file.write("5")
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmHWM:"))

    def memory(self, heap):
        """What is in use, with a heap of that size of which every page is resident from the start."""
        subprocess.run(["jcmd", str(self.process.pid), "GC.run"], stdout=subprocess.DEVNULL, check=True)
        return self.resident() + self.metric("sluice_heap_ratio") * heap

    def compiled(self):
        """Bytes of code that the JVM has compiled so far."""
        heaps = subprocess.run(["jcmd", str(self.process.pid), "Compiler.codecache"], stdout=subprocess.PIPE, text=True, check=True).stdout
        return sum(int(used) << 10 for used in re.findall(r"^Code.*\bused=(\d+)Kb", heaps, re.MULTILINE))

    def computed(self):
        """Seconds of CPU time."""
        with open(f"/proc/{self.process.pid}/stat") as stat:
            return sum(int(ticks) for ticks in stat.read().rsplit(")", 1)[1].split()[11:13]) / os.sysconf("SC_CLK_TCK")

    def threads_and_files(self):
        return len(os.listdir(f"/proc/{self.process.pid}/task")), len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def balanced(self):
        try:
            state = json.loads(self.page("/state"))
        except ConnectionResetError:
            return False  # A kernel short of memory for sockets does so.
        return state["permits"] == state["inFlight"] == state["queue"]["size"] == 0

    def stop(self, expected=0):
        """Ends it; its log stays only if it had ended by itself, and not as expected."""
        code = (self.process.poll() or expected) - expected
        self.process.kill()
        self.process.wait()
        if code:
            print(f"exit {code}, its log: {self.log.name}", file=sys.stderr)
        else:
            os.unlink(self.log.name)


async def connect(port):
    return await asyncio.open_connection("127.0.0.1", port)


def request(user, ends=False, **body):
    """A step of an agent of that name; ends: it says that it is its last, and so keeps no place."""
    data = json.dumps({"stream": True, "user": user, "messages": [], **body}).encode()
    return b"POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nX-Session-Id: %s\r\n%sContent-Length: %d\r\n\r\n%s" % (
        user.encode(), b"Sluice-End: true\r\n" if ends else b"", len(data), data)


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
            status, took, _ = await ask(sluice.port, f"d{len(seconds)}")
            statuses[status] = statuses.get(status, 0) + 1
            seconds.append(took)
            await asyncio.sleep(0.02)
        passed = time.monotonic() - began
        tries = (sluice.metric('sluice_upstream_errors_total{kind="connect_failed"') - tries) / passed
        back = Engine()
        await back.start(own.port)
        began = time.monotonic()
        while (await ask(sluice.port, f"back{time.monotonic()}"))[0] != 200:
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
    """500 and 5,000 clients that send a head or a body by a byte a second, or read so: everybody else is served as before."""
    seen, held = [], True
    for count in (500, 5_000):
        sluice = Sluice(options, engine.port)
        try:
            before = [(await ask(sluice.port, f"b{i}"))[1] for i in range(200)]
            slow = []
            for i in range(count):
                reader, writer = await connect(sluice.port)
                writer.transport.pause_reading()
                writer.write((b"POST /v1/ch",
                              b"POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n",
                              request(f"r{i}", events=1_000, bytes=16_000))[i % 3])
                slow.append(writer)

            async def trickle():
                while True:
                    for i, writer in enumerate(slow):
                        if i % 3 == 2:
                            read_one(writer)
                        else:
                            writer.write(b"a")
                    await asyncio.sleep(1)

            trickling = asyncio.ensure_future(trickle())
            answers = [await ask(sluice.port, f"s{i}") for i in range(200)]
            trickling.cancel()
            served = sum(status == 200 for status, _, _ in answers)
            for writer in slow:
                writer.transport.abort()
            clean = await rest(sluice)
            seen.append(f"{count}: {served} of 200 served, p50 {1000 * percentile([s for _, s, _ in answers], 0.5):.1f} ms"
                        f" ({1000 * percentile(before, 0.5):.1f} ms before), at rest {clean}")
            held &= served == 200 and clean
        finally:
            sluice.stop()
    return "; ".join(seen), held


def read_one(writer):
    """One byte, past asyncio, which would read all there is."""
    try:
        with socket.socket(fileno=os.dup(writer.get_extra_info("socket").fileno())) as same:
            same.recv(1, socket.MSG_DONTWAIT)
    except OSError:
        pass  # nothing there, or closed


async def slowhttptest(options, engine):
    """slowhttptest, 500 and 5,000 connections, slow heads, bodies, reads and ranges: the service stays available."""
    if not shutil.which("slowhttptest"):
        return "not installed", True
    words = []
    for mode in ("-H", "-B", "-X", "-R"):
        for count in (500, 5_000):
            sluice = Sluice(options, engine.port)
            try:
                url = f"http://127.0.0.1:{sluice.port}/v1/chat/completions"
                process = await asyncio.create_subprocess_exec(
                    "slowhttptest", mode, "-c", str(count), "-r", "1000", "-i", "2", "-l", "15", "-p", "3", "-u", url,
                    *(["-w", "1", "-y", "16", "-n", "2", "-z", "1", "-k", "3"] if mode == "-X" else []),
                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
                answered = []
                while process.returncode is None:
                    answered.append((await ask(sluice.port, f"p{len(answered)}"))[0] == 200)
                    try:
                        await asyncio.wait_for(process.wait(), 0.25)
                    except asyncio.TimeoutError:
                        pass
                words.append(f"{mode} {count}: {sum(answered)} of {len(answered)} others served")
                if not all(answered):
                    return "; ".join(words), False
            finally:
                sluice.stop()
    return "; ".join(words), True


BARE = """
import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(4096); print(s.getsockname()[1], flush=True)
taken = []
while True:
    taken.append(s.accept()[0])
    del taken[:-4_000]
"""


def connect_ten_thousand(port, within):
    """So many connects one after the other, spread over that many seconds, at most 4,000 open at once: the seconds it took,
    how many had to knock twice, and those still open."""
    open_, twice, began = [], 0, time.monotonic()
    for i in range(10_000):
        while time.monotonic() - began < within * i / 10_000:
            time.sleep(0.0005)
        client = socket.socket()
        client.settimeout(30)
        knocked = time.monotonic()
        client.connect(("127.0.0.1", port))
        # A kernel without place in the backlog says nothing, and the client's tries again after a second.
        twice += time.monotonic() - knocked > 0.9
        open_.append(client)
        if len(open_) > 4_000:
            open_.pop(0).close()
    return time.monotonic() - began, twice, open_


async def connects(options, engine):
    """10,000 connects in a second, and as fast as one client can: all are taken, and answered."""
    loop = asyncio.get_running_loop()

    async def connect_all(port, within=0.0):
        # Not on this thread: the engine, at which Sluice looks before it takes clients, is to answer meanwhile.
        seconds, twice, clients = await loop.run_in_executor(None, connect_ten_thousand, port, within)
        for client in clients[::4]:
            client.sendall(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
        answered = [(await loop.run_in_executor(None, client.recv, 12)).startswith(b"HTTP/1.1 404") for client in clients[::4]]
        for client in clients:
            client.close()
        return f"{seconds:.2f} s ({twice} knocked twice)", all(answered)

    bare = subprocess.Popen([sys.executable, "-c", BARE], stdout=subprocess.PIPE, text=True)
    try:
        alone, _, clients = connect_ten_thousand(int(bare.stdout.readline()), 0)
        for client in clients:
            client.close()
    finally:
        bare.kill()
        bare.wait()
    sluice = Sluice(options, engine.port)
    try:
        cold, first = await connect_all(sluice.port, within=1)
        warm, second = await connect_all(sluice.port, within=1)
        computed = sluice.computed()
        fast, third = await connect_all(sluice.port)
        computed = sluice.computed() - computed
        return (f"10,000 connects in a second, just after a start: in {cold}, and again: {warm}; as fast as one client can: {fast}"
                f", for which it computed {computed:.2f} s ({alone:.2f} s to a listener that only accepts); a quarter of the last 4,000 asked, all"
                f" answered: {first and second and third}"), first and second and third
    finally:
        sluice.stop()


class Quick(asyncio.Protocol):
    """An engine that answers whatever it is asked at once."""

    ANSWER = b'{"choices":[{"message":{"content":"x"},"finish_reason":"stop"}],"usage":{"prompt_tokens":20,"completion_tokens":1}}'
    WHOLE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER)

    def connection_made(self, transport):
        self.transport, self.kept = transport, b""

    def data_received(self, data):
        self.kept += data
        while True:
            end = self.kept.find(b"\r\n\r\n") + 4
            if end < 4:
                return
            at = self.kept.lower().find(b"content-length:", 0, end)
            end += int(self.kept[at + 15:self.kept.index(b"\r\n", at)]) if at >= 0 else 0
            if len(self.kept) < end:
                return
            self.kept = self.kept[end:]
            self.transport.write(self.WHOLE)


class Newcomers(asyncio.Protocol):
    """A client that asks once as each of those whose numbers it takes, one after the other."""

    def __init__(self, numbers, statuses, done):
        self.numbers, self.statuses, self.done = numbers, statuses, done
        self.left = 0

    def connection_made(self, transport):
        self.transport = transport
        self.ask()

    def ask(self):
        i = next(self.numbers, None)
        if i is None:
            self.transport.close()
        elif i % 10 == 0:
            self.transport.write(b"GET /w%d HTTP/1.1\r\nHost: a\r\nX-Session-Id: i%d\r\n\r\n" % (i, i))
        else:
            body = b'{"model":"m%d","messages":[{"role":"user","content":"task %d"}]}' % (i, i)
            self.transport.write(b"POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nX-Session-Id: i%d\r\nSluice-Tenant: t%d\r\n"
                                 b"Content-Length: %d\r\n\r\n%s" % (i, i, len(body), body))

    def data_received(self, data):
        if self.left == 0:
            self.statuses[data[9:12]] = self.statuses.get(data[9:12], 0) + 1
            at = data.lower().index(b"content-length:")
            self.left = data.index(b"\r\n\r\n") + 4 + int(data[at + 15:data.index(b"\r\n", at)])
        self.left -= len(data)
        if self.left == 0:
            self.ask()

    def connection_lost(self, problem):
        if not self.done.done():
            self.done.set_result(None)


async def ids(options, engine):
    """As many ids, models, tenants and paths as --ids says: the heap grows by at most 50 MiB, labels have at most 200 values."""
    heap, loop = 256 << 20, asyncio.get_running_loop()
    quick = await loop.create_server(Quick, "127.0.0.1", 0)
    sluice = Sluice(options, quick.sockets[0].getsockname()[1], flags=["-Xms256m", "-Xmx256m", "-XX:+UseSerialGC"],
                    settings={"identity": {"trustTenantHeader": True}})
    try:
        async def flood(numbers):
            statuses, ends = {}, []
            for _ in range(16):
                ends.append(loop.create_future())
                await loop.create_connection(lambda: Newcomers(numbers, statuses, ends[-1]), "127.0.0.1", sluice.port)
            await asyncio.gather(*ends)
            return statuses

        def used():
            subprocess.run(["jcmd", str(sluice.process.pid), "GC.run"], stdout=subprocess.DEVNULL, check=True)
            return sluice.metric("sluice_heap_ratio") * heap

        await flood(iter(range(-1_000, 0)))
        before, began = used(), time.monotonic()
        statuses = await flood(iter(range(options.ids)))
        seconds, growth = time.monotonic() - began, used() - before
        page = sluice.page("/metrics")
        values = max(len(set(re.findall(rf'{label}="([^"]*)"', page))) for label in set(re.findall(r'(\w+)="', page)) - {"le"})
        return (f"{ {code.decode(): count for code, count in statuses.items()} } in {seconds:.0f} s, heap {growth / 2**20:+.1f} MiB, at most"
                f" {values} values of a label, {page.count(chr(10))} lines of metrics"), (
                    growth <= 50 << 20 and values <= 201 and statuses == {b"200": options.ids})
    finally:
        sluice.stop()
        quick.close()


def hard_to_read():
    """Requests of 4 MiB by what is hard about them, and heads of 60 KB; the first of each is a plain one."""
    def post(body, coding=None):
        return b"POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n%s" % (coding or b"Content-Length: %d" % len(body), body)

    def of(unit, head=b'{"messages":[', tail=b"0]}"):
        return post(head + unit * ((4 << 20) // len(unit)) + tail)

    def fields(unit):
        return b"GET /v1/models HTTP/1.1\r\nHost: a\r\n" + unit * (60_000 // len(unit)) + b"\r\n"

    text = (b'{"messages":[{"role":"user","content":"', b'"}]}')
    names = b"".join(b'"k%d":1,' % i for i in range(350_000))
    return [
        [("plain", of(b"word ", *text)), ("messages of a digit", of(b"0,")), ("empty messages", of(b"{},")), ("nested", of(b"[" * 9_000 + b"]" * 9_000 + b",")),
         ("names", post(b'{%s"messages":[]}' % names)), ("escapes", of(b"\\u0061", *text)), ("a number", of(b"9", b'{"max_tokens":', b"}")),
         ("chunks of a byte", post(b"1\r\n \r\n" * 700_000 + b"f\r\n" + b'{"messages":[]}' + b"\r\n0\r\n\r\n", b"Transfer-Encoding: chunked"))],
        [("plain", fields(b"X-Field: some value that is neither short nor long\r\n")), ("short fields", fields(b"a:b\r\n")),
         ("named by Connection", fields(b"Connection: a, b\r\n"))]]


async def costly(options, engine):
    """Requests that are hard to read: each costs at most 100 times the time of a plain one of its size, and 100 times its size in memory."""
    quick = await asyncio.get_running_loop().create_server(Quick, "127.0.0.1", 0)
    sluice = Sluice(options, quick.sockets[0].getsockname()[1], flags=["-Xms64m", "-Xmx512m", "-XX:+UseSerialGC"])

    async def send(raw):
        reader, writer = await connect(sluice.port)
        writer.write(raw)
        status = (await reader.readuntil(b"\r\n"))[9:12].decode()
        writer.close()
        return status

    try:
        words, held = [], True
        for requests in hard_to_read():
            plain = 0
            for name, raw in requests:
                for _ in range(10):
                    await send(raw)
                subprocess.run(["jcmd", str(sluice.process.pid), "GC.run"], stdout=subprocess.DEVNULL, check=True)
                memory, began = sluice.peak(), sluice.computed()
                statuses = {await send(raw) for _ in range(20)}
                seconds, memory = (sluice.computed() - began) / 20, sluice.peak(begun=True) - memory
                plain = plain or max(seconds, 0.0005)
                words.append(f"{name} {1000 * seconds:.1f} ms, {memory / 2**20:.1f} MiB ({'/'.join(statuses)})")
                held &= seconds <= 100 * plain and memory <= 100 * len(raw)
        return "; ".join(words), held
    finally:
        sluice.stop()
        quick.close()


def decided(file, ending):
    """When steps ended so, by the decision log; seconds since 1970."""
    with open(file) as lines:
        return [datetime.fromisoformat(json.loads(line)["at"].replace("Z", "+00:00")).timestamp() for line in lines if f'"{ending}"' in line and line.endswith("\n")]


async def held(options, engine):
    """As many held requests of 1 kB as there are descriptors for: 12 kB each; those that leave are gone, those whose turn it is go, in 5 ms (p99)."""
    heap, count = 512 << 20, 9_000
    decisions = tempfile.NamedTemporaryFile(suffix=".jsonl")
    sluice = Sluice(options, engine.port, flags=["-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC"], settings={
        "law": {"name": "static", "static": {"agents": 1}}, "queue": {"maxSteps": 1_000_000}, "limits": {"connections": 1_000_000},
        "decisions": {"file": decisions.name}})
    try:
        async def hold(name, **body):
            reader, writer = await connect(sluice.port)
            writer.write(request(name, ends=True, pad="x" * 800, **body))
            return reader, writer

        await asyncio.gather(*(ask(sluice.port, f"w{i}", ends=True) for i in range(200)))
        occupier = await hold("occupier", events=10_000, pause=3600)
        await occupier[0].readuntil(b"\r\n\r\n")
        before = sluice.memory(heap)
        waiting = [await hold(f"h{i}") for i in range(count)]
        while json.loads(sluice.page("/state"))["queue"]["size"] < count:
            await asyncio.sleep(0.1)
        each = (sluice.memory(heap) - before) / count
        # One after the other: from the client's close to the gate's line of it, which has its own time; no scrape between, nor
        # Python's looking for garbage.
        gc.disable()
        left = []
        for _, writer in waiting[:1_000]:
            left.append(time.time())
            writer.transport.abort()
            await asyncio.sleep(0.005)
        while len(gone := decided(decisions.name, "client_gone_held")) < len(left):
            await asyncio.sleep(0.1)
        gc.enable()
        leave = [after - before for before, after in zip(left, gone)]
        engine.arrivals.clear()
        occupier[1].transport.abort()
        heads = await asyncio.gather(*(reader.readuntil(b"\r\n\r\n") for reader, _ in waiting[1_000:]))
        gaps = [later - earlier for earlier, later in zip(engine.arrivals, engine.arrivals[1:])]
        for _, writer in waiting:
            writer.transport.abort()
        served = sum(head.startswith(b"HTTP/1.1 200") for head in heads)
        return (f"{count} held, {each / 1000:.1f} kB each, heap and buffers; gone after p50 {1000 * percentile(leave, 0.5):.1f} ms, p99"
                f" {1000 * percentile(leave, 0.99):.1f} ms; then {served} served in turn, from one's turn to the next's"
                f" p50 {1000 * percentile(gaps, 0.5):.1f} ms, p99 {1000 * percentile(gaps, 0.99):.1f} ms"), (
                    each <= 12_000 and served == len(heads) and max(percentile(leave, 0.99), percentile(gaps, 0.99)) <= 0.005)
    finally:
        sluice.stop()


async def descriptors(options, engine):
    """A process with 400 descriptors: connections beyond them are told so, the others are served, and all again later."""
    sluice = Sluice(options, engine.port, descriptors=400)
    try:
        pairs = [await connect(sluice.port) for _ in range(300)]
        first = []
        for i, (reader, writer) in enumerate(pairs):
            try:
                writer.write(request(f"f{i}", events=1))
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


async def oom(options, engine):
    """A heap that runs out, with nothing shed: the process ends by itself, and one started again serves."""
    settings = {"law": {"name": "static", "static": {"agents": 1}}, "queue": {"maxSteps": 1_000_000},
                "limits": {"connections": 1_000_000, "heapShed": 1, "heapRefuse": 1}}
    flags = ["-Xmx20m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"]
    sluice = Sluice(options, engine.port, flags=flags, settings=settings)
    open_ = []
    try:
        while sluice.process.poll() is None and len(open_) < 9_500:
            try:
                reader, writer = await asyncio.wait_for(connect(sluice.port), 10)
                writer.write(request(f"o{len(open_)}", events=10_000, pause=3600))
                open_.append(writer)
            except (OSError, asyncio.TimeoutError):
                await asyncio.sleep(0.1)
        code = await asyncio.get_running_loop().run_in_executor(None, sluice.process.wait, 60)
    finally:
        sluice.process.kill()
        for writer in open_:
            writer.transport.abort()
        sluice.stop(expected=3)
    again = Sluice(options, engine.port, flags=flags, settings=settings)
    try:
        status = (await ask(again.port, "again"))[0]
        return f"exit {code} with {len(open_)} requests held, started again: first step {status}", code == 3 and status == 200
    finally:
        again.stop()


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


def slope_an_hour(points):
    """Of the line through points of seconds and values by least squares, as a share of their mean."""
    xs, ys = zip(*points)
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return 3600 * sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a in xs) / y


async def soak(options, engine):
    """Traffic for half an hour, with clients that leave: resident memory, threads, descriptors and series stay as they are.

    First as many steps as the client can, so that what runs often is compiled and what is kept of agents is full; then at most
    200 a second."""
    heap = 128 << 20
    sluice = Sluice(options, engine.port, flags=["-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC"])
    asked = served = 0

    async def traffic(minutes, pause):
        """A look at the process every ten seconds."""
        nonlocal asked, served
        samples, until, look = [], time.monotonic() + 60 * minutes, time.monotonic()
        while time.monotonic() < until:
            for _ in range(20):
                # Each asks something else: the same again would be a client that does not stop asking.
                *answers, _ = await asyncio.gather(
                    *(ask(sluice.port, f"a{(asked + n) % 500}", events=5, step=asked + n) for n in range(20)), asyncio.sleep(pause))
                served += sum(status == 200 and whole for status, _, whole in answers)
                asked += 20
            for _ in range(5):
                reader, writer = await connect(sluice.port)
                writer.write(request("gone", events=1_000, pause=0.5))
                await reader.readuntil(b"\r\n\r\n")
                writer.transport.abort()
            if time.monotonic() >= look:
                look += 10
                samples.append((time.monotonic(), sluice.memory(heap), sluice.compiled(), *sluice.threads_and_files(),
                                sluice.page("/metrics").count("\n")))
        return samples

    try:
        await traffic(options.warm_up, 0)
        warm = asked
        samples = await traffic(options.minutes, 0.1)
        slope = slope_an_hour([(sample[0], sample[1]) for sample in samples])
        rest_slope = slope_an_hour([(sample[0], sample[1] - sample[2]) for sample in samples])
        clean = await rest(sluice)
        first, last = samples[0], samples[-1]
        return (f"{served} of {asked} steps served, {warm} of them in the first {options.warm_up:g} min; memory over the {options.minutes:g} after them"
                f" {first[1] / 2**20:.1f} -> {last[1] / 2**20:.1f} MiB ({100 * slope:.2f} %/h), of which compiled code {first[2] / 2**20:.1f} ->"
                f" {last[2] / 2**20:.1f} MiB, all else {100 * rest_slope:.2f} %/h; threads {first[3]} -> {last[3]}, descriptors {first[4]} ->"
                f" {last[4]}, series {first[5]} -> {last[5]}; at rest {clean}"), clean and served == asked and slope <= 0.01
    finally:
        sluice.stop()


SCENARIOS = [leave, down, readers, senders, slowhttptest, connects, ids, costly, held, descriptors, heap, oom, term, kill, soak]


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
    parser.add_argument("--flags", default="", help="more for the JVM, after an equals sign")
    parser.add_argument("--ids", type=int, default=100_000)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--warm-up", type=float, default=10, help="minutes before those of soak")
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    sys.exit(0 if asyncio.run(main(parser.parse_args())) else 1)
