#!/usr/bin/env python3
"""The live page in a real browser: headless Chromium, driven over the WebDriver protocol of its own driver.

    live_page.py URL [--token TOKEN] [--light FILE] [--dark FILE] [--size 1280x800]

URL is the admin port of a running Sluice, the engine behind it loaded so that there are agents to see. Checks that the page
comes to life without a message on the browser's console, that it shows what /state tells, that an agent is explained by
keyboard alone, that the mode is switched with the token and only with it, and that a broken stream is shown and recovers. Exits
with 0 if all holds. Needs chromium and chromedriver on the path and nothing but Python's own library.
"""

import argparse
import base64
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
ENTER = "\ue007"
ESCAPE = "\ue00c"
DEADLINE_SECONDS = 60


class Browser:
    """A session of Chromium; closed with its driver."""

    def __init__(self, width, height):
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, text=True)
        for line in self.driver.stdout:
            if "started successfully on port" in line:
                self.base = "http://127.0.0.1:" + line.strip().rstrip(".").split()[-1] + "/session"
                break
        else:
            raise SystemExit("chromedriver: no port was told")
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                     "--disable-extensions", "--disable-background-networking", "--no-first-run", "--disable-sync",
                     f"--window-size={width},{height}"]
        options = {"goog:chromeOptions": {"args": arguments}, "goog:loggingPrefs": {"browser": "ALL"}}
        session = self.call("POST", "", {"capabilities": {"alwaysMatch": {"browserName": "chrome", **options}}})
        self.base += "/" + session["sessionId"]
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"content-type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=180) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as refused:
            raise AssertionError(f"{method} {path}: {refused.read().decode()[:600]}") from refused

    def devtools(self, command, **parameters):
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def open(self, url):
        self.call("POST", "/url", {"url": url})

    def run(self, script):
        return self.call("POST", "/execute/sync", {"script": script, "args": []})

    def text(self, selector):
        return self.run(f"return document.querySelector({json.dumps(selector)}).textContent")

    def keys(self, text):
        strokes = [stroke for key in text for stroke in ({"type": "keyDown", "value": key}, {"type": "keyUp", "value": key})]
        self.call("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]})

    def wait(self, what, script):
        end = time.monotonic() + DEADLINE_SECONDS
        while time.monotonic() < end:
            value = self.run(script)
            if value:
                return value
            time.sleep(0.5)
        raise AssertionError(f"{what}: not within {DEADLINE_SECONDS} s")

    def scheme(self, name):
        self.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def screenshot(self, file):
        with open(file, "wb") as out:
            out.write(base64.b64decode(self.call("GET", "/screenshot")))

    def close(self):
        try:
            self.call("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait(20)


def state(url):
    with urllib.request.urlopen(url + "/state", timeout=30) as answer:
        return json.load(answer)


def check(holds, what):
    if not holds:
        raise AssertionError(what)
    print("ok  ", what, flush=True)


def comes_to_life(browser, url):
    browser.open(url + "/")
    browser.wait("the page is live", "return document.querySelector('#link').dataset.link === 'on'")
    check(browser.text("#link") == "live", "says that it is live")
    told = state(url)
    check(told["upstream"] in browser.text("#engine"), "names law and engine")
    check(browser.run("return document.querySelectorAll('#picture-inside .tile').length") > 0, "draws agents")
    check(browser.run("return document.querySelectorAll('#timeline path').length") > 2, "draws the last minutes")
    check(browser.run("return document.documentElement.scrollHeight <= innerHeight"), "fits the window")
    area = browser.run(
        "const box = document.querySelector('#picture-inside').getBoundingClientRect();"
        "let sum = 0; for (const tile of document.querySelectorAll('#picture-inside .tile rect'))"
        " sum += tile.width.baseVal.value * tile.height.baseVal.value;"
        "return [sum / (box.width * box.height), Math.max(1, state.pressure), state.pressure];")
    check(abs(area[0] * area[1] - area[2]) < 0.03, f"the tiles' area is the pressure ({area[0] * area[1]:.3f}, {area[2]:.3f})")


def is_usable_by_keyboard(browser):
    browser.run("document.querySelector('#agents button').focus()")
    browser.keys(ENTER)
    browser.wait("an agent is explained", "return document.querySelector('#explain').open")
    check(len(browser.text("#explain-why")) > 10, "explains: " + browser.text("#explain-why"))
    browser.keys(ESCAPE)
    check(not browser.run("return document.querySelector('#explain').open"), "Escape closes the explanation")
    unnamed = browser.run(
        "return [...document.querySelectorAll('button, input, section, svg[role], [role=region]')].filter(e => !e.closest('dialog')"
        " && !e.textContent.trim() && !e.getAttribute('aria-label') && !e.getAttribute('aria-labelledby')).length")
    check(unnamed == 0, "everything that can be reached has a name")


def switches_the_mode(browser, url, token):
    browser.run("document.querySelector('[data-mode=shadow]').click()")
    browser.run("document.querySelector('#change-token').focus()")
    browser.keys("not-the-token-of-anybody" + ENTER)
    browser.wait("a wrong token is refused", "return document.querySelector('#change-error').textContent.includes('token')")
    check(state(url)["mode"] == "enforce", "a wrong token changes nothing")
    if not token:
        return
    browser.run("document.querySelector('#change-token').value = ''; document.querySelector('#change-token').focus()")
    browser.keys(token + ENTER)
    browser.wait("the mode is switched", "return document.querySelector('[data-mode=shadow]').ariaPressed === 'true'")
    check(state(url)["mode"] == "shadow", "the token switches the mode")
    browser.run("document.querySelector('[data-mode=enforce]').click()")
    check(browser.run("return document.querySelector('#change-ask').hidden"), "the token is asked for once")
    browser.run("document.querySelector('#change-do').click()")
    browser.wait("back again", "return document.querySelector('[data-mode=enforce]').ariaPressed === 'true'")


def survives_a_break(browser):
    browser.devtools("Network.enable")
    browser.devtools("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=-1, uploadThroughput=-1)
    # A stream under way outlives that: break it as a restart would.
    browser.run("dispatchEvent(new Event('offline')); openStream.close(); openStream.dispatchEvent(new Event('error'))")
    browser.wait("the break is shown", "return document.querySelector('#link').textContent.startsWith('disconnected since ')")
    check(browser.run("return document.body.classList.contains('stale')"), "what is old looks old")
    browser.devtools("Network.emulateNetworkConditions", offline=False, latency=0, downloadThroughput=-1, uploadThroughput=-1)
    browser.wait("it recovers", "return document.querySelector('#link').textContent === 'live'")
    check(True, "recovers by itself")


def complaints(browser):
    """Network errors were made on purpose."""
    return [entry["message"] for entry in browser.call("POST", "/se/log", {"type": "browser"})
            if entry["level"] in ("SEVERE", "WARNING") and entry["source"] != "network"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--token", default="")
    parser.add_argument("--light")
    parser.add_argument("--dark")
    parser.add_argument("--size", default="1280x800")
    parser.add_argument("--only-screenshots", action="store_true")
    wanted = parser.parse_args()
    url = wanted.url.rstrip("/")
    browser = Browser(*map(int, wanted.size.split("x")))
    try:
        comes_to_life(browser, url)
        for scheme, file in (("light", wanted.light), ("dark", wanted.dark)):
            if file:
                browser.scheme(scheme)
                time.sleep(1)
                browser.screenshot(file)
        if not wanted.only_screenshots:
            is_usable_by_keyboard(browser)
            switches_the_mode(browser, url, wanted.token)
            survives_a_break(browser)
        found = complaints(browser)
        check(not found, f"the browser has nothing to complain about {found}")
    finally:
        browser.close()


if __name__ == "__main__":
    try:
        main()
    except AssertionError as failed:
        sys.exit(f"FAILED {failed}")
