"""The service as a whole, as a process: signs of life for systemd, the status and its exit codes, changed settings."""

import faulthandler
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any

from doorbell import control, status
from doorbell.fakemowa import FakeMowa

from bench import ANNA, BERT, MEMORY, Figures

BASE = "[button]\nchip = no-such-chip\ndebounce = 300ms\n[retry]\nfirst = 50ms\n"


class Service(unittest.TestCase):
    def setUp(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="thuroros-", dir=MEMORY))
        self.addCleanup(shutil.rmtree, self.directory)
        self.mowa = FakeMowa().up()
        self.addCleanup(self.mowa.down)
        self.systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.systemd.bind(str(self.directory / "notify"))
        self.systemd.settimeout(10)
        self.addCleanup(self.systemd.close)
        self.relay: subprocess.Popen[bytes] | None = None
        self.addCleanup(self.end)
        self.image = self.directory / "image.conf"
        self.local = self.directory / "local.conf"
        self.image.write_text(BASE + f"[mowa]\naddress = {self.mowa.address}\n")

    def end(self) -> None:
        if self.relay and self.relay.poll() is None:
            self.relay.terminate()
            try:
                self.relay.wait(10)
            except subprocess.TimeoutExpired:
                self.relay.kill()
                self.relay.wait()
                raise

    def start(self, state: Path | None = None) -> None:
        place = str(self.directory)
        command = [sys.executable, "-X", "faulthandler", "-m", "doorbell", "serve"]
        command += ["--config", str(self.image), "--config", str(self.local)]
        command += ["--state-dir", str(state or place), "--run-dir", place]
        environment = {**os.environ, "NOTIFY_SOCKET": f"{place}/notify", "WATCHDOG_USEC": "2000000"}
        with (self.directory / "log").open("ab") as log:
            self.relay = subprocess.Popen(command, env=environment, stderr=log)
        self.heard("READY=1")

    def heard(self, line: str) -> str:
        until = time.monotonic() + 10
        while time.monotonic() < until:
            message = self.systemd.recv(4096).decode()
            if line in message:
                return message
        raise AssertionError(f"systemd did not hear {line}: {(self.directory / 'log').read_text()}")

    def status(self, *options: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "doorbell", "status", "--run-dir", str(self.directory), *options]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
        return done.returncode, done.stdout + done.stderr

    def press(self) -> control.Answer:
        return control.ask(self.directory, "press")

    def until(self, true: Callable[[], Any]) -> None:
        end = time.monotonic() + 15
        while not true():
            if time.monotonic() > end:
                self.fail(f"{self.stacks()}\n{(self.directory / 'log').read_text()}")
            time.sleep(0.05)

    def stacks(self) -> str:
        """Where each thread stands, the pretended mowa's and then the relay's (in its log, as it ends with SIGABRT)."""
        with (self.directory / "stacks").open("w+") as file:
            faulthandler.dump_traceback(file)
            file.seek(0)
            here = file.read()
        if self.relay and self.relay.poll() is None:
            self.relay.send_signal(signal.SIGABRT)
            self.relay.wait(10)
        return f"{here}\nmowa: {self.mowa.probes} probes, {self.mowa.requests} requests, sent {self.mowa.sent}"

    def test_systemd_hears_ready_signs_of_life_and_the_end(self) -> None:
        self.start()
        begun = time.monotonic()
        self.heard("WATCHDOG=1")
        self.heard("WATCHDOG=1")
        self.assertLess(time.monotonic() - begun, 4)
        assert self.relay is not None
        self.relay.terminate()
        self.heard("STOPPING=1")
        self.assertEqual(self.relay.wait(10), 0)

    def test_a_systemd_that_reads_nothing_holds_nothing_up(self) -> None:
        self.start()
        self.systemd.setblocking(False)
        filler = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(filler.close)
        filler.setblocking(False)
        with self.assertRaises(BlockingIOError):
            while True:
                filler.sendto(b"full", str(self.directory / "notify"))
        time.sleep(2)  # Two signs of life: with nobody to take them the relay would wait in the first.
        assert self.relay is not None
        self.relay.terminate()
        self.assertEqual(self.relay.wait(10), 0)

    def test_without_recipients_it_stays_up_says_so_and_delivers_later(self) -> None:
        self.start()
        self.assertEqual(self.press()["result"], "ring")
        code, text = self.status()
        self.assertEqual(code, status.ATTENTION)
        self.assertIn("nobody is named in [recipients]", text)
        self.assertIn("1 rings wait", text)
        self.assertEqual(self.status("--machine")[0], status.OK)
        self.local.write_text(f"[recipients]\nto = {ANNA}\n")
        self.until(lambda: self.mowa.messages(ANNA))
        self.until(lambda: self.status()[0] in (status.OK, status.ATTENTION))
        self.assertNotIn("nobody is named", self.status()[1])

    def test_status_as_json_hides_numbers_and_has_the_figures(self) -> None:
        self.local.write_text(f"[recipients]\nto = {ANNA}, {BERT}\n")
        self.start()
        self.press()
        self.until(lambda: len(self.mowa.sent) == 2)
        text = self.status("--json")[1]
        self.assertNotIn(ANNA[1:], text)
        facts = json.loads(text)
        self.assertEqual(facts["recipients"], ["+32…01", "+32…02"])
        self.assertEqual((facts["queue"]["rings"], facts["last_ring"]["origin"]), (1, "simulated"))
        self.assertIn("(test)", self.mowa.messages()[0])

    def test_exit_codes(self) -> None:
        self.assertEqual(self.status()[0], status.DOWN)
        self.local.write_text(f"[recipients]\nto = {ANNA}\n")
        self.start()
        self.local.write_text("[recipients]\nto = nonsense!\n[button]\nline = 23\n")
        self.until(lambda: "local.conf:2" in self.status()[1])
        self.assertEqual(self.status()[0], status.ATTENTION)

    def test_a_disk_that_is_not_there_is_broken_but_rings(self) -> None:
        self.local.write_text(f"[recipients]\nto = {ANNA}\n")
        self.start(self.directory / "nowhere")
        self.assertEqual(self.status("--machine")[0], status.BROKEN)
        self.press()
        self.until(lambda: self.mowa.messages(ANNA))

    def test_a_second_press_at_once_is_no_ring(self) -> None:
        self.start()
        self.assertEqual([self.press()["result"] for _ in range(3)], ["ring", "quiet", "quiet"])
        time.sleep(0.4)
        self.assertEqual(self.press()["result"], "ring")

    def test_a_check_reaches_the_disk_and_nobody(self) -> None:
        self.local.write_text(f"[recipients]\nto = {ANNA}\n")
        self.start()
        command = [sys.executable, "-m", "doorbell", "ring", "--check", "--run-dir", str(self.directory)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, "ring 1 is stored, sent to nobody\n"))
        time.sleep(0.5)
        self.assertEqual(self.mowa.sent, [])
        self.assertEqual(control.ask(self.directory, "status")["last_ring"], None)

    def test_the_journal_hears_priorities(self) -> None:
        os.environ["JOURNAL_STREAM"] = "8:1"
        self.addCleanup(os.environ.pop, "JOURNAL_STREAM")
        self.start(self.directory / "nowhere")
        lines = (self.directory / "log").read_text().splitlines()
        self.assertTrue(any(line.startswith("<3>") and "in memory" in line for line in lines), lines)
        self.assertTrue(any(line.startswith("<4>nobody is named") for line in lines), lines)

    def test_only_the_trusted_may_press(self) -> None:
        from doorbell.relay import Relay

        relay = Relay(lambda: [self.image], self.directory, self.directory)
        self.addCleanup(relay.store.close)
        self.assertIn("error", relay.command("press", False))
        self.assertIn("error", relay.command("ack", False))
        self.assertIn("queue", relay.command("status", False))
        self.assertIn("error", relay.command("nonsense", True))

    def test_nonsense_on_the_socket_does_no_harm(self) -> None:
        self.start()
        for bytes_ in (b"", b"\n", b"\xff" * 200 + b"\n", b"x" * 5000):
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
                client.connect(str(self.directory / control.SOCKET))
                client.sendall(bytes_)
        self.assertEqual(self.press()["result"], "ring")

    def test_the_shared_status_goes_to_mowa_s_storage_without_names(self) -> None:
        from doorbell.relay import Relay

        self.local.write_text(f"[recipients]\nto = {ANNA}\n[storage]\nenabled = yes\n")
        relay = Relay(lambda: [self.image, self.local], self.directory, self.directory)
        self.addCleanup(relay.store.close)
        relay.edge(True, time.monotonic())
        relay.shared.step()
        self.assertEqual(relay.shared.state, "written")
        text = self.mowa.files["/thuroros/doorbell.json"]
        self.assertNotIn(ANNA[1:], text)
        found = json.loads(text)
        self.assertEqual((found["rings_waiting"], found["messages_waiting"]), (1, 1))
        self.assertIsNotNone(found["last_ring"])
        self.mowa.down()
        relay.edge(False, time.monotonic())
        relay.edge(True, time.monotonic() + 10)
        relay.shared.step()
        self.assertIn("Connection refused", relay.shared.state)

    def test_a_button_that_stays_down_rings_once_however_often_the_relay_starts(self) -> None:
        from doorbell.relay import Relay

        def relay() -> Relay:
            started = Relay(lambda: [self.image], self.directory, self.directory)
            self.addCleanup(started.store.close)
            return started

        rings = []
        for _ in range(3):
            started = relay()
            now = time.monotonic()
            rings.append(started.edge(True, now)[0])
            started.edge(True, now + 1)
        self.assertEqual(rings, ["ring", "quiet", "quiet"])
        self.assertGreater(started.debouncer.held_for(now + 100), 60, "the status does not call it stuck")
        started.edge(False, now + 1.5)
        started.edge(True, now + 1.51)
        self.assertTrue(relay().store.button_down(), "a bounce is taken for a release")
        started.edge(False, now + 2)
        started.edge(False, now + 3)
        self.assertEqual(relay().edge(True, now + 10), ("ring", 2))

    def test_the_machine_answers_for_the_button_s_line_on_a_pi_and_nowhere_else(self) -> None:
        from doorbell.relay import Relay

        started = Relay(lambda: [self.image], self.directory, self.directory)
        self.addCleanup(started.store.close)
        for pi, kind, expected in (
            (True, "none", status.BROKEN),
            (True, "gpio", status.OK),
            (False, "none", status.OK),
            (False, "gpio", status.OK),
        ):
            started.source.expected, started.source.kind = pi, kind
            self.assertEqual(status.level(status.judge(started.facts()), machine=True), expected, (pi, kind))

    def test_a_simulated_ring_says_nothing_about_the_button(self) -> None:
        from doorbell.relay import Relay

        started = Relay(lambda: [self.image], self.directory, self.directory)
        self.addCleanup(started.store.close)
        started.command("press", True)
        self.assertFalse(started.store.button_down())

    def test_who_is_in_two_groups_is_told(self) -> None:
        from doorbell.relay import Relay

        self.local.write_text("[recipients]\nto = family, work\n")
        started = Relay(lambda: [self.image, self.local], self.directory, self.directory)
        self.addCleanup(started.store.close)
        self.mowa.groups = {"family": [ANNA, BERT], "work": [BERT]}
        started.edge(True, time.monotonic())
        for _ in range(4):
            started.sender.step()
        told = [finding.text for finding in status.judge(started.facts())]
        self.assertEqual(len([text for text in told if text.startswith("+32…02 is in the groups family and work")]), 1)

    def test_a_ring_that_the_disk_refuses_is_kept_and_stored_later(self) -> None:
        from doorbell.relay import Relay

        relay = Relay(lambda: [self.image], self.directory, self.directory)
        self.addCleanup(relay.store.close)
        relay.store._all("PRAGMA query_only=1")
        now = time.monotonic()
        self.assertEqual(relay.edge(True, now), ("kept", 1))
        found = status.judge(relay.facts())
        self.assertEqual(status.level(found, True), status.BROKEN)
        self.assertIn("1 rings could not be stored yet", found[0].text)
        relay.store._all("PRAGMA query_only=0")
        relay.edge(False, now + 1)
        self.assertEqual(relay.edge(True, now + 10), ("ring", 2))
        self.assertEqual(relay.store.figures()["rings"], 2)
        self.assertEqual(relay.facts()["storage"]["pending"], 0)
        self.assertEqual(relay.facts()["storage"]["note"], "")

    def test_the_bell_rings_on_a_full_disk_and_what_waits_is_stored_once_there_is_room(self) -> None:
        """A real full disk: a small file system of its own, filled to the last byte while the relay runs."""
        disk = self.directory / "disk"
        disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
        subprocess.run(mount, check=True, capture_output=True, timeout=20)
        self.addCleanup(subprocess.run, ["umount", "--lazy", str(disk)], check=False, timeout=20)
        self.local.write_text(f"[message]\ntext = ring {{ring}}\n[recipients]\nto = {ANNA}, {BERT}\n")
        self.start(disk)
        self.press()
        self.until(lambda: len(self.mowa.sent) == 2)
        self.until(lambda: control.ask(self.directory, "status")["queue"]["rings_waiting"] == 0)
        filler = disk / "filler"
        with filler.open("wb", buffering=0) as file:
            try:
                while file.write(bytes(1024)):
                    pass
            except OSError:
                pass
        rings = 1
        while control.ask(self.directory, "status")["storage"]["note"] == "":
            time.sleep(0.4)  # What the file system had left in its last page takes some rings.
            self.press()
            rings += 1
            self.assertLess(rings, 50)
        for _ in range(3):
            time.sleep(0.4)
            self.assertEqual(self.press()["result"], "kept")
            rings += 1
        self.until(lambda: len(self.mowa.messages(ANNA)) == rings and len(self.mowa.messages(BERT)) == rings)
        self.mowa.down()
        time.sleep(0.4)
        self.assertEqual(self.press(), {"result": "kept", "ring": rings + 1})
        code, text = self.status()
        self.assertEqual(code, status.BROKEN)
        self.assertIn("1 rings could not be stored yet: ", text)
        filler.unlink()
        self.until(lambda: control.ask(self.directory, "status")["storage"]["pending"] == 0)
        self.end()  # The process and all that it had in memory are gone.
        self.mowa.up()
        self.start(disk)
        self.until(lambda: len(self.mowa.messages(ANNA)) == rings + 1 and len(self.mowa.messages(BERT)) == rings + 1)
        for inbox in (self.mowa.messages(ANNA), self.mowa.messages(BERT)):
            self.assertEqual(sorted(set(inbox)), sorted(inbox), "the same ring twice")
        found = Figures.of(range(1, rings + 2), [self.mowa.messages(ANNA), self.mowa.messages(BERT)])
        found.say("the disk full while it rings, then a restart")
        self.assertEqual((found.lost, found.doubled), (0, 0))

    def test_selftest(self) -> None:
        command = [sys.executable, "-m", "doorbell", "selftest"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
        figures = "rings in 2, recipients 2, messages out 4, lost 0, doubled 0; presses were simulated rings\n"
        self.assertEqual(done.stdout, figures, done.stderr)
        self.assertEqual(done.returncode, 0)


class Peer:
    """A connection from a process of the user `uid`."""

    def __init__(self, uid: int) -> None:
        self.uid, self.sent = uid, b""

    def getsockopt(self, *_what: int) -> bytes:
        return struct.pack("3i", 1, self.uid, self.uid)

    def recv(self, _size: int) -> bytes:
        return b"press\n"

    def sendall(self, data: bytes) -> None:
        self.sent += data


class Trust(unittest.TestCase):
    def test_only_root_and_the_relay_s_user_are_trusted(self) -> None:
        for uid, trusted in ((0, True), (os.getuid(), True), (os.getuid() + 12345, False)):
            heard: list[tuple[str, bool]] = []

            def handle(words: str, trust: bool, heard: list[tuple[str, bool]] = heard) -> control.Answer:
                heard.append((words, trust))
                return {}

            control._answer(Peer(uid), handle)  # type: ignore[arg-type]
            self.assertEqual(heard, [("press", trusted)])


class MountTable(unittest.TestCase):
    def test_the_longest_mount_point_counts(self) -> None:
        mounts = (
            "22 1 0:20 / / ro - overlay overlay rw\n"
            "30 22 8:5 / /usr/local rw - ext4 /dev/mmcblk0p5 rw\n"
            "31 22 0:5 / /usr/local\\040x rw - tmpfs t rw\n"
            "broken line\n"
        )
        self.assertEqual(status.filesystem(Path("/usr/local/doorbell/queue"), mounts), "ext4")
        self.assertEqual(status.filesystem(Path("/usr/localhost"), mounts), "overlay")
        self.assertEqual(status.filesystem(Path("/usr/local x/y"), mounts), "tmpfs")


if __name__ == "__main__":
    unittest.main()
