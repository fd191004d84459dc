# SPDX-License-Identifier: GPL-2.0-or-later
"""Headless Chromium, controlled over its own pipe (--remote-debugging-pipe): JSON messages, each ended by a zero byte."""
import json
import os
import select
import shutil
import signal
import subprocess
import time

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--no-default-browser-check",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server",
         "--autoplay-policy=no-user-gesture-required", "--remote-debugging-pipe")


def find():
    """The browser's path, None where there is none. LAB_CHROMIUM names another."""
    named = os.environ.get("LAB_CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """One browser with one page. Every wait ends at the deadline with an error."""

    def __init__(self, program, profile, deadline, *flags):
        self.deadline = deadline
        self.number = 0
        self.buffer = b""
        self.events = []
        commands, self.out = os.pipe()
        self.into, answers = os.pipe()
        self.process = subprocess.Popen([program, *FLAGS, *flags, f"--user-data-dir={profile}", "about:blank"],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        preexec_fn=lambda: self.wire(commands, answers), close_fds=False, start_new_session=True)
        os.close(commands)
        os.close(answers)
        self.session = None
        page = next(t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime"):
            self.call(domain + ".enable")

    @staticmethod
    def wire(commands, answers):
        """The browser reads from file 3 and writes to file 4. Our ends may have these numbers, so they are copied first."""
        commands, answers = os.dup(commands), os.dup(answers)
        os.dup2(commands, 3, inheritable=True)
        os.dup2(answers, 4, inheritable=True)
        os.closerange(5, 64)

    def receive(self):
        while b"\0" not in self.buffer:
            left = self.deadline - time.monotonic()
            if left <= 0 or not select.select([self.into], [], [], left)[0]:
                raise TimeoutError("the browser did not answer in time")
            part = os.read(self.into, 1 << 20)
            if not part:
                raise ConnectionError("the browser ended")
            self.buffer += part
        message, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error'].get('message')}")
                return answer["result"]
            self.events.append(answer)

    def wait_for(self, method):
        """The next event of that name. Events before it are kept."""
        while True:
            message = self.receive()
            self.events.append(message)
            if message.get("method") == method:
                return message["params"]

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"in the page: {result['exceptionDetails']}")
        return result["result"].get("value")

    def load(self, method, **parameters):
        self.call(method, **parameters)
        self.wait_for("Page.loadEventFired")

    def close(self):
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(5)
        except ProcessLookupError:
            pass
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(5)
        os.close(self.out)
        os.close(self.into)
