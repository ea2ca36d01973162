"""The engine: a vLLM of our own on this machine's processors, or one that is already there."""

import re
from pathlib import Path

import httpx
from processes import Child, free_port

BLOCK_TOKENS = 32
START_SECONDS = 400


class Engine:
    """What the benchmark wants of an engine. BASE: http://HOST:PORT or unix:/PATH."""

    name = "vLLM"

    def __init__(self, base, page=None):
        self.base = base.rstrip("/")
        self.http = client(self.base)
        self.page = client(page) if page else self.http
        self.model = self.http.get("/v1/models").json()["data"][0]["id"]
        version = self.http.get("/version")
        self.version = version.json().get("version", "?") if version.is_success else "?"

    def figures(self):
        return Figures(self.page.get("/metrics").text)

    def pool_tokens(self):
        return self.figures().pool_tokens()

    def tokens_per_word(self, text, words):
        """Measured on a text of so many words."""
        body = {"model": self.model, "messages": [{"role": "user", "content": text}], "max_tokens": 1}
        usage = self.http.post("/v1/chat/completions", json=body).raise_for_status().json()["usage"]
        return usage["prompt_tokens"] / words


def client(base):
    if base.startswith("unix:"):
        transport = httpx.HTTPTransport(uds=base[5:])
        return httpx.Client(base_url="http://engine", transport=transport, timeout=60)
    return httpx.Client(base_url=base, timeout=60)


class Figures:
    """A metrics page: each family summed over its series."""

    LINE = re.compile(r"^([A-Za-z_:][\w:]*)(\{.*\})?\s+([-+0-9.eEinfNa]+)$")

    def __init__(self, page):
        self.sums = {}
        self.labels = {}
        self.computed = 0.0
        for line in page.splitlines():
            found = self.LINE.match(line)
            if not found:
                continue
            name, labels, value = found.group(1), found.group(2) or "", float(found.group(3))
            self.sums[name] = self.sums.get(name, 0.0) + value
            self.labels[name] = labels
            if name == "vllm:prompt_tokens_by_source_total" and 'source="local_compute"' in labels:
                self.computed += value

    def __getitem__(self, name):
        return self.sums.get(name, 0.0)

    def __contains__(self, name):
        return name in self.sums

    def pool_tokens(self):
        labels = dict(re.findall(r'(\w+)="([^"]*)"', self.labels.get("vllm:cache_config_info", "")))
        if labels.get("kv_cache_size_tokens", "None") != "None":
            return int(labels["kv_cache_size_tokens"])
        return int(labels["num_gpu_blocks"]) * int(labels["block_size"])


class LocalVllm:
    """
    vLLM on the processors CORES, with a small model of random weights; see model.py. Without SOCKET it listens on PORT, or
    on a free one.
    """

    def __init__(self, home, output, pool_tokens, cores, socket=None, flags=(), port=None):
        self.socket = socket
        self.port = port or free_port()
        self.base = f"unix:{socket}" if socket else f"http://127.0.0.1:{self.port}"
        self.child = Child(
            [
                home / "vllm/bin/python",
                *("-m", "vllm.entrypoints.openai.api_server"),
                *("--model", home / "model", "--served-model-name", "small", "--load-format", "dummy"),
                *("--dtype", "bfloat16", "--enforce-eager", "--max-model-len", 8192),
                *("--block-size", BLOCK_TOKENS, "--num-gpu-blocks-override", pool_tokens // BLOCK_TOKENS),
                *("--enable-prompt-tokens-details", "--disable-uvicorn-access-log"),
                *(("--uds", socket) if socket else ("--host", "127.0.0.1", "--port", self.port)),
                *flags,
            ],
            Path(output),
            cores,
            {
                "VLLM_CPU_KVCACHE_SPACE": "1",
                "VLLM_CPU_OMP_THREADS_BIND": "nobind",
                "OMP_NUM_THREADS": str(len(cores.split(","))),
                "HF_HUB_OFFLINE": "1",
                "DO_NOT_TRACK": "1",
            },
        )

    def wait(self):
        """Until it is healthy: 20 to 200 s."""
        with client(self.base) as http:
            self.child.wait_until(lambda: is_healthy(http), START_SECONDS)
        return self

    def stop(self):
        self.child.stop()
        if self.socket:
            Path(self.socket).unlink(missing_ok=True)  # left behind by vLLM, which then would not start again


def is_healthy(http, path="/health"):
    try:
        return http.get(path).status_code == 200
    except httpx.HTTPError:
        return False
