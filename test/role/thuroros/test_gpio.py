"""The GPIO line, through the part of python3-libgpiod 1.x that the relay uses. The chip is pretended; its names and
numbers are those of the real module; check_gpiod.py compares them where that is installed."""

import errno
import threading
import time
import unittest
from collections import deque
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from doorbell import edges
from doorbell.config import Config

README = Path(__file__).parents[3] / "nodes/thuroros/README.md"
USED = {
    "LINE_REQ_EV_BOTH_EDGES": 6,
    "LINE_REQ_FLAG_ACTIVE_LOW": 4,
    "LINE_REQ_FLAG_BIAS_PULL_UP": 32,
    "LINE_REQ_FLAG_BIAS_PULL_DOWN": 16,
    "LINE_REQ_FLAG_BIAS_DISABLE": 8,
}


class FakeLine:
    def __init__(self) -> None:
        self.events: deque[tuple[int, float]] = deque()
        self.level = 0
        self.levels: deque[int] = deque()  # What the next looks at the level see, before `level`.
        self.requested: dict[str, Any] = {}
        self.released = 0
        self.failure: OSError | None = None

    def request(self, consumer: str, type: int, flags: int) -> None:
        if self.failure:
            raise self.failure
        self.requested = {"consumer": consumer, "type": type, "flags": flags}

    def get_value(self) -> int:
        return self.levels.popleft() if self.levels else self.level

    def event_wait(self, sec: int, nsec: int) -> bool:
        if not self.events:
            time.sleep(0.01)
        return bool(self.events)

    def event_read(self) -> SimpleNamespace:
        kind, at = self.events.popleft()
        if kind < 0:
            raise OSError(errno.ENODEV, "No such device")
        self.level = int(kind == 1)
        return SimpleNamespace(type=kind, sec=int(at), nsec=int(at % 1 * 1e9))

    def release(self) -> None:
        self.released += 1


def module(line: FakeLine, lines: int = 58, chip: str = "pinctrl-bcm2711") -> ModuleType:
    class Chip:
        def __init__(self, name: str) -> None:
            if name != chip:
                raise FileNotFoundError(errno.ENOENT, "No such file or directory")

        def num_lines(self) -> int:
            return lines

        def get_line(self, offset: int) -> FakeLine:
            assert offset == 23
            return line

        def close(self) -> None:
            pass

    fake = ModuleType("gpiod")
    for name, value in USED.items():
        setattr(fake, name, value)
    fake.Chip = Chip  # type: ignore[attr-defined]
    fake.LineEvent = SimpleNamespace(RISING_EDGE=1, FALLING_EDGE=2)  # type: ignore[attr-defined]
    return fake


class Button(unittest.TestCase):
    def setUp(self) -> None:
        self.line = FakeLine()
        self.source = edges.Source("none", "", True)
        self.stop = threading.Event()
        self.seen: list[tuple[bool, float]] = []
        self.addCleanup(self.stop.set)

    def watch(self, fake: ModuleType, **values: Any) -> None:
        def run() -> None:
            seen = self.seen.append
            edges.watch(Config(**values), lambda a, t: seen((a, t)), self.source, self.stop, lambda: None, lambda: fake)

        threading.Thread(target=run, daemon=True).start()

    def until(self, what: str) -> None:
        end = time.monotonic() + 5
        while time.monotonic() < end:
            if what in self.source.detail:
                return
            time.sleep(0.01)
        self.fail(f"{what!r} is not in {self.source.detail!r}")

    def first_seen(self) -> None:
        end = time.monotonic() + 5
        while not self.seen and time.monotonic() < end:
            time.sleep(0.01)
        self.assertTrue(self.seen, "the level at the start was not told")

    def test_line_23_is_asked_for_active_low_with_pull_up(self) -> None:
        self.watch(module(self.line))
        self.until("line 23 of pinctrl-bcm2711, active low")
        self.assertEqual(self.line.requested, {"consumer": "doorbell", "type": 6, "flags": 4 | 32})
        self.assertEqual(self.source.kind, "gpio")

    def test_active_high_with_pull_down(self) -> None:
        self.watch(module(self.line), active="high", bias="pull-down")
        self.until("active high")
        self.assertEqual(self.line.requested["flags"], 16)

    def test_edges_carry_the_kernel_s_time(self) -> None:
        at = time.monotonic() - 1.5
        self.line.events.extend([(1, at), (2, at + 0.25), (1, 1.7e9)])
        self.watch(module(self.line))
        self.until("line 23")
        end = time.monotonic() + 5
        while len([a for a, _ in self.seen if a]) < 2 and time.monotonic() < end:
            time.sleep(0.01)
        self.assertFalse(self.seen[0][0], "the level at the start comes first")
        self.assertTrue(self.seen[1][0])
        self.assertAlmostEqual(self.seen[1][1], at, places=5)
        self.assertEqual(self.seen[2][0], False)
        last = [edge for edge in self.seen if edge[0]][1]
        self.assertLess(
            last[1], time.monotonic() + 1, "the wall clock of an old kernel is not taken for monotonic time"
        )

    def test_a_button_held_while_the_relay_starts_is_a_press(self) -> None:
        self.line.level = 1
        self.watch(module(self.line))
        self.until("line 23")
        self.first_seen()
        self.assertTrue(self.seen[0][0])

    def test_a_level_that_does_not_stay_is_no_press(self) -> None:
        """A Pi's line is pulled down until it is asked for with pull-up, and a long wire follows slowly."""
        self.line.levels.extend([1, 0])
        self.watch(module(self.line))
        self.first_seen()
        time.sleep(0.1)
        self.assertEqual([active for active, _ in self.seen if active], [])

    def test_what_is_missing_is_said(self) -> None:
        cases = [
            (module(self.line, chip="other"), "no GPIO chip pinctrl-bcm2711"),
            (module(self.line, lines=8), "has no line 23, only 0 to 7"),
            (ModuleType("gpiod"), "not version 1.x"),
        ]
        for fake, said in cases:
            with self.assertRaises(edges.NoLine) as caught:
                edges.Line(Config(), fake)
            self.assertIn(said, str(caught.exception))
        self.line.failure = OSError(errno.EBUSY, "Device or resource busy")
        with self.assertRaises(edges.NoLine) as caught:
            edges.Line(Config(), module(self.line))
        self.assertEqual(str(caught.exception), "line 23 of pinctrl-bcm2711: Device or resource busy")
        self.assertIn(f"\n| {caught.exception} |", README.read_text(), "what the README says to do has another text")

    def test_a_line_that_fails_is_opened_again(self) -> None:
        self.line.events.append((-1, 0.0))
        self.watch(module(self.line))
        end = time.monotonic() + 5
        while self.line.released < 1 and time.monotonic() < end:
            time.sleep(0.01)
        self.assertEqual(self.line.released, 1, "the line that failed was not given back")
        self.line.events.append((1, time.monotonic()))
        while not any(active for active, _ in self.seen) and time.monotonic() < end:
            time.sleep(0.01)
        self.assertTrue(any(active for active, _ in self.seen))


if __name__ == "__main__":
    unittest.main()
