"""The service: wires the button, the queue, the sender and what tells about them, and watches that all of them live.

A ring that the disk refuses (full, read-only, dying) goes to a second queue in memory with a sender of its own, so that
the bell rings on; what nobody has tried to send yet moves to the disk as soon as that takes it.
"""

import logging
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from doorbell import config as settings
from doorbell import control, edges, status
from doorbell.debounce import Debouncer
from doorbell.homeassistant import HomeAssistant
from doorbell.notify import notify, watchdog_period
from doorbell.sender import Sender, masked
from doorbell.shared import Shared
from doorbell.store import Store

log = logging.getLogger("doorbell")
LOOK = 5.0  # Seconds between two looks at the configuration files.
LONGEST_SILENCE = 45.0  # Seconds a part may be busy with one thing, e.g. looking up a name; mowa's answer comes on top.


class Relay:
    """One doorbell. Nothing here blocks a ring: an edge goes to the disk and wakes the sender."""

    def __init__(self, files: Callable[[], Sequence[Path]], state: Path, run: Path) -> None:
        self.files, self.run_dir = files, run
        self.config = settings.load(files())
        self.store = Store(state)
        self.stop = threading.Event()
        self.source = edges.Source("none", "not opened yet", edges.on_a_pi())
        self.debouncer = Debouncer(self.config.debounce, self.config.settle)
        # A button that was down when the last relay ended, and still is, has rung: a short circuit rings once, and not
        # at each start.
        self._down = self.store.button_down()
        if self._down:
            self.debouncer.pressed_since = time.monotonic()
        self.sender = Sender(self.store, lambda: self.config, beat=lambda: self._beat("sender"))
        self.spare = Store(None)
        self.spare_sender = Sender(
            self.spare,
            lambda: self.config,
            beat=lambda: self._beat("spare sender"),
            link=self.sender.link,
            turn=self.sender.turn,
        )
        self.shared = Shared(lambda: self.config, self.summary)
        self.home = HomeAssistant()
        self._started = time.monotonic()
        self._beats: dict[str, float] = {}
        self._edge_lock = threading.Lock()
        self._store_error = ""
        self._rewire = threading.Event()
        self._mtimes = self._stamps()

    # The ring -------------------------------------------------------------------------------------------------

    def edge(self, active: bool, at: float, origin: str = "button") -> tuple[str, int]:
        """Takes an edge. ("ring", id) once the ring is on disk, ("kept", id) when the disk refused it and it is sent
        from memory, ("quiet", 0) when it is no ring."""
        with self._edge_lock:
            if not self.debouncer.edge(active, at):
                if self._down and self.debouncer.is_released(at):
                    self._let_go()
                return "quiet", 0
            wall = time.time() - (time.monotonic() - at)
            what, ring = self._put(origin, at, wall)
        log.info("ring %d (%s)%s", ring, origin, "" if what == "ring" else ", kept in memory")
        self.home.rang(ring)
        (self.sender if what == "ring" else self.spare_sender).rang()
        return what, ring

    def _put(self, origin: str, at: float, wall: float) -> tuple[str, int]:
        try:
            self._to_disk()
            down = origin == "button"
            ring = self.store.add_ring(origin, at, wall, self.config.recipients, self.spare.next_ring(), down)
            self._down = self._down or down
        except sqlite3.Error as error:
            if self._store_error != str(error):
                log.error("a ring cannot be stored, it is sent from memory: %s", error)
            self._store_error = str(error)
            return "kept", self.spare.add_ring(origin, at, wall, self.config.recipients, self.store.next_ring())
        self._store_error = ""
        return "ring", ring

    def _let_go(self) -> None:
        try:
            self.store.button_up()
            self._down = False
        except sqlite3.Error as error:
            log.debug("that the button is up cannot be stored, it is tried again: %s", error)

    def _to_disk(self) -> None:
        """Moves to the disk what waits in memory. Raises sqlite3.Error."""
        if not self._store_error:
            return
        self.store.try_writing()
        moved = self.spare.hand_over(self.store)
        log.info("the disk takes rings again; %d that waited in memory are stored now", moved)
        self._store_error = ""
        self.sender.rang()

    def command(self, words: str, trusted: bool) -> control.Answer:
        """Answers a command of the control socket."""
        if words == "status":
            return self.facts()
        if not trusted:
            return {"error": "only root may do this"}
        if words == "press":
            now = time.monotonic()
            what, ring = self.edge(True, now, "simulated")
            self.edge(False, now)
            return {"result": what, "ring": ring}
        if words == "check":
            # Goes the way of a ring down to the disk, but not through the debouncer: it must not hide a real press.
            return {"result": "ring", "ring": self.store.add_ring("check", time.monotonic(), time.time(), ())}
        if words == "ack":
            return {"acknowledged": self.store.acknowledge() + self.spare.acknowledge()}
        return {"error": f"unknown command {words!r}"}

    # What is told ---------------------------------------------------------------------------------------------

    def facts(self) -> status.Facts:
        """Everything the status knows, without a whole phone number."""
        link = self.sender.link
        last = max(filter(None, (self.store.last_ring(), self.spare.last_ring())), default=None)
        held = self.debouncer.held_for(time.monotonic())
        try:
            mounts = Path("/proc/self/mountinfo").read_text()
        except OSError:
            mounts = ""
        kind = status.filesystem(self.store.path.parent.resolve(), mounts)
        return {
            "up_s": round(time.monotonic() - self._started, 1),
            "source": {
                "kind": self.source.kind,
                "detail": self.source.detail,
                "expected": self.source.expected,
                "stuck_s": held if held > self.config.stuck else 0,
            },
            "storage": {
                "path": str(self.store.path),
                "filesystem": kind,
                "persistent": self.store.durable and kind not in status.MEMORY_FILESYSTEMS,
                "durable": self.store.durable,
                "pending": int(self.spare.figures()["rings_waiting"]),
                "note": self._store_error or self.store.note,
            },
            "config_problems": [str(problem) for problem in self.config.problems],
            "recipients": [masked(one) for one in self.config.recipients],
            "twice": [[masked(who), teams] for who, teams in self.store.twice(self.config.recipients)],
            "mowa": {"address": self.config.address, "reachable": link.reachable, "error": link.error},
            "queue": self._figures(),
            "failing": [
                {"recipient": masked(to), "error": error, "attempts": attempts}
                for to, error, attempts in self.store.last_errors() + self.spare.last_errors()
            ],
            "last_ring": {"ring": last[0], "at": status.stamp(last[1]), "origin": last[2]} if last else None,
            "mqtt": self.home.state,
            "shared": self.shared.state,
        }

    def _figures(self) -> dict[str, float]:
        disk, memory = self.store.figures(), self.spare.figures()
        return {key: (max if key == "oldest_wait_s" else sum)((disk[key], memory[key])) for key in disk}

    def summary(self) -> dict[str, object]:
        """What goes to mowa's shared storage: no recipient, no address."""
        facts = self.facts()
        return {
            "node": "thuroros",
            "state": status.WORDS[status.level(status.judge(facts), False)],
            "last_ring": facts["last_ring"]["at"] if facts["last_ring"] else None,
            "rings_waiting": int(facts["queue"]["rings_waiting"]),
            "messages_waiting": int(facts["queue"]["waiting"] + facts["queue"]["sending"]),
            "undelivered": int(facts["queue"]["undelivered"]),
        }

    # The service ----------------------------------------------------------------------------------------------

    def serve(self) -> int:
        """Runs until SIGTERM or SIGINT."""
        signal.signal(signal.SIGTERM, lambda *_: self.stop.set())
        signal.signal(signal.SIGINT, lambda *_: self.stop.set())
        signal.signal(signal.SIGHUP, lambda *_: self._mtimes.clear())
        for problem in self.config.problems:
            log.warning("%s", problem)
        if self.store.note:
            log.error("%s", self.store.note)
        if not self.config.recipients:
            log.warning("nobody is named in [recipients]: rings are kept and wait")
        self.home.apply(self.config)
        parts: dict[str, Callable[[], None]] = {
            "button": self._watch_button,
            "control": lambda: control.serve(
                self.run_dir / control.SOCKET, self.command, self.stop, lambda: self._beat("control")
            ),
            "sender": lambda: self.sender.run(self.stop),
            "spare sender": lambda: self.spare_sender.run(self.stop),
        }
        threads = [threading.Thread(target=self._guarded, args=(name, part), name=name) for name, part in parts.items()]
        for name, thread in zip(parts, threads, strict=True):
            self._beat(name)
            thread.start()
        threading.Thread(target=self.shared.run, args=(self.stop,), name="shared", daemon=True).start()
        while not (self.run_dir / control.SOCKET).exists() and not self.stop.wait(0.05):
            pass
        notify("READY=1", f"STATUS={self._line()}")
        self._mind()
        notify("STOPPING=1", "STATUS=finishing the message that is being sent")
        self.sender.wake.set()
        self.spare_sender.wake.set()
        for thread in threads:
            thread.join()
        left = self.spare.figures()["rings_waiting"]
        if left:
            log.error("%.0f rings that the disk never took are lost with this stop", left)
        self.home.close()
        self.store.close()
        self.spare.close()
        return 0 if not self._dead() else 1

    def _guarded(self, name: str, part: Callable[[], None]) -> None:
        try:
            part()
        except Exception:
            log.exception("the part %r ended", name)
            self._beats[name] = float("-inf")
            self.stop.set()  # systemd starts the whole again.

    def _dead(self) -> bool:
        return any(at == float("-inf") for at in self._beats.values())

    def _beat(self, name: str) -> None:
        self._beats[name] = time.monotonic()

    def _watch_button(self) -> None:
        while not self.stop.is_set():
            self._rewire.clear()
            ended = _Either(self.stop, self._rewire)
            edges.watch(self.config, self.edge, self.source, ended, lambda: self._beat("button"))

    def _mind(self) -> None:
        period = watchdog_period() or 10.0
        looked = pruned = told = time.monotonic()
        said = ""
        while not self.stop.wait(0.5):
            now = time.monotonic()
            longest = LONGEST_SILENCE + self.config.connect_timeout + self.config.timeout
            silent = [name for name, at in self._beats.items() if now - at > longest]
            if now - told >= min(period, 10.0) and not silent:
                told = now
                notify("WATCHDOG=1")
            if silent:
                log.error("no sign of life from %s", ", ".join(silent))
            if now - looked >= LOOK or not self._mtimes:
                looked = now
                self._reload()
            with self._edge_lock, suppress(sqlite3.Error):
                self._to_disk()
            if now - pruned > 3600:
                pruned = now
                with suppress(sqlite3.Error):
                    self.store.prune()
                self.spare.prune()
            try:
                line = self._line()
                waiting = int(self._figures()["rings_waiting"])
            except sqlite3.Error as error:
                line, waiting = f"broken, the queue cannot be read: {error}", 0
            if line != said:
                said = line
                notify(f"STATUS={line}")
            self.home.queue(waiting)

    def _line(self) -> str:
        facts = self.facts()
        findings = status.judge(facts)
        text = f"{status.WORDS[status.level(findings, False)]}, {facts['queue']['rings_waiting']:.0f} rings wait"
        return f"{text}; {findings[0].text}" if findings else text

    def _stamps(self) -> dict[str, int]:
        stamps = {"": 0}
        for file in self.files():
            try:
                stamps[str(file)] = file.stat().st_mtime_ns
            except OSError:
                stamps[str(file)] = 0
        return stamps

    def _reload(self) -> None:
        stamps = self._stamps()
        if stamps == self._mtimes:
            return
        self._mtimes = stamps
        before, self.config = self.config, settings.load(self.files())
        log.info("settings read again, %d problems", len(self.config.problems))
        for problem in self.config.problems:
            log.warning("%s", problem)
        self.debouncer.debounce, self.debouncer.settle = self.config.debounce, self.config.settle
        wires = ("chip", "line", "active", "bias")
        if any(getattr(before, name) != getattr(self.config, name) for name in wires):
            self._rewire.set()
        if before.address != self.config.address:
            self.sender.link.next_try = 0.0
        self.home.apply(self.config)
        self.sender.wake.set()
        self.spare_sender.wake.set()


class _Either(threading.Event):
    """Set when one of two events is."""

    def __init__(self, one: threading.Event, other: threading.Event) -> None:
        super().__init__()
        self._both = (one, other)

    def is_set(self) -> bool:
        return any(event.is_set() for event in self._both)

    def wait(self, timeout: float | None = None) -> bool:
        until = time.monotonic() + (timeout if timeout is not None else 1e9)
        while not self.is_set() and time.monotonic() < until:
            self._both[0].wait(min(0.5, max(0.0, until - time.monotonic())))
        return self.is_set()
