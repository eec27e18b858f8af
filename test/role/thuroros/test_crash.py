"""The real program, killed with -9 at arbitrary moments while it rings and sends, and started again."""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from doorbell import control
from doorbell.fakemowa import FakeMowa
from doorbell.store import Store

from bench import ANNA, BERT, Figures

CONFIG = """
[button]
chip = no-such-chip
debounce = 1ms
settle = 1ms
[message]
text = ring {{ring}}
[mowa]
address = {address}
[retry]
first = 50ms
[recipients]
to = {to}
"""


class Kill(unittest.TestCase):
    def setUp(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="thuroros-"))
        self.addCleanup(shutil.rmtree, self.directory)
        self.mowa = FakeMowa(pace=0.005).up()
        self.addCleanup(self.mowa.down)
        text = CONFIG.format(address=self.mowa.address, to=f"{ANNA}, {BERT}")
        (self.directory / "doorbell.conf").write_text(text)
        self.relay: subprocess.Popen[bytes] | None = None
        self.addCleanup(self.kill)

    def start(self) -> None:
        place = str(self.directory)
        command = [sys.executable, "-m", "doorbell", "serve", "--config", f"{place}/doorbell.conf"]
        command += ["--state-dir", place, "--run-dir", place]
        with (self.directory / "log").open("ab") as log:
            self.relay = subprocess.Popen(command, env=dict(os.environ), stderr=log)
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                control.ask(self.directory, "status", 2.0)
                return
            except control.NotRunning:
                time.sleep(0.02)
        self.fail((self.directory / "log").read_text())

    def kill(self) -> None:
        if self.relay and self.relay.poll() is None:
            self.relay.send_signal(signal.SIGKILL)
            self.relay.wait()

    def test_killed_again_and_again(self) -> None:
        rng = random.Random(3)
        acknowledged = kills = 0
        self.start()
        while kills < 12:
            if rng.random() < 0.05:
                self.kill()
                kills += 1
                self.start()
                continue
            try:
                acknowledged += control.ask(self.directory, "press", 5.0).get("result") == "ring"
            except control.NotRunning:
                self.fail("a press was not answered")
            time.sleep(rng.random() * 0.01)
        until = time.monotonic() + 60
        while time.monotonic() < until and control.ask(self.directory, "status")["queue"]["rings_waiting"]:
            time.sleep(0.2)
        figures = control.ask(self.directory, "status")["queue"]
        self.kill()
        stored = int(figures["rings"])
        counts = Figures.of(range(1, stored + 1), [self.mowa.messages(ANNA), self.mowa.messages(BERT)])
        counts.say(f"kill -9 {kills} times while ringing and sending")
        self.assertEqual(stored, acknowledged, "every ring that was acknowledged is on disk, and no other")
        self.assertGreater(acknowledged, 50)
        self.assertEqual((counts.lost, counts.doubled), (0, 0))
        self.assertLessEqual(counts.repeats, kills, "at most the one message in flight is repeated for each kill")

    def test_an_ordinary_stop_leaves_no_doubt(self) -> None:
        self.mowa.pace = 0.4
        self.start()
        self.assertEqual(control.ask(self.directory, "press")["result"], "ring")
        time.sleep(0.2)
        assert self.relay is not None
        self.relay.terminate()
        self.assertEqual(self.relay.wait(10), 0)
        store = Store(self.directory)
        self.assertEqual([one.unknown for one in store.waiting()], [0])
        store.close()
        self.start()
        until = time.monotonic() + 10
        while time.monotonic() < until and len(self.mowa.sent) < 2:
            time.sleep(0.05)
        self.assertEqual(self.mowa.messages(ANNA) + self.mowa.messages(BERT), ["ring 1 (test)"] * 2)


if __name__ == "__main__":
    unittest.main()
