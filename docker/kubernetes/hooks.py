"""hooks.py [JAR]: takes the two preStop hooks out of the built manifests and runs them as the kubelet does, at once, beside Sluice and
the embedded engine, while an answer streams. Then the engine is told to end, and after it Sluice. Checks that the answer comes whole, that
new work is refused meanwhile, and the order of the ends. Needs kustomize, PyYAML, curl and a JDK; no cluster.

    mvn -q -DskipTests package && python3 docker/kubernetes/hooks.py
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
JAR = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "target/sluice.jar")
JAVA = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", JAR]
DELAY_SECONDS = 1


def hooks():
    """The commands of the sidecar's hook and the engine's."""
    built = subprocess.run(["kustomize", "build", str(ROOT / "docker/kubernetes/overlays/vllm")], check=True, capture_output=True, text=True).stdout
    [pod] = [each["spec"]["template"]["spec"] for each in yaml.safe_load_all(built) if each["kind"] == "Deployment"]
    return [container["lifecycle"]["preStop"]["exec"]["command"] for container in pod["initContainers"] + pod["containers"]]


def started(command):
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return process, dict(re.findall(r"(\w+)=(\S+)", process.stdout.readline()))


def chat(listen, max_tokens, stream):
    body = {"model": "emulated-tiny", "max_tokens": max_tokens, "stream": stream, "messages": [{"role": "user", "content": "hello"}]}
    request = urllib.request.Request(f"http://{listen}/v1/chat/completions", json.dumps(body).encode(), {"Content-Type": "application/json"})
    return urllib.request.urlopen(request, timeout=120)


def main():
    ours, engines = hooks()
    token = tempfile.NamedTemporaryFile("w")
    token.write("a-token-of-24-characters")
    token.flush()
    engine, told = started(JAVA + ["emulate", "--listen", "127.0.0.1:0", "--speed", "0.5"])
    config = tempfile.NamedTemporaryFile("w", suffix=".yaml")
    config.write(f"admin: {{tokenFile: {token.name}}}\n")
    config.flush()
    run = ["run", "--config", config.name, "--upstream", told["url"].rstrip("/"), "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"]
    sluice, told = started(JAVA + run)
    try:
        lines = []
        answer = chat(told["listen"], 100, True)
        lines.append(answer.readline())
        reader = threading.Thread(target=lambda: lines.extend(answer.readlines()))
        reader.start()
        # What differs here from the pod: where the program, the token and the admin port are, and how long to wait for endpoints.
        assert ours[2] == "drain" and ours[4] == "--delay=10", ours
        sidecar = subprocess.Popen(JAVA + ["drain", f"http://{told['admin']}", f"--token-file={token.name}", f"--delay={DELAY_SECONDS}", *ours[5:]], stdout=subprocess.PIPE)
        beside = subprocess.Popen([part.replace("127.0.0.1:9090", told["admin"]) for part in engines])
        begin = time.monotonic()
        refused = False
        while reader.is_alive():
            assert beside.poll() is None, "the engine's hook did not wait for the stream"
            try:
                chat(told["listen"], 1, False).read()
            except urllib.error.HTTPError as error:
                assert error.code == 503 and error.headers["Sluice-Reason"] == "draining", error.code
                refused = True
            time.sleep(0.2)
        assert refused, "no new work was refused"
        assert sidecar.wait(timeout=30) == 0 and beside.wait(timeout=30) == 0
        seconds = time.monotonic() - begin
        engine.terminate()
        engine.wait(timeout=30)
        sluice.terminate()
        assert sluice.wait(timeout=30) == 0
        assert lines[-2].strip() == b"data: [DONE]", lines[-3:]
        print(f"hooks waited {seconds:.1f} s for the stream, which came whole ({len(lines)} lines); new work got 503 draining; engine, then Sluice, ended")
    finally:
        for process in (engine, sluice):
            process.kill()


main()
