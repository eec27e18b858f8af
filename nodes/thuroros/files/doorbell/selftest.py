"""`doorbell selftest`: a second relay of its own, from a press to a pretended mowa, through an outage and a kill -9.

It runs the same program as the service, in a temporary directory, on the machine's own Python and libraries. It touches
neither the service nor its GPIO line nor anything outside the machine. In a virtual machine with a simulated GPIO chip
the presses are edges of a line of that chip; elsewhere the relay is told to take one.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from doorbell import control, simulated
from doorbell.fakemowa import FakeMowa

WITHIN = 30.0  # Seconds for each step; an emulated machine needs most of it.
ONE, TWO = "+32000000001", "+32000000002"
CONFIG = """
[button]
chip = {chip}
line = {line}
debounce = 10ms
settle = 1ms
[message]
text = selftest {{time}}
[mowa]
address = {address}
[retry]
first = 100ms
[recipients]
to = {one}, {two}
"""


def selftest() -> int:
    """0 when every ring reached both pretended recipients once. Prints what it saw."""
    with tempfile.TemporaryDirectory(prefix="doorbell-") as name:
        bench = _Bench(Path(name))
        try:
            problem = bench.run()
        finally:
            bench.end()
    print(bench.figures())
    if problem:
        print(f"selftest failed: {problem}", file=sys.stderr)
    return 1 if problem else 0


class _Bench:
    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.tries = Counter[str]()
        self.mowa = FakeMowa(plan=self._fails_once_for_two).up()
        self.rings = 0
        self.relay: subprocess.Popen[bytes] | None = None
        conf = directory / "doorbell.conf"
        self.line = simulated.find()
        chip, line = (self.line.chip, self.line.number) if self.line else ("selftest-has-no-chip", 0)
        conf.write_text(CONFIG.format(address=self.mowa.address, one=ONE, two=TWO, chip=chip, line=line))

    def _fails_once_for_two(self, recipient: str) -> str:
        self.tries[recipient] += 1
        return "fail" if recipient == TWO and self.tries[recipient] == 1 else "ok"

    def run(self) -> str:
        """Empty, or what went wrong."""
        self._start()
        if not self._until(self._answers):
            return "the relay did not start"
        if not self._press():
            return "a press did not ring"
        if not self._until(self._all_arrived):
            return "a ring did not arrive"
        self.mowa.down()
        if not self._press() or not self.relay:
            return "a press did not ring while mowa was away"
        self.relay.send_signal(signal.SIGKILL)  # The ring above is only on the disk now.
        self.relay.wait()
        self._start()
        if not self._until(self._answers):
            return "the relay did not start after kill -9"
        self.mowa.up()
        if not self._until(self._all_arrived):
            return "a ring was lost by mowa's outage and kill -9"
        time.sleep(0.5)
        doubled = [to for to in (ONE, TWO) if len(self.mowa.messages(to)) != self.rings]
        return f"messages were doubled for {doubled}" if doubled else ""

    def end(self) -> None:
        if self.relay and self.relay.poll() is None:
            self.relay.kill()
            self.relay.wait()
        self.mowa.down()

    def figures(self) -> str:
        out = [len(self.mowa.messages(to)) for to in (ONE, TWO)]
        lost = sum(max(0, self.rings - count) for count in out)
        doubled = sum(max(0, count - self.rings) for count in out)
        told = f"rings in {self.rings}, recipients 2, messages out {sum(out)}, lost {lost}, doubled {doubled}"
        way = f"edges of line {self.line.number} of the simulated {self.line.chip}" if self.line else "simulated rings"
        return f"{told}; presses were {way}"

    def _start(self) -> None:
        directory = self.directory
        command = [sys.executable, "-m", "doorbell", "serve", "--config", str(directory / "doorbell.conf")]
        command += ["--state-dir", str(directory), "--run-dir", str(directory)]
        package = str(Path(__file__).resolve().parent.parent)
        environment = {**os.environ, "PYTHONPATH": package, "PYTHONDONTWRITEBYTECODE": "1"}
        for name in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"):
            environment.pop(name, None)
        with (directory / "log").open("ab") as log:
            self.relay = subprocess.Popen(command, env=environment, stderr=log, stdin=subprocess.DEVNULL)  # noqa: S603

    def _press(self) -> bool:
        time.sleep(0.05)
        before = self.rings
        if not self.line:
            self.rings += control.ask(self.directory, "press").get("result") == "ring"
        elif self._until(lambda: self._status()["source"]["kind"] == "gpio"):
            self.line.press()
            self.rings += self._until(lambda: self._status()["queue"]["rings"] > before)
            self.line.release()
        return self.rings > before

    def _status(self) -> dict[str, Any]:
        return control.ask(self.directory, "status", timeout=2.0)

    def _answers(self) -> bool:
        try:
            self._status()
        except control.NotRunning:
            return False
        return True

    def _all_arrived(self) -> bool:
        return self.rings > 0 and all(len(self.mowa.messages(to)) >= self.rings for to in (ONE, TWO))

    def _until(self, true: Callable[[], bool]) -> bool:
        until = time.monotonic() + WITHIN
        while time.monotonic() < until:
            if true():
                return True
            time.sleep(0.05)
        return False
